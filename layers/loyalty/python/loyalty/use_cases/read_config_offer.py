"""Read one config offer."""

from loyalty.domain.errors import OfferNotFoundError
from loyalty.domain.program.config_offers import ConfigOffer
from loyalty.store.brands import load_config_offer


def read_config_offer(brand_id: str, config_id: str) -> ConfigOffer:
    """The config offer, active or not. Raises OfferNotFoundError."""
    offer = load_config_offer(brand_id, config_id)
    if offer is None:
        raise OfferNotFoundError("there is no config offer with this id")
    return offer
