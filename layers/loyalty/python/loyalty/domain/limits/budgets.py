"""Budgets of campaigns as one transaction sees them: what is left, what it consumes, and what it refunds.

A campaign's budget, and the number of times it may still reward, are split over shards so that concurrent events write
different items: eight, or as many as the campaign says. A decision reads one shard; if that is short, all are read,
which give the exact remainder.

Refunds go to any shard. If limits were lowered below what had been consumed, the first shard has the debt, and every
shard says that there is one (`owed`): then no single shard tells what is left, so all are read, and nothing is consumed
before the debt has been settled by consolidating them.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from functools import reduce
from typing import NamedTuple
from zlib import crc32

from loyalty.domain.errors import invalid
from loyalty.domain.money import ZERO, normalize

DEFAULT_SHARDS = 8
# All shards of a campaign are changed in one transaction of 100 writes, beside the campaign and its brand.
MAX_SHARDS = 64
# DynamoDB allows 100 writes a transaction. Six are for the customer, deadlines, identities and a second idempotency id.
MAX_WRITES = 94
MAX_BUDGETS_PER_TRIGGER = 20
# A dry run writes nothing, so the limit of a transaction does not apply to it.
UNLIMITED = 1_000_000


class BudgetAmount(NamedTuple):
    """Part of a campaign's budget: an amount, and a number of times it may reward."""

    amount: Decimal = ZERO
    times: int = 0

    def plus(self, other: "BudgetAmount") -> "BudgetAmount":
        """The sum of both."""
        return BudgetAmount(normalize(self.amount + other.amount), self.times + other.times)

    def minus(self, other: "BudgetAmount") -> "BudgetAmount":
        """The difference of both."""
        return BudgetAmount(normalize(self.amount - other.amount), self.times - other.times)

    def covers(self, wanted: "BudgetAmount") -> bool:
        """Whether it has all that is wanted; a part that is not wanted may be negative, as limits can be lowered."""
        return (not wanted.amount or self.amount >= wanted.amount) and (not wanted.times or self.times >= wanted.times)


def total(amounts: Iterable[BudgetAmount]) -> BudgetAmount:
    """The sum of all amounts."""
    return reduce(BudgetAmount.plus, amounts, BudgetAmount())


_NOTHING = BudgetAmount()


class NeedsAllShards(Exception):
    """The shards that were read are short, and others may have more: read all of them and decide again."""


class BudgetFragmented(Exception):
    """The budgets of `campaigns` are spread over more shards than a transaction can write: consolidate them first."""

    def __init__(self, campaigns: Collection[str]) -> None:
        super().__init__(*campaigns)
        self.campaigns = campaigns


class Shards(NamedTuple):
    """Over how many shards a campaign's budget is spread, and over how many it ever was: these can have some left."""

    number: int = DEFAULT_SHARDS
    ever: int = DEFAULT_SHARDS


class ShardsLeft(dict[str, BudgetAmount]):
    """What the shards that were read have left. `owed` is the debt that they say there is, `all` how many there are."""

    def __init__(
        self,
        left: Mapping[str, BudgetAmount] | None = None,
        all_shards: int = DEFAULT_SHARDS,
        owed: BudgetAmount = _NOTHING,
    ) -> None:
        super().__init__(left or {})
        self.all_shards = all_shards
        self.owed = owed

    def is_owed(self, wanted: BudgetAmount) -> bool:
        """Whether there is a debt of what is wanted."""
        return bool((wanted.amount and self.owed.amount) or (wanted.times and self.owed.times))


BudgetLeft = Mapping[str, Mapping[str, BudgetAmount]]
"""What is left, by campaign and shard; the shards of a campaign with a debt are ShardsLeft."""


def shard_names(count: int) -> tuple[str, ...]:
    """The names of that many shards."""
    return tuple(map(str, range(count)))


SHARDS = shard_names(DEFAULT_SHARDS)


def first_shard(event_id: str, count: int = DEFAULT_SHARDS) -> str:
    """The shard that an event reads first, and consumes from if it is sufficient; its refunds go there too."""
    return str(crc32(event_id.encode()) % count)


