"""Who may do what, over HTTP on the deployed stack; and one error body everywhere."""

from collections.abc import Iterator

import httpx
import pytest

from tests.integration.conftest import Emit
from tests.project import routes
from tests.stack import Stack

ROUTES = sorted((method, path) for _, method, path in routes())
BODIES = {
    "/behavior/events": {"brand_id": "demo", "customer_id": "intruder", "type": "PURCHASE"},
    "/behavior/events/{id}/reverse": {"reason": "mine"},
    "/behavior/events/{id}/reserve": {"reserve": 1},
    "/customers/{id}": {"tags": {"mine": True}},
}


@pytest.fixture(scope="module")
def keyless(stack: Stack) -> Iterator[httpx.Client]:
    with stack.client(key="") as client:
        yield client


def standard(answer: httpx.Response, status: int, code: str) -> None:
    body = answer.json()
    assert (answer.status_code, body["statusCode"], body["code"]) == (status, status, code), answer.text
    assert set(body) == {"statusCode", "code", "message", "details", "requestId"}
    assert isinstance(body["details"]["fields"], list)
    assert body["message"]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_no_key_and_a_wrong_key_are_401(keyless: httpx.Client, method: str, path: str) -> None:
    url = path.replace("{id}", "x")
    standard(keyless.request(method, url), 401, "Unauthorized")
    standard(keyless.request(method, url, headers={"Authorization": "Bearer ek_demo_wrong"}), 401, "Unauthorized")


@pytest.mark.parametrize("header", ["Basic abc", "Bearer", "abc"])
def test_another_form_of_authorization_is_401(keyless: httpx.Client, header: str) -> None:
    standard(keyless.get("/brand", headers={"Authorization": header}), 401, "Unauthorized")


def test_a_good_key_in_another_sections_header_is_401(stack: Stack, keyless: httpx.Client) -> None:
    key = stack.card["brands"]["demo"]["admin_key"]
    standard(keyless.get("/brand", headers={"APIKey": key}), 401, "Unauthorized")
    headers = {"APIKey": key, "x-api-key": key, "Authorization": "Bearer wrong"}
    standard(keyless.get("/brand", headers=headers), 401, "Unauthorized")
    standard(keyless.get("/brand", headers=headers), 401, "Unauthorized")


def test_header_names_and_other_headers_do_not_matter(stack: Stack, keyless: httpx.Client) -> None:
    key = stack.card["brands"]["demo"]["admin_key"]
    headers = {"aUTHORIZATION": f"bearer {key}", "secretKey": "x", "x-region": "US", "lang": "de"}
    assert keyless.get("/brand", headers=headers).status_code == 200


@pytest.mark.parametrize(("method", "path"), [one for one in ROUTES if "{id}" in one[1]])
def test_another_brands_ids_do_not_exist(
    other: httpx.Client, emit: Emit, customer: str, method: str, path: str
) -> None:
    event = emit(10, fulfilled=False)
    names = {
        "behavior": event["id"],
        "customers": customer,
        "rewards": "coffee",
        "campaigns": "welcome",
        "keys": "mine",
    }
    url = path.replace("{id}", names[path.split("/")[1]])
    if method == "PUT":
        return  # creates the brand's own
    answer = other.request(method, url, json=BODIES.get(path))
    assert answer.status_code == 404, answer.text
    assert answer.json()["code"].endswith("NotFoundError")


def test_another_brands_id_in_the_body_is_403(other: httpx.Client, api: httpx.Client, customer: str) -> None:
    body = {"brand_id": "demo", "customer_id": customer, "type": "PURCHASE"}
    standard(other.post("/behavior/events", json=body), 403, "Forbidden")
    assert api.get(f"/customers/{customer}").status_code == 404


def test_a_cursor_of_another_customer_is_refused(
    api: httpx.Client, other: httpx.Client, customer: str, emit: Emit
) -> None:
    for _ in range(3):
        emit(1)
    cursor = api.get(f"/customers/{customer}/events", params={"limit": 1}).json()["next_cursor"]
    mine = {"brand_id": "other", "customer_id": customer, "type": "VISIT"}
    assert other.post("/behavior/events", json=mine).status_code == 201
    for name in ("events", "transactions"):
        answer = other.get(f"/customers/{customer}/{name}", params={"cursor": cursor})
        standard(answer, 400, "ValidationError")


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
