"""One person behind several ids: whom the brand's merging channel makes one, and what both ids then answer."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalty.store import keys
from loyalty.store.table import put, transact
from tests.support.backend import Answer, Backend, Json
from tests.support.gameball import WITH_IDENTITIES
from tests.support.samples import sample

MOBILE, OTHER_MOBILE = "+491711234567", "+4915123456789"
EMAIL, OTHER_EMAIL = "ana@example.com", "ben@example.com"
SHOWN = ("get_wallet", "list_events", "list_transactions", "list_offers", "get_customer")


def send(backend: Backend, customer: str, *names: str, **identities: str) -> Answer:
    """A batch of a customer's; a visit if nothing else is said."""
    events: Json = {name: {} for name in names or ("visit",)}
    body = {"customerId": customer, "events": events, **identities}
    answer = backend.call("track_events", body, headers={})
    assert answer.status == 200, answer.text
    return answer


def patch(backend: Backend, customer: str, **changes: Any) -> Answer:
    return backend.call("patch_customer", changes, path={"id": customer})


def merging_by(backend: Backend, channel: str, **settings: object) -> None:
    assert backend.call("put_brand", {"channel_merging": channel, **settings}).status == 200


def who(backend: Backend, customer: str) -> str:
    """The id of the customer who answers under that id."""
    found: str = backend.call("get_customer", path={"id": customer}).data["customer_id"]
    return found


def assert_one(backend: Backend, *customers: str) -> None:
    """All these ids answer the same."""
    query = {"limit": "100"}
    for function in SHOWN:
        answers = {
            backend.call(function, path={"id": one}, query=query if function.startswith("list") else None).text
            for one in customers
        }
        assert len(answers) == 1, function


def assert_added_up(backend: Backend, customer: str) -> None:
    """The ledger's lines add up to what can be spent."""
    assert sum(amount for _, amount in backend.ledger(customer)) == backend.points(customer)[0]


@pytest.fixture
def two(backend: Backend) -> Backend:
    """A backend where ana, the older, has 100 points, and ben has 40."""
    backend.emit("ana")
    backend.wait(minutes=1)
    backend.emit("ben", order={"value": 40})
    backend.wait(minutes=1)
    return backend


@pytest.mark.parametrize(("channel", "identity"), [("mobile", {"mobile": MOBILE}), ("email", {"email": EMAIL})])
def test_the_channel_makes_two_ids_one_customer(two: Backend, channel: str, identity: dict[str, str]) -> None:
    merging_by(two, channel)
    send(two, "ana", **identity)
    two.wait(minutes=1)
    send(two, "ben", **identity)
    assert_one(two, "ana", "ben")
    assert two.points("ben") == (140, 0, 0)
    customer = two.call("get_customer", path={"id": "ben"}).data
    assert (customer["customer_id"], customer["aliases"]) == ("ana", ["ben"])
    assert customer[channel] == identity[channel]
    assert len(two.everything("list_events", "ana")) == 4


@pytest.mark.parametrize("channel", ["mobile", "email"])
def test_the_published_example_of_channel_merging_merges(backend: Backend, channel: str) -> None:
    merging_by(backend, channel, default_region="FR")
    known = {"mobile": "+33 123456789", "email": "Jon.Snow@example.com"}
    send(backend, "till-7", **{channel: known[channel]})
    backend.wait(minutes=1)
    assert backend.call("track_event_v3", WITH_IDENTITIES, headers={}).status == 200
    assert_one(backend, "till-7", "player123")
    assert who(backend, "player123") == "till-7"


@pytest.mark.parametrize("channel", ["none", "email", "mobile"])
def test_another_channel_than_the_brands_merges_nobody(two: Backend, channel: str) -> None:
    merging_by(two, channel)
    identity = {"email": EMAIL} if channel == "mobile" else {"mobile": MOBILE}
    for customer in ("ana", "ben"):
        send(two, customer, **identity)
    assert (who(two, "ana"), who(two, "ben")) == ("ana", "ben")
    assert (two.points("ana"), two.points("ben")) == ((100, 0, 0), (40, 0, 0))
    (name,) = identity
    assert two.call("get_customer", path={"id": "ana"}).data[name] == identity[name]
    assert two.call("get_customer", path={"id": "ben"}).data[name] is None


