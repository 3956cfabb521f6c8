"""What clients see of campaigns and of what they made of an event."""

from decimal import Decimal
from typing import Annotated, Any

from pydantic import ConfigDict, WithJsonSchema

from loyalty.domain.limits.budgets import BudgetRemainder
from loyalty.domain.rules.results import Outcome
from loyalty.domain.schemas import Answer

Number = Annotated[Decimal, WithJsonSchema({"type": "number"})]


class CampaignResponse(Answer):
    """A campaign as it was written, with its id."""

    model_config = ConfigDict(extra="allow")

    id: str
    """The campaign's id."""
    name: str
    """What people call it."""
    rules: list[dict[str, Any]]
    """What it rewards, and how."""


class RemainderResponse(Answer):
    """What a campaign has left to give."""

    budget: Number | None
    """How much of its budget; null if it has none."""
    times: int | None
    """How many times; null if there is no limit."""


class CampaignWithRemainderResponse(Answer):
    """A campaign, and what it has left to give."""

    data: CampaignResponse
    """The campaign."""
    left: RemainderResponse
    """What it has left."""


class ConditionExplanationResponse(Answer):
    """One condition, and whether it held."""

    field: str | None
    """Where it looks; null where events themselves are counted."""
    operator: str
    """What it asks of the values there."""
    wanted: Any
    """What it compares them with; of a long list the first few."""
    within: str = ""
    """How far it looks back; left out if it does not, or at all of history."""
    found: Any
    """What was there, null for nothing and a list for several values; over history, how far that had come."""
    held: bool
    """Whether it held."""


class RuleExplanationResponse(Answer):
    """One rule, and whether it held."""

    name: str | None
    """The rule's name."""
    held: bool
    """Whether one of its alternatives held."""
    conditions: list[list[ConditionExplanationResponse]]
    """Its alternatives, each a list of conditions."""


class GrantedResponse(Answer):
    """What a campaign granted of one reward."""

    reward_id: str
    """Of which reward."""
    amount: Number
    """How much."""


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


class ExplanationResponse(Answer):
    """What each campaign of its type made of an event."""

    event_id: str
    """The event's id."""
    type: str
    """What it was."""
    evaluated: bool
    """Whether campaigns were asked."""
    campaigns: list[CampaignExplanationResponse]
    """What each of them made of it."""


def campaign_response(campaign_id: str, document: dict[str, Any]) -> dict[str, Any]:
    """A CampaignResponse."""
    return {"id": campaign_id, **document}


def remainder_response(remainder: BudgetRemainder) -> dict[str, Any]:
    """A RemainderResponse."""
    return remainder._asdict()
