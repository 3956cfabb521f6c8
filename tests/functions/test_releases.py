"""Two releases on one table: what the next one writes is read by this one, and what this one wrote by those to come."""

import json
import re
from base64 import b64decode
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from loyalty.domain.times import format_instant
from loyalty.services.program import create_brand
from loyalty.store import keys, published
from loyalty.store.codec import pack, read_any_format
from tests.support.backend import Backend
from tests.support.project import FUNCTIONS, lambdas
from tests.support.releases import UNKNOWN_NAME, of_the_next_release
from tests.support.samples import request, sample
from tests.support.stream import written

CORPUS = Path(__file__).parent / "stored_in_format_1.json"
ROUTED = [
    name
    for name in FUNCTIONS
    if name != "authorize"
    and "Request" in lambdas()[name].properties.get("Events", {})
    and name not in ("get_openapi", "get_docs", "get_console", "get_set_aside")  # which read no table
]
PLAIN = {"name": "Demo Coffee", "enabled": True, "time_zone": "Europe/Berlin", "sandbox": True}
READS = [name for name in ROUTED if name.startswith(("get_", "list_", "explain_"))]


def store_as_next(backend: Backend, *, kinds: bool = False) -> None:
    """Let all that is stored be as the next release would have written it, campaigns aside."""
    backend.put(of_the_next_release(item, kinds=kinds) for item in backend.stored())


def answered(backend: Backend, function: str, **changes: Any) -> tuple[int, Any]:
    """Status and body, whatever the description says of them."""
    answer = backend.run(function, request(function, **changes))
    return answer["statusCode"], json.loads(answer["body"] or "null")


@pytest.fixture
def told(backend: Backend) -> Backend:
    """A backend where everything has happened that the samples read, and that leaves items of any kind behind."""
    tell_everything(backend)
    return backend


def tell_everything(backend: Backend) -> None:
    """Let ana have a history in which every kind of item occurs."""
    backend.once(_live_everything)


def _live_everything(backend: Backend) -> None:
    backend.tell()
    create_brand("demo", "Demo Coffee", sandbox=True)
    short = [
        {"reward_id": "points", "amount": 5, "expires_in": "1/minutes"},
        {"offer": "free-coffee", "valid_for": "1/minutes"},
        {"reward_id": "points", "amount": 1, "expires_in": "1/hours"},
    ]
    backend.call("put_config_offer", path={"id": "free-coffee"})
    campaign = {"name": "Flash", "trigger": "FLASH", "rules": [{"effects": short}], "limits": {"budget": 1000}}
    assert backend.call("put_campaign", campaign, path={"id": "flash"}).status == 200
    backend.emit(type="FLASH")
    backend.wait(minutes=2)
    assert backend.deliver("DEADLINE#LOTS") == []
    backend.emit()
    backend.call("reverse_event", path={"id": backend.spend(10).data["id"]})
    assert backend.call("extend_hold", headers={"Idempotency-Key": "once more"}).status == 200
    backend.call("assign_cold_points", {"userId": "ana", "pointsEarned": 7, "source": "s", "rewardId": "points"})
    late = {"startDate": "2020-01-01", "endDate": "2020-01-02"}
    offer = {"userId": "ana", "source": "s", "configId": "free-coffee", "ruleParams": late}
    assert backend.call("create_cold_offer", offer, headers={}).status == 202
    assert backend.process_assignment() == []
    backend.call("track_events", {"customerId": "luis", "mobile": "+4915112345678", "events": {"VISIT": None}})
    assert backend.call("put_brand", {**PLAIN, "channel_merging": "mobile", "purchase_ids": "daily"}).status == 200
    backend.emit(order={"purchase_id": "T-1", "store_id": "7", "value": 5})
    backend.call("track_events", {"customerId": "ana", "mobile": "+4915112345678", "events": {"VISIT": None}})
    assert backend.call("put_brand", {"remind_before": "58/minutes"}).status == 200
    backend.wait(minutes=1)
    assert backend.deliver("DEADLINE#REMINDER") == []
    once = {"name": "Once", "trigger": "ONCE", "rules": [{"effects": short[:1]}], "limits": {"budget": 5}}
    assert backend.call("put_campaign", once, path={"id": "once"}).status == 200
    backend.emit(type="ONCE")
    shards = [(item["pk"]["S"], item["sk"]["S"]) for item in backend.stored() if item["sk"]["S"] == "BUDGET"]
    assert backend.run("on_record_written", written(*shards)) == {"batchItemFailures": []}
    records = [(item["pk"]["S"], item["sk"]["S"]) for item in backend.stored() if item["sk"]["S"].startswith("RECORD#")]
    assert backend.run("on_record_written", written(*records)) == {"batchItemFailures": []}
    tell_of_a_sandbox(backend)


