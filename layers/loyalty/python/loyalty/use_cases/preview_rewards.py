"""Say what a batch of events would earn, without recording anything."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from loyalty.domain.customers.customer import Customer
from loyalty.domain.customers.merging import with_identities
from loyalty.domain.errors import UserNotFoundError
from loyalty.domain.events.emit import evaluate_event
from loyalty.domain.limits.budgets import SHARDS, UNLIMITED
from loyalty.domain.rules.evaluator import Evaluation
from loyalty.domain.rules.ruleset import Ruleset
from loyalty.store.customers import load_for_events
from loyalty.use_cases.funding import decide_with_budget
from loyalty.use_cases.identifying import find_merge, identities


class Preview(NamedTuple):
    """The customer as they would be, what each campaign would make of each event, and what that was judged by."""

    customer: Customer
    events: list[tuple[str, Evaluation | None]]
    rules: Ruleset


def preview_rewards(brand_id: str, customer_id: str, body: Mapping[str, Any], now: datetime) -> Preview:
    """For each event of the batch what each campaign would make of it now.

    Decided by the code that decides an emit; each event by itself. An e-mail or mobile that would merge the customer
    with somebody finds them here. Raises ValidationError, UserNotFoundError, BrandNotFoundError.
    """
    said = identities(brand_id, body)
    loaded = load_for_events(brand_id, customer_id, body["events"], SHARDS[0], now, said)
    if (anew := identities(brand_id, body)) != said:  # the region has changed in which mobiles are read
        said, loaded = anew, load_for_events(brand_id, customer_id, body["events"], SHARDS[0], now, anew)
    brand, rules = loaded.brand, loaded.rules
    meeting = find_merge(brand, loaded.customer, loaded.known, now)
    customer = meeting.merge.survivor if meeting else loaded.customer
    if customer.version == 0:
        raise UserNotFoundError("there is no customer with this id")
    customer = with_identities(customer, said, loaded.known)
    events: list[tuple[str, Evaluation | None]] = []
    for name, metadata in body["events"].items():
        one = {"customer_id": customer_id, "brand_id": brand_id, "type": name, "metadata": metadata or {}}
        decide = partial(evaluate_event, name, one, customer, brand, rules, now)
        events.append((name, decide_with_budget(loaded, decide, UNLIMITED) if brand.enabled else None))
    return Preview(customer, events, rules)
