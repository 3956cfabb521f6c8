"""Decide with one shard of each budget, as mostly is enough, else with all of them."""

from collections.abc import Callable

import loyalty.domain.listening  # noqa: F401 - who decides here needs it: loaded while the function starts
from loyalty.domain.funds import MOST_WRITES, SHARDS, Funds, NotAllRead, Scattered
from loyalty.store.budgets import gather, load_left
from loyalty.store.customers import Loaded
from loyalty.store.table import Contended


def funded[T](loaded: Loaded, decide: Callable[[Funds], T], room: int = MOST_WRITES) -> T:
    """What is decided on what budgets have left; asked once more, with one more round trip, when that is short.

    Contended, to be read and decided again, where so many budgets end at once that what is left of them had to be
    gathered first.
    """
    try:
        return decide(Funds(loaded.left, room))
    except NotAllRead:
        first = next(shard for shards in loaded.left.values() for shard in shards)
        start = SHARDS.index(first)
        left = load_left(loaded.brand.brand_id, list(loaded.left), SHARDS[start:] + SHARDS[:start])
    try:
        return decide(Funds(left, room))
    except Scattered as found:
        # A transaction by itself for each: nothing is taken yet, and how much is left stays the same.
        for campaign_id in found.campaigns:
            gather(loaded.brand.brand_id, campaign_id)
        raise Contended from found
