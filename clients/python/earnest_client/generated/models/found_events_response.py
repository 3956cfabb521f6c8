from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.event_response import EventResponse


T = TypeVar("T", bound="FoundEventsResponse")


@_attrs_define
class FoundEventsResponse:
    """The events of a purchase.

    Attributes:
        data (list[EventResponse]): Those that have the number now, or had it before they were cancelled or expired;
            newest first.
    """

    data: list[EventResponse]

    def to_dict(self) -> dict[str, Any]:
        data = []
        for data_item_data in self.data:
            data_item = data_item_data.to_dict()
            data.append(data_item)

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
        data = []
        _data = d.pop("data")
        for data_item_data in _data:
            data_item = EventResponse.from_dict(data_item_data)

            data.append(data_item)

        found_events_response = cls(
            data=data,
        )

        return found_events_response
