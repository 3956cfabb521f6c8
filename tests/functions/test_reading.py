"""get_customer, get_wallet, list_events, list_transactions: what a customer is, has and did."""

import base64
import json
from typing import Any

import pytest

from loyalty.services.paging import seal, short_id
from tests.support.backend import Backend
from tests.support.samples import sample

READS = ("get_customer", "get_wallet", "list_events", "list_transactions")
LISTS = ("list_events", "list_transactions")
ANA, BEN = short_id("ana"), short_id("ben")
each_read = pytest.mark.parametrize("function", READS)
each_list = pytest.mark.parametrize("function", LISTS)


@pytest.fixture
def busy(backend: Backend) -> Backend:
    """A backend where ana has a history: events, endings, and records that are no events between them."""
    backend.once(_be_busy)
    return backend


def _be_busy(backend: Backend) -> None:
    backend.emit(order={"value": 100, "purchase_id": "D-1"}, key="k1")
    for i in range(4):
        backend.wait(minutes=1)
        held = backend.spend(10, fulfilled=False, reserve=i + 1).data["id"]
        backend.wait(minutes=1)
        function = ("fulfill_event", "reverse_event", "extend_hold", "get_event")[i]
        backend.call(function, path={"id": held})
        backend.emit(type="VISIT")


@pytest.fixture
def quiet(backend: Backend) -> Backend:
    """A backend where ana did one thing."""
    backend.emit()
    return backend


def cursor(function: str, place: object) -> dict[str, str]:
    """A cursor that somebody made up, though only the product itself could seal it."""
    of = (function.removeprefix("list_"), "demo", "ana")
    named = json.dumps(place, separators=(",", ":")).encode()
    return {"cursor": base64.urlsafe_b64encode(seal(named, of) + named).decode().rstrip("=")}


@each_read
def test_the_sample_reads_what_the_sample_event_did_and_changes_nothing(backend: Backend, function: str) -> None:
    backend.call("emit_event")
    with backend.nothing_changes():
        answer = backend.call(function)
    assert answer.status == 200
    assert "data" in answer.body


@each_read
def test_an_unknown_customer_is_not_found(backend: Backend, function: str) -> None:
    with backend.nothing_changes():
        assert backend.call(function).refusal == (404, "UserNotFoundError")


@each_read
def test_a_customer_of_another_brand_is_not_found(busy: Backend, function: str) -> None:
    assert busy.call(function, brand="other").refusal == (404, "UserNotFoundError")


def test_a_customer_is_who_it_is(backend: Backend) -> None:
    backend.emit("Ana María~7")
    assert backend.call("get_customer", path={"id": "Ana%20Mar%C3%ADa~7"}).data == {
        "customer_id": "Ana María~7",
        "brand_id": "demo",
        "email": None,
        "mobile": None,
        "aliases": [],
        "tags": {},
        "attributes": {},
        "created_at": "2026-03-10T12:00:00.000Z",
    }


def test_a_wallet_tells_the_sums_and_the_lots_they_consist_of(backend: Backend) -> None:
    effects = [{"reward_id": "points", "amount": 5, "expires_in": "1/day"}, {"reward_id": "points", "amount": 2}]
    backend.call("put_campaign", {"name": "x", "trigger": "VISIT", "rules": [{"effects": effects}]}, path={"id": "x"})
    backend.emit(type="VISIT")
    backend.call("emit_event")
    wallet = backend.call("get_wallet").data
    assert wallet == {
        "totals": [
            {
                "reward_id": "points",
                "available": 7,
                "reserved": 0,
                "pending": 42,
                "next_expiration": "2026-03-12T00:00:00.000Z",
                "total": 7,
                "expiration_date": "2026-03-12T00:00:00.000Z",
            }
        ],
        "lines": [
            {
                "reward_id": "points",
                "amount": 5,
                "campaign_id": "x",
                "issued_at": "2026-03-10T12:00:00.000Z",
                "expiration_date": "2026-03-12T00:00:00.000Z",
                "available_from": None,
            },
            {
                "reward_id": "points",
                "amount": 2,
                "campaign_id": "x",
                "issued_at": "2026-03-10T12:00:00.000Z",
                "expiration_date": None,
                "available_from": None,
            },
        ],
    }


