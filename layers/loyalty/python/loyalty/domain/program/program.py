"""A brand's program: its settings, rewards, config offers and campaigns, all of one version."""

from collections.abc import Mapping
from typing import NamedTuple

from loyalty.domain.limits.budgets import DEFAULT_SHARDS
from loyalty.domain.program.brands import Brand
from loyalty.domain.program.catalog import Catalog


class StoredCampaign(NamedTuple):
    """A campaign as JSON text, so that only what decides events parses it.

    `since_version` is the version of the rules in which a campaign of this id first appeared; `all_shards` is how many
    shards of its budget may have something left: as many as it ever had.
    """

    text: str
    since_version: int = 0
    all_shards: int = DEFAULT_SHARDS


class Program(NamedTuple):
    """Everything that a brand has set up, complete and immutable; `brand.rules_version` is its version."""

    brand: Brand
    catalog: Catalog
    campaigns: Mapping[str, StoredCampaign]
