"""Notices that no event causes: points expire soon, `remind_before` ahead, or vesting points are available."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from loyalty.domain.program.brands import Brand
from loyalty.domain.times import earlier, parse_period
from loyalty.domain.wallet.lots import Lot
from loyalty.domain.wallet.wallet import Wallet

# DynamoDB deletes most items within two days of their TTL: so much before a reminder is due, its deadline may go.
EARLY = timedelta(days=2)


class Reminder(NamedTuple):
    """The lots that expire at one instant, as they were when the reminder was due; immutable."""

    at: datetime
    expires_at: datetime
    lots: tuple[Lot, ...]


def due_reminders(wallet: Wallet, brand: Brand, now: datetime) -> list[Reminder]:
    """The reminders that are due, also those that were sent before; none of what has ended or been spent."""
    by_end: dict[datetime, list[Lot]] = {}
    for lot, expires_at, due in _ending(wallet, brand):
        if due <= now < expires_at:
            by_end.setdefault(expires_at, []).append(lot)
    return [Reminder(now, expires_at, tuple(lots)) for expires_at, lots in sorted(by_end.items())]


def next_notice(wallet: Wallet, brand: Brand, now: datetime) -> datetime | None:
    """When the next notice is due: a reminder, or that vesting points are available; None if there is none."""
    times = [due for _, _, due in _ending(wallet, brand)]
    times += [lot.available_from for lot in wallet.lots.values() if lot.available_from]
    return min((one for one in times if one > now), default=None)


def has_vested(wallet: Wallet, now: datetime) -> bool:
    """Whether points have become available since the last change of the wallet."""
    return any(lot.available_from and not lot.is_vesting(now) for lot in wallet.lots.values())


def _ending(wallet: Wallet, brand: Brand) -> Iterator[tuple[Lot, datetime, datetime]]:
    """Each lot that expires, when it does, and when to remind of it; no lot that lasts less than `remind_before`."""
    if brand.remind_before is None:
        return
    before = parse_period(brand.remind_before)
    for lot in wallet.lots.values():
        if lot.expires_at:
            due = earlier(lot.expires_at, before, brand.tz)
            if lot.issued_at < due:
                yield lot, lot.expires_at, due