def test_a_wallet_forgets_what_is_over_at_its_instant_before_anyone_settles_it(busy: Backend) -> None:
    assert busy.points() == (70, 20, 0)
    with busy.nothing_changes():
        busy.wait(days=3)
        assert busy.points() == (70, 20, 0)
        busy.wait(days=1)
        assert busy.points() == (80, 10, 0)
        busy.wait(days=3)
        assert busy.points() == (90, 0, 0)
        busy.wait(days=360)
        assert busy.points() == (0, 0, 0)
        assert busy.call("get_wallet").data["lines"] == []


def test_events_are_listed_newest_first_as_they_are_now(busy: Backend) -> None:
    events = busy.everything("list_events")
    assert len(events) == 9
    assert [one["type"] for one in events] == ["VISIT", "SPEND"] * 4 + ["PURCHASE"]
    spent = [one["status"] for one in events if one["type"] == "SPEND"]
    assert spent == ["PENDING", "PENDING", "CANCELLED", "RESOLVED"]
    for one in events:
        assert busy.call("get_event", path={"id": one["id"]}).data == one
    busy.wait(days=4)
    spent = [one["status"] for one in busy.everything("list_events") if one["type"] == "SPEND"]
    assert spent == ["EXPIRED", "PENDING", "CANCELLED", "RESOLVED"]


def test_the_ledger_has_every_line_newest_first(busy: Backend) -> None:
    assert busy.ledger() == [
        ("ACCUMULATION", 100),
        ("REDEMPTION", -10),
        ("REDEMPTION", -10),
        ("RELEASE", 10),
        ("REDEMPTION", -10),
        ("REDEMPTION", -10),
    ]
    lines = busy.everything("list_transactions")
    assert set(lines[0]) == {
        "available_from",
        "trace_id",
        "source",
        "reference",
        "id",
        "type",
        "reward_id",
        "amount",
        "event_id",
        "campaign_id",
        "expiration_date",
        "debt",
        "reserved",
        "created_at",
    }
    assert len({one["id"] for one in lines}) == len(lines)
    assert [one["created_at"] for one in lines] == sorted((one["created_at"] for one in lines), reverse=True)
    assert [one["reserved"] for one in lines] == [True, True, False, True, True, False]


@pytest.mark.parametrize("settled", [False, True], ids=["before it is settled", "after"])
def test_the_ledger_adds_up_to_what_can_be_spent_at_any_time(busy: Backend, settled: bool) -> None:
    for days in (0, 4, 3, 360):
        busy.wait(days=days)
        if settled:
            deadlines = [item["sk"]["S"] for item in busy.stored() if "ttl" in item]
            assert busy.deliver(*deadlines) == []
        assert sum(amount for _, amount in busy.ledger()) == busy.points()[0]


@each_list
@pytest.mark.parametrize("limit", [1, 2, 3, 5, 100])
def test_a_list_read_page_by_page_is_the_whole_list(busy: Backend, function: str, limit: int) -> None:
    busy.wait(days=4)
    assert busy.everything(function, limit=limit) == busy.everything(function)


@each_list
def test_a_page_has_25_items_unless_it_says_otherwise(backend: Backend, function: str) -> None:
    for _ in range(26):
        backend.emit()
    first = backend.call(function, query=None).body
    assert len(first["data"]) == 25
    last = backend.call(function, query={"cursor": first["next_cursor"]}).body
    assert (len(last["data"]), last["next_cursor"]) == (1, None)


@each_list
def test_a_list_read_while_more_happens_misses_nothing_and_repeats_nothing(busy: Backend, function: str) -> None:
    whole = busy.everything(function)
    first = busy.call(function, query={"limit": "2"}).body
    busy.emit(type="VISIT")
    busy.emit()
    rest = busy.call(function, query={"limit": "100", "cursor": first["next_cursor"]}).body
    assert first["data"] + rest["data"] == whole


