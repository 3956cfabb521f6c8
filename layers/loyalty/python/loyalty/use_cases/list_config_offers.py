"""List the config offers of a brand."""

from loyalty import json
from loyalty.domain.program.config_offers import ConfigOffer
from loyalty.store import brands
from loyalty.use_cases.paging import Page, decode_id, page_of


def list_config_offers(brand_id: str, cursor: str | None, limit: int) -> Page[ConfigOffer]:
    """A page of config offers, by id. Raises ValidationError (cursor)."""
    of = ("config-offers", brand_id)
    offers = brands.list_config_offers(brand_id, decode_id(cursor, of), limit + 1)
    placed = ((one.config_id, one) for one in offers)
    return page_of(placed, limit, of, size=lambda one: len(json.dumps(one.benefits).encode()))
