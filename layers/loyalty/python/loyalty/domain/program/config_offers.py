"""What offers are made of."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from loyalty.domain.limits.usage import NOTHING

if TYPE_CHECKING:  # only functions that evaluate events start with campaigns
    pass


class ConfigOffer(NamedTuple):
    """What offers are made of: `benefits` is up to the brand. Those assigned keep what they were made of."""

    config_id: str
    name: str
    benefits: Mapping[str, Any] = NOTHING
    active: bool = True
