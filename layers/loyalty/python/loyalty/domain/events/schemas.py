"""The request that emits an event (the shape of Masivo's behaviour API)."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, model_validator
from pydantic.config import JsonDict

from loyalty.domain.money import round_half_up
from loyalty.domain.schemas import (
    Identifier,
    Instant,
    OrderAmount,
    PathIdentifier,
    PositiveAmount,
    Request,
    Tags,
    Text,
    wrong_field,
)

# In JSON Schema, that a field is given and is not null.
RESERVE: JsonDict = {"required": ["reserve"], "properties": {"reserve": {"not": {"type": "null"}}}}
RESERVE_UNTIL: JsonDict = {"required": ["reserve_until"], "properties": {"reserve_until": {"not": {"type": "null"}}}}

_AMOUNTS = ("value", "discounted_value", "amount")

ReserveDays = Annotated[int, Field(ge=1, le=365)]


class Redemption(Request):
    """Something to be spent."""

    id: Identifier
    """A reward, or an offer of the customer."""
    amount: PositiveAmount
    """How much of it; 1 of an offer."""


Redemptions = Annotated[list[Redemption], Field(max_length=100)]


class Priced(Request):
    """What has a price, and can be paid with points."""

    value: OrderAmount | None = None
    """The price."""
    discounted_value: OrderAmount | None = None
    """The price after discounts."""
    redeem: Redemptions | None = None
    """What it is paid with."""
    metadata: dict[str, Any] | None = None
    """Whatever else is known; campaigns can ask for it."""
    tags: Tags | None = None
    """Tags; campaigns can ask for them."""


class Product(Priced):
    """One line of an order, or what is put into a cart."""

    sku: Text | None = None
    """Which product."""
    amount: OrderAmount | None = None
    """How many of it."""


class Shipping(Priced):
    """How an order is sent."""


class Order(Priced):
    """A purchase."""

    purchase_id: Identifier | None = None
    """The order's number; with type `PURCHASE` the same number, within its `store_id`, is the same event."""
    products: Annotated[list[Product], Field(max_length=500)] | None = None
    """The lines of the order."""
    shipping: Shipping | None = None
    """How it is sent."""
    payment_method: Text | None = None
    """How it is paid."""
    channel_id: Text | None = None
    """Where it came from."""
    store_id: Text | None = None
    """The shop."""


class EmitEventRequest(Request):
    """What a customer did."""

    model_config = ConfigDict(json_schema_extra={"not": {"allOf": [RESERVE, RESERVE_UNTIL]}})

    customer_id: PathIdentifier
    """Who did it; a customer never seen before is created."""
    brand_id: Identifier
    """The key's brand."""
    type: Identifier
    """What it is, such as `PURCHASE`; campaigns are triggered by it."""
    fulfilled: bool | None = None
    """Whether it pays at once, as it does if not given, or is held until it is fulfilled."""
    reserve: ReserveDays | None = None
    """How many days it is held; 1 if not given."""
    reserve_until: Instant | None = None
    """Until when it is held, instead of days."""
    order: Order | None = None
    """The purchase."""
    product: Product | None = None
    """The product of an event that has no order."""
    redeem: Redemptions | None = None
    """What is spent."""
    metadata: dict[str, Any] | None = None
    """Whatever else is known; campaigns can ask for it."""
    tags: Tags | None = None
    """Tags; campaigns can ask for them."""
    issued_at: Instant | None = None
    """When it happened, within the last 72 hours; now if not given, or up to 5 minutes ahead of our clock."""
    platform: Text | None = None
    """Where it happened."""
    referral_code: Text | None = None
    """Who recommended it."""
    idempotency_key: Text | None = Field(None, alias="idempotencyKey")
    """What makes a retry the same request, if it is not in the header."""

    @model_validator(mode="after")
    def _is_held_by_days_or_until(self) -> Self:
        refuse_both(self.reserve, self.reserve_until)
        return self


def redemptions(request: EmitEventRequest) -> Iterator[tuple[str, Redemption]]:
    """All redemptions with their paths: of the event, the product, the order, its shipping and its products."""
    redeemed_at = {"redeem": request.redeem}
    if request.product:
        redeemed_at["product.redeem"] = request.product.redeem
    if request.order:
        redeemed_at["order.redeem"] = request.order.redeem
        if request.order.shipping:
            redeemed_at["order.shipping.redeem"] = request.order.shipping.redeem
        for i, product in enumerate(request.order.products or ()):
            redeemed_at[f"order.products.{i}.redeem"] = product.redeem
    for path, parts in redeemed_at.items():
        yield from ((f"{path}.{i}", redemption) for i, redemption in enumerate(parts or ()))


def with_rounded_amounts(sent: Mapping[str, Any]) -> dict[str, Any]:
    """A valid request as it was sent, but for the amounts of its order and product, which are rounded as in the model.

    Campaigns see this, and it is stored: whoever adds up an event later has the numbers that it was decided by.
    """
    return {**sent, **{name: _rounded(sent[name]) for name in ("order", "product") if name in sent}}


def _rounded(priced: Any) -> Any:
    if not isinstance(priced, Mapping):
        return priced
    changed: dict[str, Any] = {
        name: round_half_up(priced[name]) for name in _AMOUNTS if isinstance(priced.get(name), Decimal)
    }
    if isinstance(priced.get("products"), list):
        changed["products"] = [_rounded(product) for product in priced["products"]]
    if "shipping" in priced:
        changed["shipping"] = _rounded(priced["shipping"])
    return {**priced, **changed}


def refuse_both(reserve: object, reserve_until: object) -> None:
    """Raise ValidationError if a hold is told both in days and by a time."""
    if reserve is not None and reserve_until is not None:
        raise wrong_field("reserve_until", "must not be given together with reserve")
