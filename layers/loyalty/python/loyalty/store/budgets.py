"""What campaigns have left of their budgets and times: counters in shards, exact to the unit.

A shard item holds `left` and `times`, and the first one also the `budget` and `max_times` that the campaign last had.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from loyalty.domain.limits.budgets import SHARDS, BudgetAmount, BudgetReservation, spread, total
from loyalty.domain.money import normalize
from loyalty.store import keys
from loyalty.store.table import Item, Write, WriteConflict, get_many, put, transact, update

Found = Mapping[keys.Key, Item]
BudgetLeft = dict[str, dict[str, BudgetAmount]]


def budget_keys(brand_id: str, campaign_ids: Iterable[str], shards: Sequence[str]) -> list[keys.Key]:
    """The keys of these shards of each campaign."""
    return [keys.budget(brand_id, campaign_id, shard) for campaign_id in campaign_ids for shard in shards]


def left_in(found: Found, brand_id: str, campaign_ids: Iterable[str], shards: Sequence[str]) -> BudgetLeft:
    """What these shards of each campaign have left, as read; a shard that was never written has nothing."""
    return {
        campaign_id: {shard: _share(found.get(keys.budget(brand_id, campaign_id, shard), {})) for shard in shards}
        for campaign_id in campaign_ids
    }


def load_left(brand_id: str, campaign_ids: Sequence[str], shards: Sequence[str] = SHARDS) -> BudgetLeft:
    """What these shards of each campaign have left: one round trip for up to 100 of them."""
    return left_in(get_many(budget_keys(brand_id, campaign_ids, shards)), brand_id, campaign_ids, shards)


def budget_writes(brand_id: str, budget: BudgetReservation) -> list[Write]:
    """Take and give back what was decided. WriteConflict if a shard has less by now than is taken of it.

    What comes back goes to the first shard, which alone may owe something: so a debt is paid first.
    """
    takes = [
        _take(brand_id, *place, share) for place, share in budget.consumed.items() if place not in _refunded(budget)
    ]
    return takes + [_refund(brand_id, campaign_id, share, budget) for campaign_id, share in budget.refunds.items()]


def _take(brand_id: str, campaign_id: str, shard: str, share: BudgetAmount) -> Write:
    condition, values = _enough(share)
    place = keys.budget(brand_id, campaign_id, shard)
    less = {"left": -share.amount, "times": -share.times}
    return update(place, "ADD #left :left, #times :times", condition, WriteConflict(), **less, **values)


def _enough(taken: BudgetAmount) -> tuple[str, dict[str, Any]]:
    """The condition that a shard still has what is taken of it; of the other kind it may owe something."""
    parts = (("#left >= :take", "take", taken.amount), ("#times >= :used", "used", taken.times))
    asked = [part for part in parts if part[2]]
    return " AND ".join(condition for condition, _, _ in asked), {name: number for _, name, number in asked}


def _refunded(budget: BudgetReservation) -> set[tuple[str, str]]:
    return {(campaign_id, SHARDS[0]) for campaign_id in budget.refunds}


def _refund(brand_id: str, campaign_id: str, share: BudgetAmount, budget: BudgetReservation) -> Write:
    # A transaction may write an item once: what it also takes of that shard, it takes off what it gives back.
    taken = budget.consumed.get((campaign_id, SHARDS[0]), BudgetAmount())
    back = share.minus(taken)
    condition, values = _enough(taken)
    place = keys.budget(brand_id, campaign_id, SHARDS[0])
    return update(
        place,
        "ADD #left :left, #times :times",
        condition,
        WriteConflict(),
        left=back.amount,
        times=back.times,
        **values,
    )


def limit_writes(brand_id: str, campaign_id: str, budget: Decimal | None, times: int | None) -> list[Write]:
    """Make what is left of a campaign's budget and times what its limits now say, less what has been used up before.

    Nothing if they are as they were. WriteConflict if anyone takes or gives back meanwhile. What a campaign has used up
    counts for as long as its id does, through changes and deletions.
    """
    if budget is None and times is None:
        return []
    found = get_many(budget_keys(brand_id, [campaign_id], SHARDS))
    left = left_in(found, brand_id, [campaign_id], SHARDS)[campaign_id]
    first = found.get(keys.budget(brand_id, campaign_id, SHARDS[0]), {})
    was = _whole(first)
    whole = BudgetAmount(was.amount if budget is None else budget, times or was.times)
    if first and whole == was:
        return []
    shares = spread(total(left.values()).plus(whole.minus(was)))
    return [_put(brand_id, campaign_id, shard, share, left[shard], found, whole) for shard, share in shares.items()]


def consolidate(brand_id: str, campaign_ids: Iterable[str]) -> None:
    """Put all that each of these campaigns has left into its first shard, where one write can take it.

    A transaction for each: nothing is taken, and how much is left stays the same. WriteConflict if anyone takes or
    gives back meanwhile.
    """
    for campaign_id in campaign_ids:
        found = get_many(budget_keys(brand_id, [campaign_id], SHARDS))
        left = left_in(found, brand_id, [campaign_id], SHARDS)[campaign_id]
        whole = _whole(found.get(keys.budget(brand_id, campaign_id, SHARDS[0]), {}))
        moved = dict.fromkeys(SHARDS, BudgetAmount()) | {SHARDS[0]: total(left.values())}
        transact(
            *(_put(brand_id, campaign_id, shard, amount, left[shard], found, whole) for shard, amount in moved.items())
        )


def _whole(first: Item) -> BudgetAmount:
    return BudgetAmount(Decimal(str(first.get("budget", 0))), int(str(first.get("max_times", 0))))


def _put(
    brand_id: str,
    campaign_id: str,
    shard: str,
    share: BudgetAmount,
    seen: BudgetAmount,
    found: Found,
    whole: BudgetAmount,
) -> Write:
    place = keys.budget(brand_id, campaign_id, shard)
    item: Item = {"left": share.amount, "times": share.times}
    if shard == SHARDS[0]:
        item |= {"budget": whole.amount, "max_times": whole.times}
    if place not in found:
        return put(place, item, "attribute_not_exists(pk)", WriteConflict())
    condition = "#left = :seen AND #times = :used"
    return put(place, item, condition, WriteConflict(), seen=seen.amount, used=seen.times)


def _share(item: Item) -> BudgetAmount:
    return BudgetAmount(normalize(Decimal(str(item.get("left", 0)))), int(str(item.get("times", 0))))
