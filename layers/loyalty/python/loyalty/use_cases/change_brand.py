"""Change the settings of a brand."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from loyalty.domain.brands import Brand
from loyalty.domain.errors import invalid
from loyalty.store.brands import load_brand, load_reward, save_brand
from loyalty.store.table import Contended, attempts


def change_brand(brand_id: str, settings: Mapping[str, Any]) -> Brand:
    """The brand with these settings changed and the others kept.

    Raises ValidationError (a default reward that is none), BrandNotFoundError, ServiceUnavailable.
    """
    given = {name: value for name, value in settings.items() if value is not None}
    for _ in attempts():
        before = load_brand(brand_id)
        after = replace(before, **given)
        if "default_reward" in given and load_reward(brand_id, given["default_reward"]) is None:
            raise invalid("default_reward", "is not a reward of this brand")
        try:
            save_brand(after)
        except Contended:
            continue
        return after
    raise AssertionError("attempts() ends by raising")
