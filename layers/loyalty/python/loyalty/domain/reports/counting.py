"""What a record of the journal adds to the counters of reports.

outstanding = granted + adjusted + transferred + other − redeemed − expired − reversed, for all time: what customers
have, with what is available later or reserved by an event in standby, and less what they owe.

held is the part of that which open holds have reserved, until they are fulfilled, cancelled or expire. Each record says
which holds it opened and closed, and what went in and out of them; a merge closes those of one customer and opens them
for the other.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from loyalty.domain.customers.journal import JournalRecord
from loyalty.domain.events.event import Event
from loyalty.domain.feed.messages import FeedRecord, redemptions_of_fulfilment
from loyalty.domain.money import ZERO, normalize
from loyalty.domain.reports.counters import NEVER, OPEN_HOLDS, Counter, Counts, DayCounter, LiabilityCounter
from loyalty.domain.wallet.lots import EntryType, LedgerEntry, Lot

# Points end with the day in the brand's time zone: half a day before, it is that day almost everywhere.
_INTO_THE_LAST_DAY = timedelta(hours=12)

_COLUMNS = {
    EntryType.ACCUMULATION: "granted",
    EntryType.ADJUSTMENT: "adjusted",
    EntryType.EXPIRATION: "expired",
    EntryType.REVERSAL: "reversed",
    EntryType.TRANSFER: "transferred",
}


def counts_of(found: FeedRecord, tz: ZoneInfo) -> Counts:
    """What a record adds to which counter; amounts are signed as in the ledger, and zeros are left out."""
    counts: Counts = {}
    record = found.record
    at = record.recorded_at if isinstance(record, Event) else record.at
    day = at.astimezone(tz).date().isoformat()

    def add(counter: Counter, column: str, amount: Decimal) -> None:
        columns = counts.setdefault(counter, {})
        columns[column] = normalize(columns.get(column, ZERO) + amount)

    for column, lot, amount, debt in _movements(found):
        if column:
            add(DayCounter(day, lot.reward_id, lot.campaign_id or ""), column, amount)
        # What is reserved stays outstanding, in the month in which its lot expires.
        add(LiabilityCounter(lot.reward_id, _month_of(lot.expires_at)), "amount", normalize(amount + debt))
        if debt:
            add(LiabilityCounter(lot.reward_id, NEVER), "debt", debt)
    for lot, amount in _held(found):
        add(LiabilityCounter(lot.reward_id, NEVER), "held", amount)
    if holds := _opened_holds(record) - len(record.closed_holds):
        add(OPEN_HOLDS, "holds", Decimal(holds))
    nonzero = ((key, {name: one for name, one in columns.items() if one}) for key, columns in counts.items())
    return {key: columns for key, columns in nonzero if columns}


def _movements(found: FeedRecord) -> Iterator[tuple[str | None, Lot, Decimal, Decimal]]:
    """Column, lot, change of what is outstanding, and what of that is a debt; None for the column if it is in none."""
    for entry in found.record.entries:
        if entry.type is EntryType.RELEASE or (entry.type is EntryType.REDEMPTION and entry.reserved):
            # Between a lot and a hold: outstanding before and after, but for a debt that it pays.
            if entry.debt:
                yield None, entry.lot, ZERO, entry.debt
            continue
        yield _column(entry), entry.lot, entry.amount, entry.debt
    for spent in redemptions_of_fulfilment(found):
        yield "redeemed", spent.lot, spent.amount, ZERO


def _held(found: FeedRecord) -> Iterator[tuple[Lot, Decimal]]:
    """Lot, and change of what holds have reserved of it."""
    for entry in found.record.entries:
        if entry.type is EntryType.RELEASE or (entry.type is EntryType.REDEMPTION and entry.reserved):
            yield entry.lot, -entry.amount
    for spent in redemptions_of_fulfilment(found):
        yield spent.lot, spent.amount


def _opened_holds(record: Event | JournalRecord) -> int:
    return int(record.standby) if isinstance(record, Event) else len(record.opened_holds)


def _column(entry: LedgerEntry) -> str:
    return "redeemed" if entry.type is EntryType.REDEMPTION else _COLUMNS.get(entry.type, "other")


def _month_of(expires_at: datetime | None) -> str:
    return (expires_at - _INTO_THE_LAST_DAY).astimezone(UTC).strftime("%Y-%m") if expires_at else NEVER
