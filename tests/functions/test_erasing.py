"""Erasing a customer: nothing personal is left in the table, the books agree, and old retries pay nothing."""

import json
from typing import Any

import pytest

from earnest.commands.verify import differences
from loyalty.services import erasures
from loyalty.store import erasures as store_of_erasures
from loyalty.store import table
from loyalty.store.codec import read_any_format
from loyalty.store.customers import BEING_ERASED
from loyalty.store.table import from_wire
from tests.support.backend import Answer, Backend
from tests.support.stream import written

Json = dict[str, Any]

ANA = "Ana.Planted@Example.com"  # her id, and in lower case her e-mail address
APP, WEB, APART = "planted-app-7731", "planted-web-7732", "planted-apart-7733"
MOBILE, OTHER_MOBILE = "+4915112345671", "+4915112345672"
PLANTED = [
    ANA.lower(),
    APP,
    WEB,
    MOBILE,
    "15112345671",
    OTHER_MOBILE,
    "planted-before@example.com",
    "planted-second@example.com",
    *(f"planted{number:02}" for number in range(40)),
]
"""What must not be found, in any case: ids, addresses, numbers, and forty words that stand where people's names do."""


def planted(number: int) -> str:
    """A word in whose place a person's name might stand."""
    return f"Planted{number:02}"


def text_of(item: Json) -> str:
    """All that an item says, its key and its documents included."""
    return json.dumps(
        {name: _opened(value) for name, value in from_wire(item).items()}, ensure_ascii=False, default=str
    ).lower()


def _opened(value: Any) -> Any:
    return read_any_format(value) if isinstance(value, bytes) or str(value).startswith("{") else value


def found(backend: Backend) -> dict[str, list[str]]:
    """Which planted values are still in the table, and in which items."""
    texts = {(item["pk"]["S"], item["sk"]["S"]): text_of(item) for item in backend.stored()}
    left = {value: [" ".join(key) for key, text in texts.items() if value.lower() in text] for value in PLANTED}
    return {value: items for value, items in left.items() if items}


def track(backend: Backend, customer: str, number: int, **more: str) -> None:
    body = {"customerId": customer, "events": {"visit": {"name": planted(number)}}, "note": planted(number + 1), **more}
    assert backend.call("track_events", body, headers={}).status == 200


def buy(backend: Backend, number: int, **more: Any) -> Answer:
    order = {
        "value": 100,
        "metadata": {"to": planted(number)},
        "shipping": {"value": 5, "metadata": {"street": planted(number + 1)}},
        "products": [
            {"sku": "cup", "amount": 2, "value": 60, "tags": [planted(number + 2)]},
            {"sku": "tea", "amount": 1, "value": 40, "metadata": {"engraving": planted(number + 3)}},
        ],
    }
    body = {"order": order, "metadata": {"cashier": planted(number + 4)}, "tags": {planted(number + 5): True}}
    return backend.emit(ANA, **{**body, **more})


def give(backend: Backend, function: str, number: int, **more: Any) -> str:
    body: Json = {"userId": ANA, "source": "braze", "reference": planted(number), "idempotencyKey": planted(number + 1)}
    if "offer" in function:
        days = {"startDate": "2026-03-10", "endDate": "2026-04-10"}
        body |= {"configId": "free-coffee", "ruleParams": days}
    else:
        body |= {"pointsEarned": 7, "rewardId": "points"}
    answer = backend.call(function, {**body, **more}, headers={})
    assert answer.status == 202, answer.text
    return str(answer.body["traceId"])


