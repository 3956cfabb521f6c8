"""The paths that a campaign may ask about: what an event can hold, and what is known of a customer."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Node(NamedTuple):
    """What may stand under a name: the names known there, and whether others may be sent as well."""

    names: Mapping[str, Any] = {}
    open: bool = False


_VALUE = Node()
_ANYTHING = Node(open=True)
_REDEEM = Node({"id": _VALUE, "amount": _VALUE})
_MONEY = {"value": _VALUE, "discounted_value": _VALUE, "redeem": _REDEEM, "metadata": _ANYTHING, "tags": _ANYTHING}
_PRODUCT = Node({**_MONEY, "sku": _VALUE, "amount": _VALUE}, open=True)
_ORDER_VALUES = dict.fromkeys(("purchase_id", "payment_method", "channel_id", "store_id"), _VALUE)
_EVENT_VALUES = dict.fromkeys(
    ("type", "platform", "referral_code", "customer_id", "brand_id", "fulfilled", "reserve", "issued_at"), _VALUE
)
_CUSTOMER_VALUES = dict.fromkeys(
    ("id", "created_at", "email", "mobile", "tier", "first_of_type", "is_birthday_month"), _VALUE
)
FACTS = Node(
    {
        **_EVENT_VALUES,
        "order": Node(
            {**_MONEY, **_ORDER_VALUES, "products": _PRODUCT, "shipping": Node(_MONEY, open=True)},
            open=True,
        ),
        "product": _PRODUCT,
        "redeem": _REDEEM,
        "metadata": _ANYTHING,
        "tags": _ANYTHING,
        "customer": Node({**_CUSTOMER_VALUES, "tags": _ANYTHING, "attributes": _ANYTHING}),
    }
)


TIMES = frozenset(("customer.created_at", "issued_at"))
"""Fields that hold an instant: what orders them is a time, or a day of the brand."""


def impossible(path: str) -> str | None:
    """Why nothing can ever be found at a path; None if something can."""
    node = FACTS
    way: list[str] = []
    for name in path.split("."):
        if not name.strip():
            return "must be names with single dots between them"
        if name in node.names:
            node = node.names[name]
        elif node.open:
            node = _ANYTHING
        elif not node.names:
            return f"cannot exist: {'.'.join(way)} is a single value"
        else:
            return f"cannot exist: {'.'.join(way) or 'an event'} has {', '.join(sorted(node.names))}"
        way.append(name)
    return None
