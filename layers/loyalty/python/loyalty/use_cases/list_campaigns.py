"""List the campaigns of a brand."""

from typing import Any

from loyalty import json
from loyalty.store import brands
from loyalty.use_cases.paging import Page, decode_id, page_of


def list_campaigns(brand_id: str, cursor: str | None, limit: int) -> Page[tuple[str, dict[str, Any]]]:
    """A page of ids and campaigns as written, by id. Raises ValidationError (cursor)."""
    of = ("campaigns", brand_id)
    campaigns = brands.list_campaigns(brand_id, decode_id(cursor, of), limit + 1)
    return page_of(((one[0], one) for one in campaigns), limit, of, size=lambda one: len(json.dumps(one[1]).encode()))
