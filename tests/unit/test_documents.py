"""What is stored comes back as it was."""

from dataclasses import fields, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from benchmarks.metering import item_size
from loyalty import json
from loyalty.domain.assignments.traces import AssignmentKind, AssignmentRequest, AssignmentTrace, TraceStatus, TraceStep
from loyalty.domain.customers.customer import Customer
from loyalty.domain.customers.journal import JournalRecord, RecordType
from loyalty.domain.events.event import Event, EventStatus, Rescue
from loyalty.domain.events.parts import Part
from loyalty.domain.feed.messages import SpentBudget
from loyalty.domain.feed.reminders import Reminder
from loyalty.domain.feed.webhooks import Delivery, Webhook
from loyalty.domain.ids import derived
from loyalty.domain.limits.budgets import BudgetAmount
from loyalty.domain.limits.usage import CustomerUsage, Usage
from loyalty.domain.offers import OfferRecord
from loyalty.domain.program.api_keys import AccessToken, ApiKey
from loyalty.domain.program.brands import Brand
from loyalty.domain.program.changes import AuditRecord, Author, Kind, SettingsChange
from loyalty.domain.program.config_offers import ConfigOffer
from loyalty.domain.program.program import StoredCampaign
from loyalty.domain.program.rewards import Reward
from loyalty.domain.program.test_clock import BrandClock
from loyalty.domain.wallet.lots import Balance, EntryType, LedgerEntry
from loyalty.domain.wallet.shares import Share, Shares
from loyalty.domain.wallet.shortfalls import Shortfall
from loyalty.store import keys
from loyalty.store.codec import decode, encode, unpack
from loyalty.store.customers import customer_item
from loyalty.store.table import to_wire
from tests.support.builders import NOW, after, customer, emit, hold, lot, must, newcomer, offer, redeem, reverse, wallet
from tests.support.stored import customer_again, event_again, journal_record_again


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
    assert unpack(customer_item(newcomer())["document"]) == {"created_at": 20260310120000000}


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


@pytest.mark.parametrize("status", [one for one in EventStatus if one is not EventStatus.PENDING])
def test_an_ended_event_comes_back(status: EventStatus) -> None:
    one = emit(fulfilled=False).event._replace(status=status, ended_at=after(hours=1), resolved_at=NOW, reason="so")
    assert event_again(one, ended=True) == one


def test_the_first_answer_comes_back_whatever_happened_since() -> None:
    emission = emit(customer(lot(50)), redeem=redeem(20))
    ended = must(must(reverse(emission.event, emission.customer, after(days=400))).event)
    assert event_again(ended, ended=True).first_answer() == emission.event


def test_an_extended_hold_remembers_its_first_deadline() -> None:
    event = emit(fulfilled=False).event
    extended = event._replace(deadline=after(days=5))
    assert event_again(extended, ended=True) == extended
    assert event_again(extended, ended=True).first_answer() == event


@pytest.mark.parametrize("type_", EntryType)
def test_every_type_of_line_comes_back(type_: EntryType) -> None:
    lines = (
        LedgerEntry(type_, lot(-5, after(days=1)), "e1", reserved=True),
        LedgerEntry(type_, lot("0.25", campaign_id=None), "another", debt=Decimal("-0.25")),
        LedgerEntry(type_, lot(0), None, debt=Decimal(7)),
    )
    entry = JournalRecord(7, RecordType.FULFILLED, NOW, "e1", lines, ("e1", "e2"), ("e0", 3))
    assert journal_record_again(entry) == entry


@pytest.mark.parametrize("kind", RecordType)
def test_every_kind_of_entry_comes_back(kind: RecordType) -> None:
    offers = (offer(), offer("o2", customer_id="luis", used_by="e1"))
    entry = JournalRecord(1, kind, NOW, None, (), (), (), after(days=1), updated_offers=offers, removed_offers=("o3",))
    assert journal_record_again(entry) == entry