def tell_of_a_sandbox(backend: Backend) -> None:
    """Let another brand, which is one to test with, have a clock and deadlines of each kind."""
    create_brand("lab", "Laboratory", sandbox=True)
    backend.sandbox = True
    for function in ("put_reward", "put_config_offer"):
        backend.call(function, brand="lab")
    effects = [
        {"reward_id": "points", "amount": 5, "expires_in": "1/days"},
        {"offer": "free-coffee", "valid_for": "1/days"},
    ]
    rules = {"name": "Flash", "trigger": "FLASH", "rules": [{"effects": effects}]}
    assert backend.call("put_campaign", rules, path={"id": "flash"}, brand="lab").status == 200
    for fulfilled in (True, False):
        assert backend.emit("lea", type="FLASH", brand="lab", fulfilled=fulfilled).status == 201
    to = format_instant(backend.now + timedelta(minutes=1))
    assert backend.call("advance_test_clock", {"to": to}, brand="lab").status == 202
    assert backend.process_assignment() == []
    backend.carrier.messages.clear()
    backend.sandbox = False


@pytest.mark.parametrize("function", ROUTED)
def test_what_the_next_release_adds_changes_no_answer(told: Backend, function: str) -> None:
    items, told_at = told.stored(), told.now
    status, body = answered(told, function)
    assert status < 500
    told.begin_anew()
    told.now = told_at
    told.put(items)
    store_as_next(told)
    again, same = answered(told, function)
    assert again == status
    if function in READS:
        assert same == body


@pytest.mark.parametrize("function", READS)
def test_kinds_that_this_release_does_not_know_are_read_all_the_same(told: Backend, function: str) -> None:
    before = answered(told, function)
    store_as_next(told, kinds=True)
    status, body = answered(told, function)
    assert status == before[0] == 200
    if function in ("list_audit", "list_events", "list_transactions"):
        # What else is shown of a line is told from its kind.
        assert [one["id"] for one in body["data"]] == [one["id"] for one in before[1]["data"]]
    else:
        assert json.dumps(body).replace("_NEXT", "") == json.dumps(before[1])


def test_every_kind_of_item_is_among_them(told: Backend) -> None:
    chart = [
        line.split("|")[2:4] for line in (keys.__doc__ or "").splitlines() if line.startswith("| ") and "{" in line
    ]
    kinds = {tuple(re.sub(r"\{\w+\}", "[^#]+", cell.strip()) for cell in row) for row in chart}
    stored = [(item["pk"]["S"], item["sk"]["S"]) for item in told.stored()]
    for pk, sk in kinds:
        assert any(re.fullmatch(pk, one) and re.fullmatch(sk, other) for one, other in stored), (pk, sk)


def test_an_event_whose_status_is_of_the_next_release_is_read_and_not_changed(told: Backend) -> None:
    event_id = told.emit("luis", fulfilled=False).data["id"]
    (item,) = [one for one in told.stored() if one["pk"]["S"].endswith(f"#EVENT#{event_id}")]
    told.client.put_item(TableName=told.table, Item={**item, "status": {"S": "DISPUTED"}})
    status, body = answered(told, "get_event", path={"id": event_id})
    assert (status, body["data"]["status"]) == (200, "DISPUTED")
    with told.nothing_changes():
        for function in ("fulfill_event", "reverse_event", "extend_hold"):
            assert told.call(function, path={"id": event_id}).refusal == (503, "ServiceUnavailable")


