from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.event_response import EventResponse
    from ..models.explanation_response import ExplanationResponse


T = TypeVar("T", bound="DryRunResponse")


@_attrs_define
class DryRunResponse:
    """An event that has not been stored, and what each campaign makes of it.

    Attributes:
        data (EventResponse): Something that a customer did, and what came of it.
        explanation (ExplanationResponse): What each campaign of its type made of an event.
    """

    data: EventResponse
    explanation: ExplanationResponse

    def to_dict(self) -> dict[str, Any]:
        data = self.data.to_dict()

        explanation = self.explanation.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "data": data,
                "explanation": explanation,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.event_response import EventResponse  # noqa: PLC0415
        from ..models.explanation_response import ExplanationResponse  # noqa: PLC0415

        d = dict(src_dict)
        data = EventResponse.from_dict(d.pop("data"))

        explanation = ExplanationResponse.from_dict(d.pop("explanation"))

        dry_run_response = cls(
            data=data,
            explanation=explanation,
        )

        return dry_run_response
