"""What the benchmarks compare with does the same as the product, or their ratios say nothing."""

import importlib.util

import pytest
from pydantic import BaseModel

from benchmarks.processes import PEER
from loyalty.domain.events.responses import EventResponse, MovementResponse, PartOfLineResponse, ResultResponse
from loyalty.domain.events.schemas import EmitEventRequest, Order, Product, Redemption, Shipping
from loyalty.domain.wallet.responses import BalanceResponse

OURS_BY_THE_PEERS_NAME: dict[str, type[BaseModel]] = {
    "EmitEventRequest": EmitEventRequest,
    "Order": Order,
    "Product": Product,
    "Shipping": Shipping,
    "Redemption": Redemption,
    "Event": EventResponse,
    "Result": ResultResponse,
    "Movement": MovementResponse,
    "PartOfLine": PartOfLineResponse,
    "Balance": BalanceResponse,
}


def test_the_usual_emit_takes_and_answers_the_fields_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TABLE_NAME", "table")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    spec = importlib.util.spec_from_file_location("peer", PEER / "handler.py")
    assert spec
    assert spec.loader
    peer = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(peer)
    theirs = {name: set(getattr(peer, name).model_fields) for name in OURS_BY_THE_PEERS_NAME}
    assert theirs == {name: set(ours.model_fields) for name, ours in OURS_BY_THE_PEERS_NAME.items()}
