"""Customers who move in and out: all that is kept of one is exported."""

from typing import Any

import pytest

from loyalty.services import exports
from tests.functions.test_releases import tell_everything
from tests.support.backend import Backend

Json = dict[str, Any]


def exported(backend: Backend, customer: str = "ana") -> list[Json]:
    """The parts of a customer's export, in their order."""
    parts: list[Json] = []
    cursor: str | None = None
    while True:
        query = {"cursor": cursor} if cursor else None
        page = backend.call("export_customer", path={"id": customer}, query=query).body
        parts.append(page["data"])
        cursor = page["next_cursor"]
        if cursor is None:
            return parts


def test_an_export_has_all_that_the_lists_have_and_why(backend: Backend) -> None:
    tell_everything(backend)
    backend.call("patch_customer", {"email": "Ana@Example.com"})
    (whole,) = exported(backend)
    path = {"id": "ana"}
    assert whole["customer"] == backend.call("get_customer", path=path).data
    assert whole["wallet"] == backend.call("get_wallet", path=path).data
    assert whole["identities"] == [{"channel": "email", "value": "ana@example.com"}]
    for name in ("transactions", "offers"):
        assert whole[name] == backend.everything(f"list_{name}")
        assert whole[name]
    events = backend.everything("list_events")
    assert [{**event, "explanation": None} for event in whole["events"]] == [
        {**event, "explanation": None} for event in events
    ]
    for event in whole["events"]:
        assert event["explanation"] == backend.call("explain_event", path={"id": event["id"]}).data
    assert {"REVERSED", "EXTENDED", "POINTS_ASSIGNED"} <= {one["type"] for one in whole["records"]}
    # One was assigned, one is waiting, and one failed, which nothing else of the customer tells of.
    assert {trace["status"] for trace in whole["traces"]} == {"ASSIGNED", "FAILED"}
    for trace in whole["traces"]:
        assert trace == backend.trace(trace["traceId"])


def test_an_export_of_a_merged_customer_is_of_all_their_ids(backend: Backend) -> None:
    backend.tell()
    (whole,) = exported(backend, "kim-app")
    assert (whole["customer"]["customer_id"], whole["customer"]["aliases"]) == ("kim", ["kim-app"])
    assert [one["type"] for one in whole["records"]] == ["MERGED", "MERGED"]
    assert len(whole["events"]) == 2


def test_what_one_answer_has_no_room_for_comes_in_parts_that_make_the_same(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell_everything(backend)
    (whole,) = exported(backend)
    monkeypatch.setattr(exports, "MAX_BYTES", 3000)
    for name in ("_RECORDS_PER_PART", "_ENTRIES_PER_PART", "_TRACES_PER_PART"):
        monkeypatch.setattr(exports, name, 2)
    parts = exported(backend)
    assert len(parts) > 3
    assert parts[0]["customer"] == whole["customer"]
    assert not [part for part in parts[1:] if part["customer"] or part["wallet"] or part["identities"]]
    for name in ("events", "records", "transactions", "offers", "traces"):
        assert [one for part in parts for one in part[name]] == whole[name]


def test_a_cursor_is_good_for_one_export(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "_MAX_PARTS", 1)
    for customer in ("ana", "ben"):
        backend.emit(customer)
    page = backend.call("export_customer").body
    answer = backend.call("export_customer", path={"id": "ben"}, query={"cursor": page["next_cursor"]})
    assert (answer.refusal, answer.fields) == ((400, "ValidationError"), ["cursor"])
