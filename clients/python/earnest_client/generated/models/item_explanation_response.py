from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="ItemExplanationResponse")


@_attrs_define
class ItemExplanationResponse:
    """One condition on an item, and whether it held for the one that came nearest.

    Attributes:
        field (str): Where it looks in the item.
        operator (str): What it asks of the values there.
        wanted (Any): What it compares them with; of a long list the first few.
        found (Any): What the item had there, null for nothing and a list for several values.
        held (bool): Whether it held.
    """

    field: str
    operator: str
    wanted: Any
    found: Any
    held: bool

    def to_dict(self) -> dict[str, Any]:
        field = self.field

        operator = self.operator

        wanted = self.wanted

        found = self.found

        held = self.held

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "field": field,
                "operator": operator,
                "wanted": wanted,
                "found": found,
                "held": held,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        field = d.pop("field")

        operator = d.pop("operator")

        wanted = d.pop("wanted")

        found = d.pop("found")

        held = d.pop("held")

        item_explanation_response = cls(
            field=field,
            operator=operator,
            wanted=wanted,
            found=found,
            held=held,
        )

        return item_explanation_response
