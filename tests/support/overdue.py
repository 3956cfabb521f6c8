"""Deadlines that are over when a session begins: by the time their tests run, TTL has removed them."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from loyalty.domain.times import format_instant
from loyalty.store import keys
from tests.support.api import A_POINT_A_DOLLAR, Api
from tests.support.stream import place
from tests.support.tables import Store

A_MINUTE = {
    "name": "For a minute",
    "trigger": "FLASH",
    "rules": [{"effects": [{"reward_id": "points", "amount": 50, "expires_in": "1/minutes"}]}],
}


@dataclass(frozen=True)
class Overdue:
    """A brand in a table of its own, and its holds by customer."""

    store: Store
    api: Api
    holds: dict[str, str]


def lay(store: Store) -> Overdue:
    """Ada and bob have expired holds, cem and dee expired lots; bob spent what his reserved; eve has an active lot."""
    api = Api().set_up(dollar=A_POINT_A_DOLLAR, flash=A_MINUTE)
    now = datetime.now(UTC)
    until = now + timedelta(seconds=1.5)
    holds = {}
    for customer in ("ada", "bob"):
        api.purchase(customer, 100)
        redeem = [{"id": "points", "amount": 60}]
        held = api.purchase(customer, 25, fulfilled=False, reserve_until=format_instant(until), redeem=redeem)
        holds[customer] = held.data["id"]
    # Granted three minutes ago for one minute, and spent in part while it lived.
    api.emit_at(now - timedelta(minutes=3), "cem", type="FLASH")
    api.emit_at(now - timedelta(minutes=3), "cem", type="REDEEM", redeem=[{"id": "points", "amount": Decimal(20)}])
    # Over at once: it is reported three days late.
    assert api.emit("dee", type="FLASH", issued_at=format_instant(now - timedelta(hours=71))).status == 201
    # What someone removes by hand is no deadline.
    api.purchase("eve", 10)
    store.look.delete_item(TableName=store.name, Key=place(keys.lots_deadline(api.brand, "eve")))
    # Bob does not wait for TTL.
    time.sleep(max(0.0, (until - datetime.now(UTC)).total_seconds()))
    assert api.points("bob") == (100, 0, 0)
    assert api.spend("bob", 100).status == 201
    return Overdue(store, api, holds)
