"""Budgets of campaigns: counters in shards, exact to the unit.

A shard item has what is `left` of the budget and of the number of `times`, and whether any shard has a debt: `owed` and
`owed_times`. The first one also has the `budget` and the `max_times` that the campaign's limits last had, and over how
many `shards` it was ever spread: a process with older rules may still refund to one that is not used any more, so what
is left is always looked for in all of these.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from loyalty.domain.limits.budgets import (
    DEFAULT_SHARDS,
    SHARDS,
    BudgetAmount,
    BudgetReservation,
    Shards,
    ShardsLeft,
    debt,
    first_shard,
    shard_names,
    spread,
    total,
)
from loyalty.domain.money import normalize
from loyalty.store import keys
from loyalty.store.table import Item, Write, WriteConflict, amount_in, get_many, integer_in, put, transact, update

Items = Mapping[keys.Key, Item]
BudgetLeft = dict[str, ShardsLeft]


def first_shard_keys(brand_id: str, campaigns: Mapping[str, Shards], event_id: str) -> list[keys.Key]:
    """The key of the shard of each campaign that an event reads first."""
    return [
        keys.budget(brand_id, campaign_id, first_shard(event_id, shards.number))
        for campaign_id, shards in campaigns.items()
    ]


def first_left_in(items: Items, brand_id: str, campaigns: Mapping[str, Shards], event_id: str) -> BudgetLeft:
    """What the first shards of the event have left, among these items."""
    return {
        campaign_id: _left_in(items, brand_id, campaign_id, [first_shard(event_id, shards.number)], shards.ever)
        for campaign_id, shards in campaigns.items()
    }


def load_left(
    brand_id: str, campaign_ids: Iterable[str], event_id: str = "", counts: Mapping[str, Shards] | None = None
) -> BudgetLeft:
    """What all shards of each campaign have left, the event's own first: one round trip for up to 100 shards."""
    names = {}
    for campaign_id in campaign_ids:
        shards = (counts or {}).get(campaign_id, Shards())
        start = int(first_shard(event_id, shards.number))
        all_names = shard_names(shards.ever)
        names[campaign_id] = all_names[start:] + all_names[:start]
    items = get_many([keys.budget(brand_id, one, shard) for one, shards in names.items() for shard in shards])
    return {one: _left_in(items, brand_id, one, shards, len(shards)) for one, shards in names.items()}


def _left_in(items: Items, brand_id: str, campaign_id: str, shards: Sequence[str], all_shards: int) -> ShardsLeft:
    """What these shards have left, among these items; a shard without an item has nothing."""
    found = {shard: items.get(keys.budget(brand_id, campaign_id, shard), {}) for shard in shards}
    owed = BudgetAmount(
        max(amount_in(item, "owed") for item in found.values()),
        max(integer_in(item, "owed_times") for item in found.values()),
    )
    return ShardsLeft({shard: _left(item) for shard, item in found.items()}, all_shards, owed)


def budget_writes(brand_id: str, budget: BudgetReservation, event_id: str, counts: Mapping[str, int]) -> list[Write]:
    """Consume and refund what was decided. WriteConflict if a shard no longer has what is consumed of it.

    `counts` has how many shards a campaign has: an event's id decides which of them gets its refunds. A transaction can
    write an item once, so what is consumed of that shard is subtracted from the refund.
    """
    refunded_to = {
        campaign_id: first_shard(event_id, counts.get(campaign_id, DEFAULT_SHARDS)) for campaign_id in budget.refunds
    }
    writes = []
    for (campaign_id, shard), amount in budget.consumed.items():
        if shard != refunded_to.get(campaign_id):
            writes.append(_add(brand_id, campaign_id, shard, BudgetAmount().minus(amount), amount))
    for campaign_id, amount in budget.refunds.items():
        shard = refunded_to[campaign_id]
        consumed = budget.consumed.get((campaign_id, shard), BudgetAmount())
        writes.append(_add(brand_id, campaign_id, shard, amount.minus(consumed), consumed))
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


