"""A customer's wallet: lots of points with their own expiry, holds on them, debts, and the lines that say what moved.

    available = living lots − debt      reserved = what open holds took      pending = what open holds promise

Every change is a `Line`: a signed change of one lot, of a debt, or of both. What lines add up to is the wallet.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from loyalty.domain.amounts import ZERO, tidy
from loyalty.domain.counts import Counts
from loyalty.domain.errors import InsufficientBalanceError, TooManyHoldsError
from loyalty.domain.tallies import MOST_CELLS

MOST_OPEN_HOLDS = 100
_NEVER = datetime.max.replace(tzinfo=UTC)


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

    def alive(self, now: datetime) -> bool:
        """Whether it can still be spent; at its instant of expiry it can not."""
        return self.expires_at is None or now < self.expires_at


class Line(NamedTuple):
    """One movement: `lot` is what it adds to that lot, `debt` what it adds to what the customer owes.

    A `held` redemption has left the lot for a hold, and comes back as a RELEASE if the hold is not fulfilled.
    """

    type: EntryType
    lot: Lot
    event_id: str | None = None
    debt: Decimal = ZERO
    held: bool = False

    @property
    def amount(self) -> Decimal:
        """What the line adds to `available`."""
        return tidy(self.lot.amount - self.debt)


class Hold(NamedTuple):
    """What an event in standby took (`reserved`, `offers`), promises (`pending`) and counted, dead at its deadline."""

    deadline: datetime
    reserved: tuple[Lot, ...] = ()
    pending: tuple[Lot, ...] = ()
    counts: Counts = Counts()
    offers: tuple[str, ...] = ()

    def alive(self, now: datetime) -> bool:
        """Whether it still stands; at its deadline it does not."""
        return now < self.deadline


class Total(NamedTuple):
    """One reward's sums: what can be spent, what is held, what is promised, and when the next lot ends."""

    reward_id: str
    available: Decimal
    reserved: Decimal
    pending: Decimal
    next_expiration: datetime | None


@dataclass(frozen=True)
class Wallet:
    """Lots by key, debts by reward (zero for a reward once seen), open holds by event."""

    lots: dict[LotKey, Lot] = field(default_factory=dict)
    debts: dict[str, Decimal] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)

    def copy(self) -> "Wallet":
        """A wallet that can be changed without changing this one."""
        return Wallet(dict(self.lots), dict(self.debts), dict(self.holds))

    @property
    def held_offers(self) -> frozenset[str]:
        """The offers that holds have taken, those of dead holds included."""
        return frozenset(offer_id for hold in self.holds.values() for offer_id in hold.offers)

    def available(self, reward_id: str, now: datetime) -> Decimal:
        """What can be spent of a reward, dead holds not counted as released; negative if there is a debt."""
        living = (lot.amount for lot in self.lots.values() if lot.reward_id == reward_id and lot.alive(now))
        return sum(living, -self.debts.get(reward_id, ZERO))


