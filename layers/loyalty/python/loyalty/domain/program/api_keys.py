"""API keys: the brand, the scopes and the expiry of each; and the short-lived tokens that some clients ask for."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

# How long a token lasts: clients of Masivo's API ask for the next one before that.
TOKEN_LIFETIME = timedelta(hours=1)


@dataclass(frozen=True)
class ApiKey:
    """An API key of a brand, without its secret and without the hash of it; the id comes from where it is stored."""

    brand_id: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None = None
    disabled: bool = False


@dataclass(frozen=True)
class AccessToken:
    """A token that stands for an API key until it expires, or until the key does or is revoked."""

    brand_id: str
    key_id: str
    expires_at: datetime


class AuthenticatedKey(NamedTuple):
    """A key that is good now, with its id; `sandbox` if its brand is one."""

    key_id: str
    key: ApiKey
    sandbox: bool = False
