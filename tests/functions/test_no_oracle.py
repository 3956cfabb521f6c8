"""Nothing tells whether an id exists in another brand: not the answer, and not what is read for it."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from loyalty.services.program import create_brand
from tests.support.backend import Answer, Backend, StoreCalls
from tests.support.published import operations
from tests.support.samples import body_of, sample

WITH_AN_ID = [name for name in sorted(operations()) if sample(name)["pathParameters"]]
CUSTOMER_FIELDS = ("customer_id", "customerId", "playerUniqueId", "userId")
WITH_A_CUSTOMER = [
    name for name in sorted(operations()) if sample(name)["body"] and set(CUSTOMER_FIELDS) & set(body_of(name))
]

# What else a body can name, and the refusal of what the brand does not have.
NAMED = [
    *((f"create_{speed}_offer", "configId", "free-coffee", 404) for speed in ("hot", "cold")),
    *((f"assign_{speed}_points", "rewardId", "points", 404) for speed in ("hot", "cold")),
    ("put_brand", "default_reward", "points", 400),
    ("migrate_customer", "balances", "points", 400),
    ("put_campaign", "reward_id", "points", 400),
    ("emit_event", "redeem", "points", 400),
    ("emit_event", "redeem", "an offer", 400),
]


@pytest.fixture
def two(backend: Backend) -> Backend:
    """Two brands; what the samples are about is in `demo`, and nothing is in `other`."""
    backend.tell()
    return backend


def _asked(backend: Backend, ask: Callable[[], Answer]) -> tuple[Answer, StoreCalls]:
    with backend.store_calls() as calls:
        answer = ask()
    return answer, calls


@pytest.mark.parametrize("function", WITH_AN_ID)
def test_an_id_of_another_brand_is_as_unknown_as_one_that_never_was(two: Backend, function: str) -> None:
    create_brand("other", "Other Books")
    ((name, value),) = sample(function)["pathParameters"].items()
    never = "z" * len(value)
    theirs = _asked(two, lambda: two.call(function, path={name: value}, brand="other", scopes="admin"))
    nobodys = _asked(two, lambda: two.call(function, path={name: never}, brand="other", scopes="admin"))
    one, other = (
        re.sub('whsec_[^"]+', "a secret", answer.text.replace(value, never)) for answer, _ in (theirs, nobodys)
    )
    assert (theirs[0].status, one) == (nobodys[0].status, other)
    assert theirs[1] == nobodys[1] != []
    makes_its_own = function in ("migrate_customer", "try_campaign") or sample(function)["httpMethod"] == "PUT"
    if not makes_its_own:
        assert theirs[0].status == 404
    if function == "delete_reward":
        assert two.call("delete_campaign").status < 300
    assert two.call(function).status < 300, "what was asked for was there all the time"


@pytest.mark.parametrize("function", WITH_A_CUSTOMER)
def test_a_customer_of_another_brand_is_as_new_as_any(two: Backend, function: str) -> None:
    two.call(function)
    theirs = _as_a_new_brand(two, function, "other", lambda value: value)
    nobodys = _as_a_new_brand(two, function, "third", lambda value: re.sub(r"[a-z]", "z", value))
    assert theirs == nobodys
    assert theirs[1]


@pytest.mark.parametrize(("function", "field", "name", "status"), NAMED)
def test_what_a_body_names_of_another_brand_is_as_unknown_as_any(
    two: Backend, function: str, field: str, name: str, status: int
) -> None:
    two.process_assignment()
    if name == "an offer":
        name = two.everything("list_offers")[0]["id"]
    create_brand("other", "Other Books")
    two.emit("ana", brand="other")

    def naming(value: str) -> tuple[Answer, StoreCalls]:
        body = _naming(function, field, value)
        return _asked(two, lambda: two.call(function, body, brand="other", scopes="admin", headers={}))

    never = "z" * len(name)
    naming(never)  # what a process reads once per version of a brand is read by now
    theirs, nobodys = naming(name), naming(never)
    assert (theirs[0].status, theirs[0].text.replace(name, never)) == (status, nobodys[0].text)
    assert status == 404 or [field in one for one in theirs[0].fields] == [True]
    assert theirs[1] == nobodys[1] != []


def _naming(function: str, field: str, value: str) -> dict[str, Any]:
    """The body of the function's sample, for the other brand, with that value where the field is."""
    body = body_of(function)
    if "brand_id" in body:
        body["brand_id"] = "other"
    if field == "reward_id":
        body["rules"][0]["effects"][0][field] = value
    elif field == "balances":
        body[field] = [{"reward_id": value, "amount": 1}]
    else:
        body[field] = [{"id": value, "amount": 1}] if field == "redeem" else value
    return body


def _as_a_new_brand(
    backend: Backend, function: str, brand: str, rename: Callable[[str], str]
) -> tuple[int, str, StoreCalls]:
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
