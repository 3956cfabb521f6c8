"""Builders with defaults: what a test does not care about, it does not say."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from loyalty.domain.customers.customer import Customer
from loyalty.domain.events import lifecycle
from loyalty.domain.events.changes import Change
from loyalty.domain.events.emit import EmitDecision
from loyalty.domain.events.emit import emit as emit_event
from loyalty.domain.events.event import Event
from loyalty.domain.events.returns import Goods, WantedPart
from loyalty.domain.events.schemas import EmitEventRequest
from loyalty.domain.limits.budgets import BudgetReservation
from loyalty.domain.offers import Offer
from loyalty.domain.program.brands import Brand
from loyalty.domain.program.catalog import Catalog
from loyalty.domain.program.config_offers import ConfigOffer
from loyalty.domain.program.rewards import Reward
from loyalty.domain.rules.ruleset import Ruleset
from loyalty.domain.times import format_instant
from loyalty.domain.wallet.lots import EntryType, Hold, LedgerEntry, Lot, LotKey
from loyalty.domain.wallet.update import balances
from loyalty.domain.wallet.wallet import Wallet

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)

Document = dict[str, Any]
Number = int | str | Decimal


def after(**length: float) -> datetime:
    """So much later than NOW."""
    return NOW + timedelta(**length)


def before(**length: float) -> datetime:
    """So much earlier than NOW."""
    return NOW - timedelta(**length)


def lot(
    amount: Number = 10,
    expires_at: datetime | None = None,
    reward_id: str = "points",
    campaign_id: str | None = "spend",
    issued_at: datetime = NOW,
) -> Lot:
    """Some points."""
    return Lot(reward_id, Decimal(amount), campaign_id, issued_at, expires_at)


def hold(*reserved: Lot, until: datetime, promises: tuple[Lot, ...] = ()) -> Hold:
    """A hold on these parts of lots."""
    return Hold(until, reserved, promises)


def wallet(*lots: Lot, debt: Number = 0, holds: Mapping[str, Hold] | None = None) -> Wallet:
    """A wallet with these lots, a debt of points, and these holds."""
    held = [one for hold in (holds or {}).values() for one in (*hold.reserved, *hold.pending)]
    debts = {one.reward_id: Decimal(0) for one in (*lots, *held)} | {"points": Decimal(debt)}
    return Wallet({one.key: one for one in lots}, debts, dict(holds or {}))


def customer(*lots: Lot, **fields: Any) -> Customer:
    """A customer with these lots."""
    return Customer("demo", "ana", NOW, **{"version": 1, "wallet": wallet(*lots), **fields})


def offer(offer_id: str = "o1", ends_at: datetime | None = None, **fields: Any) -> Offer:
    """An offer that is active for a day, if nothing else is said."""
    settings = {"config_id": "free-coffee", "customer_id": "ana", "starts_at": NOW, "rank": 1, **fields}
    return Offer(offer_id, ends_at=ends_at or after(days=1), **settings)


def newcomer() -> Customer:
    """A customer nobody has stored yet."""
    return Customer("demo", "ana", NOW)


def effect(amount: Number = 1, reward_id: str = "points", **more: object) -> Document:
    """What a rule grants: a fixed amount."""
    return {"reward_id": reward_id, "amount": Decimal(amount), **more}


def per(field: str = "order.value", every: Number = 1) -> Document:
    """For every full `every` of the field."""
    return {"field": field, "every": Decimal(every)}


def campaign(*effects: Document, conditions: list[list[Document]] | None = None, **more: object) -> Document:
    """A running campaign on purchases: a point a dollar, if no effects are given."""
    rule = {"effects": list(effects) or [effect(per=per())], **({"conditions": conditions} if conditions else {})}
    return {"name": "A campaign", "trigger": "PURCHASE", "status": "RUNNING", "rules": [rule], **more}


POINTS = Reward("points", "Points")
REWARDS = {
    "points": POINTS,
    "stars": Reward("stars", "Stars", decimals=2, allow_negative=False),
    "coffee": Reward("coffee", "A free coffee", type="PRODUCT"),
}
CONFIG_OFFERS = {
    "treat": ConfigOffer("treat", "A treat", {"product": "cake"}),
    "old": ConfigOffer("old", "An old one", active=False),
}
CATALOG = Catalog(REWARDS, CONFIG_OFFERS)


def rules(brand: Brand | None = None, **campaigns: Document) -> Ruleset:
    """The rewards `points`, `stars` (two decimals, never negative) and `coffee`, and these campaigns."""
    documents = {name.replace("_", "-"): one for name, one in (campaigns or {"spend": campaign()}).items()}
    return Ruleset.compile(brand or Brand("demo", "Demo"), CATALOG, documents)


def emit(
    to: Customer | None = None,
    *,
    event_id: str = "e1",
    now: datetime = NOW,
    by: Ruleset | None = None,
    enabled: bool = True,
    budget: BudgetReservation | None = None,
    history: bool = False,
    **body: Any,
) -> EmitDecision:
    """What an event does to a customer, a purchase of 100 if nothing else is said."""
    asked = {"customer_id": "ana", "brand_id": "demo", "type": "PURCHASE", "order": {"value": 100}, **body}
    times = {name: one for name, one in asked.items() if isinstance(one, datetime)}
    sent = {name: format_instant(one) if isinstance(one, datetime) else one for name, one in asked.items()}
    return emit_event(
        EmitEventRequest.model_validate(asked | dict.fromkeys(times)).model_copy(update=times),
        sent,
        to or newcomer(),
        Brand("demo", "Demo", enabled=enabled),
        by or rules(),
        event_id=event_id,
        fingerprint=f"print of {event_id}",
        now=now,
        budget=budget or BudgetReservation(),
        history=history,
    )


def redeem(amount: Number, reward_id: str = "points") -> list[Document]:
    """The `redeem` list of one entry."""
    return [{"id": reward_id, "amount": Decimal(amount)}]


def reverse(
    event: Event,
    of: Customer,
    now: datetime = NOW,
    *,
    allow_negative: bool = True,
    expired_unspent: Mapping[LotKey, Decimal] | None = None,
    wanted: WantedPart | None = None,
) -> Change | None:
    """A reversal, of all or of a part, for a reason."""
    return lifecycle.reverse(
        event,
        of,
        now,
        reason="brought back",
        allow_negative={"points": allow_negative, "stars": False},
        expired_unspent=expired_unspent or {},
        wanted=wanted,
    )


def goods(*named: tuple[str, Number]) -> tuple[Goods, ...]:
    """So many of these products."""
    return tuple(Goods(sku, Decimal(amount)) for sku, amount in named)


def part(*named: tuple[str, Number], value: Number | None = None) -> WantedPart:
    """A part of an order that came back: products, or value."""
    return WantedPart(goods(*named), None if value is None else Decimal(value))


def must[T](found: T | None) -> T:
    """The one that is there."""
    assert found is not None
    return found


def sums(of: Customer | Wallet, now: datetime = NOW, reward_id: str = "points") -> tuple[Number, Number, Number]:
    """What can be spent, is held, is promised, of one reward."""
    found = {one.reward_id: one for one in balances(of.wallet if isinstance(of, Customer) else of, now)}
    one = found[reward_id]
    return one.available, one.reserved, one.pending


def moved(lines: Iterable[LedgerEntry]) -> list[tuple[EntryType, Number]]:
    """What each line is about, and what it did to what can be spent."""
    return [(line.type, line.amount) for line in lines]


def sizes(lots: Iterable[Lot]) -> list[Number]:
    """The amounts of some lots."""
    return [one.amount for one in lots]
