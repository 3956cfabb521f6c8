"""Documents in items: compact JSON, squeezed before it costs another write unit.

An item is its key, the few attributes that conditions compare, and one such document.
"""

import zlib
from typing import Any

from loyalty import json

# A write unit is 1 KB for the whole item; below this, squeezing gains nothing.
_SQUEEZE_FROM = 500


def pack(document: Any) -> str | bytes:
    """A document as an attribute."""
    text = json.dumps(document)
    return zlib.compress(text.encode()) if len(text) > _SQUEEZE_FROM else text


def unpack(attribute: object) -> Any:
    """The document in an attribute."""
    return json.loads(zlib.decompress(attribute) if isinstance(attribute, bytes) else str(attribute))
