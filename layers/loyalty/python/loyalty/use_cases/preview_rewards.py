"""Say what a batch of events would earn, without recording anything."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from loyalty.domain.brands import Rules
from loyalty.domain.errors import UserNotFoundError
from loyalty.domain.events import judge
from loyalty.domain.funds import ENDLESS, SHARDS
from loyalty.domain.listening import Evaluation
from loyalty.store.customers import load_for_events
from loyalty.use_cases.funding import funded

Preview = list[tuple[str, Evaluation | None]]


def preview_rewards(brand_id: str, customer_id: str, body: Mapping[str, Any], now: datetime) -> tuple[Preview, Rules]:
    """For each event of the batch what each campaign would make of it now, and the rules that say so.

    Decided by the code that decides an emit; each event by itself. Raises UserNotFoundError, BrandNotFoundError.
    """
    loaded = load_for_events(brand_id, customer_id, body["events"], SHARDS[0], now)
    customer, brand, rules = loaded.customer, loaded.brand, loaded.rules
    if customer.version == 0:
        raise UserNotFoundError("there is no customer with this id")
    preview: Preview = []
    for name, metadata in body["events"].items():
        one = {"customer_id": customer_id, "brand_id": brand_id, "type": name, "metadata": metadata or {}}
        decide = partial(judge, name, one, customer, brand, rules, now)
        preview.append((name, funded(loaded, decide, ENDLESS) if brand.enabled else None))
    return preview, rules
