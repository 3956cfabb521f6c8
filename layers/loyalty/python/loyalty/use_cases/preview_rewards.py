"""Say what a batch of events would earn, without recording anything."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from loyalty.domain.brands import Rules
from loyalty.domain.campaigns import Verdict
from loyalty.domain.errors import UserNotFoundError
from loyalty.domain.events import judge
from loyalty.store.brands import rules_of
from loyalty.store.customers import load_with_brand

Preview = list[tuple[str, list[Verdict]]]


def preview_rewards(brand_id: str, customer_id: str, body: Mapping[str, Any], now: datetime) -> tuple[Preview, Rules]:
    """For each event of the batch what each campaign would make of it now, and the rules that say so.

    Decided by the code that decides an emit; each event by itself. Raises UserNotFoundError, BrandNotFoundError.
    """
    customer, brand = load_with_brand(brand_id, customer_id, now)
    if customer.version == 0:
        raise UserNotFoundError("there is no customer with this id")
    rules = rules_of(brand)
    preview: Preview = []
    for name, metadata in body["events"].items():
        one = {"customer_id": customer_id, "brand_id": brand_id, "type": name, "metadata": metadata or {}}
        preview.append((name, judge(name, one, customer, rules, now) if brand.enabled else []))
    return preview, rules
