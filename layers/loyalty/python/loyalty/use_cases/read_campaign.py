"""Read one campaign."""

from typing import Any

from loyalty.domain.errors import CampaignNotFoundError
from loyalty.domain.limits.budgets import BudgetRemainder, remainder
from loyalty.domain.rules.campaigns import compile_limits
from loyalty.store.brands import load_campaign
from loyalty.store.budgets import load_left


def read_campaign(brand_id: str, campaign_id: str) -> tuple[dict[str, Any], BudgetRemainder]:
    """The campaign as written, and what it has left. Raises CampaignNotFoundError."""
    document = load_campaign(brand_id, campaign_id)
    if document is None:
        raise CampaignNotFoundError("there is no campaign with this id")
    limits = compile_limits(document.get("limits") or {})
    left = load_left(brand_id, [campaign_id]) if limits.shared else {}
    return document, remainder(
        left.get(campaign_id, {}), budget=limits.budget is not None, times=limits.times is not None
    )
