"""What campaigns have left to give, as far as it was read, and what one transaction takes of it and gives back.

A campaign's budget and its number of times lie in eight shards, so that many can take at once. Mostly the one shard
that a decision read has enough. If not, all of them together say how much there is, exactly.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from functools import reduce
from typing import NamedTuple
from zlib import crc32

from loyalty.domain.errors import invalid
from loyalty.domain.money import ZERO, normalize

SHARDS = tuple("01234567")
# A transaction holds 100 items; six are the customer's, the deadlines', the identities' and a second slot's.
MAX_WRITES = 94
MAX_BUDGETS_PER_TRIGGER = 20
# What is only shown is not written, so it has room for everything.
UNLIMITED = 1_000_000


class BudgetAmount(NamedTuple):
    """A part of a campaign's budget, and of its number of times."""

    amount: Decimal = ZERO
    times: int = 0

    def plus(self, other: "BudgetAmount") -> "BudgetAmount":
        """The sum of both."""
        return BudgetAmount(normalize(self.amount + other.amount), self.times + other.times)

    def minus(self, other: "BudgetAmount") -> "BudgetAmount":
        """What is left of it."""
        return BudgetAmount(normalize(self.amount - other.amount), self.times - other.times)

    def covers(self, wanted: "BudgetAmount") -> bool:
        """Whether it has all that is wanted; of what is not wanted it may owe something, as limits can be lowered."""
        return (not wanted.amount or self.amount >= wanted.amount) and (not wanted.times or self.times >= wanted.times)


def total(shares: Iterable[BudgetAmount]) -> BudgetAmount:
    """The sum of them all."""
    return reduce(BudgetAmount.plus, shares, BudgetAmount())


class NeedsAllShards(Exception):
    """What was read of a budget is not enough, and there may be more in the shards that were not."""


class BudgetFragmented(Exception):
    """What is left lies in more shards than a transaction can write: that of `campaigns` has to be gathered first."""

    def __init__(self, campaigns: Collection[str]) -> None:
        super().__init__(*campaigns)
        self.campaigns = campaigns


BudgetLeft = Mapping[str, Mapping[str, BudgetAmount]]
"""By campaign and shard, what is left."""


def first_shard(event_id: str) -> str:
    """The shard that an event takes from if it can."""
    return SHARDS[crc32(event_id.encode()) % len(SHARDS)]


class BudgetReservation:
    """The budgets while a transaction is decided on: `takes` by campaign and shard, `refunds` by campaign."""

    def __init__(self, left: BudgetLeft | None = None, room: int = MAX_WRITES) -> None:
        self._left = {campaign_id: dict(shards) for campaign_id, shards in (left or {}).items()}
        self._room = room
        self._most_refunds = room // 2
        self.consumed: dict[tuple[str, str], BudgetAmount] = {}
        self.refunds: dict[str, BudgetAmount] = {}

    def available(self, campaign_id: str, wanted: BudgetAmount) -> BudgetAmount:
        """What is left of a campaign's budget and times; NeedsAllShards if what was read falls short."""
        shards = self._left.get(campaign_id, {})
        known = total(shards.values())
        if not known.covers(wanted) and len(shards) < len(SHARDS):
            raise NeedsAllShards
        return known

    def consume(self, campaign_id: str, wanted: BudgetAmount) -> BudgetAmount:
        """Take what is wanted, of what is left; what was taken.

        From the one shard that has it all, else from the fullest first. Where the transaction has no room for that,
        raises BudgetFragmented if it would have, were all of a campaign in one shard; else ValidationError.
        """
        shards = self._left[campaign_id]
        enough = [shard for shard, has in shards.items() if has.covers(wanted)]
        fullest = sorted(shards, key=lambda shard: (shards[shard].times >= wanted.times, shards[shard].amount))
        taken = BudgetAmount()
        for shard in enough[:1] or reversed(fullest):
            missing, has = wanted.minus(taken), shards[shard]
            part = BudgetAmount(max(ZERO, min(missing.amount, has.amount)), max(0, min(missing.times, has.times)))
            if part == BudgetAmount():
                continue
            if self._room <= 0 and (campaign_id, shard) not in self.consumed:
                raise self._full([] if enough else [campaign_id])
            self._room -= (campaign_id, shard) not in self.consumed
            self.consumed[campaign_id, shard] = self.consumed.get((campaign_id, shard), BudgetAmount()).plus(part)
            shards[shard] = has.minus(part)
            taken = taken.plus(part)
        return taken

    def _full(self, scattered: Collection[str]) -> Exception:
        shards = Counter(campaign_id for campaign_id, _ in self.consumed)
        several = {*scattered, *(campaign_id for campaign_id, count in shards.items() if count > 1)}
        # Of one event there can be no more: a trigger has at most MAX_BUDGETS_PER_TRIGGER campaigns to take from.
        problem = "take from more budgets than one transaction can hold; send fewer at once"
        return BudgetFragmented(several) if several else invalid("events", problem)

    def reserve_writes(self, writes: int) -> bool:
        """Keep room in the transaction for so many more writes; False if there is none."""
        fits = self._room >= writes
        self._room -= writes if fits else 0
        return fits

    def refund(self, owed: Mapping[str, BudgetAmount]) -> dict[str, BudgetAmount]:
        """Give back what is owed to budgets, as far as the transaction has room; what is still owed after it."""
        later: dict[str, BudgetAmount] = {}
        for campaign_id, share in owed.items():
            if campaign_id in self.refunds or len(self.refunds) < self._most_refunds:
                self._room -= campaign_id not in self.refunds
                self.refunds[campaign_id] = self.refunds.get(campaign_id, BudgetAmount()).plus(share)
            else:
                later[campaign_id] = share
        return later


class BudgetRemainder(NamedTuple):
    """What a campaign has left of its budget and of its times, None where it has no such limit."""

    budget: Decimal | None
    times: int | None


def remainder(shards: Mapping[str, BudgetAmount], *, budget: bool, times: bool) -> BudgetRemainder:
    """All shards of a campaign together; below zero where a limit was lowered under what had been used up."""
    left = total(shards.values())
    return BudgetRemainder(left.amount if budget else None, left.times if times else None)


def spread(share: BudgetAmount) -> dict[str, BudgetAmount]:
    """A campaign's whole budget and times over the shards: evenly in whole units, a debt on the first one alone."""
    amount, times = max(ZERO, share.amount) // len(SHARDS), max(0, share.times) // len(SHARDS)
    rest = share.minus(BudgetAmount(amount * len(SHARDS), times * len(SHARDS)))
    return {shard: BudgetAmount(amount, times).plus(rest if shard == SHARDS[0] else BudgetAmount()) for shard in SHARDS}
