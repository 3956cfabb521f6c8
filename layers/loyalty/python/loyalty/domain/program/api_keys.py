"""API keys: the brand, the scopes and the expiry of each."""

from dataclasses import dataclass
from datetime import datetime

SCOPES = ("events:write", "customers:read", "offers:write", "admin")


@dataclass(frozen=True)
class ApiKey:
    """An API key of a brand, without its secret and without the hash of it."""

    brand_id: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None = None
    disabled: bool = False
