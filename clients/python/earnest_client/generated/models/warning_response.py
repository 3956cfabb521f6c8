from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="WarningResponse")


@_attrs_define
class WarningResponse:
    """A field that is probably a mistake; the call was carried out all the same.

    Attributes:
        field (str): Its path.
        message (str): What is wrong with it, and what that means for the call.
    """

    field: str
    message: str

    def to_dict(self) -> dict[str, Any]:
        field = self.field

        message = self.message

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "field": field,
                "message": message,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        field = d.pop("field")

        message = d.pop("message")

        warning_response = cls(
            field=field,
            message=message,
        )

        return warning_response
