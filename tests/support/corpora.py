"""What the world may send, made systematically: every endpoint × every field × every value nobody hopes for."""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import islice, pairwise
from typing import Any

from tests.support.published import operations, resolved
from tests.support.samples import sample

Json = dict[str, Any]
Path = tuple[str | int, ...]

_DEEP, _TOO_DEEP = 20, 60

# Each is JSON text, or what somebody takes for it.
NUMBERS = (
    *("0", "-0", "0.0", "-1", "-0.0001", "1", "1.5", "0.00001", "1e0", "1E+2", "10e-1", "999999999999999"),
    *("1000000000000000", "12345678901234567890", "1e15", "1e16", "1e30"),
    *("1e31", "1e-30", "1e-31", "1e400", "-1e400"),
    *("1e-400", "1e9999999999999999999", "9" * 400, "9" * 5000, "0." + "3" * 400, "2147483648", "9007199254740993"),
)
TEXTS = (
    *("", " ", "\t", "x", "0", "null", "true", "NaN", "-1", "1e400", "[]", "{}", "x" * 255, "x" * 256, "x" * 500),
    *("x" * 501, "x" * 4096, "ü" * 255, "😀" * 255, "#", "a#b"),
    *("##", " a", "a ", "a\nb", "a\u0000b", "\u0000", "\u0007"),
    *("\u007f", "\u0085", "\u00a0", "\u00ad", "\u200b"),
    *("\u2028", "\u202e", "\ufeff", "\ufffe", "\uffff", "\U0010ffff"),
    *("e\u0301", "ﬃ", "İ", "ß", "ſ", "K"),
    *("ﷺ" * 30, "\u0430dmin", "demo", "other", "BRAND#demo", "STATE", "RECORD#1"),
    *("../../etc/passwd", "..%2f..%2f", "%00", "%23", "%", "%zz", "' OR '1'='1", '"; DROP TABLE x; --', "<script>"),
    *("${jndi:ldap://x}", "{{7*7}}", "$(id)", "`id`"),
    *("__proto__", "constructor", "attribute_exists(pk)", ":now", "#pk"),
    *("12/months", "0/days", "9999/years", "-1/days", "12/parsecs", "1/day", "101/years", "UTC", "Europe/Berlin"),
    *("2026-03-10", "2026-03-10T12:00:00Z"),
    *("2026-03-11T12:00:00+14:00", "9999-12-31T23:59:59Z", "0000-01-01T00:00:00Z"),
    *("0001-01-01T00:00:00+23:59", "2026-02-30T12:00:00Z"),
    *("2026-03-10T24:00:00Z", "2026-03-10T12:00:60Z", "10000-01-01"),
    *("2026-03-10T12:00:00.1234567890Z", "２０２６-03-10T12:00:00Z", "a@b", "a@b@c"),
    *("@", "+", "+49", "0171 1234567", "()"),
    *("+4915112345678", "a@" + "b" * 300, "AA", "ZZ", "de", "POINTS", "RUNNING", "email", "eq", "repeat_gte"),
)
HALVES = ('"\\ud800"', '"\\udfff"', '"a\\ud83dz"', '"\\udc00\\ud800"', '"\ud800"')
SHAPES = (
    *("null", "true", "false", "[]", "{}"),
    *("[[]]", "[{}]", "[null]", '{"a": null}', '[1, "a", null, {}]', '{"": ""}'),
    *('{"a": 1, "a": 2}', '{"\\u0000": 1}', '{"__proto__": {"x": 1}}'),
    *('{"a#b": 1}', '{"\\ud800": 1}', '{"$ref": "#/"}'),
    *("[" * _DEEP + "]" * _DEEP, "[" * _TOO_DEEP + "]" * _TOO_DEEP, '{"a": ' * _DEEP + "1" + "}" * _DEEP),
    *('{"a": ' * _TOO_DEEP + "1" + "}" * _TOO_DEEP),
    *("[" + ", ".join(["1"] * 1001) + "]", "[" + ", ".join(["{}"] * 501) + "]"),
    *("{" + ", ".join(f'"n{i}": {i}' for i in range(300)) + "}", '["vip", "vip"]'),
    *('{"vip": true}', '[{"id": "points"}]'),
    *('[{"id": "points", "amount": 1}]', '[{"id": "points", "amount": 1e400}]', '[{"id": "a#b", "amount": -1}]'),
)
NOT_JSON = (
    *("NaN", "Infinity", "-Infinity", "undefined", "None", "True", "01"),
    *("1.", ".5", "+1", "0x10", "1_000", "1e", "--1"),
    *("'a'", '"a', '"\\x"', '"\\u12"', '"\n"', "[1,]", "{,}"),
    *('{"a"}', "{a: 1}", "[1 2]", "/* */ 1", "", ",", "nul", "\x00"),
)
VALUES = (*NUMBERS, *(json.dumps(one) for one in TEXTS), *HALVES, *SHAPES, *NOT_JSON)

