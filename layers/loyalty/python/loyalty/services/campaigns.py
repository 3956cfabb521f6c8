"""Write a campaign: checked against the brand's rewards and config offers, in force with the next event."""

from typing import Any

from loyalty.domain.errors import invalid
from loyalty.domain.limits.budgets import MAX_BUDGETS_PER_TRIGGER
from loyalty.domain.rules.campaigns import compile_limits
from loyalty.domain.rules.schemas import read_campaign
from loyalty.store import program
from loyalty.store.table import retry_on_conflict


@retry_on_conflict
def put_campaign(brand_id: str, campaign_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """The campaign as stored. Raises ValidationError with every path that is wrong, BrandNotFoundError."""
    brand = program.load_brand(brand_id)
    catalog = program.load_catalog(brand_id)
    document = read_campaign(body, catalog.rewards, catalog.config_offers)
    limits = compile_limits(document.get("limits") or {})
    if limits.shared:
        _refuse_too_many(brand_id, campaign_id, document["trigger"])
    program.save_campaign(brand, campaign_id, document, limits.budget, limits.times)
    return document


def _refuse_too_many(brand_id: str, campaign_id: str, trigger: str) -> None:
    """An event takes from all budgets of its trigger in one transaction, which has only so much room."""
    others = [
        one
        for other, one in program.load_campaigns(brand_id).items()
        if other != campaign_id and one["trigger"] == trigger and compile_limits(one.get("limits") or {}).shared
    ]
    if len(others) >= MAX_BUDGETS_PER_TRIGGER:
        raise invalid(
            "limits", f"only {MAX_BUDGETS_PER_TRIGGER} campaigns of one trigger may have a budget or per_campaign"
        )