@pytest.mark.parametrize(
    ("channel", "one", "other"),
    [
        ("email", "ana@example.com", "  ANA@Example.COM "),
        ("mobile", "+491711234567", "0171 1234567"),
        ("mobile", "+49 (171) 123-4567", "0171/1234567"),
        ("mobile", "0171 123 45 67", "+491711234567"),
        ("mobile", "00491711234567", "+491711234567"),
        ("mobile", "٠١٧١ ١٢٣٤٥٦٧", "+491711234567"),
        ("mobile", "\u202a+49\u00a0171\u20111234567\u202c", "0171 1234567"),
        ("mobile", "\uff0b49 171 1234567", "0171 1234567"),
    ],
)
def test_an_identity_written_otherwise_is_the_same(two: Backend, channel: str, one: str, other: str) -> None:
    merging_by(two, channel, default_region="DE")
    send(two, "ana", **{channel: one})
    send(two, "ben", **{channel: other})
    assert_one(two, "ana", "ben")


def test_a_mobile_is_read_in_the_brands_region(two: Backend) -> None:
    merging_by(two, "mobile", default_region="EG")
    send(two, "ana", mobile="0100 123 4567")
    assert two.call("get_customer").data["mobile"] == "+201001234567"


def test_a_mobile_seen_before_the_brand_had_a_region_is_found_by_its_digits(two: Backend) -> None:
    # As earlier releases stored it; now a number without its country is no evidence.
    transact(put(keys.identity("demo", "01711234567", "mobile"), {"customer_id": "ana"}))
    merging_by(two, "mobile", default_region="DE")
    send(two, "ben", mobile="0171/123 45 67")
    assert_one(two, "ana", "ben")
    assert two.call("get_customer").data["mobile"] == "+491711234567"
    two.wait(minutes=1)
    send(two, "eve", mobile="01711234567")
    send(two, "kim", mobile=MOBILE)
    assert (who(two, "eve"), who(two, "kim")) == ("ana", "ana")


NO_EVIDENCE = [
    *(("mobile", text) for text in ("0000000000", "9999999996", "1234567890", "N/A", "-", "none", "call me", "12")),
    *(("mobile", text) for text in ("+1 650 253 0000 ext. 5", "(650) 253-0000 x12", "+15555550100", "x" * 255)),
    *(("email", text) for text in ("none", "N/A", "-", "ana", "ana@", "ana@example", "a b@example.com", "a@@b.com")),
]


@pytest.mark.parametrize(("channel", "text"), NO_EVIDENCE)
@pytest.mark.parametrize("region", [None, "US"])
def test_what_is_not_valid_loses_no_event_and_merges_nobody(
    two: Backend, channel: str, text: str, region: str | None
) -> None:
    merging_by(two, channel, default_region=region)
    for customer in ("ana", "ben"):
        answer = send(two, customer, **{channel: text})
        (warning,) = answer.body["warnings"]
        assert (warning["field"], bool(warning["message"])) == (channel, True)
    assert [who(two, one) for one in ("ana", "ben")] == ["ana", "ben"]
    assert [two.call("get_customer", path={"id": one}).data[channel] for one in ("ana", "ben")] == [None, None]
    assert [two.points(one)[0] for one in ("ana", "ben")] == [100, 40]
    assert not [item for item in two.stored() if "#BY#" in item["pk"]["S"]]


def test_a_number_without_its_country_is_no_evidence_until_the_brand_has_a_region(two: Backend) -> None:
    merging_by(two, "mobile")
    for customer in ("ana", "ben"):
        (warning,) = send(two, customer, mobile="0171 1234567").body["warnings"]
        assert "default_region" in warning["message"]
    assert who(two, "ben") == "ben"
    merging_by(two, "mobile", default_region="DE")
    for customer in ("ana", "ben"):
        assert send(two, customer, mobile="0171 1234567").body["warnings"] == []
    assert who(two, "ben") == "ana"


