"""What a wallet has to be, said a second time and as simply as can be: the contract, not the product's code."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple

from loyalty.domain.wallet.lots import Lot, LotKey

ZERO = Decimal(0)
_NEVER = datetime.max.replace(tzinfo=UTC)


class Part(NamedTuple):
    """An amount of a lot."""

    key: LotKey
    amount: Decimal
    issued_at: datetime


class Held(NamedTuple):
    """What an event in standby keeps from being spent, and what it promises."""

    deadline: datetime
    taken: tuple[Part, ...]
    promised: tuple[Part, ...]


Sums = dict[str, tuple[Decimal, Decimal, Decimal]]


def parts_of(lots: Iterable[Lot]) -> tuple[Part, ...]:
    """These lots as parts."""
    return tuple(Part(lot.key, lot.amount, lot.issued_at) for lot in lots)


def is_active(key: LotKey, now: datetime) -> bool:
    """Whether a lot can be spent then."""
    return key.expires_at is None or now < key.expires_at


@dataclass
class Purse:
    """Lots, debts and holds of one person, how much of each lot ended unspent, and which events were undone last."""

    lots: dict[LotKey, Decimal] = field(default_factory=dict)
    issued: dict[LotKey, datetime] = field(default_factory=dict)
    debts: dict[str, Decimal] = field(default_factory=dict)
    holds: dict[str, Held] = field(default_factory=dict)
    expired: dict[LotKey, Decimal] = field(default_factory=dict)
    undone: list[str] = field(default_factory=list)

    def copy(self) -> "Purse":
        """Another one that is the same."""
        lots, issued, debts = dict(self.lots), dict(self.issued), dict(self.debts)
        return Purse(lots, issued, debts, dict(self.holds), dict(self.expired), list(self.undone))

    def debt(self, reward: str) -> Decimal:
        """What is owed."""
        return self.debts.get(reward, ZERO)

    def active(self, reward: str, now: datetime) -> list[Part]:
        """What can be spent then, soonest-ending first."""
        parts = [
            Part(key, amount, self.issued[key])
            for key, amount in self.lots.items()
            if key.reward_id == reward and is_active(key, now)
        ]
        return sorted(
            parts, key=lambda part: (part.key.expires_at or _NEVER, part.issued_at, part.key.campaign_id or "")
        )

    def available(self, reward: str, now: datetime) -> Decimal:
        """Living lots less the debt."""
        return sum((part.amount for part in self.active(reward, now)), ZERO) - self.debt(reward)

    def sums(self, now: datetime) -> Sums:
        """Available, reserved and pending by reward, as anyone must see it then; without what is nothing."""
        purse = self.copy()
        purse.release_expired(now)
        rewards = {key.reward_id for key in purse.lots} | set(purse.debts)
        held = [part for hold in purse.holds.values() for part in hold.taken]
        promised = [part for hold in purse.holds.values() for part in hold.promised]
        rewards |= {part.key.reward_id for part in (*held, *promised)}
        found = {
            reward: (
                purse.available(reward, now),
                sum((part.amount for part in held if part.key.reward_id == reward), ZERO),
                sum((part.amount for part in promised if part.key.reward_id == reward), ZERO),
            )
            for reward in rewards
        }
        return {reward: three for reward, three in found.items() if any(three)}

    def credit(self, part: Part, now: datetime) -> None:
        """Add to a lot; if it lives, what is owed is paid first."""
        debt = self.debt(part.key.reward_id)
        paid = min(debt, part.amount) if is_active(part.key, now) else ZERO
        self.debts[part.key.reward_id] = debt - paid
        self._add(part._replace(amount=part.amount - paid))

    def take(self, reward: str, amount: Decimal, now: datetime) -> tuple[Part, ...]:
        """Take up to this much from active lots, soonest-ending first."""
        taken: list[Part] = []
        for part in self.active(reward, now):
            if amount <= 0:
                break
            piece = part._replace(amount=min(part.amount, amount))
            amount -= piece.amount
            self._add(piece._replace(amount=-piece.amount))
            taken.append(piece)
        return tuple(taken)

    def charge(self, reward: str, amount: Decimal, now: datetime, *, may_owe: bool) -> None:
        """Take this much from what is available; what is not covered is owed, or let go."""
        covered = min(amount, max(self.available(reward, now), ZERO))
        self.take(reward, covered, now)
        if may_owe:
            self.debts[reward] = self.debt(reward) + amount - covered

    def release_expired(self, now: datetime) -> list[str]:
        """Give back what expired holds took; which holds those were."""
        expired = [event for event, held in self.holds.items() if now >= held.deadline]
        for event in expired:
            self.release(event, now)
        return expired

    def release(self, event: str, now: datetime) -> None:
        """Give back what a hold took; its event is undone."""
        self.undone.append(event)
        for part in self.holds.pop(event).taken:
            self.credit(part, now)

    def undo(self, granted: Iterable[Part], now: datetime, may_owe: dict[str, bool]) -> None:
        """Take back what was granted, but what is known to have ended unspent."""
        for part in granted:
            there = min(part.amount, self.lots.get(part.key, ZERO))
            self._add(part._replace(amount=-there))
            gone = min(part.amount - there, self.expired.get(part.key, ZERO))
            if gone:
                self.expired[part.key] -= gone
            reward = part.key.reward_id
            self.charge(reward, part.amount - there - gone, now, may_owe=may_owe.get(reward, True))

    def expire(self, key: LotKey, amount: Decimal) -> None:
        """A lot has ended unspent, whole."""
        del self.lots[key]
        self.expired[key] = self.expired.get(key, ZERO) + amount

    def take_over(self, other: "Purse", now: datetime) -> None:
        """Another's debts, lots and holds become this one's; the other has nothing then."""
        for reward, debt in other.debts.items():
            self.charge(reward, debt, now, may_owe=True)
        for key, amount in other.lots.items():
            self.credit(Part(key, amount, other.issued[key]), now)
        self.holds |= other.holds
        for key, amount in other.expired.items():
            self.expired[key] = self.expired.get(key, ZERO) + amount
        other.lots, other.debts, other.holds, other.expired = {}, {}, {}, {}

    def _add(self, part: Part) -> None:
        amount = self.lots.get(part.key, ZERO) + part.amount
        if amount:
            self.issued.setdefault(part.key, part.issued_at)
            self.lots[part.key] = amount
        else:
            self.lots.pop(part.key, None)
            self.issued.pop(part.key, None)