def test_a_page_of_large_events_is_no_larger_than_a_function_may_answer(backend: Backend) -> None:
    for _ in range(35):
        backend.emit(metadata={"note": "x" * 190_000})
    found, query = 0, {"limit": "100"}
    while True:
        answer = backend.call("list_events", query=query)
        assert len(answer.text) < 6_000_000
        found += len(answer.body["data"])
        if answer.body["next_cursor"] is None:
            break
        query = {"limit": "100", "cursor": answer.body["next_cursor"]}
    assert found == 35


@each_list
@pytest.mark.parametrize("limit", ["0", "101", "-1", "ten", "", "1.5"])
def test_a_limit_out_of_range_is_refused(quiet: Backend, function: str, limit: str) -> None:
    answer = quiet.call(function, query={"limit": limit})
    assert (answer.refusal, answer.fields) == ((400, "ValidationError"), ["limit"])


@each_list
@pytest.mark.parametrize(
    "place",
    [
        *(None, 0, -1, 99, 1.5, True, "", "never", "x" * 65, "a#b", "\ud800", {"a": 1}),
        *(
            [],
            [1],
            [1, 0, 0],
            [None, -1],
            ["never", 0],
            [99, 0],
            [True, 0],
            [1, "0"],
            [1, None],
            [[], 0],
            ["\udfff", 0],
        ),
        *({BEN: 1}, {ANA: 99}, {ANA: "never"}, {ANA: "a" * 65}, {ANA: 1.5}, {ANA: None}, {ANA: True}, {ANA: {}}),
        *(
            [{}, ANA, 0],
            [{BEN: 1}, BEN, 0],
            [{ANA: 1}, BEN, 0],
            [{ANA: "never"}, ANA, 0],
            [{ANA: 99}, ANA, 0],
            [{ANA: 1}, ANA, -1],
        ),
        *(
            [{}, ANA, 0, "", None],
            [{ANA: 1}, ANA, 99, "", None],
            [{ANA: 1}, ANA, 1, 0, None],
            [{ANA: 1}, ANA, True, "", None],
            [{ANA: 1}, BEN, 1, "", None],
            [{ANA: 99}, ANA, 1, "", None],
            [{BEN: 1}, ANA, 1, "", None],
            [{ANA: 1}, ANA, 1, "", {}],
            [{ANA: 1}, ANA, 1, "", [1]],
            [{ANA: 1}, ANA, 1, "", [-1, 1, 0]],
            [{ANA: 1}, ANA, 1, "", [2, True, 0]],
        ),
    ],
    ids=repr,
)
def test_a_made_up_cursor_is_refused(quiet: Backend, function: str, place: object) -> None:
    answer = quiet.call(function, query=cursor(function, place))
    assert (answer.refusal, answer.fields) == ((400, "ValidationError"), ["cursor"])


@each_list
@pytest.mark.parametrize("text", ["", "!", "a", "not a cursor", "é", "MWU5OTk5OTk5OTk5OTk5OTk5OTk5"])
def test_what_is_no_cursor_is_refused(quiet: Backend, function: str, text: str) -> None:
    answer = quiet.call(function, query={"cursor": text})
    assert (answer.refusal, answer.fields) == ((400, "ValidationError"), ["cursor"])


@each_list
def test_a_cursor_does_not_lead_into_another_history(quiet: Backend, function: str) -> None:
    theirs: Any = quiet.emit("ben").data["id"]
    place = {ANA: theirs} if function == "list_events" else [{ANA: theirs}, ANA, 0]
    assert quiet.call(function, query=cursor(function, place)).refusal == (400, "ValidationError")


@each_list
def test_a_cursor_does_not_lead_to_what_is_no_record(busy: Backend, function: str) -> None:
    idempotency_ids = [item for item in busy.stored() if item["sk"]["S"] == "EVENT" and "event_id" in item]
    pointer = idempotency_ids[0]["pk"]["S"].rpartition("#")[2]
    place = {ANA: pointer} if function == "list_events" else [{ANA: pointer}, ANA, 0]
    assert busy.call(function, query=cursor(function, place)).refusal == (400, "ValidationError")


def test_the_samples_ask_for_ten_at_most() -> None:
    assert [sample(function)["queryStringParameters"] for function in LISTS] == [{"limit": "10"}] * 2
