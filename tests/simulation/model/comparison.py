"""What an event and a customer say they consume, count and earn, and what the model says, in one comparable form."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from loyalty.domain.events.event import Event
from loyalty.domain.limits import counters
from loyalty.domain.limits.counters import Counters, digest
from tests.simulation.model.counters import EVENT_TYPES, ConditionPath, CounterValues
from tests.simulation.model.evaluation import BudgetAmount, GrantedOffer, Outcome

ComparableOutcome = tuple[Any, ...]
"""Campaigns that reward, amounts of their budgets, limits used, values counted, tags and offers."""

Progress = tuple[dict[str, Decimal], list[list[tuple[int, Decimal]]]]
"""How often each event type came, and what each condition counted by period; without conditions' names and values."""


def outcome_of(event: Event) -> ComparableOutcome:
    """What the event says."""
    budgets = {name: BudgetAmount(*amount) for name, amount in event.usage.budgets.items()}
    granted = ((str(one.reference), one.offer) for one in event.granted_offers)
    offers = {GrantedOffer(name, offer.config_id, offer.starts_at, offer.ends_at) for name, offer in granted}
    limits, progress = {*event.usage.limits}, stored_progress(event.usage.progress)
    return event.campaign_ids, budgets, limits, progress, event.tags, offers


def comparable(outcome: Outcome) -> ComparableOutcome:
    """What an event with this outcome must say."""
    limits = {digest(name) for name in outcome.limit_periods}
    progress = model_progress(outcome.counters)
    return outcome.campaigns, outcome.budgets, limits, progress, outcome.tags, {*outcome.offers}


def stored_progress(stored: Counters) -> Progress:
    """Progress as the product stores it."""
    types = {name: Decimal(number) for name, number in stored.get(counters.EVENT_TYPES, {}).items()}
    by_condition = [
        sorted((int(key.rpartition("@")[2]), Decimal(number)) for key, number in values.items())
        for name, values in stored.items()
        if name != counters.EVENT_TYPES
    ]
    return types, sorted(by_condition)


def model_progress(by_path: Mapping[ConditionPath, CounterValues]) -> Progress:
    """Progress as the model has it."""
    types = {digest(key.value): number for key, number in by_path.get(EVENT_TYPES, {}).items()}
    by_condition = [
        sorted((key.period, number) for key, number in values.items())
        for path, values in by_path.items()
        if path != EVENT_TYPES and values
    ]
    return types, sorted(by_condition)
