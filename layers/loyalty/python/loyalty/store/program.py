"""A brand's settings, rewards, campaigns and config offers: read one by one, changed one version at a time."""

from collections import OrderedDict
from collections.abc import Callable, Mapping
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


def read_brand(brand_id: str, item: Item) -> Brand:
    """The brand in that item."""
    brand = _BRAND.unpack(item["document"], brand_id=brand_id, rules_version=int(str(item["version"])))
    _regions[brand_id] = brand.default_region
    return brand


def brand_in(found: Mapping[keys.Key, Item], brand_id: str) -> Brand:
    """The brand among what was read; BrandNotFoundError if it has not been set up."""
    item = found.get(keys.brand(brand_id))
    if item is None:
        raise BrandNotFoundError("this brand has not been set up")
    return read_brand(brand_id, item)


def region_of(brand_id: str) -> str | None:
    """The region in which the brand's mobile numbers are read, as this process last saw it."""
    if brand_id not in _regions:
        load_brand(brand_id)
    return _regions[brand_id]


def load_brand(brand_id: str) -> Brand:
    """The brand; BrandNotFoundError if it has not been set up."""
    item = get(keys.brand(brand_id))
    if item is None:
        raise BrandNotFoundError("this brand has not been set up")
    return read_brand(brand_id, item)


def create_brand(brand: Brand) -> bool:
    """Store a new brand; False, and nothing changed, if there is one of that id."""
    taken = WriteConflict()
    try:
        transact(put(keys.brand(brand.brand_id), _brand_item(brand), "attribute_not_exists(pk)", taken))
    except WriteConflict:
        return False
    return True


def save_brand(brand: Brand) -> None:
    """Store a brand's settings as a new version of its rules; WriteConflict if they changed since it was read."""
    item = _brand_item(brand)
    item["version"] = brand.rules_version + 1
    transact(put(keys.brand(brand.brand_id), item, "#version = :version", WriteConflict(), version=brand.rules_version))


def catalog_of(brand: Brand) -> Catalog:
    """The catalog of that version of the brand, or of a newer one: read once, then answered from memory."""
    return cached(_catalogs, brand, lambda one: load_catalog(one.brand_id))


def cached[T](cache: OrderedDict[str, tuple[int, T]], brand: Brand, read: Callable[[Brand], T]) -> T:
    """What this process keeps of the brand's version, read if it keeps another; of most brands, those used last."""
    found = cache.get(brand.brand_id)
    if found is None or found[0] != brand.rules_version:
        found = cache[brand.brand_id] = read_consistently(brand, read)
    cache.move_to_end(brand.brand_id)
    if len(cache) > _MAX_BRANDS_CACHED:
        cache.popitem(last=False)
    return found[1]


def read_consistently[T](brand: Brand, read: Callable[[Brand], T]) -> tuple[int, T]:
    """What `read` makes of one version of the brand, with that version: read between two looks that saw the same."""
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
    return Catalog(load_rewards(brand_id), load_config_offers(brand_id))


def load_rewards(brand_id: str) -> dict[str, Reward]:
    """All rewards of a brand."""
    rewards = (reward_in(item) for item in query(keys.brand(brand_id).pk, keys.REWARDS))
    return {reward.reward_id: reward for reward in rewards}


def load_reward(brand_id: str, reward_id: str) -> Reward | None:
    """One reward."""
    item = get(keys.reward(brand_id, reward_id))
    return reward_in(item) if item else None


def list_rewards(brand_id: str, after: str, limit: int) -> list[Reward]:
    """Up to `limit` rewards whose id comes after `after`, by id."""
    place = keys.reward(brand_id, after) if after else keys.Key(keys.brand(brand_id).pk, "")
    return [reward_in(item) for item in query(place.pk, keys.REWARDS, place.sk, limit)]


def save_reward(brand: Brand, reward: Reward) -> None:
    """Store a reward; in force with the next event."""
    transact(_moved(brand), put(keys.reward(brand.brand_id, reward.reward_id), {"document": _REWARD.pack(reward)}))


def delete_reward(brand: Brand, reward_id: str, refused: Exception) -> None:
    """Remove a reward; raises `refused` if there is none, WriteConflict if rules changed since the brand was read."""
    transact(
        _moved(brand, exactly=True), delete(keys.reward(brand.brand_id, reward_id), "attribute_exists(pk)", refused)
    )


def load_campaigns(brand_id: str) -> dict[str, dict[str, Any]]:
    """All campaigns of a brand, as they were written."""
    return {campaign_id: document for campaign_id, (document, _) in load_campaigns_since(brand_id).items()}


