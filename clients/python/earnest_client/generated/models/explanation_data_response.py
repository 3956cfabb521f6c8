from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.explanation_response import ExplanationResponse


T = TypeVar("T", bound="ExplanationDataResponse")


@_attrs_define
class ExplanationDataResponse:
    """What was asked for.

    Attributes:
        data (ExplanationResponse): What each campaign of its type made of an event.
    """

    data: ExplanationResponse

    def to_dict(self) -> dict[str, Any]:
        data = self.data.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "data": data,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.explanation_response import ExplanationResponse  # noqa: PLC0415

        d = dict(src_dict)
        data = ExplanationResponse.from_dict(d.pop("data"))

        explanation_data_response = cls(
            data=data,
        )

        return explanation_data_response
