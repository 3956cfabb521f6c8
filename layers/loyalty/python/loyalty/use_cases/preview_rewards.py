"""Say what a batch of events would earn, without recording anything."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from loyalty.domain.brands import Rules
from loyalty.domain.customers import Customer
from loyalty.domain.errors import UserNotFoundError
from loyalty.domain.events import judge
from loyalty.domain.funds import ENDLESS, SHARDS
from loyalty.domain.listening import Evaluation
from loyalty.domain.merging import with_identities
from loyalty.store.customers import load_for_events
from loyalty.use_cases.funding import funded
from loyalty.use_cases.identifying import identities, met


class Preview(NamedTuple):
    """The customer as they would be, what each campaign would make of each event, and what that was judged by."""

    customer: Customer
    events: list[tuple[str, Evaluation | None]]
    rules: Rules


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
    meeting = met(brand, loaded.customer, loaded.known, now)
    customer = meeting.merge.survivor if meeting else loaded.customer
    if customer.version == 0:
        raise UserNotFoundError("there is no customer with this id")
    customer = with_identities(customer, said, loaded.known)
    events: list[tuple[str, Evaluation | None]] = []
    for name, metadata in body["events"].items():
        one = {"customer_id": customer_id, "brand_id": brand_id, "type": name, "metadata": metadata or {}}
        decide = partial(judge, name, one, customer, brand, rules, now)
        events.append((name, funded(loaded, decide, ENDLESS) if brand.enabled else None))
    return Preview(customer, events, rules)
