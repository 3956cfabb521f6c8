"""What an event counted beside points: progress, times, and shares of budgets. Undoing it takes exactly that off."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from loyalty.domain.limits.budgets import BudgetAmount
from loyalty.domain.limits.counters import Counters, add_counters

NOTHING: Final[Mapping[str, Any]] = {}


class Usage(NamedTuple):
    """What was added to a customer's progress and limits, and what was taken from budgets, by campaign."""

    progress: Counters = NOTHING
    limits: Counters = NOTHING
    budgets: Mapping[str, BudgetAmount] = NOTHING

    @property
    def progress_size(self) -> int:
        """How many cells of a customer's progress it changes."""
        return sum(map(len, self.progress.values()))


def add_budgets(one: Mapping[str, BudgetAmount], other: Mapping[str, BudgetAmount]) -> dict[str, BudgetAmount]:
    """The shares of both, by campaign."""
    return {**one, **{name: one.get(name, BudgetAmount()).plus(share) for name, share in other.items()}}


class CustomerUsage(NamedTuple):
    """What a customer has counted so far, and what is still owed to budgets: an undoing that had no room yet."""

    progress: Counters = NOTHING
    limits: Counters = NOTHING
    pending_refunds: Mapping[str, BudgetAmount] = NOTHING

    def without(self, counts: Usage) -> "CustomerUsage":
        """As it is when an event that counted this is undone."""
        return CustomerUsage(
            add_counters(self.progress, counts.progress, -1),
            add_counters(self.limits, counts.limits, -1),
            add_budgets(self.pending_refunds, counts.budgets),
        )

    def merged_with(self, other: "CustomerUsage") -> "CustomerUsage":
        """What two customers have counted who are one."""
        return CustomerUsage(
            add_counters(self.progress, other.progress),
            add_counters(self.limits, other.limits),
            add_budgets(self.pending_refunds, other.pending_refunds),
        )
