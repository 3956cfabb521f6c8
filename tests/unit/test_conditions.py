"""Conditions: every operator on every kind of value."""

import json
from typing import Any, get_args

import pytest

from loyalty import json as exact
from loyalty.domain.limits.counters import HISTORY_OPERATORS
from loyalty.domain.program.brands import Brand
from loyalty.domain.rules.conditions import Operator
from loyalty.domain.rules.fields import EventFields, Source
from loyalty.domain.rules.predicates import compile_predicate
from loyalty.domain.rules.ruleset import Ruleset
from tests.support.builders import CATALOG, NOW, campaign, effect, emit, must, rules


def holds(field: str, operator: str, wanted: object, facts: dict[str, Any]) -> bool:
    """Whether a condition holds for these facts."""
    return EventFields(facts).holds(Source.of(field), compile_predicate(operator, wanted))


FACTS: dict[str, Any] = {
    "null": None,
    "text": "Berlin",
    "number": 10,
    "flag": True,
    "list": ["Red", "Blue"],
    "empty": [],
    "price": "152.5000",
    "code": "007",
    "object": {"in": {"n": 10}},
    "things": [{"sku": "A1", "n": 1}, {"sku": "B2", "n": 5, "in": [{"x": 7}]}],
}
# The fields above, and which of them pass each condition; "things" stands for things.sku and things.n.
TABLE = """
operator    wanted             gone null empty text number flag list things.sku things.n object object.in.n price code
eq          "berlin"           .    .    .     yes  .      .    .    .          .        .      .           .     .
eq          "BERLIN"           .    .    .     yes  .      .    .    .          .        .      .           .     .
eq          "Berli"            .    .    .     .    .      .    .    .          .        .      .           .     .
eq          "10"               .    .    .     .    .      .    .    .          .        .      .           .     .
eq          10                 .    .    .     .    yes    .    .    .          .        .      yes         .     .
eq          10.0               .    .    .     .    yes    .    .    .          .        .      yes         .     .
eq          1                  .    .    .     .    .      .    .    .          yes      .      .           .     .
eq          5                  .    .    .     .    .      .    .    .          yes      .      .           .     .
eq          true               .    .    .     .    .      yes  .    .          .        .      .           .     .
eq          false              .    .    .     .    .      .    .    .          .        .      .           .     .
eq          "blue"             .    .    .     .    .      .    yes  .          .        .      .           .     .
eq          "b2"               .    .    .     .    .      .    .    yes        .        .      .           .     .
eq          152.5              .    .    .     .    .      .    .    .          .        .      .           yes   .
eq          7                  .    .    .     .    .      .    .    .          .        .      .           .     yes
eq          "7"                .    .    .     .    .      .    .    .          .        .      .           .     .
eq          "007"              .    .    .     .    .      .    .    .          .        .      .           .     yes
eq          "152.5"            .    .    .     .    .      .    .    .          .        .      .           .     .
ne          "berlin"           yes  yes  yes   .    yes    yes  yes  yes        yes      yes    yes         yes   yes
ne          10                 yes  yes  yes   yes  .      yes  yes  yes        yes      yes    .           yes   yes
ne          true               yes  yes  yes   yes  yes    .    yes  yes        yes      yes    yes         yes   yes
ne          "red"              yes  yes  yes   yes  yes    yes  .    yes        yes      yes    yes         yes   yes
ne          "a1"               yes  yes  yes   yes  yes    yes  yes  .          yes      yes    yes         yes   yes
ne          5                  yes  yes  yes   yes  yes    yes  yes  yes        .        yes    yes         yes   yes
ne          7                  yes  yes  yes   yes  yes    yes  yes  yes        yes      yes    yes         yes   .
ne          "7"                yes  yes  yes   yes  yes    yes  yes  yes        yes      yes    yes         yes   yes
gt          9                  .    .    .     .    yes    .    .    .          .        .      yes         yes   .
gt          10                 .    .    .     .    .      .    .    .          .        .      .           yes   .
gt          4.99               .    .    .     .    yes    .    .    .          yes      .      yes         yes   yes
gt          "B"                .    .    .     yes  .      .    yes  yes        .        .      .           .     .
gte         10                 .    .    .     .    yes    .    .    .          .        .      yes         yes   .
gte         10.01              .    .    .     .    .      .    .    .          .        .      .           yes   .
gte         "BERLIN"           .    .    .     yes  .      .    yes  .          .        .      .           .     .
lt          11                 .    .    .     .    yes    .    .    .          yes      .      yes         .     yes
lt          10                 .    .    .     .    .      .    .    .          yes      .      .           .     yes
lt          1                  .    .    .     .    .      .    .    .          .        .      .           .     .
lt          "B"                .    .    .     .    .      .    .    yes        .        .      .           yes   yes
lte         1                  .    .    .     .    .      .    .    .          yes      .      .           .     .
lte         0.99               .    .    .     .    .      .    .    .          .        .      .           .     .
lte         "blue"             .    .    .     yes  .      .    yes  yes        .        .      .           yes   yes
between     [10,12]            .    .    .     .    yes    .    .    .          .        .      yes         .     .
between     [5,10]             .    .    .     .    yes    .    .    .          yes      .      yes         .     yes
between     [11,12]            .    .    .     .    .      .    .    .          .        .      .           .     .
between     ["A","B"]          .    .    .     .    .      .    .    yes        .        .      .           .     .
between     [7,152.5]          .    .    .     .    yes    .    .    .          .        .      yes         yes   yes
in          ["berlin",10,true] .    .    .     yes  yes    yes  .    .          .        .      yes         .     .
in          ["RED","a1",5]     .    .    .     .    .      .    yes  yes        yes      .      .           .     .
in          ["10","true"]      .    .    .     .    .      .    .    .          .        .      .           .     .
in          [7,152.50]         .    .    .     .    .      .    .    .          .        .      .           yes   yes
in          ["7","152.5"]      .    .    .     .    .      .    .    .          .        .      .           .     .
not_in      ["berlin",10,true] yes  yes  yes   .    .      .    yes  yes        yes      yes    .           yes   yes
not_in      ["red","blue"]     yes  yes  yes   yes  yes    yes  .    yes        yes      yes    yes         yes   yes
not_in      [1,5]              yes  yes  yes   yes  yes    yes  yes  yes        .        yes    yes         yes   yes
not_in      ["b2"]             yes  yes  yes   yes  yes    yes  yes  .          yes      yes    yes         yes   yes
not_in      [7]                yes  yes  yes   yes  yes    yes  yes  yes        yes      yes    yes         yes   .
not_in      ["7","blue"]       yes  yes  yes   yes  yes    yes  .    yes        yes      yes    yes         yes   yes
contains    "ERL"              .    .    .     yes  .      .    .    .          .        .      .           .     .
contains    "re"               .    .    .     .    .      .    yes  .          .        .      .           .     .
contains    10                 .    .    .     .    yes    .    .    .          .        .      yes         .     .
contains    1                  .    .    .     .    .      .    .    .          yes      .      .           .     .
contains    true               .    .    .     .    .      yes  .    .          .        .      .           .     .
contains    "1"                .    .    .     .    .      .    .    yes        .        .      .           yes   .
contains    7                  .    .    .     .    .      .    .    .          .        .      .           .     yes
starts_with "bER"              .    .    .     yes  .      .    .    .          .        .      .           .     .
starts_with "b"                .    .    .     yes  .      .    yes  yes        .        .      .           .     .
starts_with "1"                .    .    .     .    .      .    .    .          .        .      .           yes   .
exists      true               .    .    .     yes  yes    yes  yes  yes        yes      yes    yes         yes   yes
exists      null               .    .    .     yes  yes    yes  yes  yes        yes      yes    yes         yes   yes
exists      false              yes  yes  yes   .    .      .    .    .          .        .      .           .     .
"""


