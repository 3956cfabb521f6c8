"""A brand's program: settings, rewards, campaigns and config offers. Every change makes a new version of its rules."""

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from loyalty.domain.errors import BrandNotFoundError
from loyalty.domain.program.brands import Brand
from loyalty.domain.program.catalog import Catalog
from loyalty.domain.program.config_offers import ConfigOffer
from loyalty.domain.program.rewards import Reward
from loyalty.store import keys
from loyalty.store.budgets import limit_writes
from loyalty.store.codec import Document, pack, unpack
from loyalty.store.table import Backoff, Item, Write, WriteConflict, delete, get, put, query, transact, update

_MAX_BRANDS_CACHED = 200
_BRAND = Document(Brand, beside=("brand_id", "rules_version"))
_REWARD = Document(Reward, beside=("reward_id",))
_CONFIG_OFFER = Document(ConfigOffer, beside=("config_id",))
_regions: dict[str, str | None] = {}
_catalogs: OrderedDict[str, tuple[int, Catalog]] = OrderedDict()


def brand_in(items: Mapping[keys.Key, Item], brand_id: str) -> Brand:
    """The brand among these items. Raises BrandNotFoundError."""
    item = items.get(keys.brand(brand_id))
    if item is None:
        raise BrandNotFoundError("this brand has not been set up")
    brand = _BRAND.unpack(item["document"], brand_id=brand_id, rules_version=int(str(item["version"])))
    _regions[brand_id] = brand.default_region
    return brand


def load_brand(brand_id: str) -> Brand:
    """The brand. Raises BrandNotFoundError."""
    item = get(keys.brand(brand_id))
    return brand_in({keys.brand(brand_id): item} if item else {}, brand_id)


def region_of(brand_id: str) -> str | None:
    """The default region of the brand when this process last read it."""
    if brand_id not in _regions:
        load_brand(brand_id)
    return _regions[brand_id]


def create_brand(brand: Brand) -> bool:
    """Store a new brand. Returns False, and changes nothing, if the brand exists."""
    try:
        transact(put(keys.brand(brand.brand_id), _brand_item(brand), "attribute_not_exists(pk)", WriteConflict()))
    except WriteConflict:
        return False
    return True


def save_brand(brand: Brand) -> None:
    """Store a brand's settings as a new version of its rules. WriteConflict if these changed since it was read."""
    item = _brand_item(replace(brand, rules_version=brand.rules_version + 1))
    transact(put(keys.brand(brand.brand_id), item, "#version = :version", WriteConflict(), version=brand.rules_version))


def catalog_of(brand: Brand) -> Catalog:
    """The catalog of that version of the brand's rules, or of a newer one, from memory if it is there."""
    return cached(_catalogs, brand, lambda brand: load_catalog(brand.brand_id))


def cached[T](cache: OrderedDict[str, tuple[int, T]], brand: Brand, read: Callable[[Brand], T]) -> T:
    """The cached value of that version of the brand's rules, read if it is missing.

    The cache has the brands used last, at most _MAX_BRANDS_CACHED.
    """
    entry = cache.get(brand.brand_id)
    if entry is None or entry[0] != brand.rules_version:
        entry = cache[brand.brand_id] = read_consistently(brand, read)
    cache.move_to_end(brand.brand_id)
    if len(cache) > _MAX_BRANDS_CACHED:
        cache.popitem(last=False)
    return entry[1]


def read_consistently[T](brand: Brand, read: Callable[[Brand], T]) -> tuple[int, T]:
    """A version of the brand's rules, and what `read` returns for it.

    Reading takes several round trips: it is repeated until the version is the same before and after it.
    """
    backoff = Backoff()
    while True:
        value = read(brand)
        after = load_brand(brand.brand_id)
        if after.rules_version == brand.rules_version:
            return brand.rules_version, value
        brand = after
        backoff.wait()


def load_catalog(brand_id: str) -> Catalog:
    """All rewards and config offers of a brand."""
    rewards = map(reward_in, _items(brand_id, keys.REWARDS))
    config_offers = map(config_offer_in, _items(brand_id, keys.CONFIG_OFFERS))
    return Catalog(
        {reward.reward_id: reward for reward in rewards}, {offer.config_id: offer for offer in config_offers}
    )


def load_reward(brand_id: str, reward_id: str) -> Reward | None:
    """A reward."""
    item = get(keys.reward(brand_id, reward_id))
    return reward_in(item) if item else None


def list_rewards(brand_id: str, after: str, limit: int) -> Iterator[Reward]:
    """Up to `limit` rewards by id, those after the id `after`; a megabyte is read when it is needed."""
    return (reward_in(item) for item in _items(brand_id, keys.REWARDS, after, limit))


