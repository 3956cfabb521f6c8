"""A customer's wallet as it is stored, and what it comes to at an instant.

available = active lots - debt      reserved = what open holds took      pending = what open holds promise
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from loyalty.domain.money import ZERO, normalize
from loyalty.domain.wallet.lots import Hold, Lot, LotKey

MAX_OPEN_HOLDS = 100


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
        living = (lot.amount for lot in self.lots.values() if lot.reward_id == reward_id and lot.is_active(now))
        return sum(living, -self.debts.get(reward_id, ZERO))


def apply_lot(wallet: Wallet, change: Lot) -> None:
    """Add a signed change to the lot it names; a lot of nothing is no lot."""
    kept = wallet.lots.get(change.key)
    amount = normalize(kept.amount + change.amount) if kept else change.amount
    if amount:
        wallet.lots[change.key] = replace(kept or change, amount=amount)
    else:
        wallet.lots.pop(change.key, None)
