"""Customers who move in and out: what they had elsewhere is taken over, and all that is kept of one is exported."""

from typing import Any

import pytest

from earnest.commands.verify import Difference, differences
from loyalty.services import exports
from tests.functions.test_releases import tell_everything
from tests.support.backend import Answer, Backend

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
    assert whole["identities"] == [{"channel": "email", "value": "kim@example.com"}]
    assert len(whole["events"]) == 2


def test_what_one_answer_has_no_room_for_comes_in_parts_that_make_the_same(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell_everything(backend)
    (whole,) = exported(backend)
    monkeypatch.setattr(exports, "MAX_BYTES", 3000)
    for name in ("_RECORDS_PER_PAGE", "_ENTRIES_PER_PAGE", "_TRACES_PER_PAGE"):
        monkeypatch.setattr(exports, name, 2)
    parts = exported(backend)
    assert len(parts) > 3
    assert parts[0]["customer"] == whole["customer"]
    assert not [part for part in parts[1:] if part["customer"] or part["wallet"] or part["identities"]]
    for name in ("events", "records", "transactions", "offers", "traces"):
        assert [one for part in parts for one in part[name]] == whole[name]


def test_a_cursor_is_good_for_one_export(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "_MAX_LIST_PAGES", 1)
    for customer in ("ana", "ben"):
        backend.emit(customer)
    page = backend.call("export_customer").body
    answer = backend.call("export_customer", path={"id": "ben"}, query={"cursor": page["next_cursor"]})
    assert (answer.refusal, answer.fields) == ((400, "ValidationError"), ["cursor"])


def migrate(backend: Backend, customer: str = "eva", **body: Any) -> Answer:
    """The answer to a migration, from the old shop if nothing else is said."""
    whole = {"source": "old-shop", **body}
    return backend.call("migrate_customer", whole, path={"id": customer})


def points(amount: float, **more: str) -> Json:
    """A balance of points."""
    return {"reward_id": "points", "amount": amount, **more}


def migrated(backend: Backend, customer: str = "eva", **body: Any) -> Json:
    """The trace of a migration that has been carried out."""
    trace_id = migrate(backend, customer, **body).body["traceId"]
    assert backend.process_assignment() == []
    return backend.trace(trace_id)


def test_a_customer_brings_along_lots_a_profile_and_identities(backend: Backend) -> None:
    balances = [
        points(100, expiration_date="2026-12-31", issued_at="2025-06-01T10:00:00Z"),
        points(50, expiration_date="2027-01-01T00:00:00Z"),
        points(7),
    ]
    trace = migrated(
        backend, balances=balances, tags={"vip": True}, attributes={"tier": "gold"}, email="Eva@Example.com"
    )
    assert (trace["status"], trace["source"]) == ("DONE", "old-shop")
    assert "eva" not in str(trace)
    wallet = backend.call("get_wallet", path={"id": "eva"}).data
    # The last day counts in full in the time zone of the brand, which is UTC.
    assert [(line["amount"], line["expiration_date"]) for line in wallet["lines"]] == [
        (150, "2027-01-01T00:00:00.000Z"),
        (7, None),
    ]
    assert wallet["lines"][0]["issued_at"] == "2025-06-01T10:00:00.000Z"
    customer = backend.call("get_customer", path={"id": "eva"}).data
    assert (customer["tags"], customer["attributes"]) == ({"vip": True}, {"tier": "gold"})
    found = backend.call("find_customers", query={"email": "eva@example.com"}).data
    assert [one["customer_id"] for one in found] == ["eva"]
    lines = backend.everything("list_transactions", "eva")
    assert {(line["type"], line["trace_id"], line["source"]) for line in lines} == {
        ("MIGRATION", trace["traceId"], "old-shop")
    }
    assert backend.carrier.said == []


def test_a_debt_takes_what_ends_soonest_and_is_paid_by_what_comes_next(backend: Backend) -> None:
    migrated(backend, balances=[points(-120), points(100, expiration_date="2026-12-31"), points(10)])
    assert backend.points("eva") == (-10, 0, 0)
    backend.emit("eva")
    assert backend.points("eva") == (90, 0, 0)
    assert verified(backend, "eva") == []


def test_a_customer_is_migrated_once_from_each_source(backend: Backend) -> None:
    body: Json = {"balances": [points(100, expiration_date="2026-03-11")]}
    first = migrate(backend, **body)
    message = backend.carrier.messages[0]
    again = migrate(backend, **body)
    assert (again.body, first.replayed, again.replayed) == (first.body, False, True)
    for attempt in (1, 2):
        assert backend.process_assignment(message, attempt=attempt) == []
    assert backend.points("eva") == (100, 0, 0)
    backend.carrier.messages.clear()
    with backend.nothing_changes():
        refused = migrate(backend, balances=[points(5)])
        assert refused.refusal == (422, "IdempotencyMismatchError")
        backend.wait(days=400)  # the lot has ended since, and a trace of a marketing tool would be gone
        assert migrate(backend, **body).replayed
    assert backend.carrier.messages == []
    migrated(backend, source="another-shop", balances=[points(3)])
    assert backend.points("eva") == (3, 0, 0)


def test_a_migration_that_failed_can_be_sent_again_corrected(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("loyalty.domain.wallet.update.MAX_LOTS", 1)
        trace = migrated(backend, balances=[points(1), points(2, expiration_date="2027-01-01")])
    assert (trace["status"], trace["reason"].split(":")[0]) == ("FAILED", "TooManyLotsError")
    assert backend.call("get_customer", path={"id": "eva"}).status == 404
    backend.wait(seconds=1)
    again = migrated(backend, balances=[points(3)])
    assert (again["traceId"], again["status"]) == (trace["traceId"], "DONE")
    assert backend.points("eva") == (3, 0, 0)


def test_an_identity_of_another_is_left_out_and_one_of_the_merging_channel_merges(backend: Backend) -> None:
    backend.call("put_brand", {"channel_merging": "email"})
    for one in ({"customerId": "kim", "email": "kim@example.com"}, {"customerId": "lou", "mobile": "+4915112345678"}):
        assert backend.call("track_events", {**one, "events": {"visit": {}}}, headers={}).status == 200
    migrated(backend, "kim-app", balances=[points(20)], email="kim@example.com")
    assert backend.call("get_customer", path={"id": "kim-app"}).data["customer_id"] == "kim"
    assert backend.points("kim") == (20, 0, 0)
    trace = migrated(backend, "eva", balances=[points(20)], mobile="+49 151 12345678")
    assert "another customer has the mobile, which was left out" in trace["timeline"][-1]["what"]
    assert backend.call("get_customer", path={"id": "eva"}).data["mobile"] is None


def test_a_migration_is_not_half_done_wherever_it_fails(backend: Backend) -> None:
    backend.carrier.broken = True
    with backend.nothing_changes():
        assert migrate(backend, balances=[points(20)]).refusal == (503, "ServiceUnavailable")
    backend.carrier.broken = False
    trace_id = migrate(backend, balances=[points(20)]).body["traceId"]
    backend.client.delete_item(
        TableName=backend.table, Key={"pk": {"S": f"BRAND#demo#TRACE#{trace_id}"}, "sk": {"S": "TRACE"}}
    )
    assert backend.process_assignment() == []
    assert backend.trace(trace_id)["status"] == "DONE"
    assert backend.points("eva") == (20, 0, 0)


def remember(backend: Backend, *, evaluate: bool = False, key: str = "old-1", **more: Any) -> Answer:
    """The answer to a purchase of 100 two years ago."""
    long_ago = {"issued_at": "2024-03-10T12:00:00Z", "order": {"value": 100}}
    body = {"customer_id": "eva", "brand_id": "demo", "type": "PURCHASE", **long_ago, **more}
    query = {"evaluate": "true"} if evaluate else None
    return backend.call("record_history", body, headers={"Idempotency-Key": key}, query=query)


def test_history_is_recorded_and_pays_nothing(backend: Backend) -> None:
    event = remember(backend).data
    assert (event["status"], event["evaluated"], event["issued_at"]) == ("RESOLVED", False, "2024-03-10T12:00:00.000Z")
    assert event["result"]["accumulations"] == []
    assert backend.call("get_wallet", path={"id": "eva"}).data == {"totals": [], "lines": []}
    with backend.nothing_changes():
        assert remember(backend).replayed
        assert remember(backend, order={"value": 5}).refusal == (422, "IdempotencyMismatchError")
        emitted = backend.emit("eva", issued_at="2024-03-10T12:00:00Z")
        assert (emitted.refusal, emitted.fields) == ((400, "ValidationError"), ["issued_at"])
        ahead = remember(backend, key="old-2", issued_at="2099-03-10T12:00:00Z")
        assert ahead.fields == ["issued_at"]
    assert backend.carrier.said == []


def test_history_that_is_evaluated_pays_what_it_would_have_paid_then(backend: Backend) -> None:
    kept = {"reward_id": "points", "amount": 5, "expires_in": "1/years"}
    effects = [kept, {"reward_id": "points", "amount": 7}]
    campaign = {"name": "Old", "trigger": "PURCHASE", "rules": [{"effects": effects}]}
    assert backend.call("put_campaign", campaign, path={"id": "old"}).status == 200
    event = remember(backend, evaluate=True).data
    assert event["evaluated"]
    # One of its lots has ended a year ago, and the sample's campaign did not run then.
    assert sorted(one["amount"] for one in event["result"]["accumulations"]) == [5, 7]
    assert backend.points("eva") == (7, 0, 0)
    assert verified(backend, "eva") == []


def test_history_counts_towards_a_campaign_that_has_ended_since(backend: Backend) -> None:
    conditions = [[{"operator": "count_gte", "value": 2}]]
    rules = [{"conditions": conditions, "effects": [{"reward_id": "points", "amount": 1}]}]
    dates = {"start_date": "2024-01-01", "end_date": "2024-12-31"}
    campaign = {"name": "Second", "trigger": "PURCHASE", **dates, "rules": rules}
    assert backend.call("put_campaign", campaign, path={"id": "second"}).status == 200
    days = ["2024-03-10", "2024-12-31", "2024-12-31", "2025-01-01", "2024-12-31"]
    events = [
        remember(backend, evaluate=True, key=f"old-{number}", issued_at=f"{day}T12:00:00Z").data
        for number, day in enumerate(days)
    ]
    assert [event["rewarding_campaigns"] for event in events] == [[], ["second"], [], [], ["second"]]


def test_history_is_not_rewarded_more_often_than_a_limit_says(backend: Backend) -> None:
    for period in ("day", "ever", "month"):
        rules = [{"effects": [{"reward_id": "points", "amount": 1}]}]
        limits = {"per_customer": {"times": 2, "period": period}}
        campaign = {"name": period, "trigger": "PURCHASE", "rules": rules, "limits": limits}
        assert backend.call("put_campaign", campaign, path={"id": period}).status == 200
    days = ["2024-03-10"] * 3 + ["2024-03-11", "2024-04-11", "2024-03-11", "2024-03-11"]
    events = []
    for number, day in enumerate(days):
        events.append(remember(backend, evaluate=True, key=f"old-{number}", issued_at=f"{day}T12:00:00Z").data)
        # What an event of today forgets is never a period of history.
        assert backend.emit("eva", order={"value": 1}).status == 201
        backend.wait(days=10)
    every, by_period = ["day", "ever", "month"], ["day", "month"]
    rewarded = [event["rewarding_campaigns"] for event in events]
    assert rewarded == [every, by_period, [], ["day"], by_period, ["day"], []]
    assert backend.call("reverse_event", path={"id": events[0]["id"]}).status == 200
    again = [remember(backend, evaluate=True, key=f"again-{number}").data["rewarding_campaigns"] for number in (0, 1)]
    assert again == [every, []], "what is undone gives its share back"


def verified(backend: Backend, customer: str) -> list[Difference]:
    """Where a wallet is not the sum of its ledger."""
    wallet = backend.call("get_wallet", path={"id": customer}).data
    return list(differences(wallet, backend.everything("list_transactions", customer)))