LOT = lot("0.25", after(days=1))
HOLD = hold(LOT, until=after(hours=1), promises=(lot(1, campaign_id=None),))._replace(
    usage=Usage({"types": {"t": 1}}, {"c": {"e0": 1}}, {"c": BudgetAmount(Decimal("0.5"), 1)}),
    offers=("o1",),
    sequence=8,
)
SHORTFALLS = (Shortfall(9, *LOT.key[:3], waived=Decimal(3), taken=(lot(2),)),)
OFFER = offer(used_by="e1", recalled=True)
RECORD = OfferRecord(OFFER, "Coffee", NOW, {"size": "L"}, "campaign", "spend", "t1")
ENTRY = LedgerEntry(EntryType.RELEASE, LOT, "e1", Decimal(7), reserved=True)
BALANCE = Balance("points", Decimal(1), Decimal(2), Decimal(3), after(days=1))
REQUEST = AssignmentRequest("t1", "demo", "ana", AssignmentKind.POINTS, {"rewardId": "points"}, "print", NOW)
SAMPLES: dict[str, Any] = {
    "customer": Customer(
        brand_id="demo",
        customer_id="ana",
        created_at=NOW,
        version=9,
        wallet=replace(wallet(LOT, debt=30, holds={"e1": HOLD}), shortfalls=SHORTFALLS),
        previous=(9, "e8"),
        next_lot_expiry=after(days=1),
        email="ana@example.com",
        mobile="+491701",
        tags={"vip": True},
        attributes={"shoe": Decimal("42.5")},
        merged_ids=("luis",),
        usage=CustomerUsage({"types": {"t": 3}}, {"c": {"e0": 1}}, {"c": BudgetAmount(Decimal("0.5"), 1)}),
        offers={"o1": OFFER},
        kept_apart=("kim",),
        former=("before@example.com",),
        erasure="t1",
    ),
    "event": Event(
        event_id="e1",
        brand_id="demo",
        customer_id="ana",
        type="PURCHASE",
        data={"customer_id": "ana", "brand_id": "demo", "type": "PURCHASE", "order": {"value": Decimal("120.5")}},
        evaluated=True,
        standby=True,
        reserve=2,
        issued_at=NOW,
        recorded_at=NOW,
        fingerprint="print",
        campaign_ids=("spend",),
        pending=(LOT, lot(2)._replace(available_from=after(days=2))),
        entries=(ENTRY,),
        closed_holds=("e0",),
        sequence=10,
        previous=(9, "e8"),
        first_balances=(BALANCE,),
        first_deadline=after(days=1),
        status=EventStatus.REVERSED,
        deadline=after(days=2),
        balances=(BALANCE,),
        ended_at=after(hours=1),
        resolved_at=NOW,
        reason="so",
        replaced_tags={"vip": None},
        usage=HOLD.usage,
        tags={"vip": True},
        redeemed_offers=(OFFER,),
        granted_offers=(RECORD,),
        shortfalls=SHORTFALLS,
        without_debt=("points",),
        replaces=("e0",),
        replaced_by="e2",
        shares=Shares(
            ((Share(Decimal(2)), Share(Decimal(1), (Decimal(0), Decimal("2.5")))),),
            {"points": (Share(Decimal(1), (Decimal(3), Decimal(0))),)},
            {"p1": (Decimal(1), Decimal(2))},
            {"points": 2},
        ),
        parts=(
            Part(
                NOW,
                {"1": Decimal("0.5")},
                Decimal(7),
                (Decimal("0.1"),),
                (Decimal(1),),
                Usage({"p1": {"0": Decimal(2)}}, {}, {"c": BudgetAmount(Decimal("0.1"))}),
                "so",
                unfulfilled=True,
                shipped={"1": Decimal(1)},
            ),
        ),
        rescue=Rescue(after(days=1), "k1", "late", "ana", 12, (LOT,)),
        history=True,
        vested=(LOT,),
    ),
    "journal record": JournalRecord(
        sequence=7,
        type=RecordType.MERGED,
        at=NOW,
        event_id="e1",
        entries=(ENTRY,),
        closed_holds=("e0",),
        previous=("e5", 6),
        deadline=after(days=1),
        opened_holds={"e1": HOLD},
        updated_offers=(OFFER,),
        removed_offers=("o0",),
        shortfalls=SHORTFALLS,
        trace_id="t1",
        source="braze",
        reference="r1",
        usage=CustomerUsage({"p1": {"0": 2}}, {"c1": {"e0": 1}}, {"welcome": BudgetAmount(Decimal(3), 1)}),
        reason="two people",
        other="luis",
        expired_offers=("o0",),
        vested=(LOT,),
        announced=True,
    ),
    "webhook": Webhook(
        "demo", "crm", "https://hooks.example.com/", ("event.expired",), "whsec_c2VjcmV0", NOW, active=False
    ),
    "spent budget": SpentBudget(NOW, Decimal(1000), 7),
    "reminder": Reminder(NOW, after(days=14), (LOT,)),
    "delivery": Delivery("msg_1", "event.expired", NOW, 2, 500, "the receiver answered 500", after(minutes=1)),
    "access token": AccessToken("demo", "k1", after(hours=1)),
    "offer record": RECORD,
    "assignment trace": AssignmentTrace(
        REQUEST, TraceStatus.FAILED, (TraceStep(NOW, "accepted"),), "no such reward", "o1", published=True
    ),
    "api key": ApiKey("demo", "Till", ("events:write",), NOW, after(days=1), disabled=True),
    "brand": Brand(
        "demo",
        "Demo",
        enabled=False,
        time_zone="Europe/Berlin",
        channel_merging="email",
        sandbox=True,
        default_region="DE",
        default_reward="points",
        remind_before="14/days",
        purchase_ids="daily",
        rules_version=8,
    ),
    "test clock": BrandClock(-1500, after(days=1), after(days=2), 3),
    "reward": Reward("miles", "Miles", "PRODUCT", 2, False, {"color": "red"}, "12/months"),
    "config offer": ConfigOffer("coffee", "Coffee", {"size": "L"}, active=False),
    "stored campaign": StoredCampaign('{"name":"Spring"}', 7, 16),
    "audit record": AuditRecord(
        8,
        1,
        SettingsChange(Kind.CAMPAIGN, "spring", {"name": "Winter"}, {"name": "Spring"}, 7, 16),
        Author("key-1", NOW),
    ),
}
STORED: dict[str, Any] = json.loads((Path(__file__).parent / "stored_in_format_1.json").read_text())


