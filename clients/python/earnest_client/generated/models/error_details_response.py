from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.problem_response import ProblemResponse


T = TypeVar("T", bound="ErrorDetailsResponse")


@_attrs_define
class ErrorDetailsResponse:
    """What an error is about.

    Attributes:
        fields (list[ProblemResponse]): Every offending field; empty if it is about none.
    """

    fields: list[ProblemResponse]

    def to_dict(self) -> dict[str, Any]:
        fields = []
        for fields_item_data in self.fields:
            fields_item = fields_item_data.to_dict()
            fields.append(fields_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "fields": fields,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.problem_response import ProblemResponse  # noqa: PLC0415

        d = dict(src_dict)
        fields = []
        _fields = d.pop("fields")
        for fields_item_data in _fields:
            fields_item = ProblemResponse.from_dict(fields_item_data)

            fields.append(fields_item)

        error_details_response = cls(
            fields=fields,
        )

        return error_details_response
