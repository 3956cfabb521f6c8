"""Emitting an event: what it redeems, earns and holds, decided purely."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from loyalty.domain.errors import InsufficientBalanceError, TooManyHoldsError, ValidationError
from loyalty.domain.events.event import EventStatus
from loyalty.domain.events.schemas import EmitEventRequest, redemptions
from loyalty.domain.wallet.lots import EntryType, Hold
from tests.support.builders import (
    NOW,
    Document,
    after,
    before,
    campaign,
    customer,
    effect,
    emit,
    hold,
    lot,
    moved,
    newcomer,
    offer,
    redeem,
    rules,
    sizes,
    sums,
    wallet,
)

RICH = customer(lot(1000))


def asking(**fields: Any) -> EmitEventRequest:
    return EmitEventRequest.model_validate({"customer_id": "ana", "brand_id": "demo", "type": "PURCHASE", **fields})


def test_a_purchase_is_paid_at_once() -> None:
    emission = emit()
    event = emission.event
    assert (event.status, event.resolved_at, event.ended_at, event.deadline) == (EventStatus.RESOLVED, NOW, None, None)
    assert (event.campaign_ids, event.granted_lots, event.redeemed_lots) == (("spend",), (lot(100),), ())
    assert sums(emission.customer) == (100, 0, 0)


def test_a_purchase_in_standby_is_promised() -> None:
    emission = emit(fulfilled=False)
    event = emission.event
    assert (event.status, event.resolved_at, event.deadline) == (EventStatus.PENDING, None, after(days=1))
    assert (event.campaign_ids, event.granted_lots) == (("spend",), (lot(100),))
    assert sums(emission.customer) == (0, 0, 100)
    assert event.entries == ()


@pytest.mark.parametrize("fulfilled", [True, None], ids=str)
def test_an_event_is_fulfilled_unless_it_says_otherwise(fulfilled: bool | None) -> None:
    assert emit(fulfilled=fulfilled).event.status is EventStatus.RESOLVED


def test_an_event_that_earns_nothing_is_an_event_all_the_same() -> None:
    emission = emit(type="VISIT")
    assert (emission.event.campaign_ids, emission.event.granted_lots) == ((), ())
    assert emission.event.evaluated
    assert emission.customer.version == 1
    assert not emission.customer.wallet.debts


def test_every_campaign_of_the_trigger_pays() -> None:
    by = rules(spend=campaign(), double=campaign(), stars=campaign(effect(1, "stars")), visit=campaign(trigger="VISIT"))
    event = emit(by=by).event
    assert event.campaign_ids == ("double", "spend", "stars")
    assert [(one.reward_id, one.campaign_id) for one in event.granted_lots] == [
        ("points", "double"),
        ("points", "spend"),
        ("stars", "stars"),
    ]


def test_campaigns_see_what_was_sent_unknown_fields_included_and_who_the_customer_is() -> None:
    conditions: list[list[Document]] = [
        [
            {"field": "order.weather", "operator": "eq", "value": "rain"},
            {"field": "customer.tags.vip", "operator": "eq", "value": True},
            {"field": "customer.id", "operator": "eq", "value": "ANA"},
        ]
    ]
    rainy = {"value": 100, "weather": "Rain"}
    by = rules(spend=campaign(effect(5), conditions=conditions))
    assert emit(customer(tags={"vip": True}), by=by, order=rainy).event.granted_lots
    assert not emit(customer(), by=by, order=rainy).event.granted_lots
    assert not emit(customer(), by=by, order=rainy, customer={"tags": {"vip": True}}).event.granted_lots


def test_a_disabled_brand_records_events_and_uses_nothing_of_them() -> None:
    emission = emit(RICH, enabled=False, redeem=redeem(5, "pounds"))
    assert (emission.event.evaluated, emission.event.granted_lots, emission.event.redeemed_lots) == (False, (), ())
    assert emission.event.status is EventStatus.RESOLVED
    assert sums(emission.customer) == (1000, 0, 0)
    held = emit(RICH, enabled=False, fulfilled=False)
    assert held.event.status is EventStatus.PENDING
    assert sums(held.customer) == (1000, 0, 0)


EVERYWHERE: dict[str, Any] = {
    "redeem": redeem(1),
    "product": {"redeem": redeem(2)},
    "order": {
        "value": 100,
        "redeem": redeem(4),
        "shipping": {"redeem": redeem(8)},
        "products": [{"sku": "A"}, {"redeem": [*redeem(16), *redeem(32)]}, {"redeem": None}],
    },
}


def test_what_is_redeemed_counts_at_every_level() -> None:
    assert [(path, redemption.amount) for path, redemption in redemptions(asking(**EVERYWHERE))] == [
        ("redeem.0", Decimal(1)),
        ("product.redeem.0", Decimal(2)),
        ("order.redeem.0", Decimal(4)),
        ("order.shipping.redeem.0", Decimal(8)),
        ("order.products.1.redeem.0", Decimal(16)),
        ("order.products.1.redeem.1", Decimal(32)),
    ]
    assert list(redemptions(asking(redeem=None, order=None, product=None))) == []
    emission = emit(customer(lot(63)), **EVERYWHERE)
    assert sizes(emission.event.redeemed_lots) == [63]
    assert sums(emission.customer) == (100, 0, 0)


def test_what_is_redeemed_must_be_covered_together() -> None:
    with pytest.raises(InsufficientBalanceError, match=r"^points: 63 asked for, 62 available$"):
        emit(customer(lot(62)), **EVERYWHERE)


def test_what_an_event_earns_does_not_pay_for_what_it_redeems() -> None:
    with pytest.raises(InsufficientBalanceError):
        emit(redeem=redeem(1))


def test_what_others_hold_is_not_there_to_be_redeemed() -> None:
    held = emit(customer(lot(50)), fulfilled=False, redeem=redeem(30)).customer
    with pytest.raises(InsufficientBalanceError, match=r"^points: 21 asked for, 20 available$"):
        emit(held, event_id="e2", redeem=redeem(21))
    late = emit(held, event_id="e2", now=after(days=1), redeem=redeem(50))
    assert moved(late.event.entries)[0] == (EntryType.RELEASE, 30)
    assert (late.event.closed_holds, sizes(late.event.redeemed_lots)) == (("e1",), [50])


def test_an_unknown_reward_and_too_fine_an_amount_are_refused_where_they_stand() -> None:
    products = [{"redeem": [*redeem("0.5"), *redeem("0.125", "stars"), *redeem("0.25", "stars")]}]
    with pytest.raises(ValidationError) as refusal:
        emit(RICH, redeem=redeem(1, "pounds"), order={"products": products})
    assert {one.field: one.message for one in refusal.value.fields} == {
        "redeem.0.id": "is not a reward of this brand or an offer the customer has now",
        "order.products.0.redeem.0.amount": "must have at most 0 decimals",
        "order.products.0.redeem.1.amount": "must have at most 2 decimals",
    }


@pytest.mark.parametrize(
    ("said", "deadline"),
    [
        ({}, after(days=1)),
        ({"reserve": None}, after(days=1)),
        ({"reserve": 7}, after(days=7)),
        ({"reserve": 365}, after(days=365)),
        ({"reserve_until": after(minutes=5)}, after(minutes=5)),
        ({"reserve_until": after(days=365)}, after(days=365)),
    ],
    ids=["a day if nothing is said", "a day for null", "days", "a year", "minutes", "until a year from now"],
)
def test_a_hold_ends_when_it_was_said(said: dict[str, Any], deadline: datetime) -> None:
    emission = emit(fulfilled=False, **said)
    assert emission.event.deadline == emission.event.first_deadline == deadline
    assert emission.customer.wallet.holds == {"e1": Hold(deadline, (), (lot(100),), emission.event.usage, sequence=1)}


@pytest.mark.parametrize(
    ("until", "why"),
    [
        (NOW, "must be in the future"),
        (before(days=1), "must be in the future"),
        (after(days=365, milliseconds=1), "must be within 365 days"),
    ],
    ids=["now", "before now", "in more than a year"],
)
def test_a_hold_ends_in_the_future_within_a_year(until: datetime, why: str) -> None:
    with pytest.raises(ValidationError, match=f"^reserve_until: {why}$"):
        emit(fulfilled=False, reserve_until=until)


def test_a_report_is_at_most_72_hours_late_and_earns_what_it_would_have_then() -> None:
    by = rules(spend=campaign(effect(5, expires_in="1/day"), end_date="2026-03-07"))
    event = emit(by=by, issued_at=before(hours=72)).event
    assert event.issued_at == before(hours=72)
    assert event.recorded_at == NOW
    assert event.granted_lots == (lot(5, before(days=1, hours=12), issued_at=before(hours=72)),)
    assert not emit(by=by).event.granted_lots


@pytest.mark.parametrize("ahead", [{"milliseconds": 1}, {"seconds": 60}, {"minutes": 5}])
def test_a_clock_that_is_ahead_by_up_to_five_minutes_means_now(ahead: dict[str, float]) -> None:
    assert emit(issued_at=after(**ahead)).event.issued_at == NOW


@pytest.mark.parametrize(
    ("issued_at", "why"),
    [
        (after(minutes=5, milliseconds=1), "must not be more than 5 minutes in the future"),
        (before(hours=72, milliseconds=1), "must be within the last 72 hours"),
        (before(days=700_000), "must be within the last 72 hours"),
    ],
    ids=["in the future", "too late", "in the year 109"],
)
def test_a_time_out_of_range_is_refused(issued_at: datetime, why: str) -> None:
    with pytest.raises(ValidationError, match=f"^issued_at: {why}$"):
        emit(issued_at=issued_at)


def test_a_wallet_full_of_holds_takes_no_more_of_them_but_other_events() -> None:
    full = newcomer()
    full = replace(full, wallet=wallet(holds={f"h{i}": hold(until=after(hours=1)) for i in range(100)}))
    with pytest.raises(TooManyHoldsError):
        emit(full, fulfilled=False)
    assert emit(full).event.granted_lots
    assert emit(full, fulfilled=False, now=after(hours=1)).event.status is EventStatus.PENDING


def test_each_record_names_those_before_it() -> None:
    of = newcomer()
    records = []
    for i in range(8):
        emission = emit(of, event_id=f"e{i}")
        of = emission.customer
        records.append(emission.event)
    assert [one.sequence for one in records] == list(range(1, 9))
    assert of.previous == ("e7", "e6", "e5", "e4", "e3", "e2")
    assert records[7].previous == ("e6", "e5", "e4", "e3", "e2", "e1")
    assert records[1].previous == ("e0",)


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("lots", "set_before", "period", "alarm"),
    [
        ((), None, None, None),
        ((), None, "3/days", after(days=3, hours=12)),
        ((lot(5, after(days=2)),), None, "3/days", after(days=2)),
        ((lot(5, after(days=9)),), after(days=9), "3/days", after(days=3, hours=12)),
        ((lot(5, after(days=9)),), after(days=1), "3/days", after(days=1)),
        ((lot(5, before(days=1)),), before(days=1), None, before(days=1)),
        ((lot(5, before(days=9)),), before(days=9), None, NOW),
        ((lot(5, before(days=9)),), before(days=9), "3/days", NOW),
        ((lot(5, before(days=9)),), before(days=1), "3/days", before(days=1)),
        ((), before(days=9), None, NOW),
        ((lot(5, before(days=9)),), None, None, NOW),
    ],
    ids=[
        "nothing ends",
        "the first end",
        "another ends sooner",
        "this ends sooner",
        "the alarm may be early",
        "what is over waits for its alarm",
        "an alarm that never came is set anew",
        "for lots to come as well",
        "once is enough for two days",
        "even if the lot has been spent",
        "a lot that a hold gave back late",
    ],
)
def test_the_alarm_for_lots_is_never_later_than_the_next_end(
    lots: tuple[Any, ...], set_before: datetime | None, period: str | None, alarm: datetime | None
) -> None:
    ends = {"expires_in": period} if period else {}
    of = customer(*lots, next_lot_expiry=set_before)
    assert emit(of, by=rules(spend=campaign(effect(5, **ends)))).customer.next_lot_expiry == alarm


def test_an_offer_whose_end_was_lost_has_an_alarm_unless_a_hold_keeps_it() -> None:
    ended = offer(ends_at=before(days=3), starts_at=before(days=9))
    assert emit(customer(offers={"o1": ended})).customer.next_lot_expiry == NOW
    recent = ended._replace(ends_at=before(days=1))
    assert emit(customer(offers={"o1": recent})).customer.next_lot_expiry is None
    keeps = Hold(after(days=1), offers=("o1",))
    of = customer(offers={"o1": ended}, wallet=wallet(holds={"e0": keeps}))
    assert emit(of).customer.next_lot_expiry is None


def test_the_deadline_of_a_hold_released_days_late_is_written_again() -> None:
    holds = {"e8": hold(until=before(days=3)), "e9": hold(until=before(days=1)), "e7": hold(until=after(days=1))}
    of = customer(wallet=wallet(holds=holds))
    assert emit(of).customer.lost_hold_deadlines(of, NOW) == ["e8"]
    many = {f"e{i}": hold(until=before(days=3)) for i in range(10, 40)}
    of = customer(wallet=wallet(holds=many))
    assert emit(of).customer.lost_hold_deadlines(of, NOW) == [f"e{i}" for i in range(10, 20)]


def test_what_is_over_when_it_is_granted_has_an_alarm_too() -> None:
    by = rules(spend=campaign(effect(5, expires_in="1/hour")))
    assert emit(by=by, issued_at=before(hours=5)).customer.next_lot_expiry == before(hours=4)


def test_a_promise_sets_no_alarm_before_it_is_paid() -> None:
    by = rules(spend=campaign(effect(5, expires_in="1/hour")))
    assert emit(by=by, fulfilled=False).customer.next_lot_expiry is None
