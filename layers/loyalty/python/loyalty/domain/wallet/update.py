"""Changes to a wallet. Each is written to the ledger as well, so that the ledger always adds up to the wallet."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

from loyalty.domain.errors import InsufficientBalanceError, TooManyHoldsError, TooManyLotsError
from loyalty.domain.limits.counters import MAX_COUNTER_VALUES
from loyalty.domain.limits.usage import Usage
from loyalty.domain.money import ZERO, normalize, total
from loyalty.domain.wallet.lots import Balance, EntryType, Hold, LedgerEntry, Lot
from loyalty.domain.wallet.shortfalls import (
    Shortfall,
    Shortfalls,
    merged_shortfalls,
    pooled,
    settle,
    with_shortfall,
)
from loyalty.domain.wallet.vesting import vest
from loyalty.domain.wallet.wallet import MAX_LOTS, MAX_LOTS_PER_EVENT, MAX_OPEN_HOLDS, Wallet, apply_lot

_NEVER = datetime.max.replace(tzinfo=UTC)


class WalletUpdate:
    """Changes to a copy of a wallet at one instant.

    Collects their ledger `entries`, the ids of `closed_holds`, the `expired_lots`, the lots that are `vested` by now,
    and the `released_usage` of limits that has to be subtracted from the customer's.
    """

    def __init__(self, wallet: Wallet, now: datetime) -> None:
        self.wallet = wallet.copy()
        self._shortfalls_before = wallet.shortfalls
        self.now = now
        self.entries: list[LedgerEntry] = []
        self.closed_holds: list[str] = []
        self.expired_lots: list[Lot] = []
        self.released_usage: list[Usage] = []
        self.vested: list[Lot] = []
        self._vest()

    @property
    def new_shortfalls(self) -> Shortfalls | None:
        """All shortfalls of the wallet if they are not as they were, else None."""
        return None if self.wallet.shortfalls == self._shortfalls_before else self.wallet.shortfalls

    def release_hold(self, event_id: str) -> None:
        """Close a hold and return what it reserved; does nothing if it is closed already."""
        hold = self.close_hold(event_id)
        if hold:
            self.refund(EntryType.RELEASE, hold.reserved, event_id, hold.sequence)
            self.released_usage.append(hold.usage)

    def close_hold(self, event_id: str) -> Hold | None:
        """Remove a hold from the wallet without returning what it reserved."""
        hold = self.wallet.holds.pop(event_id, None)
        if hold:
            self.closed_holds.append(event_id)
        return hold

    def open_hold(self, event_id: str, hold: Hold) -> None:
        """Add a hold for an event in standby.

        Raises TooManyHoldsError if MAX_OPEN_HOLDS are open, or if all together would use more counter values than a
        customer's state may have.
        """
        if len(self.wallet.holds) >= MAX_OPEN_HOLDS:
            raise TooManyHoldsError(f"the customer has {MAX_OPEN_HOLDS} open holds; fulfil or reverse some first")
        progress_size = sum(other.usage.progress_size for other in self.wallet.holds.values())
        if hold.usage.progress_size + progress_size > MAX_COUNTER_VALUES:
            raise TooManyHoldsError("the customer's open holds count too much together; fulfil or reverse some first")
        self.wallet.holds[event_id] = hold
        for lot in hold.pending:
            self.wallet.debts.setdefault(lot.reward_id, ZERO)

    def refuse_too_many_lots(self, granted: Iterable[Lot]) -> None:
        """Raise TooManyLotsError if there is no room for lots that are to be granted, with those that holds promise.

        What was promised can always be granted, and what was reserved come back, so nothing else asks for room.
        """
        new = {lot.key for lot in granted}
        if len(new) > MAX_LOTS_PER_EVENT:
            problem = f"campaigns grant {len(new)} lots that end at different times; an event can have"
            raise TooManyLotsError(f"{problem} {MAX_LOTS_PER_EVENT}")
        active = {lot.key for lot in self.wallet.lots.values() if not lot.is_expired(self.now)}
        promised = {lot.key for hold in self.wallet.holds.values() for lot in hold.pending}
        if new - active and len(new | active | promised) > MAX_LOTS:
            raise TooManyLotsError(f"the customer has {MAX_LOTS} lots that end at different times; some must end first")

    def redeem(self, reward_id: str, amount: Decimal, event_id: str, *, held: bool) -> tuple[Lot, ...]:
        """Spend points, those that expire soonest first; returns the parts of lots that were taken.

        `held` if they are reserved by a hold. Raises InsufficientBalanceError if less than `amount` is available.
        """
        available = self.wallet.available(reward_id, self.now)
        if available < amount:
            raise InsufficientBalanceError(f"{reward_id}: {amount:f} asked for, {available:f} available")
        parts = self._take(reward_id, amount)
        self.entries += [LedgerEntry(EntryType.REDEMPTION, _negative(part), event_id, reserved=held) for part in parts]
        return tuple(parts)

    def grant(self, lots: Iterable[Lot], event_id: str | None) -> None:
        """Credit lots. They pay a debt first."""
        for lot in lots:
            self._credit(EntryType.ACCUMULATION, lot, event_id)

    def refund(self, type_: EntryType, lots: Iterable[Lot], event_id: str, sequence: int) -> None:
        """Return parts of lots that the event of that sequence redeemed, with their original expiry.

        They make up for what reversals found missing of their lots since then (see `Shortfall`).
        """
        for lot in lots:
            settled = settle(self.wallet.shortfalls, lot, sequence, self.now)
            self._set_shortfalls(settled.shortfalls)
            self._credit(type_, lot, event_id, withheld=settled.withheld)
            for reversal, part in settled.parts:
                self.refund(EntryType.REVERSAL, [part], event_id, reversal)

    def claw_back(
        self, lot: Lot, event_id: str, sequence: int, *, expired_unspent: Decimal, allow_negative: bool
    ) -> Decimal:
        """Undo a grant: debit what is left of it, then other lots for what was spent, then leave a debt if allowed.

        If no debt is allowed, a shortfall with the sequence of the reversal remembers the rest, and the other lots.
        `expired_unspent` is how much of that lot has expired without being spent, which is not debited again. Returns
        how much of it was used for this grant, so that another grant of the same lot does not count it again. A lot
        that is not available yet is there whole, so nothing else is debited for it.
        """
        if lot.key not in self.wallet.lots:
            lot = lot.vested  # it is available by the clock of another function
        unspent = self.wallet.lots.get(lot.key)
        debited = min(lot.amount, unspent.amount if unspent else ZERO)
        if debited:
            self._enter(EntryType.REVERSAL, lot._replace(amount=-debited), event_id)
        expired = min(lot.amount - debited, expired_unspent)
        if spent := lot.amount - debited - expired:
            parts = self._debit_available(EntryType.REVERSAL, lot.reward_id, spent, event_id)
            missing = normalize(spent - total(part.amount for part in parts))
            if allow_negative:
                self._owe(EntryType.REVERSAL, lot.vested, missing, event_id)
                self._set_shortfalls(pooled(self.wallet.shortfalls, lot.reward_id, self.now))
            else:
                key = lot.vested.key
                shortfall = Shortfall(sequence, key.reward_id, key.campaign_id, key.expires_at, missing, tuple(parts))
                self._set_shortfalls(with_shortfall(self.wallet.shortfalls, shortfall, self.now))
        return expired

    def adjust(self, lot: Lot, *, allow_negative: bool) -> None:
        """Credit a lot. If its amount is negative, debit active lots, and leave a debt for the rest if allowed.

        Raises InsufficientBalanceError if there would be a debt and none is allowed, and TooManyLotsError.
        """
        if lot.amount > 0:
            self.refuse_too_many_lots([lot])
            self._credit(EntryType.ADJUSTMENT, lot, None)
            return
        self.wallet.debts.setdefault(lot.reward_id, ZERO)
        available = self.wallet.available(lot.reward_id, self.now)
        if available + lot.amount < 0 and not allow_negative:
            raise InsufficientBalanceError(f"{lot.reward_id}: {-lot.amount:f} to be taken, {available:f} available")
        self._debit(EntryType.ADJUSTMENT, lot.reward_id, -lot.amount)

    def migrate(self, lots: Iterable[Lot]) -> None:
        """Credit lots that a customer brings along from another product; those below zero are debts.

        A debt takes lots of its reward first, those that expire soonest before others. Raises TooManyLotsError.
        """
        lots = list(lots)
        credits_ = [lot for lot in lots if lot.amount > 0]
        self.refuse_too_many_lots(credits_)
        for lot in credits_:
            self._credit(EntryType.MIGRATION, lot, None)
        for lot in lots:
            if lot.amount < 0:
                self.wallet.debts.setdefault(lot.reward_id, ZERO)
                self._debit(EntryType.MIGRATION, lot.reward_id, -lot.amount)

    def transfer_out(self) -> None:
        """Empty the wallet of lots, debts and holds, which go to the customer it is merged into."""
        for event_id in list(self.wallet.holds):
            self.close_hold(event_id)
        for lot in list(self.wallet.lots.values()):
            apply_lot(self.wallet, _negative(lot))
            self.entries.append(LedgerEntry(EntryType.TRANSFER, _negative(lot)))
        for reward_id, debt in self.wallet.debts.items():
            if debt:
                self.entries.append(LedgerEntry(EntryType.TRANSFER, _empty_lot(reward_id, self.now), debt=-debt))
        self.wallet.debts.update(dict.fromkeys(self.wallet.debts, ZERO))
        self._set_shortfalls(())

    def transfer_in(self, other: Wallet, sequence: int) -> None:
        """Add the lots, debts and holds of a customer who is merged into this one with the record of that sequence.

        A debt of either is paid with the points of the other.
        """
        for reward_id, debt in other.debts.items():
            self.wallet.debts.setdefault(reward_id, ZERO)
            self._debit(EntryType.TRANSFER, reward_id, debt)
        for lot in other.lots.values():
            self._credit(EntryType.TRANSFER, lot, None)
        self._set_shortfalls(merged_shortfalls(self.wallet.shortfalls, other.shortfalls, sequence, self.now))
        self.wallet.holds.update(merged_holds(other))

    def expire_lots(self, limit: int) -> None:
        """Remove up to `limit` expired lots from the wallet."""
        expired = [lot for lot in self.wallet.lots.values() if lot.is_expired(self.now)]
        for lot in expired[:limit]:
            apply_lot(self.wallet, _negative(lot))
            self.expired_lots.append(lot)
            self.entries.append(LedgerEntry(EntryType.EXPIRATION, _negative(lot)))

    def _vest(self) -> None:
        """Make lots available whose time has come. They pay a debt first, which changes nothing of `available`."""
        for lot in vest(self.wallet, self.now):
            self.vested.append(lot)
            debt = self.wallet.debts.get(lot.reward_id, ZERO)
            if paid := min(debt, lot.amount):
                self.wallet.debts[lot.reward_id] = normalize(debt - paid)
                self._set_shortfalls(pooled(self.wallet.shortfalls, lot.reward_id, self.now))
                self._enter(EntryType.ACCUMULATION, lot._replace(amount=-paid), None, debt=-paid)

    def _credit(self, type_: EntryType, lot: Lot, event_id: str | None, *, withheld: Decimal = ZERO) -> None:
        """Credit a lot, less what is withheld of it; the rest pays a debt first, if the lot is active."""
        lot = lot.as_of(self.now)
        debt = self.wallet.debts.setdefault(lot.reward_id, ZERO)
        paid = min(debt, lot.amount - withheld) if lot.is_active(self.now) else ZERO
        if paid:
            self.wallet.debts[lot.reward_id] = normalize(debt - paid)
            self._set_shortfalls(pooled(self.wallet.shortfalls, lot.reward_id, self.now))
        self._enter(type_, lot._replace(amount=normalize(lot.amount - paid)), event_id, debt=-paid if paid else ZERO)
        if withheld:
            self._enter(EntryType.REVERSAL, lot._replace(amount=-withheld), event_id)

    def _debit(self, type_: EntryType, reward_id: str, amount: Decimal) -> None:
        """Debit active lots, those that expire soonest first; what they do not cover becomes a debt."""
        parts = self._debit_available(type_, reward_id, amount, None)
        missing = normalize(amount - total(part.amount for part in parts))
        self._owe(type_, _empty_lot(reward_id, self.now), missing, None)

    def _debit_available(self, type_: EntryType, reward_id: str, amount: Decimal, event_id: str | None) -> list[Lot]:
        """Debit active lots as far as they are available; returns the parts of lots that were taken."""
        parts = self._take(reward_id, min(amount, max(self.wallet.available(reward_id, self.now), ZERO)))
        self.entries += [LedgerEntry(type_, _negative(part), event_id) for part in parts]
        return parts

    def _owe(self, type_: EntryType, source: Lot, amount: Decimal, event_id: str | None) -> None:
        """Add to the debt of the source's reward."""
        if amount:
            debt = self.wallet.debts.get(source.reward_id, ZERO)
            self.wallet.debts[source.reward_id] = normalize(debt + amount)
            self.entries.append(LedgerEntry(type_, source._replace(amount=ZERO), event_id, debt=amount))

    def _enter(self, type_: EntryType, lot: Lot, event_id: str | None, debt: Decimal = ZERO) -> None:
        apply_lot(self.wallet, lot)
        self.entries.append(LedgerEntry(type_, lot, event_id, debt=debt))

    def _set_shortfalls(self, shortfalls: Shortfalls) -> None:
        self.wallet = replace(self.wallet, shortfalls=shortfalls)

    def _take(self, reward_id: str, amount: Decimal) -> list[Lot]:
        active = [lot for lot in self.wallet.lots.values() if lot.reward_id == reward_id and lot.is_active(self.now)]
        parts: list[Lot] = []
        for lot in sorted(active, key=_soonest_first):
            if amount <= 0:
                break
            part = lot._replace(amount=min(lot.amount, amount))
            amount -= part.amount
            apply_lot(self.wallet, _negative(part))
            parts.append(part)
        return parts


