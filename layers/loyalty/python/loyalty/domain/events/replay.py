"""Rebuild a customer's wallet and offers from their journal: what is stored must equal what the records add up to."""

from collections import deque
from collections.abc import Iterable
from dataclasses import replace

from loyalty.domain.customers.journal import JournalRecord, RecordType
from loyalty.domain.events.event import Event
from loyalty.domain.money import ZERO, normalize
from loyalty.domain.offers import Offer, after_event, released
from loyalty.domain.wallet.lots import Hold, LedgerEntry
from loyalty.domain.wallet.vesting import vest
from loyalty.domain.wallet.wallet import Wallet, apply_lot

Record = Event | JournalRecord


def replay(records: Iterable[Record]) -> Wallet:
    """The wallet after these records, oldest first.

    A reward whose balance was zero when a merge brought it has no entries, so it is missing here; all amounts agree.
    """
    wallet = Wallet()
    for record in records:
        if record.shortfalls is not None:
            wallet = replace(wallet, shortfalls=record.shortfalls)
        deque(vest(wallet, record.recorded_at if isinstance(record, Event) else record.at), maxlen=0)
        for entry in record.entries:
            _apply(wallet, entry)
        for event_id in record.closed_holds:
            wallet.holds.pop(event_id, None)
        if isinstance(record, Event):
            _open_hold(wallet, record)
            continue
        wallet.holds.update(record.opened_holds)
        if record.type is RecordType.EXTENDED and record.event_id and record.deadline:
            hold = wallet.holds[record.event_id]
            wallet.holds[record.event_id] = hold._replace(deadline=record.deadline)
    return wallet


def replay_offers(records: Iterable[Record]) -> dict[str, Offer]:
    """The customer's offers after these records, oldest first."""
    offers: dict[str, Offer] = {}
    held: dict[str, tuple[str, ...]] = {}
    for record in records:
        if isinstance(record, Event):
            offer_ids = tuple(offer.offer_id for offer in record.redeemed_offers)
            held[record.event_id] = offer_ids
            if not record.standby:
                offers = after_event(offers, record.event_id, offer_ids, record.new_offers)
            continue
        held |= {event_id: hold.offers for event_id, hold in record.opened_holds.items()}
        if record.type in (RecordType.FULFILLED, RecordType.RESCUED) and record.event_id:
            offers = after_event(offers, record.event_id, held[record.event_id])
        elif record.type is RecordType.REVERSED and record.event_id:
            offers = released(offers, record.event_id)
        offers |= {offer.offer_id: offer for offer in record.updated_offers}
        offers = {offer_id: offer for offer_id, offer in offers.items() if offer_id not in record.removed_offers}
    return offers


def _apply(wallet: Wallet, entry: LedgerEntry) -> None:
    apply_lot(wallet, entry.lot)
    reward_id = entry.lot.reward_id
    wallet.debts[reward_id] = normalize(wallet.debts.get(reward_id, ZERO) + entry.debt)


def _open_hold(wallet: Wallet, event: Event) -> None:
    if event.standby and event.first_deadline:
        offer_ids = tuple(offer.offer_id for offer in event.redeemed_offers)
        hold = Hold(
            event.first_deadline, event.first_redeemed_lots, event.pending, event.usage, offer_ids, event.sequence
        )
        wallet.holds[event.event_id] = hold
        for lot in event.pending:
            wallet.debts.setdefault(lot.reward_id, ZERO)
