"""The endings of events: every act on every status, and what each one moves."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from loyalty.domain.customers.customer import Customer
from loyalty.domain.customers.journal import RecordType
from loyalty.domain.errors import (
    Conflict,
    EventCancelledError,
    EventExpiredError,
    EventResolvedError,
    EventReversedError,
    ValidationError,
)
from loyalty.domain.events import changes, lifecycle
from loyalty.domain.events.changes import Change
from loyalty.domain.events.event import Event, EventStatus
from loyalty.domain.wallet.lots import EntryType, LedgerEntry, Lot
from loyalty.domain.wallet.update import balances
from tests.support.builders import (
    NOW,
    after,
    campaign,
    customer,
    effect,
    emit,
    lot,
    moved,
    must,
    redeem,
    reverse,
    rules,
    sizes,
    sums,
)

DEADLINE = after(days=1)

Found = tuple[Event, Customer]


def held(to: Customer | None = None, **body: Any) -> Found:
    """A purchase of 100 in standby for a day, and the customer it leaves behind."""
    emission = emit(to, fulfilled=False, **body)
    return emission.event, emission.customer


def resolved(to: Customer | None = None, **body: Any) -> Found:
    """A purchase of 100, fulfilled at once, and the customer it leaves behind."""
    emission = emit(to, **body)
    return emission.event, emission.customer


def ended(change: Change | None) -> Found:
    """What a change leaves behind."""
    assert change
    return must(change.event), change.customer


def extended(event: Event, of: Customer, now: datetime) -> Change | None:
    return lifecycle.extend(event, of, now, reserve=1)


FOUND: dict[str, Callable[[], Found]] = {
    "active": held,
    "overdue": held,
    "RESOLVED": resolved,
    "CANCELLED": lambda: ended(reverse(*held())),
    "EXPIRED": lambda: ended(lifecycle.expire(*held(), DEADLINE)),
    "REVERSED": lambda: ended(reverse(*resolved())),
}
ACTS: dict[str, Callable[[Event, Customer, datetime], Change | None]] = {
    "fulfil": lifecycle.fulfil,
    "reverse": reverse,
    "extend": extended,
    "expire": lifecycle.expire,
}
CONFLICTS: dict[str, type[Conflict]] = {
    "expired!": EventExpiredError,
    "cancelled!": EventCancelledError,
    "resolved!": EventResolvedError,
    "reversed!": EventReversedError,
}
# What each act makes of an event in each state: the status after it, a conflict (!), or nothing more to do (-).
TABLE = """
            active      overdue     RESOLVED    CANCELLED   EXPIRED     REVERSED