class Ledger:
    """A wallet while it is worked on at one instant: each act changes it, and notes its lines and what it closed.

    `undone` is what ended holds had counted, and is to be taken off again.
    """

    def __init__(self, wallet: Wallet, now: datetime) -> None:
        self.wallet = wallet.copy()
        self.now = now
        self.lines: list[Line] = []
        self.closed: list[str] = []
        self.expired: list[Lot] = []
        self.undone: list[Counts] = []

    def release_dead_holds(self) -> None:
        """Give back what holds past their deadline took, so that it can be spent at once."""
        for event_id, hold in list(self.wallet.holds.items()):
            if not hold.alive(self.now):
                self.release(event_id)

    def release(self, event_id: str) -> None:
        """Close a hold and give back what it took; nothing if it is closed already."""
        hold = self.close(event_id)
        self.give_back(EntryType.RELEASE, hold.reserved if hold else (), event_id)
        self.undone += [hold.counts] if hold else []

    def close(self, event_id: str) -> Hold | None:
        """Take a hold out of the wallet without giving anything back."""
        hold = self.wallet.holds.pop(event_id, None)
        if hold:
            self.closed.append(event_id)
        return hold

    def open(self, event_id: str, hold: Hold) -> None:
        """Keep what an event in standby took and promises; TooManyHoldsError when the wallet is full of holds.

        It is full as well when all that they have counted is more than a customer's state should carry.
        """
        if len(self.wallet.holds) >= MOST_OPEN_HOLDS:
            raise TooManyHoldsError(f"the customer has {MOST_OPEN_HOLDS} open holds; fulfil or reverse some first")
        if hold.counts.cells + sum(one.counts.cells for one in self.wallet.holds.values()) > MOST_CELLS:
            raise TooManyHoldsError("the customer's open holds count too much together; fulfil or reverse some first")
        self.wallet.holds[event_id] = hold
        for lot in hold.pending:
            self.wallet.debts.setdefault(lot.reward_id, ZERO)

    def redeem(self, reward_id: str, amount: Decimal, event_id: str, *, held: bool) -> tuple[Lot, ...]:
        """Spend, soonest-expiring first; the parts taken, so that they can come back as they were.

        Raises InsufficientBalanceError if less than `amount` is available.
        """
        available = self.wallet.available(reward_id, self.now)
        if available < amount:
            raise InsufficientBalanceError(f"{reward_id}: {amount:f} asked for, {available:f} available")
        parts = self._take(reward_id, amount)
        self.lines += [Line(EntryType.REDEMPTION, _negative(part), event_id, held=held) for part in parts]
        return tuple(parts)

    def grant(self, lots: Iterable[Lot], event_id: str | None) -> None:
        """Pay what was promised; a debt is paid first."""
        for lot in lots:
            self._credit(EntryType.ACCUMULATION, lot, event_id)

    def give_back(self, type_: EntryType, lots: Iterable[Lot], event_id: str) -> None:
        """Put parts back where they came from, with the expiry they had."""
        for lot in lots:
            self._credit(type_, lot, event_id)

    def take_back(self, lot: Lot, event_id: str, *, expired_unspent: Decimal, allow_negative: bool) -> Decimal:
        """Undo a grant. What was spent meanwhile is taken from other lots, then owed, or let go without a debt.

        `expired_unspent` is what is known to have ended in that lot without being spent: it is gone already.
        Returns how much of that was used, so that another grant of the same lot does not count it again.
        """
        unspent = self.wallet.lots.get(lot.key)
        taken = min(lot.amount, unspent.amount if unspent else ZERO)
        if taken:
            self._change(replace(lot, amount=-taken))
            self.lines.append(Line(EntryType.REVERSAL, replace(lot, amount=-taken), event_id))
        gone = min(lot.amount - taken, expired_unspent)
        spent = lot.amount - taken - gone
        self._charge(EntryType.REVERSAL, lot, spent, event_id, allow_negative=allow_negative)
        return gone

    def adjust(self, lot: Lot, *, allow_negative: bool) -> None:
        """Add a lot, or take its negative amount from living lots and then, if that is allowed, as a debt.

        Raises InsufficientBalanceError if a debt is not allowed and would be needed.
        """
        if lot.amount > 0:
            self._credit(EntryType.ADJUSTMENT, lot, None)
            return
        self.wallet.debts.setdefault(lot.reward_id, ZERO)
        available = self.wallet.available(lot.reward_id, self.now)
        if available + lot.amount < 0 and not allow_negative:
            raise InsufficientBalanceError(f"{lot.reward_id}: {-lot.amount:f} to be taken, {available:f} available")
        self._charge(EntryType.ADJUSTMENT, _nothing_of(lot.reward_id, self.now), -lot.amount, None)

    def transfer_out(self) -> None:
        """Empty the wallet: every lot, debt and hold leaves it for another's."""
        for event_id in list(self.wallet.holds):
            self.close(event_id)
        for lot in list(self.wallet.lots.values()):
            self._change(_negative(lot))
            self.lines.append(Line(EntryType.TRANSFER, _negative(lot)))
        for reward_id, debt in self.wallet.debts.items():
            if debt:
                self.lines.append(Line(EntryType.TRANSFER, _nothing_of(reward_id, self.now), debt=-debt))
        self.wallet.debts.update(dict.fromkeys(self.wallet.debts, ZERO))

    def transfer_in(self, other: Wallet) -> None:
        """Take over another's lots, debts and holds; what one owes is paid from what the other has."""
        for reward_id, debt in other.debts.items():
            self.wallet.debts.setdefault(reward_id, ZERO)
            self._charge(EntryType.TRANSFER, _nothing_of(reward_id, self.now), debt, None)
        for lot in other.lots.values():
            self._credit(EntryType.TRANSFER, lot, None)
        self.wallet.holds.update(other.holds)

    def expire_dead_lots(self, most: int) -> bool:
        """Take up to `most` lots past their expiry out of the wallet; whether any dead one is left."""
        dead = [lot for lot in self.wallet.lots.values() if not lot.alive(self.now)]
        for lot in dead[:most]:
            self._change(_negative(lot))
            self.expired.append(lot)
            self.lines.append(Line(EntryType.EXPIRATION, _negative(lot)))
        return len(dead) > most

    def _credit(self, type_: EntryType, lot: Lot, event_id: str | None) -> None:
        debt = self.wallet.debts.setdefault(lot.reward_id, ZERO)
        paid = min(debt, lot.amount) if lot.alive(self.now) else ZERO
        if paid:
            self.wallet.debts[lot.reward_id] = tidy(debt - paid)
        kept = replace(lot, amount=tidy(lot.amount - paid))
        self._change(kept)
        self.lines.append(Line(type_, kept, event_id, debt=-paid if paid else ZERO))

    def _charge(
        self, type_: EntryType, source: Lot, amount: Decimal, event_id: str | None, *, allow_negative: bool = True
    ) -> None:
        """Take an amount from living lots, soonest-expiring first; what they do not cover is owed, or let go."""
        reward_id = source.reward_id
        parts = self._take(reward_id, min(amount, max(self.wallet.available(reward_id, self.now), ZERO)))
        self.lines += [Line(type_, _negative(part), event_id) for part in parts]
        owed = tidy(amount - sum((part.amount for part in parts), ZERO))
        if owed and allow_negative:
            self.wallet.debts[reward_id] = tidy(self.wallet.debts.get(reward_id, ZERO) + owed)
            self.lines.append(Line(type_, replace(source, amount=ZERO), event_id, debt=owed))

    def _take(self, reward_id: str, amount: Decimal) -> list[Lot]:
        living = [lot for lot in self.wallet.lots.values() if lot.reward_id == reward_id and lot.alive(self.now)]
        parts: list[Lot] = []
        for lot in sorted(living, key=_soonest_first):
            if amount <= 0:
                break
            part = replace(lot, amount=min(lot.amount, amount))
            amount -= part.amount
            self._change(_negative(part))
            parts.append(part)
        return parts

    def _change(self, lot: Lot) -> None:
        apply_lot(self.wallet, lot)


