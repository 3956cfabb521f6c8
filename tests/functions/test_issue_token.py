"""issue_token: a client of Masivo's API asks for a Bearer token, which stands for its key for an hour."""

import base64
import json
from typing import Any

import pytest

from loyalty.services.api_keys import NewKey, create_key
from tests.support.backend import Backend
from tests.support.builders import after
from tests.support.samples import request, sample

ROUTES = ["/behavior/events", "/customers/{id}/wallet", "/brand"]
ELSEWHERE = [
    ("/integrations/events", "APIKey"),
    ("/bulk-action/hot/create-offer", "x-api-key"),
    ("/auth/authorize", "x-api-key"),
]


@pytest.fixture
def key(backend: Backend) -> NewKey:
    """A key of the brand, which ends in a day."""
    return create_key("demo", "Till 7", ["events:write", "customers:read"], backend.now, after(days=1))


def token(backend: Backend, key: NewKey) -> str:
    """A token as its guide reads it: `(await response.json()).data`."""
    event = request("issue_token")
    event["requestContext"]["authorizer"]["key_id"] = key.key_id
    answer = backend.run("issue_token", event)
    assert answer["statusCode"] == 200
    found: str = json.loads(answer["body"])["data"]
    return found


def payload(text: str) -> dict[str, Any]:
    """What a client decodes of a JWT, whose signature it does not check."""
    header, claims, _ = (part + "=" * (-len(part) % 4) for part in text.split("."))
    assert json.loads(base64.urlsafe_b64decode(header))["typ"] == "JWT"
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(claims))
    return decoded


def let_in(backend: Backend, secret: str, resource: str = "/brand", header: str = "Authorization") -> Any:
    """What the authorizer tells of a call; None if it refuses it."""
    value = f"Bearer {secret}" if header == "Authorization" else secret
    event = {**sample("authorize"), "resource": resource, "headers": {header: value}}
    try:
        return backend.run("authorize", event)["context"]
    except Exception as error:
        if str(error) != "Unauthorized":
            raise
        return None


@pytest.mark.parametrize("resource", ROUTES)
def test_a_token_is_taken_like_the_key_it_came_from(backend: Backend, key: NewKey, resource: str) -> None:
    issued = token(backend, key)
    told = let_in(backend, issued, resource)
    assert (told["scopes"], told["key_id"]) == ("events:write customers:read", key.key_id)
    assert told == let_in(backend, key.secret, resource)


def test_its_payload_says_when_it_ends_which_is_in_an_hour(backend: Backend, key: NewKey) -> None:
    issued = token(backend, key)
    assert payload(issued)["exp"] == int(after(hours=1).timestamp())
    backend.wait(minutes=59, seconds=59)
    assert let_in(backend, issued)
    backend.wait(seconds=1)
    assert let_in(backend, issued) is None
    assert let_in(backend, key.secret)


def test_it_never_outlives_its_key(backend: Backend, key: NewKey) -> None:
    backend.wait(hours=23, minutes=30)
    issued = token(backend, key)
    assert payload(issued)["exp"] == int(after(days=1).timestamp())
    backend.wait(minutes=30)
    assert let_in(backend, issued) is None


def test_it_ends_when_its_key_is_revoked(backend: Backend, key: NewKey) -> None:
    issued = token(backend, key)
    assert let_in(backend, issued)
    assert backend.call("revoke_key", path={"id": key.key_id}).status == 204
    assert let_in(backend, issued) is None


@pytest.mark.parametrize(("resource", "header"), ELSEWHERE)
def test_it_is_good_as_a_bearer_alone_so_that_no_token_begets_another(
    backend: Backend, key: NewKey, resource: str, header: str
) -> None:
    issued = token(backend, key)
    assert let_in(backend, key.secret, resource, header)
    assert let_in(backend, issued, resource, header) is None


def test_it_is_known_by_its_hash_alone_and_any_change_makes_it_another(backend: Backend, key: NewKey) -> None:
    issued, other = token(backend, key), token(backend, key)
    assert issued != other
    assert issued not in str(backend.stored())
    assert issued.rpartition(".")[2] not in str(backend.stored())
    header, claims, rest = issued.split(".")
    for changed in (
        f"{header}.{claims}.{rest[:-1]}",
        f"{header}.{claims}.",
        f"{header}.{claims}x.{rest}",
        f"{issued}=",
    ):
        assert let_in(backend, changed) is None


def test_it_is_deleted_when_it_is_over(backend: Backend, key: NewKey) -> None:
    token(backend, key)
    (item,) = [item for item in backend.stored() if item["pk"]["S"].startswith("KEY#") and "ttl" in item]
    assert int(item["ttl"]["N"]) == int(after(hours=1).timestamp())
