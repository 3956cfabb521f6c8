"""Counters of reports: what records add to them, once each, and what they are."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from loyalty.domain import ids
from loyalty.domain.money import normalize
from loyalty.domain.reports.counters import Counter, Counts, DayCounter, LiabilityCounter
from loyalty.store import keys
from loyalty.store.table import (
    MAX_TRANSACTION_WRITES,
    Item,
    Write,
    WriteConflict,
    add,
    get_many,
    query,
    retry_on_conflict,
    transact,
    update,
)

COUNTED = "counted"
"""Prefix of the attributes that mark a record as counted, one for each part; the part's number follows."""

_MAX_COUNTERS = 60
_LONGEST_SORT_KEY = 1024  # bytes, DynamoDB's
_IDS = ("reward_id", "campaign_id")


class Addition(NamedTuple):
    """What a record, or a part of one that says much, adds to counters of its brand."""

    brand_id: str
    record: keys.Key
    part: int
    counts: Counts


class _Counted(Exception):
    """One of the records has been counted before, or an erasure has moved it to where it is counted."""


def additions(brand_id: str, record: keys.Key, counts: Counts) -> Iterator[Addition]:
    """The parts of what a record adds, each with room in a transaction; the same ones whenever it is counted again."""
    counters = sorted(counts, key=str)
    for start in range(0, len(counters), _MAX_COUNTERS):
        part = {counter: counts[counter] for counter in counters[start : start + _MAX_COUNTERS]}
        yield Addition(brand_id, record, start // _MAX_COUNTERS, part)


def count_once(found: Sequence[Addition]) -> None:
    """Add to the counters what has not been added before. Raises ServiceUnavailable, with a part of it added."""
    for batch in _batches(found):
        _count_batch(batch)


@retry_on_conflict
def _count_batch(batch: Sequence[Addition]) -> None:
    # One transaction notes with each record that it is counted, and adds what it says: a failure before it has counted
    # nothing, and after it the record that is delivered again is found to be counted. The note goes along with a record
    # that an erasure moves to a pseudonym; one that had none yet is counted there.
    try:
        transact(*_writes(batch))
    except _Counted:
        items = get_many([one.record for one in batch])
        left = [one for one in batch if one.record in items and _note(one) not in items[one.record]]
        if len(left) == len(batch):
            raise WriteConflict from None
        if left:
            _count_batch(left)


def _writes(batch: Sequence[Addition]) -> list[Write]:
    sums: dict[tuple[str, Counter], dict[str, Decimal]] = {}
    for one in batch:
        for counter, columns in one.counts.items():
            total = sums.setdefault((one.brand_id, counter), {})
            for column, amount in columns.items():
                total[column] = normalize(total.get(column, Decimal(0)) + amount)
    by_record: dict[keys.Key, list[Addition]] = {}
    for one in batch:
        by_record.setdefault(one.record, []).append(one)
    notes = [
        update(
            record,
            "SET " + ", ".join(f"#{_note(one)} = :counted" for one in parts),
            " AND ".join(["attribute_exists(pk)", *(f"attribute_not_exists(#{_note(one)})" for one in parts)]),
            _Counted(),
            counted=1,
        )
        for record, parts in by_record.items()
    ]
    return notes + [_add(*counter, columns) for counter, columns in sums.items()]


def add_to_counters(brand_id: str, counts: Counts) -> None:
    """Add to counters of a brand without marking any record as counted: `earnest verify` repairs them with it."""
    amounts = {counter: {name: one for name, one in columns.items() if one} for counter, columns in counts.items()}
    writes = [_add(brand_id, counter, columns) for counter, columns in amounts.items() if columns]
    for start in range(0, len(writes), MAX_TRANSACTION_WRITES):
        retry_on_conflict(transact)(*writes[start : start + MAX_TRANSACTION_WRITES])


def _batches(found: Sequence[Addition]) -> Iterator[list[Addition]]:
    batch: list[Addition] = []
    counters: set[tuple[str, Counter]] = set()
    for one in found:
        more = {(one.brand_id, counter) for counter in one.counts}
        if batch and len(batch) + 1 + len(counters | more) > MAX_TRANSACTION_WRITES:
            yield batch
            batch, counters = [], set()
        batch.append(one)
        counters |= more
    if batch:
        yield batch


def load_days(brand_id: str, first: str, last: str) -> Iterator[tuple[DayCounter, dict[str, Decimal]]]:
    """The counters of those days, both included, in their order; a megabyte is read when it is needed."""
    for item in query(keys.report_day(brand_id, "", "", "").pk, keys.REPORT_DAYS, f"{keys.REPORT_DAYS}{first}"):
        _, day, *ids_in_key = str(item["sk"]).split("#")
        if day > last:
            return
        reward_id, campaign_id = (str(item.get(name, id_)) for name, id_ in zip(_IDS, ids_in_key, strict=True))
        yield DayCounter(day, reward_id, campaign_id), _columns(item)


def load_liabilities(brand_id: str) -> Iterator[tuple[LiabilityCounter, dict[str, Decimal]]]:
    """What is outstanding now, by reward and month."""
    for item in query(keys.report_liability(brand_id, "", "").pk, keys.REPORT_LIABILITIES):
        _, reward_id, month = str(item["sk"]).split("#")
        yield LiabilityCounter(reward_id, month), _columns(item)


def _columns(item: Item) -> dict[str, Decimal]:
    return {name: Decimal(str(value)) for name, value in item.items() if isinstance(value, int | Decimal)}


def _add(brand_id: str, counter: Counter, columns: Mapping[str, Decimal]) -> Write:
    if not isinstance(counter, DayCounter):
        return add(keys.report_liability(brand_id, *counter), columns)
    key = keys.report_day(brand_id, *counter)
    if len(key.sk.encode()) <= _LONGEST_SORT_KEY:
        return add(key, columns)
    # Two long ids have no room in a key together: it has a hash of them, and they lie beside the columns.
    both = dict(zip(_IDS, (counter.reward_id, counter.campaign_id), strict=True))
    return add(keys.report_day(brand_id, counter.day, ids.derived("report", *both.values()), ""), columns, **both)


def _note(one: Addition) -> str:
    return f"{COUNTED}{one.part}"
