"""`earnest verify`: a wallet that is not what its ledger comes to is found out, and said in lines and an exit code."""

import contextlib
import sys
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

import pytest
from typer.testing import CliRunner

from earnest.commands import cli
from earnest.commands.client import ApiClient, Connection, Response
from loyalty.domain.customers.identities import Identities
from loyalty.store.customers import load_customer, save_profile
from tests.support.backend import Backend
from tests.support.builders import must

LISTS = {"wallet": "get_wallet", "transactions": "list_transactions"}


class InProcess(ApiClient):
    """A stack whose calls are answered by the functions themselves."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(Connection("http://nowhere", "ek", "demo"))
        self.backend = backend

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Ask the function that the path leads to."""
        assert (method, body, headers) == ("GET", None, None)
        _, _, customer, what = path.split("/")
        with contextlib.redirect_stdout(sys.stderr):  # where the functions log to is what the command prints on
            answer = self.backend.call(LISTS[what], path={"id": customer}, query=dict(query or {}))
        return Response(answer.status, answer.headers, answer.body)


@pytest.fixture(autouse=True)
def _in_process(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "_stack", lambda *_: InProcess(backend))


def verify(*customers: str) -> tuple[int, str]:
    """The exit code, and what it says; the functions' own log is elsewhere."""
    done = CliRunner().invoke(cli.app, ["verify", *customers])
    return done.exit_code, done.stdout


def with_a_thousand_more(customer_id: str) -> None:
    """Let a lot of points become a thousand larger, and nobody note why."""
    before = must(load_customer("demo", customer_id))
    ((key, lot),) = before.wallet.lots.items()
    lots = {key: replace(lot, amount=lot.amount + Decimal(1000))}
    tampered = replace(before, version=before.version + 1, wallet=replace(before.wallet, lots=lots))
    save_profile(tampered, before, Identities(), {}, {})


def test_a_wallet_that_was_tampered_with_differs_from_its_ledger(backend: Backend) -> None:
    backend.emit("ana")
    backend.spend(30, "ana")
    backend.emit("luis")
    assert verify("ana", "luis") == (0, "ana: equal (2 lines)\nluis: equal (1 line)\n")
    with_a_thousand_more("ana")
    assert verify("ana", "luis") == (
        1,
        "ana: DIFFERS (2 lines)\n"
        "  points, available: the wallet has 1070, its lines come to 70\n"
        "  points of point-a-dollar, until 2027-03-11T00:00:00.000Z: the wallet has 1070, its lines come to 70\n"
        "luis: equal (1 line)\n",
    )
