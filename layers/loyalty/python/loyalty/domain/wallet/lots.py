"""What a wallet consists of: lots of points that expire on their own, holds, balances, and ledger entries."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from loyalty.domain.limits.usage import Usage
from loyalty.domain.money import ZERO, normalize


class EntryType(StrEnum):
    """What a ledger entry is for."""

    ACCUMULATION = "ACCUMULATION"
    REDEMPTION = "REDEMPTION"
    EXPIRATION = "EXPIRATION"
    REVERSAL = "REVERSAL"
    RELEASE = "RELEASE"
    TRANSFER = "TRANSFER"
    ADJUSTMENT = "ADJUSTMENT"
    MIGRATION = "MIGRATION"


class LotKey(NamedTuple):
    """What identifies a lot: points of one campaign that expire together, and are available together, are one lot."""

    reward_id: str
    campaign_id: str | None
    expires_at: datetime | None
    available_from: datetime | None = None


class Lot(NamedTuple):
    """An amount of one reward, the campaign that granted it, and its expiry; in a ledger entry the amount is signed.

    It is pending before `available_from`, if it has that; the first change of the wallet after it drops the time.
    """

    reward_id: str
    amount: Decimal
    campaign_id: str | None
    issued_at: datetime
    expires_at: datetime | None
    available_from: datetime | None = None

    @property
    def key(self) -> LotKey:
        """The key of the lot in its wallet."""
        return LotKey(self.reward_id, self.campaign_id, self.expires_at, self.available_from)

    @property
    def vested(self) -> "Lot":
        """The lot once it is available."""
        return self._replace(available_from=None) if self.available_from else self

    def as_of(self, now: datetime) -> "Lot":
        """The lot as a wallet has it that changes at that instant."""
        return self if self.is_vesting(now) else self.vested

    def is_active(self, now: datetime) -> bool:
        """Whether it can be spent."""
        return not self.is_expired(now) and not self.is_vesting(now)

    def is_expired(self, now: datetime) -> bool:
        """Whether it has expired; at its instant of expiry it has."""
        return self.expires_at is not None and now >= self.expires_at

    def is_vesting(self, now: datetime) -> bool:
        """Whether it is still pending; at the instant from which it is available it no longer is."""
        return self.available_from is not None and now < self.available_from


class LedgerEntry(NamedTuple):
    """One movement: `lot` has the amount added to that lot, `debt` is the amount added to what the customer owes.

    A `reserved` redemption moved points from a lot to a hold; if the hold is not fulfilled, a RELEASE returns them.
    """

    type: EntryType
    lot: Lot
    event_id: str | None = None
    debt: Decimal = ZERO
    reserved: bool = False

    @property
    def amount(self) -> Decimal:
        """The change of `available`."""
        return normalize(self.lot.amount - self.debt)


class Hold(NamedTuple):
    """What an event in standby reserves, would earn (`pending`), and uses of limits; it expires at its deadline.

    `sequence` is that of the event in the customer's journal, and 0 if it came from a merged customer.
    """

    deadline: datetime
    reserved: tuple[Lot, ...] = ()
    pending: tuple[Lot, ...] = ()
    usage: Usage = Usage()
    offers: tuple[str, ...] = ()
    sequence: int = 0

    def is_active(self, now: datetime) -> bool:
        """Whether it is still in force; at its deadline it no longer is."""
        return now < self.deadline


class Balance(NamedTuple):
    """The sums of one reward: what can be spent, is reserved and is pending; and when the next lot expires.

    Pending is what holds will grant when they are fulfilled, and what has been granted and is not available yet.
    """

    reward_id: str
    available: Decimal
    reserved: Decimal
    pending: Decimal
    next_expiration: datetime | None
