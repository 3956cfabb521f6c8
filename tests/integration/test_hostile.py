"""Hostile requests as they are on the wire: paths, methods, headers and bodies that no client library sends."""

import http.client
import json
import string
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from tests.support.corpora import BODIES, IDS, QUERIES
from tests.support.figures import Record, answers
from tests.support.project import LONG
from tests.support.published import operations
from tests.support.samples import sample
from tests.support.stack import Stack
from tests.support.worlds import ROUTES, World, header_of, new_world

# The short form sends a part of it.
EVERY = 1 if LONG else 40
# What may stand in a request line as it is; the rest has to be written otherwise even by an attacker.
_PLAIN = string.ascii_letters + string.digits + string.punctuation

PATHS = (
    *("/", "//", "//brand", "/brand/", "/brand//", "/Brand", "/brand%00", "/brand;a=b", "/brand#x", "/%2e%2e/brand"),
    *(
        "/customers/a%2Fb",
        "/customers/a%252Fb",
        "/customers/../brand",
        "/customers/..%2f..%2fbrand",
        "/customers//wallet",
    ),
    *(
        "/customers/%FF",
        "/customers/%ED%A0%80",
        "/customers/%zz",
        "/customers/" + "x" * 5000,
        "/openapi.json/",
        "/v1/brand",
    ),
    *("/rewards?limit=1&limit=2", "/rewards?cursor[]=a", "/rewards?limit", "/rewards?=&&==", "/brand?" + "a=b&" * 500),
    *("/customers/ana/wallet?x=%FF", "/integrations/events/reward-preview/", "/behavior/events/%3Cscript%3E/fulfill"),
)
METHODS = (
    "HEAD",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "BREW",
    "PROPFIND",
    "X" * 200,
    "GET",
    "PUT",
    "POST",
    "PATCH",
    "DELETE",
)
HEADERS: tuple[tuple[tuple[str, str | bytes], ...], ...] = (
    *(
        (("Content-Type", one),)
        for one in ("text/plain", "application/xml", "multipart/form-data; boundary=x", "", ";")
    ),
    (("Content-Type", "application/json; charset=utf-16"),),
    (("Content-Encoding", "gzip"),),
    (("Content-Type", "application/json"), ("Content-Type", "text/plain")),
    (("Idempotency-Key", "a"), ("Idempotency-Key", "b")),
    (("Idempotency-Key", ""),),
    (("Idempotency-Key", "x" * 300),),
    (("Idempotency-Key", b"\xff\xfe"),),
    (("X-Long", "x" * 20_000),),
    tuple((f"X-{i}", "x") for i in range(90)),
    (("X-HTTP-Method-Override", "DELETE"), ("X-Forwarded-Host", "evil.example"), ("X-Original-URL", "/brand")),
    (("Cookie", "a=b; " * 200), ("Range", "bytes=0-1"), ("If-None-Match", "*"), ("Accept", "image/png")),
)
RAW = (
    b"\xff\xfe",
    b"\xef\xbb\xbf{}",
    b"\x00",
    b"\x1f\x8b\x08\x00",
    '{"a":1}'.encode("utf-16"),
    b'{"customer_id":"\xed\xa0\x80"}',
)


class Sent(NamedTuple):
    """A request as it is on the wire, and the function that its route has."""

    function: str
    method: str
    target: str
    headers: tuple[tuple[str, str | bytes], ...] = ()
    body: bytes = b""


def _all(world: World) -> Iterator[Sent]:
    for target in PATHS:
        yield from (Sent("get_brand", method, target) for method in ("GET", "PUT", "DELETE"))
    for function, route in ROUTES.items():
        method, body = route.method.upper(), (sample(function)["body"] or "").encode()
        target = route.path
        for name, value in world.ids(function).items():
            target = target.replace(f"{{{name}}}", value)
        yield from (Sent(function, odd, target, body=body) for odd in METHODS)
        yield from (Sent(function, method, target, headers, body) for headers in HEADERS)
        if world.ids(function):
            for odd in IDS:
                yield Sent(function, method, _filled(route.path, odd), body=body)
        for name in (one["name"] for one in operations()[function].get("parameters", ()) if one["in"] == "query"):
            for odd in QUERIES:
                yield Sent(function, method, f"{target}?{name}={quote(odd, safe=_PLAIN)}", body=body)
        if body:
            odd_bodies = [*(one.encode("utf-8", "surrogatepass") for one in BODIES), *RAW]
            yield from (Sent(function, method, target, body=odd) for odd in odd_bodies)


def _filled(path: str, value: str) -> str:
    before, _, rest = path.partition("{")
    return before + quote(value, safe=_PLAIN) + rest.partition("}")[2]


def test_nothing_on_the_wire_breaks_the_stack(stack: Stack, record_property: Record) -> None:
    world = new_world(stack, "besieged")
    statuses: Counter[int] = Counter()
    for sent in islice(_all(world), None, None, EVERY):
        status, text = _exchange(stack, world, sent)
        asked = f"{sent.function}: {sent.method} {sent.target[:100]} {sent.headers} {sent.body[:60]!r}"
        told = f"{asked}: {status} {text[:300]}"
        assert status < 500, told
        if status >= 400 and text:
            body = json.loads(text)
            assert set(body) == {"statusCode", "code", "message", "details", "requestId"}, told
            assert body["statusCode"] == status, told
        statuses[status] += 1
    for figure in answers("on the wire", statuses):
        record_property(*figure)
    assert statuses.total() > 100


def _exchange(stack: Stack, world: World, sent: Sent) -> tuple[int, str]:
    address = urlsplit(stack.card["base_url"])
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=60)
    try:
        connection.putrequest(sent.method, address.path + sent.target, skip_accept_encoding=True)
        own: list[tuple[str, Any]] = [*header_of(sent.function, world.key).items(), ("Content-Length", len(sent.body))]
        for name, value in (*own, *sent.headers):
            connection.putheader(name, value if isinstance(value, bytes) else str(value))
        connection.endheaders()
        connection.send(sent.body)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()
