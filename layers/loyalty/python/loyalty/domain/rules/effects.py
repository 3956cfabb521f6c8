"""Effects as they are written, and what they do: points in several forms, a multiple of others', a tag, an offer."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, ClassVar
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Discriminator, Field, Tag, ValidationInfo, field_validator, model_validator
from pydantic.json_schema import SkipJsonSchema
from pydantic_core import PydanticCustomError

from loyalty.domain.money import ZERO, full_multiples, has_decimals, times
from loyalty.domain.program.catalog import Catalog
from loyalty.domain.rules.conditions import Measured, is_scalar
from loyalty.domain.rules.fields import EventFields, FieldPath
from loyalty.domain.schemas import Factor, Identifier, Percent, Period, PositiveAmount, Settings, Text, union_tag
from loyalty.domain.times import always_ends_after, expiry, parse_period

_ONE_PERCENT = Decimal("0.01")


def _known_reward(reward_id: str, info: ValidationInfo) -> str:
    catalog: Catalog | None = info.context
    if catalog and reward_id not in catalog.rewards:
        raise PydanticCustomError("reward", "is not a reward of this brand")
    return reward_id


def _known_config_offer(config_id: str, info: ValidationInfo) -> str:
    catalog: Catalog | None = info.context
    if catalog and config_id not in catalog.config_offers:
        raise PydanticCustomError("offer", "is not a config offer of this brand")
    return config_id


def _fits_reward(amount: Decimal, info: ValidationInfo) -> Decimal:
    """The amount, if it has no more decimals than the reward beside it."""
    catalog: Catalog | None = info.context
    if catalog and "reward_id" in info.data:
        decimals = catalog.rewards[info.data["reward_id"]].decimals
        if has_decimals(amount, decimals):
            raise PydanticCustomError("decimals", f"must have at most {decimals} decimals, as the reward has")
    return amount


def _one_of_each(by_tier: Mapping[str, Decimal]) -> Mapping[str, Decimal]:
    if len({tier.casefold() for tier in by_tier}) < len(by_tier):
        raise PydanticCustomError("tiers", "has a tier twice: they are told apart without case")
    return by_tier


_RewardAmount = Annotated[PositiveAmount, AfterValidator(_fits_reward)]
_ByTier = Annotated[dict[Text, _RewardAmount], Field(min_length=1, max_length=50), AfterValidator(_one_of_each)]


class _Effect(Settings):
    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, effect: Any) -> Any:
        """A null is as good as nothing, also under the name of a field that only other effects have."""
        if not isinstance(effect, Mapping):
            return effect
        kept = {"value"} & cls.model_fields.keys()  # a tag's value has to be told
        return {
            name: value for name, value in effect.items() if value is not None or name in kept or name not in FIELDS
        }


class _Grant(_Effect):
    reward_id: Annotated[Identifier, AfterValidator(_known_reward)]
    """The reward that is granted."""
    expires_in: Period | None = None
    """When it ends, counted from the event; never if this is left out."""
    available_after: Period | None = None
    """From when it can be spent, counted from the event and pending until then; at once if this is left out."""

    @field_validator("available_after")
    @classmethod
    def _before_it_ends(cls, available_after: str | None, info: ValidationInfo) -> str | None:
        expires_in = info.data.get("expires_in")
        periods = [parse_period(period) for period in (expires_in, available_after) if period]
        if len(periods) > 1 and not always_ends_after(*periods):
            raise PydanticCustomError("vesting", "must always end before expires_in does: nobody could spend it")
        return available_after

    def lifetime(self, issued_at: datetime, tz: ZoneInfo) -> tuple[datetime | None, datetime | None]:
        """When what is granted then ends in the brand's zone, if it does, and from when it is available, if later."""
        ends, starts = (
            expiry(issued_at, parse_period(period), tz) if period else None
            for period in (self.expires_in, self.available_after)
        )
        return ends, starts


class _Field(Settings):
    field: FieldPath
    """Where the event says how much there is; a list counts with its sum."""
    every: PositiveAmount
    """How much makes a step."""


class Step(Measured, _Field):
    """For every full `every` of the field, of all items or of those that a `where` chooses."""


class Points(_Grant):
    """An amount, or what the customer's tier gets; with `per`, for every full step of a field."""

    amount: _RewardAmount
    """How much."""
    by_tier: _ByTier | None = None
    """How much customers of these tiers get instead, by the customer's attribute `tier`."""
    per: Step | None = None
    """What it is granted for again and again."""

    def amount_for(self, tier: object) -> Decimal:
        """What customers of this tier get."""
        if not self.by_tier or not isinstance(tier, str):
            return self.amount
        by_tier = {name.casefold(): amount for name, amount in self.by_tier.items()}
        return by_tier.get(tier.casefold(), self.amount)

    def due(self, fields: EventFields) -> Decimal:
        """The amount for an event; a list at the field counts with its sum, a missing one with nothing."""
        amount = self.amount_for(fields.facts.get("customer", {}).get("tier"))
        if not self.per:
            return amount
        return times(full_multiples(fields.total(self.per.source), self.per.every), amount)


