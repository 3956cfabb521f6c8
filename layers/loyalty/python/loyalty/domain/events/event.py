"""Events: what a customer did, what it led to, and the status of each.

             fulfilled ──────────────► RESOLVED ──reverse──► REVERSED      (a part: RESOLVED until nothing is left)
emit ──┤
             not yet ──► PENDING ──fulfil──► RESOLVED                     (a part: the rest is released)
                            ├──reverse──► CANCELLED
                            └──deadline─► EXPIRED ──rescue──► RESOLVED
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

from loyalty.domain.customers.customer import RecordRef
from loyalty.domain.errors import invalid
from loyalty.domain.events.parts import Part, less, sums, taken_lots
from loyalty.domain.limits.usage import Usage
from loyalty.domain.offers import Offer, OfferRecord
from loyalty.domain.times import MAX_HOLD
from loyalty.domain.wallet.lots import Balance, EntryType, LedgerEntry, Lot
from loyalty.domain.wallet.shares import NO_SHARES, Shares
from loyalty.domain.wallet.shortfalls import Shortfalls


class EventStatus(StrEnum):
    """The status of an event; CANCELLED and REVERSED ones cannot change it any more."""

    PENDING = "PENDING"
    RESOLVED = "RESOLVED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    REVERSED = "REVERSED"


class Rescue(NamedTuple):
    """How an expired event was paid after all: when, with which API key and why, and what it redeemed then.

    `sequence` is that of its record in the journal of the customer with that id, who the event's was by then.
    """

    at: datetime
    key_id: str
    reason: str
    customer_id: str
    sequence: int
    redeemed: tuple[Lot, ...] = ()


class Event(NamedTuple):
    """What a customer did and what it led to. It is also a journal record, and the receipt of its idempotency key.

    Immutable but for the fields from `status` to `replaced_tags` and `parts`, which later changes of it set.
    `sequence` is the version of the customer that it led to. `redeemed_offers` are as they were before. `tags` are set
    and `granted_offers` granted when it is resolved; `replaced_tags` are the values that those tags had before.
    `shortfalls` are those of the wallet after it, if it has changed them. `without_debt` are the rewards among those it
    grants that allowed no debt at that time.
    `replaces` are the cancelled and expired events that had the number of the purchase before, newest first;
    `replaced_by` is the event that has it now, so that this one can never be resolved any more.
    `shares` are which lines of the order have earned what, `parts` what did not ship of it and what was taken back.
    `rescue` says how it was paid after it had expired, if it was. `history` is whether it came in long after it had
    happened, from another product. `vested` are lots of before that are available now.
    """

    event_id: str
    brand_id: str
    customer_id: str
    type: str
    data: Mapping[str, Any]
    evaluated: bool
    standby: bool
    reserve: int
    issued_at: datetime
    recorded_at: datetime
    fingerprint: str
    campaign_ids: tuple[str, ...]
    pending: tuple[Lot, ...]
    entries: tuple[LedgerEntry, ...]
    closed_holds: tuple[str, ...]
    sequence: int
    previous: tuple[RecordRef, ...]
    first_balances: tuple[Balance, ...]
    first_deadline: datetime | None
    status: EventStatus
    deadline: datetime | None
    balances: tuple[Balance, ...]
    ended_at: datetime | None = None
    resolved_at: datetime | None = None
    reason: str | None = None
    replaced_tags: Mapping[str, Any] = {}
    usage: Usage = Usage()
    tags: Mapping[str, Any] = {}
    redeemed_offers: tuple[Offer, ...] = ()
    granted_offers: tuple[OfferRecord, ...] = ()
    shortfalls: Shortfalls | None = None
    without_debt: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    replaced_by: str | None = None
    shares: Shares = NO_SHARES
    parts: tuple[Part, ...] = ()
    rescue: Rescue | None = None
    history: bool = False
    vested: tuple[Lot, ...] = ()

    @property
    def granted_lots(self) -> tuple[Lot, ...]:
        """The lots that it grants, or will grant when it is resolved, without what did not ship of its order.

        What paid a debt is included.
        """
        return self._shipped(self.promised_lots, [part.granted for part in self.parts if part.unfulfilled])

    @property
    def redeemed_lots(self) -> tuple[Lot, ...]:
        """The parts of lots that it redeems, without what did not ship of its order."""
        return self._shipped(self.reserved_lots, [part.redeemed for part in self.parts if part.unfulfilled])

    @property
    def promised_lots(self) -> tuple[Lot, ...]:
        """The lots that all of its order grants."""
        if self.standby:
            return self.pending
        return tuple(entry.lot._replace(amount=entry.amount) for entry in self._own_entries(EntryType.ACCUMULATION))

    @property
    def reserved_lots(self) -> tuple[Lot, ...]:
        """The parts of lots that all of its order redeems; if it was rescued, those that it redeemed then."""
        return self.first_redeemed_lots if self.rescue is None else self.rescue.redeemed

    @property
    def first_redeemed_lots(self) -> tuple[Lot, ...]:
        """The parts of lots that it redeemed, or reserved, when it was emitted."""
        return tuple(entry.lot._replace(amount=-entry.lot.amount) for entry in self._own_entries(EntryType.REDEMPTION))

    @property
    def new_offers(self) -> tuple[Offer, ...]:
        """The offers that it grants, or will grant when it is resolved."""
        return tuple(record.offer for record in self.granted_offers)

    @property
    def returned(self) -> tuple[Part, ...]:
        """The parts that were taken back after it was resolved."""
        return tuple(part for part in self.parts if not part.unfulfilled)

    def redeemed_at(self, customer_id: str) -> int:
        """The sequence of the record that redeemed for it in the journal of that customer, who it is of by now.

        0 if that lies in the journal of another, who was merged into this customer and comes before all of theirs.
        """
        owner, sequence = self.customer_id, self.sequence
        if self.rescue:
            owner, sequence = self.rescue.customer_id, self.rescue.sequence
        return sequence if owner == customer_id else 0

    def is_expired(self, now: datetime) -> bool:
        """Whether its hold expired before it was fulfilled, even if that has not been settled yet."""
        return self.status is EventStatus.EXPIRED or (
            self.status is EventStatus.PENDING and self.deadline is not None and now >= self.deadline
        )

    def as_of(self, now: datetime) -> "Event":
        """The event as it is shown at that instant: EXPIRED as soon as its deadline is past."""
        expired = self.status is EventStatus.PENDING and self.is_expired(now)
        return self._replace(status=EventStatus.EXPIRED, ended_at=self.deadline) if expired else self

    def first_answer(self) -> "Event":
        """The event as the emit that recorded it answered."""
        status = EventStatus.PENDING if self.standby else EventStatus.RESOLVED
        return self._replace(
            status=status,
            deadline=self.first_deadline,
            balances=self.first_balances,
            ended_at=None,
            resolved_at=None if self.standby else self.recorded_at,
            reason=None,
            parts=(),
            rescue=None,
        )

    def _shipped(self, lots: tuple[Lot, ...], released: Sequence[Sequence[Decimal]]) -> tuple[Lot, ...]:
        return taken_lots(lots, less(lots, sums(released, len(lots)))) if released else lots

    def _own_entries(self, type_: EntryType) -> Iterator[LedgerEntry]:
        """Its entries of that type, without those of other events' holds that expired before it."""
        return (entry for entry in self.entries if entry.type is type_ and entry.event_id == self.event_id)


def stored_data(sent: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent, with customer, brand and type first: the order in which it is stored and always answered."""
    first = {name: sent[name] for name in ("customer_id", "brand_id", "type")}
    return {**first, **{name: value for name, value in sent.items() if name not in first}}


def within_max_hold(field: str, until: datetime, now: datetime) -> datetime:
    """The deadline. Raises ValidationError about that field if it is more than MAX_HOLD away."""
    if until > now + MAX_HOLD:
        raise invalid(field, "must be within 365 days")
    return until
