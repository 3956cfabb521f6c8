"""What clients see of what campaigns made of an event."""

from typing import Any

from pydantic.json_schema import SkipJsonSchema

from loyalty.domain.rules.outcomes import Outcome
from loyalty.domain.schemas import Answer, Number, Time


class WhereExplanationResponse(Answer):
    """One condition that chooses items."""

    field: str
    """Where it looks in the item."""
    operator: str
    """What it asks of the values there."""
    wanted: Any
    """What it compares them with; of a long list the first few."""


class ConditionExplanationResponse(Answer):
    """One condition, and whether it held."""

    field: str | None
    """Where it looks; null where events themselves are counted."""
    operator: str
    """What it asks of the values there."""
    wanted: Any
    """What it compares them with; of a long list the first few."""
    where: list[list[WhereExplanationResponse]] | SkipJsonSchema[None] = None
    """Which items count; left out if all do."""
    within: str | SkipJsonSchema[None] = None
    """How far it looks back; left out if it does not, or at all of history."""
    found: Any
    """What was there, null for nothing and a list for several values; over history, how far that had come."""
    held: bool
    """Whether it held; false as well where the campaign was not evaluated."""


class ItemExplanationResponse(WhereExplanationResponse):
    """One condition on an item, and whether it held for the one that came nearest."""

    found: Any
    """What the item had there, null for nothing and a list for several values."""
    held: bool
    """Whether it held."""


class AnyItemExplanationResponse(Answer):
    """A condition on one item of a list, and what was found in the item that met it, or came nearest."""

    any_item: str
    """Where the list is."""
    where: list[list[ItemExplanationResponse]]
    """What was asked of an item: all of one of these lists."""
    item: int | None
    """Which item met it, or came nearest, counted from 0; null if there is none."""
    held: bool
    """Whether an item met it."""


class RuleExplanationResponse(Answer):
    """One rule, and whether it held."""

    name: str | None
    """The rule's name."""
    held: bool
    """Whether one of its alternatives held."""
    conditions: list[list[ConditionExplanationResponse | AnyItemExplanationResponse]]
    """Its alternatives, each a list of conditions."""


class GrantedResponse(Answer):
    """What a campaign granted of one reward."""

    reward_id: str
    """Of which reward."""
    amount: Number
    """How much."""
    available_from: Time | SkipJsonSchema[None] = None
    """From when it can be spent; left out if it can be at once."""


class CampaignExplanationResponse(Answer):
    """What one campaign made of an event, and why."""

    campaign_id: str
    """The campaign's id."""
    name: str
    """The campaign's name."""
    outcome: Outcome
    """What it made of the event."""
    sentence: str
    """The same in words."""
    granted: list[GrantedResponse]
    """What it granted, by reward."""
    offers: list[str]
    """The config offers it gave offers of."""
    tags: dict[str, Any]
    """The tags it set."""
    rules: list[RuleExplanationResponse]
    """Its rules."""
