"""Who may do what, over HTTP on the deployed stack; and one error body everywhere.

The routes are the template's, what is sent is each function's sample: a new endpoint is in all of this from its first
day, and one without a sample fails it.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from earnest.local.processes import poll
from loyalty import http
from tests.support.project import LONG
from tests.support.published import operations
from tests.support.samples import sample
from tests.support.stack import Stack
from tests.support.worlds import ROUTES, World, bare_world, header_of, in_order, new_world

EVERY = in_order()
KEYED = [name for name in EVERY if ROUTES[name].authorizer]
LISTS = [
    name
    for name in EVERY
    if {"cursor", "limit"} <= {one["name"] for one in operations()[name].get("parameters", ())}
    and name != "list_deliveries"  # its sample leaves none: see test_webhooks.py
]
# What a brand makes of an id that it does not know is its own, and what it tries under one.
MAKING = ("migrate_customer", "try_campaign")
SECRETS_AND_TIMES = re.compile(r"whsec_[\w+/=]+|\d{4}-\d\d-\d\dT[\d:.]+Z")
SCOPES = (http.EVENTS_WRITE, http.CUSTOMERS_READ, "offers:write")
ALLOWED = {
    name: {scope for one in operations()[name]["security"] for scope in next(iter(one.values()))} for name in KEYED
}
OTHER_SCOPES = (*SCOPES, "nothing", "administrator")
each_keyed = pytest.mark.parametrize("function", KEYED)


@pytest.fixture(scope="module")
def walled(stack: Stack) -> Iterator[World]:
    """A brand that nobody else gets anything of, and nobody changes: in no test of this module."""
    world = new_world(stack, "walled")
    for scope in OTHER_SCOPES:
        _key_with(world, scope)
    for one in ("disabled", "expired"):
        _made[world.brand, one] = world.key_with(http.ADMIN, disabled=one == "disabled", expired=one == "expired")
    before = _settled(world)
    yield world
    assert len(before) > 5
    assert _settled(world) == before


def _settled(world: World) -> list[Any]:
    """The brand's items once the feed has told and counted all, but for what is noted of messages on their way."""
    before: list[Any] = []
    for _ in poll(3.0, 120.0):
        items = [item for item in world.items() if not item["sk"]["S"].startswith("DELIVERY#")]
        if items == before:
            return items
        before = items
    raise AssertionError("the feed does not come to an end")


@pytest.fixture
def bare(stack: Stack) -> World:
    """Another brand, where nothing has happened."""
    return bare_world(stack, "bare")


@pytest.fixture(scope="module")
def intruder(stack: Stack) -> World:
    """Another brand, with the same names for all it has."""
    return new_world(stack, "intruder")


def standard(answer: httpx.Response, status: int, code: str) -> None:
    body = answer.json()
    assert (answer.status_code, body.get("statusCode"), body.get("code")) == (status, status, code), answer.text
    assert set(body) == {"statusCode", "code", "message", "details", "requestId"}
    assert isinstance(body["details"]["fields"], list)
    assert body["message"]


def test_every_sample_is_carried_out_with_a_key_of_any_scope_it_names(stack: Stack) -> None:
    world = new_world(stack, "willing")
    assert world.ask("delete_campaign", ids={"id": "second"}).status_code == 204  # it grants the sample's reward too
    keys = {scope: world.key_with(scope) for scope in (*SCOPES, http.ADMIN)}
    for function in EVERY:
        for scope in sorted(ALLOWED.get(function, {http.ADMIN})):
            answer = world.ask(function, key=keys[scope])
            assert answer.status_code < 300, f"{function} with {scope}: {answer.text}"


@each_keyed
def test_no_key_is_401(walled: World, function: str) -> None:
    standard(walled.ask(function, key=""), 401, "Unauthorized")
    (header,) = header_of(function, "x")
    standard(walled.ask(function, key="", headers={header: ""}), 401, "Unauthorized")


