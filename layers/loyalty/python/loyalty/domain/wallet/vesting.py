"""Points that are granted now and available later: pending until an instant, and available by themselves at it.

Every read and every decision compares times, so nothing has to run at that instant. The next change of the wallet after
it drops the time from the lot, which so becomes one with others of its campaign that end with it: a customer has no
more lots than without vesting, but those of the days that are still pending.
"""

from collections.abc import Iterator
from datetime import datetime

from loyalty.domain.wallet.lots import Lot
from loyalty.domain.wallet.wallet import Wallet, apply_lot


def vest(wallet: Wallet, now: datetime) -> Iterator[Lot]:
    """Drop the times of lots that are available by now, in their order; yields each once it is dropped."""
    due = [lot for lot in wallet.lots.values() if lot.available_from and not lot.is_vesting(now)]
    for lot in sorted(due, key=_first_available):
        apply_lot(wallet, lot._replace(amount=-lot.amount))
        apply_lot(wallet, lot.vested)
        yield lot.vested


def _first_available(lot: Lot) -> tuple[datetime, datetime, str, str]:
    assert lot.available_from
    return lot.available_from, lot.issued_at, lot.reward_id, lot.campaign_id or ""
