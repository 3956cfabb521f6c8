"""Points that are available later, as clients see them: in the event, the wallet, the ledger and the explanation."""

from typing import Any

import pytest

from earnest.commands.verify import differences
from tests.support.backend import Backend

FROM = "2026-03-25T00:00:00.000Z"


@pytest.fixture
def later(backend: Backend) -> Backend:
    """A backend where points are available after 14 days."""
    effect = {"reward_id": "points", "amount": 7, "available_after": "14/days", "expires_in": "12/months"}
    document = {"name": "Later", "trigger": "BOUGHT", "rules": [{"effects": [effect]}]}
    assert backend.call("put_campaign", document, path={"id": "later"}).status == 200
    return backend


def wallet(backend: Backend) -> Any:
    return backend.call("get_wallet").data


def test_the_event_the_wallet_and_the_ledger_tell_from_when(later: Backend) -> None:
    event = later.emit(type="BOUGHT").data
    assert [one["available_from"] for one in event["result"]["accumulations"]] == [FROM]
    (total,), (line,) = wallet(later)["totals"], wallet(later)["lines"]
    assert (total["available"], total["pending"]) == (0, 7)
    assert (line["amount"], line["available_from"], line["expiration_date"]) == (7, FROM, "2027-03-11T00:00:00.000Z")
    (entry,) = later.everything("list_transactions")
    assert (entry["type"], entry["amount"], entry["available_from"]) == ("ACCUMULATION", 7, FROM)
    with later.nothing_changes():
        later.wait(days=15)
        assert later.points() == (7, 0, 0)
        assert [one["available_from"] for one in wallet(later)["lines"]] == [None]
        assert later.everything("list_transactions") == [entry]


def test_the_explanation_says_why_a_point_is_not_there_yet(later: Backend) -> None:
    event = later.emit(type="BOUGHT").data
    (campaign,) = later.call("explain_event", path={"id": event["id"]}).data["campaigns"]
    assert campaign["sentence"] == f"It granted 7 points, pending until {FROM}."
    assert campaign["granted"] == [{"reward_id": "points", "amount": 7, "available_from": FROM}]


def test_a_return_within_the_days_takes_them_back_without_a_debt(later: Backend) -> None:
    event = later.emit(type="BOUGHT").data
    later.wait(days=10)
    assert later.call("reverse_event", path={"id": event["id"]}).data["status"] == "REVERSED"
    assert later.points() == (0, 0, 0)
    assert later.ledger() == [("ACCUMULATION", 7), ("REVERSAL", -7)]
    later.wait(days=10)
    assert later.points() == (0, 0, 0)


def test_the_ledger_adds_up_before_and_after(later: Backend) -> None:
    later.emit()
    later.emit(type="BOUGHT")
    later.wait(days=1)
    undone = later.emit(type="BOUGHT").data["id"]
    later.call("reverse_event", path={"id": undone})
    for _ in range(3):
        assert list(differences(wallet(later), later.everything("list_transactions"))) == []
        later.wait(days=14)
        later.spend(3)


def test_an_effect_that_would_end_before_it_is_available_is_refused(backend: Backend) -> None:
    effect = {"reward_id": "points", "amount": 7, "available_after": "14/days", "expires_in": "1/week"}
    document = {"name": "Never", "trigger": "BOUGHT", "rules": [{"effects": [effect]}]}
    with backend.nothing_changes():
        answer = backend.call("put_campaign", document, path={"id": "never"})
    assert answer.refusal == (400, "ValidationError")
    assert answer.fields == ["rules.0.effects.0.available_after"]