@each_keyed
def test_a_good_key_in_the_headers_of_other_sections_is_401(walled: World, function: str) -> None:
    (header,) = header_of(function, "x")
    others = {"Authorization": f"Bearer {walled.key}", "APIKey": walled.key, "x-api-key": walled.key}
    del others[header]
    standard(walled.ask(function, key="", headers=others), 401, "Unauthorized")


BAD = ("unknown", "disabled", "expired", "in another form")
# After a key that is no good, the engine starts its function anew, a second or two; the functions are asked about
# every route and every kind of bad key in tests/functions/test_access.py.
OF_EACH_FORM = list({ROUTES[name].authorizer: name for name in KEYED}.values())


@pytest.fixture(scope="module")
def bad_keys(walled: World) -> dict[str, str]:
    """Keys that are none, or none any more."""
    return {
        "unknown": f"ek_{walled.brand}_{'x' * 43}",
        "disabled": _made[walled.brand, "disabled"],
        "expired": _made[walled.brand, "expired"],
        "in another form": f"Basic {walled.key}",
    }


@pytest.mark.parametrize("function", KEYED if LONG else OF_EACH_FORM)
def test_a_key_that_is_no_good_is_401(walled: World, bad_keys: dict[str, str], function: str) -> None:
    bodies = set()
    for kind in BAD:
        (header,) = header_of(function, "x")
        bare = kind == "in another form" or header != "Authorization"
        answer = walled.ask(function, key="", headers={header: f"{'' if bare else 'Bearer '}{bad_keys[kind]}"})
        standard(answer, 401, "Unauthorized")
        bodies.add(answer.text.replace(answer.json()["requestId"], ""))
    assert len(bodies) == 1, "what is wrong with a key is nobody's business"


@each_keyed
def test_a_key_without_the_scope_is_403(walled: World, function: str) -> None:
    for scope in OTHER_SCOPES:
        if scope not in ALLOWED[function]:
            standard(walled.ask(function, key=_key_with(walled, scope)), 403, "Forbidden")


_made: dict[tuple[str, str], str] = {}


def _key_with(world: World, scope: str) -> str:
    if (world.brand, scope) not in _made:
        _made[world.brand, scope] = world.key_with(scope)
    return _made[world.brand, scope]


@pytest.mark.parametrize("function", [name for name in KEYED if sample(name)["pathParameters"]])
def test_another_brands_id_in_the_path_is_as_unknown_as_any(walled: World, bare: World, function: str) -> None:
    theirs, nobodys = walled.ids(function), dict.fromkeys(walled.ids(function), "z" * 26)
    answers = []
    for ids in (theirs, nobodys):
        answer = bare.ask(function, ids=ids)
        shown = answer.text.replace(answer.headers.get("X-Request-Id", "no id"), "")
        for name, value in ids.items():
            shown = shown.replace(value, name)
        answers.append((answer.status_code, SECRETS_AND_TIMES.sub("", shown)))
    assert answers[0] == answers[1]
    if ROUTES[function].method != "put" and function not in MAKING:
        assert answers[0][0] == 404


@pytest.mark.parametrize("function", [name for name in KEYED if "brand_id" in (sample(name)["body"] or "")])
def test_another_brand_in_the_body_is_403(walled: World, intruder: World, function: str) -> None:
    standard(walled.ask(function, key=intruder.key), 403, "Forbidden")
    standard(intruder.ask(function, key=walled.key), 403, "Forbidden")


@pytest.fixture(scope="module")
def namesake(stack: Stack) -> World:
    """Another brand, in which the samples are carried out one after another."""
    return new_world(stack, "namesake")


@pytest.mark.parametrize("function", [name for name in KEYED if sample(name)["body"]])
def test_another_brands_customer_in_the_body_is_ones_own(walled: World, namesake: World, function: str) -> None:
    # That `walled` is as it was, byte for byte, is what its fixture sees to.
    assert namesake.ask(function).status_code < 300


@pytest.fixture(scope="module")
def cursors(walled: World, intruder: World) -> dict[tuple[str, str], str]:
    """By brand and list a cursor in the middle of it."""
    found = {}
    for world in (walled, intruder):
        for function in LISTS:
            page = world.ask(function, query={"limit": "1"}).json()
            assert page["next_cursor"], f"{function}: the samples leave too little to turn a page"
            found[world.brand, function] = page["next_cursor"]
    return found


