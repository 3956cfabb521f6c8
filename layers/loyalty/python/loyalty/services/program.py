"""A brand's program: settings, rewards, campaigns and config offers. A change is in force within two seconds."""

from collections.abc import Callable, Mapping
from typing import Any

from loyalty import json
from loyalty.domain.errors import (
    CampaignNotFoundError,
    OfferNotFoundError,
    RewardInUseError,
    RewardNotFoundError,
    invalid,
)
from loyalty.domain.program.api_keys import ApiKey
from loyalty.domain.program.brands import Brand
from loyalty.domain.program.changes import AuditRecord, Author, Kind
from loyalty.domain.program.config_offers import ConfigOffer
from loyalty.domain.program.responses import (
    api_key_response,
    brand_response,
    config_offer_response,
    reward_response,
)
from loyalty.domain.program.rewards import Reward
from loyalty.domain.program.schemas import BrandSettings, ConfigOfferSettings, RewardSettings
from loyalty.domain.rules.responses import campaign_response
from loyalty.services.paging import Page, decode, decode_id, invalid_cursor, page_of
from loyalty.store import codec, program, published
from loyalty.store.table import retry_on_conflict

_OPTIONAL = ("default_region", "default_reward", "remind_before")


def create_brand(brand_id: str, name: str, *, sandbox: bool = False) -> None:
    """Store a new brand, live or a `sandbox`; an existing one is not changed.

    Raises ValidationError (sandbox) if there is one that differs in that.
    """
    if not published.create_brand(Brand(brand_id, name, sandbox=sandbox)):
        _refuse_another_time(program.load_brand(brand_id), sandbox)


def read_brand(brand_id: str) -> Brand:
    """The brand. Raises BrandNotFoundError."""
    return program.load_brand(brand_id)


@retry_on_conflict
def change_brand(brand_id: str, settings: BrandSettings, author: Author) -> Brand:
    """Change these settings of the brand and keep the others; null removes a setting that is optional.

    Raises ValidationError (default_reward, sandbox), BrandNotFoundError, ServiceUnavailable.
    """
    given = settings.model_dump(exclude_unset=True)
    changes = {name: value for name, value in given.items() if value is not None or name in _OPTIONAL}
    before = program.load_brand(brand_id)
    _refuse_another_time(before, changes.get("sandbox", before.sandbox))
    after = before._replace(**changes)
    default = changes.get("default_reward")
    if default is not None and program.load_reward(brand_id, default) is None:
        raise invalid("default_reward", "is not a reward of this brand")
    published.commit(before, author, [program.brand_edit(before, after)])
    return after


def _refuse_another_time(brand: Brand, sandbox: bool) -> None:  # noqa: FBT001 - the setting that is asked for
    # Deadlines that are stored already are in the brand's time: that of its test clock, or real time.
    if sandbox != brand.sandbox:
        kind = "to test with" if brand.sandbox else "a live one"
        raise invalid("sandbox", f"is settled when a brand is made, and this one is {kind}; make another brand")


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
def put_reward(brand_id: str, reward_id: str, settings: RewardSettings, author: Author) -> Reward:
    """Store a reward; settings that are not given have their defaults. Raises BrandNotFoundError."""
    reward = Reward.written(reward_id, settings.model_dump())
    brand = program.load_brand(brand_id)
    before = program.load_before(brand_id, Kind.REWARD, [reward_id]).get(reward_id)
    published.commit(brand, author, [program.reward_edit(brand_id, reward, before)])
    return reward


