"""track_events, track_event_v3, preview_rewards, patch_customer: batches, and what is known of whom."""

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.support.backend import Answer, Backend, Json
from tests.support.gameball import EXAMPLES

VERSIONS = {"track_event_v3": "playerUniqueId", "track_events": "customerId"}
BATCHES = {**VERSIONS, "preview_rewards": "customerId"}
each_version = pytest.mark.parametrize("function", VERSIONS)
each_batch = pytest.mark.parametrize("function", BATCHES)


def send(
    backend: Backend, events: object, function: str = "track_events", *, key: str | None = None, **more: Any
) -> Answer:
    """A batch of ana's."""
    body = {BATCHES[function]: "ana", "events": events, **more}
    return backend.call(function, body, headers={"Idempotency-Key": key} if key else {})


def pay(
    backend: Backend, trigger: str, amount: int = 1, name: str | None = None, reward: str = "points", **rule: Any
) -> None:
    """A campaign that grants so much for every event of that type."""
    rules = [{"effects": [{"reward_id": reward, "amount": amount}], **rule}]
    campaign = {"name": f"For {trigger}", "trigger": trigger, "rules": rules}
    assert backend.call("put_campaign", campaign, path={"id": name or trigger}).status == 200


def condition(field: str, operator: str, value: object) -> list[list[Json]]:
    return [[{"field": field, "operator": operator, "value": value}]]


@each_version
@pytest.mark.parametrize("example", EXAMPLES.values(), ids=list(EXAMPLES))
def test_the_published_examples_are_recorded_as_they_stand(backend: Backend, function: str, example: Json) -> None:
    body = {VERSIONS[function] if name == "playerUniqueId" else name: value for name, value in example.items()}
    answer = backend.call(function, body, headers={})
    assert answer.status == 200
    assert answer.body["success"] is True
    assert answer.body["message"] == f"{len(example['events'])} recorded"
    assert [one["name"] for one in answer.body["events"]] == list(example["events"])
    assert [(one["status"], one["accumulations"]) for one in answer.body["events"]] == [("RESOLVED", [])] * len(
        example["events"]
    )
    listed = backend.everything("list_events", "player123")
    assert {one["type"]: one["data"]["metadata"] for one in listed} == example["events"]
    customer = backend.call("get_customer", path={"id": "player123"}).data
    # The example's mobile has no country, and the brand no default region: it names nobody.
    assert (customer["email"], customer["mobile"]) == (example.get("email"), None)
    assert [one["field"] for one in answer.body["warnings"]] == (["mobile"] if "mobile" in example else [])


def test_each_event_is_paid_and_listed_and_can_be_reversed_by_itself(backend: Backend) -> None:
    pay(backend, "place_order", 30)
    pay(backend, "review", 5)
    sent = send(backend, {"place_order": {"total_amount": 100}, "review": None, "visit": {}}).body["events"]
    assert [[one["amount"] for one in event["accumulations"]] for event in sent] == [[30], [5], []]
    assert backend.points() == (35, 0, 0)
    by_id = {one["id"]: one for one in backend.everything("list_events")}
    assert {one["eventId"]: one["name"] for one in sent} == {event_id: one["type"] for event_id, one in by_id.items()}
    for one, left in zip(sent, (5, 0, 0), strict=True):
        assert backend.call("get_event", path={"id": one["eventId"]}).data == by_id[one["eventId"]]
        reversed_ = backend.call("reverse_event", {"reason": "brought back"}, path={"id": one["eventId"]})
        assert reversed_.data["status"] == "REVERSED"
        assert backend.points()[0] == left


def test_a_later_event_of_a_batch_stands_on_the_earlier_ones(backend: Backend) -> None:
    pay(backend, "a")
    pay(backend, "b")
    first, second = send(backend, {"a": {}, "b": {}}).body["events"]
    totals = [
        backend.call("get_event", path={"id": one["eventId"]}).data["result"]["wallet"]["totals"][0]["available"]
        for one in (first, second)
    ]
    assert totals == [1, 2]


