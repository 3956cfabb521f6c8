"""Read one campaign."""

from typing import Any

from loyalty.domain.errors import CampaignNotFoundError
from loyalty.store.brands import load_campaign


def read_campaign(brand_id: str, campaign_id: str) -> dict[str, Any]:
    """The campaign as written. Raises CampaignNotFoundError."""
    document = load_campaign(brand_id, campaign_id)
    if document is None:
        raise CampaignNotFoundError("there is no campaign with this id")
    return document
