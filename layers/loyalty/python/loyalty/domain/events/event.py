"""Events: what a customer did, what came of it, and where each is in its life.

             fulfilled ──────────────► RESOLVED ──reverse──► REVERSED
emit ──┤
             not yet ──► PENDING ──fulfil──► RESOLVED
                            ├──reverse──► CANCELLED
                            └──deadline─► EXPIRED
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from loyalty.domain.customers.customer import RecordRef
from loyalty.domain.errors import invalid
from loyalty.domain.limits.usage import Usage
from loyalty.domain.offers import (
    Offer,
    OfferRecord,
)
from loyalty.domain.times import MAX_HOLD
from loyalty.domain.wallet.lots import Balance, EntryType, LedgerEntry, Lot

if TYPE_CHECKING:  # named, not made here: what only ends events starts without campaigns
    pass


class EventStatus(StrEnum):
    """Where an event is in its life; only a PENDING one still has an ending before it."""

    PENDING = "PENDING"
    RESOLVED = "RESOLVED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    REVERSED = "REVERSED"


@dataclass(frozen=True)
class Event:
    """What a customer did and what came of it. It is also the record of what it moved, and the receipt of its key.

    Written once, except for the fields from `status` to `reason`: an ending changes the status, its time, its reason
    and the totals; an extension changes the deadline. `counts` is what it counted, `tags` what it sets when it is
    resolved and `replaced` what those were before; `offers` are those it redeemed, as they were before, and `gives`
    those that campaigns give for it when it is resolved.
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
    replaced_tags: Mapping[str, Any] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    tags: Mapping[str, Any] = field(default_factory=dict)
    redeemed_offers: tuple[Offer, ...] = ()
    granted_offers: tuple[OfferRecord, ...] = ()

    @property
    def granted_lots(self) -> tuple[Lot, ...]:
        """What it promised or paid, debts included."""
        return self.pending if self.standby else tuple(_whole(line) for line in self._own(EntryType.ACCUMULATION))

    @property
    def redeemed_lots(self) -> tuple[Lot, ...]:
        """The parts of lots it redeemed."""
        return tuple(replace(line.lot, amount=-line.lot.amount) for line in self._own(EntryType.REDEMPTION))

    def is_expired(self, now: datetime) -> bool:
        """Whether its hold was over by then, whatever has been stored of that."""
        return self.status is EventStatus.EXPIRED or (
            self.status is EventStatus.PENDING and self.deadline is not None and now >= self.deadline
        )

    def as_of(self, now: datetime) -> "Event":
        """The event as anyone reading it then must see it."""
        dead = self.status is EventStatus.PENDING and self.is_expired(now)
        return replace(self, status=EventStatus.EXPIRED, ended_at=self.deadline) if dead else self

    def first_answer(self) -> "Event":
        """The event as its own emit answered it."""
        status = EventStatus.PENDING if self.standby else EventStatus.RESOLVED
        return replace(
            self,
            status=status,
            deadline=self.first_deadline,
            balances=self.first_balances,
            ended_at=None,
            resolved_at=None if self.standby else self.recorded_at,
            reason=None,
        )

    def _own(self, type_: EntryType) -> Iterator[LedgerEntry]:
        return (line for line in self.entries if line.type is type_ and line.event_id == self.event_id)


def _whole(line: LedgerEntry) -> Lot:
    return replace(line.lot, amount=line.amount)


def stored_data(sent: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent, whose it is first: in this order it is answered, now and in every replay."""
    named = {name: sent[name] for name in ("customer_id", "brand_id", "type")}
    return {**named, **{name: value for name, value in sent.items() if name not in named}}


def within_longest_hold(field: str, until: datetime, now: datetime) -> datetime:
    """The deadline, or a ValidationError about that field if it is over a year away."""
    if until > now + MAX_HOLD:
        raise invalid(field, "must be within 365 days")
    return until
