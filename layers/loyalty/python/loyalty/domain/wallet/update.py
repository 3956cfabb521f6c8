"""A wallet while one act changes it: every change is a ledger entry, and entries add up to the wallet."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from loyalty.domain.errors import InsufficientBalanceError, TooManyHoldsError
from loyalty.domain.limits.counters import MAX_COUNTER_VALUES
from loyalty.domain.limits.usage import Usage
from loyalty.domain.money import ZERO, normalize
from loyalty.domain.wallet.lots import Balance, EntryType, Hold, LedgerEntry, Lot
from loyalty.domain.wallet.wallet import MAX_OPEN_HOLDS, Wallet, apply_lot

_NEVER = datetime.max.replace(tzinfo=UTC)


class WalletUpdate:
    """A wallet while it is worked on at one instant: each act changes it, and notes its lines and what it closed.

    `undone` is what ended holds had counted, and is to be taken off again.
    """

    def __init__(self, wallet: Wallet, now: datetime) -> None:
        self.wallet = wallet.copy()
        self.now = now
        self.entries: list[LedgerEntry] = []
        self.closed_holds: list[str] = []
        self.expired_lots: list[Lot] = []
        self.released_usage: list[Usage] = []

    def release_expired_holds(self) -> None:
        """Give back what holds past their deadline took, so that it can be spent at once."""
        for event_id, hold in list(self.wallet.holds.items()):
            if not hold.is_active(self.now):
                self.release_hold(event_id)

    def release_hold(self, event_id: str) -> None:
        """Close a hold and give back what it took; nothing if it is closed already."""
        hold = self.close_hold(event_id)
        self.refund(EntryType.RELEASE, hold.reserved if hold else (), event_id)
        self.released_usage += [hold.usage] if hold else []

    def close_hold(self, event_id: str) -> Hold | None:
        """Take a hold out of the wallet without giving anything back."""
        hold = self.wallet.holds.pop(event_id, None)
        if hold:
            self.closed_holds.append(event_id)
        return hold

    def open_hold(self, event_id: str, hold: Hold) -> None:
        """Keep what an event in standby took and promises; TooManyHoldsError when the wallet is full of holds.

        It is full as well when all that they have counted is more than a customer's state should carry.
        """
        if len(self.wallet.holds) >= MAX_OPEN_HOLDS:
            raise TooManyHoldsError(f"the customer has {MAX_OPEN_HOLDS} open holds; fulfil or reverse some first")
        if (
            hold.usage.progress_size + sum(one.usage.progress_size for one in self.wallet.holds.values())
            > MAX_COUNTER_VALUES
        ):
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
        self.entries += [LedgerEntry(EntryType.REDEMPTION, _negative(part), event_id, reserved=held) for part in parts]
        return tuple(parts)

    def grant(self, lots: Iterable[Lot], event_id: str | None) -> None:
        """Pay what was promised; a debt is paid first."""
        for lot in lots:
            self._credit(EntryType.ACCUMULATION, lot, event_id)

    def refund(self, type_: EntryType, lots: Iterable[Lot], event_id: str) -> None:
        """Put parts back where they came from, with the expiry they had."""
        for lot in lots:
            self._credit(type_, lot, event_id)

    def claw_back(self, lot: Lot, event_id: str, *, expired_unspent: Decimal, allow_negative: bool) -> Decimal:
        """Undo a grant. What was spent meanwhile is taken from other lots, then owed, or let go without a debt.

        `expired_unspent` is what is known to have ended in that lot without being spent: it is gone already.
        Returns how much of that was used, so that another grant of the same lot does not count it again.
        """
        unspent = self.wallet.lots.get(lot.key)
        taken = min(lot.amount, unspent.amount if unspent else ZERO)
        if taken:
            self._change(replace(lot, amount=-taken))
            self.entries.append(LedgerEntry(EntryType.REVERSAL, replace(lot, amount=-taken), event_id))
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
            self.close_hold(event_id)
        for lot in list(self.wallet.lots.values()):
            self._change(_negative(lot))
            self.entries.append(LedgerEntry(EntryType.TRANSFER, _negative(lot)))
        for reward_id, debt in self.wallet.debts.items():
            if debt:
                self.entries.append(LedgerEntry(EntryType.TRANSFER, _nothing_of(reward_id, self.now), debt=-debt))
        self.wallet.debts.update(dict.fromkeys(self.wallet.debts, ZERO))

    def transfer_in(self, other: Wallet) -> None:
        """Take over another's lots, debts and holds; what one owes is paid from what the other has."""
        for reward_id, debt in other.debts.items():
            self.wallet.debts.setdefault(reward_id, ZERO)
            self._charge(EntryType.TRANSFER, _nothing_of(reward_id, self.now), debt, None)
        for lot in other.lots.values():
            self._credit(EntryType.TRANSFER, lot, None)
        self.wallet.holds.update(other.holds)

    def expire_lots(self, most: int) -> bool:
        """Take up to `most` lots past their expiry out of the wallet; whether any dead one is left."""
        dead = [lot for lot in self.wallet.lots.values() if not lot.is_active(self.now)]
        for lot in dead[:most]:
            self._change(_negative(lot))
            self.expired_lots.append(lot)
            self.entries.append(LedgerEntry(EntryType.EXPIRATION, _negative(lot)))
        return len(dead) > most

    def _credit(self, type_: EntryType, lot: Lot, event_id: str | None) -> None:
        debt = self.wallet.debts.setdefault(lot.reward_id, ZERO)
        paid = min(debt, lot.amount) if lot.is_active(self.now) else ZERO
        if paid:
            self.wallet.debts[lot.reward_id] = normalize(debt - paid)
        kept = replace(lot, amount=normalize(lot.amount - paid))
        self._change(kept)
        self.entries.append(LedgerEntry(type_, kept, event_id, debt=-paid if paid else ZERO))

    def _charge(
        self, type_: EntryType, source: Lot, amount: Decimal, event_id: str | None, *, allow_negative: bool = True
    ) -> None:
        """Take an amount from living lots, soonest-expiring first; what they do not cover is owed, or let go."""
        reward_id = source.reward_id
        parts = self._take(reward_id, min(amount, max(self.wallet.available(reward_id, self.now), ZERO)))
        self.entries += [LedgerEntry(type_, _negative(part), event_id) for part in parts]
        owed = normalize(amount - sum((part.amount for part in parts), ZERO))
        if owed and allow_negative:
            self.wallet.debts[reward_id] = normalize(self.wallet.debts.get(reward_id, ZERO) + owed)
            self.entries.append(LedgerEntry(type_, replace(source, amount=ZERO), event_id, debt=owed))

    def _take(self, reward_id: str, amount: Decimal) -> list[Lot]:
        living = [lot for lot in self.wallet.lots.values() if lot.reward_id == reward_id and lot.is_active(self.now)]
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


