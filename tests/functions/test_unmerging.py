"""unmerge_customer: two who were merged by mistake are told apart again, and all points are still there once."""

import sys
from typing import Any

import pytest

from loyalty.domain.customers.journal import JournalRecord, RecordType
from loyalty.domain.events.replay import replay, replay_offers
from loyalty.services.history import JournalReader
from loyalty.store.customers import load_customer
from tests.support.backend import Answer, Backend, Json

MOBILE = "+491711234567"


def send(backend: Backend, customer: str, **identities: str) -> None:
    body = {"customerId": customer, "events": {"visit": {}}, **identities}
    assert backend.call("track_events", body, headers={}).status == 200


def split(backend: Backend, customer: str = "ana", other: str = "ben") -> Answer:
    return backend.call("unmerge_customer", {"customer_id": other, "reason": "two people"}, path={"id": customer})


def profile(backend: Backend, customer: str) -> Json:
    found: Json = backend.call("get_customer", path={"id": customer}).data
    return found


def assert_added_up(backend: Backend, *customers: str) -> None:
    """The ledger's lines of each add up to what they can spend, and their journals to their wallets."""
    for customer in customers:
        assert sum(amount for _, amount in backend.ledger(customer)) == backend.points(customer)[0], customer
        stored = load_customer("demo", customer)
        assert stored
        records = [step.record for step in JournalReader(stored, reads=sys.maxsize) if step.customer_id == customer][
            ::-1
        ]
        assert [record.sequence for record in records] == list(range(1, stored.version + 1))
        assert replay(records) == stored.wallet
        assert replay_offers(records) == stored.offers


@pytest.fixture
def one(backend: Backend) -> Backend:
    """Ana, who has 100 points, has taken over ben, who brought 40, because a till knows one number for both."""
    backend.call("put_brand", {"channel_merging": "mobile"})
    backend.emit("ana")
    backend.wait(minutes=1)
    backend.emit("ben", order={"value": 40})
    backend.wait(minutes=1)
    send(backend, "ana", mobile=MOBILE, email="ana@example.com")
    send(backend, "ben", mobile=MOBILE)
    assert profile(backend, "ben")["customer_id"] == "ana"
    backend.wait(minutes=1)
    return backend


def test_a_dry_run_tells_what_would_go_back_and_changes_nothing(one: Backend) -> None:
    body = {"customer_id": "ben", "reason": "two people"}
    with one.nothing_changes():
        tried = one.call("unmerge_customer", body, path={"id": "ana"}, query={"dry_run": "true"})
    assert tried.data == split(one).data
    assert one.call("unmerge_customer", body, path={"id": "ana"}, query={"dry_run": "true"}).status == 409


def test_each_has_again_what_they_brought(one: Backend) -> None:
    answer = split(one)
    assert answer.data["returned"] == [{"reward_id": "points", "amount": 40}]
    assert (answer.data["customer"], answer.data["split_off"]) == (profile(one, "ana"), profile(one, "ben"))
    assert (one.points("ana"), one.points("ben")) == ((100, 0, 0), (40, 0, 0))
    assert (profile(one, "ana")["aliases"], profile(one, "ben")["aliases"]) == ([], [])
    assert one.ledger("ben") == [("ACCUMULATION", 40), ("TRANSFER", -40), ("TRANSFER", 40)]
    assert one.ledger("ana") == [("ACCUMULATION", 100), ("TRANSFER", 40), ("TRANSFER", -40)]
    assert_added_up(one, "ana", "ben")


@pytest.mark.parametrize(("spent", "ana", "ben"), [(70, 30, 40), (100, 0, 40), (120, 0, 20), (140, 0, 0)])
def test_what_was_spent_stays_spent_and_nothing_is_made(one: Backend, spent: int, ana: int, ben: int) -> None:
    one.spend(spent)
    assert split(one).status == 200
    assert (one.points("ana")[0], one.points("ben")[0]) == (ana, ben)
    assert_added_up(one, "ana", "ben")


