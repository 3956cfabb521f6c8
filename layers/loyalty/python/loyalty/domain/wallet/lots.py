"""What a wallet consists of: lots of points with their own expiry, holds on them, balances, and ledger entries."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from loyalty.domain.limits.usage import Usage
from loyalty.domain.money import ZERO, normalize


class EntryType(StrEnum):
    """What a line of the ledger is about."""

    ACCUMULATION = "ACCUMULATION"
    REDEMPTION = "REDEMPTION"
    EXPIRATION = "EXPIRATION"
    REVERSAL = "REVERSAL"
    RELEASE = "RELEASE"
    TRANSFER = "TRANSFER"
    ADJUSTMENT = "ADJUSTMENT"


class LotKey(NamedTuple):
    """What makes two sums one lot: they came from the same campaign and end together."""

    reward_id: str
    campaign_id: str | None
    expires_at: datetime | None


@dataclass(frozen=True)
class Lot:
    """A sum of one reward, where it came from and when it ends; as a part of a line, signed."""

    reward_id: str
    amount: Decimal
    campaign_id: str | None
    issued_at: datetime
    expires_at: datetime | None

    @property
    def key(self) -> LotKey:
        """What it is kept under."""
        return LotKey(self.reward_id, self.campaign_id, self.expires_at)

    def is_active(self, now: datetime) -> bool:
        """Whether it can still be spent; at its instant of expiry it can not."""
        return self.expires_at is None or now < self.expires_at


class LedgerEntry(NamedTuple):
    """One movement: `lot` is what it adds to that lot, `debt` what it adds to what the customer owes.

    A `held` redemption has left the lot for a hold, and comes back as a RELEASE if the hold is not fulfilled.
    """

    type: EntryType
    lot: Lot
    event_id: str | None = None
    debt: Decimal = ZERO
    reserved: bool = False

    @property
    def amount(self) -> Decimal:
        """What the line adds to `available`."""
        return normalize(self.lot.amount - self.debt)


class Hold(NamedTuple):
    """What an event in standby took (`reserved`, `offers`), promises (`pending`) and counted, dead at its deadline."""

    deadline: datetime
    reserved: tuple[Lot, ...] = ()
    pending: tuple[Lot, ...] = ()
    usage: Usage = Usage()
    offers: tuple[str, ...] = ()

    def is_active(self, now: datetime) -> bool:
        """Whether it still stands; at its deadline it does not."""
        return now < self.deadline


class Balance(NamedTuple):
    """One reward's sums: what can be spent, what is held, what is promised, and when the next lot ends."""

    reward_id: str
    available: Decimal
    reserved: Decimal
    pending: Decimal
    next_expiration: datetime | None