def as_of(wallet: Wallet, now: datetime) -> WalletUpdate:
    """The wallet as it is at that instant whatever has been settled so far, and the lines that make it so."""
    ledger = WalletUpdate(wallet, now)
    ledger.release_expired_holds()
    ledger.expire_lots(len(ledger.wallet.lots))
    return ledger


def balances(wallet: Wallet, now: datetime) -> list[Balance]:
    """The sums of every reward the customer ever had, by reward id, as of that instant."""
    settled = as_of(wallet, now).wallet
    living = sorted(settled.lots.values(), key=_soonest_first)
    held = [lot for hold in settled.holds.values() for lot in hold.reserved]
    promised = [lot for hold in settled.holds.values() for lot in hold.pending]
    return [
        Balance(
            reward_id,
            normalize(_sum(living, reward_id) - settled.debts[reward_id]),
            _sum(held, reward_id),
            _sum(promised, reward_id),
            next((lot.expires_at for lot in living if lot.reward_id == reward_id), None),
        )
        for reward_id in sorted(settled.debts)
    ]


def active_lots(wallet: Wallet, now: datetime) -> list[Lot]:
    """What can be spent as of that instant, in the order in which it will be."""
    return sorted(as_of(wallet, now).wallet.lots.values(), key=_soonest_first)


def _sum(lots: Sequence[Lot], reward_id: str) -> Decimal:
    return normalize(sum((lot.amount for lot in lots if lot.reward_id == reward_id), ZERO))


def _negative(lot: Lot) -> Lot:
    return replace(lot, amount=-lot.amount)


def _nothing_of(reward_id: str, now: datetime) -> Lot:
    return Lot(reward_id, ZERO, None, now, None)


def _soonest_first(lot: Lot) -> tuple[datetime, datetime, str]:
    return (lot.expires_at or _NEVER, lot.issued_at, lot.campaign_id or "")
