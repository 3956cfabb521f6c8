"""authorize: whose key a call carries, in the header that its section of the API uses."""

from datetime import datetime
from typing import Any

import pytest

from loyalty.domain import ids
from loyalty.domain.program.api_keys import ApiKey
from loyalty.store.api_keys import digest_of
from tests.support.api_keys import save_api_key
from tests.support.backend import Backend
from tests.support.builders import NOW, after
from tests.support.samples import sample

SECRET = "ek_demo_example"
SECTIONS = [
    ("/behavior/events/{id}/fulfill", "Authorization", "Bearer "),
    ("/customers/{id}/wallet", "Authorization", "Bearer "),
    ("/campaigns/{id}", "Authorization", "Bearer "),
    ("/brand", "Authorization", "Bearer "),
    ("/integrations/event", "APIKey", ""),
    ("/api/v4.0/integrations/events", "APIKey", ""),
    ("/integrations/events/reward-preview", "APIKey", ""),
    ("/bulk-action/hot/create-offer", "x-api-key", ""),
    ("/traces/{traceId}", "x-api-key", ""),
    ("/auth/authorize", "x-api-key", ""),
    ("/api/v4.1/integrations/events", "APIKey", ""),
]
each_section = pytest.mark.parametrize(("resource", "header", "before"), SECTIONS, ids=[one[0] for one in SECTIONS])


def save_key(secret: str = SECRET, **fields: Any) -> None:
    """Store a key of the brand."""
    save_api_key(
        "till-7", digest_of(secret), ApiKey("demo", "Till 7", ("events:write", "customers:read"), NOW, **fields)
    )


def asking(resource: str = "/behavior/events", **headers: str) -> dict[str, Any]:
    """What the gateway asks for a route, with these headers."""
    return {
        **sample("authorize"),
        "resource": resource,
        "headers": {name.replace("_", "-"): v for name, v in headers.items()},
    }


def expect_401(backend: Backend, event: dict[str, Any]) -> None:
    """The gateway is told to answer 401: by exactly this text, any other would be a 500."""
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        backend.run("authorize", event)


def test_the_key_of_the_sample_lets_it_in_with_brand_and_scopes(empty: Backend) -> None:
    save_key()
    answer = empty.run("authorize", sample("authorize"))
    assert answer["principalId"] == "demo"
    assert answer["context"] == {
        "brand_id": "demo",
        "scopes": "events:write customers:read",
        "key_name": "Till 7",
        "key_id": ids.derived("key", digest_of(SECRET)),
    }
    (statement,) = answer["policyDocument"]["Statement"]
    assert (statement["Effect"], statement["Action"]) == ("Allow", "execute-api:Invoke")


def test_the_policy_serves_every_route_of_the_stage_because_it_is_kept_by_the_key_alone(empty: Backend) -> None:
    save_key()
    (statement,) = empty.run("authorize", sample("authorize"))["policyDocument"]["Statement"]
    assert statement["Resource"] == ["arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5/v1/*/*"]


@each_section
def test_each_section_takes_the_key_in_its_own_header(empty: Backend, resource: str, header: str, before: str) -> None:
    save_key()
    for name in (header, header.lower(), header.upper()):
        event = {**sample("authorize"), "resource": resource, "headers": {name: before + SECRET}}
        assert empty.run("authorize", event)["principalId"] == "demo"


@each_section
def test_the_header_of_another_section_is_ignored(empty: Backend, resource: str, header: str, before: str) -> None:
    save_key()
    others = {"Authorization": f"Bearer {SECRET}", "APIKey": SECRET, "x-api-key": SECRET, "secretKey": SECRET}
    del others[header]
    expect_401(empty, {**sample("authorize"), "resource": resource, "headers": others})


@pytest.mark.parametrize("form", ["Bearer ", "bearer ", "BEARER ", "Bearer   "])
def test_bearer_is_written_in_any_case(empty: Backend, form: str) -> None:
    save_key()
    assert empty.run("authorize", asking(Authorization=form + SECRET))["principalId"] == "demo"


@pytest.mark.parametrize(
    "value",
    [
        "",
        "Bearer",
        "Bearer ",
        SECRET,
        f"Basic {SECRET}",
        f"Bearer{SECRET}",
        "Bearer ek_demo_guess",
        f"Bearer {SECRET}x",
        f"Bearer {digest_of(SECRET)}",
        "Bearer é\ud800",
    ],
    ids=lambda value: value.encode("utf-8", "replace").decode()[:20],
)
def test_what_is_not_a_key_of_ours_is_refused(empty: Backend, value: str) -> None:
    save_key()
    expect_401(empty, asking(Authorization=value))


def test_no_key_at_all_is_refused(empty: Backend) -> None:
    save_key()
    expect_401(empty, asking())
    expect_401(empty, {**sample("authorize"), "headers": None})
    expect_401(empty, asking("/integrations/event", APIKey=""))


def test_a_disabled_key_is_refused(empty: Backend) -> None:
    save_key(disabled=True)
    expect_401(empty, sample("authorize"))


@pytest.mark.parametrize(
    ("expires_at", "good"),
    [(None, True), (after(milliseconds=1), True), (NOW, False), (after(days=-1), False)],
    ids=["never", "in a moment", "now", "yesterday"],
)
def test_a_key_is_good_until_it_expires(empty: Backend, expires_at: datetime | None, good: bool) -> None:
    save_key(expires_at=expires_at)
    if good:
        assert empty.run("authorize", sample("authorize"))["principalId"] == "demo"
    else:
        expect_401(empty, sample("authorize"))


def test_a_brand_to_test_with_is_told_as_one(backend: Backend) -> None:
    save_key()
    assert "sandbox" not in backend.run("authorize", sample("authorize"))["context"]
    backend.make_sandbox()
    assert backend.run("authorize", sample("authorize"))["context"]["sandbox"] == "true"


def test_nothing_stored_or_logged_tells_the_secret(empty: Backend, capsys: pytest.CaptureFixture[str]) -> None:
    save_key()
    empty.run("authorize", sample("authorize"))
    expect_401(empty, asking(Authorization="Bearer ek_demo_guess"))
    written = capsys.readouterr().out
    assert '"brand_id":"demo"' in written
    assert not any(secret in text for secret in (SECRET, "ek_demo_guess") for text in (written, str(empty.stored())))
