"""A customer's wallet as it is stored.

available = active lots - debt      reserved = taken by open holds      pending = granted when holds are fulfilled,
                                                                                  or granted, and available later
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from loyalty.domain.money import ZERO, normalize
from loyalty.domain.wallet.lots import Hold, Lot, LotKey
from loyalty.domain.wallet.shortfalls import Shortfalls

MAX_OPEN_HOLDS = 100
MAX_LOTS = 4000
MAX_LOTS_PER_EVENT = 500


@dataclass(frozen=True)
class Wallet:
    """Lots by key, debts by reward (zero for every reward the customer ever had), open holds by event.

    `shortfalls` are what reversals found spent, which points that come back have to make up for.
    """

    lots: dict[LotKey, Lot] = field(default_factory=dict)
    debts: dict[str, Decimal] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    shortfalls: Shortfalls = ()

    def copy(self) -> "Wallet":
        """A copy with dictionaries of its own."""
        return Wallet(dict(self.lots), dict(self.debts), dict(self.holds), self.shortfalls)

    @property
    def held_offers(self) -> frozenset[str]:
        """The offers in its holds, including expired holds that have not been released yet."""
        return frozenset(offer_id for hold in self.holds.values() for offer_id in hold.offers)

    def available(self, reward_id: str, now: datetime) -> Decimal:
        """What can be spent of a reward, negative if there is a debt; expired holds do not count as released."""
        active = (lot.amount for lot in self.lots.values() if lot.reward_id == reward_id and lot.is_active(now))
        return sum(active, -self.debts.get(reward_id, ZERO))


def apply_lot(wallet: Wallet, change: Lot) -> None:
    """Add a signed amount to its lot. A lot that comes to zero is removed."""
    lot = wallet.lots.get(change.key)
    amount = normalize(lot.amount + change.amount) if lot else change.amount
    if amount:
        wallet.lots[change.key] = (lot or change)._replace(amount=amount)
    else:
        wallet.lots.pop(change.key, None)