@each_batch
@pytest.mark.parametrize(
    ("text", "field"),
    [
        ('"events": {"buy": {}, "look": {}, "buy": {}}', "events.buy"),
        ('"events": {"buy": {}, "b\\u0075y": {}}', "events.buy"),
        ('"events": {"buy": {"price": 1, "size": 2, "price": 1}}', "events.buy.price"),
        ('"events": {"buy": {}}, "events": {"buy": {}}', "events"),
    ],
)
def test_what_stands_twice_in_the_text_is_refused_by_its_name(
    backend: Backend, function: str, text: str, field: str
) -> None:
    with backend.nothing_changes():
        answer = backend.call(function, f'{{"{BATCHES[function]}": "ana", {text}}}')
    assert (answer.refusal, answer.fields) == ((400, "ValidationError"), [field])
    assert field in answer.body["message"]


@each_batch
@pytest.mark.parametrize(
    ("events", "field"),
    [
        ({"buy": {"": 1}}, "events.buy"),
        ({"": {}}, "events"),
        ({"x" * 256: {}}, "events"),
        ({"buy": {str(i): i for i in range(201)}}, "events.buy"),
        ({"buy": 5}, "events.buy"),
        ({"buy": []}, "events.buy"),
        ({"buy": "now"}, "events.buy"),
        ({}, "events"),
        ([], "events"),
        (None, "events"),
        ("buy", "events"),
    ],
)
def test_metadata_of_another_kind_is_refused_by_its_path(
    backend: Backend, function: str, events: object, field: str
) -> None:
    with backend.nothing_changes():
        answer = send(backend, events, function)
    assert (answer.refusal, answer.fields) == ((400, "ValidationError"), [field])


@each_version
@pytest.mark.parametrize("customer", ["", None, 5, " ana", "a#b", "x" * 256])
def test_what_can_be_no_customer_is_refused(backend: Backend, function: str, customer: object) -> None:
    with backend.nothing_changes():
        answer = backend.call(function, {VERSIONS[function]: customer, "events": {"a": {}}})
    assert (answer.refusal, answer.fields) == ((400, "ValidationError"), [VERSIONS[function]])


ORDER_COMPLETED: Json = {
    "order_id": "50314b8e9bcf000000000000",
    "revenue": 25.00,
    "coupon": None,
    "currency": "USD",
    "products": [
        {"product_id": "507f1f77", "sku": "45790-32", "price": 19, "quantity": 1, "coupon": None, "tags": ["a", None]},
        {"product_id": "505bd76785ebb509fc183733", "sku": "46493-32", "price": 3, "quantity": 2, "variant": ""},
    ],
}


def test_the_lines_of_an_order_are_kept_and_conditions_reach_them_by_path(backend: Backend) -> None:
    pay(backend, "Order Completed", 3, "sku", conditions=condition("metadata.products.sku", "eq", "46493-32"))
    pay(backend, "Order Completed", 5, "none", conditions=condition("metadata.coupon", "exists", False))
    backend.emit(type="VISIT")
    batch = {"Order Completed": ORDER_COMPLETED}
    assert send(backend, batch, "preview_rewards").body["totalPoints"] == 8
    (sent,) = send(backend, batch).body["events"]
    assert sorted(one["amount"] for one in sent["accumulations"]) == [3, 5]
    kept = backend.everything("list_events")[0]
    first, second = ORDER_COMPLETED["products"]
    assert kept["data"]["metadata"] == {
        **{name: value for name, value in ORDER_COMPLETED.items() if name != "coupon"},
        "products": [
            {**{name: value for name, value in first.items() if name != "coupon"}, "tags": ["a"]},
            {name: value for name, value in second.items() if name != "variant"},
        ],
    }


@each_batch
def test_a_point_of_sale_sends_one_event_by_its_name(backend: Backend, function: str) -> None:
    pay(backend, "store_visit", 7, conditions=condition("metadata.store_location", "eq", "Mall Branch A"))
    who = VERSIONS.get(function, "customerId")
    body = {who: "ana", "eventName": "store_visit", "metadata": {"store_location": "Mall Branch A", "seller": None}}
    backend.emit(type="VISIT")
    answer = backend.call(function, body, headers={})
    if function == "preview_rewards":
        assert answer.body["totalPoints"] == 7
        return
    (sent,) = answer.body["events"]
    assert (sent["name"], [one["amount"] for one in sent["accumulations"]]) == ("store_visit", [7])
    kept = backend.everything("list_events")[0]
    assert kept["data"]["metadata"] == {"store_location": "Mall Branch A"}
    assert "eventName" not in kept["data"]
    assert backend.call(function, {who: "ana", "eventName": "store_visit"}, headers={}).status == 200


