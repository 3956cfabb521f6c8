"""The numbers of purchases as they have to be: each has one event that is not over, and a new one if that never was."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from tests.simulation.model.counters import BOGOTA

Number = tuple[str, str | None, date | None]
"""A purchase's number, its shop, and its business day where the brand's numbers start anew every day."""


@dataclass
class ModelPurchases:
    """By number, the events that had it, each with the time from which on it did."""

    daily: bool = False
    holders: dict[Number, list[tuple[int, str]]] = field(default_factory=dict)

    def number(self, data: Any, issued_at: datetime) -> Number | None:
        """The number of an event of that time; None if it is no purchase with a number."""
        order = data.get("order") or {}
        if data["type"] != "PURCHASE" or "purchase_id" not in order:
            return None
        return order["purchase_id"], order.get("store_id"), (issued_at + BOGOTA).date() if self.daily else None

    def holder(self, number: Number) -> str | None:
        """The event that has the number, or had it last."""
        return next((event_id for _, event_id in self.holders.get(number, [])[::-1]), None)

    def take(self, number: Number, event_id: str, now: int) -> None:
        """An event has the number from now on."""
        self.holders.setdefault(number, []).append((now, event_id))

    def holders_since(self, number: Number, since: int) -> Iterator[str]:
        """The events that had the number at some time from then on."""
        dated = self.holders.get(number, [])
        for i, (_, event_id) in enumerate(dated):
            if i + 1 == len(dated) or dated[i + 1][0] >= since:
                yield event_id
