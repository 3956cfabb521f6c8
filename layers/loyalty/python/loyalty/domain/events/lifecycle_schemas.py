"""Requests about an event that there is: fulfil, reverse, rescue, extend (the shape of Masivo's behaviour API)."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Self

from pydantic import AfterValidator, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from loyalty.domain.events.returns import Goods, Shipped, WantedPart
from loyalty.domain.events.schemas import (
    RESERVE,
    RESERVE_UNTIL,
    Order,
    ReserveDays,
    refuse_both,
    with_rounded_amounts,
)
from loyalty.domain.schemas import Instant, OrderAmount, Request, Settings, Text, wrong_field

# What would be a part of an event in a call that takes none, or not this one: whoever sends it must not find another.
_PARTS = frozenset(("amount", "discounted_value", "fulfilled", "order", "product", "products", "redeem", "value"))


def _above_zero(amount: Decimal) -> Decimal:
    if amount <= 0:
        raise PydanticCustomError("above_zero", "must be above 0")
    return amount


_PartAmount = Annotated[
    OrderAmount, AfterValidator(_above_zero), WithJsonSchema({"type": "number", "exclusiveMinimum": 0})
]


class PartOfProduct(Settings):
    """So many of one product of an order."""

    sku: Text
    """Which product, as in the order."""
    amount: _PartAmount
    """How many of it."""


PartOfProducts = Annotated[list[PartOfProduct], Field(min_length=1, max_length=500)]


class FulfilRequest(Settings):
    """An event is to be paid as it was promised, or what was shipped of its order."""

    products: PartOfProducts | None = None
    """What was shipped, if that is not all; the rest is released."""
    order: Order | None = None
    """The final order, if it has come to less than was promised, with the lines' amounts and values, or its value."""
    idempotency_key: Text | None = Field(None, alias="idempotencyKey")
    """What makes a retry the same request, if it is not in the header; every retry is anyway."""

    @model_validator(mode="after")
    def _has_one_form(self) -> Self:
        if self.products is not None and self.order is not None:
            raise wrong_field("order", "must not be given together with products")
        return self

    def shipped(self, sent: Mapping[str, Any]) -> Shipped | None:
        """What was shipped, given the body as it was sent; None if that is all."""
        if self.products is None and self.order is None:
            return None
        final = with_rounded_amounts({"order": sent["order"]})["order"] if self.order else None
        return Shipped(_goods(self.products), final)


class ReverseRequest(Request):
    """An event is to be undone, or a part of its order."""

    not_taken = (_PARTS - {"products", "value"}) | {"reserve", "reserve_until"}

    reason: Annotated[str, Field(min_length=1, max_length=500)]
    """Why; it is kept with the event."""
    products: PartOfProducts | None = None
    """What came back, if that is not all."""
    value: _PartAmount | None = None
    """How much of the order's value is given back, instead of products."""
    idempotency_key: Text | None = Field(None, alias="idempotencyKey")
    """What makes a retry the same request, if it is not in the header; a whole event is undone once anyway."""

    @model_validator(mode="after")
    def _has_one_form(self) -> Self:
        if self.products is not None and self.value is not None:
            raise wrong_field("value", "must not be given together with products")
        return self

    def part(self) -> WantedPart | None:
        """The part that is meant; None if that is all."""
        if self.products is None and self.value is None:
            return None
        return WantedPart(_goods(self.products), self.value)


def _goods(products: list[PartOfProduct] | None) -> tuple[Goods, ...]:
    return tuple(Goods(one.sku, one.amount) for one in products or ())


class RescueRequest(Request):
    """An event that has expired is to be paid after all."""

    not_taken = _PARTS | {"reserve", "reserve_until"}

    reason: Annotated[str, Field(min_length=1, max_length=500)]
    """Why; it is kept with the event."""
    idempotency_key: Text | None = Field(None, alias="idempotencyKey")
    """What makes a retry the same request, if it is not in the header; every retry is anyway."""


class ExtendRequest(Request):
    """A hold is to last longer: by days, or until a time."""

    not_taken = _PARTS
    model_config = ConfigDict(json_schema_extra={"oneOf": [RESERVE, RESERVE_UNTIL]})

    reserve: ReserveDays | None = None
    """How many days later it ends."""
    reserve_until: Instant | None = None
    """When it ends."""
    idempotency_key: Text | None = Field(None, alias="idempotencyKey")
    """What makes a retry the same request, if it is not in the header."""

    @model_validator(mode="after")
    def _says_days_or_until(self) -> Self:
        refuse_both(self.reserve, self.reserve_until)
        if self.reserve is None and self.reserve_until is None:
            raise wrong_field("reserve", "is required, or reserve_until")
        return self
