from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="WhereExplanationResponse")


@_attrs_define
class WhereExplanationResponse:
    """One condition that chooses items.

    Attributes:
        field (str): Where it looks in the item.
        operator (str): What it asks of the values there.
        wanted (Any): What it compares them with; of a long list the first few.
    """

    field: str
    operator: str
    wanted: Any

    def to_dict(self) -> dict[str, Any]:
        field = self.field

        operator = self.operator

        wanted = self.wanted

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "field": field,
                "operator": operator,
                "wanted": wanted,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        field = d.pop("field")

        operator = d.pop("operator")

        wanted = d.pop("wanted")

        where_explanation_response = cls(
            field=field,
            operator=operator,
            wanted=wanted,
        )

        return where_explanation_response
