"""Budgets: exact to the unit however many take at once, given back by every undoing, and free for whoever has none."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from benchmarks.metering import metered
from loyalty.domain.limits.budgets import MAX_SHARDS, SHARDS, Shards, total
from loyalty.services.deadlines import settle_expired
from loyalty.store import keys
from loyalty.store.budgets import load_left
from tests.support.api import Api, at_once
from tests.support.backend import Answer
from tests.support.tables import Store


def visits(amount: int = 10, **limits: Any) -> dict[str, Any]:
    """A campaign that pays so many points for every visit, within limits."""
    effects = [{"reward_id": "points", "amount": amount}]
    return {"name": "Visits", "trigger": "VISIT", "rules": [{"effects": effects}], "limits": limits}


def left(api: Api, campaign: str = "visits") -> tuple[int, int]:
    """What a campaign has left, of its budget and of its times."""
    share = total(load_left(api.brand, [campaign])[campaign].values())
    return int(share.amount), share.times


def visit(api: Api, customer: str = "ada", **more: Any) -> Answer:
    return api.emit(customer, type="VISIT", **more)


def paid(answers: list[Answer]) -> list[int]:
    """What each answer says was granted, or promised."""
    return [sum(one["amount"] for one in answer.data["result"]["accumulations"]) for answer in answers]


def outcome(api: Api, answer: Answer) -> str:
    """What the explanation says of the campaign."""
    (one,) = api.call("explain_event", path={"id": answer.data["id"]}).data["campaigns"]
    return str(one["outcome"])


@pytest.mark.parametrize(
    ("when_short", "expected", "rest"),
    [("partial", Counter({7: 14, 2: 1, 0: 35}), 0), ("nothing", Counter({7: 14, 0: 36}), 2)],
)
def test_fifty_at_once_share_the_last_units_exactly(
    api: Api, when_short: str, expected: Counter[int], rest: int
) -> None:
    api.put_campaign("visits", visits(7, budget=100, when_short=when_short))
    answers = at_once([partial(visit, api, f"visitor-{i}") for i in range(50)])
    assert Counter(paid(answers)) == expected
    assert left(api) == (rest, 0)
    assert Counter(outcome(api, answer) for answer in answers) == {
        "Rewarded": 50 - expected[0],
        "BudgetSpent": expected[0],
    }
    for i in range(50):
        api.assert_books_agree(f"visitor-{i}")


def test_a_number_of_times_is_shared_exactly_too(api: Api) -> None:
    api.put_campaign("visits", visits(per_campaign={"times": 13}))
    answers = at_once([partial(visit, api, f"visitor-{i}") for i in range(40)])
    assert Counter(paid(answers)) == {10: 13, 0: 27}
    assert {outcome(api, answer) for answer, amount in zip(answers, paid(answers), strict=True) if not amount} == {
        "LimitReached"
    }
    assert left(api) == (0, 0)


def test_what_is_reversed_cancelled_or_expired_is_given_back_and_what_is_fulfilled_is_not(api: Api) -> None:
    api.put_campaign("visits", visits(budget=100, per_campaign={"times": 50}))
    reversed_, kept = visit(api).data["id"], visit(api).data["id"]
    cancelled, fulfilled = (visit(api, fulfilled=False).data["id"] for _ in range(2))
    expired = api.emit_at(datetime.now(UTC) - timedelta(days=2), "ada", type="VISIT", fulfilled=False).event_id
    assert left(api) == (50, 45)
    for _ in range(2):
        assert api.reverse(reversed_).status == api.reverse(cancelled).status == api.fulfil(fulfilled).status == 200
        settle_expired(*keys.hold_deadline(api.brand, "ada", expired), lambda: datetime.now(UTC))
        assert left(api) == (80, 48)
    assert api.reverse(kept).status == 200
    assert left(api) == (90, 49)
    api.assert_books_agree("ada")


def test_whoever_comes_first_after_a_deadline_gives_back_what_the_dead_hold_took(api: Api) -> None:
    api.put_campaign("visits", visits(budget=100))
    held = api.emit_at(datetime.now(UTC) - timedelta(days=2), "ada", type="VISIT", fulfilled=False).event_id
    assert left(api) == (90, 0)
    api.purchase("ada", 1)
    assert left(api) == (100, 0)
    settle_expired(*keys.hold_deadline(api.brand, "ada", held), lambda: datetime.now(UTC))
    assert left(api) == (100, 0)


def test_a_dead_hold_is_released_and_its_budget_taken_again_in_one_call(api: Api) -> None:
    api.put_campaign("visits", visits(budget=10))
    api.emit_at(datetime.now(UTC) - timedelta(days=2), "ada", type="VISIT", fulfilled=False)
    assert paid([visit(api)]) == [0]  # the units come back with this call, so the next one finds them
    assert paid([visit(api), visit(api)]) == [10, 0]
    assert left(api) == (0, 0)


def test_many_take_and_give_back_at_once_and_nothing_is_lost(api: Api) -> None:
    api.put_campaign("visits", visits(budget=1000))
    events = [visit(api, f"visitor-{i}", fulfilled=i % 2 == 0).data["id"] for i in range(24)]
    calls = [partial(api.reverse, event) for event in events] + [partial(visit, api, f"guest-{i}") for i in range(24)]
    assert {answer.status for answer in at_once(calls)} == {200, 201}
    assert left(api) == (1000 - 240, 0)


def test_a_batch_takes_from_budgets_in_its_one_transaction(api: Api) -> None:
    api.put_campaign("visits", visits(budget=25))
    api.put_campaign("surveys", {**visits(4, budget=4), "trigger": "SURVEY"})
    answer = api.call("track_events", {"customerId": "ada", "events": {"VISIT": {}, "SURVEY": {}, "OTHER": None}})
    assert answer.status == 200
    assert (left(api), left(api, "surveys")) == ((15, 0), (0, 0))


def test_a_dry_run_and_a_preview_take_nothing_and_say_what_an_emit_would(api: Api) -> None:
    api.put_campaign("visits", visits(budget=10, when_short="nothing"))
    for expected in ("Rewarded", "BudgetSpent"):
        dry = visit(api, dry_run=True)
        (said,) = dry.body["explanation"]["campaigns"]
        real = visit(api)
        assert said == api.call("explain_event", path={"id": real.data["id"]}).data["campaigns"][0]
        assert said["outcome"] == expected
        assert dry.data["result"]["accumulations"] == real.data["result"]["accumulations"] or expected == "Rewarded"
    preview = api.call("preview_rewards", {"customerId": "ada", "events": {"VISIT": {}}}).body["events"][0]
    assert (preview["campaigns"], preview["explanation"][0]["outcome"]) == ([], "BudgetSpent")
    assert left(api) == (0, 0)


def test_a_budget_that_is_changed_keeps_what_was_spent(api: Api) -> None:
    api.put_campaign("visits", visits(budget=100))
    events = [visit(api).data["id"] for _ in range(3)]
    for budget, rest in ((100, 70), (250, 220), (40, 10), (20, -10)):
        assert api.put_campaign("visits", visits(budget=budget)).status == 200
        assert left(api) == (rest, 0)
    assert paid([visit(api)]) == [0]
    api.reverse(events[0])
    assert left(api) == (0, 0)
    assert paid([visit(api)]) == [0]
    api.reverse(events[1])
    assert paid([visit(api)]) == [10]
    assert left(api) == (0, 0)


@pytest.mark.parametrize(
    ("lowered", "without"),
    [
        ({"budget": 100, "per_campaign": {"times": 1}}, {"budget": 100}),
        ({"budget": 5, "per_campaign": {"times": 9}}, {"per_campaign": {"times": 9}}),
    ],
    ids=["times", "a budget"],
)
def test_a_limit_that_was_overdrawn_and_then_removed_limits_nothing(
    api: Api, lowered: dict[str, Any], without: dict[str, Any]
) -> None:
    api.put_campaign("visits", visits(budget=100, per_campaign={"times": 9}))
    assert paid([visit(api), visit(api)]) == [10, 10]
    api.put_campaign("visits", visits(**lowered))
    assert paid([visit(api)]) == [0]
    api.put_campaign("visits", visits(**without))
    assert paid(at_once([partial(visit, api, f"visitor-{i}") for i in range(3)])) == [10, 10, 10]


def test_a_campaign_says_what_it_has_left(api: Api) -> None:
    def said() -> Any:
        return api.call("get_campaign", path={"id": "visits"}).body["left"]

    api.put_campaign("visits", visits())
    assert said() == {"budget": None, "times": None}
    for limits, expected in (
        ({"budget": 15}, {"budget": 5, "times": None}),
        ({"per_campaign": {"times": 4}}, {"budget": None, "times": 3}),
        ({"budget": 12, "per_campaign": {"times": 3}}, {"budget": 0, "times": 1}),
        ({"budget": 7}, {"budget": -5, "times": None}),
    ):
        api.put_campaign("visits", visits(**limits))
        visit(api)
        assert said() == expected


def lying(api: Api, campaign: str = "visits") -> dict[str, int]:
    """What each of all the shards there may be has left."""
    shards = load_left(api.brand, [campaign], counts={campaign: Shards(ever=MAX_SHARDS)})[campaign]
    return {shard: int(amount.amount) for shard, amount in shards.items() if amount.amount}


def test_another_number_of_shards_loses_and_makes_nothing(api: Api) -> None:
    api.put_campaign("visits", visits(budget=1000))
    events = [visit(api, f"visitor-{i}").data["id"] for i in range(6)]
    for shards, used in ((64, 64), (16, 16), (1, 1), (3, 3), (None, 8)):
        more = {"shards": shards} if shards else {}
        assert api.put_campaign("visits", visits(budget=1000, **more)).status == 200
        found = lying(api)
        assert (len(found), sum(found.values())) == (used, 940)
        said = api.call("get_campaign", path={"id": "visits"}).body["left"]
        assert said == {"budget": 940, "times": None}
    for event in events:
        assert api.reverse(event).status == 200
    assert sum(lying(api).values()) == 1000
    assert paid(at_once([partial(visit, api, f"guest-{i}") for i in range(110)])).count(10) == 100
    assert lying(api) == {}


def test_the_number_of_shards_may_change_while_many_take_and_give_back(api: Api) -> None:
    api.put_campaign("visits", visits(budget=100_000))
    events = [visit(api, f"visitor-{i}").data["id"] for i in range(12)]

    def change(shards: int) -> Answer:
        return api.put_campaign("visits", visits(budget=100_000, shards=shards))

    calls = [
        one
        for i, event in enumerate(events)
        for one in (partial(api.reverse, event), partial(visit, api, f"guest-{i}"), partial(change, 5 * i + 1))
    ]
    assert {answer.status for answer in at_once(calls)} == {200, 201}
    assert sum(lying(api).values()) == 100_000 - 120


def test_refunds_are_spread_over_the_shards(api: Api) -> None:
    api.put_campaign("visits", visits(budget=640, shards=64))
    events = [visit(api, f"visitor-{i}").data["id"] for i in range(64)]
    assert lying(api) == {}
    for event in events:
        api.reverse(event)
    found = lying(api)
    assert sum(found.values()) == 640
    assert len(found) > 20


def test_what_refunds_pay_of_a_debt_is_not_granted_before_all_of_it_is_paid(api: Api) -> None:
    api.put_campaign("visits", visits(budget=1000))
    events = [visit(api, f"visitor-{i}").data["id"] for i in range(20)]
    api.put_campaign("visits", visits(budget=100))
    for number, event in enumerate(events[:10]):
        assert left(api) == (-100 + 10 * number, 0)
        assert set(paid([visit(api, f"guest-{number}-{i}") for i in range(3)])) == {0}
        api.reverse(event)
    assert paid([visit(api)]) == [0]
    for event in events[10:12]:
        api.reverse(event)
    answers = at_once([partial(visit, api, f"late-{i}") for i in range(12)])
    assert sum(paid(answers)) == 20
    assert left(api) == (0, 0)


def test_a_budget_that_is_deleted_and_written_again_does_not_begin_anew(api: Api) -> None:
    api.put_campaign("visits", visits(budget=30))
    assert paid([visit(api) for _ in range(2)]) == [10, 10]
    api.call("delete_campaign", path={"id": "visits"})
    assert paid([visit(api)]) == [0]
    api.put_campaign("visits", visits(budget=30))
    assert paid([visit(api) for _ in range(2)]) == [10, 0]


@pytest.mark.usefixtures("rules_are_known")
def test_only_campaigns_with_a_budget_pay_for_it(store: Store, api: Api) -> None:
    api.put_campaign("visits", visits(budget=100_000))
    api.put_campaign("free", {**visits(), "trigger": "SURVEY"})
    for trigger in ("VISIT", "SURVEY"):  # the rules are read, the customer is there
        api.emit("ada", type=trigger)
    costs = {}
    for trigger in ("VISIT", "SURVEY"):
        with metered(store.product, store.look) as meter:
            api.emit("ada", type=trigger)
        costs[trigger] = (meter.round_trips, meter.reads, meter.writes)
    assert costs == {"VISIT": (2, 2, 6), "SURVEY": (2, 1, 4)}


def test_twenty_budgets_may_end_in_one_event(api: Api) -> None:
    for i in range(20):
        assert api.put_campaign(f"visits-{i}", visits(10, budget=8, per_campaign={"times": 8})).status == 200
    dry = visit(api, dry_run=True)
    assert paid([dry]) == [160]
    answers = at_once([partial(visit, api, f"visitor-{i}") for i in range(4)])
    assert {answer.status for answer in answers} == {201}
    assert sum(paid(answers)) == 160
    for i in range(20):
        assert left(api, f"visits-{i}") == (0, 7)
    (most,) = [answer for answer in answers if paid([answer]) == [160]]
    assert api.reverse(most.data["id"]).status == 200
    assert paid([visit(api)]) == [160]


def test_a_batch_that_takes_from_more_budgets_than_one_transaction_can_hold_is_refused(api: Api) -> None:
    names, others = ([f"{kind}-{i}" for i in range(count)] for kind, count in (("paid", 10), ("other", 80)))
    for name in names:
        assert api.put_campaign(name, {**visits(1, budget=100), "trigger": name}).status == 200

    def send(*events: str) -> Answer:
        return api.call("track_events", {"customerId": "ada", "events": {name: {} for name in events}})

    refused = send(*names, *others)
    assert (refused.refusal, refused.fields) == ((400, "ValidationError"), ["events"])
    assert "send fewer at once" in refused.body["message"]
    assert {left(api, name) for name in names} == {(100, 0)}
    assert send(*names, *others[:70]).status == 200
    assert {left(api, name) for name in names} == {(99, 0)}


def test_only_so_many_campaigns_of_a_trigger_may_share_budgets(api: Api) -> None:
    for i in range(20):
        assert api.put_campaign(f"visits-{i}", visits(1, budget=5)).status == 200
    refused = api.put_campaign("one-more", visits(1, per_campaign={"times": 5}))
    assert (refused.refusal, refused.fields) == ((400, "ValidationError"), ["limits"])
    assert api.put_campaign("visits-3", visits(1, budget=6)).status == 200
    assert api.put_campaign("another", {**visits(1, budget=5), "trigger": "SURVEY"}).status == 200
    assert paid([visit(api)]) == [20]
    assert len(SHARDS) == 8
