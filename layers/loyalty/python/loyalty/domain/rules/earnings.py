"""Which lines of an order have earned what campaigns grant: kept with the event for the return of some of them."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from loyalty.domain.money import ZERO
from loyalty.domain.orders import line_values
from loyalty.domain.rules.compiled import Alternative, CompiledCondition, source_of_effect
from loyalty.domain.rules.effects import Effect
from loyalty.domain.rules.fields import EventFields, Source, TooManySteps
from loyalty.domain.wallet.lots import Lot, LotKey
from loyalty.domain.wallet.shares import BY_VALUE, Earned, EffectShares, Weights, added, effect_shares, weights_of

MAX_SHARE_STEPS = 200_000
"""How many steps an event may take to find which lines have earned what; what is not found then goes by value."""

MAX_WEIGHTS = 10_000
"""How many numbers an event keeps of what lines have earned; effects beyond that go by value."""

_PRODUCTS = "order.products"


class Earnings:
    """What each line has earned of each lot, as one event is evaluated.

    An effect that measures lines was earned by each as it measures, with its `where`. A fixed one was earned by the
    lines that met a condition of its rule, by their values: all of them if no condition was about lines. What goes by
    value is the same for all lots, and costs nothing.
    """

    def __init__(self, facts: Mapping[str, Any]) -> None:
        order = facts.get("order")
        self._order: Mapping[str, Any] = order if isinstance(order, Mapping) else {}
        products = self._order.get("products") or ()
        # One line has earned all there is.
        self._products: Sequence[Any] = products if len(products) > 1 else ()
        self._facts = facts
        self._values: tuple[Decimal, ...] = ()
        self._measured: dict[str, Weights] = {}
        self._met: dict[str, frozenset[int]] = {}
        self._lines_by_value: dict[str, dict[Any, set[int]]] = {}
        self._earned: dict[LotKey, Earned] = {}

    @cached_property
    def _lines(self) -> list[EventFields]:
        """The event as each line sees it, which is the only one then."""
        steps_left = [MAX_SHARE_STEPS]
        return [
            EventFields({**self._facts, "order": {**self._order, "products": [one]}}, steps_left)
            for one in self._products
        ]

    def of_effect(self, effect: Effect, amount: Decimal, matched: Sequence[Alternative]) -> Earned:
        """Who has earned that amount of an effect, given the alternatives of its campaign that matched."""
        source = source_of_effect(effect)
        lines = self.measured(source) if source else self._by_conditions(effect, matched)
        return {lines: Fraction(amount)}

    def of_lot(self, lot: Lot) -> Earned:
        """Who has earned a lot."""
        return self._earned.get(lot.key, {BY_VALUE: Fraction(1)})

    def add(self, lot: Lot, earned: Earned) -> None:
        """Note who has earned what is added to a lot."""
        if self._products:
            self._earned[lot.key] = added(self._earned.get(lot.key, {}), earned)

    def measured(self, source: Source) -> Weights:
        """What the lines have at a source; by value if it is not about lines."""
        if not self._products:
            return BY_VALUE
        if source.key not in self._measured:
            self._measured[source.key] = self._measure(source)
        return self._measured[source.key]

    def effect_shares(self, lots: Collection[Lot]) -> tuple[EffectShares, ...]:
        """The shares of each of these lots; nothing if all go by value."""
        found: list[EffectShares] = []
        room = MAX_WEIGHTS
        for lot in lots:
            shares = effect_shares(self._earned.get(lot.key, {}))
            room -= sum(len(one.lines) for one in shares)
            found.append(shares if room >= 0 else ())
        return tuple(found) if any(found) else ()

    def _measure(self, source: Source) -> Weights:
        if source.field == "order.discounted_value":
            return weights_of(line_values(self._order, "discounted_value"))
        if not _is_about_lines(source):
            return BY_VALUE
        try:
            return weights_of([line.total(source) for line in self._lines])
        except TooManySteps:
            return BY_VALUE

    def _by_conditions(self, effect: Effect, matched: Sequence[Alternative]) -> Weights:
        conditions = [
            one
            for alternative in matched
            if any(own is effect for own in alternative.rule.effects)
            for one in alternative.conditions
            if one.source and one.predicate and not one.predicate.negative and _is_about_lines(one.source)
        ]
        if not self._products or not conditions:
            return BY_VALUE
        try:
            met = frozenset().union(*map(self._meeting, conditions))
        except TooManySteps:
            return BY_VALUE
        if len(met) == len(self._products):
            return BY_VALUE
        self._values = self._values or line_values(self._order, "value")
        by_value = tuple(value if i in met else ZERO for i, value in enumerate(self._values))
        return by_value if any(by_value) else tuple(Decimal(i in met) for i in range(len(self._products)))

    def _meeting(self, condition: CompiledCondition) -> frozenset[int]:
        """The lines that meet a condition by themselves."""
        if condition.key not in self._met:
            assert condition.source
            assert condition.predicate
            if condition.predicate.equal_to is not None:
                by_value = self._by_values(condition.source)
                found = set[int]().union(*(by_value.get(value, ()) for value in condition.predicate.equal_to))
            else:
                source, predicate = condition.source, condition.predicate
                found = {i for i, line in enumerate(self._lines) if line.holds(source, predicate)}
            self._met[condition.key] = frozenset(found)
        return self._met[condition.key]

    def _by_values(self, source: Source) -> Mapping[Any, set[int]]:
        """The lines that have a value at a source, by the value."""
        if source.key not in self._lines_by_value:
            by_value: dict[Any, set[int]] = {}
            for i, line in enumerate(self._lines):
                for value in line.at(source).distinct:
                    by_value.setdefault(value, set()).add(i)
            self._lines_by_value[source.key] = by_value
        return self._lines_by_value[source.key]


def _is_about_lines(source: Source) -> bool:
    return f"{source.field}.".startswith(f"{_PRODUCTS}.")
