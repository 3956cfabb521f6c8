"""A brand's settings, rewards, campaigns and config offers, one by one: read strongly, changed, and audited."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from loyalty import json
from loyalty.domain.errors import BrandNotFoundError
from loyalty.domain.limits.budgets import DEFAULT_SHARDS
from loyalty.domain.program.brands import Brand
from loyalty.domain.program.catalog import Catalog
from loyalty.domain.program.changes import AuditRecord, Kind, SettingsChange
from loyalty.domain.program.config_offers import ConfigOffer
from loyalty.domain.program.program import StoredCampaign
from loyalty.domain.program.rewards import Reward
from loyalty.store import keys
from loyalty.store.budgets import limit_writes
from loyalty.store.codec import Document, encode, pack, unpack
from loyalty.store.table import Item, Write, WriteConflict, delete, get, get_many, integer_in, put, query

BRAND = Document(Brand, beside=("brand_id", "rules_version"))
_REWARD = Document(Reward, beside=("reward_id",))
_CONFIG_OFFER = Document(ConfigOffer, beside=("config_id",))
_AUDIT_RECORD = Document(AuditRecord, beside=("version", "number"))
_KEYS = {Kind.REWARD: keys.reward, Kind.CAMPAIGN: keys.campaign, Kind.CONFIG_OFFER: keys.config_offer}


class Edit(NamedTuple):
    """A change of settings, and the writes that make it."""

    change: SettingsChange
    writes: Sequence[Write]


def brand_in(items: Mapping[keys.Key, Item], brand_id: str) -> Brand:
    """The brand among these items. Raises BrandNotFoundError."""
    item = items.get(keys.brand(brand_id))
    if item is None:
        raise BrandNotFoundError("this brand has not been set up")
    return BRAND.unpack(item["document"], brand_id=brand_id, rules_version=integer_in(item, "version"))


def load_brand(brand_id: str) -> Brand:
    """The brand, strongly consistent: for calls that change or show it. Raises BrandNotFoundError."""
    item = get(keys.brand(brand_id))
    return brand_in({keys.brand(brand_id): item} if item else {}, brand_id)


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


def load_campaigns(brand_id: str) -> dict[str, dict[str, Any]]:
    """All campaigns of a brand, as they were written, by id."""
    return {_id(item): unpack(item["document"]) for item in _items(brand_id, keys.CAMPAIGNS)}


def load_stored_campaigns(brand_id: str) -> dict[str, StoredCampaign]:
    """All campaigns of a brand as a published program has them, by id."""
    return {_id(item): stored_campaign_in(item) for item in _items(brand_id, keys.CAMPAIGNS)}


def load_campaign(brand_id: str, campaign_id: str) -> tuple[dict[str, Any], int] | None:
    """A campaign as it was written, and over how many shards its budget was ever spread."""
    item = get(keys.campaign(brand_id, campaign_id))
    return (unpack(item["document"]), stored_campaign_in(item).all_shards) if item else None


def list_campaigns(brand_id: str, after: str, limit: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Up to `limit` ids and campaigns by id, those after the id `after`; a megabyte is read when it is needed."""
    return ((_id(item), unpack(item["document"])) for item in _items(brand_id, keys.CAMPAIGNS, after, limit))


def load_config_offer(brand_id: str, config_id: str) -> ConfigOffer | None:
    """A config offer."""
    item = get(keys.config_offer(brand_id, config_id))
    return config_offer_in(item) if item else None


def list_config_offers(brand_id: str, after: str, limit: int) -> Iterator[ConfigOffer]:
    """Up to `limit` config offers by id, those after the id `after`; a megabyte is read when it is needed."""
    return (config_offer_in(item) for item in _items(brand_id, keys.CONFIG_OFFERS, after, limit))


def load_before(brand_id: str, kind: Kind, ids: Iterable[str]) -> dict[str, Item]:
    """The items of these rewards, campaigns or config offers as they are before a change, by id."""
    items = get_many([_KEYS[kind](brand_id, id_) for id_ in ids])
    return {_id(item): item for item in items.values()}


def brand_edit(before: Brand, after: Brand) -> Edit | None:
    """Change a brand's settings; None if they are so already. The document is written with the new version."""
    return None if before == after else Edit(SettingsChange(Kind.BRAND, "", encode(before), encode(after)), ())


def reward_edit(brand_id: str, reward: Reward, before: Item | None) -> Edit | None:
    """Put a reward; None if it is so already."""
    key = keys.reward(brand_id, reward.reward_id)
    was = encode(reward_in(before)) if before else None
    item: Item = {"document": _REWARD.pack(reward)}
    return _edit(SettingsChange(Kind.REWARD, reward.reward_id, was, encode(reward)), put(key, item))


