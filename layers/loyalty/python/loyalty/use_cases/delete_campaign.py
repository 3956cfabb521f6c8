"""Remove a campaign."""

from loyalty.domain.errors import CampaignNotFoundError
from loyalty.store import brands
from loyalty.store.table import Contended, attempts


def delete_campaign(brand_id: str, campaign_id: str) -> None:
    """Remove a campaign. Raises CampaignNotFoundError, BrandNotFoundError."""
    for _ in attempts():
        brand = brands.load_brand(brand_id)
        try:
            brands.delete_campaign(brand, campaign_id, CampaignNotFoundError("there is no campaign with this id"))
        except Contended:
            continue
        return
