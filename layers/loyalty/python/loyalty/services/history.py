"""A customer's history, newest first: the records of the journal, the events among them, and their ledger entries.

A page takes eight round trips at most, however long the history is. It may be shorter than its limit, even empty, and
its cursor leads on from where the reading ended.
"""

from collections import Counter, deque
from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

from loyalty import json
from loyalty.domain import ids
from loyalty.domain.customers.customer import MAX_PREVIOUS_RECORDS, Customer, RecordRef
from loyalty.domain.customers.journal import JournalRecord
from loyalty.domain.errors import EventNotFoundError
from loyalty.domain.events.event import Event, EventStatus
from loyalty.domain.events.lifecycle import event_as_of
from loyalty.domain.events.replay import Record
from loyalty.domain.times import to_millis
from loyalty.domain.wallet.lots import EntryType, LedgerEntry
from loyalty.domain.wallet.update import as_of
from loyalty.services.customers import read_customer
from loyalty.services.paging import Page, decode, invalid_cursor, page_of, short_id
from loyalty.store.customers import load_latest_refs
from loyalty.store.events import load_customer_of, load_event, load_records
from loyalty.store.table import MAX_KEYS_PER_READ

# Of the eight round trips of a page one reads the customer; the ids of a merged one take one more, and their newest
# records another.
_READS = 7
_READS_IF_MERGED = 5

_MAX_REF_LENGTH = 64
_MAX_NUMBER = 10**10
_OF_REQUESTS = (EntryType.ADJUSTMENT, EntryType.MIGRATION)
_SETTLEMENTS = (EntryType.RELEASE, EntryType.EXPIRATION)

HistoryPosition = dict[str, RecordRef]
"""From where the history goes on: the next record under each id of the customer that has one, by the id's short id."""


class HistoryStep(NamedTuple):
    """A journal record, and the id of the customer that it is stored under."""

    record: Record
    customer_id: str

    @property
    def ref(self) -> RecordRef:
        """What names the record in its journal."""
        return self.record.event_id if isinstance(self.record, Event) else self.record.sequence


class Transaction(NamedTuple):
    """A ledger entry, its id, when it was written, and the request of a marketing tool that it came from."""

    entry_id: str
    entry: LedgerEntry
    at: datetime | None
    trace_id: str | None = None
    source: str | None = None
    reference: str | None = None


class _DuePosition(NamedTuple):
    """How far the entries due to be settled have been listed, which are listed first.

    `version` is that of the customer `owner` when they were last compared with the journal, `last` the greatest id
    shown. `scan` is there while the records since then are read: up to which version, the next record, and how many of
    its entries have been shown. The rest of the list goes on from `history`.
    """

    history: HistoryPosition
    owner: str
    version: int
    last: str
    scan: tuple[int, RecordRef, int] | None


def read_event(brand_id: str, event_id: str, now: datetime) -> Event:
    """The event as of now, strongly consistent. Raises EventNotFoundError.

    Its customer is read only if its hold has expired and is not settled yet.
    """
    event = load_event(brand_id, event_id)
    if event is None:
        raise EventNotFoundError("there is no event with this id")
    is_overdue = event.status is EventStatus.PENDING and event.is_expired(now)
    return event_as_of(event, load_customer_of(event), now) if is_overdue else event


def list_events(brand_id: str, customer_id: str, cursor: str | None, limit: int, now: datetime) -> Page[Event]:
    """A page of events as of now, newest first. Raises UserNotFoundError, ValidationError (cursor)."""
    customer = read_customer(brand_id, customer_id)
    list_id = ("events", brand_id, customer_id)
    journal = JournalReader(customer, None if cursor is None else decode(cursor, list_id))
    return page_of(
        _events(journal, customer, now), limit, list_id, size=lambda event: len(json.dumps(event.data).encode())
    )