def tell_all(backend: Backend) -> Json:
    """Let a person leave traces everywhere; returns the events and traces that the tests ask for."""
    backend.call("put_config_offer", path={"id": "free-coffee"})
    conditions = [
        [{"field": "customer.email", "operator": "exists", "value": True}],
        [{"field": "metadata.cashier", "operator": "ne", "value": "x"}],
    ]
    effects = [{"reward_id": "points", "amount": 3, "expires_in": "1/months"}]
    campaign = {"name": "Known", "trigger": "PURCHASE", "rules": [{"conditions": conditions, "effects": effects}]}
    assert backend.call("put_campaign", campaign, path={"id": "known"}).status == 200
    assert backend.call("put_brand", {"channel_merging": "email"}).status == 200
    email = ANA.lower()
    track(backend, ANA, 0, email="planted-before@example.com", mobile=MOBILE)
    track(backend, ANA, 2, email=ANA)
    track(backend, APP, 4, email=ANA, mobile=OTHER_MOBILE)
    track(backend, WEB, 6, email=f" {email} ")
    track(backend, APART, 8, email=ANA)
    apart = {"customer_id": APART, "reason": "two people"}
    assert backend.call("unmerge_customer", apart, path={"id": ANA}).status == 200
    profile = {"tags": {planted(8): planted(9)}, "attributes": {"name": planted(10)}}
    assert backend.call("patch_customer", profile, path={"id": ANA}).status == 200
    first = buy(backend, 11, key=planted(17)).data["id"]
    part = {"reason": planted(18), "products": [{"sku": "cup", "amount": 1}]}
    once = {"Idempotency-Key": planted(19)}
    assert backend.call("reverse_event", part, path={"id": first}, headers=once).status == 200
    gone = buy(backend, 20).data["id"]
    assert backend.call("reverse_event", {"reason": planted(26)}, path={"id": gone}).status == 200
    backend.emit(ANA, type="SPEND", redeem=[{"id": "points", "amount": 10}])
    traces = [
        give(backend, "create_cold_offer", 27),
        give(backend, "assign_cold_points", 29),
        give(backend, "create_cold_offer", 31, ruleParams={"startDate": "2020-01-01", "endDate": "2020-01-01"}),
    ]
    assert backend.process_assignment() == []
    brought = {"source": "old-shop", "balances": [{"reward_id": "points", "amount": 50}]}
    assert backend.call("migrate_customer", {**brought, "tags": {planted(33): 1}}, path={"id": ANA}).status == 202
    assert backend.process_assignment() == []
    held = buy(backend, 34, key="held", fulfilled=False).data["id"]
    return {"first": first, "part": part, "once": once, "held": held, "traces": traces}


def erase(backend: Backend, customer: str = ANA) -> str:
    """The trace id of an accepted erasure."""
    answer = backend.call("erase_customer", path={"id": customer})
    assert answer.status == 202, answer.text
    return str(answer.body["traceId"])


def work(backend: Backend) -> None:
    """Deliver messages until there are none."""
    for _ in range(1000):
        if not backend.carrier.messages:
            return
        again = backend.process_assignment()
        backend.carrier.messages += again
    raise AssertionError("there is no end of messages")


def assert_books_agree(backend: Backend, customer: str) -> None:
    wallet = backend.call("get_wallet", path={"id": customer}).data
    assert list(differences(wallet, backend.everything("list_transactions", customer))) == []


def test_nothing_personal_is_left_and_amounts_stay(backend: Backend) -> None:
    told = tell_all(backend)
    assert len(found(backend)) >= 40, "all of it has been there"
    backend.call("reverse_event", {"reason": "so"}, path={"id": told["held"]})
    before = backend.call("get_wallet", path={"id": ANA}).data
    lines = [
        {name: line[name] for name in ("type", "amount", "reward_id", "event_id", "campaign_id")}
        for line in backend.everything("list_transactions", ANA)
    ]
    trace_id = erase(backend, APP)  # any of a customer's ids
    assert erase(backend) == trace_id
    work(backend)
    assert found(backend) == {}
    trace = backend.trace(trace_id)
    assert (trace["status"], [step["what"] for step in trace["timeline"]][-1]) == ("DONE", "erased")
    (said,) = [detail for kind, detail in backend.carrier.said if kind == "Erasure"]
    assert (said["traceId"], said["status"]) == (trace_id, "DONE")
    assert not [value for value in PLANTED if value in json.dumps(said).lower()]
    # All that is left is under the pseudonym.
    event = backend.call("get_event", path={"id": told["first"]}).data
    nobody = event["customer_id"]
    assert nobody == f"erased-{trace_id}"
    assert backend.call("get_wallet", path={"id": nobody}).data == before
    assert [
        {name: line[name] for name in ("type", "amount", "reward_id", "event_id", "campaign_id")}
        for line in backend.everything("list_transactions", nobody)
    ] == lines
    assert_books_agree(backend, nobody)
    assert len(backend.everything("list_offers", nobody)) == 1
    whole = backend.call("export_customer", path={"id": nobody}).body["data"]
    assert (whole["customer"]["tags"], whole["customer"]["attributes"], whole["identities"]) == ({}, {}, [])
    for one in (ANA, APP, WEB):
        assert backend.call("get_customer", path={"id": one}).status == 404
        assert backend.call("erase_customer", path={"id": one}).refusal == (404, "UserNotFoundError")
    assert backend.call("get_customer", path={"id": APART}).status == 200


