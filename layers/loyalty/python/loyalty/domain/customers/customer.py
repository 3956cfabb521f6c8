"""A customer: profile, wallet, offers and usage of limits, stored as one state with a version."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from loyalty.domain.limits.budgets import BudgetReservation
from loyalty.domain.limits.counters import EVENT_TYPES, MAX_EVENT_TYPES, Counters, digest
from loyalty.domain.limits.usage import CustomerUsage
from loyalty.domain.offers import Offers
from loyalty.domain.wallet.lots import Lot
from loyalty.domain.wallet.update import WalletUpdate
from loyalty.domain.wallet.wallet import Wallet

MAX_PREVIOUS_RECORDS = 6

# DynamoDB deletes most deadline items within two days of their time, and the stream then settles what has ended. What
# is still there after that has lost its stream record, so its deadline is written once more.
DEADLINE_LOST_AFTER = timedelta(days=2)
MAX_RESTORED_HOLD_DEADLINES = 10
_BIRTHDAY = re.compile(r"(?:\d{4}-)?(\d\d)-\d\d(?:T.*)?", re.ASCII)

RecordRef = str | int
"""Names a record of a customer's journal: an event by its id, any other record by its sequence number."""


@dataclass(frozen=True)
class Customer:
    """The state of one customer. `version` is the number of journal records; 0 is a customer who is not stored yet.

    `previous` names the last few journal records, newest first; each record also names those before it.
    `next_lot_expiry` is the deadline set for lots, if there is one. `merged_ids` are the ids of customers merged into
    this one; `kept_apart` are those that an admin has split from it, and which are never merged with it again.
    `former` are the e-mail addresses and mobile numbers that it is found by besides those that it shows; `erasure` is
    the trace of the request to erase it, if there is one.
    """

    brand_id: str
    customer_id: str
    created_at: datetime
    version: int = 0
    wallet: Wallet = field(default_factory=Wallet)
    previous: tuple[RecordRef, ...] = ()
    next_lot_expiry: datetime | None = None
    email: str | None = None
    mobile: str | None = None
    tags: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    merged_ids: tuple[str, ...] = ()
    usage: CustomerUsage = field(default_factory=CustomerUsage)
    offers: Offers = field(default_factory=dict)
    kept_apart: tuple[str, ...] = ()
    former: tuple[str, ...] = ()
    erasure: str | None = None

    @property
    def ids(self) -> frozenset[str]:
        """The customer's id and those merged into it."""
        return frozenset((self.customer_id, *self.merged_ids))

    def with_record(self, ref: RecordRef, update: WalletUpdate, granted: Iterable[Lot] = ()) -> "Customer":
        """The customer after one more journal record: with the updated wallet, and the deadline of the next lot.

        The deadline covers unexpired lots and those just granted. A lot that a hold returned after its expiry does not
        move it: the deadline of the hold settles that lot as well. If the deadline that was set has been lost, the new
        one is now.
        """
        ends = [lot.expires_at for lot in update.wallet.lots.values() if not lot.is_expired(update.now)]
        ends += [lot.expires_at for lot in granted]
        after = replace(
            self,
            version=self.version + 1,
            wallet=update.wallet,
            previous=(ref, *self.previous)[:MAX_PREVIOUS_RECORDS],
            next_lot_expiry=min((end for end in (*ends, self.next_lot_expiry) if end), default=None),
        )
        # One deadline settles lots and offers alike. If one has passed since, it may only be late.
        long_ago = update.now - DEADLINE_LOST_AFTER
        passed_since = self.next_lot_expiry and long_ago < self.next_lot_expiry <= update.now
        lost = not passed_since and after.has_overdue(long_ago)
        return replace(after, next_lot_expiry=update.now) if lost else after

    def has_overdue(self, at: datetime) -> bool:
        """Whether anything in the state had ended by then: a hold, a lot, the deadline for lots, or an offer.

        An offer that a hold keeps ends with the hold.
        """
        held = self.wallet.held_offers
        ends = [self.next_lot_expiry, *(lot.expires_at for lot in self.wallet.lots.values())]
        ends += [hold.deadline for hold in self.wallet.holds.values()]
        ends += [offer.ends_at for offer in self.offers.values() if offer.offer_id not in held]
        return any(end and end <= at for end in ends)

    def lost_hold_deadlines(self, before: "Customer", now: datetime) -> list[str]:
        """The events whose holds were released since `before` so late that their own deadlines must have been lost.

        Only the deadline of a hold ends its event, and the state no longer names the hold, so this is the last occasion
        to write it again; at most MAX_RESTORED_HOLD_DEADLINES, as a transaction has little room. `earnest settle` finds
        the others.
        """
        long_ago = now - DEADLINE_LOST_AFTER
        released = (
            event_id
            for event_id, hold in before.wallet.holds.items()
            if event_id not in self.wallet.holds and hold.deadline <= long_ago
        )
        return list(released)[:MAX_RESTORED_HOLD_DEADLINES]

    def without_released_usage(self, update: WalletUpdate) -> "Customer":
        """The customer without the usage of limits that the update released."""
        usage = self.usage
        for released in update.released_usage:
            usage = usage.without(released)
        return self if usage is self.usage else replace(self, usage=usage)

    def with_tags(self, tags: Mapping[str, Any]) -> "tuple[Customer, dict[str, Any]]":
        """The customer with these tags, and the values of those that are replaced."""
        if not tags:
            return self, {}
        return replace(self, tags={**self.tags, **tags}), {name: self.tags[name] for name in tags if name in self.tags}

    def without_tags(self, tags: Mapping[str, Any], replaced: Mapping[str, Any]) -> "Customer":
        """The customer with the replaced values of these tags restored, except where a tag has changed since."""
        unchanged = {name for name, value in tags.items() if self.tags.get(name) == value}
        restored = {name: value for name, value in replaced.items() if name in unchanged}
        others = {name: value for name, value in self.tags.items() if name not in unchanged}
        return replace(self, tags=others | restored) if unchanged else self

    def refund_budgets(self, budget: BudgetReservation) -> "Customer":
        """The customer with pending refunds handed to the transaction; what it has no room for stays pending."""
        if not self.usage.pending_refunds:
            return self
        return replace(self, usage=self.usage._replace(pending_refunds=budget.refund(self.usage.pending_refunds)))

    def count_event_type(self, type_: str) -> Counters:
        """What an event of that type adds to the counter of event types; nothing if it is full of other types."""
        counted, name = self.usage.progress.get(EVENT_TYPES, {}), digest(type_)
        return {EVENT_TYPES: {name: 1}} if name in counted or len(counted) < MAX_EVENT_TYPES else {}

    def facts(self, type_: str, at: datetime, tz: ZoneInfo) -> dict[str, Any]:
        """What conditions on `customer.…` see for an event of that type.

        `tier` is the attribute of that name. `is_birthday_month` compares the month in the attribute `birthday`
        (`yyyy-mm-dd` or `mm-dd`) with that of the event in the brand's time zone. `first_of_type` is whether the
        customer has no other event of the type, undone ones aside; false if the type can no longer be counted.
        """
        change = self.count_event_type(type_).get(EVENT_TYPES, {})
        counted = self.usage.progress.get(EVENT_TYPES, {})
        return {
            "tier": self.attributes.get("tier"),
            "first_of_type": any(counted.get(name, 0) <= 0 for name in change),
            "is_birthday_month": _month(self.attributes.get("birthday")) == at.astimezone(tz).month,
            "id": self.customer_id,
            "created_at": self.created_at,
            "tags": self.tags,
            "attributes": self.attributes,
            "email": self.email,
            "mobile": self.mobile,
        }


def _month(birthday: object) -> int | None:
    """The month of a birthday; None if it is not one."""
    match = _BIRTHDAY.fullmatch(birthday) if isinstance(birthday, str) else None
    return int(match[1]) if match else None


def soonest_expiry(wallet: Wallet) -> datetime | None:
    """The earliest expiry among all lots, expired ones included."""
    return min((lot.expires_at for lot in wallet.lots.values() if lot.expires_at), default=None)