def _rows() -> list[tuple[str, str, str, bool]]:
    (_, _, *fields), *rows = [line.split() for line in TABLE.strip().splitlines()]
    return [
        (operator, wanted, field, passes == "yes")
        for operator, wanted, *row in rows
        for field, passes in zip(fields, row, strict=True)
    ]


@pytest.mark.parametrize(("operator", "wanted", "field", "passes"), _rows())
def test_every_operator_on_every_kind_of_value(operator: str, wanted: str, field: str, passes: bool) -> None:
    assert holds(field, operator, exact.loads(wanted), facts=FACTS) == passes


def test_all_rows_are_found_as_well_by_campaigns_that_are_asked_together() -> None:
    rows = _rows()
    conditions = [
        {"field": f"metadata.{field}", "operator": operator, "value": exact.loads(wanted)}
        for operator, wanted, field, _ in rows
    ]
    all_of_them = Ruleset.compile(
        Brand("demo", "Demo"),
        CATALOG,
        {f"{i:04}": campaign(effect(), conditions=[[one]]) for i, one in enumerate(conditions)},
    )
    evaluation = must(emit(by=all_of_them, metadata=FACTS).evaluation)
    rewarded = {int(one.campaign_id) for one in evaluation.rewarded}
    assert rewarded == {i for i, (_, _, _, passes) in enumerate(rows) if passes}