@each_batch
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "events"),
        ({"eventName": ""}, "events"),
        ({"metadata": {"a": 1}}, "events"),
        ({"eventName": 5}, "eventName"),
        ({"eventName": "x" * 256}, "eventName"),
        ({"eventName": "a", "metadata": 5}, "metadata"),
        ({"eventName": "a", "metadata": {"": 1}}, "metadata"),
        ({"eventName": "a", "events": {"a": {}}}, "eventName"),
        ({"metadata": {"a": 1}, "events": {"a": {}}}, "metadata"),
    ],
)
def test_one_event_by_its_name_is_refused_by_its_fields(
    backend: Backend, function: str, body: Json, field: str
) -> None:
    with backend.nothing_changes():
        answer = backend.call(function, {VERSIONS.get(function, "customerId"): "ana", **body}, headers={})
    assert (answer.refusal, answer.fields) == ((400, "ValidationError"), [field])


@pytest.mark.parametrize(
    ("identity", "field"), [({"mobile": 49171}, "mobile"), ({"email": ["a@x.de"]}, "email"), ({"email": {}}, "email")]
)
def test_an_identity_of_another_kind_is_refused(backend: Backend, identity: Json, field: str) -> None:
    with backend.nothing_changes():
        answer = send(backend, {"a": {}}, **identity)
    assert (answer.refusal, answer.fields) == ((400, "ValidationError"), [field])


@pytest.mark.parametrize("nothing", ["", None])
def test_an_empty_value_is_an_absent_one(backend: Backend, nothing: object) -> None:
    sent = send(backend, {"a": {}, "b": None}, mobile=nothing, email=nothing, idempotencyKey=nothing)
    assert sent.status == 200
    customer = backend.call("get_customer").data
    assert (customer["email"], customer["mobile"]) == (None, None)
    assert all(one["data"]["metadata"] == {} for one in backend.everything("list_events"))


def test_an_empty_value_is_absent_to_campaigns_too(backend: Backend) -> None:
    pay(backend, "buy", 3, "sized", conditions=condition("metadata.size", "exists", True))
    pay(backend, "buy", 5, "other", conditions=condition("metadata.size", "exists", False))
    batch = {"buy": {"size": "", "price": 0, "gift": False}}
    (sent,) = send(backend, batch).body["events"]
    assert [one["amount"] for one in sent["accumulations"]] == [5]
    assert send(backend, batch, "preview_rewards").body["totalPoints"] == 5
    (kept,) = backend.everything("list_events")
    assert kept["data"]["metadata"] == {"price": 0, "gift": False}


@pytest.mark.parametrize(
    ("operator", "wanted", "found"),
    [("eq", "shoes", True), ("eq", "hats", False), ("in", ["hats", "socks"], True), ("in", ["hats", "belts"], False)],
)
def test_a_condition_over_an_array_means_any_element(
    backend: Backend, operator: str, wanted: object, found: bool
) -> None:
    pay(backend, "buy", conditions=condition("metadata.category", operator, wanted))
    (sent,) = send(backend, {"buy": {"category": ["shoes", "socks"]}}).body["events"]
    assert bool(sent["accumulations"]) is found


def test_numbers_stay_exact(backend: Backend) -> None:
    text = (
        '{"customerId": "ana", "events": {"buy": {"price": 0.1000000000000000055, "sizes": [9007199254740993, 1.10]}}}'
    )
    assert backend.call("track_events", text).status == 200
    kept = backend.call("list_events").text
    assert '"price":0.1000000000000000055' in kept
    assert '"sizes":[9007199254740993,1.10]' in kept


