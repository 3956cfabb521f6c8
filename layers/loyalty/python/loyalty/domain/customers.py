"""A customer: who they are and what they hold, as one state with a version."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from loyalty.domain.wallet import Ledger, Lot, Wallet

CHAIN_LENGTH = 6

Ref = str | int
"""Names one record of a customer's journal: an event by its id, any other entry by its number."""


@dataclass(frozen=True)
class Customer:
    """The state of one customer. `version` counts its records; 0 is a customer nobody has stored yet.

    `chain` names the last few records, newest first; each record names those before it. `lots_alarm` is when the
    deadline item for lots fires, or None when none is set. `absorbed` are the ids that turned out to be this customer.
    """

    brand_id: str
    customer_id: str
    created_at: datetime
    version: int = 0
    wallet: Wallet = field(default_factory=Wallet)
    chain: tuple[Ref, ...] = ()
    lots_alarm: datetime | None = None
    email: str | None = None
    mobile: str | None = None
    tags: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    absorbed: tuple[str, ...] = ()

    @property
    def ids(self) -> frozenset[str]:
        """Every id this customer answers under."""
        return frozenset((self.customer_id, *self.absorbed))

    def recorded(self, ref: Ref, ledger: Ledger, granted: Iterable[Lot] = ()) -> "Customer":
        """The customer after one more record: the alarm is never later than what lives, or was granted, ends.

        What a hold gave back dead does not move it: the hold's own deadline item settles that.
        """
        ends = [lot.expires_at for lot in ledger.wallet.lots.values() if lot.alive(ledger.now)]
        ends += [lot.expires_at for lot in granted]
        alarm = min((end for end in (*ends, self.lots_alarm) if end), default=None)
        chain = (ref, *self.chain)[:CHAIN_LENGTH]
        return replace(self, version=self.version + 1, wallet=ledger.wallet, chain=chain, lots_alarm=alarm)

    def facts(self) -> dict[str, Any]:
        """What campaigns may ask about a customer, under `customer.`."""
        return {
            "id": self.customer_id,
            "created_at": self.created_at,
            "tags": self.tags,
            "attributes": self.attributes,
            "email": self.email,
            "mobile": self.mobile,
        }


def soonest_expiry(wallet: Wallet) -> datetime | None:
    """When the next lot ends, those past their end included."""
    return min((lot.expires_at for lot in wallet.lots.values() if lot.expires_at), default=None)