def test_a_repeated_batch_gets_its_warnings_again(two: Backend) -> None:
    body = {"customerId": "ana", "events": {"visit": {}}, "mobile": "N/A", "email": "ana@example.com"}
    first, again = (two.call("track_events", body, headers={"Idempotency-Key": "k"}) for _ in range(2))
    assert (again.body, again.replayed) == (first.body, True)
    assert [one["field"] for one in first.body["warnings"]] == ["mobile"]


def test_another_letter_is_another_address(two: Backend) -> None:
    merging_by(two, "email")
    send(two, "ana", email="strasse@example.com")
    send(two, "ben", email="straße@example.com")
    assert (who(two, "ana"), who(two, "ben")) == ("ana", "ben")
    send(two, "eve", email="STRAßE@example.com")
    assert who(two, "eve") == "ben"


@pytest.mark.parametrize("asking", ["ana", "ben"])
def test_the_older_survives_whoever_asks(two: Backend, asking: str) -> None:
    merging_by(two, "mobile")
    send(two, "ana" if asking == "ben" else "ben", mobile=MOBILE)
    send(two, asking, mobile=MOBILE)
    assert (who(two, "ana"), who(two, "ben")) == ("ana", "ana")


def test_a_new_id_of_somebody_known_is_merged_at_once(two: Backend) -> None:
    merging_by(two, "mobile")
    send(two, "ana", mobile=MOBILE)
    two.wait(minutes=1)
    answer = send(two, "till-7", "visit", "look", mobile=MOBILE)
    assert_one(two, "ana", "till-7")
    ids = [one["id"] for one in two.everything("list_events", "till-7")]
    assert {one["eventId"] for one in answer.body["events"]} < set(ids)
    assert two.points("till-7") == (100, 0, 0)


def test_the_move_is_in_the_ledger_and_balances(two: Backend) -> None:
    merging_by(two, "mobile")
    send(two, "ana", mobile=MOBILE)
    send(two, "ben", mobile=MOBILE)
    moves = [amount for kind, amount in two.ledger("ben") if kind == "TRANSFER"]
    assert sorted(moves) == [-40, 40]
    assert_added_up(two, "ana")
    lines = two.everything("list_transactions", "ana")
    assert len({one["id"] for one in lines}) == len(lines)


def test_lines_of_both_histories_have_ids_of_their_own(two: Backend) -> None:
    merging_by(two, "mobile")
    for customer in ("ana", "ben"):
        event = two.everything("list_events", customer)[0]["id"]
        two.call("reverse_event", path={"id": event})
    send(two, "ana", mobile=MOBILE)
    before = {one["id"] for one in two.everything("list_transactions", "ben")}
    send(two, "ben", mobile=MOBILE)
    lines = [one["id"] for one in two.everything("list_transactions", "ben")]
    assert len(set(lines)) == len(lines)
    assert before < set(lines)


def test_a_reward_that_is_spent_up_leaves_both_books_in_order(two: Backend) -> None:
    merging_by(two, "mobile")
    two.emit("eve", type="VISIT")
    send(two, "eve", mobile=MOBILE)
    two.wait(minutes=1)
    two.emit("kim")
    two.spend(100, "kim")
    send(two, "kim", mobile=MOBILE)
    assert two.points("eve") == (0, 0, 0)
    assert_one(two, "eve", "kim")


def test_a_debt_is_paid_from_what_the_other_has(two: Backend) -> None:
    merging_by(two, "mobile")
    bought = two.everything("list_events", "ben")[0]["id"]
    two.spend(40, "ben")
    two.call("reverse_event", path={"id": bought})
    assert two.points("ben") == (-40, 0, 0)
    send(two, "ana", mobile=MOBILE)
    send(two, "ben", mobile=MOBILE)
    assert two.points("ben") == (60, 0, 0)
    assert sum(amount for kind, amount in two.ledger() if kind == "TRANSFER") == 0
    assert_added_up(two, "ana")