def apply_lot(wallet: Wallet, change: Lot) -> None:
    """Add a signed change to the lot it names; a lot of nothing is no lot."""
    kept = wallet.lots.get(change.key)
    amount = tidy(kept.amount + change.amount) if kept else change.amount
    if amount:
        wallet.lots[change.key] = replace(kept or change, amount=amount)
    else:
        wallet.lots.pop(change.key, None)


def as_of(wallet: Wallet, now: datetime) -> Ledger:
    """The wallet as it is at that instant whatever has been settled so far, and the lines that make it so."""
    ledger = Ledger(wallet, now)
    ledger.release_dead_holds()
    ledger.expire_dead_lots(len(ledger.wallet.lots))
    return ledger


def totals(wallet: Wallet, now: datetime) -> list[Total]:
    """The sums of every reward the customer ever had, by reward id, as of that instant."""
    settled = as_of(wallet, now).wallet
    living = sorted(settled.lots.values(), key=_soonest_first)
    held = [lot for hold in settled.holds.values() for lot in hold.reserved]
    promised = [lot for hold in settled.holds.values() for lot in hold.pending]
    return [
        Total(
            reward_id,
            tidy(_sum(living, reward_id) - settled.debts[reward_id]),
            _sum(held, reward_id),
            _sum(promised, reward_id),
            next((lot.expires_at for lot in living if lot.reward_id == reward_id), None),
        )
        for reward_id in sorted(settled.debts)
    ]


def living_lots(wallet: Wallet, now: datetime) -> list[Lot]:
    """What can be spent as of that instant, in the order in which it will be."""
    return sorted(as_of(wallet, now).wallet.lots.values(), key=_soonest_first)


def _sum(lots: Sequence[Lot], reward_id: str) -> Decimal:
    return tidy(sum((lot.amount for lot in lots if lot.reward_id == reward_id), ZERO))


def _negative(lot: Lot) -> Lot:
    return replace(lot, amount=-lot.amount)


def _nothing_of(reward_id: str, now: datetime) -> Lot:
    return Lot(reward_id, ZERO, None, now, None)


def _soonest_first(lot: Lot) -> tuple[datetime, datetime, str]:
    return (lot.expires_at or _NEVER, lot.issued_at, lot.campaign_id or "")