def limit_writes(
    brand_id: str, campaign_id: str, budget: Decimal | None, times: int | None, shards: int | None
) -> tuple[list[Write], int]:
    """Set what is left of a campaign's budget and times to its new limits, less what has been used.

    Returns the writes, none if the limits are as before, and over how many shards it was ever spread. WriteConflict if
    anyone consumes or refunds meanwhile. What a campaign has used counts for its id, even after changes of its limits
    and after it was deleted and created again. Another number of shards moves what is left, and changes nothing of it.
    """
    if budget is None and times is None:
        return [], DEFAULT_SHARDS
    items, left = _load_shards(brand_id, campaign_id)
    before = _limits(items, brand_id, campaign_id)
    limits = BudgetAmount(before.amount if budget is None else budget, times or before.times)
    first = items.get(keys.budget(brand_id, campaign_id, SHARDS[0]))
    count = shards or DEFAULT_SHARDS
    if first and limits == before and count == integer_in(first, "count", DEFAULT_SHARDS):
        return [], left.all_shards
    after = spread(total(left.values()).plus(limits.minus(before)), count)
    return _shard_writes(brand_id, campaign_id, after, left, items, limits, count), max(count, left.all_shards)


def consolidate(brand_id: str, campaign_ids: Iterable[str]) -> None:
    """Move all that each of these campaigns has left to its first shard, where one write can consume it.

    In a transaction for each campaign. WriteConflict if anyone consumes or refunds meanwhile.
    """
    for campaign_id in campaign_ids:
        items, left = _load_shards(brand_id, campaign_id)
        first = items.get(keys.budget(brand_id, campaign_id, SHARDS[0]), {})
        count = integer_in(first, "count", DEFAULT_SHARDS)
        limits = _limits(items, brand_id, campaign_id)
        after = {SHARDS[0]: total(left.values())}
        transact(*_shard_writes(brand_id, campaign_id, after, left, items, limits, count))


def load_spent(brand_id: str, campaign_id: str) -> BudgetAmount | None:
    """The limits of a campaign of which nothing is left; None if there is something left of each that it has."""
    items, left = _load_shards(brand_id, campaign_id)
    limits, remainder = _limits(items, brand_id, campaign_id), total(left.values())
    is_spent = (limits.amount and remainder.amount <= 0) or (limits.times and remainder.times <= 0)
    return limits if is_spent else None


def _load_shards(brand_id: str, campaign_id: str) -> tuple[Items, ShardsLeft]:
    """All shards that the campaign ever had: one more round trip if these are more than by default."""
    items = get_many([keys.budget(brand_id, campaign_id, shard) for shard in SHARDS])
    first = items.get(keys.budget(brand_id, campaign_id, SHARDS[0]), {})
    names = shard_names(integer_in(first, "shards", DEFAULT_SHARDS))
    if more := names[DEFAULT_SHARDS:]:
        items |= get_many([keys.budget(brand_id, campaign_id, shard) for shard in more])
    return items, _left_in(items, brand_id, campaign_id, names, len(names))


def _limits(items: Items, brand_id: str, campaign_id: str) -> BudgetAmount:
    """The limits that the campaign last had."""
    first = items.get(keys.budget(brand_id, campaign_id, SHARDS[0]), {})
    return BudgetAmount(amount_in(first, "budget"), integer_in(first, "max_times"))


def _shard_writes(
    brand_id: str,
    campaign_id: str,
    shards: Mapping[str, BudgetAmount],
    before: ShardsLeft,
    items: Items,
    limits: BudgetAmount,
    count: int,
) -> list[Write]:
    """Write all shards, those not named as empty, if none has changed since it was read."""
    owed = debt(total(shards.values()))
    all_shards = max(count, before.all_shards)
    writes = []
    for shard in shard_names(all_shards):
        key = keys.budget(brand_id, campaign_id, shard)
        left = shards.get(shard, BudgetAmount())
        item: Item = {"left": left.amount, "times": left.times}
        item |= {"owed": owed.amount} if owed.amount else {}
        item |= {"owed_times": owed.times} if owed.times else {}
        if shard == SHARDS[0]:
            item |= {"budget": limits.amount, "max_times": limits.times, "shards": all_shards, "count": count}
        if key in items:
            unchanged, was = "#left = :left AND #times = :times", before[shard]
            writes.append(put(key, item, unchanged, WriteConflict(), left=was.amount, times=was.times))
        else:
            writes.append(put(key, item, "attribute_not_exists(pk)", WriteConflict()))
    return writes


def _left(item: Item) -> BudgetAmount:
    return BudgetAmount(normalize(amount_in(item, "left")), integer_in(item, "times"))
