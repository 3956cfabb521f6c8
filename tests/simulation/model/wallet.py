"""Wallets as they have to be, computed a second time and as simply as possible."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple

from loyalty.domain.wallet.lots import Lot, LotKey

ZERO = Decimal(0)
_NEVER = datetime.max.replace(tzinfo=UTC)


class LotAmount(NamedTuple):
    """An amount of one lot."""

    key: LotKey
    amount: Decimal
    issued_at: datetime


class ModelHold(NamedTuple):
    """The points that a pending event reserves, and those that it will grant when it is fulfilled."""

    deadline: datetime
    reserved: tuple[LotAmount, ...]
    pending: tuple[LotAmount, ...]


Balances = dict[str, tuple[Decimal, Decimal, Decimal]]
"""Available, reserved and pending by reward."""


def lot_amounts(lots: Iterable[Lot]) -> tuple[LotAmount, ...]:
    """The product's lots in the model's form."""
    return tuple(LotAmount(lot.key, lot.amount, lot.issued_at) for lot in lots)


def is_active(key: LotKey, now: datetime) -> bool:
    """Whether a lot can be spent at that time."""
    return key.expires_at is None or now < key.expires_at


@dataclass
class ModelWallet:
    """Lots, debts and holds of one customer.

    `expired` is how much of each lot has expired unspent. `released_events` are those that were cancelled, expired or
    reversed since somebody cleared the list.
    """

    lots: dict[LotKey, Decimal] = field(default_factory=dict)
    issued: dict[LotKey, datetime] = field(default_factory=dict)
    debts: dict[str, Decimal] = field(default_factory=dict)
    holds: dict[str, ModelHold] = field(default_factory=dict)
    expired: dict[LotKey, Decimal] = field(default_factory=dict)
    released_events: list[str] = field(default_factory=list)

    def copy(self) -> "ModelWallet":
        """A wallet with the same content that changes independently."""
        lots, issued, debts = dict(self.lots), dict(self.issued), dict(self.debts)
        return ModelWallet(lots, issued, debts, dict(self.holds), dict(self.expired), list(self.released_events))

    def debt(self, reward: str) -> Decimal:
        """What the customer owes of a reward."""
        return self.debts.get(reward, ZERO)

    def active_lots(self, reward: str, now: datetime) -> list[LotAmount]:
        """The lots of a reward that can be spent, the one that expires first at the front."""
        active = [
            LotAmount(key, amount, self.issued[key])
            for key, amount in self.lots.items()
            if key.reward_id == reward and is_active(key, now)
        ]
        return sorted(active, key=lambda lot: (lot.key.expires_at or _NEVER, lot.issued_at, lot.key.campaign_id or ""))

    def available(self, reward: str, now: datetime) -> Decimal:
        """Active lots less the debt."""
        return sum((lot.amount for lot in self.active_lots(reward, now)), ZERO) - self.debt(reward)

    def balances(self, now: datetime) -> Balances:
        """The balances that any read at that time must show; rewards without any amount are left out."""
        wallet = self.copy()
        wallet.release_expired_holds(now)
        rewards = {key.reward_id for key in wallet.lots} | set(wallet.debts)
        reserved = [lot for hold in wallet.holds.values() for lot in hold.reserved]
        pending = [lot for hold in wallet.holds.values() for lot in hold.pending]
        rewards |= {lot.key.reward_id for lot in (*reserved, *pending)}
        found = {
            reward: (
                wallet.available(reward, now),
                sum((lot.amount for lot in reserved if lot.key.reward_id == reward), ZERO),
                sum((lot.amount for lot in pending if lot.key.reward_id == reward), ZERO),
            )
            for reward in rewards
        }
        return {reward: balance for reward, balance in found.items() if any(balance)}

    def credit(self, lot: LotAmount, now: datetime) -> None:
        """Add to a lot; if it is active, it pays the debt first."""
        debt = self.debt(lot.key.reward_id)
        paid = min(debt, lot.amount) if is_active(lot.key, now) else ZERO
        self.debts[lot.key.reward_id] = debt - paid
        self._add(lot._replace(amount=lot.amount - paid))

    def spend(self, reward: str, amount: Decimal, now: datetime) -> tuple[LotAmount, ...]:
        """Take up to this amount from active lots, the one that expires first at the front."""
        spent: list[LotAmount] = []
        for lot in self.active_lots(reward, now):
            if amount <= 0:
                break
            taken = lot._replace(amount=min(lot.amount, amount))
            amount -= taken.amount
            self._add(taken._replace(amount=-taken.amount))
            spent.append(taken)
        return tuple(spent)

    def debit(self, reward: str, amount: Decimal, now: datetime, *, allow_negative: bool) -> None:
        """Take this amount from what is available; the rest becomes a debt if that is allowed, and is waived if not."""
        covered = min(amount, max(self.available(reward, now), ZERO))
        self.spend(reward, covered, now)
        if allow_negative:
            self.debts[reward] = self.debt(reward) + amount - covered

    def release_expired_holds(self, now: datetime) -> list[str]:
        """Release every hold whose deadline has passed; the ids of their events."""
        expired = [event_id for event_id, hold in self.holds.items() if now >= hold.deadline]
        for event_id in expired:
            self.release_hold(event_id, now)
        return expired

    def release_hold(self, event_id: str, now: datetime) -> None:
        """Give back what a hold reserved."""
        self.released_events.append(event_id)
        for lot in self.holds.pop(event_id).reserved:
            self.credit(lot, now)

    def claw_back(self, granted: Iterable[LotAmount], now: datetime, allow_negative: dict[str, bool]) -> None:
        """Take granted points back, except those that are known to have expired unspent."""
        for lot in granted:
            left = min(lot.amount, self.lots.get(lot.key, ZERO))
            self._add(lot._replace(amount=-left))
            expired = min(lot.amount - left, self.expired.get(lot.key, ZERO))
            if expired:
                self.expired[lot.key] -= expired
            reward = lot.key.reward_id
            self.debit(reward, lot.amount - left - expired, now, allow_negative=allow_negative.get(reward, True))

    def expire_lot(self, key: LotKey, amount: Decimal) -> None:
        """Remove a lot that has expired, and remember how much of it was unspent."""
        del self.lots[key]
        self.expired[key] = self.expired.get(key, ZERO) + amount

    def absorb(self, other: "ModelWallet", now: datetime) -> None:
        """Move another wallet's debts, lots and holds into this one; the other is empty afterwards."""
        for reward, debt in other.debts.items():
            self.debit(reward, debt, now, allow_negative=True)
        for key, amount in other.lots.items():
            self.credit(LotAmount(key, amount, other.issued[key]), now)
        self.holds |= other.holds
        for key, amount in other.expired.items():
            self.expired[key] = self.expired.get(key, ZERO) + amount
        other.lots, other.debts, other.holds, other.expired = {}, {}, {}, {}

    def _add(self, lot: LotAmount) -> None:
        amount = self.lots.get(lot.key, ZERO) + lot.amount
        if amount:
            self.issued.setdefault(lot.key, lot.issued_at)
            self.lots[lot.key] = amount
        else:
            self.lots.pop(lot.key, None)
            self.issued.pop(lot.key, None)
