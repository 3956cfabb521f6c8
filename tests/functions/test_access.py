"""Who may do what, whole: every route of the template with every kind of key that is no good."""

from dataclasses import replace
from typing import Any

import pytest

from earnest import openapi
from loyalty.domain.program.api_keys import ApiKey
from loyalty.store.api_keys import digest_of
from tests.support.api_keys import save_api_key
from tests.support.backend import Backend
from tests.support.builders import NOW, after, before
from tests.support.project import resources
from tests.support.samples import sample

SECRET = "ek_demo_of_the_test"
KEYED = {route.operation: route for route in openapi.routes() if route.authorizer}
HEADERS = {
    name: authorizer["Identity"]["Headers"][0]
    for api in resources("AWS::Serverless::Api").values()
    for name, authorizer in api["Auth"]["Authorizers"].items()
}
KEY = ApiKey("demo", "Till 7", ("admin",), NOW)
STORED = {
    "unknown": None,
    "disabled": replace(KEY, disabled=True),
    "expired": replace(KEY, expires_at=before(seconds=1)),
    "expiring now": replace(KEY, expires_at=NOW),
    "disabled, and to expire": replace(KEY, disabled=True, expires_at=after(days=1)),
}
each_route = pytest.mark.parametrize("function", sorted(KEYED))


def asking(function: str, headers: dict[str, str]) -> dict[str, Any]:
    """What the gateway asks the authorizer of that route."""
    route = KEYED[function]
    return {
        **sample("authorize"),
        "resource": route.path,
        "path": route.path,
        "httpMethod": route.method.upper(),
        "headers": headers,
    }


def good(function: str) -> dict[str, str]:
    """The header in which the route takes a key, with the test's."""
    header = HEADERS[KEYED[function].authorizer or ""]
    return {header: f"Bearer {SECRET}" if header == "Authorization" else SECRET}


@each_route
def test_a_good_key_in_the_header_of_its_route_lets_in(empty: Backend, function: str) -> None:
    save_api_key("k1", digest_of(SECRET), KEY)
    context = empty.run("authorize", asking(function, good(function)))["context"]
    assert (context["brand_id"], context["scopes"]) == ("demo", "admin")


@each_route
@pytest.mark.parametrize("kind", STORED)
def test_a_key_that_is_no_good_is_refused_after_one_read(empty: Backend, function: str, kind: str) -> None:
    kept = STORED[kind]
    if kept:
        save_api_key("k1", digest_of(SECRET), kept)
    _expect_401(empty, asking(function, good(function)))


@each_route
@pytest.mark.parametrize(
    "alter",
    [
        lambda _: "",
        lambda value: value[:-1],
        lambda value: f"{value}x",
        lambda value: value.upper(),
        lambda value: f" {value}",
        lambda value: f"Basic {value}",
        lambda value: f"Bearer Bearer {value}",
        lambda value: digest_of(value.removeprefix("Bearer ")),
        lambda value: f"{value},{value}",
        lambda value: f"{value}\x00",
        lambda _: "KEY",
        lambda _: "é" * 3000,
        lambda _: "\ud800",
    ],
    ids=range(13),
)
def test_a_key_in_another_form_is_refused_after_one_read(empty: Backend, function: str, alter: Any) -> None:
    save_api_key("k1", digest_of(SECRET), KEY)
    headers = {name: alter(value) for name, value in good(function).items()}
    _expect_401(empty, asking(function, headers))


@each_route
def test_a_key_in_the_header_of_another_section_is_refused(empty: Backend, function: str) -> None:
    save_api_key("k1", digest_of(SECRET), KEY)
    own = set(good(function))
    others = {name: f"Bearer {SECRET}" if name == "Authorization" else SECRET for name in HEADERS.values()}
    _expect_401(empty, asking(function, {name: value for name, value in others.items() if name not in own}))


def _expect_401(backend: Backend, event: dict[str, Any]) -> None:
    """Exactly this text is the gateway's 401; one read, whatever is wrong, so that time tells nothing either."""
    with backend.store_calls() as calls, pytest.raises(Exception, match=r"^Unauthorized$"):
        backend.run("authorize", event)
    assert calls == [("GetItem", 1)]
