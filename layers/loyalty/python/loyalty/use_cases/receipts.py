"""What makes a request the same request."""

import hashlib
from collections.abc import Mapping
from typing import Any

from loyalty import json


def fingerprint_of(sent: Mapping[str, Any]) -> str:
    """One short text for all ways to write the same body; where the key stood is not part of it."""
    body = {name: value for name, value in sent.items() if name != "idempotencyKey"}
    return hashlib.sha256(json.canonical(body).encode()).hexdigest()[:32]
