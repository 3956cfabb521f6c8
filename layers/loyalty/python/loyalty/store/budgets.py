"""Budgets of campaigns: counters in eight shards, exact to the unit.

A shard item has what is `left` of the budget and of the number of `times`. The first one also has the `budget` and the
`max_times` that the campaign's limits last had.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from loyalty.domain.limits.budgets import SHARDS, BudgetAmount, BudgetReservation, spread, total
from loyalty.domain.money import normalize
from loyalty.store import keys
from loyalty.store.table import Item, Write, WriteConflict, get_many, put, transact, update

Items = Mapping[keys.Key, Item]
BudgetLeft = dict[str, dict[str, BudgetAmount]]


def budget_keys(brand_id: str, campaign_ids: Iterable[str], shards: Sequence[str]) -> list[keys.Key]:
    """The keys of these shards of each campaign."""
    return [keys.budget(brand_id, campaign_id, shard) for campaign_id in campaign_ids for shard in shards]


def left_in(items: Items, brand_id: str, campaign_ids: Iterable[str], shards: Sequence[str]) -> BudgetLeft:
    """What these shards of each campaign have left, among these items; a shard without an item has nothing."""
    return {
        campaign_id: {shard: _left(items.get(keys.budget(brand_id, campaign_id, shard), {})) for shard in shards}
        for campaign_id in campaign_ids
    }


def load_left(brand_id: str, campaign_ids: Sequence[str], shards: Sequence[str] = SHARDS) -> BudgetLeft:
    """What these shards of each campaign have left: one round trip for up to 100 shards."""
    return left_in(get_many(budget_keys(brand_id, campaign_ids, shards)), brand_id, campaign_ids, shards)


def budget_writes(brand_id: str, budget: BudgetReservation) -> list[Write]:
    """Consume and refund what was decided. WriteConflict if a shard no longer has what is consumed of it.

    Refunds go to the first shard: only that one can have a debt, which a refund pays first. A transaction can write an
    item once, so what is consumed of the first shard is subtracted from its refund.
    """
    writes = []
    for (campaign_id, shard), amount in budget.consumed.items():
        if shard != SHARDS[0] or campaign_id not in budget.refunds:
            writes.append(_add(brand_id, campaign_id, shard, BudgetAmount().minus(amount), amount))
    for campaign_id, amount in budget.refunds.items():
        consumed = budget.consumed.get((campaign_id, SHARDS[0]), BudgetAmount())
        writes.append(_add(brand_id, campaign_id, SHARDS[0], amount.minus(consumed), consumed))
    return writes


def _add(brand_id: str, campaign_id: str, shard: str, change: BudgetAmount, consumed: BudgetAmount) -> Write:
    """Add a change to a shard, if it has what is consumed; of the part that is not consumed it may have a debt."""
    conditions: list[str] = []
    values: dict[str, Decimal | int] = {}
    if consumed.amount:
        conditions.append("#left >= :consumed_amount")
        values["consumed_amount"] = consumed.amount
    if consumed.times:
        conditions.append("#times >= :consumed_times")
        values["consumed_times"] = consumed.times
    return update(
        keys.budget(brand_id, campaign_id, shard),
        "ADD #left :left, #times :times",
        " AND ".join(conditions),
        WriteConflict(),
        left=change.amount,
        times=change.times,
        **values,
    )


def limit_writes(brand_id: str, campaign_id: str, budget: Decimal | None, times: int | None) -> list[Write]:
    """Set what is left of a campaign's budget and times to its new limits, less what has been used.

    Returns nothing if the limits are as before. WriteConflict if anyone consumes or refunds meanwhile. What a campaign
    has used counts for its id, even after changes of its limits and after it was deleted and created again.
    """
    if budget is None and times is None:
        return []
    items, left = _load_shards(brand_id, campaign_id)
    before = _limits(items, brand_id, campaign_id)
    limits = BudgetAmount(before.amount if budget is None else budget, times or before.times)
    if limits == before and keys.budget(brand_id, campaign_id, SHARDS[0]) in items:
        return []
    shards = spread(total(left.values()).plus(limits.minus(before)))
    return _shard_writes(brand_id, campaign_id, shards, left, items, limits)


def consolidate(brand_id: str, campaign_ids: Iterable[str]) -> None:
    """Move all that each of these campaigns has left to its first shard, where one write can consume it.

    In a transaction for each campaign. WriteConflict if anyone consumes or refunds meanwhile.
    """
    for campaign_id in campaign_ids:
        items, left = _load_shards(brand_id, campaign_id)
        shards = dict.fromkeys(SHARDS, BudgetAmount()) | {SHARDS[0]: total(left.values())}
        limits = _limits(items, brand_id, campaign_id)
        transact(*_shard_writes(brand_id, campaign_id, shards, left, items, limits))


def _load_shards(brand_id: str, campaign_id: str) -> tuple[Items, Mapping[str, BudgetAmount]]:
    items = get_many(budget_keys(brand_id, [campaign_id], SHARDS))
    return items, left_in(items, brand_id, [campaign_id], SHARDS)[campaign_id]


def _limits(items: Items, brand_id: str, campaign_id: str) -> BudgetAmount:
    """The limits that the campaign last had."""
    first = items.get(keys.budget(brand_id, campaign_id, SHARDS[0]), {})
    return BudgetAmount(Decimal(str(first.get("budget", 0))), int(str(first.get("max_times", 0))))


def _shard_writes(
    brand_id: str,
    campaign_id: str,
    shards: Mapping[str, BudgetAmount],
    before: Mapping[str, BudgetAmount],
    items: Items,
    limits: BudgetAmount,
) -> list[Write]:
    """Write all shards, if none has changed since it was read."""
    writes = []
    for shard, left in shards.items():
        key = keys.budget(brand_id, campaign_id, shard)
        item: Item = {"left": left.amount, "times": left.times}
        if shard == SHARDS[0]:
            item |= {"budget": limits.amount, "max_times": limits.times}
        if key in items:
            unchanged, was = "#left = :left AND #times = :times", before[shard]
            writes.append(put(key, item, unchanged, WriteConflict(), left=was.amount, times=was.times))
        else:
            writes.append(put(key, item, "attribute_not_exists(pk)", WriteConflict()))
    return writes


def _left(item: Item) -> BudgetAmount:
    return BudgetAmount(normalize(Decimal(str(item.get("left", 0)))), int(str(item.get("times", 0))))