def begin_update(wallet: Wallet, now: datetime) -> WalletUpdate:
    """An update that has released the holds past their deadline, so that what they reserved can be spent at once."""
    update = WalletUpdate(wallet, now)
    for event_id, hold in wallet.holds.items():
        if not hold.is_active(now):
            update.release_hold(event_id)
    return update


def as_of(wallet: Wallet, now: datetime) -> WalletUpdate:
    """The wallet as of that instant: with expired holds and lots settled, and the entries that settle them."""
    update = begin_update(wallet, now)
    update.expire_lots(len(update.wallet.lots))
    return update


def balances(wallet: Wallet, now: datetime) -> list[Balance]:
    """The balance of every reward the customer ever had, by reward id, as of that instant."""
    current = as_of(wallet, now).wallet
    lots = sorted(current.lots.values(), key=_soonest_first)
    active = [lot for lot in lots if lot.is_active(now)]
    vesting = [lot for lot in lots if lot.is_vesting(now)]
    reserved = [lot for hold in current.holds.values() for lot in hold.reserved]
    pending = [lot for hold in current.holds.values() for lot in hold.pending]
    return [
        Balance(
            reward_id,
            normalize(_sum(active, reward_id) - current.debts[reward_id]),
            _sum(reserved, reward_id),
            _sum([*pending, *vesting], reward_id),
            next((lot.expires_at for lot in lots if lot.reward_id == reward_id), None),
        )
        for reward_id in sorted(current.debts)
    ]


def merged_holds(wallet: Wallet) -> dict[str, Hold]:
    """The holds of a wallet as they are in that of the customer it is merged into, where their events come first."""
    return {event_id: hold._replace(sequence=0) for event_id, hold in wallet.holds.items()}


def unexpired_lots(wallet: Wallet, now: datetime) -> list[Lot]:
    """The lots that can be spent as of that instant, or later, in the order in which they will be."""
    return sorted(as_of(wallet, now).wallet.lots.values(), key=_soonest_first)


def _sum(lots: Sequence[Lot], reward_id: str) -> Decimal:
    return normalize(sum((lot.amount for lot in lots if lot.reward_id == reward_id), ZERO))


def _negative(lot: Lot) -> Lot:
    return lot._replace(amount=-lot.amount)


def _empty_lot(reward_id: str, now: datetime) -> Lot:
    """Names the reward of an entry that changes a debt but no lot."""
    return Lot(reward_id, ZERO, None, now, None)


def _soonest_first(lot: Lot) -> tuple[datetime, datetime, str]:
    return (lot.expires_at or _NEVER, lot.issued_at, lot.campaign_id or "")
