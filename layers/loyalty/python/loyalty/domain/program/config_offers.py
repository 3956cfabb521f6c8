"""Config offers: the templates that offers are made from."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from loyalty.domain.limits.usage import NOTHING


class ConfigOffer(NamedTuple):
    """A template of offers; `benefits` is up to the brand. Offers keep the name and benefits they were made with."""

    config_id: str
    name: str
    benefits: Mapping[str, Any] = NOTHING
    active: bool = True
