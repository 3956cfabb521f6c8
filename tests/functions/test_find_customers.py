"""find_customers: who an e-mail address or a mobile number belongs to."""

import json

import pytest

from loyalty.store import keys
from loyalty.store.table import put, transact
from tests.support.backend import Backend

MOBILE = "+491711234567"


def found(backend: Backend, brand: str = "demo", **query: str) -> list[str]:
    """The ids of the customers that are found."""
    answer = backend.call("find_customers", query=query, brand=brand)
    assert answer.status == 200, answer.text
    return [one["customer_id"] for one in answer.body["data"]]


def track(backend: Backend, customer: str, **identities: str) -> None:
    body = {"customerId": customer, "events": {"visit": {}}, **identities}
    assert backend.call("track_events", body, headers={}).status == 200


@pytest.fixture
def known(backend: Backend) -> Backend:
    """A brand in Germany where ana is known by both."""
    assert backend.call("put_brand", {"default_region": "DE"}).status == 200
    track(backend, "ana", email="Ana+Shop@Example.com", mobile=MOBILE)
    return backend


def test_a_customer_is_answered_as_by_the_id(known: Backend) -> None:
    answer = known.call("find_customers", query={"mobile": MOBILE})
    assert answer.body == {"data": [known.call("get_customer").data]}


@pytest.mark.parametrize(
    "query",
    [
        {"email": "ana+shop@example.com"},
        {"email": " ANA+SHOP@example.COM "},
        {"email": "ana shop@example.com"},
        {"mobile": MOBILE},
        {"mobile": " 491711234567"},
        {"mobile": "0171 / 123-4567"},
        {"mobile": "٠١٧١ ١٢٣٤٥٦٧"},
    ],
    ids=["as sent", "in other letters", "an unescaped plus", "a mobile", "its unescaped plus", "national", "digits"],
)
def test_an_identity_written_otherwise_finds_the_same(known: Backend, query: dict[str, str]) -> None:
    assert found(known, **query) == ["ana"]


def test_what_belongs_to_nobody_finds_nobody(known: Backend) -> None:
    assert found(known, email="ben@example.com") == []
    assert found(known, mobile="+4915123456789") == []
    assert found(known, brand="other", mobile=MOBILE) == []
    assert known.call("patch_customer", {"mobile": None}).status == 200
    assert found(known, mobile=MOBILE) == []


def test_whoever_was_merged_is_found_as_who_they_are_now(known: Backend) -> None:
    track(known, "ben", email="ben@example.com")
    known.wait(minutes=1)
    assert known.call("put_brand", {"channel_merging": "mobile"}).status == 200
    track(known, "ben", mobile=MOBILE)
    assert found(known, email="ben@example.com") == ["ana"]


def test_a_number_in_full_goes_before_its_digits_of_an_earlier_release(known: Backend) -> None:
    track(known, "eve")
    transact(put(keys.identity("demo", "01711234567", "mobile"), {"customer_id": "eve"}))
    assert found(known, mobile="0171 1234567") == ["ana"]
    assert known.call("patch_customer", {"mobile": None}).status == 200
    assert found(known, mobile="0171 1234567") == ["eve"]


@pytest.mark.parametrize(
    ("query", "fields"),
    [
        ({}, ["mobile"]),
        ({"email": "ana@example.com", "mobile": MOBILE}, ["mobile"]),
        ({"email": ""}, ["email"]),
        ({"email": "ana"}, ["email"]),
        ({"mobile": ""}, ["mobile"]),
        ({"mobile": "N/A"}, ["mobile"]),
        ({"mobile": "0000000000"}, ["mobile"]),
        ({"mobile": "x" * 65}, ["mobile"]),
        ({"Email": "ana@example.com"}, ["Email", "mobile"]),
    ],
)
def test_what_can_be_nobodys_is_refused_by_name(known: Backend, query: dict[str, str], fields: list[str]) -> None:
    answer = known.call("find_customers", query=query)
    assert (answer.refusal, sorted(answer.fields)) == ((400, "ValidationError"), fields)


def test_nobody_logs_who_is_looked_for(known: Backend, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    found(known, email="ana+shop@example.com")
    known.call("find_customers", query={"mobile": "0000000000"})
    said = capsys.readouterr().out
    assert json.loads(said.splitlines()[0])["message"] == "GET /customers"
    assert not {"ana", "example", "0000000000"} & set(
        said.replace('"', " ").replace("@", " ").replace(".", " ").split()
    )
