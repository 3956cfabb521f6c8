"""Decide with one shard of each budget, as mostly is enough, else with all of them."""

from collections.abc import Callable

import loyalty.domain.rules.evaluator  # noqa: F401 - who decides here needs it: loaded while the function starts
from loyalty.domain.limits.budgets import MAX_WRITES, SHARDS, BudgetFragmented, BudgetReservation, NeedsAllShards
from loyalty.store.budgets import consolidate, load_left
from loyalty.store.customers import Loaded
from loyalty.store.table import WriteConflict


def decide_with_budget[T](loaded: Loaded, decide: Callable[[BudgetReservation], T], room: int = MAX_WRITES) -> T:
    """What is decided on what budgets have left; asked once more, with one more round trip, when that is short.

    WriteConflict, to be read and decided again, where so many budgets end at once that what is left of them had to be
    gathered first.
    """
    try:
        return decide(BudgetReservation(loaded.left, room))
    except NeedsAllShards:
        first = next(shard for shards in loaded.left.values() for shard in shards)
        start = SHARDS.index(first)
        left = load_left(loaded.brand.brand_id, list(loaded.left), SHARDS[start:] + SHARDS[:start])
    try:
        return decide(BudgetReservation(left, room))
    except BudgetFragmented as found:
        # A transaction by itself for each: nothing is taken yet, and how much is left stays the same.
        for campaign_id in found.campaigns:
            consolidate(loaded.brand.brand_id, campaign_id)
        raise WriteConflict from found