def test_old_retries_answer_and_pay_nothing_and_the_id_is_a_new_customers(backend: Backend) -> None:
    told = tell_all(backend)
    erase(backend)
    work(backend)
    nobody = backend.call("get_event", path={"id": told["first"]}).data["customer_id"]
    before = backend.call("get_wallet", path={"id": nobody}).data
    with backend.nothing_changes():
        again = buy(backend, 11, key=planted(17))
        assert (again.status, again.replayed, again.data["id"]) == (201, True, told["first"])
        assert again.data["data"]["customer_id"] == nobody
        assert buy(backend, 12, key=planted(17)).refusal == (422, "IdempotencyMismatchError")
        part = backend.call("reverse_event", told["part"], path={"id": told["first"]}, headers=told["once"])
        assert part.status == 200
        other = {**told["part"], "reason": "another"}
        answer = backend.call("reverse_event", other, path={"id": told["first"]}, headers=told["once"])
        assert answer.refusal == (422, "IdempotencyMismatchError")
        brought = {"source": "old-shop", "balances": [{"reward_id": "points", "amount": 50}]}
        moved = backend.call("migrate_customer", {**brought, "tags": {planted(33): 1}}, path={"id": ANA})
        assert moved.replayed
        assert give(backend, "create_cold_offer", 27) == told["traces"][0]
    assert backend.carrier.messages == []
    # What the shop takes back later is still taken back, and leaves the pseudonym's wallet.
    assert backend.call("reverse_event", {"reason": "so"}, path={"id": told["first"]}).status == 200
    assert backend.call("get_wallet", path={"id": nobody}).data != before
    assert_books_agree(backend, nobody)
    backend.emit(ANA)
    assert backend.points(ANA)[0] > 0
    assert len(backend.everything("list_events", ANA)) == 1


