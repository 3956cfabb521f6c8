"""Changes of a brand's settings: who made which, and what they turn a program into."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple


class Kind(StrEnum):
    """What can be changed."""

    BRAND = "brand"
    REWARD = "reward"
    CAMPAIGN = "campaign"
    CONFIG_OFFER = "config_offer"
    API_KEY = "api_key"
    WEBHOOK = "webhook"


class Author(NamedTuple):
    """Who changes settings, by the id of the API key that the call carried, and when."""

    key_id: str
    at: datetime


class SettingsChange(NamedTuple):
    """One change: `before` is None for what was new, `after` for what was deleted; both as they are stored.

    `since_version` and `all_shards` are those of a campaign (see `StoredCampaign`).
    """

    kind: Kind
    id: str
    before: Mapping[str, Any] | None = None
    after: Mapping[str, Any] | None = None
    since_version: int = 0
    all_shards: int = 0


class AuditRecord(NamedTuple):
    """A change as the audit has it: with the version of the rules that it made, by whom and when.

    Changes that were made by one call have the same version, and different numbers.
    """

    version: int
    number: int
    change: SettingsChange
    author: Author
