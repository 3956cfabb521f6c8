"""Put a campaign: it is checked against the brand's rewards and config offers."""

from typing import Any

from loyalty.domain.errors import invalid
from loyalty.domain.limits.budgets import MAX_BUDGETS_PER_TRIGGER
from loyalty.domain.rules.campaigns import Campaign, Limits, check_campaign, to_document
from loyalty.store import program
from loyalty.store.table import retry_on_conflict


@retry_on_conflict
def put_campaign(brand_id: str, campaign_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """Store a campaign and return it as stored. Raises ValidationError with every invalid field, BrandNotFoundError."""
    brand = program.load_brand(brand_id)
    catalog = program.load_catalog(brand_id)
    campaign = check_campaign(body, catalog)
    limits = campaign.limits or Limits()
    if limits.shared:
        _refuse_too_many(brand_id, campaign_id, campaign.trigger)
    document = to_document(body)
    program.save_campaign(brand, campaign_id, document, limits.budget, limits.times)
    return document


def _refuse_too_many(brand_id: str, campaign_id: str, trigger: str) -> None:
    """One transaction consumes all budgets of an event's trigger, so their number is limited."""
    others = program.load_campaigns(brand_id)
    others.pop(campaign_id, None)
    campaigns = [Campaign.model_validate(one) for one in others.values() if one["trigger"] == trigger]
    if sum(one.limits is not None and one.limits.shared for one in campaigns) >= MAX_BUDGETS_PER_TRIGGER:
        raise invalid(
            "limits", f"only {MAX_BUDGETS_PER_TRIGGER} campaigns of one trigger may have a budget or per_campaign"
        )