def save_reward(brand: Brand, reward: Reward) -> None:
    """Store a reward."""
    transact(
        _new_version(brand), put(keys.reward(brand.brand_id, reward.reward_id), {"document": _REWARD.pack(reward)})
    )


def delete_reward(brand: Brand, reward_id: str, missing: Exception) -> None:
    """Delete a reward. Raises `missing` if there is none, WriteConflict if the rules have changed since."""
    key = keys.reward(brand.brand_id, reward_id)
    transact(_new_version(brand, unchanged=True), delete(key, "attribute_exists(pk)", missing))


def load_campaigns(brand_id: str) -> dict[str, dict[str, Any]]:
    """All campaigns of a brand, as they were written, by id."""
    return {campaign_id: document for campaign_id, (document, _) in load_campaigns_since(brand_id).items()}


def load_campaigns_since(brand_id: str) -> dict[str, tuple[dict[str, Any], int]]:
    """All campaigns of a brand, each with the version of the rules in which a campaign of this id first appeared."""
    items = _items(brand_id, keys.CAMPAIGNS)
    return {_id(item): (unpack(item["document"]), int(str(item.get("since_version", 0)))) for item in items}


def load_campaign(brand_id: str, campaign_id: str) -> dict[str, Any] | None:
    """A campaign, as it was written."""
    item = get(keys.campaign(brand_id, campaign_id))
    return unpack(item["document"]) if item else None


def list_campaigns(brand_id: str, after: str, limit: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Up to `limit` ids and campaigns by id, those after the id `after`; a megabyte is read when it is needed."""
    return ((_id(item), unpack(item["document"])) for item in _items(brand_id, keys.CAMPAIGNS, after, limit))


def save_campaign(
    brand: Brand, campaign_id: str, document: Mapping[str, Any], budget: Decimal | None, times: int | None
) -> None:
    """Store a campaign and its limits.

    WriteConflict if the rules changed since the brand was read, as the rewards it grants were checked against these, or
    if its budget changed meanwhile. `since_version` is kept when a campaign is replaced.
    """
    key = keys.campaign(brand.brand_id, campaign_id)
    before = get(key)
    since_version = before.get("since_version", 0) if before else brand.rules_version
    transact(
        _new_version(brand, unchanged=True),
        put(key, {"document": pack(document), "since_version": since_version}),
        *limit_writes(brand.brand_id, campaign_id, budget, times),
    )


def delete_campaign(brand: Brand, campaign_id: str, missing: Exception) -> None:
    """Delete a campaign. Raises `missing` if there is none."""
    key = keys.campaign(brand.brand_id, campaign_id)
    transact(_new_version(brand), delete(key, "attribute_exists(pk)", missing))


def load_config_offer(brand_id: str, config_id: str) -> ConfigOffer | None:
    """A config offer."""
    item = get(keys.config_offer(brand_id, config_id))
    return config_offer_in(item) if item else None


def list_config_offers(brand_id: str, after: str, limit: int) -> Iterator[ConfigOffer]:
    """Up to `limit` config offers by id, those after the id `after`; a megabyte is read when it is needed."""
    return (config_offer_in(item) for item in _items(brand_id, keys.CONFIG_OFFERS, after, limit))


def save_config_offer(brand: Brand, offer: ConfigOffer) -> None:
    """Store a config offer."""
    key = keys.config_offer(brand.brand_id, offer.config_id)
    transact(_new_version(brand), put(key, {"document": _CONFIG_OFFER.pack(offer)}))


def delete_config_offer(brand: Brand, config_id: str, missing: Exception) -> None:
    """Delete a config offer. Raises `missing` if there is none."""
    key = keys.config_offer(brand.brand_id, config_id)
    transact(_new_version(brand), delete(key, "attribute_exists(pk)", missing))


def reward_in(item: Item) -> Reward:
    """The reward in that item."""
    return _REWARD.unpack(item["document"], reward_id=_id(item))


def config_offer_in(item: Item) -> ConfigOffer:
    """The config offer in that item."""
    return _CONFIG_OFFER.unpack(item["document"], config_id=_id(item))


def _new_version(brand: Brand, *, unchanged: bool = False) -> Write:
    """Increase the version of the rules, so that caches read them anew; if `unchanged`, only from the version read."""
    condition, values = "attribute_exists(pk)", {}
    if unchanged:
        condition, values = "#version = :version", {"version": brand.rules_version}
    return update(keys.brand(brand.brand_id), "ADD #version :one", condition, WriteConflict(), one=1, **values)


def _brand_item(brand: Brand) -> Item:
    return {"version": brand.rules_version, "document": _BRAND.pack(brand)}


def _items(brand_id: str, prefix: str, after: str = "", limit: int | None = None) -> Iterator[Item]:
    return query(keys.brand(brand_id).pk, prefix, prefix + after if after else "", limit)


def _id(item: Item) -> str:
    return str(item["sk"]).partition("#")[2]
