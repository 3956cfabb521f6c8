from __future__ import annotations

from collections.abc import Mapping
from typing import (
    Any,
    Literal,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="ExistenceCondition")


@_attrs_define
class ExistenceCondition:
    """A condition that there is something at a field, or nothing.

    Attributes:
        field (str): Where to look.
        operator (Literal['exists']): Whether there is a value.
        value (bool | None | Unset): Whether there has to be one; true if this is left out. Default: True.
    """

    field: str
    operator: Literal["exists"]
    value: bool | None | Unset = True

    def to_dict(self) -> dict[str, Any]:
        field = self.field

        operator = self.operator

        value: bool | None | Unset
        if isinstance(self.value, Unset):
            value = UNSET
        else:
            value = self.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "field": field,
                "operator": operator,
            }
        )
        if value is not UNSET:
            field_dict["value"] = value

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        field = d.pop("field")

        operator = cast(Literal["exists"], d.pop("operator"))
        if operator != "exists":
            raise ValueError(f"operator must match const 'exists', got '{operator}'")

        def _parse_value(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        value = _parse_value(d.pop("value", UNSET))

        existence_condition = cls(
            field=field,
            operator=operator,
            value=value,
        )

        return existence_condition
