"""What an event says that it takes, counts and gives, and what the reckoning says: both in one form, to be compared."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from loyalty.domain.events.event import Event
from loyalty.domain.limits import counters
from loyalty.domain.limits.counters import Counters, digest
from tests.simulation.counting import TYPES, Marks, Place
from tests.simulation.earning import BudgetAmount, Earned, Gift

Claim = tuple[Any, ...]
"""Which campaigns reward, the shares of their budgets, whose limits are used, what is counted, and tags and offers."""

Progress = tuple[dict[str, Decimal], list[list[tuple[int, Decimal]]]]
"""How often each type, and what each condition has counted, by time; not which condition, nor which values."""


def claimed_by(event: Event) -> Claim:
    """What the event says."""
    shares = {name: BudgetAmount(*share) for name, share in event.usage.budgets.items()}
    offers = ((str(one.reference), one.offer) for one in event.granted_offers)
    gifts = {Gift(name, offer.config_id, offer.starts_at, offer.ends_at) for name, offer in offers}
    limits, counted = {*event.usage.limits}, progress_in(event.usage.progress)
    return event.campaign_ids, shares, limits, counted, event.tags, gifts


def claim_of(takes: Earned) -> Claim:
    """What an event must say that takes this."""
    limits = {digest(name) for name in takes.idempotency_ids}
    return takes.campaigns, takes.shares, limits, progress_of(takes.counted), takes.tags, {*takes.gifts}


def progress_in(stored: Counters) -> Progress:
    """Progress as it is stored."""
    types = {name: Decimal(number) for name, number in stored.get(counters.EVENT_TYPES, {}).items()}
    marks = [
        sorted((int(cell.rpartition("@")[2]), Decimal(number)) for cell, number in cells.items())
        for name, cells in stored.items()
        if name != counters.EVENT_TYPES
    ]
    return types, sorted(marks)


def progress_of(counted: Mapping[Place, Marks]) -> Progress:
    """Progress as it is reckoned."""
    types = {digest(mark.value): number for mark, number in counted.get(TYPES, {}).items()}
    marks = [
        sorted((mark.at, number) for mark, number in marks.items())
        for place, marks in counted.items()
        if place != TYPES and marks
    ]
    return types, sorted(marks)
