"""The journal of a customer: a record of every change of their state. Events are such records themselves."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from loyalty.domain.customers.customer import Customer, RecordRef
from loyalty.domain.limits.usage import NOTHING, CustomerUsage
from loyalty.domain.offers import Offer
from loyalty.domain.wallet.lots import Hold, LedgerEntry, Lot
from loyalty.domain.wallet.shortfalls import Shortfalls
from loyalty.domain.wallet.update import WalletUpdate


class RecordType(StrEnum):
    """What a journal record is about, if it is not an event."""

    FULFILLED = "FULFILLED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    REVERSED = "REVERSED"
    PART_REVERSED = "PART_REVERSED"
    EXTENDED = "EXTENDED"
    LOTS_EXPIRED = "LOTS_EXPIRED"
    MERGED = "MERGED"
    OFFER_ASSIGNED = "OFFER_ASSIGNED"
    OFFERS_EXPIRED = "OFFERS_EXPIRED"
    UNMERGED = "UNMERGED"
    POINTS_ASSIGNED = "POINTS_ASSIGNED"
    RESCUED = "RESCUED"
    MIGRATED = "MIGRATED"
    VESTED = "VESTED"
    ERASED = "ERASED"


class JournalRecord(NamedTuple):
    """A journal record that is not an event; immutable. `sequence` is the version of the customer that it led to.

    `opened_holds` came from a customer merged into this one. `updated_offers` were added to the state, or recalled;
    `removed_offers` left it. `shortfalls` are those of the wallet after it, if it has changed them. Points that were
    assigned or migrated have the trace, the `source` and the `reference` of the request that asked for them.
    `usage` is what a merged customer took along. `reason` is why an admin wanted it. `other` is the customer who was
    merged into this one, or split from it; `expired_offers` are those that left the state without being redeemed;
    `vested` are lots that were pending before and are available with this record. `announced` if migrated
    balances are announced like points that were earned here.
    """

    sequence: int
    type: RecordType
    at: datetime
    event_id: str | None
    entries: tuple[LedgerEntry, ...]
    closed_holds: tuple[str, ...]
    previous: tuple[RecordRef, ...]
    deadline: datetime | None = None
    opened_holds: Mapping[str, Hold] = NOTHING
    updated_offers: tuple[Offer, ...] = ()
    removed_offers: tuple[str, ...] = ()
    shortfalls: Shortfalls | None = None
    trace_id: str | None = None
    source: str | None = None
    reference: str | None = None
    usage: CustomerUsage | None = None
    reason: str | None = None
    other: str | None = None
    expired_offers: tuple[str, ...] = ()
    vested: tuple[Lot, ...] = ()
    announced: bool = False

    @classmethod
    def of(
        cls, type_: RecordType, customer: Customer, update: WalletUpdate, event_id: str | None = None
    ) -> "JournalRecord":
        """The record of an update of the customer's wallet, with all that the update says of itself."""
        return cls(
            customer.version + 1,
            type_,
            update.now,
            event_id,
            tuple(update.entries),
            tuple(update.closed_holds),
            customer.previous,
            shortfalls=update.new_shortfalls,
            vested=tuple(update.vested),
        )