def load_campaigns_since(brand_id: str) -> dict[str, tuple[dict[str, Any], int]]:
    """All campaigns of a brand, each with the version of the rules that it has been there from."""
    items = query(keys.brand(brand_id).pk, keys.CAMPAIGNS)
    return {_id(item): (unpack(item["document"]), int(str(item.get("since_version", 0)))) for item in items}


def load_campaign(brand_id: str, campaign_id: str) -> dict[str, Any] | None:
    """One campaign, as stored."""
    item = get(keys.campaign(brand_id, campaign_id))
    return unpack(item["document"]) if item else None


def list_campaigns(brand_id: str, after: str, limit: int) -> list[tuple[str, dict[str, Any]]]:
    """Up to `limit` campaigns whose id comes after `after`, by id."""
    place = keys.campaign(brand_id, after) if after else keys.Key(keys.brand(brand_id).pk, "")
    return [(_id(item), unpack(item["document"])) for item in query(place.pk, keys.CAMPAIGNS, place.sk, limit)]


def save_campaign(
    brand: Brand, campaign_id: str, document: Mapping[str, Any], budget: Decimal | None, times: int | None
) -> None:
    """Store a campaign, and what by its limits it has left to give; in force with the next event.

    WriteConflict if rules changed since the brand was read, or its budget meanwhile. The rewards it names were checked
    against that version of the rules. `since_version` is the one that a campaign of this id first came with, and is
    there from ever after.
    """
    place = keys.campaign(brand.brand_id, campaign_id)
    before = get(place)
    since = before.get("since_version", 0) if before else brand.rules_version
    transact(
        _moved(brand, exactly=True),
        put(place, {"document": pack(document), "since_version": since}),
        *limit_writes(brand.brand_id, campaign_id, budget, times),
    )


def delete_campaign(brand: Brand, campaign_id: str, refused: Exception) -> None:
    """Remove a campaign; raises `refused` if there is none."""
    place = keys.campaign(brand.brand_id, campaign_id)
    transact(_moved(brand), delete(place, "attribute_exists(pk)", refused))


def load_config_offers(brand_id: str) -> dict[str, ConfigOffer]:
    """All config offers of a brand."""
    offers = (config_offer_in(item) for item in query(keys.brand(brand_id).pk, keys.CONFIG_OFFERS))
    return {one.config_id: one for one in offers}


def load_config_offer(brand_id: str, config_id: str) -> ConfigOffer | None:
    """One config offer."""
    item = get(keys.config_offer(brand_id, config_id))
    return config_offer_in(item) if item else None


def list_config_offers(brand_id: str, after: str, limit: int) -> list[ConfigOffer]:
    """Up to `limit` config offers whose id comes after `after`, by id."""
    place = keys.config_offer(brand_id, after) if after else keys.Key(keys.brand(brand_id).pk, "")
    return [config_offer_in(item) for item in query(place.pk, keys.CONFIG_OFFERS, place.sk, limit)]


def save_config_offer(brand: Brand, offer: ConfigOffer) -> None:
    """Store a config offer; in force with the next request."""
    key = keys.config_offer(brand.brand_id, offer.config_id)
    transact(_moved(brand), put(key, {"document": _CONFIG_OFFER.pack(offer)}))


def delete_config_offer(brand: Brand, config_id: str, refused: Exception) -> None:
    """Remove a config offer; raises `refused` if there is none."""
    place = keys.config_offer(brand.brand_id, config_id)
    transact(_moved(brand), delete(place, "attribute_exists(pk)", refused))


def _moved(brand: Brand, *, exactly: bool = False) -> Write:
    """The version of the rules one further: whoever decides next reads them anew."""
    condition, values = (
        ("#version = :version", {"version": brand.rules_version}) if exactly else ("attribute_exists(pk)", {})
    )
    return update(keys.brand(brand.brand_id), "ADD #version :one", condition, WriteConflict(), one=1, **values)


def _brand_item(brand: Brand) -> Item:
    return {"version": brand.rules_version, "document": _BRAND.pack(brand)}


def reward_in(item: Item) -> Reward:
    """The reward in that item."""
    return _REWARD.unpack(item["document"], reward_id=_id(item))


def config_offer_in(item: Item) -> ConfigOffer:
    """The config offer in that item."""
    return _CONFIG_OFFER.unpack(item["document"], config_id=_id(item))


def _id(item: Item) -> str:
    return str(item["sk"]).partition("#")[2]
