"""The fields a rule can look at: which an event and its customer can have, and what one event has there."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from loyalty.domain.money import total


class _Node(NamedTuple):
    """What may stand under a name: the names that are known there, and whether others may be sent as well."""

    names: Mapping[str, Any] = {}
    open: bool = False


_VALUE = _Node()
_ANYTHING = _Node(open=True)
_REDEEM = _Node({"id": _VALUE, "amount": _VALUE})
_MONEY = {"value": _VALUE, "discounted_value": _VALUE, "redeem": _REDEEM, "metadata": _ANYTHING, "tags": _ANYTHING}
_PRODUCT = _Node({**_MONEY, "sku": _VALUE, "amount": _VALUE}, open=True)
_ORDER_VALUES = dict.fromkeys(("purchase_id", "payment_method", "channel_id", "store_id"), _VALUE)
_EVENT_VALUES = dict.fromkeys(
    ("type", "platform", "referral_code", "customer_id", "brand_id", "fulfilled", "reserve", "issued_at"), _VALUE
)
_CUSTOMER_VALUES = dict.fromkeys(
    ("id", "created_at", "email", "mobile", "tier", "first_of_type", "is_birthday_month"), _VALUE
)
_EVENT = _Node(
    {
        **_EVENT_VALUES,
        "order": _Node(
            {**_MONEY, **_ORDER_VALUES, "products": _PRODUCT, "shipping": _Node(_MONEY, open=True)},
            open=True,
        ),
        "product": _PRODUCT,
        "redeem": _REDEEM,
        "metadata": _ANYTHING,
        "tags": _ANYTHING,
        "customer": _Node({**_CUSTOMER_VALUES, "tags": _ANYTHING, "attributes": _ANYTHING}),
    }
)

TIMES = frozenset(("customer.created_at", "issued_at"))
"""Fields that hold an instant: what they are compared with is a time, or a day of the brand."""


def _refuse_impossible(field: str) -> str:
    """The field; PydanticCustomError if no event can have anything there."""
    node = _EVENT
    parents: list[str] = []
    for name in field.split("."):
        if not name.strip():
            raise PydanticCustomError("field", "must be names with single dots between them")
        if name in node.names:
            node = node.names[name]
        elif node.open:
            node = _ANYTHING
        elif not node.names:
            raise PydanticCustomError("field", f"cannot exist: {'.'.join(parents)} is a single value")
        else:
            where = ".".join(parents) or "an event"
            raise PydanticCustomError("field", f"cannot exist: {where} has {', '.join(sorted(node.names))}")
        parents.append(name)
    return field


FieldPath = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_refuse_impossible)]
"""Names with dots between them, such as `order.products.sku`, under which an event can have something."""


def values_at(facts: object, path: Sequence[str]) -> Iterator[Any]:
    """Yield every value at a path; a list on the way, or at its end, stands for each of its elements.

    `tags.vip` finds true in both forms tags are sent in: `{"vip": true}` and `["vip"]`.
    """
    if isinstance(facts, list | tuple):
        for element in facts:
            if len(path) == 1 and element == path[0]:
                yield True
            else:
                yield from values_at(element, path)
    elif not path:
        if facts is not None:
            yield facts
    elif isinstance(facts, Mapping) and path[0] in facts:
        yield from values_at(facts[path[0]], path[1:])


def sum_at(facts: Mapping[str, Any], field: str) -> Decimal:
    """The sum of the numbers at a field; zero if there are none."""
    values = values_at(facts, field.split("."))
    return total(Decimal(one) for one in values if isinstance(one, int | Decimal) and not isinstance(one, bool))