def test_an_event_with_entries_of_the_next_release_is_not_reversed_by_half(told: Backend) -> None:
    event_id = told.emit("luis").data["id"]
    (item,) = [one for one in told.stored() if one["pk"]["S"].endswith(f"#EVENT#{event_id}")]
    told.client.put_item(TableName=told.table, Item=of_the_next_release(item, kinds=True))
    with told.nothing_changes():
        assert told.call("reverse_event", path={"id": event_id}).refusal == (503, "ServiceUnavailable")


def test_a_message_of_the_next_release_is_delivered_again(told: Backend) -> None:
    told.call("assign_cold_points", {"userId": "ana", "pointsEarned": 7, "source": "s", "rewardId": "points"})
    message = json.loads(told.carrier.messages[-1])
    known = json.dumps({**message, **UNKNOWN_NAME})
    with told.nothing_changes():
        unknown = json.dumps({**message, "kind": "NextAssignment"})
        assert told.process_assignment(unknown) == [unknown]
    assert told.process_assignment(known) == []


def test_a_campaign_of_the_next_release_is_left_out_and_told(told: Backend, capsys: pytest.CaptureFixture[str]) -> None:
    own = [one for one in told.stored() if one["pk"]["S"] == "BRAND#demo"]
    (item,) = [one for one in own if one["sk"]["S"] == "CAMPAIGN#flash"]
    document = read_any_format(next(iter(item["document"].values()))) | {"of_the_next_release": 1}
    del document["format"]
    packed = pack(document)
    attribute = {"S": packed} if isinstance(packed, str) else {"B": packed}
    told.client.put_item(TableName=told.table, Item={**item, "document": attribute})
    # Nobody has published it: the program is made of the single items.
    (brand,) = [one for one in own if one["sk"]["S"] == "BRAND"]
    unpublished = {name: brand[name] for name in ("pk", "sk", "version", "document")}
    told.client.put_item(TableName=told.table, Item=unpublished)
    published._known.clear()
    before = told.points()
    assert told.emit(type="FLASH").status == 201
    assert told.points() == before
    assert "a campaign is left out" in capsys.readouterr().out
    assert told.emit().status == 201
    assert told.points()[0] == before[0] + 100
    status, body = answered(told, "get_campaign", path={"id": "flash"})
    assert (status, [one["field"] for one in body["problems"]]) == (200, ["of_the_next_release"])
    assert answered(told, "list_campaigns")[0] == 200


def test_a_deadline_of_the_next_release_is_delivered_again(told: Backend) -> None:
    with told.nothing_changes():
        assert told.deliver("DEADLINE#NEXT#e1") == ["DEADLINE#NEXT#e1"]


@pytest.mark.parametrize("function", [*READS, "authorize"])
def test_what_was_stored_in_this_format_is_read_for_ever(empty: Backend, function: str) -> None:
    """Each later release has to answer the same, but for names that it adds; see docs/operations.md."""
    corpus = json.loads(CORPUS.read_text())
    empty.now = datetime.fromisoformat(corpus["now"])
    empty.put(
        {name: {"B": b64decode(one["B"])} if "B" in one else one for name, one in item.items()}
        for item in corpus["items"]
    )
    answer = empty.run(function, sample(function))
    found = json.loads(answer["body"]) if "body" in answer else answer["context"]
    assert subset(corpus["answers"][function], found)


def subset(wanted: Any, found: Any) -> bool:
    """Whether it has all that is wanted; objects may have more names."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(
            name in found and subset(one, found[name]) for name, one in wanted.items()
        )
    if isinstance(wanted, list):
        return isinstance(found, list) and len(wanted) == len(found) and all(map(subset, wanted, found))
    return bool(wanted == found)