class TierPoints(Points):
    """What the customer's tier gets, and nothing for other tiers; with `per`, for every full step of a field."""

    amount: SkipJsonSchema[Decimal] = ZERO
    by_tier: _ByTier
    """How much customers of these tiers get, by the customer's attribute `tier`."""


class _Share(_Grant):
    percent: Percent
    """How many percent."""
    of: FieldPath
    """Where the event says of how much; a list counts with its sum."""
    cap: PositiveAmount | None = None
    """How much is granted at most."""


class Percentage(Measured, _Share):
    """So many percent of a field, of all items or of those that a `where` chooses, at most `cap`.

    Nothing of what is below zero.
    """

    field_name: ClassVar[str] = "of"

    def due(self, fields: EventFields) -> Decimal:
        """The amount for an event."""
        share = times(times(max(fields.total(self.source), ZERO), self.percent), _ONE_PERCENT)
        return share if self.cap is None else min(share, self.cap)


class Multiple(_Grant):
    """What campaigns that do not multiply grant of this reward for the same event, so many times: it adds the rest."""

    multiply: Factor
    """How many times as much is granted in all."""

    def added_to(self, amount: Decimal) -> Decimal:
        """What it adds to an amount that another campaign grants."""
        return times(amount, self.multiply - 1)


class SetTag(_Effect):
    """A tag of the customer gets a value."""

    tag: Annotated[str, Field(min_length=1, max_length=100)]
    """The tag's name."""
    value: Any = True
    """Its value: a string, a number, true or false; true if this is left out."""

    @field_validator("value")
    @classmethod
    def _is_scalar(cls, value: Any) -> Any:
        if not is_scalar(value):
            raise PydanticCustomError("value", "must be a string, a number, true or false")
        return value


class GiveOffer(_Effect):
    """The customer gets an offer, made of a config offer, that ends after a period."""

    offer: Annotated[Identifier, AfterValidator(_known_config_offer)]
    """The config offer that it is made of."""
    valid_for: Period
    """How long it can be redeemed."""

    def ends_at(self, issued_at: datetime, tz: ZoneInfo) -> datetime:
        """When an offer that is given then ends in the brand's zone."""
        return expiry(issued_at, parse_period(self.valid_for), tz)


class _Unknown(_Effect):
    """An effect without any of the fields that decide its kind; its error lists these fields."""

    amount: None = Field(None, validate_default=True)

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, effect: Any) -> Any:
        """Keep only names that no effect has, so that beside the missing field these alone are refused as unknown."""
        return {name: effect[name] for name in effect.keys() - FIELDS} if isinstance(effect, Mapping) else effect

    @field_validator("amount")
    @classmethod
    def _is_required(cls, _: None) -> None:
        raise PydanticCustomError("effect", f"is required, or one of {', '.join(_MODELS)}")


Grant = Points | Percentage | Multiple
# By the field that makes an effect the one it is; of several, the first is meant.
_MODELS: Mapping[str, type[_Effect]] = {
    "amount": Points,
    "by_tier": TierPoints,
    "percent": Percentage,
    "multiply": Multiple,
    "tag": SetTag,
    "offer": GiveOffer,
}
FIELDS = frozenset(name for model in _MODELS.values() for name in model.model_fields)
"""All that an effect can have."""


KINDS: Mapping[object, str] = {union_tag(name): name for name in _MODELS}
"""What makes an effect the one it is, by its tag in an error's path."""


def _kind(effect: Any) -> str:
    given = {name for name, value in effect.items() if value is not None} if isinstance(effect, Mapping) else ()
    return union_tag(next((name for name in _MODELS if name in given), ""))


Effect = Annotated[
    Annotated[Points, Tag(union_tag("amount"))]
    | Annotated[TierPoints, Tag(union_tag("by_tier"))]
    | Annotated[Percentage, Tag(union_tag("percent"))]
    | Annotated[Multiple, Tag(union_tag("multiply"))]
    | Annotated[SetTag, Tag(union_tag("tag"))]
    | Annotated[GiveOffer, Tag(union_tag("offer"))]
    | SkipJsonSchema[Annotated[_Unknown, Tag(union_tag(""))]],
    Discriminator(_kind),
]
"""An effect; the field that only one of these has, or requires, says which it is."""
