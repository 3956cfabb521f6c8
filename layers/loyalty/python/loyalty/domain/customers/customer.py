"""A customer: who they are and what they hold, as one state with a version."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
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
_BIRTHDAY = re.compile(r"(?:\d{4}-)?(\d\d)-\d\d(?:T.*)?", re.ASCII)

RecordRef = str | int
"""Names one record of a customer's journal: an event by its id, any other entry by its number."""


@dataclass(frozen=True)
class Customer:
    """The state of one customer. `version` counts its records; 0 is a customer nobody has stored yet.

    `chain` names the last few records, newest first; each record names those before it. `next_lot_expiry` is when the
    deadline item for lots fires, or None when none is set. `absorbed` are the ids that turned out to be this customer.
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

    @property
    def ids(self) -> frozenset[str]:
        """Every id this customer answers under."""
        return frozenset((self.customer_id, *self.merged_ids))

    def with_record(self, ref: RecordRef, ledger: WalletUpdate, granted: Iterable[Lot] = ()) -> "Customer":
        """The customer after one more record: the alarm is never later than what lives, or was granted, ends.

        What a hold gave back dead does not move it: the hold's own deadline item settles that.
        """
        ends = [lot.expires_at for lot in ledger.wallet.lots.values() if lot.is_active(ledger.now)]
        ends += [lot.expires_at for lot in granted]
        alarm = min((end for end in (*ends, self.next_lot_expiry) if end), default=None)
        chain = (ref, *self.previous)[:MAX_PREVIOUS_RECORDS]
        return replace(self, version=self.version + 1, wallet=ledger.wallet, previous=chain, next_lot_expiry=alarm)

    def without_released_usage(self, ledger: WalletUpdate) -> "Customer":
        """The customer without what holds that have ended had counted."""
        usage = self.usage
        for counts in ledger.released_usage:
            usage = usage.without(counts)
        return self if usage is self.usage else replace(self, usage=usage)

    def with_tags(self, tags: Mapping[str, Any]) -> "tuple[Customer, dict[str, Any]]":
        """The customer with these tags, and the values that those had which had one."""
        if not tags:
            return self, {}
        return replace(self, tags={**self.tags, **tags}), {name: self.tags[name] for name in tags if name in self.tags}

    def without_tags(self, tags: Mapping[str, Any], replaced: Mapping[str, Any]) -> "Customer":
        """The customer with the tags of before, but where they have been changed since."""
        ours = {name for name, value in tags.items() if self.tags.get(name) == value}
        before = {name: value for name, value in replaced.items() if name in ours}
        kept = {name: value for name, value in self.tags.items() if name not in ours}
        return replace(self, tags=kept | before) if ours else self

    def refund_budgets(self, budget: BudgetReservation) -> "Customer":
        """The customer who owes budgets only what the transaction has no room to give back; a later one will have."""
        if not self.usage.pending_refunds:
            return self
        return replace(self, usage=self.usage._replace(pending_refunds=budget.refund(self.usage.pending_refunds)))

    def count_event_type(self, type_: str) -> Counters:
        """What an event of that type adds to the tally of types, which holds MAX_EVENT_TYPES of them."""
        seen, name = self.usage.progress.get(EVENT_TYPES, {}), digest(type_)
        return {EVENT_TYPES: {name: 1}} if name in seen or len(seen) < MAX_EVENT_TYPES else {}

    def facts(self, type_: str, at: datetime, tz: ZoneInfo) -> dict[str, Any]:
        """What campaigns may ask about a customer on an event of that type, under `customer.`.

        `tier` is the attribute of that name, `is_birthday_month` compares the month in the attribute `birthday`
        (`yyyy-mm-dd` or `mm-dd`) with that of the event in the brand's zone, and `first_of_type` says that no event of
        the type has been recorded and stands; of a customer with events of MAX_EVENT_TYPES types no other is known to be.
        """
        counted = self.count_event_type(type_).get(EVENT_TYPES, {})
        seen = self.usage.progress.get(EVENT_TYPES, {})
        return {
            "tier": self.attributes.get("tier"),
            "first_of_type": any(seen.get(name, 0) <= 0 for name in counted),
            "is_birthday_month": _month(self.attributes.get("birthday")) == at.astimezone(tz).month,
            "id": self.customer_id,
            "created_at": self.created_at,
            "tags": self.tags,
            "attributes": self.attributes,
            "email": self.email,
            "mobile": self.mobile,
        }


def _month(birthday: object) -> int | None:
    """The month in a birthday; None if it is none."""
    match = _BIRTHDAY.fullmatch(birthday) if isinstance(birthday, str) else None
    return int(match[1]) if match else None


def soonest_expiry(wallet: Wallet) -> datetime | None:
    """When the next lot ends, those past their end included."""
    return min((lot.expires_at for lot in wallet.lots.values() if lot.expires_at), default=None)
