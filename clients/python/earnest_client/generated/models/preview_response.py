from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.preview_event_response import PreviewEventResponse
    from ..models.warning_response import WarningResponse


T = TypeVar("T", bound="PreviewResponse")


@_attrs_define
class PreviewResponse:
    """What a batch of events would earn.

    Attributes:
        customer_id (str): Who would do it.
        total_points (float): How many points all events would earn, each by itself.
        events (list[PreviewEventResponse]): The events in the order they were sent.
        warnings (list[WarningResponse]): What would not be taken: an e-mail address or mobile number that is not valid
            names nobody.
    """

    customer_id: str
    total_points: float
    events: list[PreviewEventResponse]
    warnings: list[WarningResponse]

    def to_dict(self) -> dict[str, Any]:
        customer_id = self.customer_id

        total_points = self.total_points

        events = []
        for events_item_data in self.events:
            events_item = events_item_data.to_dict()
            events.append(events_item)

        warnings = []
        for warnings_item_data in self.warnings:
            warnings_item = warnings_item_data.to_dict()
            warnings.append(warnings_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "customerId": customer_id,
                "totalPoints": total_points,
                "events": events,
                "warnings": warnings,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.preview_event_response import PreviewEventResponse  # noqa: PLC0415
        from ..models.warning_response import WarningResponse  # noqa: PLC0415

        d = dict(src_dict)
        customer_id = d.pop("customerId")

        total_points = d.pop("totalPoints")

        events = []
        _events = d.pop("events")
        for events_item_data in _events:
            events_item = PreviewEventResponse.from_dict(events_item_data)

            events.append(events_item)

        warnings = []
        _warnings = d.pop("warnings")
        for warnings_item_data in _warnings:
            warnings_item = WarningResponse.from_dict(warnings_item_data)

            warnings.append(warnings_item)

        preview_response = cls(
            customer_id=customer_id,
            total_points=total_points,
            events=events,
            warnings=warnings,
        )

        return preview_response
