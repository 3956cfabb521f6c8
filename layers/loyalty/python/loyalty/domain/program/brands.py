"""A brand: a tenant with its settings."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

from loyalty.domain.times import zone


class Brand(NamedTuple):
    """A tenant. `rules_version` increases with every change of its settings, rewards, config offers or campaigns.

    Points that end are announced so long before as `remind_before` says, such as `14/days`.
    """

    brand_id: str
    name: str
    enabled: bool = True
    time_zone: str = "UTC"
    channel_merging: str = "none"
    sandbox: bool = False
    default_region: str | None = None
    default_reward: str | None = None
    purchase_ids: str = "unique"
    remind_before: str | None = None
    rules_version: int = 0

    @property
    def tz(self) -> ZoneInfo:
        """The time zone in which its days begin."""
        return zone(self.time_zone)
