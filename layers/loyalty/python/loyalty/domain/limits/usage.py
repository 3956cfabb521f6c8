"""What an event uses of limits: progress, per-customer limits and budgets. Undoing the event subtracts exactly that."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from loyalty.domain.limits.budgets import BudgetAmount
from loyalty.domain.limits.counters import Counters, add_counters, drop_oldest

NOTHING: Final[Mapping[str, Any]] = {}


class Usage(NamedTuple):
    """What an event added to its customer's progress and limits, and what it consumed of budgets, by campaign."""

    progress: Counters = NOTHING
    limits: Counters = NOTHING
    budgets: Mapping[str, BudgetAmount] = NOTHING

    @property
    def progress_size(self) -> int:
        """How many counter values of the customer's progress it changes."""
        return sum(map(len, self.progress.values()))


def add_budgets(some: Mapping[str, BudgetAmount], more: Mapping[str, BudgetAmount]) -> dict[str, BudgetAmount]:
    """The sums of both by campaign."""
    return {**some, **{name: some.get(name, BudgetAmount()).plus(amount) for name, amount in more.items()}}


class CustomerUsage(NamedTuple):
    """The sums of a customer's usage.

    `pending_refunds` is due to budgets: undone usage for which the transaction that undid it had no room.
    """

    progress: Counters = NOTHING
    limits: Counters = NOTHING
    pending_refunds: Mapping[str, BudgetAmount] = NOTHING

    def without(self, usage: Usage) -> "CustomerUsage":
        """The sums after an event with this usage has been undone."""
        return CustomerUsage(
            add_counters(self.progress, usage.progress, -1),
            add_counters(self.limits, usage.limits, -1),
            add_budgets(self.pending_refunds, usage.budgets),
        )

    def merged_with(self, other: "CustomerUsage") -> "CustomerUsage":
        """The sums of two customers who are merged."""
        return CustomerUsage(
            drop_oldest(add_counters(self.progress, other.progress)),
            add_counters(self.limits, other.limits),
            add_budgets(self.pending_refunds, other.pending_refunds),
        )