@each_version
def test_what_clients_send_beside_is_kept_with_the_events_and_does_nothing(backend: Backend, function: str) -> None:
    pay(backend, "buy", 3, conditions=condition("metadata.size", "exists", True))
    said: Json = {"playerAttributes": {"displayName": "Jon Snow", "custom": {"isMarried": False}}, "merge": True}
    taken: Json = {
        "customer_id": "ben",
        "type": "look",
        "fulfilled": False,
        "redeem": [{"id": 5}],
    }
    events = send(backend, {"buy": {"price": 1}, "look": {}}, function, **said, **taken).body["events"]
    assert [(one["status"], one["accumulations"]) for one in events] == [("RESOLVED", [])] * 2
    for event in backend.everything("list_events"):
        metadata = {"price": 1} if event["type"] == "buy" else {}
        own = {"customer_id": "ana", "brand_id": "demo", "type": event["type"], "metadata": metadata}
        assert list(event["data"])[:3] == list(own)[:3]
        assert event["data"] == {**said, **taken, **own}
    assert backend.call("get_customer").data["attributes"] == {}


def test_what_would_be_very_much_is_kept_once(backend: Backend) -> None:
    said = {"page": "x" * 100_000}
    assert send(backend, {f"event {i}": {} for i in range(90)}, **said).status == 200
    kept = [event["type"] for event in backend.everything("list_events") if "page" in event["data"]]
    assert kept == ["event 0"]


@each_batch
def test_ninety_events_are_a_batch_and_ninety_one_are_not(backend: Backend, function: str) -> None:
    backend.emit()
    with backend.nothing_changes():
        many = send(backend, {f"event {i}": {} for i in range(91)}, function)
        assert (many.refusal, many.fields) == ((400, "ValidationError"), ["events"])
        assert "90" in many.body["message"]
    answer = send(
        backend, {f"event {i}": {} for i in range(90)}, function, email="ana@example.com", mobile="+4917112345"
    )
    assert answer.status == 200
    assert len(answer.body["events"]) == 90


def test_a_batch_of_which_one_event_fails_stores_none(backend: Backend) -> None:
    effects = [{"reward_id": "points", "amount": 1, "per": {"field": "metadata.price", "every": 1}}]
    backend.call("put_campaign", {"name": "x", "trigger": "buy", "rules": [{"effects": effects}]}, path={"id": "x"})
    pay(backend, "look")
    with backend.nothing_changes():
        answer = send(backend, {"look": {}, "buy": {"price": 10**20}}, email="ana@example.com")
    assert answer.refusal == (400, "ValidationError")
    assert backend.call("get_wallet").status == 404


@each_version
@pytest.mark.parametrize("in_the_body", [False, True], ids=["header", "body"])
def test_a_batch_sent_again_is_answered_as_one_again(backend: Backend, function: str, in_the_body: bool) -> None:
    pay(backend, "buy", 3)
    key: Json = {"idempotencyKey": "k"} if in_the_body else {"key": "k"}
    first = send(backend, {"buy": {}, "look": {"at": 1}}, function, **key)
    assert (first.status, first.replayed) == (200, False)
    backend.wait(days=1)
    pay(backend, "buy", 99)
    with backend.nothing_changes():
        again = send(backend, {"buy": {}, "look": {"at": 1.0}}, function, **key)
        turned = send(backend, {"look": {"at": 1}, "buy": {}}, function, **key)
        others: list[Json] = [{"buy": {}}, {"buy": {}, "look": {"at": 2}}, {"buy": {}, "look": {"at": 1}, "more": {}}]
        for other in others:
            assert send(backend, other, function, **key).refusal == (422, "IdempotencyMismatchError")
    assert (again.replayed, again.text) == (True, first.text)
    assert turned.replayed
    assert turned.text == first.text
    assert backend.points() == (3, 0, 0)


def test_a_batch_sent_again_after_one_of_it_was_reversed_is_answered_as_at_first(backend: Backend) -> None:
    pay(backend, "buy", 3)
    first = send(backend, {"buy": {}, "look": {}}, key="k")
    backend.call("reverse_event", path={"id": first.body["events"][0]["eventId"]})
    with backend.nothing_changes():
        assert send(backend, {"buy": {}, "look": {}}, key="k").text == first.text
    assert backend.points() == (0, 0, 0)


