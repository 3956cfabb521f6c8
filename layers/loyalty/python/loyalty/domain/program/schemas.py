"""What is set up, as it is written: the bodies of `PUT` requests, and the YAML files of `earnest apply`."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from loyalty.domain.money import MAX_DECIMALS
from loyalty.domain.schemas import Identifier, Instant, Period, Settings, Text, TimeZone
from loyalty.domain.times import MAX_HOLD, earlier, parse_period, zone

_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)

RewardType = Literal["POINTS", "DISCOUNT", "GIFT_CARD", "PRODUCT"]
ChannelMerging = Literal["none", "mobile", "email"]
PurchaseIds = Literal["unique", "daily"]
Scope = Literal["events:write", "customers:read", "offers:write", "admin"]


class BrandSettings(Settings):
    """Settings of a brand; those not given stay as they are."""

    name: Text | None = None
    """What people call the brand."""
    enabled: bool | None = None
    """Whether events are evaluated; a disabled brand still records them."""
    time_zone: TimeZone | None = None
    """Where the brand's days begin."""
    channel_merging: ChannelMerging | None = None
    """What makes two customers one person."""
    sandbox: bool | None = None
    """Whether the brand is one to test with: its answers say so, its calls are in no business metric, and it has a
    clock of its own. That is settled when the brand is made; anything else than what it is is refused."""
    default_region: Annotated[str, Field(min_length=2, max_length=2)] | None = None
    """The country in which mobile numbers without a country code are read, such as `DE`; null for none."""
    default_reward: Identifier | None = None
    """The reward of points that are assigned without naming one; null for none."""
    purchase_ids: PurchaseIds | None = None
    """Whether the number of a purchase is `unique` for ever, or starts anew every business day: `daily`."""
    remind_before: Period | None = None
    """How long before they end `points.expiring` tells of points, such as `14/days`, a year at most; null for never."""

    @field_validator("remind_before")
    @classmethod
    def _is_in_days(cls, before: str | None) -> str | None:
        try:
            fits = before is None or earlier(_ANY_TIME, parse_period(before), zone("UTC")) >= _ANY_TIME - MAX_HOLD
        except ValueError:
            fits = False
        if not fits:
            raise PydanticCustomError("period", "must be in days, weeks, hours or minutes, and a year at most")
        return before


class RewardSettings(Settings):
    """Something that can be earned and spent."""

    name: Text
    """What customers call it."""
    type: RewardType | None = None
    """What its amounts are: `POINTS`, as they are if not given, money off (`DISCOUNT`) or on a card (`GIFT_CARD`), or
    pieces of a `PRODUCT`."""
    decimals: Annotated[int, Field(ge=0, le=MAX_DECIMALS)] | None = None
    """How many decimals its amounts have at most; if not given, two of money and none of others. Pieces have none."""
    allow_negative: bool | None = None
    """Whether a reversal may leave a debt; it may if not given."""
    attributes: dict[str, Any] | None = None
    """Whatever else the brand wants to know about it."""
    expires_in: Period | None = None
    """How long assigned points last; campaigns have periods of their own."""

    @field_validator("decimals")
    @classmethod
    def _pieces_are_whole(cls, decimals: int | None, info: ValidationInfo) -> int | None:
        if decimals and info.data.get("type") == "PRODUCT":
            raise PydanticCustomError("decimals", "must be 0 for a PRODUCT: it is counted in pieces")
        return decimals


class ConfigOfferSettings(Settings):
    """What offers are made of; those that are assigned keep what they were made of."""

    name: Text
    """What customers call it."""
    benefits: dict[str, Any] | None = None
    """What it gives; its form is up to the brand."""
    active: bool | None = None
    """Whether offers can be made of it; they can if not given."""


class CreateApiKeyRequest(Settings):
    """A new API key."""

    name: Text
    """What people call the key."""
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=4)]
    """What the key may do."""
    expires_at: Instant | None = None
    """When it stops working; never if not given."""


class AdvanceTestClockRequest(Settings):
    """Where the clock of a brand to test with is to go."""

    to: Instant
    """The time that it shall be: after the brand's present time, and within ten years from now in real time."""