def config_offer_edit(brand_id: str, offer: ConfigOffer, before: Item | None) -> Edit | None:
    """Put a config offer; None if it is so already."""
    key = keys.config_offer(brand_id, offer.config_id)
    was = encode(config_offer_in(before)) if before else None
    item: Item = {"document": _CONFIG_OFFER.pack(offer)}
    return _edit(SettingsChange(Kind.CONFIG_OFFER, offer.config_id, was, encode(offer)), put(key, item))


def campaign_edit(
    brand: Brand,
    campaign_id: str,
    document: Mapping[str, Any],
    before: Item | None,
    *,
    budget: Decimal | None,
    times: int | None,
    shards: int | None,
) -> Edit | None:
    """Put a campaign and its limits; None if it is so already. WriteConflict if its budget changes meanwhile.

    `since_version` is kept when a campaign is replaced.
    """
    since_version = integer_in(before, "since_version") if before else brand.rules_version
    limits, ever = limit_writes(brand.brand_id, campaign_id, budget, times, shards)
    all_shards = max(ever, stored_campaign_in(before).all_shards if before else DEFAULT_SHARDS)
    change = SettingsChange(
        Kind.CAMPAIGN, campaign_id, unpack(before["document"]) if before else None, document, since_version, all_shards
    )
    item: Item = {"document": pack(document), "since_version": since_version, "all_shards": all_shards}
    return _edit(change, put(keys.campaign(brand.brand_id, campaign_id), item), *limits)


def delete_edit(brand_id: str, kind: Kind, id_: str, missing: Exception) -> Edit:
    """Delete a reward, campaign or config offer. Raises `missing` if there is none."""
    before = load_before(brand_id, kind, [id_]).get(id_)
    if before is None:
        raise missing
    match kind:
        case Kind.REWARD:
            was = encode(reward_in(before))
        case Kind.CONFIG_OFFER:
            was = encode(config_offer_in(before))
        case _:
            was = unpack(before["document"])
    return Edit(SettingsChange(kind, id_, was), [delete(_KEYS[kind](brand_id, id_), "attribute_exists(pk)", missing)])


def audit_write(brand_id: str, record: AuditRecord) -> Write:
    """Write an audit record; WriteConflict if there is one of that version and number."""
    key = keys.audit_record(brand_id, record.version, record.number)
    return put(key, {"document": _AUDIT_RECORD.pack(record)}, "attribute_not_exists(pk)", WriteConflict())


def list_audit(brand_id: str, before: tuple[int, int] | None, limit: int) -> Iterator[AuditRecord]:
    """Up to `limit` audit records of a brand, newest first, those before that version and number."""
    upto = ""
    if before:
        version, number = before
        # Of a version's first record, all before it are of earlier versions: their keys end where its own goes on.
        upto = keys.audit_record(brand_id, version, number - 1).sk if number else f"{keys.AUDIT}{version:010d}"
    partition = keys.audit_record(brand_id, 0, 0).pk
    return map(_audit_record_in, query(partition, keys.AUDIT, limit=limit, upto=upto, newest_first=True))


def iter_audit(brand_id: str, after_version: int) -> Iterator[AuditRecord]:
    """The audit records of later versions, oldest first."""
    after = f"{keys.AUDIT}{after_version:010d}#\U0010ffff"
    return map(_audit_record_in, query(keys.audit_record(brand_id, 0, 0).pk, keys.AUDIT, after))


def reward_in(item: Item) -> Reward:
    """The reward in that item."""
    return _REWARD.unpack(item["document"], reward_id=_id(item))


def config_offer_in(item: Item) -> ConfigOffer:
    """The config offer in that item."""
    return _CONFIG_OFFER.unpack(item["document"], config_id=_id(item))


def stored_campaign_in(item: Item) -> StoredCampaign:
    """The campaign in that item."""
    since_version, all_shards = integer_in(item, "since_version"), integer_in(item, "all_shards", DEFAULT_SHARDS)
    return StoredCampaign(json.dumps(unpack(item["document"])), since_version, all_shards)


def _audit_record_in(item: Item) -> AuditRecord:
    version, number = str(item["sk"]).removeprefix(keys.AUDIT).split("#")
    return _AUDIT_RECORD.unpack(item["document"], version=int(version), number=int(number))


def _edit(change: SettingsChange, *writes: Write) -> Edit | None:
    # As text, because True == 1 in Python.
    same = len(writes) == 1 and change.before is not None and json.dumps(change.before) == json.dumps(change.after)
    return None if same else Edit(change, writes)


def _items(brand_id: str, prefix: str, after: str = "", limit: int | None = None) -> Iterator[Item]:
    return query(keys.brand(brand_id).pk, prefix, prefix + after if after else "", limit)


def _id(item: Item) -> str:
    return str(item["sk"]).partition("#")[2]
