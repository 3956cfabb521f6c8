"""Explanations: each outcome in a sentence, each condition with what was wanted and found, and bounded however much."""

from decimal import Decimal
from typing import Any

import pytest

from loyalty.domain.events.dry_run_responses import dry_run_response
from loyalty.domain.limits.budgets import SHARDS, BudgetAmount, BudgetReservation
from loyalty.domain.program.brands import Brand
from loyalty.domain.rules.explanation import EvaluationTrace, explain
from loyalty.domain.rules.ruleset import Ruleset
from loyalty.domain.rules.snapshots import shown, wanted
from loyalty.store.codec import pack, unpack
from tests.support.builders import CATALOG, NOW, Document, campaign, customer, effect, emit, must, newcomer, per, rules

SPENT = {"field": "order.value", "operator": "gte", "value": 10}


def why(by: Ruleset, to: Any = None, **event: Any) -> list[Document]:
    """What is said of an event, after it was stored and read."""
    evaluation = must(emit(to, by=by, **event).evaluation)
    trace = EvaluationTrace(**unpack(pack(evaluation.trace._asdict())))
    said = explain(unpack(pack(evaluation.snapshot.document)), trace)
    assert said == explain(evaluation.snapshot.document, evaluation.trace)
    return said


def sentence(document: Document, **event: Any) -> str:
    """The sentence about one campaign."""
    (one,) = why(rules(c=document), **event)
    return str(one["sentence"])


def test_every_condition_says_what_was_wanted_and_what_was_found() -> None:
    document = campaign(
        effect(5), conditions=[[SPENT, {"field": "order.products.sku", "operator": "in", "value": ["A"]}]]
    )
    document["rules"][0]["name"] = "large"
    (one,) = why(rules(c=document), order={"value": 12, "products": [{"sku": "B"}, {"sku": "C"}]})
    assert one == {
        "campaign_id": "c",
        "name": "A campaign",
        "outcome": "NoMatchingConditions",
        "sentence": "It did not fire: order.products.sku was B, C, it has to be one of A.",
        "granted": [],
        "offers": [],
        "tags": {},
        "rules": [
            {
                "name": "large",
                "held": False,
                "conditions": [
                    [
                        {"field": "order.value", "operator": "gte", "wanted": 10, "found": 12, "held": True},
                        {
                            "field": "order.products.sku",
                            "operator": "in",
                            "wanted": ["A"],
                            "found": ["B", "C"],
                            "held": False,
                        },
                    ]
                ],
            }
        ],
    }


AN_A: Document = {"field": "sku", "operator": "eq", "value": "A"}
AT_LEAST_TWO: Document = {"field": "amount", "operator": "gte", "value": 2}
AT_LEAST_TEN: Document = {**AT_LEAST_TWO, "value": 10}


def test_of_a_condition_on_one_item_it_is_told_what_the_nearest_had() -> None:
    document = campaign(effect(5), conditions=[[{"any_item": "order.products", "where": [[AN_A, AT_LEAST_TWO]]}]])
    lines = [{"sku": "B", "amount": 1}, {"sku": "B", "amount": 5}, {"sku": "A", "amount": 1}]
    (one,) = why(rules(c=document), order={"products": lines})
    (condition,) = one["rules"][0]["conditions"][0]
    assert condition == {
        "any_item": "order.products",
        "where": [
            [
                {"field": "sku", "operator": "eq", "wanted": "A", "found": "B", "held": False},
                {"field": "amount", "operator": "gte", "wanted": 2, "found": 5, "held": True},
            ]
        ],
        "item": 1,
        "held": False,
    }
    (met,) = why(rules(c=document), order={"products": [*lines, {"sku": "A", "amount": 2}]})
    (condition,) = met["rules"][0]["conditions"][0]
    assert (condition["item"], condition["held"]) == (3, True)
    assert [each["held"] for each in condition["where"][0]] == [True, True]


