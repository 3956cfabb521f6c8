"""Change the settings of a brand."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from loyalty.domain.errors import invalid
from loyalty.domain.program.brands import Brand
from loyalty.store.brands import load_brand, load_reward, save_brand
from loyalty.store.table import WriteConflict, attempts

_CAN_BE_WITHOUT = ("default_region", "default_reward")


def change_brand(brand_id: str, settings: Mapping[str, Any]) -> Brand:
    """The brand with these settings changed and the others kept; null takes away one that a brand can be without.

    Raises ValidationError (a default reward that is none), BrandNotFoundError, ServiceUnavailable.
    """
    given = {name: value for name, value in settings.items() if value is not None or name in _CAN_BE_WITHOUT}
    for _ in attempts():
        before = load_brand(brand_id)
        after = replace(before, **given)
        default = given.get("default_reward")
        if default is not None and load_reward(brand_id, default) is None:
            raise invalid("default_reward", "is not a reward of this brand")
        try:
            save_brand(after)
        except WriteConflict:
            continue
        return after
    raise AssertionError("attempts() ends by raising")
