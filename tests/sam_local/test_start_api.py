"""`sam local start-api` with the authorizer: the life of an event over HTTP, each function in its container."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from loyalty.services.api_keys import create_key
from tests.support.path_ids import assert_read_once
from tests.support.sam_local.sam import Sam
from tests.support.sam_local.tables import in_use, new_table

ADMIN = {"Authorization": "Bearer ek_demo_admin"}
READER = {"Authorization": "Bearer ek_demo_reader"}
ORDER = {"customer_id": "eva", "brand_id": "demo", "type": "PURCHASE", "order": {"value": 40}, "fulfilled": False}


@pytest.fixture(scope="module")
def api(layered: Sam) -> Iterator[httpx.Client]:
    world = new_table(layered.engine)
    with in_use(world):
        create_key("demo", "Admin", ["admin"], world.now, secret="ek_demo_admin")
        create_key("demo", "Reader", ["customers:read"], world.now, secret="ek_demo_reader")
    with layered.api(world.table) as client:
        yield client


def test_a_promise_is_made_read_kept_and_taken_back(api: httpx.Client) -> None:
    event = _done(api.post("/behavior/events", headers=ADMIN, json=ORDER), 201)
    assert (event["status"], _points(api)) == ("PENDING", (0, 40))
    path = f"/behavior/events/{event['id']}"
    assert _done(api.get(path, headers=READER)) == event
    assert _done(api.patch(f"{path}/fulfill", headers=ADMIN))["status"] == "RESOLVED"
    assert _points(api) == (40, 0)
    undone = _done(api.post(f"{path}/reverse", headers=ADMIN, json={"reason": "It came back"}))
    assert (undone["status"], _points(api)) == ("REVERSED", (0, 0))


def test_an_id_in_a_path_is_decoded_once(api: httpx.Client) -> None:
    assert_read_once(
        lambda customer: api.post("/behavior/events", headers=ADMIN, json={**ORDER, "customer_id": customer}),
        lambda encoded: api.get(f"/customers/{encoded}", headers=READER),
    )


def test_without_a_key_nobody_comes_in(api: httpx.Client) -> None:
    assert api.get("/brand").status_code == 401


def test_with_a_wrong_key_nobody_comes_in(api: httpx.Client) -> None:
    answer = api.get("/brand", headers={"Authorization": "Bearer ek_demo_wrong"})
    # The gateway makes a 401 of an authorizer that raises; SAM has no better word for it than this.
    assert (answer.status_code, answer.json()) == (502, {"message": "Internal server error"})


def test_what_the_authorizer_says_of_a_key_reaches_the_function(api: httpx.Client) -> None:
    answer = api.post("/behavior/events", headers=READER, json=ORDER)
    assert (answer.status_code, answer.json()["code"]) == (403, "Forbidden")


def test_what_needs_no_key_needs_none(api: httpx.Client) -> None:
    assert api.get("/openapi.json").json()["openapi"] == "3.1.0"


def _done(answer: httpx.Response, status: int = 200) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    data: dict[str, Any] = answer.json()["data"]
    return data


def _points(api: httpx.Client) -> tuple[int, int]:
    """Eva's points, available and pending."""
    totals = _done(api.get("/customers/eva/wallet", headers=READER))["totals"]
    found = [(one["available"], one["pending"]) for one in totals if one["reward_id"] == "points"]
    return found[0] if found else (0, 0)
