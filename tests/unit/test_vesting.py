"""Points that are available later: pending until their instant, available at it, undone without a debt before it."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.domain.customers.customer import Customer
from loyalty.domain.customers.merging import merge
from loyalty.domain.customers.unmerging import unmerge
from loyalty.domain.errors import InsufficientBalanceError, ValidationError
from loyalty.domain.events import lifecycle
from loyalty.domain.events.emit import EmitDecision
from loyalty.domain.events.event import EventStatus
from loyalty.domain.rules.campaigns import check_campaign
from loyalty.domain.rules.ruleset import Ruleset
from loyalty.domain.times import always_ends_after, expiry, parse_period, zone
from loyalty.domain.wallet.lots import EntryType, Lot
from loyalty.domain.wallet.update import as_of, balances, unexpired_lots
from tests.support.builders import (
    CATALOG,
    NOW,
    after,
    campaign,
    customer,
    effect,
    emit,
    hold,
    lot,
    moved,
    must,
    per,
    redeem,
    reverse,
    rules,
    sizes,
    sums,
    wallet,
)

ALMOST = timedelta(milliseconds=1)
VESTS = datetime(2026, 3, 25, tzinfo=UTC)
"""When points of NOW are available after 14 days: as the 14th day ends, in the brand's zone."""
LATER = rules(spend=campaign(effect(per=per(), available_after="14/days", expires_in="12/months")))


def vesting(amount: int, available_from: datetime = VESTS, expires_at: datetime | None = None) -> Lot:
    """Points that are available then."""
    return lot(amount, expires_at)._replace(available_from=available_from)


def buy(to: Customer | None = None, *, by: Ruleset = LATER, now: datetime = NOW, event_id: str = "e1") -> EmitDecision:
    """A purchase of 100."""
    return emit(to, by=by, now=now, event_id=event_id)


def test_points_are_pending_until_their_instant_and_available_at_it_by_themselves() -> None:
    bought = buy()
    assert sums(bought.customer) == (0, 0, 100)
    assert sums(bought.customer, VESTS - ALMOST) == (0, 0, 100)
    assert sums(bought.customer, VESTS) == (100, 0, 0)
    assert [one.available_from for one in bought.event.granted_lots] == [VESTS]
    assert [one.available_from for one in unexpired_lots(bought.customer.wallet, NOW)] == [VESTS]
    assert [one.available_from for one in unexpired_lots(bought.customer.wallet, VESTS)] == [None]
    assert moved(bought.event.entries) == [(EntryType.ACCUMULATION, 100)]


def test_they_are_spent_from_their_instant_on() -> None:
    bought = buy().customer
    with pytest.raises(InsufficientBalanceError):
        emit(bought, event_id="e2", type="SPEND", redeem=redeem(1), now=VESTS - ALMOST)
    spent = emit(bought, event_id="e2", type="SPEND", redeem=redeem(30), now=VESTS)
    assert sums(spent.customer, VESTS) == (70, 0, 0)
    assert moved(spent.event.entries) == [(EntryType.REDEMPTION, -30)]


def test_a_reversal_meanwhile_takes_them_back_and_nothing_else() -> None:
    others = customer(lot(5))
    bought = buy(others)
    undone = must(reverse(bought.event, bought.customer, VESTS - ALMOST))
    assert sums(undone.customer, VESTS) == (5, 0, 0)
    assert undone.customer.wallet.debts["points"] == 0
    assert moved(undone.record.entries) == [(EntryType.REVERSAL, -100)]
    assert [one.lot.available_from for one in undone.record.entries] == [VESTS]


def test_a_reversal_afterwards_takes_back_what_is_left_and_leaves_a_debt() -> None:
    bought = buy()
    spent = emit(bought.customer, event_id="e2", type="SPEND", redeem=redeem(30), now=VESTS)
    undone = must(reverse(bought.event, spent.customer, VESTS))
    assert sums(undone.customer, VESTS) == (-30, 0, 0)


def test_a_debt_is_paid_at_their_instant_not_before() -> None:
    owing = Customer("demo", "ana", NOW, version=1, wallet=wallet(debt=30))
    bought = buy(owing)
    assert sums(bought.customer, VESTS - ALMOST) == (-30, 0, 100)
    assert sums(bought.customer, VESTS) == (70, 0, 0)
    update = as_of(bought.customer.wallet, VESTS)
    assert [(one.type, int(one.amount), int(one.debt)) for one in update.entries] == [(EntryType.ACCUMULATION, 0, -30)]
    assert sizes(update.wallet.lots.values()) == [70]