def test_what_is_pending_is_cancelled_and_what_is_under_way_waits(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = tell_all(backend)
    waiting = give(backend, "assign_cold_points", 38)
    message = backend.carrier.messages.pop()
    erase(backend)
    monkeypatch.setattr(erasures, "SECONDS_AT_ONCE", -1.0)  # each delivery does one thing
    assert backend.process_assignment() == []
    held = backend.call("get_event", path={"id": told["held"]})
    assert held.data["status"] == "CANCELLED"
    for _ in range(100):
        assert backend.process_assignment() == []
        if backend.call("get_customer", path={"id": ANA}).status == 503:
            break
    with backend.nothing_changes():
        for one in (ANA, APP):
            answer = backend.call("get_wallet", path={"id": one})
            assert (answer.refusal, answer.body["message"]) == ((503, "ServiceUnavailable"), BEING_ERASED)
            assert backend.emit(one).refusal == (503, "ServiceUnavailable")
        assert backend.process_assignment(message) == [message]
    work(backend)
    assert backend.process_assignment(message) == []
    assert backend.trace(waiting)["status"] == "FAILED"
    assert found(backend) == {}


def test_deadlines_of_a_brand_to_test_with_name_nobody_any_more(
    empty: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    backend = empty
    backend.set_up()
    backend.make_sandbox()
    backend.sandbox = True
    assert backend.call("put_brand", {"remind_before": "14/days"}).status == 200
    tell_all(backend)
    soon = {"startDate": "2026-03-10", "endDate": "2026-03-20"}
    for guest in ("planted-second@example.com", "luis"):
        backend.emit(guest)
        offer = {"userId": guest, "source": "s", "configId": "free-coffee", "ruleParams": soon}
        assert backend.call("create_cold_offer", offer, headers={}).status == 202
    work(backend)
    journal = [(one["pk"]["S"], one["sk"]["S"]) for one in backend.stored() if one["sk"]["S"].startswith("RECORD#")]
    backend.run("on_record_written", written(*journal))
    others = [one for one in deadlines(backend) if one.endswith("#luis")]
    assert {kind for _, kind, _ in (one.split("#") for one in deadlines(backend)) if kind != "HOLD"} == {
        "LOTS",
        "OFFER",
        "REMINDER",
    }
    monkeypatch.setattr(store_of_erasures, "_DEADLINES_PER_READ", 2)
    monkeypatch.setattr(erasures, "SECONDS_AT_ONCE", -1.0)  # each delivery does one thing
    traces = [erase(backend, guest) for guest in (APP, "planted-second@example.com", APART)]
    work(backend)
    assert found(backend) == {}
    left = deadlines(backend)
    assert [one for one in left if one.endswith("#luis")] == others
    assert [one.split("#")[1:] for one in left if one.endswith(traces[1])] == [
        ["OFFER", f"erased-{traces[1]}"],
        ["LOTS", f"erased-{traces[1]}"],
    ]
    backend.advance(days=11)
    export = backend.call("export_customer", path={"id": f"erased-{traces[1]}"}).body["data"]
    assert "OFFERS_EXPIRED" in [one["type"] for one in export["records"]], "what is left is settled in its time"


def deadlines(backend: Backend) -> list[str]:
    """The sort keys of the deadlines of the brand, in their order."""
    return [one["sk"]["S"] for one in backend.stored() if one["pk"]["S"] == "BRAND#demo#DEADLINES"]


class Killed:
    """The store of a worker that is killed once, with its so many-th write: before it, or before the answer to it."""

    def __init__(self, send: Any, number: int) -> None:
        self.fails = 0
        self._send = send
        self._number = number
        self._writes = 0

    def __call__(self, operation: str, **request: Any) -> Any:
        """What the store answers."""
        self._writes += operation in ("transact_write_items", "put_item", "update_item")
        if self._writes != self._number or self.fails:
            return self._send(operation, **request)
        self.fails = 1
        if self._number % 2:
            self._send(operation, **request)
        raise RuntimeError("killed")


def test_wherever_it_fails_it_goes_on_and_ends_the_same(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    told = tell_all(backend)
    items, at = backend.stored(), backend.now
    monkeypatch.setattr("loyalty.domain.ids.random_uuid", lambda: "9d1c7d9e-0000-4000-8000-000000000000")
    send, endings, fails = table._send, list[Any](), 0
    while not endings or fails:
        for item in backend.stored():
            key = {name: item[name] for name in ("pk", "sk")}
            backend.client.delete_item(TableName=backend.table, Key=key)
        for item in items:
            backend.client.put_item(TableName=backend.table, Item=item)
        backend.now = at
        erase(backend)
        killed = Killed(send, 5 * len(endings) + 1)
        monkeypatch.setattr(table, "_send", killed)
        work(backend)
        monkeypatch.setattr(table, "_send", send)
        fails = killed.fails
        assert found(backend) == {}
        nobody = backend.call("get_event", path={"id": told["first"]}).data["customer_id"]
        assert_books_agree(backend, nobody)
        export = backend.call("export_customer", path={"id": nobody}).body["data"]
        assert [one["type"] for one in export["records"]].count("ERASED") == 1
        endings.append({name: export[name] for name in ("wallet", "transactions", "events", "offers")})
    assert len(endings) > 5
    assert all(one == endings[-1] for one in endings)
