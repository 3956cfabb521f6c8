"""What clients see of a brand and all it has set up."""

from datetime import datetime
from typing import Any, Literal

from loyalty.domain.program.api_keys import ApiKey
from loyalty.domain.program.brands import Brand
from loyalty.domain.program.changes import AuditRecord, Kind
from loyalty.domain.program.config_offers import ConfigOffer
from loyalty.domain.program.rewards import Reward
from loyalty.domain.program.schemas import ChannelMerging, PurchaseIds, RewardType, Scope
from loyalty.domain.program.test_clock import BrandClock
from loyalty.domain.schemas import Answer, Time, to_time


class BrandResponse(Answer):
    """A brand's settings."""

    brand_id: str
    """The brand's id."""
    name: str
    """What people call the brand."""
    enabled: bool
    """Whether events are evaluated; a disabled brand still records them."""
    time_zone: str
    """Where the brand's days begin: the IANA name of a time zone."""
    channel_merging: ChannelMerging
    """What makes two customers one person."""
    sandbox: bool
    """Whether the brand is one to test with: its answers say so, its calls are in no business metric, and it has a
    clock of its own."""
    default_region: str | None
    """The country in which mobile numbers without a country code are read."""
    default_reward: str | None
    """The reward of points that are assigned without naming one."""
    purchase_ids: PurchaseIds
    """Whether the number of a purchase is unique for ever, or starts anew every business day."""
    remind_before: str | None
    """How long before they end points are told of."""


class TestClockResponse(Answer):
    """What time it is for a brand."""

    now: Time
    """The brand's present time; real time for a live brand, and for one whose clock was never advanced."""
    status: Literal["ready", "advancing"]
    """Whether the clock ticks, or is on its way and stands still at the instant whose ends are being settled."""
    to: Time | None
    """Where the last advance goes, or went; null if there was none."""


class RewardResponse(Answer):
    """Something that can be earned and spent."""

    id: str
    """The reward's id."""
    name: str
    """What customers call it."""
    type: RewardType
    """What its amounts are: points, money off or on a card, or pieces of a product."""
    decimals: int
    """How many decimals its amounts have at most."""
    allow_negative: bool
    """Whether a reversal may leave a debt."""
    attributes: dict[str, Any]
    """Whatever else the brand wants to know about it."""
    expires_in: str | None
    """How long assigned points last, such as `12/months`; null for ever."""


class ConfigOfferResponse(Answer):
    """What offers are made of."""

    id: str
    """The config offer's id."""
    name: str
    """What customers call it."""
    benefits: dict[str, Any]
    """What it gives."""
    active: bool
    """Whether offers can be made of it."""


class ApiKeyResponse(Answer):
    """An API key without its secret."""

    id: str
    """The key's id, which opens nothing."""
    name: str
    """What people call the key."""
    scopes: list[Scope]
    """What the key may do."""
    created_at: Time
    """When it was created."""
    expires_at: Time | None
    """When it stops working; null for never."""
    disabled: bool
    """Whether it has been revoked."""


class NewApiKeyResponse(ApiKeyResponse):
    """A new API key with its secret, which is told this once."""

    secret: str
    """What calls are to carry; only a hash of it is stored."""


class AuditResponse(Answer):
    """One change of settings."""

    version: int
    """The version of the rules that it made; changes of one call have the same."""
    at: Time
    """When it was made."""
    key_id: str | None
    """The id of the API key that made it; null if it was made from the command line."""
    kind: Kind
    """What was changed."""
    id: str
    """Its id; the brand's own for its settings."""
    before: dict[str, Any] | None
    """What it was, in the form of its own endpoint; null if it was new."""
    after: dict[str, Any] | None
    """What it is; null if it was deleted."""


def audit_response(brand_id: str, record: AuditRecord) -> dict[str, Any]:
    """An AuditResponse."""
    change = record.change
    return {
        "version": record.version,
        "at": to_time(record.author.at),
        "key_id": record.author.key_id or None,
        "kind": change.kind,
        "id": change.id or brand_id,
        "before": change.before,
        "after": change.after,
    }


class AccessTokenResponse(Answer):
    """A token for the key of the call."""

    data: str
    """What calls are to carry after `Bearer` for an hour: in the form of a JWT, whose `exp` says when it ends."""


def brand_response(brand: Brand) -> dict[str, Any]:
    """A BrandResponse."""
    return {name: value for name, value in brand._asdict().items() if name != "rules_version"}


def test_clock_response(clock: BrandClock, real_now: datetime) -> dict[str, Any]:
    """A TestClockResponse."""
    return {
        "now": to_time(clock.now(real_now)),
        "status": "advancing" if clock.is_advancing else "ready",
        "to": to_time(clock.to),
    }


def reward_response(reward: Reward) -> dict[str, Any]:
    """A RewardResponse."""
    shown = reward._asdict()
    return {"id": shown.pop("reward_id"), **shown}


def config_offer_response(offer: ConfigOffer) -> dict[str, Any]:
    """A ConfigOfferResponse."""
    shown = offer._asdict()
    return {"id": shown.pop("config_id"), **shown}


def api_key_response(key_id: str, key: ApiKey) -> dict[str, Any]:
    """An ApiKeyResponse."""
    return {
        "id": key_id,
        "name": key.name,
        "scopes": list(key.scopes),
        "created_at": to_time(key.created_at),
        "expires_at": to_time(key.expires_at),
        "disabled": key.disabled,
    }