def test_a_history_of_some_items_says_which() -> None:
    history = {"field": "order.products.amount", "operator": "total_gte", "value": 9, "where": [[AN_A]]}
    document = campaign(effect(5), conditions=[[history]])
    (one,) = why(rules(c=document), order={"products": [{"sku": "B", "amount": 5}, {"sku": "A", "amount": 1}]})
    (condition,) = one["rules"][0]["conditions"][0]
    wanted_items = [[{"field": "sku", "operator": "eq", "wanted": "A"}]]
    assert (condition["where"], condition["found"]) == (wanted_items, 1)
    assert one["sentence"] == (
        "It counted, but is not there yet: the total of order.products.amount of some items was 1 so far, "
        "it has to be at least 9."
    )


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"field": "order.value", "operator": "gte", "value": 10}, "order.value was 8, it has to be at least 10"),
        ({"field": "order.value", "operator": "lt", "value": 8}, "order.value was 8, it has to be less than 8"),
        (
            {"field": "order.value", "operator": "between", "value": [1, 2]},
            "order.value was 8, it has to be from 1 to 2",
        ),
        ({"field": "metadata.x", "operator": "eq", "value": "a"}, "metadata.x was missing, it has to be a"),
        ({"field": "metadata.x", "operator": "exists"}, "metadata.x was missing"),
        ({"field": "order", "operator": "exists", "value": False}, "order was there, and must not be"),
        (
            {"field": "metadata.word", "operator": "gte", "value": 50},
            "metadata.word was the text dear, it has to be at least 50",
        ),
        (
            {"field": "metadata.price", "operator": "between", "value": [500, 600]},
            "metadata.price was 100, it has to be from 500 to 600",
        ),
        ({"field": "order.value", "operator": "eq", "value": "8"}, "order.value was the number 8, it has to be 8"),
        ({"field": "metadata.price", "operator": "eq", "value": "99"}, "metadata.price was 100, it has to be 99"),
        ({"field": "metadata.price", "operator": "eq", "value": True}, "metadata.price was 100, it has to be true"),
        (
            {"field": "type", "operator": "not_in", "value": ["PURCHASE"]},
            "type was PURCHASE, it has to be none of PURCHASE",
        ),
        (
            {"field": "order.products.sku", "operator": "ne", "value": "GIFT"},
            "order.products.sku was A, gift, none of them may be GIFT",
        ),
        (
            {"field": "order.products.sku", "operator": "not_in", "value": ["GIFT", "CARD"]},
            "order.products.sku was A, gift, none of them may be one of GIFT, CARD",
        ),
        (
            {"any_item": "order.products", "where": [[AN_A, AT_LEAST_TWO]]},
            "no item of order.products met all conditions: of order.products.0, which came nearest, amount was 1, "
            "it has to be at least 2",
        ),
        (
            {"any_item": "order.products", "where": [[{**AN_A, "value": "X"}, {**AN_A, "value": "Y"}], [AT_LEAST_TEN]]},
            "no item of order.products met all conditions: of order.products.0, which came nearest, amount was 1, "
            "it has to be at least 10",
        ),
        ({"any_item": "metadata.lines", "where": [[AN_A]]}, "metadata.lines had no items"),
        (
            {"field": "customer.first_of_type", "operator": "eq", "value": False},
            "customer.first_of_type was true, it has to be false",
        ),
    ],
)
def test_a_sentence_says_what_was_missing(condition: Document, expected: str) -> None:
    document = campaign(effect(5), conditions=[[condition]])
    products = [{"sku": "A", "amount": 1}, {"sku": "gift", "amount": 5}]
    order = {"value": 8, "products": products}
    said = sentence(document, order=order, metadata={"price": "100", "word": "dear"})
    assert said == f"It did not fire: {expected}."


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"operator": "count_gte", "value": 3}, "the number of times was 1 so far, it has to be at least 3"),
        (
            {"field": "order.value", "operator": "total_gte", "value": 1000, "within": "30/days"},
            "the total of order.value was 8 so far within 30 days, it has to be at least 1000",
        ),
        (
            {"operator": "count_gte", "value": 3, "within": "this/month"},
            "the number of times was 1 so far within this month, it has to be at least 3",
        ),
        (
            {"field": "order.store_id", "operator": "distinct_gte", "value": 2},
            "the number of different values of order.store_id was 1 so far, it has to be at least 2",
        ),
        (
            {"field": "order.store_id", "operator": "repeat_gte", "value": 2},
            "the times order.store_id was the same were 1 so far, it has to be at least 2",
        ),
    ],
)
def test_a_sentence_says_how_far_it_is(condition: Document, expected: str) -> None:
    document = campaign(effect(5), conditions=[[condition]])
    said = sentence(document, order={"value": 8, "store_id": "s1"})
    assert said == f"It counted, but is not there yet: {expected}."


def test_of_several_alternatives_the_nearest_is_told() -> None:
    far: list[Document] = [SPENT, {"field": "metadata.x", "operator": "exists"}]
    document = campaign(effect(5), conditions=[far, [{**SPENT, "value": 9}]])
    assert sentence(document, order={"value": 8}) == "It did not fire: order.value was 8, it has to be at least 9."


THIRD: Document = {"operator": "count_gte", "value": 3}


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        (
            [[SPENT, {"field": "metadata.x", "operator": "eq", "value": 1}]],
            "order.value was 8, it has to be at least 10; metadata.x was missing, it has to be 1",
        ),
        ([[SPENT, THIRD]], "order.value was 8, it has to be at least 10"),
        (
            [[SPENT], [{"field": "type", "operator": "exists"}, THIRD]],
            "the number of times was 1 so far, it has to be at least 3",
        ),
    ],
)
def test_only_what_kept_it_from_firing_is_told(conditions: list[list[Document]], expected: str) -> None:
    assert sentence(campaign(effect(5), conditions=conditions), order={"value": 8}).endswith(f": {expected}.")


