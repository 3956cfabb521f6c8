"""Create or replace a config offer."""

from collections.abc import Mapping
from typing import Any

from loyalty.domain.program.config_offers import ConfigOffer
from loyalty.store.brands import load_brand, save_config_offer
from loyalty.store.table import WriteConflict, attempts


def put_config_offer(brand_id: str, config_id: str, settings: Mapping[str, Any]) -> ConfigOffer:
    """The config offer as it now is; what `settings` does not say has its default. Raises BrandNotFoundError."""
    offer = ConfigOffer(config_id, **{name: value for name, value in settings.items() if value is not None})
    for _ in attempts():
        try:
            save_config_offer(load_brand(brand_id), offer)
        except WriteConflict:
            continue
        return offer
    raise AssertionError("attempts() ends by raising")