def test_what_came_later_stays_with_the_survivor(one: Backend) -> None:
    later = one.emit("ben", order={"value": 17}).data
    assert split(one).status == 200
    assert (one.points("ana")[0], one.points("ben")[0]) == (117, 40)
    one.call("reverse_event", path={"id": later["id"]})
    assert (one.points("ana")[0], one.points("ben")[0]) == (100, 40)
    assert later["id"] not in {event["id"] for event in one.everything("list_events", "ben")}


def test_the_second_call_says_that_they_are_two(one: Backend) -> None:
    assert split(one).status == 200
    with one.nothing_changes():
        for again in (split(one), split(one, "ben", "ana"), split(one, "ana", "ana"), split(one, "ana", "nobody")):
            assert again.refusal == (409, "NotMergedError")
        assert split(one, "nobody", "ben").refusal == (404, "UserNotFoundError")


def test_any_id_of_the_customer_names_it(one: Backend) -> None:
    assert split(one, "ben", "ben").data["customer"]["customer_id"] == "ana"
    assert profile(one, "ben")["customer_id"] == "ben"


def test_what_they_share_merges_them_never_again(one: Backend) -> None:
    assert split(one).status == 200
    send(one, "ben", mobile=MOBILE)
    send(one, "ana", mobile=MOBILE)
    assert profile(one, "ben")["customer_id"] == "ben"
    assert (profile(one, "ana")["mobile"], profile(one, "ben")["mobile"]) == (MOBILE, None)
    one.wait(minutes=1)
    send(one, "eve", mobile=MOBILE)
    assert profile(one, "eve")["customer_id"] == "ana"
    send(one, "ben", mobile=MOBILE)
    assert profile(one, "ben")["customer_id"] == "ben"


def merge_by_mobile(backend: Backend) -> None:
    """Let ben, who has an e-mail address, be merged into ana."""
    backend.call("put_brand", {"channel_merging": "mobile"})
    backend.emit("ana")
    send(backend, "ana", mobile=MOBILE)
    backend.wait(minutes=1)
    send(backend, "ben", email="ben@example.com")
    send(backend, "ben", mobile=MOBILE)


def test_identities_belong_to_whoever_was_first_seen_with_them(backend: Backend) -> None:
    merge_by_mobile(backend)
    assert profile(backend, "ana")["email"] == "ben@example.com"
    assert split(backend).status == 200
    assert (profile(backend, "ana")["email"], profile(backend, "ben")["email"]) == (None, "ben@example.com")
    taken = {"userId": None, "email": "ben@example.com", "source": "x", "configId": "free-coffee"}
    days = {"ruleParams": {"startDate": "2026-03-10", "endDate": "2026-12-31"}}
    assert backend.call("create_hot_offer", {**taken, **days}, headers={}).status == 202
    backend.process_assignment()
    assert len(backend.everything("list_offers", "ben")) == 1
    assert backend.everything("list_offers", "ana") == []


def test_an_identity_that_was_removed_meanwhile_stays_removed(backend: Backend) -> None:
    merge_by_mobile(backend)
    assert backend.call("patch_customer", {"email": None}, path={"id": "ana"}).status == 200
    assert split(backend).status == 200
    assert (profile(backend, "ana")["email"], profile(backend, "ben")["email"]) == (None, None)


@pytest.mark.parametrize("merging", [True, False])
@pytest.mark.parametrize("ending", ["fulfill_event", "reverse_event", None])
def test_a_promise_goes_back_to_whom_it_was_made(backend: Backend, merging: bool, ending: str | None) -> None:
    backend.call("put_brand", {"channel_merging": "mobile"})
    backend.emit("ana")
    backend.wait(minutes=1)
    backend.emit("ben", order={"value": 40})
    held = backend.emit("ben", order={"value": 15}, redeem=[{"id": "points", "amount": 30}], fulfilled=False).data
    if merging:
        for customer in ("ana", "ben"):
            send(backend, customer, mobile=MOBILE)
        assert backend.points("ana") == (110, 30, 15)
        assert split(backend).status == 200
    assert (backend.points("ana"), backend.points("ben")) == ((100, 0, 0), (10, 30, 15))
    if ending:
        assert backend.call(ending, path={"id": held["id"]}).status == 200
    else:
        backend.wait(days=1)
    assert backend.points("ben") == ((25, 0, 0) if ending == "fulfill_event" else (40, 0, 0))
    assert_added_up(backend, "ana", "ben")


