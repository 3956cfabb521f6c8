"""DynamoDB's items as JSON text, the way its streams write them: binary values in base64."""

import json
from base64 import b64decode, b64encode
from typing import Any

type Item = dict[str, Any]


def dumps(value: object) -> str:
    """Return attribute values, keys or items as one line of JSON."""
    return json.dumps(value, default=lambda binary: b64encode(binary).decode())


def loads(line: str) -> Any:
    """Return what `dumps` was given. Raises ValueError if the line is cut off."""
    return json.loads(line, object_hook=_with_binaries)


def with_base64(item: Item) -> Item:
    """Return an item with its binary values in base64, as a function receives it in a stream record."""
    received: Item = json.loads(dumps(item))
    return received


def key_text(key: Item) -> str:
    """Return a key as text that is equal for equal keys."""
    return dumps(sorted(key.items()))


def _with_binaries(value: Item) -> Item:
    # A map's attribute may be called B too, but then its value is a dict.
    match value:
        case {"B": str(text)} if len(value) == 1:
            return {"B": b64decode(text)}
        case {"BS": [str(), *_] as texts} if len(value) == 1:
            return {"BS": [b64decode(text) for text in texts]}
        case _:
            return value
