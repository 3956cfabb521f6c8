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
from loyalty.domain.reports.counting import DayCounter, counts_of
from loyalty.services.reports import read_liabilities
from loyalty.store.customers import customer_in, journal_record_in
from loyalty.store.events import event_in
from loyalty.store.keys import RECORDS
from loyalty.store.program import load_brand
from loyalty.store.reports import load_days
from loyalty.store.table import Item, from_wire

_FIRST_DAY, _LAST_DAY = "0000-00-00", "9999-99-99"


class Difference(NamedTuple):
    """A sum that is not what it is recomputed to be."""

    what: str
    counted: Decimal
    recomputed: Decimal


class BrandVerification(NamedTuple):
    """How many wallets and records were added up, and where the counters of reports differ from them."""

    wallets: int
    records: int
    differences: list[Difference]


def verify_brand(client: Any, table: str, brand_id: str) -> BrandVerification:
    """Add up all wallets and journals of a brand and compare them with the counters of its reports.

    What happens meanwhile can be a difference: verify again, or while nothing happens. Raises BrandNotFoundError.
    """
    tz = load_brand(brand_id).tz
    held: defaultdict[str, Decimal] = defaultdict(Decimal)
    records: list[FeedRecord] = []
    events: dict[str, Event] = {}
    wallets = 0
    for item in _items(client, table, brand_id):
        _, _, kind, id_ = str(item["pk"]).split("#")
        if item["sk"] == "STATE":
            wallets += 1
            for reward_id, amount in _held(brand_id, id_, item):
                held[reward_id] += amount
        elif kind == "EVENT":
            first = {name: value for name, value in item.items() if name != "ending"}
            event = events[id_] = event_in(brand_id, id_, first).first_answer()
            records.append(FeedRecord(brand_id, event.customer_id, event))
        else:
            record = journal_record_in(int(str(item["sk"]).removeprefix(RECORDS)), item)
            records.append(FeedRecord(brand_id, id_, record))
    days: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for found in records:
        for counter, columns in counts_of(_with_event(found, events), tz).items():
            if isinstance(counter, DayCounter):
                for column, amount in columns.items():
                    days[counter.reward_id, column] += amount
    return BrandVerification(wallets, len(records), list(_differences(brand_id, held, days)))


def _differences(
    brand_id: str, held: Mapping[str, Decimal], days: Mapping[tuple[str, str], Decimal]
) -> Iterator[Difference]:
    liabilities = {reward_id: one.outstanding for reward_id, one in read_liabilities(brand_id).items()}
    for reward_id in sorted(liabilities.keys() | held.keys()):
        counted, recomputed = liabilities.get(reward_id, Decimal(0)), held.get(reward_id, Decimal(0))
        if counted != recomputed:
            yield Difference(f"{reward_id}, outstanding", counted, recomputed)
    sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for counter, columns in load_days(brand_id, _FIRST_DAY, _LAST_DAY):
        for column, amount in columns.items():
            sums[counter.reward_id, column] += amount
    for reward_id, column in sorted(sums.keys() | days.keys()):
        counted, recomputed = sums[reward_id, column], days.get((reward_id, column), Decimal(0))
        if counted != recomputed:
            yield Difference(f"{reward_id}, {column}", counted, recomputed)


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


def _held(brand_id: str, customer_id: str, item: Item) -> Iterator[tuple[str, Decimal]]:
    """What a customer has: lots, whenever they are available, what open holds have reserved, less debts."""
    wallet = customer_in(brand_id, customer_id, item).wallet
    yield from ((lot.reward_id, lot.amount) for lot in wallet.lots.values())
    yield from ((lot.reward_id, lot.amount) for hold in wallet.holds.values() for lot in hold.reserved)
    yield from ((reward_id, -debt) for reward_id, debt in wallet.debts.items())


def _with_event(found: FeedRecord, events: Mapping[str, Event]) -> FeedRecord:
    record = found.record
    if isinstance(record, JournalRecord) and record.type is RecordType.FULFILLED:
        return found._replace(event=events.get(record.event_id or ""))
    return found