class BudgetReservation:
    """What one transaction does to budgets: `consumed` by campaign and shard, `refunds` by campaign."""

    def __init__(
        self, left: BudgetLeft | None = None, max_writes: int = MAX_WRITES, max_refunds: int | None = None
    ) -> None:
        self._left = {campaign_id: _copy(shards) for campaign_id, shards in (left or {}).items()}
        self._stores = max_writes < UNLIMITED
        self._writes_left = max_writes
        self._max_refunds = max_writes // 2 if max_refunds is None else max_refunds
        self.consumed: dict[tuple[str, str], BudgetAmount] = {}
        self.refunds: dict[str, BudgetAmount] = {}

    def available(self, campaign_id: str, wanted: BudgetAmount) -> BudgetAmount:
        """What a campaign has left in the shards that were read.

        Raises NeedsAllShards if that is less than wanted, or if there is a debt, and not all were read.
        """
        shards = self._left.get(campaign_id, ShardsLeft())
        available = total(shards.values())
        if len(shards) < shards.all_shards and (shards.is_owed(wanted) or not available.covers(wanted)):
            raise NeedsAllShards
        return available

    def consume(self, campaign_id: str, wanted: BudgetAmount) -> BudgetAmount:
        """Consume as much of what is wanted as is left, and return that.

        One shard that covers it is preferred, else the fullest are consumed first. If the transaction has no room for
        these writes, raises BudgetFragmented if consolidating budgets would make room, else ValidationError. Raises
        BudgetFragmented also if there is a debt that has been paid.
        """
        shards = self._left[campaign_id]
        if self._stores and wanted != _NOTHING and shards.is_owed(wanted):
            # What was refunded has paid the debt, but lies in other shards than the debt does.
            raise BudgetFragmented([campaign_id])
        sufficient = [shard for shard, left in shards.items() if left.covers(wanted)]
        fullest_last = sorted(shards, key=lambda shard: (shards[shard].times >= wanted.times, shards[shard].amount))
        consumed = BudgetAmount()
        for shard in sufficient[:1] or reversed(fullest_last):
            missing, left = wanted.minus(consumed), shards[shard]
            part = BudgetAmount(max(ZERO, min(missing.amount, left.amount)), max(0, min(missing.times, left.times)))
            if part == BudgetAmount():
                continue
            if (campaign_id, shard) not in self.consumed:
                if self._writes_left <= 0:
                    raise self._no_room([] if sufficient else [campaign_id])
                self._writes_left -= 1
            self.consumed[campaign_id, shard] = self.consumed.get((campaign_id, shard), BudgetAmount()).plus(part)
            shards[shard] = left.minus(part)
            consumed = consumed.plus(part)
        return consumed

    def _no_room(self, fragmented: Collection[str]) -> Exception:
        writes = Counter(campaign_id for campaign_id, _ in self.consumed)
        campaigns = {*fragmented, *(campaign_id for campaign_id, count in writes.items() if count > 1)}
        # Only a batch gets here: a single event has at most MAX_BUDGETS_PER_TRIGGER campaigns with budgets.
        problem = "take from more budgets than one transaction can hold; send fewer at once"
        return BudgetFragmented(campaigns) if campaigns else invalid("events", problem)

    def reserve_writes(self, count: int) -> bool:
        """Reserve that many writes of the transaction for something else; False, and nothing, if they do not fit."""
        fits = self._writes_left >= count
        self._writes_left -= count if fits else 0
        return fits

    def refund(self, amounts: Mapping[str, BudgetAmount]) -> dict[str, BudgetAmount]:
        """Refund amounts to campaigns as far as the transaction has room; returns what is still to be refunded."""
        pending: dict[str, BudgetAmount] = {}
        for campaign_id, amount in amounts.items():
            if campaign_id in self.refunds or len(self.refunds) < self._max_refunds:
                self._writes_left -= campaign_id not in self.refunds
                self.refunds[campaign_id] = self.refunds.get(campaign_id, BudgetAmount()).plus(amount)
            else:
                pending[campaign_id] = amount
        return pending


class BudgetRemainder(NamedTuple):
    """What a campaign has left of its budget and of its number of times; None where it has no such limit."""

    budget: Decimal | None
    times: int | None


def remainder(shards: Mapping[str, BudgetAmount], *, budget: bool, times: bool) -> BudgetRemainder:
    """The sum of all shards of a campaign; negative if a limit was lowered below what had been consumed."""
    left = total(shards.values())
    return BudgetRemainder(left.amount if budget else None, left.times if times else None)


def spread(whole: BudgetAmount, count: int = DEFAULT_SHARDS) -> dict[str, BudgetAmount]:
    """A campaign's budget split over the shards: evenly in whole units, with the rest and any debt on the first."""
    amount, times = max(ZERO, whole.amount) // count, max(0, whole.times) // count
    rest = whole.minus(BudgetAmount(amount * count, times * count))
    each = BudgetAmount(amount, times)
    return {shard: each if i else each.plus(rest) for i, shard in enumerate(shard_names(count))}


def debt(whole: BudgetAmount) -> BudgetAmount:
    """What a campaign owes: how far more was consumed than its limits are now."""
    return BudgetAmount(max(ZERO, -whole.amount), max(0, -whole.times))


def _copy(left: Mapping[str, BudgetAmount]) -> ShardsLeft:
    if isinstance(left, ShardsLeft):
        return ShardsLeft(left, left.all_shards, left.owed)
    return ShardsLeft(left)
