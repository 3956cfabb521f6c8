"""Idempotency: how a request is recognised as one that came before, and what is said if it is another one."""

import hashlib
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from loyalty import json
from loyalty.domain import ids
from loyalty.domain.errors import FieldProblem, IdempotencyMismatchError

_MAX_DIFFERENCES = 20
_MISSING = object()


def fingerprint_of(sent: Mapping[str, Any]) -> str:
    """A hash of the body, without its idempotency key; order of names and notation of numbers do not matter."""
    body = {name: value for name, value in sent.items() if name != "idempotencyKey"}
    return hashlib.sha256(json.canonical(body).encode()).hexdigest()[:32]


def idempotency_id_of(brand_id: str, key: str | None) -> str | None:
    """The id of the event that is recorded with this idempotency key; None without one."""
    return ids.derived(brand_id, "key", key) if key else None


def batch_ids_of(brand_id: str, key: str, count: int) -> list[str]:
    """The event ids of a batch with this key, one for each of its events. The first is that of an emit with the key."""
    return [ids.derived(brand_id, "key", key, *([str(i)] if i else [])) for i in range(count)]


def mismatch(
    field: str, what_to_do: str, before: Mapping[str, Any], sent: Mapping[str, Any]
) -> IdempotencyMismatchError:
    """The error for a body that differs from the first one with the same value of `field`: it names what differs."""
    paths = [path for path in _differences(before, sent) if path != "idempotencyKey"][:_MAX_DIFFERENCES]
    what = f" ({', '.join(paths)})" if paths else ""
    return IdempotencyMismatchError(
        f"{field}: the same one came before with another body{what}; {what_to_do}",
        [FieldProblem(path, "differs from what was sent first") for path in paths],
    )


def _differences(before: object, sent: object, path: str = "") -> Iterator[str]:
    """The paths at which two JSON values differ; a value that is missing differs from null."""
    if isinstance(before, Mapping) and isinstance(sent, Mapping):
        for name in dict.fromkeys([*before, *sent]):
            inner = f"{path}.{name}" if path else str(name)
            yield from _differences(before.get(name, _MISSING), sent.get(name, _MISSING), inner)
    elif isinstance(before, list) and isinstance(sent, list):
        for i, pair in enumerate(zip_longest(before, sent, fillvalue=_MISSING)):
            yield from _differences(*pair, f"{path}.{i}")
    elif before is _MISSING or sent is _MISSING or json.canonical(before) != json.canonical(sent):
        yield path
