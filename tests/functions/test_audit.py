"""The audit: every change of settings, by whom and when, written with the change itself."""

from datetime import timedelta
from typing import Any

from loyalty.domain.times import format_instant
from tests.support.backend import Backend
from tests.support.samples import sample

KEY_ID = sample("put_brand")["requestContext"]["authorizer"]["key_id"]
SPRING = {"name": "Spring", "trigger": "VISIT", "rules": [{"effects": [{"reward_id": "points", "amount": 1}]}]}


def audit(backend: Backend, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = backend.call("list_audit", query=query or {"limit": "100"}).body["data"]
    return found


def test_every_change_of_settings_is_told_newest_first(backend: Backend) -> None:
    before = audit(backend)
    backend.now += timedelta(days=1)
    backend.call("put_brand", {"name": "New Coffee"})
    backend.call("put_reward", {"name": "Stars"}, path={"id": "stars"})
    backend.call("put_config_offer", {"name": "Tea", "active": False}, path={"id": "tea"})
    backend.call("put_campaign", SPRING, path={"id": "spring"})
    key = backend.call("create_key", {"name": "Till 8", "scopes": ["events:write"]}).data
    for function, id_ in (("delete_campaign", "spring"), ("delete_config_offer", "tea"), ("delete_reward", "stars")):
        assert backend.call(function, path={"id": id_}).status == 204
    assert backend.call("revoke_key", path={"id": key["id"]}).status == 204
    changes = audit(backend)[: -len(before)][::-1]
    assert {one["key_id"] for one in changes} == {KEY_ID}
    assert {one["at"] for one in changes} == {format_instant(backend.now)}
    assert [(one["kind"], one["id"], one["before"] is None, one["after"] is None) for one in changes] == [
        ("brand", "demo", False, False),
        ("reward", "stars", True, False),
        ("config_offer", "tea", True, False),
        ("campaign", "spring", True, False),
        ("api_key", key["id"], True, False),
        ("campaign", "spring", False, True),
        ("config_offer", "tea", False, True),
        ("reward", "stars", False, True),
        ("api_key", key["id"], False, False),
    ]
    versions = [one["version"] for one in changes]
    assert versions == list(range(versions[0], versions[0] + 9))
    brand, stars, _, spring, new, *_, revoked = changes
    assert (brand["before"]["name"], brand["after"]["name"]) == ("Demo Coffee", "New Coffee")
    assert stars["after"] == backend.call("put_reward", {"name": "Stars"}, path={"id": "stars"}).data
    assert spring["after"] == {"id": "spring", "status": "RUNNING", **SPRING}
    secret = key.pop("secret")
    assert new["after"] == key
    assert (revoked["before"]["disabled"], revoked["after"]["disabled"]) == (False, True)
    assert secret not in str(backend.stored())


def test_what_changes_nothing_or_is_refused_is_not_told(backend: Backend) -> None:
    backend.call("put_campaign", SPRING, path={"id": "spring"})
    before = audit(backend)
    assert backend.call("put_campaign", SPRING, path={"id": "spring"}).status == 200
    assert backend.call("put_brand", {"name": "Demo Coffee"}).status == 200
    assert backend.call("put_campaign", {**SPRING, "rules": []}, path={"id": "spring"}).status == 400
    assert backend.call("delete_reward", path={"id": "points"}).status == 409
    assert audit(backend) == before


def test_true_is_another_value_than_one(backend: Backend) -> None:
    for value in (1, True, "1"):
        settings = {"name": "Stars", "attributes": {"shiny": value}}
        backend.call("put_reward", settings, path={"id": "stars"})
        newest = audit(backend)[0]["after"]["attributes"]["shiny"]
        assert (newest, type(newest)) == (value, type(value))


def test_the_audit_is_read_page_by_page(backend: Backend) -> None:
    for i in range(7):
        backend.call("put_reward", {"name": f"Stars {i}"}, path={"id": "stars"})
    whole = audit(backend)
    pages: list[dict[str, Any]] = []
    query = {"limit": "2"}
    while True:
        page = backend.call("list_audit", query=query).body
        assert len(page["data"]) <= 2
        pages += page["data"]
        if page["next_cursor"] is None:
            break
        query["cursor"] = page["next_cursor"]
    assert pages == whole
    assert len(whole) > 7
    assert backend.call("list_audit", query={"cursor": "nonsense"}).fields == ["cursor"]


def test_a_brand_sees_its_own_changes_alone(backend: Backend) -> None:
    backend.call("put_reward", {"name": "Stars"}, path={"id": "stars"})
    assert backend.call("list_audit", brand="other").body == {"data": [], "next_cursor": None}
