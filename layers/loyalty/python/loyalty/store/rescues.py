"""What the rescue of an expired event depends on."""

from datetime import datetime
from typing import NamedTuple

from loyalty.domain.customers.customer import Customer
from loyalty.domain.events.event import Event
from loyalty.domain.events.rescue import CustomerLimit
from loyalty.store import budgets
from loyalty.store.customers import load_with_program
from loyalty.store.rulesets import ruleset_of


class RescueState(NamedTuple):
    """The customer, today's limits per customer by the counter of each, and what the event's budgets have left."""

    customer: Customer
    limits: dict[str, CustomerLimit]
    budget_left: budgets.BudgetLeft


def load_for_rescue(event: Event, now: datetime) -> RescueState:
    """The state of today: one round trip, and one more if campaigns with a budget had rewarded the event."""
    customer, program = load_with_program(event.brand_id, event.customer_id, now)
    ruleset = ruleset_of(program)
    limits = {
        campaign.usage_key: CustomerLimit(campaign.campaign_id, campaign.recurrence.times)
        for campaigns in ruleset.campaigns.values()
        for campaign in campaigns
        if campaign.recurrence
    }
    names = list(event.usage.budgets)
    left = budgets.load_left(event.brand_id, names, event.event_id, ruleset.shards(names)) if names else {}
    return RescueState(customer, limits, left)
