"""Recomputes what reports say of a brand from its table: every wallet, and every record of every journal.

Functions may not scan; this runs with the operator's own credentials.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from loyalty.domain.customers.journal import JournalRecord, RecordType
from loyalty.domain.events.event import Event
from loyalty.domain.feed.messages import FeedRecord
from loyalty.domain.money import normalize
from loyalty.domain.reports.counters import OPEN_HOLDS, Counts, DayCounter
from loyalty.domain.reports.counting import counts_of
from loyalty.domain.wallet.wallet import Wallet
from loyalty.store.customers import customer_in, journal_record_in
from loyalty.store.events import event_in
from loyalty.store.keys import RECORDS
from loyalty.store.program import load_brand
from loyalty.store.reports import add_to_counters, load_days, load_liabilities
from loyalty.store.table import Item, from_wire

_FIRST_DAY, _LAST_DAY = "0000-00-00", "9999-99-99"


class Difference(NamedTuple):
    """A sum that is not what it is recomputed to be."""

    what: str
    counted: Decimal
    recomputed: Decimal


class _Now(NamedTuple):
    """What customers have by reward, what of that holds have reserved, and how many holds are open."""

    has: Mapping[str, Decimal]
    held: Mapping[str, Decimal]
    open_holds: int


class BrandVerification(NamedTuple):
    """How many wallets and records were added up, and where the counters of reports differ from them."""

    wallets: int
    records: int
    differences: list[Difference]


def verify_brand(client: Any, table: str, brand_id: str, *, repair: bool = False) -> BrandVerification:
    """Add up all wallets and journals of a brand and compare them with the counters of its reports.

    With `repair`, what the counters lack of the journals is then added to them. What happens meanwhile can be a
    difference: so verify again, and repair while nothing happens. Raises BrandNotFoundError.
    """
    tz = load_brand(brand_id).tz
    counted: Counts = {**dict(load_days(brand_id, _FIRST_DAY, _LAST_DAY)), **dict(load_liabilities(brand_id))}
    has: defaultdict[str, Decimal] = defaultdict(Decimal)
    held: defaultdict[str, Decimal] = defaultdict(Decimal)
    lacking: Counts = {}
    # A fulfilment is counted with its event, and the scan may come to either first. Only these are kept.
    holds: dict[str, Event] = {}
    fulfilled: dict[str, FeedRecord] = {}
    wallets = records = open_holds = 0
    for item in _items(client, table, brand_id):
        _, _, kind, id_ = str(item["pk"]).split("#")
        if item["sk"] == "STATE":
            wallets += 1
            wallet = customer_in(brand_id, id_, item).wallet
            for reward_id, amount in _held(wallet):
                held[reward_id] += amount
            for reward_id, amount in _has(wallet):
                has[reward_id] += amount
            open_holds += len(wallet.holds)
            continue
        records += 1
        found = _record(brand_id, kind, id_, item)
        record = found.record
        if isinstance(record, Event) and record.standby:
            holds[id_] = record
        if isinstance(record, JournalRecord) and record.type is RecordType.FULFILLED and record.event_id:
            fulfilled[record.event_id] = found
        else:
            _add(lacking, counts_of(found, tz), 1)
    for event_id, found in fulfilled.items():
        _add(lacking, counts_of(found._replace(event=holds.get(event_id)), tz), 1)
    recomputed = {counter: dict(columns) for counter, columns in lacking.items()}
    _add(lacking, counted, -1)
    now = _Now(has, held, open_holds)
    differences = list(_differences(now, counted, recomputed))
    if repair:
        add_to_counters(brand_id, lacking)
    return BrandVerification(wallets, records, differences)


def _add(sums: Counts, counts: Counts, sign: int) -> None:
    for counter, columns in counts.items():
        into = sums.setdefault(counter, {})
        for column, amount in columns.items():
            into[column] = normalize(into.get(column, Decimal(0)) + sign * amount)


def _differences(now: _Now, counted: Counts, recomputed: Counts) -> Iterator[Difference]:
    known, days = _by_reward(counted)
    _, wanted = _by_reward(recomputed)
    for what, have_all, want_all in (("outstanding", known.has, now.has), ("held", known.held, now.held)):
        for reward_id in sorted(have_all.keys() | want_all.keys()):
            have, want = have_all.get(reward_id, Decimal(0)), want_all.get(reward_id, Decimal(0))
            if have != want:
                yield Difference(f"{reward_id}, {what}", have, want)
    if known.open_holds != now.open_holds:
        yield Difference("open holds", Decimal(known.open_holds), Decimal(now.open_holds))
    for reward_id, column in sorted(days.keys() | wanted.keys()):
        have, want = days.get((reward_id, column), Decimal(0)), wanted.get((reward_id, column), Decimal(0))
        if have != want:
            yield Difference(f"{reward_id}, {column}", have, want)


def _by_reward(counts: Counts) -> tuple[_Now, dict[tuple[str, str], Decimal]]:
    """What is outstanding and held, and what was counted of all days by reward and column."""
    has: defaultdict[str, Decimal] = defaultdict(Decimal)
    held: defaultdict[str, Decimal] = defaultdict(Decimal)
    days: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for counter, columns in counts.items():
        for column, amount in columns.items():
            if isinstance(counter, DayCounter):
                days[counter.reward_id, column] += amount
            elif column == "held":
                held[counter.reward_id] += amount
            elif counter != OPEN_HOLDS:
                has[counter.reward_id] += -amount if column == "debt" else amount
    open_holds = int(counts.get(OPEN_HOLDS, {}).get("holds", Decimal(0)))
    return _Now(has, held, open_holds), days


def _items(client: Any, table: str, brand_id: str) -> Iterator[Item]:
    pages = client.get_paginator("scan").paginate(
        TableName=table,
        FilterExpression="begins_with(pk, :brand) AND (sk IN (:state, :event) OR begins_with(sk, :record))",
        ExpressionAttributeValues={
            ":brand": {"S": f"BRAND#{brand_id}#"},
            ":state": {"S": "STATE"},
            ":event": {"S": "EVENT"},
            ":record": {"S": RECORDS},
        },
        ConsistentRead=True,
    )
    for page in pages:
        yield from (item for item in map(from_wire, page["Items"]) if "document" in item)


def _held(wallet: Wallet) -> Iterator[tuple[str, Decimal]]:
    """What open holds have reserved."""
    yield from ((lot.reward_id, lot.amount) for hold in wallet.holds.values() for lot in hold.reserved)


def _has(wallet: Wallet) -> Iterator[tuple[str, Decimal]]:
    """What a customer has: lots, whenever they are available, what open holds have reserved, less debts."""
    yield from ((lot.reward_id, lot.amount) for lot in wallet.lots.values())
    yield from _held(wallet)
    yield from ((reward_id, -debt) for reward_id, debt in wallet.debts.items())


def _record(brand_id: str, kind: str, id_: str, item: Item) -> FeedRecord:
    if kind == "EVENT":
        first = {name: value for name, value in item.items() if name != "ending"}
        event = event_in(brand_id, id_, first).first_answer()
        return FeedRecord(brand_id, event.customer_id, event)
    return FeedRecord(brand_id, id_, journal_record_in(int(str(item["sk"]).removeprefix(RECORDS)), item))
