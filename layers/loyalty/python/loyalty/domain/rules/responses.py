"""What clients see of campaigns."""

from collections.abc import Mapping
from typing import Any

from pydantic import ConfigDict

from loyalty.domain.limits.budgets import BudgetRemainder
from loyalty.domain.schemas import Answer, Number, WarningResponse


class CampaignResponse(Answer):
    """A campaign as it was written, with its id."""

    model_config = ConfigDict(extra="allow")

    id: str
    """The campaign's id."""
    name: str
    """What people call it."""
    rules: list[dict[str, Any]]
    """What it rewards, and how."""


class PutCampaignResponse(Answer):
    """A campaign that has been put, and what may be wrong with it."""

    data: CampaignResponse
    """The campaign."""
    warnings: list[WarningResponse]
    """Fields that no request is known to have, such as `order.valeu`; mostly none."""


class RemainderResponse(Answer):
    """What a campaign has left to give."""

    budget: Number | None
    """How much of its budget; null if it has none."""
    times: int | None
    """How many times; null if there is no limit."""


class CampaignProblemResponse(Answer):
    """A field of a stored campaign that this release cannot read."""

    field: str
    """Its path, such as `rules.0.effects`."""
    message: str
    """What is wrong with it."""


class CampaignWithRemainderResponse(Answer):
    """A campaign, and what it has left to give."""

    data: CampaignResponse
    """The campaign."""
    left: RemainderResponse
    """What it has left."""
    problems: list[CampaignProblemResponse]
    """What keeps it from being read, and so from rewarding anything; empty for every campaign as `PUT` stores it."""


class ProgramResponse(Answer):
    """What one request stored, by id."""

    rewards: list[str]
    """The rewards."""
    config_offers: list[str]
    """The config offers."""
    campaigns: list[str]
    """The campaigns."""


class PutProgramResponse(Answer):
    """A program that has been put, and what may be wrong with it."""

    data: ProgramResponse
    """What was stored."""
    warnings: list[WarningResponse]
    """Fields that no request is known to have, such as `campaigns.summer.rules.0.…`; mostly none."""


def program_response(sent: Mapping[str, Any]) -> dict[str, Any]:
    """A ProgramResponse."""
    return {name: list(sent.get(name) or ()) for name in ("rewards", "config_offers", "campaigns")}


def campaign_response(campaign_id: str, document: dict[str, Any]) -> dict[str, Any]:
    """A CampaignResponse."""
    return {"id": campaign_id, **document}


def remainder_response(remainder: BudgetRemainder) -> dict[str, Any]:
    """A RemainderResponse."""
    return remainder._asdict()