def list_transactions(
    brand_id: str, customer_id: str, cursor: str | None, limit: int, now: datetime
) -> Page[Transaction]:
    """A page of the customer's ledger, newest first. All pages together add up to `available`.

    But for entries of lots that are not available yet: those add up to what is pending of them. The pages include
    entries for holds and lots that have expired and are not settled yet. Raises UserNotFoundError, ValidationError
    (cursor).
    """
    customer = read_customer(brand_id, customer_id)
    list_id = ("transactions", brand_id, customer_id)
    match None if cursor is None else decode(cursor, list_id):
        case None:
            journal = JournalReader(customer)
            due = _DuePosition(journal.position, short_id(customer.customer_id), customer.version, "", None)
            listed = _transactions(customer, due, now, journal)
        case [dict(position), str(under), int(skip)] if skip >= 0 and under in position:
            listed = _entries(JournalReader(customer, position), (under, position[under], skip))
        case [dict(position), str(owner), int(version), str(last), scan]:
            due = _DuePosition(position, owner, _number(version), last, _scan(scan))
            listed = _transactions(customer, due, now)
        case _:
            raise invalid_cursor()
    return page_of(listed, limit, list_id)


class JournalReader:
    """A customer's journal records, newest first, from a position on, as many as `reads` round trips bring.

    A merged customer has records under several ids, which are merged by time. A round trip brings the next records of
    all ids that need some: each record names several before it. ValidationError if the position is not one of this
    customer's history.
    """

    def __init__(self, customer: Customer, position: object = None, reads: int | None = None) -> None:
        self._brand_id = customer.brand_id
        self._started = False
        self.reads_left = (_READS_IF_MERGED if customer.merged_ids else _READS) if reads is None else reads
        starts = load_latest_refs(customer) if position is None else _starts(customer, position)
        in_order = (customer.customer_id, *customer.merged_ids)
        self._branches = [_Branch(one, starts[one], check=position is not None) for one in in_order if one in starts]

    @property
    def position(self) -> HistoryPosition:
        """From where the history goes on; empty at its end."""
        return {short_id(one.customer_id): ref for one in self._branches if (ref := one.next_ref) is not None}

    def __iter__(self) -> Iterator[HistoryStep]:
        while self._read_ahead():
            branches = [branch for branch in self._branches if branch.steps]
            if not branches:
                return
            self._started = True
            newest = max(branches, key=lambda branch: _written_at(branch.steps[0].record))
            yield newest.steps.popleft()

    def _read_ahead(self) -> bool:
        """Read until the next record of every id is known. False if that takes more round trips than there are.

        At least one record is read for each id, so that every page advances.
        """
        while any(branch.is_short for branch in self._branches):
            if self.reads_left <= 0 and self._started:
                return False
            self.reads_left -= 1
            wanted = self._wanted()
            records = load_records(self._brand_id, wanted)
            for branch in self._branches:
                if branch.customer_id in wanted:
                    branch.add(records[branch.customer_id], len(wanted[branch.customer_id]))
        return True

    def _wanted(self) -> dict[str, tuple[RecordRef, ...]]:
        """The records to read in one round trip, by id: the next of each id that has none, then what else has room."""
        short = [branch for branch in self._branches if branch.is_short][:MAX_KEYS_PER_READ]
        wanted = {branch.customer_id: branch.refs[:1] for branch in short}
        room = MAX_KEYS_PER_READ - len(short)
        others = sorted(
            (branch for branch in self._branches if branch.refs and 0 < len(branch.steps) < MAX_PREVIOUS_RECORDS),
            key=lambda branch: _written_at(branch.steps[0].record),
            reverse=True,
        )
        for branch in [*short, *others]:
            first = len(wanted.get(branch.customer_id, ()))
            more = branch.refs[first : first + room]
            room -= len(more)
            if more:
                wanted[branch.customer_id] = branch.refs[: first + len(more)]
        return wanted