BODIES = (
    *VALUES,
    *(" " * 199_000 + "{}", " " * 300_000, "[" * 100_000),
    *('{"a":' * 50_000, '"' + "x" * 250_000 + '"', "\ufeff{}", "{}\ufeff"),
    *("{}{}", "{} trailing", "{}\x00", "\x00{}", "﻿{}"),
    *("//\n{}", "<x/>", "a=1&b=2", "--boundary\r\n", "{}\r\n\r\nGET / HTTP/1.1"),
)
IDS = (
    *TEXTS,
    *("%2e%2e%2f", "a%2Fb", "a%252Fb", "%2523", "%23", "a%23b"),
    *("%00", "%E2%80%8B", "%FF", "%C0%AF", "%ED%A0%80", "+", "a+b"),
    *("%20", "a%20b", "%20a", "a;b", "a?b"),
    *("a&b=c", "%0d%0aX: y", "x" * 1001, "%C3%BC" * 255, "%F0%9F%98%80" * 255, "{id}"),
    *("null", "undefined", "-", ".", "..", "*", "ana", "%61na", "ANA", "points", "second"),
)
QUERIES = (
    *TEXTS,
    *NUMBERS,
    *("1 ", "٣", "²", "+5", "0x5", "1,2", "true,false", "TRUE", "yes", "on", "AAAA", "e30", "W10", "=" * 9),
)
BASE64 = ("", "e30=", "e30", "!", "=", "e30=e30=", "//79/A==", "7aCA", "AAAA", "eyJhIjoxfQ==", "e3 0=", "é", "\x00")
HEADERS: tuple[Json, ...] = (
    *({"Idempotency-Key": one} for one in TEXTS),
    {"Content-Type": "text/plain"},
    {"Content-Type": "application/xml"},
    {"Content-Type": ""},
    {"Content-Type": "application/json; charset=utf-16"},
    {"Content-Encoding": "gzip"},
    {"content-type": "application/json", "CONTENT-TYPE": "text/plain"},
    {"Idempotency-Key": "a", "idempotency-key": "b"},
    {"X-HTTP-Method-Override": "DELETE"},
    {"Authorization": "Basic eDp4"},
    {"Host": "evil.example"},
    {"X-Forwarded-For": "x" * 5000},
    {},
)


@dataclass(frozen=True)
class Asked:
    """A function, and what of its sample request is put in another's place; `about` tells a reader what is odd."""

    function: str
    about: str
    changes: Json = field(default_factory=dict)
    event: Json = field(default_factory=dict)


Make = Callable[[], Asked]


def everything(function: str, first: int = 0, every: int = 1) -> Iterator[Asked]:
    """What is made systematically for a function, and of that the first and every so manieth; no other is made."""
    return (make() for make in islice(_everything(function), first, None, every))


def _everything(function: str) -> Iterator[Make]:
    asked = sample(function)
    if asked["body"]:
        yield from _fields(function)
        yield from _names(function)
        for raw in BODIES:
            yield partial(Asked, function, f"body {raw[:40]!r}", {"body": raw})
        yield from _encodings(function)
    for name, value in (asked["pathParameters"] or {}).items():
        for odd in IDS:
            path = {**asked["pathParameters"], name: odd}
            yield partial(Asked, function, f"{name} {odd[:40]!r}", {"path": path})
        yield partial(Asked, function, "no path", {"path": None})
        yield partial(Asked, function, f"{name} doubled", {"path": {**asked["pathParameters"], name: value * 40}})
    for name in _query_of(function):
        for odd in QUERIES:
            yield partial(Asked, function, f"{name} {odd[:40]!r}", {"query": {name: odd}})
    for headers in HEADERS:
        yield partial(Asked, function, f"headers {str(headers)[:60]}", {"headers": headers})
    parts: tuple[Json, ...] = ({"headers": None}, {"queryStringParameters": None}, {"multiValueHeaders": None})
    for part in parts:
        yield partial(Asked, function, f"gateway {part}", event=part)


