"""The sample events of `events/`, and how a test changes what it cares about."""

import json
from functools import cache
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parents[2] / "events"

Event = dict[str, Any]
AS_IT_IS: Any = object()


def sample(function: str) -> Event:
    """A fresh copy of a function's sample event."""
    event: Event = json.loads(_text(function))
    return event


@cache
def _text(function: str) -> str:
    return (SAMPLES / f"{function}.json").read_text()


def request(
    function: str,
    body: object = AS_IT_IS,
    *,
    path: dict[str, str] | None = AS_IT_IS,
    query: dict[str, str] | None = AS_IT_IS,
    headers: dict[str, str] | None = AS_IT_IS,
    scopes: str = AS_IT_IS,
    brand: str = AS_IT_IS,
) -> Event:
    """A function's sample request with what is given put in the place of what it has; a `str` body is sent as it is."""
    event = sample(function)
    caller = event["requestContext"].get("authorizer", {})
    wanted: list[tuple[Event, str, Any]] = [
        (event, "body", body if isinstance(body, str) or body is None or body is AS_IT_IS else json.dumps(body)),
        (event, "pathParameters", path),
        (event, "queryStringParameters", query),
        (event, "headers", headers),
        (caller, "scopes", scopes),
        (caller, "brand_id", brand),
    ]
    for place, name, value in wanted:
        if value is not AS_IT_IS:
            place[name] = value
    return event


MERGING: list[tuple[str, dict[str, Any]]] = [
    ("put_brand", {"channel_merging": "email"}),
    ("track_events", {"customerId": "kim", "events": {"visit": {}}, "email": "kim@example.com"}),
    ("track_events", {"customerId": "kim-app", "events": {"visit": {}}, "email": "kim@example.com"}),
    ("put_brand", {"channel_merging": "none"}),
]
"""Requests that make the two one customer whom the sample of `unmerge_customer` is about."""


def body_of(function: str) -> dict[str, Any]:
    """The body of a function's sample request."""
    body: dict[str, Any] = json.loads(sample(function)["body"])
    return body
