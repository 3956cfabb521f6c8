"""Budgets and limits as they have to be: what campaigns may give, in all and by customer, and what events consume."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from loyalty.store.table import Item
from tests.simulation.model.counters import ConditionPath, CounterValues, add_values
from tests.simulation.model.evaluation import BudgetAmount, LimitPeriod, Outcome
from tests.simulation.model.wallet import ZERO

Shards = dict[str, BudgetAmount]


@dataclass
class ModelBudgets:
    """By campaign, what it may give and what every shard had left since when; by event, whose it is and its outcome.

    Events that were cancelled, expired or reversed are not among `events`: they consume and count nothing.
    """

    totals: dict[str, BudgetAmount] = field(default_factory=dict)
    shards: dict[str, list[tuple[int, Shards]]] = field(default_factory=dict)
    events: dict[str, tuple[str, Outcome]] = field(default_factory=dict)

    def set_limits(self, campaigns: Mapping[str, Mapping[str, Any]]) -> None:
        """Campaigns have these documents now. A limit that a document does not name stays as it was."""
        for campaign_id, campaign in campaigns.items():
            limits = campaign.get("limits") or {}
            before = self.totals.get(campaign_id, BudgetAmount())
            amount = before.amount if limits.get("budget") is None else Decimal(limits["budget"])
            times = (limits.get("per_campaign") or {}).get("times", before.times)
            if limits.get("budget") is not None or limits.get("per_campaign"):
                self.totals[campaign_id] = BudgetAmount(amount, times)

    def consume(self, event_id: str, customer_id: str, outcome: Outcome) -> None:
        """An event was recorded with this outcome."""
        self.events[event_id] = (customer_id, outcome)

    def release(self, event_ids: Iterable[str]) -> None:
        """These events are cancelled, expired or reversed."""
        for event_id in event_ids:
            self.events.pop(event_id, None)

    def times_rewarded(self, counter_id: str, period: LimitPeriod, is_same: Callable[[str], bool]) -> int:
        """How often a campaign has rewarded a customer in that period; `is_same` knows the customer's ids."""
        return sum(
            outcome.limit_periods.get(counter_id) == period
            for customer_id, outcome in self.events.values()
            if is_same(customer_id)
        )

    def counters(self, is_same: Callable[[str], bool]) -> dict[ConditionPath, CounterValues]:
        """What a customer's events have counted, by condition; `is_same` knows the customer's ids."""
        by_event = [outcome.counters for customer_id, outcome in self.events.values() if is_same(customer_id)]
        paths = dict.fromkeys(path for counters in by_event for path in counters)
        sums = {path: add_values(*(counters[path] for counters in by_event if path in counters)) for path in paths}
        return {path: values for path, values in sums.items() if values}

    def consumed(self, campaign_id: str) -> BudgetAmount:
        """What events consume of a campaign's budget."""
        return _sum(outcome.budgets.get(campaign_id, BudgetAmount()) for _, outcome in self.events.values())

    def lowest(self, dated: Iterable[tuple[int, Shards]]) -> BudgetAmount:
        """The least that reading all shards one after the other may have found in that time."""
        seen = [shards for _, shards in dated]
        names = {name for shards in seen for name in shards}
        by_shard = [[shards.get(name, BudgetAmount()) for shards in seen] for name in names]
        return BudgetAmount(
            sum((min(left.amount for left in lefts) for lefts in by_shard), ZERO),
            sum(min(left.times for left in lefts) for lefts in by_shard),
        )

    def discrepancy(self, campaign_id: str, shards: Shards, pending_refunds: BudgetAmount) -> str | None:
        """What is wrong with these shards, given what customers have still to refund; None if all adds up."""
        left = _sum(shards.values())
        total, consumed = self.totals.get(campaign_id, BudgetAmount()), self.consumed(campaign_id)
        if (
            left.amount + pending_refunds.amount + consumed.amount != total.amount
            or left.times + pending_refunds.times + consumed.times != total.times
        ):
            return f"{campaign_id}: {total} in all, {consumed} consumed, {pending_refunds} to be refunded, {left} left"
        overdrawn = [name for name, left in shards.items() if name != "0" and (left.amount < 0 or left.times < 0)]
        return f"{campaign_id}: {overdrawn} of {shards} are overdrawn" if overdrawn else None


def budget_left_in(item: Item) -> BudgetAmount:
    """What a budget shard's item in the table says is left."""
    return BudgetAmount(Decimal(str(item["left"])), int(str(item["times"])))


def _sum(amounts: Iterable[BudgetAmount]) -> BudgetAmount:
    amounts = [*amounts]
    return BudgetAmount(sum((one.amount for one in amounts), ZERO), sum(one.times for one in amounts))
