"""A brand's program: settings, rewards, campaigns and config offers. A change applies from the next event on."""

from dataclasses import replace
from typing import Any

from loyalty import json
from loyalty.domain.errors import (
    CampaignNotFoundError,
    OfferNotFoundError,
    RewardInUseError,
    RewardNotFoundError,
    invalid,
)
from loyalty.domain.limits.budgets import BudgetRemainder, remainder
from loyalty.domain.program.brands import Brand
from loyalty.domain.program.config_offers import ConfigOffer
from loyalty.domain.program.rewards import Reward
from loyalty.domain.program.schemas import BrandSettings, ConfigOfferSettings, RewardSettings
from loyalty.services.paging import Page, decode_id, page_of
from loyalty.store import program
from loyalty.store.budgets import load_left
from loyalty.store.table import retry_on_conflict

_OPTIONAL = ("default_region", "default_reward")


def create_brand(brand_id: str, name: str) -> None:
    """Store a new brand; an existing one is not changed."""
    program.create_brand(Brand(brand_id, name))


def read_brand(brand_id: str) -> Brand:
    """The brand. Raises BrandNotFoundError."""
    return program.load_brand(brand_id)


@retry_on_conflict
def change_brand(brand_id: str, settings: BrandSettings) -> Brand:
    """Change these settings of the brand and keep the others; null removes a setting that is optional.

    Raises ValidationError (default_reward), BrandNotFoundError, ServiceUnavailable.
    """
    given = settings.model_dump(exclude_unset=True)
    changes = {name: value for name, value in given.items() if value is not None or name in _OPTIONAL}
    after = replace(program.load_brand(brand_id), **changes)
    default = changes.get("default_reward")
    if default is not None and program.load_reward(brand_id, default) is None:
        raise invalid("default_reward", "is not a reward of this brand")
    program.save_brand(after)
    return after


def list_rewards(brand_id: str, cursor: str | None, limit: int) -> Page[Reward]:
    """A page of rewards, by id. Raises ValidationError (cursor)."""
    list_id = ("rewards", brand_id)
    rewards = program.list_rewards(brand_id, decode_id(cursor, list_id), limit + 1)
    positioned = ((reward.reward_id, reward) for reward in rewards)
    return page_of(positioned, limit, list_id, size=lambda reward: len(json.dumps(reward.attributes).encode()))


def read_reward(brand_id: str, reward_id: str) -> Reward:
    """The reward. Raises RewardNotFoundError."""
    reward = program.load_reward(brand_id, reward_id)
    if reward is None:
        raise RewardNotFoundError("there is no reward with this id")
    return reward


@retry_on_conflict
def put_reward(brand_id: str, reward_id: str, settings: RewardSettings) -> Reward:
    """Store a reward; settings that are not given have their defaults. Raises BrandNotFoundError."""
    reward = Reward.written(reward_id, settings.model_dump())
    program.save_reward(program.load_brand(brand_id), reward)
    return reward


@retry_on_conflict
def delete_reward(brand_id: str, reward_id: str) -> None:
    """Delete a reward that no campaign grants and that is not the brand's default.

    Raises RewardNotFoundError, RewardInUseError, BrandNotFoundError.
    """
    brand = program.load_brand(brand_id)
    if brand.default_reward == reward_id:
        raise RewardInUseError("the brand's default_reward is this one; set another or none first")
    for campaign_id, campaign in program.load_campaigns(brand_id).items():
        if any(effect.get("reward_id") == reward_id for rule in campaign["rules"] for effect in rule["effects"]):
            raise RewardInUseError(f"the campaign {campaign_id} grants this reward; change or delete it first")
    program.delete_reward(brand, reward_id, RewardNotFoundError("there is no reward with this id"))


def list_config_offers(brand_id: str, cursor: str | None, limit: int) -> Page[ConfigOffer]:
    """A page of config offers, by id. Raises ValidationError (cursor)."""
    list_id = ("config-offers", brand_id)
    offers = program.list_config_offers(brand_id, decode_id(cursor, list_id), limit + 1)
    positioned = ((offer.config_id, offer) for offer in offers)
    return page_of(positioned, limit, list_id, size=lambda offer: len(json.dumps(offer.benefits).encode()))


def read_config_offer(brand_id: str, config_id: str) -> ConfigOffer:
    """The config offer, active or not. Raises OfferNotFoundError."""
    offer = program.load_config_offer(brand_id, config_id)
    if offer is None:
        raise OfferNotFoundError("there is no config offer with this id")
    return offer


@retry_on_conflict
def put_config_offer(brand_id: str, config_id: str, settings: ConfigOfferSettings) -> ConfigOffer:
    """Store a config offer; offers made from it before do not change. Raises BrandNotFoundError."""
    offer = ConfigOffer(config_id, **settings.model_dump(exclude_none=True))
    program.save_config_offer(program.load_brand(brand_id), offer)
    return offer


@retry_on_conflict
def delete_config_offer(brand_id: str, config_id: str) -> None:
    """Delete a config offer; offers made from it stay. Raises OfferNotFoundError, BrandNotFoundError."""
    missing = OfferNotFoundError("there is no config offer with this id")
    program.delete_config_offer(program.load_brand(brand_id), config_id, missing)


def list_campaigns(brand_id: str, cursor: str | None, limit: int) -> Page[tuple[str, dict[str, Any]]]:
    """A page of ids and campaigns as written, by id. Raises ValidationError (cursor)."""
    list_id = ("campaigns", brand_id)
    campaigns = program.list_campaigns(brand_id, decode_id(cursor, list_id), limit + 1)
    positioned = ((campaign_id, (campaign_id, document)) for campaign_id, document in campaigns)
    return page_of(positioned, limit, list_id, size=lambda campaign: len(json.dumps(campaign[1]).encode()))


def read_campaign(brand_id: str, campaign_id: str) -> tuple[dict[str, Any], BudgetRemainder]:
    """The campaign as written, and what is left of its limits. Raises CampaignNotFoundError."""
    document = program.load_campaign(brand_id, campaign_id)
    if document is None:
        raise CampaignNotFoundError("there is no campaign with this id")
    limits = document.get("limits") or {}
    budget, times = limits.get("budget") is not None, bool(limits.get("per_campaign"))
    left = load_left(brand_id, [campaign_id]) if budget or times else {}
    return document, remainder(left.get(campaign_id, {}), budget=budget, times=times)


@retry_on_conflict
def delete_campaign(brand_id: str, campaign_id: str) -> None:
    """Delete a campaign. Raises CampaignNotFoundError, BrandNotFoundError."""
    missing = CampaignNotFoundError("there is no campaign with this id")
    program.delete_campaign(program.load_brand(brand_id), campaign_id, missing)
