"""Remove a campaign."""

from loyalty.domain.errors import CampaignNotFoundError
from loyalty.store import brands
from loyalty.store.table import WriteConflict, attempts


def delete_campaign(brand_id: str, campaign_id: str) -> None:
    """Remove a campaign. Raises CampaignNotFoundError, BrandNotFoundError."""
    for _ in attempts():
        brand = brands.load_brand(brand_id)
        try:
            brands.delete_campaign(brand, campaign_id, CampaignNotFoundError("there is no campaign with this id"))
        except WriteConflict:
            continue
        return
