"""Requests with campaigns in them: a program (rewards, config offers and campaigns together), and a trial of one."""

from typing import Annotated

import pydantic
from pydantic import Field

from loyalty.domain.errors import FieldProblem
from loyalty.domain.program.schemas import ConfigOfferSettings, RewardSettings
from loyalty.domain.rules.campaigns import Campaign
from loyalty.domain.schemas import Identifier, PathIdentifier, Settings

MAX_TRIED_EVENTS = 25
DEFAULT_TRIED_EVENTS = 10


class ProgramSettings(Settings):
    """Rewards, config offers and campaigns to create or replace, each by its id; what is not named stays as it is."""

    rewards: dict[PathIdentifier, RewardSettings] | None = None
    """Rewards by id."""
    config_offers: dict[PathIdentifier, ConfigOfferSettings] | None = None
    """Config offers by id."""
    campaigns: dict[PathIdentifier, Campaign] | None = None
    """Campaigns by id; they may name rewards and config offers of the same request."""


class TrialRequest(Settings):
    """A campaign that is to be tried, and on whose events."""

    campaign: Campaign
    """The campaign, as `PUT /campaigns/{id}` takes it; its `status` does not matter."""
    customer_id: Identifier
    """Whose events it is tried on."""
    last: Annotated[int, Field(ge=1, le=MAX_TRIED_EVENTS)] | None = None
    """How many of their last events of its trigger's type; 10 if this is left out."""

    @classmethod
    def problems(cls, error: pydantic.ValidationError) -> list[FieldProblem]:
        """What does not fit, of the campaign in the words of a campaign."""
        return Campaign.problems(error)