@retry_on_conflict
def delete_reward(brand_id: str, reward_id: str, author: Author) -> None:
    """Delete a reward that no campaign grants and that is not the brand's default.

    Raises RewardNotFoundError, RewardInUseError, BrandNotFoundError.
    """
    brand = program.load_brand(brand_id)
    if brand.default_reward == reward_id:
        raise RewardInUseError("the brand's default_reward is this one; set another or none first")
    for campaign_id, campaign in program.load_campaigns(brand_id).items():
        if any(effect.get("reward_id") == reward_id for rule in campaign["rules"] for effect in rule["effects"]):
            raise RewardInUseError(f"the campaign {campaign_id} grants this reward; change or delete it first")
    missing = RewardNotFoundError("there is no reward with this id")
    published.commit(brand, author, [program.delete_edit(brand_id, Kind.REWARD, reward_id, missing)])


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
def put_config_offer(brand_id: str, config_id: str, settings: ConfigOfferSettings, author: Author) -> ConfigOffer:
    """Store a config offer; offers made from it before do not change. Raises BrandNotFoundError."""
    offer = ConfigOffer(config_id, **settings.model_dump(exclude_none=True))
    brand = program.load_brand(brand_id)
    before = program.load_before(brand_id, Kind.CONFIG_OFFER, [config_id]).get(config_id)
    published.commit(brand, author, [program.config_offer_edit(brand_id, offer, before)])
    return offer


@retry_on_conflict
def delete_config_offer(brand_id: str, config_id: str, author: Author) -> None:
    """Delete a config offer; offers made from it stay. Raises OfferNotFoundError, BrandNotFoundError."""
    missing = OfferNotFoundError("there is no config offer with this id")
    brand = program.load_brand(brand_id)
    published.commit(brand, author, [program.delete_edit(brand_id, Kind.CONFIG_OFFER, config_id, missing)])


def list_campaigns(brand_id: str, cursor: str | None, limit: int) -> Page[tuple[str, dict[str, Any]]]:
    """A page of ids and campaigns as written, by id. Raises ValidationError (cursor)."""
    list_id = ("campaigns", brand_id)
    campaigns = program.list_campaigns(brand_id, decode_id(cursor, list_id), limit + 1)
    positioned = ((campaign_id, (campaign_id, document)) for campaign_id, document in campaigns)
    return page_of(positioned, limit, list_id, size=lambda campaign: len(json.dumps(campaign[1]).encode()))


@retry_on_conflict
def delete_campaign(brand_id: str, campaign_id: str, author: Author) -> None:
    """Delete a campaign. Raises CampaignNotFoundError, BrandNotFoundError."""
    missing = CampaignNotFoundError("there is no campaign with this id")
    brand = program.load_brand(brand_id)
    published.commit(brand, author, [program.delete_edit(brand_id, Kind.CAMPAIGN, campaign_id, missing)])


def list_audit(brand_id: str, cursor: str | None, limit: int) -> Page[AuditRecord]:
    """A page of the changes of settings, newest first. Raises ValidationError (cursor)."""
    list_id = ("audit", brand_id)
    before = None
    if cursor is not None:
        match decode(cursor, list_id):
            case [int(version), int(number)] if version > 0 <= number:
                before = version, number
            case _:
                raise invalid_cursor()
    records = map(_as_shown, program.list_audit(brand_id, before, limit + 1))
    positioned = (([record.version, record.number], record) for record in records)
    return page_of(positioned, limit, list_id, size=_size)


def _as_shown(record: AuditRecord) -> AuditRecord:
    """The record with what was before and after as the endpoints of its kind answer it."""
    change = record.change
    # What only a newer release can set up is shown as it is stored.
    response = _RESPONSES.get(change.kind, _stored_response)
    before, after = (one and response(change.id, one) for one in (change.before, change.after))
    return record._replace(change=change._replace(before=before, after=after))


def _stored_response(_id: str, stored: Mapping[str, Any]) -> dict[str, Any]:
    return dict(stored)


_RESPONSES: dict[Kind, Callable[[str, Mapping[str, Any]], dict[str, Any]]] = {
    Kind.BRAND: lambda _, stored: brand_response(codec.decode(Brand, stored)),
    Kind.REWARD: lambda _, stored: reward_response(codec.decode(Reward, stored)),
    Kind.CONFIG_OFFER: lambda _, stored: config_offer_response(codec.decode(ConfigOffer, stored)),
    Kind.CAMPAIGN: lambda id_, stored: campaign_response(id_, dict(stored)),
    Kind.API_KEY: lambda id_, stored: api_key_response(id_, codec.decode(ApiKey, stored)),
}


def _size(record: AuditRecord) -> int:
    return len(json.dumps([record.change.before, record.change.after]).encode())