def test_the_table_has_every_operator() -> None:
    assert {operator for operator, _, _, _ in _rows()} == set(get_args(Operator)) - set(HISTORY_OPERATORS)


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("things.in.x", [7]),
        ("things.in", [{"x": 7}]),
        ("things.nowhere", []),
        ("text.deeper", []),
        ("number.deeper", []),
        ("list", ["Red", "Blue"]),
        ("list.Red", [True]),
        ("list.Green", []),
        ("null", []),
        ("nested.a", [1, 2, 3]),
        ("flat.a.b", [1]),
    ],
)
def test_a_list_on_the_way_or_at_the_end_stands_for_each_of_its_elements(path: str, values: list[object]) -> None:
    facts = {**FACTS, "nested": [[{"a": 1}], [{"a": [2, 3]}, {}]], "flat": {"a": {"b": 1}}}
    assert list(EventFields(facts).at(Source.of(path)).values) == values


@pytest.mark.parametrize(
    ("tags", "vip"),
    [({"vip": True}, True), (["vip"], True), ({"vip": False}, False), (["new"], False), ({}, False), (None, False)],
    ids=json.dumps,
)
def test_tags_are_found_in_both_forms_they_are_sent_in(tags: object, vip: bool) -> None:
    assert holds("customer.tags.vip", "eq", wanted=True, facts={"customer": {"tags": tags}}) == vip


def test_letters_of_any_alphabet_are_compared_without_case() -> None:
    assert holds("city", "eq", "STRASSE", facts={"city": "Straße"})
    assert holds("city", "in", ["ΑΘΉΝΑ"], facts={"city": "Αθήνα"})


def test_numbers_are_compared_exactly() -> None:
    assert holds("n", "eq", exact.loads("0.3"), facts={"n": exact.loads("0.30")})
    assert not holds("n", "gte", exact.loads("0.3"), facts={"n": exact.loads("0.2999999999999999999999999999999")})


def test_a_customer_is_asked_when_it_came_as_times_are_written() -> None:
    facts = {"customer": {"created_at": NOW}}
    assert holds("customer.created_at", "gte", "2026-03-10", facts=facts)
    assert holds("customer.created_at", "lt", "2026-03-10T12:00:00.001Z", facts=facts)
    assert holds("customer.created_at", "starts_with", "2026-03", facts=facts)


ORDER = {
    "products": [
        {"sku": "A", "amount": 1, "tags": ["fresh"], "metadata": {"price": "9.50"}},
        {"sku": "B", "amount": 5, "tags": {"gift_card": True}},
        {"sku": "C", "amount": "3", "metadata": {"brands": ["x", "y"]}},
        "not an object",
    ],
    "shipping": {"value": 4},
}


@pytest.mark.parametrize(
    ("where", "passes"),
    [
        ([[("sku", "eq", "a"), ("amount", "gte", 2)]], False),
        ([[("sku", "eq", "b"), ("amount", "gte", 2)]], True),
        ([[("sku", "eq", "c"), ("amount", "between", [3, 4])]], True),
        ([[("sku", "eq", "a"), ("amount", "gte", 2)], [("sku", "eq", "C")]], True),
        ([[("tags.fresh", "eq", True), ("metadata.price", "lt", 10)]], True),
        ([[("tags.gift_card", "ne", True), ("amount", "gte", 4)]], False),
        ([[("tags.gift_card", "exists", False), ("amount", "gte", 2)]], True),
        ([[("metadata.brands", "ne", "y"), ("sku", "in", ["C", "B"])]], True),
        ([[("metadata.brands", "ne", "y"), ("sku", "eq", "C")]], False),
        ([[("sku", "not_in", ["a", "b", "c"])]], False),
    ],
)
def test_any_item_holds_if_one_item_meets_all_of_an_inner_list(where: Any, passes: bool) -> None:
    written = [
        [{"field": field, "operator": operator, "value": value} for field, operator, value in together]
        for together in where
    ]
    by = rules(c=campaign(effect(), conditions=[[{"any_item": "metadata.products", "where": written}]]))
    evaluation = must(emit(by=by, metadata=ORDER).evaluation)
    assert bool(evaluation.rewarded) == passes


@pytest.mark.parametrize(("items", "passes"), [("metadata.shipping", True), ("metadata", False), ("metadata.x", False)])
def test_an_object_is_a_list_of_one_and_nothing_is_a_list_of_none(items: str, passes: bool) -> None:
    condition = {"any_item": items, "where": [[{"field": "value", "operator": "gte", "value": 4}]]}
    evaluation = must(emit(by=rules(c=campaign(effect(), conditions=[[condition]])), metadata=ORDER).evaluation)
    assert bool(evaluation.rewarded) == passes