@pytest.mark.parametrize("name", SAMPLES)
def test_what_was_stored_in_this_format_is_read_for_ever(name: str) -> None:
    """A field was renamed or changed what it means? Then FORMAT has to change, and this one to be read all the same."""
    assert decode(type(SAMPLES[name]), STORED[name]) == SAMPLES[name]
    assert json.loads(json.dumps(encode(SAMPLES[name]))) == STORED[name]


@pytest.mark.parametrize("name", SAMPLES)
def test_the_samples_have_every_field(name: str) -> None:
    sample = SAMPLES[name]
    assert set(STORED[name]) == set(getattr(sample, "_fields", None) or {one.name for one in fields(sample)})


def test_a_wallet_of_a_lot_a_day_for_a_year_takes_ten_write_units() -> None:
    chance = Random(365)
    start = NOW.replace(hour=0)
    lots = [
        lot(
            chance.randrange(5, 300),
            expires_at=start + timedelta(days=day + 366),
            issued_at=start + timedelta(days=day, milliseconds=chance.randrange(24 * 3600 * 1000)),
        )
        for day in range(365)
    ]
    state = customer(*lots, version=365, previous=tuple(derived(str(i)) for i in range(6)))
    assert item_size(to_wire({**keys.customer("demo", "ana")._asdict(), **customer_item(state)})) <= 5 * 1024
