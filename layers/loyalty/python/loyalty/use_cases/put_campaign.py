"""Create or replace a campaign."""

from typing import Any

from loyalty.domain.campaign_form import read_campaign
from loyalty.store.brands import load_brand, load_rewards, save_campaign
from loyalty.store.table import Contended, attempts


def put_campaign(brand_id: str, campaign_id: str, body: dict[str, Any]) -> dict[str, Any]:
    """The campaign as stored. Raises ValidationError with every path that is wrong, BrandNotFoundError."""
    for _ in attempts():
        brand = load_brand(brand_id)
        document = read_campaign(body, load_rewards(brand_id))
        try:
            save_campaign(brand, campaign_id, document)
        except Contended:
            continue
        return document
    raise AssertionError("attempts() ends by raising")
