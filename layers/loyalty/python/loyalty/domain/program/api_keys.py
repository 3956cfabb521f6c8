"""API keys: what a key may do, for whom, and until when."""

from dataclasses import dataclass
from datetime import datetime

SCOPES = ("events:write", "customers:read", "offers:write", "admin")


@dataclass(frozen=True)
class ApiKey:
    """A key of a brand; neither its secret nor the hash of it."""

    brand_id: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None = None
    disabled: bool = False
