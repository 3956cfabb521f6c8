"""List the API keys of a brand."""

from loyalty.domain.program.api_keys import ApiKey
from loyalty.store.api_keys import list_api_keys
from loyalty.use_cases.paging import Page, decode_id, page_of


def list_keys(brand_id: str, cursor: str | None, limit: int) -> Page[tuple[str, ApiKey]]:
    """A page of ids and keys, revoked ones too, by id. Raises ValidationError (cursor)."""
    of = ("keys", brand_id)
    keys = list_api_keys(brand_id, decode_id(cursor, of), limit + 1)
    return page_of(((one[0], one) for one in keys), limit, of)
