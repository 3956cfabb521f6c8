from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.tracked_event_response import TrackedEventResponse
    from ..models.warning_response import WarningResponse


T = TypeVar("T", bound="TrackedResponse")


@_attrs_define
class TrackedResponse:
    """A batch that has been recorded.

    Attributes:
        success (bool): True.
        message (str): How many events were recorded, in words.
        events (list[TrackedEventResponse]): The events in the order they were sent.
        warnings (list[WarningResponse]): What was not taken: an e-mail address or mobile number that is not valid names
            nobody.
    """

    success: bool
    message: str
    events: list[TrackedEventResponse]
    warnings: list[WarningResponse]

    def to_dict(self) -> dict[str, Any]:
        success = self.success

        message = self.message

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
                "success": success,
                "message": message,
                "events": events,
                "warnings": warnings,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.tracked_event_response import TrackedEventResponse  # noqa: PLC0415
        from ..models.warning_response import WarningResponse  # noqa: PLC0415

        d = dict(src_dict)
        success = d.pop("success")

        message = d.pop("message")

        events = []
        _events = d.pop("events")
        for events_item_data in _events:
            events_item = TrackedEventResponse.from_dict(events_item_data)

            events.append(events_item)

        warnings = []
        _warnings = d.pop("warnings")
        for warnings_item_data in _warnings:
            warnings_item = WarningResponse.from_dict(warnings_item_data)

            warnings.append(warnings_item)

        tracked_response = cls(
            success=success,
            message=message,
            events=events,
            warnings=warnings,
        )

        return tracked_response
