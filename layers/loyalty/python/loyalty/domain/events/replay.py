"""The journal of a customer: events and entries in the order they happened, whose lines add up to the wallet."""

from collections.abc import Iterable

from loyalty.domain.customers.journal import JournalRecord, RecordType
from loyalty.domain.events.event import Event
from loyalty.domain.money import ZERO, normalize
from loyalty.domain.offers import Offer, redeemed, released
from loyalty.domain.wallet.lots import Hold, LedgerEntry
from loyalty.domain.wallet.wallet import Wallet, apply_lot

Record = Event | JournalRecord


def replay(records: Iterable[Record]) -> Wallet:
    """The wallet that these records, oldest first, leave behind.

    A reward whose sums were all zero when a merge brought it has no line, so it is not named; amounts always agree.
    """
    wallet = Wallet()
    for record in records:
        for line in record.entries:
            _apply(wallet, line)
        for event_id in record.closed_holds:
            wallet.holds.pop(event_id, None)
        if isinstance(record, Event):
            _open(wallet, record)
            continue
        wallet.holds.update(record.opened_holds)
        if record.type is RecordType.EXTENDED and record.event_id and record.deadline:
            hold = wallet.holds[record.event_id]
            wallet.holds[record.event_id] = hold._replace(deadline=record.deadline)
    return wallet


def replay_offers(records: Iterable[Record]) -> dict[str, Offer]:
    """The offers that these records, oldest first, leave the customer with."""
    offers: dict[str, Offer] = {}
    held: dict[str, tuple[str, ...]] = {}
    for record in records:
        if isinstance(record, Event):
            names = tuple(one.offer_id for one in record.redeemed_offers)
            held[record.event_id] = names
            if not record.standby:
                offers = redeemed(offers, names, record.event_id) | {
                    one.offer.offer_id: one.offer for one in record.granted_offers
                }
            continue
        held |= {event_id: hold.offers for event_id, hold in record.opened_holds.items()}
        if record.type is RecordType.FULFILLED and record.event_id:
            offers = redeemed(offers, held[record.event_id], record.event_id)
        elif record.type is RecordType.REVERSED and record.event_id:
            offers = released(offers, record.event_id)
        offers |= {one.offer_id: one for one in record.updated_offers}
        offers = {offer_id: one for offer_id, one in offers.items() if offer_id not in record.removed_offers}
    return offers


def _apply(wallet: Wallet, line: LedgerEntry) -> None:
    apply_lot(wallet, line.lot)
    reward_id = line.lot.reward_id
    wallet.debts[reward_id] = normalize(wallet.debts.get(reward_id, ZERO) + line.debt)


def _open(wallet: Wallet, event: Event) -> None:
    if event.standby and event.first_deadline:
        held = tuple(one.offer_id for one in event.redeemed_offers)
        hold = Hold(event.first_deadline, event.redeemed_lots, event.pending, event.usage, held)
        wallet.holds[event.event_id] = hold
        for lot in event.pending:
            wallet.debts.setdefault(lot.reward_id, ZERO)