@pytest.mark.parametrize("ending", ["fulfill_event", "reverse_event", "extend_hold", "its deadline", "on time"])
def test_an_open_hold_stays_open_and_ends_into_the_merged_wallet(two: Backend, ending: str) -> None:
    merging_by(two, "mobile")
    order, spent = {"value": 25}, [{"id": "points", "amount": 10}]
    held = two.emit("ben", order=order, redeem=spent, fulfilled=False, reserve=2).data["id"]
    send(two, "ana", mobile=MOBILE)
    send(two, "ben", mobile=MOBILE)
    assert two.points("ana") == (130, 10, 25)
    if ending in ("its deadline", "on time"):
        two.wait(days=2)
        assert two.points("ana") == (140, 0, 0)
        if ending == "on time":
            (deadline,) = (item for item in two.stored() if "ttl" in item and held in item["sk"]["S"])
            removal = sample("on_deadline_passed")
            removal["Records"] = removal["Records"][:1]
            removal["Records"][0]["dynamodb"]["Keys"] = {name: deadline[name] for name in ("pk", "sk")}
            assert two.run("on_deadline_passed", removal) == {"batchItemFailures": []}
        assert two.points("ben") == (140, 0, 0)
        assert two.call("get_event", path={"id": held}).data["status"] == "EXPIRED"
    else:
        assert two.call(ending, path={"id": held}).status == 200
        after = {"fulfill_event": (155, 0, 0), "reverse_event": (140, 0, 0), "extend_hold": (130, 10, 25)}[ending]
        assert two.points("ben") == after
    assert_one(two, "ana", "ben")
    assert_added_up(two, "ana")


def test_what_was_counted_of_each_counts_for_both(two: Backend) -> None:
    once = {"per_customer": {"times": 1, "period": "ever"}}
    count_3 = {"conditions": [[{"operator": "count_gte", "value": 3}]]}
    for name, amount, rule, limits in (("STAMP", 7, count_3, None), ("GIFT", 5, {}, once)):
        rules = [{**rule, "effects": [{"reward_id": "points", "amount": amount}]}]
        whole: Json = {"name": name, "trigger": name, "rules": rules, "limits": limits}
        assert two.call("put_campaign", whole, path={"id": name}).status == 200
    merging_by(two, "email")
    send(two, "ana", "STAMP", email=EMAIL)
    two.wait(minutes=1)
    send(two, "ben", "STAMP", "GIFT")
    send(two, "ben", email=EMAIL)
    assert two.points("ana") == (145, 0, 0)
    send(two, "ana", "GIFT")
    assert two.points("ana") == (145, 0, 0)
    (stamp,) = send(two, "ben", "STAMP").body["events"]
    assert two.points("ana") == (152, 0, 0)
    assert two.call("reverse_event", path={"id": stamp["eventId"]}).status == 200
    assert two.points("ben") == (145, 0, 0)
    send(two, "ben", "STAMP")
    assert two.points("ana") == (152, 0, 0)
    assert_added_up(two, "ana")


def test_what_the_younger_did_before_can_be_reversed_after(two: Backend) -> None:
    merging_by(two, "mobile")
    bought = two.everything("list_events", "ben")[0]["id"]
    send(two, "ana", mobile=MOBILE)
    send(two, "ben", mobile=MOBILE)
    assert two.call("reverse_event", path={"id": bought}).data["status"] == "REVERSED"
    assert two.points("ben") == (100, 0, 0)
    assert_added_up(two, "ben")