def test_the_key_in_header_and_body_is_one_key(backend: Backend) -> None:
    first = send(backend, {"a": {}}, key="k", idempotencyKey="k")
    assert send(backend, {"a": {}}, key="k").text == first.text
    assert send(backend, {"a": {}}, idempotencyKey="k").text == first.text
    refused = send(backend, {"a": {}}, key="k", idempotencyKey="another")
    assert (refused.refusal, refused.fields) == ((400, "ValidationError"), ["idempotencyKey"])


def test_a_key_is_one_request_of_all_that_take_keys(backend: Backend) -> None:
    assert send(backend, {"a": {}, "b": {}}, key="of a batch").status == 200
    assert backend.emit(key="of an event").status == 201
    with backend.nothing_changes():
        assert backend.emit(key="of a batch").refusal == (422, "IdempotencyMismatchError")
        for version in VERSIONS:
            refused = send(backend, {"a": {}, "b": {}}, version, key="of an event", email="ana@example.com")
            assert refused.refusal == (422, "IdempotencyMismatchError")
        v3 = send(backend, {"a": {}, "b": {}}, "track_event_v3", key="of a batch")
        assert v3.refusal == (422, "IdempotencyMismatchError")


def test_without_a_key_the_same_batch_twice_is_two(backend: Backend) -> None:
    pay(backend, "buy")
    sent = [send(backend, {"buy": {}}).body["events"][0]["eventId"] for _ in range(2)]
    assert len(set(sent)) == 2
    assert backend.points() == (2, 0, 0)


def test_a_disabled_brand_records_and_never_pays_for_it(backend: Backend) -> None:
    pay(backend, "buy", 7)
    backend.call("put_brand", {"enabled": False})
    sent = send(backend, {"buy": {}}, key="k")
    assert (sent.status, sent.body["events"][0]["accumulations"]) == (200, [])
    assert send(backend, {"buy": {}}, "preview_rewards").body["totalPoints"] == 0
    backend.call("put_brand", {"enabled": True})
    assert send(backend, {"buy": {}}, key="k").text == sent.text
    (event,) = backend.everything("list_events")
    assert (event["type"], event["evaluated"]) == ("buy", False)
    assert backend.call("get_wallet").data == {"totals": [], "lines": []}
    assert send(backend, {"buy": {}}).body["events"][0]["accumulations"][0]["amount"] == 7


def test_what_comes_while_the_brand_is_disabled_never_counts(backend: Backend) -> None:
    limits = {"per_customer": {"times": 1, "period": "ever"}}
    once = {"name": "x", "trigger": "a", "rules": [{"effects": [{"reward_id": "points", "amount": 1}]}]}
    backend.call("put_campaign", {**once, "limits": limits}, path={"id": "once"})
    pay(backend, "b", 5, conditions=[[{"operator": "count_gte", "value": 3}]])
    send(backend, {"b": {}})
    backend.call("put_brand", {"enabled": False})
    send(backend, {"a": {}, "b": {}})
    backend.call("put_brand", {"enabled": True})
    for amounts in ([[1], []], [[], [5]]):
        sent = send(backend, {"a": {}, "b": {}}).body["events"]
        assert [[one["amount"] for one in event["accumulations"]] for event in sent] == amounts


def test_a_quote_says_what_sending_would_pay_and_why_and_stores_nothing(backend: Backend) -> None:
    backend.call("put_reward", {"name": "A coffee", "type": "PRODUCT"}, path={"id": "coffee"})
    pay(backend, "buy", 40, "always")
    pay(backend, "buy", 60, "large", conditions=condition("metadata.price", "gte", 100))
    pay(backend, "buy", 1, "treat", reward="coffee")
    pay(backend, "review", 5)
    send(backend, {"visit": {}})
    batch = {"buy": {"price": 99.99}, "review": {}, "visit": {}}
    with backend.nothing_changes():
        quote = send(backend, batch, "preview_rewards").body
    assert (quote["customerId"], quote["totalPoints"]) == ("ana", 45)
    assert [(one["eventName"], one["totalPoints"]) for one in quote["events"]] == [
        ("buy", 40),
        ("review", 5),
        ("visit", 0),
    ]
    reasons = {
        one["campaignId"]: (one["reason"], one["eligible"], one["points"])
        for event in quote["events"]
        for one in event["campaigns"]
    }
    assert reasons == {
        "always": ("Rewarded", True, 40),
        "large": ("NoMatchingConditions", False, 0),
        "treat": ("NonPointsReward", True, 0),
        "review": ("Rewarded", True, 5),
    }
    send(backend, batch)
    assert backend.points() == (quote["totalPoints"], 0, 0)


