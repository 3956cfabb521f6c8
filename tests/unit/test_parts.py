"""Parts of an order that come back, or do not ship: what each takes, and that in any order they come to the whole."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import permutations
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.domain.errors import (
    EventCancelledError,
    EventExpiredError,
    EventResolvedError,
    EventReversedError,
    LoyaltyError,
    MoreThanLeftError,
    TooManyPartsError,
    ValidationError,
)
from loyalty.domain.events import changes, lifecycle, parts
from loyalty.domain.events.changes import Change
from loyalty.domain.events.event import Event, EventStatus
from loyalty.domain.events.replay import replay
from loyalty.domain.events.returns import Goods, Shipped, WantedPart
from loyalty.domain.limits.budgets import BudgetAmount, BudgetReservation, ShardsLeft
from loyalty.domain.limits.usage import add_budgets
from loyalty.domain.orders import order_in
from loyalty.domain.rules.ruleset import Ruleset
from loyalty.domain.wallet.lots import EntryType
from tests.support.builders import (
    Document,
    after,
    before,
    campaign,
    customer,
    effect,
    emit,
    goods,
    lot,
    moved,
    must,
    part,
    per,
    redeem,
    reverse,
    rules,
    sizes,
    sums,
)
from tests.support.histories import History

LINE_A = {"field": "sku", "operator": "eq", "value": "A"}
A_LINE_OF_A = {"any_item": "order.products", "where": [[LINE_A]]}
ANY_ORDER = [{"field": "order.value", "operator": "gte", "value": 0}]
ALL = ("A", "B", "C")


def order(**more: Any) -> Document:
    """10 of A, 20 of B (two of them) and 30 of C: 60 in all."""
    products = [
        {"sku": "A", "amount": 1, "value": 10},
        {"sku": "B", "amount": 2, "value": 20},
        {"sku": "C", "amount": 1, "value": 30},
    ]
    return {"value": 60, "products": products, **more}


def one_rule(*effects: Document, conditions: list[list[Document]] | None = None, **more: Any) -> Ruleset:
    return rules(only=campaign(*effects, conditions=conditions, **more))


def taken(by: Ruleset, *returned: tuple[str, int], of: Document | None = None, reward: str = "points") -> Decimal:
    """What the return of these products takes of what the order earned."""
    one = emit(by=by, order=of or order())
    change = must(reverse(one.event, one.customer, wanted=part(*returned)))
    return -sum((entry.amount for entry in change.record.entries if entry.lot.reward_id == reward), Decimal(0))


PER_A = {**per("order.products.value"), "where": [[LINE_A]]}


@pytest.mark.parametrize(
    ("by", "by_line"),
    [
        (one_rule(effect(per=per())), {"A": 10, "B": 20, "C": 30}),
        (one_rule(effect(6)), {"A": 1, "B": 2, "C": 3}),
        (one_rule(effect(per=PER_A)), {"A": 10, "B": 0, "C": 0}),
        (one_rule(effect(per=per("order.products.amount"))), {"A": 1, "B": 2, "C": 1}),
        (one_rule({"reward_id": "points", "percent": 10, "of": "order.value"}), {"A": 1, "B": 2, "C": 3}),
        (one_rule(effect(7), conditions=[[A_LINE_OF_A]]), {"A": 7, "B": 0, "C": 0}),
        (
            one_rule(effect(8), conditions=[[{"field": "order.products.sku", "operator": "in", "value": ["a", "C"]}]]),
            {"A": 2, "B": 0, "C": 6},
        ),
        (
            one_rule(effect(6), conditions=[[{"field": "order.products.sku", "operator": "ne", "value": "X"}]]),
            {"A": 1, "B": 2, "C": 3},
        ),
        (one_rule(effect(6), effect(per=PER_A)), {"A": 11, "B": 2, "C": 3}),
        (one_rule(effect(6, by_tier={"gold": Decimal(9)})), {"A": 1, "B": 2, "C": 3}),
        (
            rules(one=campaign(effect(per=PER_A)), twice=campaign({"reward_id": "points", "multiply": Decimal(3)})),
            {"A": 30, "B": 0, "C": 0},
        ),
        (
            rules(
                one=campaign(effect(per=PER_A), effect(60)),
                more=campaign({"reward_id": "points", "multiply": Decimal(2)}),
            ),
            {"A": 40, "B": 40, "C": 60},
        ),
        (one_rule(effect(per=per()), limits={"per_event": {"amount": 30}}), {"A": 5, "B": 10, "C": 15}),
    ],
    ids=[
        "by value",
        "a fixed amount",
        "a where",
        "by number",
        "percent",
        "any item",
        "by sku",
        "a negative",
        "two effects",
        "by tier",
        "a multiple of a where",
        "a multiple of two effects",
        "cut",
    ],
)
def test_each_line_takes_what_it_has_earned(by: Ruleset, by_line: dict[str, int]) -> None:
    amounts = {"A": 1, "B": 2, "C": 1}
    assert {sku: taken(by, (sku, amounts[sku])) for sku in ALL} == by_line
    assert taken(by, ("B", 1)) == by_line["B"] // 2
    assert taken(by, ("A", 1), ("B", 2)) == by_line["A"] + by_line["B"]


def test_prices_of_pieces_and_of_lines_are_told_apart_by_what_the_order_comes_to() -> None:
    by_piece = order()
    by_piece["products"][1]["value"] = 10
    assert [line.value for line in must(order_in({"order": by_piece})).lines] == [10, 20, 30]
    assert [line.value for line in must(order_in({"order": order()})).lines] == [10, 20, 30]
    assert must(order_in({"order": order(value=None)})).value == 60
    assert order_in({"type": "VISIT"}) is None


def test_what_a_part_takes_is_rounded_down_and_the_last_one_takes_what_is_left() -> None:
    by = one_rule(effect(10))
    one = emit(by=by, order={"value": 3, "products": [{"sku": sku, "value": 1} for sku in ALL]})
    state, event, took = one.customer, one.event, []
    for sku in ALL:
        change = must(reverse(event, state, wanted=part((sku, 1))))
        state, event = change.customer, must(change.event)
        took.append(-sum(entry.amount for entry in change.record.entries))
    assert took == [3, 3, 4]
    assert (event.status, sums(state)) == (EventStatus.REVERSED, (0, 0, 0))


def test_a_part_by_value_takes_its_share_of_what_is_left_and_so_do_products_after_it() -> None:
    one = emit(by=one_rule(effect(per=per())), order=order())
    change = must(reverse(one.event, one.customer, wanted=part(value=15)))
    assert sums(change.customer) == (45, 0, 0)
    change = must(reverse(must(change.event), change.customer, wanted=part(("B", 2))))
    # A quarter of each line was given back by value; what B was worth is gone from the rest now.
    assert sums(change.customer) == (25, 0, 0)
    with pytest.raises(MoreThanLeftError, match=r"^value: is more than is left of the order, 25$"):
        reverse(must(change.event), change.customer, wanted=part(value=26))
    change = must(reverse(must(change.event), change.customer, wanted=part(value=25)))
    assert (must(change.event).status, sums(change.customer)) == (EventStatus.REVERSED, (0, 0, 0))


def test_the_last_products_come_back_whatever_was_taken_by_value_before() -> None:
    """What they are worth is more than is left of the order then: they take that, as a reversal of the whole would."""
    one = emit(by=one_rule(effect(per=per())), order=order())
    change = must(reverse(one.event, one.customer, wanted=part(value=45)))
    with pytest.raises(MoreThanLeftError, match=r"^products: are more than is left of the order's value, 15$"):
        reverse(must(change.event), change.customer, wanted=part(("C", 1)))
    change = must(reverse(must(change.event), change.customer, wanted=part(("A", 1))))
    assert sums(change.customer) == (5, 0, 0)
    change = must(reverse(must(change.event), change.customer, wanted=part(("B", 2), ("C", 1))))
    assert (must(change.event).status, sums(change.customer)) == (EventStatus.REVERSED, (0, 0, 0))


def test_an_order_without_lines_is_returned_by_value() -> None:
    one = emit(order={"value": 80})
    change = must(reverse(one.event, one.customer, wanted=part(value="0.5")))
    assert sums(change.customer) == (80, 0, 0), "less than a point"
    change = must(reverse(must(change.event), change.customer, wanted=part(value="0.5")))
    assert sums(change.customer) == (79, 0, 0)


def test_redeemed_points_come_back_in_proportion_each_with_its_own_expiry() -> None:
    rich = customer(lot(30, after(days=1)), lot(90, after(days=9)))
    one = emit(rich, by=one_rule(effect(1)), order=order(), redeem=redeem(60))
    change = must(reverse(one.event, one.customer, wanted=part(("C", 1))))
    refunds = [entry.lot for entry in change.record.entries if entry.lot.campaign_id == "spend"]
    assert [f"{one.amount} until {one.expires_at}" for one in refunds] == [
        f"15 until {after(days=1)}",
        f"15 until {after(days=9)}",
    ]
    many = customer(*(lot(1, after(days=day)) for day in range(1, 11)))
    one = emit(many, by=one_rule(effect(1)), order=order(), redeem=redeem(10))
    change = must(reverse(one.event, one.customer, wanted=part(("C", 1))))
    assert sums(change.customer)[0] == 6, "five of ten lots of one point, and the point that was earned"


def test_what_a_line_was_paid_with_comes_back_with_that_line() -> None:
    paid = order()
    paid["products"][0]["redeem"] = redeem(8)
    one = emit(customer(lot(100)), by=one_rule(effect(0 + 1)), order=paid, redeem=redeem(6))
    change = must(reverse(one.event, one.customer, wanted=part(("A", 1))))
    assert [entry.amount for entry in change.record.entries if entry.lot.campaign_id == "spend"] == [9]


def test_what_was_paid_for_no_line_comes_back_by_value_wherever_it_was_named() -> None:
    paid = order(redeem=redeem(6), shipping={"redeem": redeem(12)})
    paid["products"][0]["redeem"] = redeem(8)
    product = {"sku": "P", "redeem": redeem(24)}
    one = emit(customer(lot(100)), by=one_rule(effect(1)), order=paid, redeem=redeem(18), product=product)
    change = must(reverse(one.event, one.customer, wanted=part(("C", 1))))
    assert [entry.amount for entry in change.record.entries if entry.lot.campaign_id == "spend"] == [30]


def test_what_cannot_be_divided_goes_with_the_last_part() -> None:
    by = rules(
        only=campaign(
            effect(6),
            {"tag": "fan", "value": True},
            {"offer": "treat", "valid_for": "3/days"},
            limits={"per_customer": {"times": 1, "period": "ever"}},
        )
    )
    one = emit(by=by, order=order())
    first = must(reverse(one.event, one.customer, wanted=part(("A", 1), ("B", 2))))
    assert (first.customer.tags, [*first.customer.offers.values()]) == ({"fan": True}, [*one.customer.offers.values()])
    assert first.customer.usage == one.customer.usage
    last = must(reverse(must(first.event), first.customer, wanted=part(("C", 1))))
    whole = must(reverse(one.event, one.customer))
    assert (last.customer.tags, last.customer.offers, last.customer.usage) == ({}, {}, whole.customer.usage)


def test_sums_over_history_and_budgets_go_by_part() -> None:
    by = rules(
        only=campaign(
            effect(per=per()),
            conditions=[[{"field": "order.value", "operator": "total_gte", "value": 1000}], ANY_ORDER],
            limits={"budget": 1000},
        )
    )
    left = {"only": ShardsLeft({"0": BudgetAmount(Decimal(1000))}, 1)}
    one = emit(by=by, order=order(), budget=BudgetReservation(left, 50))
    assert [*one.event.shares.progress.values()] == [()]
    (key,) = one.event.shares.progress
    change = must(reverse(one.event, one.customer, wanted=part(("C", 1))))
    assert change.customer.usage.progress[key] == {"0": 30}
    assert change.budget.refunds == {"only": BudgetAmount(Decimal(30))}
    change = must(reverse(must(change.event), change.customer))
    assert key not in change.customer.usage.progress
    assert change.budget.refunds == {"only": BudgetAmount(Decimal(30))}


@pytest.mark.parametrize(
    ("wanted", "error", "field"),
    [
        (part(("X", 1)), ValidationError, "products.0.sku"),
        (part(("A", 1), ("a", 1)), ValidationError, "products.1.sku"),
        (part(("B", 3)), MoreThanLeftError, "products.0.amount"),
        (part(("B", 1), ("B", "1.0001")), MoreThanLeftError, "products.1.amount"),
        (part(value=61), MoreThanLeftError, "value"),
    ],
)
def test_what_was_not_bought_cannot_come_back(wanted: WantedPart, error: type[LoyaltyError], field: str) -> None:
    one = emit(order=order())
    with pytest.raises(error) as refused:
        reverse(one.event, one.customer, wanted=wanted)
    assert [problem.field for problem in refused.value.fields] == [field]


@pytest.mark.parametrize(("asked", "field"), [(part(("A", 1)), "products"), (part(value=1), "value")])
def test_parts_need_a_resolved_event_with_an_order(asked: WantedPart, field: str) -> None:
    held = emit(fulfilled=False, order=order())
    visit = emit(type="VISIT", order=None)
    for one in (held, visit):
        with pytest.raises(ValidationError) as refused:
            reverse(one.event, one.customer, wanted=asked)
        assert [problem.field for problem in refused.value.fields] == [field]
    cancelled = must(reverse(held.event, held.customer))
    with pytest.raises(EventCancelledError):
        reverse(must(cancelled.event), cancelled.customer, wanted=asked)
    paid = emit(order=order())
    gone = must(reverse(paid.event, paid.customer))
    with pytest.raises(EventReversedError):
        reverse(must(gone.event), gone.customer, wanted=asked)
    worthless = emit(order={"products": [{"sku": "A"}]})
    with pytest.raises(ValidationError, match="value"):
        reverse(worthless.event, worthless.customer, wanted=part(value=1))


def test_so_many_parts_are_told_apart_and_the_rest_is_reversed_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loyalty.domain.events.returns.MAX_PARTS", 2)
    one = emit(order=order())
    state, event = one.customer, one.event
    for _ in range(2):
        change = must(reverse(event, state, wanted=part(value=1)))
        state, event = change.customer, must(change.event)
    with pytest.raises(TooManyPartsError):
        reverse(event, state, wanted=part(value=1))
    assert must(must(reverse(event, state)).event).status is EventStatus.REVERSED


# Any partition, in any order


def _lines(many: int) -> st.SearchStrategy[list[Document]]:
    amounts = st.sampled_from([None, 1, 2, 3, Decimal("0.75"), Decimal("1.5")])
    values = st.sampled_from([None, 0, 1, 5, 10, Decimal("9.99"), Decimal("33.3333"), 250])
    line = st.fixed_dictionaries(
        {"sku": st.sampled_from("ABCD"), "amount": amounts, "value": values, "redeem": st.sampled_from([0, 0, 0, 3])}
    )
    return st.lists(line, min_size=1, max_size=many)


EFFECTS: list[Document] = [
    effect(per=per()),
    effect(7),
    effect(3, "stars", per={**per("order.products.value"), "where": [[LINE_A]]}),
    effect(2, per=per("order.products.amount"), expires_in="3/days"),
    effect(5, available_after="1/days"),
    effect(1, per={**per("order.products.value"), "where": [[LINE_A]]}, available_after="9/days", expires_in="12/days"),
    {"reward_id": "stars", "percent": Decimal("7.77"), "of": "order.value", "cap": Decimal(40)},
    {"reward_id": "points", "percent": 12, "of": "order.discounted_value"},
    {"tag": "fan", "value": True},
    {"offer": "treat", "valid_for": "3/days"},
]
CONDITIONS: list[list[list[Document]]] = [
    [],
    [[A_LINE_OF_A], [{"field": "order.value", "operator": "gte", "value": 1}]],
    [[{"field": "order.products.sku", "operator": "in", "value": ["B", "C"]}], [{"operator": "count_gte", "value": 1}]],
    [[{"field": "order.value", "operator": "total_gte", "value": 1}]],
    [[{"field": "order.products.amount", "operator": "total_gte", "value": 500}], ANY_ORDER],
]
LIMITS: list[Document] = [
    {},
    {"limits": {"budget": 25}},
    {"limits": {"budget": 1000, "per_campaign": {"times": 3}}},
    {"limits": {"per_event": {"amount": 11}, "per_customer": {"times": 2, "period": "ever"}}},
]


def _campaigns() -> st.SearchStrategy[dict[str, Document]]:
    one = st.builds(
        lambda effects, conditions, limits: campaign(*effects, conditions=conditions, **limits),
        st.lists(st.sampled_from(EFFECTS), min_size=1, max_size=3),
        st.sampled_from(CONDITIONS),
        st.sampled_from(LIMITS),
    )
    multiple = campaign({"reward_id": "points", "multiply": Decimal("1.5")})
    return st.tuples(st.lists(one, min_size=1, max_size=3), st.booleans()).map(
        lambda drawn: {f"c{i}": one for i, one in enumerate(drawn[0])} | ({"zz": multiple} if drawn[1] else {})
    )


def _body(lines: Sequence[Document], redeemed: int) -> Document:
    products = [
        {name: value for name, value in line.items() if value is not None and name != "redeem"}
        | ({"redeem": redeem(line["redeem"])} if line["redeem"] else {})
        for line in lines
    ]
    value = sum((Decimal(line["value"] or 0) for line in lines), Decimal(0))
    return {
        "order": {"value": value, "discounted_value": value, "products": products},
        **({"redeem": redeem(redeemed)} if redeemed else {}),
    }


def _next_part(event: Event, chance: Random) -> WantedPart:
    """Some of what is left: of a line or two, or by value."""
    remaining = parts.RemainingOrder(must(order_in(event.data)), event.parts)
    left = [(line.sku, remaining.left_of(i)) for i, line in enumerate(remaining.order.lines) if remaining.left_of(i)]
    worth = remaining.value_left * 10_000
    if worth >= 1 and chance.random() < 0.25:
        most = int(worth)
        return part(value=Decimal(chance.choice([most, chance.randint(1, most)])) / 10_000)
    chosen = chance.sample(left, min(len(left), chance.choice([1, 1, 2])))
    whole = [
        (str(sku), chance.choice([amount, amount, amount / 2]).quantize(Decimal("0.0001"))) for sku, amount in chosen
    ]
    return WantedPart(goods(*whole))


class _Undone:
    """What is left of a customer after an event and all that was given back to budgets."""

    def __init__(self, change: Change, refunds: Mapping[str, BudgetAmount]) -> None:
        wallet = change.customer.wallet
        self.lots = {key: one.amount for key, one in wallet.lots.items()}
        self.debts = {name: debt for name, debt in wallet.debts.items() if debt}
        self.refunds = {name: amount for name, amount in refunds.items() if amount != BudgetAmount()}
        self.usage = change.customer.usage.progress, change.customer.usage.limits
        self.tags, self.offers = change.customer.tags, change.customer.offers
        self.shortfalls = wallet.shortfalls


@given(_lines(6), _campaigns(), st.sampled_from([0, 0, 10, 37]), st.booleans(), st.sampled_from([1, 40]), st.randoms())
@settings(max_examples=300, deadline=None)
def test_any_parts_in_any_order_come_to_the_whole(
    lines: list[Document], campaigns: dict[str, Document], redeemed: int, held: bool, hours: int, chance: Random
) -> None:
    by = rules(None, **campaigns)
    assert not by.left_out
    rich = customer(lot(20, after(days=2)), lot(13, after(days=2), campaign_id="other"), lot(40))
    with_budget = [name for name, one in campaigns.items() if {"budget", "per_campaign"} & one.get("limits", {}).keys()]
    left = {name: ShardsLeft({"0": BudgetAmount(Decimal(1000), 9)}, 1) for name in with_budget}
    body = _body(lines, redeemed)
    one = emit(rich, by=by, fulfilled=not held, budget=BudgetReservation(left, 50), **body)
    state, event = one.customer, one.event
    if held:
        change = must(lifecycle.fulfil(event, state, after(minutes=1)))
        state, event = change.customer, must(change.event)
    expected = must(reverse(event, state, after(hours=hours)))
    refunds: dict[str, BudgetAmount] = {}
    before = state
    for number in range(60):
        wanted = None if number == 59 or chance.random() < 0.1 else _next_part(event, chance)
        try:
            change = must(reverse(event, state, after(hours=hours), wanted=wanted))
        except MoreThanLeftError:
            continue  # what is left of the value is less than the product
        assert {name: max(amount.amount, Decimal(0)) for name, amount in change.budget.refunds.items()} == {
            name: amount.amount for name, amount in change.budget.refunds.items()
        }
        refunds = add_budgets(refunds, change.budget.refunds)
        state, event = change.customer, must(change.event)
        if event.status is EventStatus.REVERSED:
            break
        assert all(0 <= taken <= one.amount for one, taken in zip(event.promised_lots, _total(event), strict=True))
    assert event.status is EventStatus.REVERSED
    assert vars(_Undone(change, refunds)) == vars(_Undone(expected, expected.budget.refunds)), before


def _total(event: Event) -> list[Decimal]:
    return parts.sums([one.granted for one in event.parts], len(event.promised_lots))


# In the life of a customer


def _steps() -> st.SearchStrategy[list[tuple[Any, ...]]]:
    earn = st.tuples(st.just("earn"), st.sampled_from(["DAY", "EVER", "LATER"]), st.integers(1, 20))
    spend = st.tuples(st.just("spend"), st.integers(1, 30))
    some = st.tuples(st.just("part"), st.integers(0, 30), st.integers(1, 9))
    whole = st.tuples(st.just("reverse"), st.integers(0, 30))
    wait = st.tuples(st.just("wait"), st.sampled_from([1, 20, 40]))
    return st.lists(st.one_of(earn, earn, spend, some, some, whole, wait), min_size=4, max_size=30)


@given(_steps(), st.booleans(), st.randoms())
@settings(max_examples=100, deadline=None)
def test_what_is_earned_spent_and_returned_in_parts_ends_where_the_standing_events_say(
    steps: list[tuple[Any, ...]], with_debts: bool, chance: Random
) -> None:
    reward = "points" if with_debts else "stars"
    one = History(
        rules(
            day=campaign(effect(1, reward, per=per(), expires_in="1/days"), trigger="DAY"),
            ever=campaign(effect(1, reward, per=per()), trigger="EVER"),
            later=campaign(effect(1, reward, per=per(), available_after="1/days"), trigger="LATER"),
        )
    )
    for act, *about in steps:
        events = sorted(one.events)
        if act == "earn":
            one.emit({"type": about[0], "order": {"value": Decimal(about[1])}})
        elif act == "spend":
            one.emit({"type": "SPEND", "redeem": redeem(about[0], reward), "order": {"value": Decimal(10)}})
        elif act == "wait":
            # Points of any lot pay a debt: with debts, sums are only compared while nothing ends.
            one.now += timedelta(hours=0 if with_debts else about[0])
            one.remove_what_is_over()
        elif events:
            event_id = events[about[0] % len(events)]
            one.reverse(event_id, part(value=about[1]) if act == "part" else None)
        assert replay(one.records).lots == one.customer.wallet.lots
    # Whatever was spent comes back in parts; then there is what the standing events have granted, less what came back.
    for event_id in chance.sample(sorted(one.events), len(one.events)):
        event = one.events[event_id]
        while one.events[event_id].redeemed_lots and one.events[event_id].status is EventStatus.RESOLVED:
            if isinstance(one.reverse(event_id, part(value=chance.choice([1, 3]))), LoyaltyError):
                one.reverse(event_id)
        assert event.customer_id == one.customer.customer_id
    one.now += timedelta(days=0 if with_debts else 3)
    one.remove_what_is_over()
    standing = sum(
        (
            lot.amount - taken
            for event in one.events.values()
            if event.status is EventStatus.RESOLVED
            for lot, taken in zip(event.promised_lots, _total(event), strict=True)
            if not lot.is_expired(one.now)
        ),
        Decimal(0),
    )
    assert (
        sum((lot.amount for lot in one.customer.wallet.lots.values()), Decimal(0))
        - sum(one.customer.wallet.debts.values(), Decimal(0))
        == standing
    )


# What shipped


def shipped(*named: tuple[str, int | str], **order: Any) -> Shipped:
    return Shipped(goods(*named)) if named else Shipped(order=order)


def _held(by: Ruleset | None = None, **more: Any) -> tuple[Any, Event]:
    one = emit(
        customer(lot(100)),
        by=by or one_rule(effect(per=per())),
        fulfilled=False,
        order=order(),
        redeem=redeem(30),
        **more,
    )
    return one.customer, one.event


def test_what_shipped_is_paid_and_the_rest_is_released() -> None:
    state, event = _held()
    assert sums(state) == (70, 30, 60)
    change = must(lifecycle.fulfil(event, state, after(minutes=1), shipped(("A", 1), ("B", 1))))
    assert moved(change.record.entries) == [(EntryType.RELEASE, 20), (EntryType.ACCUMULATION, 20)]
    assert (must(change.event).status, sums(change.customer)) == (EventStatus.RESOLVED, (110, 0, 0))
    assert replay([event, change.record]).holds == {}
    again = lifecycle.fulfil(must(change.event), change.customer, after(hours=1), shipped(("A", 1), ("B", 1)))
    assert again is None
    with pytest.raises(EventResolvedError):
        lifecycle.fulfil(must(change.event), change.customer, after(hours=1), shipped(("A", 1)))
    assert lifecycle.fulfil(must(change.event), change.customer, after(hours=1)) is None
    with pytest.raises(MoreThanLeftError):
        reverse(must(change.event), change.customer, after(hours=1), wanted=part(("C", 1)))
    last = must(reverse(must(change.event), change.customer, after(hours=1), wanted=part(("A", 1))))
    assert sums(last.customer) == (105, 0, 0), "five of what was spent come back, ten that were earned go"
    last = must(reverse(must(last.event), last.customer, after(hours=1)))
    assert (must(last.event).status, sums(last.customer)) == (EventStatus.REVERSED, (100, 0, 0))


@pytest.mark.parametrize(
    ("final", "paid"),
    [
        ({"value": 45}, 45),
        ({"value": 60}, 60),
        ({"products": [{"sku": "A", "amount": 1}, {"sku": "C", "amount": 1, "value": 24}]}, 34),
        ({"products": [{"sku": "B", "amount": "1.5"}]}, 15),
        ({"products": [{"sku": "B", "value": 20}]}, 20),
        ({"products": [{"sku": "B", "amount": 1}, {"sku": "B", "amount": 1}, {"sku": "A"}]}, 30),
        ({"value": 50, "products": [{"sku": sku, "amount": n} for sku, n in (("A", 1), ("B", 2), ("C", 1))]}, 50),
    ],
    ids=str,
)
def test_a_final_order_is_paid_by_what_it_has_come_to(final: dict[str, Any], paid: int) -> None:
    state, event = _held()
    sent = {**final}
    if "products" in final:
        sent["products"] = [
            {name: Decimal(value) if name != "sku" else value for name, value in line.items()}
            for line in final["products"]
        ]
    change = must(lifecycle.fulfil(event, state, after(minutes=1), shipped(**sent)))
    assert sum(lot.amount for lot in must(change.event).granted_lots) == paid
    assert sums(change.customer)[0] == 100 - paid // 2 + paid
    whole = must(reverse(must(change.event), change.customer, after(hours=1)))
    assert sums(whole.customer) == (100, 0, 0)


def test_goods_by_the_kilo_come_back_by_the_piece() -> None:
    state, event = _held()
    final = {"products": [{"sku": "C", "amount": 1, "value": Decimal(10)}]}
    change = must(lifecycle.fulfil(event, state, after(minutes=1), shipped(**final)))
    assert sum(lot.amount for lot in must(change.event).granted_lots) == 10
    change = must(reverse(must(change.event), change.customer, after(hours=1), wanted=part(("C", 1))))
    assert (must(change.event).status, sums(change.customer)) == (EventStatus.REVERSED, (100, 0, 0))


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (shipped(("X", 1)), "products.0.sku"),
        (shipped(("B", 3)), "products.0.amount"),
        (shipped(value=Decimal(61)), "order.value"),
        (shipped(value=Decimal(0)), "order"),
        (shipped(store_id="7"), "order"),
        (shipped(purchase_id="another", value=Decimal(1)), "order.purchase_id"),
        (shipped(products=[{"sku": "X"}]), "order.products.0.sku"),
        (shipped(products=[{"sku": "B", "amount": Decimal(3)}]), "order.products.0.amount"),
        (shipped(products=[{"sku": "C", "value": Decimal(31)}]), "order.products.0.value"),
        (shipped(products=[]), "order"),
    ],
)
def test_never_more_ships_than_was_held_and_never_nothing(asked: Shipped, field: str) -> None:
    state, event = _held()
    with pytest.raises(LoyaltyError) as refused:
        lifecycle.fulfil(event, state, after(minutes=1), asked)
    assert [problem.field for problem in refused.value.fields] == [field]
    assert refused.value.status in (400, 422)


@given(_lines(5), _campaigns(), st.sampled_from([0, 10, 37]), st.randoms())
@settings(max_examples=150, deadline=None)
def test_what_ships_and_comes_back_in_parts_leaves_nothing(
    lines: list[Document], campaigns: dict[str, Document], redeemed: int, chance: Random
) -> None:
    rich = customer(lot(20, after(days=2)), lot(13, after(days=2), campaign_id="other"), lot(40))
    with_budget = [name for name, one in campaigns.items() if {"budget", "per_campaign"} & one.get("limits", {}).keys()]
    left = {name: ShardsLeft({"0": BudgetAmount(Decimal(1000), 9)}, 1) for name in with_budget}
    by = rules(None, **campaigns)
    assert not by.left_out
    one = emit(rich, by=by, fulfilled=False, budget=BudgetReservation(left, 50), **_body(lines, redeemed))
    bought = [(line.sku, line.amount) for line in must(order_in(one.event.data)).lines]
    sent = [Goods(str(sku), (amount / chance.choice([1, 2])).quantize(Decimal("0.0001"))) for sku, amount in bought]
    change = must(
        lifecycle.fulfil(one.event, one.customer, after(hours=1), Shipped(tuple(sent[: chance.randint(1, 5)])))
    )
    refunds = add_budgets({}, change.budget.refunds)
    state, event = change.customer, must(change.event)
    for promised, paid in zip(one.event.promised_lots, _total(event), strict=True):
        assert 0 <= paid <= promised.amount
    for number in range(60):
        wanted = None if number == 59 or chance.random() < 0.1 else _next_part(event, chance)
        try:
            change = must(reverse(event, state, after(hours=1), wanted=wanted))
        except MoreThanLeftError:
            continue
        refunds = add_budgets(refunds, change.budget.refunds)
        state, event = change.customer, must(change.event)
        if event.status is EventStatus.REVERSED:
            break
    cancelled = must(reverse(one.event, one.customer, after(hours=1)))
    assert vars(_Undone(change, refunds)) == vars(_Undone(cancelled, cancelled.budget.refunds))


# What is available later, and what was rescued

LATER = one_rule(effect(per=per(), available_after="14/days"))
VESTS = datetime(2026, 3, 25, tzinfo=UTC)


@pytest.mark.parametrize("skus", [*permutations(ALL)], ids="".join)
def test_parts_take_back_what_is_not_available_yet_and_nothing_else(skus: tuple[str, ...]) -> None:
    one = emit(customer(lot(5)), by=LATER, order=order())
    state, event, left = one.customer, one.event, 60
    for sku in skus:
        amount, worth = {"A": (1, 10), "B": (2, 20), "C": (1, 30)}[sku]
        change = must(reverse(event, state, after(days=1), wanted=part((sku, amount))))
        state, event, left = change.customer, must(change.event), left - worth
        assert moved(change.record.entries) == [(EntryType.REVERSAL, -worth)]
        assert [entry.lot.available_from for entry in change.record.entries] == [VESTS]
        assert (sums(state, after(days=1)), sums(state, VESTS)) == ((5, 0, left), (5 + left, 0, 0))
    whole = must(reverse(one.event, one.customer, after(days=1)))
    assert vars(_Undone(change, {})) == vars(_Undone(whole, {}))
    assert event.status is EventStatus.REVERSED
    assert state.wallet.debts["points"] == 0


def test_a_part_that_comes_back_after_they_are_available_can_leave_a_debt() -> None:
    one = emit(by=LATER, order=order())
    change = must(reverse(one.event, one.customer, after(days=1), wanted=part(("A", 1))))
    spent = emit(change.customer, event_id="e2", type="SPEND", order=None, redeem=redeem(40), now=VESTS)
    last = must(reverse(must(change.event), spent.customer, VESTS, wanted=part(("B", 2), ("C", 1))))
    assert (must(last.event).status, sums(last.customer, VESTS)) == (EventStatus.REVERSED, (-40, 0, 0))


def test_what_is_available_when_it_is_told_late_belongs_to_the_line_that_earned_it() -> None:
    by = one_rule(effect(per=PER_A, available_after="1/days"))
    one = emit(by=by, order=order(), issued_at=before(hours=60))
    assert [promised.available_from for promised in one.event.promised_lots] == [None]
    other = must(reverse(one.event, one.customer, wanted=part(("B", 2), ("C", 1))))
    assert sums(other.customer) == (10, 0, 0)


@pytest.mark.parametrize(("days", "totals"), [(1, (90, 0, 20)), (20, (110, 0, 0))])
def test_what_shipped_is_available_as_it_was_promised(days: int, totals: tuple[int, int, int]) -> None:
    state, event = _held(LATER, reserve=30)
    change = must(lifecycle.fulfil(event, state, after(days=days), shipped(("A", 1), ("B", 1))))
    assert (sums(change.customer, after(days=days)), sums(change.customer, VESTS)[0]) == (totals, 110)
    assert replay([event, change.record]).holds == {}
    first = must(reverse(must(change.event), change.customer, after(days=days), wanted=part(("A", 1))))
    whole = must(reverse(must(change.event), change.customer, after(days=days)))
    last = must(reverse(must(first.event), first.customer, after(days=days)))
    assert vars(_Undone(last, {})) == vars(_Undone(whole, {}))
    assert sums(last.customer, VESTS) == (100, 0, 0)


def _rescued() -> Change:
    """Held with 30 of 100 points, and rescued, as it was promised, with those of two lots that were there by then."""
    soon, late = lot(12, after(days=9)), lot(100, after(days=20))
    state, event = _held(LATER)
    expired = must(lifecycle.expire(event, state, after(days=2)))
    state = must(changes.assign_points(expired.customer, lot(-100), after(days=2), allow_negative=False)).customer
    for one in (soon, late):
        state = changes.assign_points(state, one, after(days=2), allow_negative=False).customer
    told = {"reason": "late", "key_id": "k"}
    return must(
        lifecycle.rescue(must(expired.event), state, after(days=3), **told, limits={}, budget=BudgetReservation())
    )


def test_a_part_of_what_was_rescued_gives_back_what_the_rescue_redeemed() -> None:
    change = _rescued()
    rescued = must(change.event)
    assert sums(change.customer, after(days=3)) == (82, 0, 60)
    assert sizes(rescued.redeemed_lots) == [12, 18]
    first = must(reverse(rescued, change.customer, after(days=4), wanted=part(("C", 1))))
    assert moved(first.record.entries) == [
        (EntryType.REVERSAL, 6),
        (EntryType.REVERSAL, 9),
        (EntryType.REVERSAL, -30),
    ]
    assert [entry.lot.expires_at for entry in first.record.entries] == [after(days=9), after(days=20), None]
    assert (must(first.event).status, must(first.event).rescue) == (EventStatus.RESOLVED, rescued.rescue)
    assert sums(first.customer, after(days=4)) == (97, 0, 30)
    last = must(reverse(must(first.event), first.customer, after(days=4), wanted=part(("A", 1), ("B", 2))))
    whole = must(reverse(rescued, change.customer, after(days=4)))
    assert vars(_Undone(last, {})) == vars(_Undone(whole, {}))
    assert (must(last.event).status, sums(last.customer, after(days=4))) == (EventStatus.REVERSED, (112, 0, 0))


def test_what_was_rescued_was_paid_as_a_whole() -> None:
    change = _rescued()
    first = must(reverse(must(change.event), change.customer, after(days=4), wanted=part(("A", 1))))
    for one in (change, first):
        with pytest.raises(EventResolvedError):
            lifecycle.fulfil(must(one.event), one.customer, after(days=4), shipped(("A", 1)))
        assert lifecycle.fulfil(must(one.event), one.customer, after(days=4)) is None
        limits, budget = dict[str, Any](), BudgetReservation()
        told = {"reason": "once more", "key_id": "k"}
        assert (
            lifecycle.rescue(must(one.event), one.customer, after(days=4), **told, limits=limits, budget=budget) is None
        )


@pytest.mark.parametrize("settled", [True, False], ids=["settled", "not settled"])
def test_there_are_no_parts_of_what_has_expired(*, settled: bool) -> None:
    state, event = _held()
    if settled:
        change = must(lifecycle.expire(event, state, after(days=2)))
        state, event = change.customer, must(change.event)
    with pytest.raises(EventExpiredError):
        reverse(event, state, after(days=2), wanted=part(("A", 1)))
    with pytest.raises(EventExpiredError):
        lifecycle.fulfil(event, state, after(days=2), shipped(("A", 1)))
