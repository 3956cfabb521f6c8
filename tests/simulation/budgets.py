"""What campaigns may give in all, and to each customer: the shares, slots and marks that standing events have."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from loyalty.store.table import Item
from tests.simulation.counting import Marks, Place, summed
from tests.simulation.earning import BudgetAmount, Earned, Slot
from tests.simulation.wallets import ZERO

Shards = dict[str, BudgetAmount]


@dataclass
class Budgets:
    """By campaign: what it may give, what standing events have of that, and what each shard has had left, dated."""

    whole: dict[str, BudgetAmount] = field(default_factory=dict)
    left: dict[str, list[tuple[int, Shards]]] = field(default_factory=dict)
    events: dict[str, tuple[str, Earned]] = field(default_factory=dict)

    def allot(self, campaigns: Mapping[str, Mapping[str, Any]]) -> None:
        """Campaigns have these documents now; a limit that is not named stays as it was."""
        for campaign_id, campaign in campaigns.items():
            limits = campaign.get("limits") or {}
            was = self.whole.get(campaign_id, BudgetAmount())
            amount = was.amount if limits.get("budget") is None else Decimal(limits["budget"])
            times = (limits.get("per_campaign") or {}).get("times", was.times)
            if limits.get("budget") is not None or limits.get("per_campaign"):
                self.whole[campaign_id] = BudgetAmount(amount, times)

    def take(self, event_id: str, customer_id: str, takes: Earned) -> None:
        """An event stands, and has this."""
        self.events[event_id] = (customer_id, takes)

    def refund(self, event_ids: Iterable[str]) -> None:
        """These events stand no longer."""
        for event_id in event_ids:
            self.events.pop(event_id, None)

    def had(self, campaign_id: str, slot: Slot, same: Callable[[str], bool]) -> int:
        """How often a campaign has rewarded a customer in that period by events that stand; `same` knows their ids."""
        return sum(takes.idempotency_ids.get(campaign_id) == slot for who, takes in self.events.values() if same(who))

    def counted(self, same: Callable[[str], bool]) -> dict[Place, Marks]:
        """What a customer's events that stand have counted, by condition; `same` knows the customer's ids."""
        marks = [takes.counted for who, takes in self.events.values() if same(who)]
        places = dict.fromkeys(place for one in marks for place in one)
        found = {place: summed(*(one[place] for one in marks if place in one)) for place in places}
        return {place: some for place, some in found.items() if some}

    def used(self, campaign_id: str) -> BudgetAmount:
        """What standing events have of a campaign."""
        shares = [takes.shares.get(campaign_id, BudgetAmount()) for _, takes in self.events.values()]
        return BudgetAmount(sum((one.amount for one in shares), ZERO), sum(one.times for one in shares))

    def least(self, dated: Iterable[tuple[int, Shards]]) -> BudgetAmount:
        """The least that a read of all shards, one after the other, may have found in that time."""
        seen = [shards for _, shards in dated]
        names = {name for shards in seen for name in shards}
        all_of = [[shards.get(name, BudgetAmount()) for shards in seen] for name in names]
        return BudgetAmount(
            sum((min(one.amount for one in some) for some in all_of), ZERO),
            sum(min(one.times for one in some) for some in all_of),
        )

    def wrong(self, campaign_id: str, shards: Shards, owed: BudgetAmount) -> str | None:
        """What does not add up with these shards, and what customers owe; None if all does."""
        left = BudgetAmount(
            sum((one.amount for one in shards.values()), ZERO), sum(one.times for one in shards.values())
        )
        whole, used = self.whole.get(campaign_id, BudgetAmount()), self.used(campaign_id)
        if (
            left.amount + owed.amount + used.amount != whole.amount
            or left.times + owed.times + used.times != whole.times
        ):
            return f"{campaign_id}: {whole} in all, {used} used, {owed} owed, {left} left"
        short = [name for name, one in shards.items() if name != "0" and (one.amount < 0 or one.times < 0)]
        return f"{campaign_id}: less than nothing in {short} of {shards}" if short else None


def share_in(item: Item) -> BudgetAmount:
    """What an item of the table says is left."""
    return BudgetAmount(Decimal(str(item["left"])), int(str(item["times"])))
