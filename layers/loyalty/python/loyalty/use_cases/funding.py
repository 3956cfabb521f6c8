"""Decide with one shard of each budget, as mostly is enough, else with all of them."""

from collections.abc import Callable

import loyalty.domain.listening  # noqa: F401 - who decides here needs it: loaded while the function starts
from loyalty.domain.funds import MOST_WRITES, SHARDS, Funds, NotAllRead
from loyalty.store.budgets import load_left
from loyalty.store.customers import Loaded


def funded[T](loaded: Loaded, decide: Callable[[Funds], T], room: int = MOST_WRITES) -> T:
    """What is decided on what budgets have left; asked once more, with one more round trip, when that is short."""
    try:
        return decide(Funds(loaded.left, room))
    except NotAllRead:
        first = next(shard for shards in loaded.left.values() for shard in shards)
        start = SHARDS.index(first)
        left = load_left(loaded.brand.brand_id, list(loaded.left), SHARDS[start:] + SHARDS[:start])
        return decide(Funds(left, room))