def at_random(function: str, count: int, seed: int) -> Iterator[Asked]:
    """Requests in which several things are odd at once; the same ones for the same seed."""
    chance = random.Random(f"{seed} {function}")
    asked = sample(function)
    paths = _paths(function) if asked["body"] else []
    for i in range(count):
        changes: Json = {}
        if paths:
            body = _sample_of(function, i)
            chosen = chance.sample(paths, k=min(len(paths), chance.randint(1, 5)))
            odd = [chance.choice(VALUES[: -len(NOT_JSON)]) for _ in chosen]
            changes["body"] = _with(body, list(zip(chosen, odd, strict=True)))
        if asked["pathParameters"] and chance.random() < 0.5:
            changes["path"] = {name: chance.choice(IDS) for name in asked["pathParameters"]}
        if (names := _query_of(function)) and chance.random() < 0.7:
            changes["query"] = {name: chance.choice(QUERIES) for name in names}
        if chance.random() < 0.3:
            changes["headers"] = chance.choice(HEADERS)
        yield Asked(function, f"random {i} of seed {seed}", changes)


def _fields(function: str) -> Iterator[Make]:
    for path in _paths(function):
        for i, raw in enumerate(VALUES):
            about = f"{'.'.join(map(str, path))} = {raw[:40]!r}"
            yield partial(_odd_field, function, about, i, path, raw)


def _names(function: str) -> Iterator[Make]:
    """Fields that nobody knows, in every object of the body."""
    objects = {path[:-1] for path in _paths(function)}
    for path in sorted(objects, key=str):
        for i, name in enumerate(TEXTS):
            about = f"{'.'.join(map(str, path))} has {name[:40]!r}"
            yield partial(_odd_field, function, about, i, (*path, name), '"odd"')


def _odd_field(function: str, about: str, number: int, path: Path, raw: str) -> Asked:
    return Asked(function, about, {"body": _with(_sample_of(function, number), [(path, raw)])})


def _sample_of(function: str, number: int) -> Json:
    """The body of the sample without a key, an event's of its own customer: no request is the retry of another."""
    body: Json = json.loads(sample(function)["body"])
    body.pop("idempotencyKey", None)
    if function == "emit_event":
        body["customer_id"] = f"customer-{number}"
        del body["order"]["purchase_id"]
    return body


def _encodings(function: str) -> Iterator[Make]:
    """Bodies that the gateway passes on in base64, or says it does."""
    for text in BASE64:
        yield partial(Asked, function, f"base64 {text!r}", {"body": text}, {"isBase64Encoded": True})


@cache
def _paths(function: str) -> Sequence[Path]:
    """Every field that the function is described to take."""
    schema = operations()[function]["requestBody"]["content"]["application/json"]["schema"]
    return list(dict.fromkeys(_walk(schema, ())))


def _walk(schema: Json, path: Path) -> Iterator[Path]:
    schema = resolved(schema)
    for name, inner in schema.get("properties", {}).items():
        yield (*path, name)
        yield from _walk(inner, (*path, name))
    for part in (*schema.get("anyOf", ()), *schema.get("allOf", ())):
        yield from _walk(part, path)
    for where, one in (("items", 0), ("additionalProperties", "anything")):
        if isinstance(inner := schema.get(where), dict):
            yield (*path, one)
            yield from _walk(inner, (*path, one))


def _query_of(function: str) -> list[str]:
    return [one["name"] for one in operations()[function].get("parameters", ()) if one["in"] == "query"]


def _with(body: Json, changes: Sequence[tuple[Path, str]]) -> str:
    """The body as text, with these texts where the paths lead."""
    marks = {}
    for i, (path, raw) in enumerate(changes):
        mark = f"@{i}@"
        _put(body, path, mark)
        marks[f'"{mark}"'] = raw
    text = json.dumps(body)
    for mark, raw in marks.items():
        text = text.replace(mark, raw)
    return text


def _put(holder: Any, path: Path, value: str) -> None:
    for here, further in pairwise(path):
        wanted: Any = [] if isinstance(further, int) else {}
        if isinstance(here, int):
            if not holder:
                holder.append(wanted)
            if not isinstance(holder[0], type(wanted)):
                holder[0] = wanted
        elif not isinstance(holder.get(here), type(wanted)):
            holder[here] = wanted
        holder = holder[here]
    if isinstance(path[-1], int):
        holder[:1] = [value]
    else:
        holder[path[-1]] = value