fulfil      RESOLVED    expired!    -           cancelled!  expired!    reversed!
reverse     CANCELLED   expired!    REVERSED    -           expired!    -
extend      PENDING     expired!    resolved!   cancelled!  expired!    reversed!
expire      -           EXPIRED     -           -           -           -
"""


def _pairs() -> list[tuple[str, str, str]]:
    header, *rows = [line.split() for line in TABLE.strip().splitlines()]
    return [(act, found, wanted) for act, *row in rows for found, wanted in zip(header, row, strict=True)]


def test_the_table_has_every_act_and_every_status() -> None:
    assert {act for act, _, _ in _pairs()} == set(ACTS)
    assert {found for _, found, _ in _pairs()} == set(FOUND)
    assert {event.status for event, _ in (make() for make in FOUND.values())} == set(EventStatus)


@pytest.mark.parametrize(("act", "found", "wanted"), _pairs(), ids=lambda one: str(one).strip("!"))
def test_every_act_on_every_status(act: str, found: str, wanted: str) -> None:
    event, of = FOUND[found]()
    now = DEADLINE if found == "overdue" else after(hours=1)
    if wanted in CONFLICTS:
        with pytest.raises(CONFLICTS[wanted]):
            ACTS[act](event, of, now)
    elif wanted == "-":
        assert ACTS[act](event, of, now) is None
    else:
        change = must(ACTS[act](event, of, now))
        assert must(change.event).status is EventStatus(wanted)
        assert change.customer.version == change.record.sequence == of.version + 1


@pytest.mark.parametrize("found", FOUND)
def test_an_overdue_event_reads_as_expired_at_its_deadline_and_no_other_event_changes_by_being_read(found: str) -> None:
    event, _ = FOUND[found]()
    late = event.as_of(after(days=30))
    if event.status is EventStatus.PENDING:
        assert (late.status, late.ended_at) == (EventStatus.EXPIRED, DEADLINE)
    else:
        assert late is event


def test_a_hold_lives_until_the_millisecond_before_its_deadline() -> None:
    event, of = held()
    almost = DEADLINE - timedelta(milliseconds=1)
    assert not event.is_expired(almost)
    assert event.is_expired(DEADLINE)
    assert ended(lifecycle.fulfil(event, of, almost))[0].status is EventStatus.RESOLVED


def test_a_conflict_says_when_the_event_ended() -> None:
    event, of = held()
    with pytest.raises(EventExpiredError, match=r"^the event expired at 2026-03-11T12:00:00\.000Z$"):
        lifecycle.fulfil(event, of, after(days=9))
    cancelled, of = ended(reverse(event, of, after(hours=2)))
    with pytest.raises(EventCancelledError, match=r"^the event was cancelled at 2026-03-10T14:00:00\.000Z$"):
        lifecycle.fulfil(cancelled, of, after(hours=3))


def test_fulfilling_pays_the_promise_and_keeps_what_was_spent() -> None:
    event, of = held(customer(lot(50)), redeem=redeem(20))
    assert sums(of) == (30, 20, 100)
    event, of = ended(lifecycle.fulfil(event, of, after(hours=1)))
    assert sums(of) == (130, 0, 0)
    assert (event.resolved_at, event.ended_at) == (after(hours=1), None)
    assert event.granted_lots == (lot(100),)
    assert sizes(event.redeemed_lots) == [20]


def test_the_promise_stands_whatever_became_of_the_campaign() -> None:
    event, of = held()
    emit(by=rules(spend=campaign(effect(7))))
    _, of = ended(lifecycle.fulfil(event, of, after(hours=1)))
    assert sums(of) == (100, 0, 0)


def test_cancelling_gives_back_what_was_held_with_the_expiry_it_had() -> None:
    first, second = lot(5, after(days=3)), lot(50, after(days=9))
    event, of = held(customer(first, second), redeem=redeem(20))
    assert of.wallet.lots == {second.key: second._replace(amount=Decimal(35))}
    event, of = ended(reverse(event, of, after(hours=1)))
    assert of.wallet.lots == {first.key: first, second.key: second}
    assert sums(of) == (55, 0, 0)
    assert (event.status, event.ended_at, event.reason) == (EventStatus.CANCELLED, after(hours=1), "brought back")


def test_expiry_gives_back_what_was_held_and_ends_the_event_at_its_deadline() -> None:
    event, of = held(customer(lot(50)), redeem=redeem(20))
    event, of = ended(lifecycle.expire(event, of, after(days=4)))
    assert sums(of, after(days=4)) == (50, 0, 0)
    assert (event.status, event.ended_at) == (EventStatus.EXPIRED, DEADLINE)


def test_what_was_held_beyond_its_own_expiry_comes_back_and_expires_at_once() -> None:
    short = lot(50, after(hours=5))
    event, of = held(customer(short), redeem=redeem(20), reserve=3)
    change = must(reverse(event, of, after(days=2)))
    assert moved(change.record.entries) == [(EntryType.RELEASE, 20), (EntryType.EXPIRATION, -50)]
    assert change.expired_amounts == {short.key: Decimal(50)}
    assert sums(change.customer, after(days=2)) == (0, 0, 0)


def test_reversing_takes_back_what_was_paid_and_gives_back_what_was_spent() -> None:
    event, of = resolved(customer(lot(50)), redeem=redeem(20))
    assert sums(of) == (130, 0, 0)
    event, of = ended(reverse(event, of, after(days=40)))
    assert sums(of, after(days=40)) == (50, 0, 0)
    assert (event.status, event.ended_at, event.resolved_at) == (EventStatus.REVERSED, after(days=40), NOW)


def test_a_fulfilled_hold_is_reversed_like_any_other_event() -> None:
    event, of = held(customer(lot(50)), redeem=redeem(20))
    event, of = ended(lifecycle.fulfil(event, of, after(hours=1)))
    event, of = ended(reverse(event, of, after(hours=2)))
    assert sums(of) == (50, 0, 0)
    assert event.resolved_at == after(hours=1)


def test_what_comes_back_pays_for_what_is_taken_back() -> None:
    event, of = resolved(customer(lot(50)), redeem=redeem(50))
    _, of = resolved(of, event_id="e2", type="SPEND", order=None, redeem=redeem(90))
    assert sums(of) == (10, 0, 0)
    _, of = ended(reverse(event, of))
    assert sums(of) == (-40, 0, 0)
    assert not of.wallet.lots


def test_the_totals_of_an_event_are_those_after_its_latest_change() -> None:
    event, of = held()
    assert list(event.balances) == balances(of.wallet, NOW)
    event, of = ended(lifecycle.fulfil(event, of, after(hours=1)))
    assert list(event.balances) == balances(of.wallet, after(hours=1))
    event, of = ended(reverse(event, of, after(hours=2)))
    assert list(event.balances) == balances(of.wallet, after(hours=2))


def test_the_first_answer_is_told_again_whatever_happened_since() -> None:
    event, of = held()
    longer, of = ended(extended(event, of, after(hours=1)))
    paid, of = ended(lifecycle.fulfil(longer, of, after(hours=2)))
    undone, of = ended(reverse(paid, of, after(hours=3)))
    assert [one.first_answer() for one in (event, longer, paid, undone)] == [event] * 4
    at_once, of = resolved()
    assert ended(reverse(at_once, of))[0].first_answer() == at_once


@pytest.mark.parametrize(
    ("asked", "deadline"),
    [
        ({"reserve": 1}, after(days=2)),
        ({"reserve": 364}, after(days=365)),
        ({"reserve_until": after(days=1, minutes=1)}, after(days=1, minutes=1)),
        ({"reserve": None, "reserve_until": after(days=365)}, after(days=365)),
    ],
    ids=["a day more", "as long as can be", "a minute more", "to a time"],
)
def test_extending_moves_the_deadline_and_nothing_else(asked: dict[str, Any], deadline: datetime) -> None:
    event, of = held(customer(lot(50)), redeem=redeem(20))
    change = must(lifecycle.extend(event, of, NOW, **asked))
    assert must(change.event) == event._replace(deadline=deadline)
    assert change.customer.wallet.holds["e1"] == of.wallet.holds["e1"]._replace(deadline=deadline)
    assert (change.record.type, change.record.deadline, change.record.entries) == (RecordType.EXTENDED, deadline, ())
    assert sums(change.customer) == sums(of)


@pytest.mark.parametrize(
    ("asked", "field", "why"),
    [
        ({"reserve": 365}, "reserve", "must be within 365 days"),
        ({"reserve_until": after(days=366)}, "reserve_until", "must be within 365 days"),
        ({"reserve_until": after(hours=23)}, "reserve_until", "must be after the present deadline, 2026-03-11T12:00"),
        ({"reserve_until": NOW - timedelta(days=400)}, "reserve_until", "must be after the present deadline"),
    ],
    ids=["days beyond a year", "a time beyond a year", "earlier", "long ago"],
)
def test_a_hold_is_extended_within_a_year_and_never_shortened(asked: dict[str, Any], field: str, why: str) -> None:
    event, of = held()
    with pytest.raises(ValidationError, match=why) as refusal:
        lifecycle.extend(event, of, NOW, **asked)
    assert [one.field for one in refusal.value.fields] == [field]


def test_extending_to_the_present_deadline_is_done_already() -> None:
    event, of = held()
    assert lifecycle.extend(event, of, NOW, reserve_until=DEADLINE) is None


def test_an_extended_hold_dies_at_its_new_deadline() -> None:
    event, of = ended(extended(*held(), after(hours=1)))
    assert lifecycle.expire(event, of, DEADLINE) is None
    assert ended(lifecycle.expire(event, of, after(days=2)))[0].ended_at == after(days=2)


def test_an_act_settles_what_else_is_over() -> None:
    expired = lot(30, after(hours=1), campaign_id="old")
    event, of = held(customer(expired, lot(5)), reserve=9)
    other, of = held(of, event_id="e2", redeem=redeem(10))
    change = must(lifecycle.fulfil(event, of, after(days=2)))
    assert change.record.closed_holds == ("e2", "e1")
    assert moved(change.record.entries) == [
        (EntryType.RELEASE, 10),
        (EntryType.ACCUMULATION, 100),
        (EntryType.EXPIRATION, -30),
    ]
    assert [line.event_id for line in change.record.entries] == ["e2", "e1", None]
    assert change.expired_amounts == {expired.key: Decimal(30)}
    settled = ended(lifecycle.expire(other, change.customer, after(days=2)))
    assert sums(settled[1], after(days=2)) == (105, 0, 0)
    assert settled[0].status is EventStatus.EXPIRED


def test_lots_expire_at_most_as_many_at_once_as_a_transaction_takes_and_the_rest_next() -> None:
    of = customer(*(lot(1, after(minutes=i)) for i in range(1, 101)))
    change = must(changes.expire_lots(of, after(days=1)))
    assert len(change.expired_amounts) == len(change.record.entries) == changes.MAX_EXPIRED_LOTS
    assert change.customer.next_lot_expiry == after(minutes=changes.MAX_EXPIRED_LOTS + 1)
    change = must(changes.expire_lots(change.customer, after(days=1)))
    assert len(change.expired_amounts) == 100 - changes.MAX_EXPIRED_LOTS
    assert change.customer.next_lot_expiry is None
    assert changes.expire_lots(change.customer, after(days=1)) is None


@pytest.mark.parametrize(
    ("lots", "alarm", "acts"),
    [
        ((), None, False),
        ((lot(5),), None, False),
        ((lot(5, after(days=3)),), after(days=3), False),
        ((lot(5, after(days=3)),), after(days=1), True),
        ((), after(days=1), True),
        ((lot(5, after(hours=1)),), after(hours=1), True),
    ],
    ids=["nothing", "for ever", "not yet", "the alarm was for a lot since spent", "the last was spent", "over"],
)
def test_lots_are_settled_only_if_something_is_over_or_the_alarm_has_to_move(
    lots: tuple[Lot, ...], alarm: datetime | None, acts: bool
) -> None:
    change = changes.expire_lots(customer(*lots, next_lot_expiry=alarm), after(hours=2))
    assert (change is not None) == acts


def test_settling_lots_leaves_a_hold_alone_that_has_eaten_them() -> None:
    event, of = held(customer(lot(50, after(hours=2))), redeem=redeem(50))
    change = must(changes.expire_lots(replace(of, next_lot_expiry=after(hours=2)), after(hours=2)))
    assert (change.record.entries, change.customer.next_lot_expiry) == ((), None)
    _, of = ended(lifecycle.fulfil(event, change.customer, after(hours=3)))
    assert sums(of, after(hours=3)) == (100, 0, 0)


def test_what_ended_unspent_before_a_reversal_is_neither_taken_back_nor_owed() -> None:
    short = rules(spend=campaign(effect(10, expires_in="1/hours")))
    event, of = resolved(by=short)
    (granted,) = event.granted_lots
    change = must(changes.expire_lots(of, after(hours=1)))
    assert change.expired_amounts == {granted.key: Decimal(10)}
    undone = must(reverse(event, change.customer, after(hours=2), expired_unspent=change.expired_amounts))
    assert undone.record.entries == ()
    assert undone.expired_amounts == {granted.key: Decimal(-10)}
    assert sums(undone.customer, after(hours=2)) == (0, 0, 0)


def test_points_that_ended_unspent_excuse_only_one_of_the_events_that_granted_them() -> None:
    short = rules(spend=campaign(effect(10, expires_in="1/hours")))
    first, of = resolved(by=short)
    second, of = resolved(of, event_id="e2", by=short)
    _, of = resolved(of, event_id="e3", type="SPEND", redeem=redeem(5), by=short)
    change = must(changes.expire_lots(of, after(hours=1)))
    key = first.granted_lots[0].key
    assert change.expired_amounts == {key: Decimal(15)}
    once = must(reverse(first, change.customer, after(hours=2), expired_unspent={key: Decimal(15)}))
    assert once.expired_amounts == {key: Decimal(-10)}
    assert sums(once.customer, after(hours=2)) == (0, 0, 0)
    twice = must(reverse(second, once.customer, after(hours=2), expired_unspent={key: Decimal(5)}))
    assert twice.expired_amounts == {key: Decimal(-5)}
    assert sums(twice.customer, after(hours=2)) == (-5, 0, 0)


def test_a_line_of_the_ledger_says_what_it_did_to_what_can_be_spent() -> None:
    event, of = resolved()
    _, of = resolved(of, event_id="e2", type="SPEND", redeem=redeem(70))
    change = must(reverse(event, of))
    assert change.record.entries == (
        LedgerEntry(EntryType.REVERSAL, lot(-30), "e1"),
        LedgerEntry(EntryType.REVERSAL, lot(0), "e1", debt=Decimal(70)),
    )
    assert moved(change.record.entries) == [(EntryType.REVERSAL, -30), (EntryType.REVERSAL, -70)]
