"""create_key, list_keys and revoke_key: who may come in."""

from typing import Any

import pytest

from tests.support.backend import Backend
from tests.support.samples import sample


def created(backend: Backend, **body: Any) -> dict[str, Any]:
    """A new key as answered."""
    answer = backend.call("create_key", {"name": "Till 7", "scopes": ["events:write"], **body})
    assert answer.status == 201
    key: dict[str, Any] = answer.data
    return key


def listed(backend: Backend, limit: int = 100) -> list[dict[str, Any]]:
    """The brand's list of keys, page by page."""
    found: list[dict[str, Any]] = []
    query = {"limit": str(limit)}
    while True:
        page = backend.call("list_keys", query=query).body
        found += page["data"]
        if page["next_cursor"] is None:
            return found
        query["cursor"] = page["next_cursor"]


def let_in(backend: Backend, secret: str) -> dict[str, Any]:
    """What the authorizer says of a key."""
    event = {**sample("authorize"), "headers": {"Authorization": f"Bearer {secret}"}}
    context: dict[str, Any] = backend.run("authorize", event)["context"]
    return context


def test_a_new_key_opens_what_its_scopes_say_in_its_own_brand(backend: Backend) -> None:
    key = created(backend, scopes=["events:write", "customers:read", "events:write"])
    assert let_in(backend, key["secret"]) == {
        "brand_id": "demo",
        "scopes": "events:write customers:read",
        "key_name": "Till 7",
        "key_id": key["id"],
    }


def test_the_secret_is_told_once_and_stored_nowhere(backend: Backend) -> None:
    key = created(backend)
    secret = key.pop("secret")
    assert listed(backend) == [key]
    assert key == {
        "id": key["id"],
        "name": "Till 7",
        "scopes": ["events:write"],
        "created_at": "2026-03-10T12:00:00.000Z",
        "expires_at": None,
        "disabled": False,
    }
    assert secret not in str(backend.stored())
    assert secret.rpartition("_")[2] not in str(backend.stored())


def test_what_a_list_shows_opens_nothing(backend: Backend) -> None:
    created(backend)
    (key,) = listed(backend)
    (item,) = [one for one in backend.stored() if one["sk"]["S"].startswith("KEY#")]
    for guess in (key["id"], item["digest"]["S"]):
        with pytest.raises(Exception, match=r"^Unauthorized$"):
            let_in(backend, guess)
    assert item["digest"]["S"] not in backend.call("list_keys").text


def test_a_revoked_key_is_refused_at_once_and_stays_listed(backend: Backend) -> None:
    kept, key = created(backend), created(backend)
    answer = backend.call("revoke_key", path={"id": key["id"]})
    assert (answer.status, answer.text) == (204, "")
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        let_in(backend, key["secret"])
    assert let_in(backend, kept["secret"])["brand_id"] == "demo"
    assert {one["id"]: one["disabled"] for one in listed(backend)} == {kept["id"]: False, key["id"]: True}
    with backend.nothing_changes():
        assert backend.call("revoke_key", path={"id": key["id"]}).status == 204


def test_a_key_is_over_at_its_end(backend: Backend) -> None:
    key = created(backend, expires_at="2026-03-10T12:00:01Z")
    assert let_in(backend, key["secret"])["key_name"] == "Till 7"
    backend.wait(seconds=1)
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        let_in(backend, key["secret"])


def test_another_brands_keys_are_neither_shown_nor_revoked(backend: Backend) -> None:
    key = created(backend)
    assert backend.call("list_keys", brand="other").body == {"data": [], "next_cursor": None}
    with backend.nothing_changes():
        assert backend.call("revoke_key", path={"id": key["id"]}, brand="other").refusal == (404, "KeyNotFoundError")


@pytest.mark.parametrize("limit", [1, 2, 7])
def test_a_list_read_page_by_page_is_whole(backend: Backend, limit: int) -> None:
    ids = [created(backend)["id"] for _ in range(5)]
    assert [one["id"] for one in listed(backend, limit)] == sorted(ids)
