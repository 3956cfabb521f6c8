"""What is stored comes back as it was."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.domain.customers.customer import Customer
from loyalty.domain.customers.journal import JournalRecord, RecordType
from loyalty.domain.events.event import Event, Status
from loyalty.domain.times import to_millis
from loyalty.domain.wallet.lots import EntryType, LedgerEntry
from loyalty.store import documents
from loyalty.store.packing import pack, unpack
from tests.support.builders import NOW, after, customer, emit, hold, lot, must, newcomer, offer, redeem, reverse, wallet

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abcé"), inner),
)


def again(document: dict[str, Any]) -> dict[str, Any]:
    """The document after it was stored."""
    kept: dict[str, Any] = unpack(pack(document))
    return kept


def customer_again(one: Customer) -> Customer:
    return documents.to_customer(one.brand_id, one.customer_id, one.version, again(documents.from_customer(one)))


def event_again(one: Event, *, ended: bool) -> Event:
    first = again(documents.from_event(one))
    ending = again(documents.from_ending(one)) if ended else None
    deadline = to_millis(one.deadline) if one.deadline else 0
    return documents.to_event(one.brand_id, one.event_id, one.status.value, deadline, first, ending)


@pytest.mark.parametrize(
    "one",
    [
        newcomer(),
        customer(lot("0.25", reward_id="stars"), lot(5, after(days=1)), lot(7, campaign_id=None)),
        replace(customer(), wallet=wallet(debt=30, holds={"e1": hold(lot(5, after(days=1)), until=after(hours=1))})),
        replace(customer(), wallet=wallet(holds={"e1": hold(until=after(hours=1), promises=(lot(5),))})),
        customer(version=9, previous=(9, "e8", 7), next_lot_expiry=after(days=1)),
        customer(offers={"o1": offer(), "o2": offer("o2", used_by="e1"), "o3": offer("o3", customer_id="luis")}),
        customer(
            offers={"o1": offer(recalled=True), "o2": offer("o2", customer_id="luis", used_by="e1", recalled=True)}
        ),
        replace(customer(), wallet=wallet(holds={"e1": hold(until=after(hours=1))._replace(offers=("o1",))})),
        customer(email="ana@example.com", mobile="+491701", tags={"vip": True}, attributes={"shoe": Decimal("42.5")}),
    ],
    ids=[
        "new",
        "lots",
        "a debt and a hold",
        "a promise",
        "the end of a long journal",
        "offers",
        "recalled offers",
        "a held offer",
        "a profile",
    ],
)
def test_a_customer_comes_back(one: Customer) -> None:
    assert customer_again(one) == one


def test_what_a_customer_does_not_have_takes_no_room() -> None:
    assert documents.from_customer(newcomer()) == {"created": to_millis(NOW)}


@pytest.mark.parametrize(
    "one",
    [
        emit().event,
        emit(type="Visit at 7").event,
        emit(enabled=False).event,
        emit(fulfilled=False, reserve=9).event,
        emit(customer(offers={"o1": offer(customer_id="luis")}), redeem=redeem(1, "o1")).event,
        emit(customer(lot(5), lot(50, after(days=1))), redeem=redeem(20), weather=["rain", None, {"n": 1}]).event,
        emit(
            emit(customer(lot(5)), fulfilled=False, redeem=redeem(2)).customer, event_id="e2", now=after(days=2)
        ).event,
    ],
    ids=["paid", "unrewarded", "unevaluated", "promised", "with an offer", "with redemptions", "that released another"],
)
def test_an_event_comes_back(one: Event) -> None:
    assert event_again(one, ended=False) == one
    assert event_again(one, ended=True) == one


@pytest.mark.parametrize("status", [one for one in Status if one is not Status.PENDING])
def test_an_ended_event_comes_back(status: Status) -> None:
    one = replace(emit(fulfilled=False).event, status=status, ended_at=after(hours=1), resolved_at=NOW, reason="so")
    assert event_again(one, ended=True) == one


def test_the_first_answer_comes_back_whatever_happened_since() -> None:
    emission = emit(customer(lot(50)), redeem=redeem(20))
    ended = must(must(reverse(emission.event, emission.customer, after(days=400))).event)
    assert event_again(ended, ended=True).first_answer() == emission.event


def test_an_extended_hold_remembers_its_first_deadline() -> None:
    event = emit(fulfilled=False).event
    extended = replace(event, deadline=after(days=5))
    assert event_again(extended, ended=True) == extended
    assert event_again(extended, ended=True).first_answer() == event


@pytest.mark.parametrize("type_", EntryType)
def test_every_type_of_line_comes_back(type_: EntryType) -> None:
    lines = (
        LedgerEntry(type_, lot(-5, after(days=1)), "e1", held=True),
        LedgerEntry(type_, lot("0.25", campaign_id=None), "another", debt=Decimal("-0.25")),
        LedgerEntry(type_, lot(0), None, debt=Decimal(7)),
    )
    entry = JournalRecord(7, RecordType.FULFILLED, NOW, "e1", lines, ("e1", "e2"), ("e0", 3))
    assert documents.to_entry(7, again(documents.from_entry(entry))) == entry


@pytest.mark.parametrize("kind", RecordType)
def test_every_kind_of_entry_comes_back(kind: RecordType) -> None:
    offers = (offer(), offer("o2", customer_id="luis", used_by="e1"))
    entry = JournalRecord(1, kind, NOW, None, (), (), (), after(days=1), offers=offers, gone=("o3",))
    assert documents.to_entry(1, again(documents.from_entry(entry))) == entry


@given(VALUES)
def test_any_document_comes_back_from_its_attribute(value: Any) -> None:
    assert unpack(pack(value)) == value


def test_numbers_come_back_exactly() -> None:
    document = {"a": Decimal("0.10"), "b": Decimal("1E+3"), "c": 10**25, "d": Decimal("123456789012345.6789")}
    assert again(document) == document
    assert str(again(document)["a"]) == "0.10"


def test_what_is_long_is_squeezed_and_what_is_short_can_be_read_by_eye() -> None:
    assert pack({"a": 1}) == '{"a":1}'
    squeezed = pack({"a": "x" * 1000})
    assert isinstance(squeezed, bytes)
    assert len(squeezed) < 100