def test_a_quote_uses_up_no_limit_no_budget_and_no_progress(backend: Backend) -> None:
    limits = {"per_customer": {"times": 1, "period": "ever"}, "budget": 10}
    second = [[{"operator": "count_gte", "value": 2}]]
    for name, more in {"once": {"limits": limits}, "second": {}}.items():
        rule = {"effects": [{"reward_id": "points", "amount": 10}], "conditions": second if name == "second" else []}
        whole = {"name": name, "trigger": "buy", "rules": [rule], **more}
        assert backend.call("put_campaign", whole, path={"id": name}).status == 200
    send(backend, {"visit": {}})

    def quoted() -> Json:
        with backend.nothing_changes():
            (event,) = send(backend, {"buy": {}}, "preview_rewards").body["events"]
        return {one["campaignId"]: (one["reason"], one["points"]) for one in event["campaigns"]}

    assert quoted() == quoted() == {"once": ("Rewarded", 10), "second": ("ProgressOnly", 0)}
    send(backend, {"buy": {}})
    assert quoted() == quoted() == {"second": ("Rewarded", 10)}
    send(backend, {"buy": {}})
    assert backend.points() == (20, 0, 0)


def test_a_quote_leaves_out_what_cannot_be_won_now_and_explains_it(backend: Backend) -> None:
    limits: Json = {
        "late": {"end_date": "2020-01-01"},
        "often": {"limits": {"per_customer": {"times": 1}}},
        "spent": {"limits": {"budget": 5, "when_short": "nothing"}},
        "third": {"exclusive": "group", "priority": -1},
        "there": {"exclusive": "group"},
    }
    for name, more in limits.items():
        whole = {"name": name, "trigger": "buy", "rules": [{"effects": [{"reward_id": "points", "amount": 5}]}], **more}
        assert backend.call("put_campaign", whole, path={"id": name}).status == 200
    send(backend, {"buy": {}})
    (event,) = send(backend, {"buy": {}}, "preview_rewards").body["events"]
    assert [(one["campaignId"], one["reason"]) for one in event["campaigns"]] == [("there", "Rewarded")]
    assert {one["campaign_id"]: one["outcome"] for one in event["explanation"]} == {
        "late": "OutOfSchedule",
        "often": "LimitReached",
        "spent": "BudgetSpent",
        "third": "Excluded",
        "there": "Rewarded",
    }
    earned = send(backend, {"buy": {}}).body["events"][0]["accumulations"]
    assert sum(one["amount"] for one in earned) == event["totalPoints"] == 5


@pytest.mark.parametrize(
    ("seen", "percent", "would_be"), [(0, 0, Decimal("33.33")), (1, Decimal("33.33"), Decimal("66.66"))]
)
def test_a_quote_says_how_far_a_campaign_would_be(
    backend: Backend, seen: int, percent: Decimal, would_be: Decimal
) -> None:
    backend.call("put_reward", {"name": "A coffee", "type": "PRODUCT"}, path={"id": "coffee"})
    third = [[{"operator": "count_gte", "value": 3}], [{"field": "metadata.price", "operator": "gte", "value": 100}]]
    pay(backend, "buy", 40, "third", conditions=third)
    pay(backend, "buy", 1, "treat", reward="coffee", conditions=third[:1])
    for name in ("visit", *["buy"] * seen):
        send(backend, {name: {}})
    with backend.nothing_changes():
        (event,) = send(backend, {"buy": {"price": 1}}, "preview_rewards").body["events"]
    assert event["totalPoints"] == 0
    progress = {"currentPercentage": percent, "wouldBePercentage": would_be}
    for one, (kind, offered) in zip(event["campaigns"], (("Points", 40), ("Coupon", None)), strict=True):
        assert (one["eligible"], one["reason"], one["points"], one["timesAchieved"]) == (True, "ProgressOnly", 0, 0)
        assert (one["rewardType"], one["rewardPoints"]) == (kind, offered)
        assert one["progress"] == {**progress, "completionRewardPoints": offered, "completionRewardType": kind}


