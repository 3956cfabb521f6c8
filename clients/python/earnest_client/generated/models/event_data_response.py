from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.event_response import EventResponse


T = TypeVar("T", bound="EventDataResponse")


@_attrs_define
class EventDataResponse:
    """What was asked for.

    Attributes:
        data (EventResponse): Something that a customer did, and what came of it.
    """

    data: EventResponse

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
        from ..models.event_response import EventResponse  # noqa: PLC0415

        d = dict(src_dict)
        data = EventResponse.from_dict(d.pop("data"))

        event_data_response = cls(
            data=data,
        )

        return event_data_response