@pytest.mark.parametrize(
    "pairs", [("ab", "bc", "cd"), ("cd", "bc", "ab"), ("ab", "cd", "bd"), ("ab", "bc", "ca", "ad")]
)
def test_chains_and_circles_end_in_one_customer(backend: Backend, pairs: tuple[str, ...]) -> None:
    merging_by(backend, "mobile")
    for name in "abcd":
        backend.emit(name, order={"value": 10})
        backend.wait(minutes=1)
    for i, pair in enumerate(pairs):
        for name in list(pair):
            send(backend, name, mobile=f"+4917112345{i:02}")
            backend.wait(minutes=1)
    assert_one(backend, *"abcd")
    assert who(backend, "d") == "a"
    assert backend.points("c") == (40, 0, 0)
    assert sorted(backend.call("get_customer", path={"id": "b"}).data["aliases"]) == ["b", "c", "d"]
    assert_added_up(backend, "d")


def test_every_id_of_a_person_leads_straight_to_them_however_many_merges_there_were(backend: Backend) -> None:
    merging_by(backend, "email")
    ids = [f"c{i}" for i in range(12)]
    for customer in ids:
        assert backend.emit(customer).status == 201
        backend.wait(seconds=1)
    for customer in reversed(ids):  # each time into one who is older
        assert patch(backend, customer, email=EMAIL).status == 200
    for customer in ids:
        with backend.store_calls() as calls:
            assert who(backend, customer) == "c0"
        assert len(calls) <= 2
    assert {backend.points(customer) for customer in ids} == {(1200, 0, 0)}