def test_a_quote_says_how_far_the_nearest_alternative_is_and_what_its_rule_gives(backend: Backend) -> None:
    often: Json = {"operator": "count_gte", "value": 4}
    much: Json = {"field": "metadata.price", "operator": "total_gte", "value": 100}
    alternatives = [
        ([[{"field": "metadata.price", "operator": "gte", "value": 10}]], 5),
        ([[{**often, "value": 20}]], 20),
        ([[often, much], [{**often, "value": 9}]], 50),
    ]
    rules = [
        {"conditions": every, "effects": [{"reward_id": "points", "amount": amount}]} for every, amount in alternatives
    ]
    backend.call("put_campaign", {"name": "x", "trigger": "buy", "rules": rules}, path={"id": "x"})
    send(backend, {"buy": {"price": 3}})
    (event,) = send(backend, {"buy": {"price": 7}}, "preview_rewards").body["events"]
    (one,) = event["campaigns"]
    assert (one["reason"], one["rewardPoints"]) == ("ProgressOnly", 50)
    assert one["progress"] == {
        "currentPercentage": 14,  # the mean of 1 of 4 and 3 of 100
        "wouldBePercentage": 30,  # of 2 of 4 and 10 of 100
        "completionRewardPoints": 50,
        "completionRewardType": "Points",
    }


def test_a_quote_says_what_a_campaign_offers_whatever_comes_of_it(backend: Backend) -> None:
    never = condition("metadata.price", "gte", 10)
    effects: dict[str, Json] = {
        "fixed": {"reward_id": "points", "amount": 5},
        "tiers": {"reward_id": "points", "amount": 5, "by_tier": {"gold": 7}},
        "per": {"reward_id": "points", "amount": 5, "per": {"field": "metadata.price", "every": 1}},
        "tag": {"tag": "vip"},
    }
    for name, effect in effects.items():
        rules = [{"conditions": never, "effects": [effect]}]
        whole = {"name": name, "trigger": "buy", "rules": rules}
        assert backend.call("put_campaign", whole, path={"id": name}).status == 200
    send(backend, {"visit": {}})
    backend.call("patch_customer", {"attributes": {"tier": "gold"}})

    def quoted(price: int) -> dict[str, tuple[object, ...]]:
        (event,) = send(backend, {"buy": {"price": price}}, "preview_rewards").body["events"]
        fields = ("reason", "eligible", "rewardType", "rewardPoints", "points", "progress")
        return {one["campaignId"]: tuple(one[field] for field in fields) for one in event["campaigns"]}

    missed = ("NoMatchingConditions", False)
    assert quoted(9) == {
        "fixed": (*missed, "Points", 5, 0, None),
        "tiers": (*missed, "Points", 7, 0, None),
        "per": (*missed, "Points", None, 0, None),
        "tag": (*missed, "Coupon", None, 0, None),
    }
    assert quoted(10) == {
        "fixed": ("Rewarded", True, "Points", 5, 5, None),
        "tiers": ("Rewarded", True, "Points", 7, 7, None),
        "per": ("Rewarded", True, "Points", 50, 50, None),
        "tag": ("NonPointsReward", True, "Coupon", None, 0, None),
    }


def test_a_quote_finds_the_customer_as_sending_would(backend: Backend) -> None:
    pay(backend, "buy", 3, conditions=[[{"operator": "count_gte", "value": 3}]])
    backend.call("put_brand", {"channel_merging": "email"})
    for customer in ("ana", "ben"):
        assert send(backend, {"buy": {}}, customerId=customer).status == 200
    send(backend, {"visit": {}}, email="ana@example.com")

    def quoted(customer: str, **identities: str) -> object:
        with backend.nothing_changes():
            answer = send(backend, {"buy": {}}, "preview_rewards", customerId=customer, **identities)
        return answer.body["totalPoints"] if answer.status == 200 else answer.refusal

    assert quoted("ben") == 0
    assert quoted("ben", email=" ANA@example.com") == 3
    assert quoted("ben", email="nobody@example.com") == 0
    assert quoted("till-7", email="ana@example.com") == 0
    assert quoted("till-7", email="nobody@example.com") == (404, "UserNotFoundError")
    assert quoted("till-7", mobile="+491711234567") == (404, "UserNotFoundError")
    assert quoted("ben", email="no address") == 0
    (sent,) = send(backend, {"buy": {}}, customerId="ben", email="ana@example.com").body["events"]
    assert [one["amount"] for one in sent["accumulations"]] == [3]


