"""Nothing tells whether an id exists in another brand: not the answer, and not what is read for it."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from loyalty.use_cases.create_brand import create_brand
from loyalty.use_cases.create_key import create_key
from tests.builders import NOW
from tests.functions.backend import Answer, Backend
from tests.published import operations
from tests.samples import body_of, sample

WITH_AN_ID = [name for name in sorted(operations()) if sample(name)["pathParameters"]]
CUSTOMER_FIELDS = ("customer_id", "customerId", "playerUniqueId", "userId")
WITH_A_CUSTOMER = [
    name for name in sorted(operations()) if sample(name)["body"] and set(CUSTOMER_FIELDS) & set(body_of(name))
]

Calls = list[tuple[str, int]]


@pytest.fixture
def two(backend: Backend) -> Backend:
    """Two brands; what the samples are about is in `demo`, and nothing is in `other`."""
    backend.call("emit_event")
    create_key("demo", "Till 7", ["events:write"], NOW, secret="ek_demo_example")
    return backend


@contextmanager
def calls_to_the_store(backend: Backend) -> Iterator[Calls]:
    """Every call to the store within: its name, and of how many items."""
    calls: Calls = []

    def note(params: dict[str, Any], model: Any, **_more: object) -> None:
        keys = [one for table in params.get("RequestItems", {}).values() for one in table["Keys"]]
        calls.append((model.name, len(keys or params.get("TransactItems", "1"))))

    backend.client.meta.events.register("before-parameter-build.dynamodb", note)
    try:
        yield calls
    finally:
        backend.client.meta.events.unregister("before-parameter-build.dynamodb", note)


def _asked(backend: Backend, ask: Callable[[], Answer]) -> tuple[Answer, Calls]:
    with calls_to_the_store(backend) as calls:
        answer = ask()
    return answer, calls


@pytest.mark.parametrize("function", WITH_AN_ID)
def test_an_id_of_another_brand_is_as_unknown_as_one_that_never_was(two: Backend, function: str) -> None:
    create_brand("other", "Other Books")
    ids = sample(function)["pathParameters"]
    assert two.call(function, brand="demo", scopes="admin").status < 500
    never = {name: "z" * len(value) for name, value in ids.items()}
    theirs = _asked(two, lambda: two.call(function, path=ids, brand="other", scopes="admin"))
    nobodys = _asked(two, lambda: two.call(function, path=never, brand="other", scopes="admin"))
    for name, value in ids.items():
        theirs_renamed = theirs[0].text.replace(value, never[name])
    assert (theirs[0].status, theirs_renamed) == (nobodys[0].status, nobodys[0].text)
    assert theirs[1] == nobodys[1] != []
    if sample(function)["httpMethod"] != "PUT":  # which makes the brand's own
        assert theirs[0].status == 404


@pytest.mark.parametrize("function", WITH_A_CUSTOMER)
def test_a_customer_of_another_brand_is_as_new_as_any(two: Backend, function: str) -> None:
    two.call(function)
    theirs = _as_a_new_brand(two, function, "other", lambda value: value)
    nobodys = _as_a_new_brand(two, function, "third", lambda value: re.sub(r"[a-z]", "z", value))
    assert theirs == nobodys
    assert theirs[1]


def _as_a_new_brand(
    backend: Backend, function: str, brand: str, rename: Callable[[str], str]
) -> tuple[int, str, Calls]:
    """What a brand without customers gets and makes be read for the sample's customer, under another name."""
    body = body_of(function)
    (field,) = set(CUSTOMER_FIELDS) & set(body)
    names = {body[name]: rename(body[name]) for name in (field, "email") if name in body}
    text = json.dumps(body).replace('"demo"', f'"{brand}"')
    for value, renamed in names.items():
        text = text.replace(f'"{value}"', f'"{renamed}"')
    create_brand(brand, "A brand")
    backend.emit("somebody else", brand=brand)  # so that its rules are at hand
    answer, calls = _asked(backend, lambda: backend.call(function, text, brand=brand, scopes="admin", headers={}))
    shown = re.sub(r'"[a-z2-7]{26}"', '"an event"', answer.text.replace(brand, "brand"))
    for renamed in names.values():
        shown = shown.replace(renamed, "somebody")
    return answer.status, shown, calls
