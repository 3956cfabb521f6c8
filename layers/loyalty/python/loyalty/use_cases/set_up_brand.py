"""Read and change a brand's settings."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from loyalty.domain.brands import Brand
from loyalty.store.brands import load_brand, save_brand
from loyalty.store.table import Contended, attempts


def read_brand(brand_id: str) -> Brand:
    """The brand. Raises BrandNotFoundError."""
    return load_brand(brand_id)


def change_brand(brand_id: str, settings: Mapping[str, Any]) -> Brand:
    """The brand with these settings changed and the others kept. Raises BrandNotFoundError, ServiceUnavailable."""
    given = {name: value for name, value in settings.items() if value is not None}
    for _ in attempts():
        before = load_brand(brand_id)
        try:
            save_brand(replace(before, **given))
        except Contended:
            continue
        return replace(before, **given)
    raise AssertionError("attempts() ends by raising")