def test_a_rule_that_held_in_vain_outranks_one_that_did_not_hold() -> None:
    document = campaign(effect(1, per=per(every=500)))
    document["rules"].append({"conditions": [[SPENT]], "effects": [effect(1)]})
    assert sentence(document, order={"value": 8}) == "Its conditions held, but there was nothing to grant."


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (campaign(effect(5), effect(2, "coffee")), "It granted 5 points and 2 coffee."),
        (campaign(effect(5), {"tag": "vip", "value": True}), "It granted 5 points and set the tag vip to true."),
        (campaign({"tag": "vip", "value": "gold"}), "It set the tag vip to gold."),
        (campaign(effect(1, per=per(every=500))), "Its conditions held, but there was nothing to grant."),
        (campaign(status="PAUSED"), "It did not run then: it is paused."),
        (campaign(start_date="2027-01-01"), "It did not run then: it runs from 2027-01-01."),
        (
            campaign(end_date="2026-03-01", days_of_week=["mon", "sat", "sun"], hours={"from": "09:00", "to": "17:00"}),
            "It did not run then: it runs until 2026-03-01, on mon, sat and sun, between 09:00 and 17:00.",
        ),
        (
            campaign(effect(20), limits={"budget": 30}),
            "It granted 7 points, of 20 due: that was all its budget had left.",
        ),
        (
            campaign(effect(20), limits={"budget": 30, "when_short": "nothing"}),
            "It did not fire: 20 were due, and its budget has not that much left.",
        ),
        (
            campaign(effect(1), limits={"per_campaign": {"times": 9}}),
            "It did not fire: it rewards 9 times in all, and that has been reached.",
        ),
    ],
)
def test_every_outcome_has_its_sentence(document: Document, expected: str) -> None:
    left = {shard: BudgetAmount(Decimal(7 if shard == "0" else 0), 0) for shard in SHARDS}
    assert sentence(document, budget=BudgetReservation({"c": left})) == expected


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        ({"times": 1}, "it rewards a customer once in all"),
        ({"times": 1, "period": "month"}, "it rewards a customer once a month"),
        ({"times": 1, "period": "ever"}, "it rewards a customer once in all"),
    ],
)
def test_a_limit_that_is_reached_is_named(limit: Document, expected: str) -> None:
    by = rules(c=campaign(effect(1), limits={"per_customer": limit}))
    again = emit(newcomer(), by=by).customer
    (one,) = why(by, again, event_id="e2")
    assert (one["outcome"], one["sentence"]) == (
        "LimitReached",
        f"It did not fire: {expected}, and that has been reached.",
    )


def test_who_came_first_is_named() -> None:
    first = campaign(effect(1), exclusive="welcome", priority=1)
    _, second = why(rules(a=campaign(effect(2), exclusive="welcome"), b={**first, "name": "The other"}))
    assert (
        second["sentence"] == "It did not fire: The other came first, and only one of their group can reward an event."
    )


def test_what_has_been_counted_is_shown_where_an_event_does_not_count() -> None:
    third = campaign(effect(1), conditions=[[{"operator": "count_gte", "value": 3}, SPENT]])
    once = emit(newcomer(), by=rules(c=third)).customer
    (one,) = why(rules(c=third), once, event_id="e2", order={"value": 1})
    assert [condition["found"] for condition in one["rules"][0]["conditions"][0]] == [1, 1]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([], None),
        ([5], 5),
        ([None], None),
        ([NOW], "2026-03-10T12:00:00.000Z"),
        ([1, "a"], [1, "a"]),
        (list(range(8)), [0, 1, 2, 3, 4, "and 3 more"]),
        (["x" * 200], "x" * 100 + "…"),
        ([{"a": 1}], "an object"),
    ],
)
def test_what_was_found_is_kept_short(values: list[Any], expected: Any) -> None:
    assert shown(values) == expected


def test_what_was_wanted_is_kept_short() -> None:
    assert wanted(list(range(25))) == [*range(20), "and 5 more"]


def test_an_explanation_is_bounded_however_many_campaigns_there_are() -> None:
    letters = "abcdefghij" * 10
    many = {
        f"c{i:04}": campaign(
            effect(1), conditions=[[{"field": f"metadata.f{i}", "operator": "in", "value": [f"{i}{letters}"] * 20}]]
        )
        for i in range(1500)
    }
    by = Ruleset.compile(Brand("demo", "Demo"), CATALOG, many)
    evaluation = must(emit(customer(), by=by).evaluation)
    assert len(evaluation.results) == 1500
    said = explain(evaluation.snapshot.document, evaluation.trace)
    assert 50 < len(said) < 1500
    assert len(pack(evaluation.snapshot.document)) + len(pack(evaluation.trace._asdict())) < 200_000


def test_an_event_of_a_disabled_brand_was_not_evaluated() -> None:
    emission = emit(enabled=False)
    assert dry_run_response(emission.event, emission.evaluation)["explanation"] == {
        "event_id": "e1",
        "type": "PURCHASE",
        "evaluated": False,
        "campaigns": [],
        "parts": [],
    }
