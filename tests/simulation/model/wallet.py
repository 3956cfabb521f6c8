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
    """The points that a pending event reserves, and those that it will grant when it is fulfilled.

    `position` is where the event stands in the customer's history, 0 if that is another's who was merged.
    """

    deadline: datetime
    reserved: tuple[LotAmount, ...]
    pending: tuple[LotAmount, ...]
    position: int = 0


class ModelShortfall(NamedTuple):
    """What the reversal at that position did not find in a lot: what it waived, and what it took of others instead.

    Without a key it is about all lots of the reward.
    """

    position: int
    reward: str
    key: LotKey | None
    waived: Decimal
    taken: tuple[LotAmount, ...] = ()

    def is_about(self, lot: LotAmount, position: int, now: datetime) -> bool:
        """Whether points that were spent at that position and come back to the lot make up for it."""
        if self.key is None:
            return self.position >= position and self.reward == lot.key.reward_id and is_active(lot.key, now)
        return self.position >= position and self.key == lot.key


Balances = dict[str, tuple[Decimal, Decimal, Decimal]]
"""Available, reserved and pending by reward."""


def lot_amounts(lots: Iterable[Lot]) -> tuple[LotAmount, ...]:
    """The product's lots in the model's form."""
    return tuple(LotAmount(lot.key, lot.amount, lot.issued_at) for lot in lots)


def is_active(key: LotKey, now: datetime) -> bool:
    """Whether a lot can be spent at that time."""
    return not is_over(key, now) and not is_vesting(key, now)


def is_over(key: LotKey, now: datetime) -> bool:
    """Whether a lot has expired at that time."""
    return key.expires_at is not None and now >= key.expires_at


def is_vesting(key: LotKey, now: datetime) -> bool:
    """Whether a lot is not available yet at that time."""
    return key.available_from is not None and now < key.available_from


def at_that_time(lot: LotAmount, now: datetime) -> LotAmount:
    """A lot that is available has no time any more from which on it is."""
    return lot if is_vesting(lot.key, now) else lot._replace(key=lot.key._replace(available_from=None))


