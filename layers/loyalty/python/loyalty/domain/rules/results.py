"""What campaigns make of an event."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from loyalty.domain.limits.usage import NOTHING
from loyalty.domain.rules.campaigns import Rule
from loyalty.domain.rules.compiled import CompiledCampaign
from loyalty.domain.rules.effects import GiveOffer
from loyalty.domain.rules.outcomes import Outcome
from loyalty.domain.wallet.lots import Lot


class Progress(NamedTuple):
    """The rule that an event counted for, and how far that was before the event and is with it, in percent."""

    rule: Rule
    before: Decimal
    now: Decimal


class CampaignResult(NamedTuple):
    """What one campaign made of one event: its outcome, what it grants, and why it grants no more.

    `due` is what it would have granted if its budget is short of that, `winner` the campaign that came first in its
    exclusive group. If the event only counted, `progress` says how far the campaign is.
    """

    campaign: CompiledCampaign
    outcome: Outcome
    lots: tuple[Lot, ...] = ()
    tags: Mapping[str, Any] = NOTHING
    offers: tuple[GiveOffer, ...] = ()
    due: Decimal | None = None
    winner: str | None = None
    progress: Progress | None = None

    @property
    def campaign_id(self) -> str:
        """Which campaign."""
        return self.campaign.campaign_id