def test_a_quote_for_a_stranger_is_not_found(backend: Backend) -> None:
    with backend.nothing_changes():
        assert send(backend, {"buy": {}}, "preview_rewards").refusal == (404, "UserNotFoundError")


def test_changes_of_a_customer_are_merged_and_null_removes(backend: Backend) -> None:
    backend.emit()
    first: Json = {"tags": {"vip": True, "since": 2020}, "attributes": {"city": "Bonn"}, "email": " Ana@Example.com"}
    shown = backend.call("patch_customer", first).data
    assert (shown["email"], shown["tags"], shown["attributes"]) == ("ana@example.com", first["tags"], {"city": "Bonn"})
    backend.call("patch_customer", {"tags": {"vip": None, "tier": "gold"}, "mobile": "+49 171 1234567"})
    kept = backend.call("get_customer").data
    assert kept["tags"] == {"since": 2020, "tier": "gold"}
    assert (kept["attributes"], kept["email"], kept["mobile"]) == ({"city": "Bonn"}, "ana@example.com", "+491711234567")
    assert backend.call("patch_customer", {"email": None}).data["email"] is None
    assert backend.call("patch_customer", {"tags": None, "attributes": None}).data["tags"] == kept["tags"]
    assert backend.call("patch_customer", {}).data == backend.call("get_customer").data


def test_a_stranger_cannot_be_changed(backend: Backend) -> None:
    with backend.nothing_changes():
        assert backend.call("patch_customer").refusal == (404, "UserNotFoundError")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"name": "Ana"}, ["name"]),
        ({"email": "ana"}, ["email"]),
        ({"email": "ana", "mobile": "no"}, ["email", "mobile"]),
        ({"tags": []}, ["tags"]),
        ({"attributes": "x"}, ["attributes"]),
    ],
)
def test_a_change_that_is_malformed_is_refused(backend: Backend, body: Json, fields: list[str]) -> None:
    backend.emit()
    with backend.nothing_changes():
        answer = backend.call("patch_customer", body)
    assert (answer.refusal, answer.fields) == ((400, "ValidationError"), fields)


def test_what_is_kept_of_a_customer_is_bounded_and_can_always_shrink(backend: Backend) -> None:
    backend.emit()
    half = "ü" * 7_900
    assert backend.call("patch_customer", {"attributes": {"a": half}}).status == 200
    assert backend.call("patch_customer", {"tags": {"b": half}}).status == 200
    with backend.nothing_changes():
        answer = backend.call("patch_customer", {"attributes": {"c": "x" * 400}, "email": "ana@example.com"})
        both = backend.call("patch_customer", {"attributes": {"c": half}, "tags": {"c": half}})
    assert (answer.refusal, answer.fields) == ((400, "ValidationError"), ["attributes"])
    assert "32000" in answer.body["message"]
    assert (both.refusal, both.fields) == ((400, "ValidationError"), ["tags", "attributes"])
    assert backend.call("patch_customer", {"attributes": {"a": None, "c": "x" * 400}}).data["attributes"].keys() == {
        "c"
    }


def test_campaigns_see_tags_and_attributes(backend: Backend) -> None:
    pay(backend, "buy", conditions=condition("customer.tags.vip", "eq", True))
    send(backend, {"buy": {}})
    backend.call("patch_customer", {"tags": {"vip": True}})
    send(backend, {"buy": {}})
    assert backend.points() == (1, 0, 0)


def test_an_answer_is_what_the_documentation_shows(backend: Backend) -> None:
    pay(backend, "review", 5)
    shown = json.loads(send(backend, {"review": {}}).text)
    (event,) = shown.pop("events")
    assert shown == {"success": True, "message": "1 recorded", "warnings": []}
    assert set(event) == {"name", "eventId", "status", "accumulations"}
