"""Read and change the campaigns of a brand."""

from typing import Any

from loyalty.domain.campaign_form import read_campaign as read_form
from loyalty.domain.errors import CampaignNotFoundError
from loyalty.store import brands
from loyalty.store.table import Contended, attempts
from loyalty.use_cases.paging import Page, page_of
from loyalty.use_cases.set_up_rewards import read_after

Document = dict[str, Any]


def read_campaign(brand_id: str, campaign_id: str) -> Document:
    """The campaign as written. Raises CampaignNotFoundError."""
    document = brands.load_campaign(brand_id, campaign_id)
    if document is None:
        raise CampaignNotFoundError("there is no campaign with this id")
    return document


def list_campaigns(brand_id: str, cursor: str | None, limit: int) -> Page[tuple[str, Document]]:
    """Ids and campaigns, by id. Raises ValidationError (cursor)."""
    campaigns = brands.list_campaigns(brand_id, read_after(cursor), limit + 1)
    return page_of(((one[0], one) for one in campaigns), limit)


def put_campaign(brand_id: str, campaign_id: str, body: Document) -> Document:
    """The campaign as stored. Raises ValidationError with every path that is wrong, BrandNotFoundError."""
    for _ in attempts():
        brand = brands.load_brand(brand_id)
        document = read_form(body, brands.load_rewards(brand_id))
        try:
            brands.save_campaign(brand, campaign_id, document)
        except Contended:
            continue
        return document
    raise AssertionError("attempts() ends by raising")


def delete_campaign(brand_id: str, campaign_id: str) -> None:
    """Remove a campaign. Raises CampaignNotFoundError, BrandNotFoundError."""
    for _ in attempts():
        brand = brands.load_brand(brand_id)
        try:
            brands.delete_campaign(brand, campaign_id, CampaignNotFoundError("there is no campaign with this id"))
        except Contended:
            continue
        return
