"""List the rewards of a brand."""

from loyalty.domain.program.rewards import Reward
from loyalty.store import brands
from loyalty.use_cases.paging import Page, decode_id, page_of


def list_rewards(brand_id: str, cursor: str | None, limit: int) -> Page[Reward]:
    """A page of rewards, by id. Raises ValidationError (cursor)."""
    of = ("rewards", brand_id)
    rewards = brands.list_rewards(brand_id, decode_id(cursor, of), limit + 1)
    return page_of(((reward.reward_id, reward) for reward in rewards), limit, of)