def test_they_pay_a_debt_even_if_nobody_looks_before_they_have_expired() -> None:
    ends = after(days=100)
    update = as_of(wallet(vesting(100, VESTS, ends), debt=30), ends)
    assert [(one.type, int(one.amount), int(one.debt)) for one in update.entries] == [
        (EntryType.ACCUMULATION, 0, -30),
        (EntryType.EXPIRATION, -70, 0),
    ]
    assert update.wallet.debts == {"points": 0}


def test_what_they_are_taken_for_is_one_lot_once_they_are_available() -> None:
    of, at = Customer("demo", "ana", NOW), NOW
    by = rules(spend=campaign(effect(1, available_after="14/days")))
    for day in range(40):
        at = after(days=day)
        of = buy(of, by=by, now=at, event_id=f"e{day}").customer
    assert len(of.wallet.lots) == 1 + 15
    assert sums(of, at) == (25, 0, 15)


def test_those_that_end_first_are_spent_first_however_they_came() -> None:
    soon, late = after(days=20), after(days=90)
    of = wallet(lot(10, late), vesting(10, after(days=1), soon))
    spent = emit(customer(wallet=of), type="SPEND", redeem=redeem(15), now=after(days=2)).event
    assert [(one.expires_at, int(one.amount)) for one in spent.redeemed_lots] == [(soon, 10), (late, 5)]


def test_the_next_lot_to_end_may_be_one_that_is_pending() -> None:
    ends = after(days=20)
    of = wallet(vesting(10, after(days=1), ends))
    assert [one.next_expiration for one in balances(of, NOW)] == [ends]
    assert buy(customer(wallet=of)).customer.next_lot_expiry == ends


def test_a_hold_promises_them_and_a_fulfil_grants_them_with_their_instant() -> None:
    held = emit(by=LATER, fulfilled=False, reserve=30)
    assert sums(held.customer) == (0, 0, 100)
    early = must(lifecycle.fulfil(held.event, held.customer, after(days=1)))
    assert sums(early.customer, VESTS - ALMOST) == (0, 0, 100)
    late = must(lifecycle.fulfil(held.event, held.customer, VESTS))
    assert sums(late.customer, VESTS) == (100, 0, 0)
    undone = must(reverse(must(late.event), late.customer, VESTS))
    assert sums(undone.customer, VESTS) == (0, 0, 0)
    assert undone.customer.wallet.lots == {}


def test_a_late_report_counts_from_when_it_happened() -> None:
    by = rules(spend=campaign(effect(5, available_after="1/days")))
    told = emit(by=by, now=NOW, issued_at=after(days=-2))
    assert sums(told.customer) == (5, 0, 0)
    assert sums(must(reverse(told.event, told.customer)).customer) == (0, 0, 0)


def test_a_multiple_is_available_with_what_it_multiplies() -> None:
    def granted(**more: str) -> list[tuple[datetime | None, datetime | None]]:
        double = campaign({"reward_id": "points", "multiply": Decimal(2), **more})
        base = campaign(effect(5, available_after="14/days", expires_in="1/year"))
        lots = emit(by=rules(base=base, double=double)).event.granted_lots
        return [(one.available_from, one.expires_at) for one in lots if one.campaign_id == "double"]

    year = expiry(NOW, parse_period("1/year"), zone("UTC"))
    assert granted() == [(VESTS, year)]
    assert granted(available_after="20/days") == [(datetime(2026, 3, 31, tzinfo=UTC), year)]
    assert granted(expires_in="30/days") == [(VESTS, datetime(2026, 4, 10, tzinfo=UTC))]
    # With an own end before they are available nobody could ever spend them.
    assert granted(expires_in="3/days") == [(VESTS, year)]