@dataclass
class ModelWallet:
    """Lots, debts and holds of one customer.

    `expired` is how much of each lot has expired unspent, `shortfalls` what reversals did not find. `released_events`
    are those that were cancelled, expired or reversed since somebody cleared the list.
    """

    lots: dict[LotKey, Decimal] = field(default_factory=dict)
    issued: dict[LotKey, datetime] = field(default_factory=dict)
    debts: dict[str, Decimal] = field(default_factory=dict)
    holds: dict[str, ModelHold] = field(default_factory=dict)
    expired: dict[LotKey, Decimal] = field(default_factory=dict)
    released_events: list[str] = field(default_factory=list)
    shortfalls: list[ModelShortfall] = field(default_factory=list)

    def copy(self) -> "ModelWallet":
        """A wallet with the same content that changes independently."""
        lots, issued, debts = dict(self.lots), dict(self.issued), dict(self.debts)
        lists = list(self.released_events), list(self.shortfalls)
        return ModelWallet(lots, issued, debts, dict(self.holds), dict(self.expired), *lists)

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
        vesting = {key: amount for key, amount in wallet.lots.items() if is_vesting(key, now)}
        rewards = {key.reward_id for key in wallet.lots} | set(wallet.debts)
        reserved = [lot for hold in wallet.holds.values() for lot in hold.reserved]
        pending = [lot for hold in wallet.holds.values() for lot in hold.pending]
        rewards |= {lot.key.reward_id for lot in (*reserved, *pending)}
        found = {
            reward: (
                wallet.available(reward, now),
                sum((lot.amount for lot in reserved if lot.key.reward_id == reward), ZERO),
                sum((lot.amount for lot in pending if lot.key.reward_id == reward), ZERO)
                + sum((amount for key, amount in vesting.items() if key.reward_id == reward), ZERO),
            )
            for reward in rewards
        }
        return {reward: balance for reward, balance in found.items() if any(balance)}

    def credit(self, lot: LotAmount, now: datetime) -> None:
        """Add to a lot; if it is active, it pays the debt first."""
        lot = at_that_time(lot, now)
        debt = self.debt(lot.key.reward_id)
        paid = min(debt, lot.amount) if is_active(lot.key, now) else ZERO
        self.debts[lot.key.reward_id] = debt - paid
        if paid:
            self._pool(lot.key.reward_id, now)
        self._add(lot._replace(amount=lot.amount - paid))

    def refund(self, lot: LotAmount, position: int, now: datetime) -> None:
        """Return what was spent at that position: first to what reversals have missed of the lot since then."""
        left = lot.amount
        for i, one in enumerate(self.shortfalls):
            if not one.is_about(lot, position, now):
                continue
            waived = min(left, one.waived)
            left -= waived
            taken = list[LotAmount]()
            for part in one.taken:
                back = min(left, part.amount)
                left -= back
                taken.append(part._replace(amount=part.amount - back))
            self.shortfalls[i] = one._replace(waived=one.waived - waived, taken=tuple(taken))
            parts = [LotAmount(a.key, a.amount - b.amount, a.issued_at) for a, b in zip(one.taken, taken, strict=True)]
            for part in parts:
                self.refund(part, one.position, now)
        self.credit(lot._replace(amount=left), now)

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

    def debit(self, reward: str, amount: Decimal, now: datetime) -> None:
        """Take this amount from what is available; the rest becomes a debt."""
        covered = min(amount, max(self.available(reward, now), ZERO))
        self.spend(reward, covered, now)
        self.debts[reward] = self.debt(reward) + amount - covered

    def vest(self, now: datetime) -> None:
        """Lots that are available by now pay the debt, one after the other, and join the lots that always were."""
        due = [key for key in self.lots if key.available_from and not is_vesting(key, now)]
        for key in sorted(due, key=lambda key: (key.available_from, self.issued[key], key.reward_id, key.campaign_id)):
            lot, reward = LotAmount(key, self.lots[key], self.issued[key]), key.reward_id
            self._add(lot._replace(amount=-lot.amount))
            paid = min(self.debt(reward), lot.amount)
            self._add(at_that_time(lot, now))
            if paid:
                self.debts[reward] -= paid
                self._pool(reward, now)
                self._add(at_that_time(lot._replace(amount=-paid), now))

    def release_expired_holds(self, now: datetime) -> list[str]:
        """Release every hold whose deadline has passed; the ids of their events."""
        self.vest(now)
        expired = [event_id for event_id, hold in self.holds.items() if now >= hold.deadline]
        for event_id in expired:
            self.release_hold(event_id, now)
        return expired

    def release_hold(self, event_id: str, now: datetime) -> None:
        """Give back what a hold reserved."""
        self.released_events.append(event_id)
        hold = self.holds.pop(event_id)
        for lot in hold.reserved:
            self.refund(lot, hold.position, now)

    def claw_back(
        self, granted: Iterable[LotAmount], position: int, now: datetime, allow_negative: dict[str, bool]
    ) -> None:
        """Take granted points back, except those that are known to have expired unspent."""
        for granted_lot in granted:
            lot = at_that_time(granted_lot, now)
            if lot.key not in self.lots:  # another machine's clock was ahead
                lot = lot._replace(key=lot.key._replace(available_from=None))
            left = min(lot.amount, self.lots.get(lot.key, ZERO))
            self._add(lot._replace(amount=-left))
            expired = min(lot.amount - left, self.expired.get(lot.key, ZERO))
            if expired:
                self.expired[lot.key] -= expired
            reward, spent = lot.key.reward_id, lot.amount - left - expired
            if spent and allow_negative.get(reward, True):
                self.debit(reward, spent, now)
                self._pool(reward, now)
            elif spent:
                taken = self.spend(reward, min(spent, max(self.available(reward, now), ZERO)), now)
                waived = spent - sum((part.amount for part in taken), ZERO)
                key = lot.key._replace(available_from=None)
                self.shortfalls.append(ModelShortfall(position, reward, key, waived, taken))
                if any(one.key is None and one.reward == reward for one in self.shortfalls):
                    self._pool(reward, now)

    def expire_lot(self, key: LotKey, amount: Decimal) -> None:
        """Remove a lot that has expired, and remember how much of it was unspent."""
        del self.lots[key]
        self.expired[key] = self.expired.get(key, ZERO) + amount

    def absorb(self, other: "ModelWallet", position: int, now: datetime) -> None:
        """Move another wallet's debts, lots and holds into this one; the other is empty afterwards."""
        self.vest(now)
        other.vest(now)
        for reward, debt in other.debts.items():
            self.debit(reward, debt, now)
        for key, amount in other.lots.items():
            self.credit(LotAmount(key, amount, other.issued[key]), now)
        self.holds |= {event_id: hold._replace(position=0) for event_id, hold in other.holds.items()}
        self.shortfalls += [one._replace(position=position) for one in other.shortfalls]
        for reward in {one.reward for one in self.shortfalls if one.key is None}:
            self._pool(reward, now)
        for key, amount in other.expired.items():
            self.expired[key] = self.expired.get(key, ZERO) + amount
        other.lots, other.debts, other.holds, other.expired, other.shortfalls = {}, {}, {}, {}, []

    def _pool(self, reward: str, now: datetime) -> None:
        """From now on what is missing of a reward's lots that have not ended is missing of all its lots."""
        own = [one for one in self.shortfalls if one.reward == reward]
        last = max((one.position for one in own), default=0)
        waived = sum((one.waived for one in own if one.key is None or not is_over(one.key, now)), ZERO)
        self.shortfalls = [one for one in self.shortfalls if one.reward != reward]
        self.shortfalls.append(ModelShortfall(last, reward, None, waived))

    def _add(self, lot: LotAmount) -> None:
        amount = self.lots.get(lot.key, ZERO) + lot.amount
        if amount:
            self.issued.setdefault(lot.key, lot.issued_at)
            self.lots[lot.key] = amount
        else:
            self.lots.pop(lot.key, None)
            self.issued.pop(lot.key, None)