def test_an_offer_goes_back_unless_a_hold_of_the_survivor_has_it(one: Backend) -> None:
    backend = one
    assert split(backend).status == 200
    for key in ("k1", "k2"):
        body = {"userId": "ben", "source": "x", "configId": "free-coffee", "idempotencyKey": key}
        days = {"ruleParams": {"startDate": "2026-03-10", "endDate": "2026-12-31"}}
        assert backend.call("create_hot_offer", {**body, **days}, headers={}).status == 202
    assert backend.process_assignment() == []
    send(backend, "zoe", email="zoe@example.com")
    backend.call("put_brand", {"channel_merging": "email"})
    backend.wait(minutes=1)
    send(backend, "ben", email="zoe@example.com")
    survivor = profile(backend, "zoe")["customer_id"]
    assert survivor == "ben"
    first, second = (offer["id"] for offer in backend.everything("list_offers", "ben"))
    used = backend.emit("ben", type="USE", redeem=[{"id": first, "amount": 1}])
    assert used.status == 201
    assert split(backend, "ben", "zoe").status == 200
    statuses = {offer["id"]: offer["status"] for offer in backend.everything("list_offers", "ben")}
    assert statuses == {first: "redeemed", second: "active"}
    assert backend.everything("list_offers", "zoe") == []
    assert_added_up(backend, "ben")


@pytest.mark.parametrize("use", [None, "redeemed", "held"])
def test_the_offers_of_who_is_split_off_go_along(backend: Backend, use: str | None) -> None:
    backend.call("put_brand", {"channel_merging": "mobile"})
    backend.emit("ana")
    backend.wait(minutes=1)
    backend.emit("ben")
    body = {"userId": "ben", "source": "x", "configId": "free-coffee"}
    days = {"ruleParams": {"startDate": "2026-03-10", "endDate": "2026-12-31"}}
    assert backend.call("create_hot_offer", {**body, **days}, headers={}).status == 202
    assert backend.process_assignment() == []
    for customer in ("ana", "ben"):
        send(backend, customer, mobile=MOBILE)
    (offer,) = backend.everything("list_offers", "ana")
    redeem: Json = {"redeem": [{"id": offer["id"], "amount": 1}], "type": "USE"}
    event = backend.emit("ana", fulfilled=use == "redeemed", **redeem).data["id"] if use else ""
    assert split(backend).status == 200
    assert backend.everything("list_offers", "ana") == []
    (shown,) = backend.everything("list_offers", "ben")
    assert shown["status"] == ("redeemed" if use == "redeemed" else "active")
    if use == "held":
        assert backend.call("fulfill_event", path={"id": event}).status == 200
    if use is None:
        assert backend.emit("ben", **redeem).status == 201
    assert_added_up(backend, "ana", "ben")


def test_a_debt_that_is_still_owed_goes_back(backend: Backend) -> None:
    backend.call("put_brand", {"channel_merging": "mobile"})
    backend.emit("ana", type="VISIT")
    backend.wait(minutes=1)
    first = backend.emit("ben", order={"value": 40}).data["id"]
    backend.spend(40, "ben")
    backend.call("reverse_event", path={"id": first})
    for customer in ("ana", "ben"):
        send(backend, customer, mobile=MOBILE)
    backend.emit("ana", order={"value": 15})
    assert backend.points("ana")[0] == -25
    assert split(backend).data["returned"] == [{"reward_id": "points", "amount": -25}]
    assert (backend.points("ana")[0], backend.points("ben")[0]) == (0, -25)
    assert_added_up(backend, "ana", "ben")


