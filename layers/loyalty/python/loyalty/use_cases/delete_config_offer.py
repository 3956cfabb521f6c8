"""Remove a config offer."""

from loyalty.domain.errors import OfferNotFoundError
from loyalty.store import brands
from loyalty.store.table import WriteConflict, attempts


def delete_config_offer(brand_id: str, config_id: str) -> None:
    """Remove a config offer; those assigned stay. Raises OfferNotFoundError, BrandNotFoundError."""
    for _ in attempts():
        brand = brands.load_brand(brand_id)
        try:
            brands.delete_config_offer(brand, config_id, OfferNotFoundError("there is no config offer with this id"))
        except WriteConflict:
            continue
        return
