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


class TakenResponse(Answer):
    """An amount that a part has taken."""

    reward_id: str
    """Of which reward."""
    campaign_id: str | None
    """The campaign that had granted it."""
    amount: Number
    """How much."""


class PartOfLineExplanationResponse(Answer):
    """So much of one line of an order."""

    sku: str | None
    """Which product."""
    amount: Number
    """How many of it."""


class PartExplanationResponse(Answer):
    """A part of an order, and what it took of all that the event did."""

    at: Time
    """When it was told."""
    unfulfilled: bool
    """Whether it did not ship when the event was fulfilled; else it came back."""
    reason: str | None
    """Why it came back."""
    products: list[PartOfLineExplanationResponse]
    """What of which lines."""
    value: Number
    """How much of the order's value, where that was told instead."""
    accumulations: list[TakenResponse]
    """What it took of what the event had earned."""
    redemptions: list[TakenResponse]
    """What came back of what the event had spent."""


class RescueResponse(Answer):
    """Who paid an event that had expired, and why."""

    at: Time
    """When it was rescued."""
    key_id: str
    """The id of the API key that the call was made with."""
    reason: str
    """Why, as it was sent."""


class ExplanationResponse(Answer):
    """What each campaign of its type made of an event."""

    event_id: str
    """The event's id."""
    type: str
    """What it was."""
    evaluated: bool
    """Whether campaigns were asked."""
    rescue: RescueResponse | SkipJsonSchema[None] = None
    """Who paid it after it had expired; left out if nobody did."""
    campaigns: list[CampaignExplanationResponse]
    """What each of them made of it."""
    parts: list[PartExplanationResponse]
    """What parts of its order did not ship or came back, oldest first, and what each of them took."""