def test_a_reversal_after_the_split_takes_from_whoever_earned_it(one: Backend) -> None:
    (bought,) = [event for event in one.everything("list_events", "ben") if event["data"].get("order") == {"value": 40}]
    assert split(one).status == 200
    one.call("reverse_event", path={"id": bought["id"]})
    assert (one.points("ana")[0], one.points("ben")[0]) == (100, 0)
    assert_added_up(one, "ana", "ben")


def test_limits_and_progress_go_back_so_that_nothing_is_granted_once_more(backend: Backend) -> None:
    once = {
        "rules": [{"effects": [{"reward_id": "points", "amount": 1}]}],
        "limits": {"per_customer": {"times": 1, "period": "ever"}},
    }
    third = {
        "rules": [
            {
                "conditions": [[{"operator": "count_gte", "value": 3}]],
                "effects": [{"reward_id": "points", "amount": 10}],
            }
        ]
    }
    for name, more in (("once", once), ("third", third)):
        campaign: dict[str, Any] = {"name": name, "trigger": "COFFEE", **more}
        assert backend.call("put_campaign", campaign, path={"id": name}).status == 200
    backend.call("put_brand", {"channel_merging": "mobile"})
    backend.emit("ana", type="COFFEE")
    backend.wait(minutes=1)
    backend.emit("ben", type="COFFEE")
    for customer in ("ana", "ben"):
        send(backend, customer, mobile=MOBILE)
    assert split(backend).status == 200
    for customer in ("ana", "ben"):
        gained = [backend.emit(customer, type="COFFEE").data["result"]["accumulations"] for _ in range(2)]
        assert [[one["amount"] for one in each] for each in gained] == [[], [10]], customer


def test_ids_that_came_along_go_along_and_the_last_merge_is_undone_first(one: Backend) -> None:
    send(one, "zoe", email="zoe@example.com")
    one.wait(minutes=-10)
    one.emit("old", order={"value": 1000})
    send(one, "old", email="old@example.com")
    one.wait(minutes=20)
    one.call("put_brand", {"channel_merging": "email"})
    send(one, "old", email="ana@example.com")
    assert profile(one, "ben")["customer_id"] == "old"
    with one.nothing_changes():
        assert split(one, "old", "ben").refusal == (409, "NotMergedError")
    assert split(one, "old", "ana").status == 200
    assert (profile(one, "ben")["customer_id"], profile(one, "ana")["aliases"]) == ("ana", ["ben"])
    assert (one.points("old")[0], one.points("ana")[0]) == (1000, 140)
    assert split(one, "ana", "ben").status == 200
    assert (one.points("ana")[0], one.points("ben")[0]) == (100, 40)
    assert_added_up(one, "old", "ana", "ben")


def test_the_reason_is_kept_with_both(one: Backend) -> None:
    assert split(one).status == 200
    ana, ben = load_customer("demo", "ana"), load_customer("demo", "ben")
    assert ana
    assert ben
    for customer, other in ((ana, "ben"), (ben, "ana")):
        record = next(iter(JournalReader(customer))).record
        assert isinstance(record, JournalRecord)
        assert (record.type, record.reason) == (RecordType.UNMERGED, "two people")
        assert customer.kept_apart == (other,)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["customer_id", "reason"]),
        ({"customer_id": "ben"}, ["reason"]),
        ({"customer_id": "a/b", "reason": "x"}, ["customer_id"]),
        ({"customer_id": "ben", "reason": "", "force": True}, ["force", "reason"]),
    ],
)
def test_what_is_malformed_is_refused(one: Backend, body: Json, fields: list[str]) -> None:
    with one.nothing_changes():
        answer = one.call("unmerge_customer", body, path={"id": "ana"})
    assert (answer.refusal, sorted(answer.fields)) == ((400, "ValidationError"), fields)