@pytest.mark.parametrize("function", LISTS)
def test_a_cursor_of_another_brand_or_list_or_customer_is_refused(
    walled: World, intruder: World, cursors: dict[tuple[str, str], str], function: str
) -> None:
    assert walled.ask(function, query={"cursor": cursors[walled.brand, function]}).status_code == 200
    for (brand, listing), cursor in cursors.items():
        if (brand, listing) != (intruder.brand, function):
            answer = intruder.ask(function, query={"cursor": cursor})
            standard(answer, 400, "ValidationError")
            assert [one["field"] for one in answer.json()["details"]["fields"]] == ["cursor"]
    if sample(function)["pathParameters"]:
        ids = dict.fromkeys(sample(function)["pathParameters"], "ben")
        assert intruder.ask("emit_event", body=_of_ben(intruder.brand)).status_code == 201
        query = {"cursor": cursors[intruder.brand, function]}
        standard(intruder.ask(function, ids=ids, query=query), 400, "ValidationError")


def _of_ben(brand: str) -> str:
    return json.dumps({"customer_id": "ben", "brand_id": brand, "type": "VISIT"})


@pytest.mark.parametrize("function", LISTS)
def test_a_cursor_that_was_altered_is_refused(
    walled: World, cursors: dict[tuple[str, str], str], function: str
) -> None:
    cursor = cursors[walled.brand, function]
    step = max(1, len(cursor) // 8)
    for i in range(0, len(cursor), step):
        altered = cursor[:i] + ("A" if cursor[i] != "A" else "B") + cursor[i + 1 :]
        standard(walled.ask(function, query={"cursor": altered}), 400, "ValidationError")


def test_what_needs_no_key_takes_any(walled: World) -> None:
    for function in set(EVERY) - set(KEYED):
        assert walled.ask(function, key="").status_code == 200
        headers = {"Authorization": "Bearer none", "APIKey": "none", "x-api-key": "none"}
        assert walled.ask(function, key="", headers=headers).status_code == 200


def test_header_names_and_other_headers_do_not_matter(walled: World) -> None:
    headers = {"aUTHORIZATION": f"bearer {walled.key}", "secretKey": "x", "x-region": "US", "lang": "de"}
    assert walled.ask("get_brand", key="", headers=headers).status_code == 200


def test_a_route_that_is_none_is_404(api: httpx.Client) -> None:
    standard(api.get("/nowhere"), 404, "RouteNotFound")
    standard(api.delete("/behavior/events"), 404, "RouteNotFound")


@pytest.mark.parametrize(
    ("content", "status", "field"),
    [
        (b"{", 400, "body"),
        (b"[]", 400, "body"),
        (b"\xff\xfe", 400, "body"),
        (b"", 400, "body"),
        (b"[" * 50_000, 400, "body"),
        (b'{"a": NaN}', 400, "body"),
        (b'{"metadata": {"price": 1e400}}', 400, "metadata.price"),
        (b'{"customer_id": "\\ud800"}', 400, "customer_id"),
        (b'"' + b"x" * 1_000_000 + b'"', 413, "body"),
    ],
    ids=["broken", "array", "not utf-8", "empty", "deep", "NaN", "1e400", "surrogate", "1 MB"],
)
def test_a_body_that_is_none_is_refused(api: httpx.Client, content: bytes, status: int, field: str) -> None:
    answer = api.post("/behavior/events", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == status, answer.text
    assert [one["field"] for one in answer.json()["details"]["fields"]] == [field]


def test_ids_with_blanks_and_marks_travel_in_paths(api: httpx.Client, customer: str) -> None:
    name = f"{customer} äß+%@x"
    body = {"brand_id": "demo", "customer_id": name, "type": "VISIT"}
    assert api.post("/behavior/events", json=body).status_code == 201
    answer = api.get("/customers/" + "".join(f"%{byte:02X}" for byte in name.encode()))
    assert answer.status_code == 200, answer.text
    assert answer.json()["data"]["customer_id"] == name
