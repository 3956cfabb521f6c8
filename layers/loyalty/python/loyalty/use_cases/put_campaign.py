"""Create or replace a campaign."""

from typing import Any

from loyalty.domain.errors import invalid
from loyalty.domain.limits.budgets import MAX_WITH_FUNDS
from loyalty.domain.rules.campaigns import compile_limits
from loyalty.domain.rules.schemas import read_campaign
from loyalty.store.brands import load_brand, load_campaigns, load_config_offers, load_rewards, save_campaign
from loyalty.store.table import WriteConflict, attempts


def put_campaign(brand_id: str, campaign_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """The campaign as stored. Raises ValidationError with every path that is wrong, BrandNotFoundError."""
    for _ in attempts():
        brand = load_brand(brand_id)
        document = read_campaign(body, load_rewards(brand_id), load_config_offers(brand_id))
        limits = compile_limits(document.get("limits") or {})
        if limits.shared:
            _refuse_too_many(brand_id, campaign_id, document["trigger"])
        try:
            save_campaign(brand, campaign_id, document, limits)
        except WriteConflict:
            continue
        return document
    raise AssertionError("attempts() ends by raising")


def _refuse_too_many(brand_id: str, campaign_id: str, trigger: str) -> None:
    """An event takes from all budgets of its trigger in one transaction, which has only so much room."""
    others = [
        one
        for other, one in load_campaigns(brand_id).items()
        if other != campaign_id and one["trigger"] == trigger and compile_limits(one.get("limits") or {}).shared
    ]
    if len(others) >= MAX_WITH_FUNDS:
        raise invalid("limits", f"only {MAX_WITH_FUNDS} campaigns of one trigger may have a budget or per_campaign")