@dataclass
class _Branch:
    """The history under one id: records that were read, and what names those before them.

    `check` if what names them comes from a cursor.
    """

    customer_id: str
    refs: tuple[RecordRef, ...]
    steps: deque[HistoryStep] = field(default_factory=deque)
    check: bool = False

    @property
    def is_short(self) -> bool:
        """Whether there is a next record that has not been read."""
        return not self.steps and bool(self.refs)

    @property
    def next_ref(self) -> RecordRef | None:
        """What names the next record; None at the end."""
        return self.steps[0].ref if self.steps else next(iter(self.refs), None)

    def add(self, records: list[Record], count: int) -> None:
        """Add the records of the next `count` refs; the last one names those before it."""
        if self.check:
            of_another = (one.customer_id != self.customer_id for one in records if isinstance(one, Event))
            if not records or any(of_another):
                raise invalid_cursor()
            self.check = False
        self.steps += [HistoryStep(record, self.customer_id) for record in records]
        self.refs = self.refs[count:] or (records[-1].previous if records else ())


def _events(
    journal: JournalReader, customer: Customer, now: datetime
) -> Iterator[tuple[HistoryPosition, Event | None]]:
    for step in journal:
        if isinstance(step.record, Event):
            yield journal.position, event_as_of(step.record, customer, now)
    if journal.position:
        yield journal.position, None


def _transactions(
    customer: Customer, due: _DuePosition, now: datetime, journal: JournalReader | None = None
) -> Iterator[tuple[Any, Transaction | None]]:
    """The entries due to be settled, those after a position, then those of the records from `due.history` on.

    An entry that has been settled since the first page was read stays among those due, under the same id, so that it is
    neither skipped nor listed twice. If the customer has been merged into another one since, what was due has moved
    there, and the records of the merge say so.
    """
    reads: int | None = None
    if due.owner == short_id(customer.customer_id):
        if due.version > customer.version:
            raise invalid_cursor()
        due, reads = yield from _settled_since(customer, due)
        if due.version < customer.version:
            yield [*due], None
            return
        # A lot that is available now and pays a debt changes no balance, and is listed once that is written.
        entries = [one for one in as_of(customer.wallet, now).entries if one.type is not EntryType.ACCUMULATION]
        for due_id, entry in sorted(_with_due_ids(entries), key=itemgetter(0)):
            if due_id > due.last:
                due = due._replace(last=due_id)
                yield [*due], Transaction(f"due.{due_id}", entry, _due_at(customer, entry))
    if reads == 0:
        yield [*due], None
    elif due.history:
        yield from _entries(journal or JournalReader(customer, due.history, reads))


def _settled_since(
    customer: Customer, due: _DuePosition
) -> Generator[tuple[Any, Transaction | None], None, tuple[_DuePosition, int | None]]:
    """What was due and has been settled since `due.version`, but has not been shown.

    Returns the position after it, and how many reads are left. If they did not suffice, there are none left, and the
    position goes on from the record that would have been the next.
    """
    reads: int | None = None
    while due.version < customer.version and customer.previous and reads != 0:
        upto, ref, skip = due.scan or (customer.version, customer.previous[0], 0)
        since = JournalReader(customer, {due.owner: ref}, reads)
        for step in since:
            if step.record.sequence <= due.version:
                break
            for i, (due_id, entry) in enumerate(_settled(step, due.last)):
                if step.ref != ref or i >= skip:
                    scan = (upto, step.ref, i + 1)
                    yield [*due._replace(scan=scan)], Transaction(f"due.{due_id}", entry, _written_at(step.record))
        else:
            if since.position:
                return due._replace(scan=(upto, since.position[due.owner], 0)), 0
        reads = max(since.reads_left, 0)
        due = due._replace(version=upto, scan=None)
    return due, reads


def _settled(step: HistoryStep, last: str) -> Iterator[tuple[str, LedgerEntry]]:
    """The entries of a record that settled something and have not been shown as due: those with an id after `last`."""
    return ((due_id, entry) for due_id, entry in _with_due_ids(_settlements(step.record)) if due_id > last)


