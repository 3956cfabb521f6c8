"""The journal of a customer: events and entries in the order they happened, whose lines add up to the wallet."""

from collections.abc import Iterable
from dataclasses import replace

from loyalty.domain.amounts import ZERO, tidy
from loyalty.domain.events import Event
from loyalty.domain.lifecycle import Entry, EntryKind
from loyalty.domain.wallet import Hold, Line, Wallet, apply_lot

Record = Event | Entry


def replay(records: Iterable[Record]) -> Wallet:
    """The wallet that these records, oldest first, leave behind.

    A reward whose sums were all zero when a merge brought it has no line, so it is not named; amounts always agree.
    """
    wallet = Wallet()
    for record in records:
        for line in record.lines:
            _apply(wallet, line)
        for event_id in record.closed:
            wallet.holds.pop(event_id, None)
        if isinstance(record, Event):
            _open(wallet, record)
            continue
        wallet.holds.update(record.opened)
        if record.kind is EntryKind.EXTENDED and record.event_id and record.deadline:
            hold = wallet.holds[record.event_id]
            wallet.holds[record.event_id] = replace(hold, deadline=record.deadline)
    return wallet


def _apply(wallet: Wallet, line: Line) -> None:
    apply_lot(wallet, line.lot)
    reward_id = line.lot.reward_id
    wallet.debts[reward_id] = tidy(wallet.debts.get(reward_id, ZERO) + line.debt)


def _open(wallet: Wallet, event: Event) -> None:
    if event.standby and event.first_deadline:
        wallet.holds[event.event_id] = Hold(event.first_deadline, event.taken, event.pending, event.counts)
        for lot in event.pending:
            wallet.debts.setdefault(lot.reward_id, ZERO)