def test_a_merge_takes_them_along_and_a_split_gives_them_back() -> None:
    older = buy(Customer("demo", "ana", NOW)).customer
    younger = buy(Customer("demo", "ben", after(days=1)), now=after(days=1), event_id="e2").customer
    merged = merge(older, younger, after(days=2))
    assert sums(merged.survivor, after(days=2)) == (0, 0, 200)
    assert sums(merged.survivor, VESTS) == (100, 0, 100)
    for at in (after(days=3), VESTS, after(days=30)):
        split = unmerge(merged.survivor, merged.absorbed, merged.absorbed_record, {}, "two people", at)
        assert sums(split.survivor, after(days=30)) == (100, 0, 0)
        assert sums(split.split_off, after(days=30)) == (100, 0, 0)
        assert sums(split.split_off, at) == ((100, 0, 0) if at > VESTS else (0, 0, 100))


def test_the_record_of_a_split_has_what_vested_points_did_to_shortfalls() -> None:
    owing = Customer("demo", "ana", NOW, version=1, wallet=wallet(debt=30))
    merged = merge(buy(owing).customer, Customer("demo", "ben", after(days=1)), after(days=2))
    split = unmerge(merged.survivor, merged.absorbed, merged.absorbed_record, {}, "two people", after(days=30))
    assert sums(split.survivor, after(days=30)) == (70, 0, 0)
    assert split.survivor.wallet.shortfalls
    assert split.survivor_record.shortfalls == split.survivor.wallet.shortfalls


def test_a_hold_that_expires_returns_only_what_it_took() -> None:
    of = wallet(vesting(10), holds={"e9": hold(lot(4), until=after(hours=1))})
    assert sums(of, after(hours=1)) == (4, 0, 10)


def test_an_expired_event_shows_what_was_pending_at_its_deadline() -> None:
    held = emit(customer(vesting(7)), by=LATER, fulfilled=False, reserve=1)
    shown = lifecycle.event_as_of(held.event, held.customer, after(days=60))
    assert shown.status is EventStatus.EXPIRED
    assert [(int(one.available), int(one.pending)) for one in shown.balances] == [(0, 7)]


def test_points_that_were_available_by_a_clock_that_is_ahead_are_found() -> None:
    bought = buy()
    ahead = emit(bought.customer, event_id="e2", type="VISIT", now=VESTS).customer
    undone = must(reverse(bought.event, ahead, VESTS - ALMOST))
    assert sums(undone.customer, VESTS) == (0, 0, 0)
    assert undone.customer.wallet.lots == {}


@pytest.mark.parametrize(
    ("available_after", "expires_in", "fits"),
    [
        ("14/days", None, True),
        ("14/days", "12/months", True),
        ("14/days", "14/days", False),
        ("2/weeks", "14/days", False),
        ("13/days", "2/weeks", True),
        ("30/days", "1/month", False),
        ("14/days", "1/month", True),
        ("1/year", "12/months", False),
        ("24/hours", "1/days", False),
        ("1/hours", "2/hours", True),
        ("400/hours", "401/hours", False),
        ("1/minute", "1/day", True),
    ],
)
def test_what_would_end_before_it_is_available_is_refused_by_name(
    available_after: str, expires_in: str | None, *, fits: bool
) -> None:
    document = campaign(effect(1, available_after=available_after, expires_in=expires_in))
    if fits:
        check_campaign(document, CATALOG)
        return
    with pytest.raises(ValidationError) as refusal:
        check_campaign(document, CATALOG)
    assert [one.field for one in refusal.value.fields] == ["rules.0.effects.0.available_after"]


@pytest.mark.parametrize("other", [{"tag": "vip"}, {"offer": "treat", "valid_for": "1/days"}])
def test_tags_and_offers_are_not_available_later(other: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as refusal:
        check_campaign(campaign({**other, "available_after": "1/days"}), CATALOG)
    ((field, message),) = refusal.value.fields
    assert (field, message[:19]) == ("rules.0.effects.0.available_after", "means nothing besid")


PERIODS = st.builds("{}/{}".format, st.integers(1, 800), st.sampled_from(["minute", "hour", "day", "week", "month"]))
ZONES = st.sampled_from(["UTC", "America/Bogota", "Europe/Berlin", "Australia/Lord_Howe", "Pacific/Apia"])
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2031, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(one=PERIODS, other=PERIODS, tz=ZONES, at=INSTANTS)
def test_what_always_ends_after_something_ends_after_it(one: str, other: str, tz: str, at: datetime) -> None:
    for longer, shorter in ((one, other), (other, one)):
        if always_ends_after(parse_period(longer), parse_period(shorter)):
            ends = [expiry(at, parse_period(period), zone(tz)) for period in (longer, shorter)]
            assert ends[0] > ends[1]