def _entries(
    journal: JournalReader, begun: tuple[str, RecordRef, int] | None = None
) -> Iterator[tuple[Any, Transaction | None]]:
    """The entries of the records of a journal; of the record that was `begun` those after the ones shown already."""
    for step in journal:
        record, under = step.record, short_id(step.customer_id)
        first = begun[2] if begun and begun[:2] == (under, step.ref) else 0
        for i, transaction in enumerate(transactions_of(record, step.customer_id)[first:], first):
            position = {**journal.position, under: step.ref}
            yield [position, under, i + 1], transaction
    if journal.position:
        under, _ = next(iter(journal.position.items()))
        yield [journal.position, under, 0], None


def transactions_of(record: Record, customer_id: str) -> list[Transaction]:
    """The ledger entries of a record in the journal of that id, newest first."""
    # Records are numbered for each id of a customer. An entry keeps its id when its customer is merged later.
    name = record.event_id if isinstance(record, Event) else f"{customer_id}:{record.sequence}"
    return [_transaction(f"{name}.{i}", entry, record) for i, entry in enumerate(record.entries[::-1])]


def _transaction(entry_id: str, entry: LedgerEntry, record: Record) -> Transaction:
    if isinstance(record, JournalRecord) and entry.type in _OF_REQUESTS:
        return Transaction(entry_id, entry, record.at, record.trace_id, record.source, record.reference)
    return Transaction(entry_id, entry, _written_at(record))


def _starts(customer: Customer, position: object) -> Mapping[str, tuple[RecordRef, ...]]:
    """What names the next record of each id in a position. Raises ValidationError if it cannot be a position."""
    by_short_id = {short_id(one): one for one in customer.ids}
    if isinstance(position, dict) and position and by_short_id.keys() >= position.keys():
        return {by_short_id[under]: (_ref(ref),) for under, ref in position.items()}
    raise invalid_cursor()


def _scan(scan: object) -> tuple[int, RecordRef, int] | None:
    match scan:
        case None:
            return None
        case [int(upto), ref, int(skip)]:
            return _number(upto), _ref(ref), skip
    raise invalid_cursor()


def _ref(ref: object) -> RecordRef:
    if isinstance(ref, str) and 0 < len(ref) <= _MAX_REF_LENGTH:
        return ref
    return _number(ref)


def _number(value: object) -> int:
    if type(value) is int and 0 < value < _MAX_NUMBER:
        return value
    raise invalid_cursor()


def _written_at(record: Record) -> datetime:
    return record.recorded_at if isinstance(record, Event) else record.at


def _settlements(record: Record) -> Iterator[LedgerEntry]:
    """The entries that may have been due before the record was written; of reversals, those of released holds."""
    for entry in record.entries:
        if entry.type in _SETTLEMENTS or (entry.type is EntryType.REVERSAL and entry.event_id in record.closed_holds):
            yield entry


def _with_due_ids(due: Iterable[LedgerEntry]) -> Iterator[tuple[str, LedgerEntry]]:
    """Each entry that is due with an id that it keeps when it is settled: derived from its hold and its lot.

    All entries of a hold are settled by one record, so they are numbered alike before and after.
    """
    same: Counter[tuple[str, ...]] = Counter()
    for entry in due:
        lot = entry.lot
        ends = str(to_millis(lot.expires_at) if lot.expires_at else 0)
        name = (entry.type, entry.event_id or "", lot.reward_id, lot.campaign_id or "", ends)
        yield ids.derived(*name, *([str(same[name])] if same[name] else [])), entry
        same[name] += 1


def _due_at(customer: Customer, entry: LedgerEntry) -> datetime | None:
    if entry.type is EntryType.EXPIRATION or entry.event_id is None:
        return entry.lot.expires_at
    return customer.wallet.holds[entry.event_id].deadline