def test_two_who_would_not_fit_into_one_stay_two(two: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loyalty.domain.customers.merging.MAX_MERGED_IDS", 0)
    merging_by(two, "email")
    assert patch(two, "ana", email=EMAIL).status == 200
    assert patch(two, "ben", email=EMAIL).refusal == (409, "IdentityTakenError")
    assert send(two, "ben", email=EMAIL).status == 200
    assert (who(two, "ana"), who(two, "ben")) == ("ana", "ben")


def test_one_request_that_names_two_others_merges_nobody_and_steals_nothing(two: Backend) -> None:
    merging_by(two, "mobile")
    send(two, "ana", mobile=MOBILE)
    send(two, "ben", email=OTHER_EMAIL)
    pointers = [item for item in two.stored() if "customer_id" in item]
    two.wait(minutes=1)
    send(two, "eve", mobile=MOBILE, email=OTHER_EMAIL)
    assert [who(two, one) for one in ("ana", "ben", "eve")] == ["ana", "ben", "eve"]
    assert [item for item in two.stored() if "customer_id" in item] == pointers
    eve = two.call("get_customer", path={"id": "eve"}).data
    assert (eve["mobile"], eve["email"]) == (None, None)
    send(two, "eve", mobile=MOBILE)
    assert_one(two, "ana", "eve")


def test_an_identity_stays_with_whom_it_was_first_seen_with(two: Backend) -> None:
    send(two, "ana", mobile=MOBILE)
    send(two, "ben", mobile=MOBILE)
    merging_by(two, "mobile")
    two.wait(minutes=1)
    send(two, "eve", mobile=MOBILE)
    assert (who(two, "eve"), who(two, "ben")) == ("ana", "ben")


@pytest.mark.parametrize("channel", ["none", "email"])
def test_a_change_to_what_is_somebody_elses_is_refused(two: Backend, channel: str) -> None:
    merging_by(two, channel)
    send(two, "ana", mobile=MOBILE)
    with two.nothing_changes():
        answer = patch(two, "ben", mobile=MOBILE, tags={"vip": True})
    assert answer.refusal == (409, "IdentityTakenError")
    assert "mobile" in answer.body["message"]


def test_a_change_to_what_is_somebody_elses_merges_by_the_channel(two: Backend) -> None:
    merging_by(two, "mobile")
    send(two, "ana", mobile=MOBILE)
    answer = patch(two, "ben", mobile=MOBILE, tags={"vip": True})
    assert (answer.data["customer_id"], answer.data["aliases"]) == ("ana", ["ben"])
    assert answer.data["tags"] == {"vip": True}
    assert_one(two, "ana", "ben")


def test_a_change_to_a_third_persons_is_refused_even_if_the_other_would_merge(two: Backend) -> None:
    merging_by(two, "mobile")
    send(two, "ana", mobile=MOBILE)
    send(two, "eve", email=OTHER_EMAIL)
    with two.nothing_changes():
        assert patch(two, "ben", mobile=MOBILE, email=OTHER_EMAIL).refusal == (409, "IdentityTakenError")


@pytest.mark.parametrize("channel", ["none", "email", "mobile"])
@pytest.mark.parametrize("instead", [None, True], ids=["removed", "replaced"])
def test_an_identity_that_is_given_up_belongs_to_whoever_comes_next(
    two: Backend, channel: str, instead: object
) -> None:
    merging_by(two, channel)
    send(two, "ana", mobile=MOBILE, email=EMAIL)
    new = {"mobile": instead and OTHER_MOBILE, "email": instead and OTHER_EMAIL}
    assert patch(two, "ana", **new).data["email"] == new["email"]
    send(two, "ben", mobile=MOBILE, email=EMAIL)
    assert [who(two, one) for one in ("ana", "ben")] == ["ana", "ben"]
    ana, ben = (two.call("get_customer", path={"id": one}).data for one in ("ana", "ben"))
    assert (ana["mobile"], ana["email"]) == (new["mobile"], new["email"])
    assert (ben["mobile"], ben["email"]) == (MOBILE, EMAIL)
    two.wait(minutes=1)
    send(two, "eve", mobile=MOBILE, email=EMAIL)
    assert who(two, "eve") == ("eve" if channel == "none" else "ben")


def test_what_is_said_again_or_was_the_others_is_not_given_up(two: Backend) -> None:
    merging_by(two, "mobile")
    send(two, "ben", mobile=MOBILE, email=EMAIL)
    send(two, "ana", mobile=MOBILE)
    pointers = [item for item in two.stored() if "customer_id" in item]
    assert patch(two, "ben", email=f" {EMAIL.upper()}", mobile=MOBILE).data["email"] == EMAIL
    assert [item for item in two.stored() if "customer_id" in item] == pointers
    assert patch(two, "ana", email=None).data["email"] is None
    left = [item for item in two.stored() if "customer_id" in item]
    assert [item["sk"]["S"] for item in left] == ["mobile"]


def test_a_retry_of_what_came_before_the_merge_gets_its_first_answer(two: Backend) -> None:
    merging_by(two, "mobile")
    first = two.emit("ben", key="k", order={"value": 5})
    body = {"customerId": "ben", "events": {"visit": {}}, "idempotencyKey": "batch"}
    batch = two.call("track_events", body, headers={})
    send(two, "ana", mobile=MOBILE)
    send(two, "ben", mobile=MOBILE)
    with two.nothing_changes():
        assert two.emit("ben", key="k", order={"value": 5}).text == first.text
        again = two.call("track_events", body, headers={})
    assert (again.text, again.replayed) == (batch.text, True)


@pytest.mark.parametrize("function", ["list_events", "list_transactions"])
@pytest.mark.parametrize("limit", [1, 2, 3, 7])
@pytest.mark.parametrize("asked", ["ana", "eve"])
def test_a_merged_history_is_paged_through_exactly_once(two: Backend, function: str, limit: int, asked: str) -> None:
    merging_by(two, "mobile")
    for i in range(9):
        customer = ("ana", "ben", "eve")[i % 3]
        two.emit(customer, order={"value": 10 + i})
        two.wait(minutes=1)
        two.spend(1, customer, fulfilled=False, reserve=1)
        two.wait(minutes=1)
    for customer in ("ana", "ben", "eve"):
        send(two, customer, mobile=MOBILE)
        two.wait(minutes=1)
    two.wait(days=1)
    whole = two.everything(function, asked)
    assert two.everything(function, asked, limit=limit) == whole
    assert len({one["id"] for one in whole}) == len(whole)
    times = [one["issued_at" if function == "list_events" else "created_at"] for one in whole]
    if function == "list_events":
        assert times == sorted(times, reverse=True)
        assert len(whole) == 23
    assert_added_up(two, asked)


def test_what_is_refused_merges_nobody(two: Backend) -> None:
    effects = [{"reward_id": "points", "amount": 1, "per": {"field": "metadata.price", "every": 1}}]
    two.call("put_campaign", {"name": "x", "trigger": "buy", "rules": [{"effects": effects}]}, path={"id": "x"})
    merging_by(two, "mobile")
    send(two, "ana", mobile=MOBILE)
    with two.nothing_changes():
        batch = {"customerId": "ben", "events": {"look": {}, "buy": {"price": 10**20}}, "mobile": MOBILE}
        assert two.call("track_events", batch).refusal == (400, "ValidationError")
        assert patch(two, "ben", mobile=MOBILE, attributes={"x": "x" * 32_000}).refusal == (400, "ValidationError")
    assert who(two, "ben") == "ben"


def test_a_retry_of_what_was_recorded_before_merges_nobody(two: Backend) -> None:
    send(two, "ana", mobile=MOBILE)
    body = {"customerId": "ben", "events": {"visit": {}}, "mobile": MOBILE, "idempotencyKey": "k"}
    first = two.call("track_events", body, headers={})
    merging_by(two, "mobile")
    with two.nothing_changes():
        again = two.call("track_events", body, headers={})
    assert (again.replayed, again.text) == (True, first.text)
    assert two.call("track_events", {**body, "idempotencyKey": "another"}, headers={}).status == 200
    assert who(two, "ben") == "ana"


@pytest.mark.parametrize("function", ["list_events", "list_transactions"])
def test_a_list_that_was_begun_before_the_merge_goes_on_after_it(two: Backend, function: str) -> None:
    merging_by(two, "mobile")
    for _ in range(4):
        two.emit("ben")
        two.wait(minutes=1)
    before = {one["id"] for one in two.everything(function, "ben")}
    page = two.call(function, path={"id": "ben"}, query={"limit": "2"}).body
    send(two, "ana", mobile=MOBILE)
    send(two, "ben", mobile=MOBILE)
    found = [one["id"] for one in page["data"]]
    while page["next_cursor"]:
        page = two.call(function, path={"id": "ben"}, query={"limit": "2", "cursor": page["next_cursor"]}).body
        found += [one["id"] for one in page["data"]]
    assert len(set(found)) == len(found)
    assert before <= set(found)
    assert {one["id"] for one in two.everything(function, "ana")} >= set(found)


def test_who_is_who_is_always_read_consistently(two: Backend) -> None:
    merging_by(two, "mobile")
    reads: list[bool] = []

    def note(params: Json, model: Any, **_: Any) -> None:
        if model.name in ("GetItem", "BatchGetItem", "Query"):
            asked = params["RequestItems"].values() if model.name == "BatchGetItem" else [params]
            reads.extend(one.get("ConsistentRead") is True for one in asked)

    events = two.client.meta.events
    events.register("provide-client-params.dynamodb", note)
    try:
        send(two, "ana", mobile=MOBILE, email=EMAIL)
        send(two, "ben", mobile=MOBILE)
        patch(two, "ben", email=OTHER_EMAIL)
        two.call("preview_rewards", {"customerId": "till-7", "events": {"buy": {}}, "mobile": MOBILE})
        two.call("fulfill_event", path={"id": two.everything("list_events", "ben")[0]["id"]})
    finally:
        events.unregister("provide-client-params.dynamodb", note)
    assert len(reads) > 10
    assert all(reads)


WHO = st.sampled_from("abc")
MOBILES = st.sampled_from([None, MOBILE, OTHER_MOBILE])
EMAILS = st.sampled_from([None, EMAIL, OTHER_EMAIL])
SENDS = st.tuples(st.just("send"), WHO, MOBILES, EMAILS)
ACTS = st.one_of(
    SENDS,
    SENDS,
    SENDS.filter(lambda act: act[2] and act[3]),
    st.tuples(st.sampled_from(["buy", "hold"]), WHO, st.integers(10, 50), st.none()),
    st.tuples(st.sampled_from(["fulfill_event", "reverse_event"]), st.integers(0, 9), st.none(), st.none()),
)
SETTLED = {"fulfill_event": ("RESOLVED",), "reverse_event": ("CANCELLED", "REVERSED")}
ENDINGS = {
    ("fulfill_event", "PENDING"): "RESOLVED",
    ("reverse_event", "PENDING"): "CANCELLED",
    ("reverse_event", "RESOLVED"): "REVERSED",
}


@dataclass
class Expected:
    """Who is who, oldest first, whom each identity was first seen with, and what each event is worth to whom."""

    people: list[set[str]] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)
    events: dict[str, tuple[str, int, str]] = field(default_factory=dict)

    def person(self, one: str) -> set[str]:
        """All ids of whoever that is, who is new if nobody is."""
        known = [ids for ids in self.people if one in ids]
        self.people += [] if known else [{one}]
        return known[0] if known else self.people[-1]

    def sent(self, one: str, mobile: str | None, email: str | None) -> None:
        """A request of a brand that merges by mobile."""
        ours, others = self.person(one), self._known(mobile)
        third = self._known(email)
        if others is not None and others is not ours and (third is None or third is ours or third is others):
            first, second = sorted((ours, others), key=self.people.index)
            first |= second
            self.people.remove(second)
        for identity in (mobile, email):
            if identity:
                self.seen.setdefault(identity, one)

    def points(self, ids: set[str]) -> list[int]:
        """What a person can spend, and is promised."""
        ours = [(value, status) for one, value, status in self.events.values() if one in ids]
        return [sum(value for value, status in ours if status == wanted) for wanted in ("RESOLVED", "PENDING")]

    def _known(self, identity: str | None) -> set[str] | None:
        return self.person(self.seen[identity]) if identity in self.seen else None


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(ACTS, min_size=6, max_size=14))
def test_whoever_is_one_is_one_in_every_answer(backend: Backend, acts: list[tuple[Any, ...]]) -> None:
    backend.begin_anew()
    merging_by(backend, "mobile")
    expected = Expected()
    for act, about, one, other in acts:
        backend.wait(minutes=1)
        if act == "send":
            identities = {"mobile": one, "email": other}
            send(backend, about, **{name: value for name, value in identities.items() if value})
            expected.sent(about, one, other)
        elif act in ("buy", "hold"):
            expected.person(about)
            event = backend.emit(about, order={"value": one}, fulfilled=act == "buy").data
            expected.events[event["id"]] = (about, one, event["status"])
        elif expected.events:
            event_id = list(expected.events)[about % len(expected.events)]
            customer, value, was = expected.events[event_id]
            became = ENDINGS.get((act, was), was)
            answer = backend.call(act, path={"id": event_id})
            assert answer.status == 409 if became == was not in SETTLED[act] else answer.data["status"] == became
            expected.events[event_id] = (customer, value, became)
    for ids in expected.people:
        assert_one(backend, *ids)
        one = min(ids)
        customer = backend.call("get_customer", path={"id": one}).data
        assert {customer["customer_id"], *customer["aliases"]} == ids
        totals = backend.call("get_wallet", path={"id": one}).data["totals"]
        assert [sum(total[part] for total in totals) for part in ("available", "pending")] == expected.points(ids)
        lines = backend.ledger(one)
        assert sum(amount for kind, amount in lines if kind == "TRANSFER") == 0
        assert sum(amount for _, amount in lines) == expected.points(ids)[0]
        listed = {event["id"]: event["status"] for event in backend.everything("list_events", one)}
        ours = {event_id: status for event_id, (who, _, status) in expected.events.items() if who in ids}
        assert ours.items() <= listed.items()
