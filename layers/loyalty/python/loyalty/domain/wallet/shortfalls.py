"""What reversals found spent of a lot, for as long as it can come back: no order of reversals makes points of nothing.

A reversal takes what its lot has left, then other lots in its stead, and waives the rest if the reward has no debts. If
what had been spent comes back later, it first makes up for what was waived, then goes back to the lots that stood in;
only the rest is the customer's. What is earned, or spent, after a reversal owes it nothing.

    amount of a lot = granted - redeemed - what stood in for other lots + its shortfalls

A shortfall is settled by what was redeemed before it, oldest shortfall first, so once all redemptions are undone, each
lot has exactly what the events that stand have granted. It outlives its lot: what comes back to one that has ended goes
on to those that stood in for it, and only what is the customer's counts as expired.

Where lots cannot be told apart, one pooled shortfall has what was waived of all lots of the reward: after more
reversals than are remembered, and once the reward has had a debt, which the points of any lot pay.
"""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from loyalty.domain.money import ZERO, normalize, total
from loyalty.domain.wallet.lots import Lot, LotKey

MAX_SHORTFALL_AMOUNTS = 50
"""How many amounts the shortfalls of one reward may have together before they are pooled."""

_POOL = ""


class Shortfall(NamedTuple):
    """What a reversal could not take from a lot: what it `waived`, and what it has `taken` from other lots instead.

    `sequence` is that of the reversal's journal record. No campaign has the id of a pooled one, which is empty.
    """

    sequence: int
    reward_id: str
    campaign_id: str | None
    expires_at: datetime | None
    waived: Decimal = ZERO
    taken: tuple[Lot, ...] = ()

    @property
    def key(self) -> LotKey:
        """The lot that it is about."""
        return LotKey(self.reward_id, self.campaign_id, self.expires_at)

    @property
    def is_pooled(self) -> bool:
        """Whether it is about all lots of its reward."""
        return self.campaign_id == _POOL

    @property
    def is_settled(self) -> bool:
        """Whether there is nothing left of it; a pooled one stays, because it is about all lots of the reward."""
        return not (self.waived or self.taken or self.is_pooled)

    def concerns(self, lot: Lot, now: datetime) -> bool:
        """Whether points that come back to a lot have to make up for it. To an expired one they come for nothing."""
        if self.is_pooled:
            return self.reward_id == lot.reward_id and lot.is_active(now)
        return self.key == lot.key


Shortfalls = tuple[Shortfall, ...]
"""The shortfalls of a wallet, oldest first."""


class Settlement(NamedTuple):
    """The shortfalls after points came back to a lot: how much was waived of it, and what goes back to other lots.

    Each part goes back with the sequence of the reversal that took it.
    """

    shortfalls: Shortfalls
    waived: Decimal
    parts: tuple[tuple[int, Lot], ...]

    @property
    def withheld(self) -> Decimal:
        """What the lot itself does not get."""
        return normalize(self.waived + total(part.amount for _, part in self.parts))


def with_shortfall(shortfalls: Shortfalls, shortfall: Shortfall, now: datetime) -> Shortfalls:
    """The shortfalls and one more; if its reward has too many amounts, without those of ended lots, or else pooled."""
    after, reward_id = (*shortfalls, shortfall), shortfall.reward_id
    if _has_room(after, reward_id):
        return after
    after = _without_ended(after, reward_id, now)
    return after if _has_room(after, reward_id) else pooled(after, reward_id, now)


def _has_room(shortfalls: Shortfalls, reward_id: str) -> bool:
    own = [one for one in shortfalls if one.reward_id == reward_id]
    return not any(one.is_pooled for one in own) and sum(1 + len(one.taken) for one in own) <= MAX_SHORTFALL_AMOUNTS


def settle(shortfalls: Shortfalls, returned: Lot, sequence: int, now: datetime) -> Settlement:
    """What points have to make up for that come back to a lot, and were redeemed by the event of that sequence."""
    left, waived = returned.amount, ZERO
    parts: list[tuple[int, Lot]] = []
    after: list[Shortfall] = []
    for one in shortfalls:
        if not left or one.sequence < sequence or not one.concerns(returned, now):
            after.append(one)
            continue
        made_up = min(one.waived, left)
        waived, left, taken = waived + made_up, left - made_up, list[Lot]()
        for lot in one.taken:
            amount = min(lot.amount, left)
            left -= amount
            parts += [(one.sequence, lot._replace(amount=normalize(amount)))] if amount else []
            taken += [lot._replace(amount=normalize(lot.amount - amount))] if amount < lot.amount else []
        after.append(one._replace(waived=normalize(one.waived - made_up), taken=tuple(taken)))
    return Settlement(tuple(one for one in after if not one.is_settled), waived, tuple(parts))


def pooled(shortfalls: Shortfalls, reward_id: str, now: datetime) -> Shortfalls:
    """The shortfalls with a single one for all lots of the reward that have not ended, for ever."""
    own = [one for one in shortfalls if one.reward_id == reward_id]
    last = max((one.sequence for one in own), default=0)
    waived = normalize(total(one.waived for one in own if not _has_ended(one, now)))
    pool = Shortfall(last, reward_id, _POOL, None, waived)
    return (*(one for one in shortfalls if one.reward_id != reward_id), pool)


def merged_shortfalls(some: Shortfalls, others: Shortfalls, sequence: int, now: datetime) -> Shortfalls:
    """Those of two customers who become one with the record of that sequence.

    The second one's events have no sequence in the journal of the first: they count as older than all shortfalls.
    """
    result = some
    for one in others:
        result = with_shortfall(result, one._replace(sequence=sequence), now)
    return result


def _without_ended(shortfalls: Shortfalls, reward_id: str, now: datetime) -> Shortfalls:
    """Of this reward those by which points can get to a lot that is active, as long as no reversal adds another one."""
    kept: list[Shortfall] = []
    for one in shortfalls[::-1]:  # what goes back to other lots settles later shortfalls
        ended = one.reward_id == reward_id and _has_ended(one, now)
        if not ended or any(lot.is_active(now) or any(later.key == lot.key for later in kept) for lot in one.taken):
            kept.append(one)
    return tuple(kept[::-1])


def _has_ended(one: Shortfall, now: datetime) -> bool:
    return one.expires_at is not None and one.expires_at <= now
