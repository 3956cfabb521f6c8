from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.tried_event_response import TriedEventResponse
    from ..models.tried_total_response import TriedTotalResponse


T = TypeVar("T", bound="TrialResponse")


@_attrs_define
class TrialResponse:
    """What a campaign would have done.

    Attributes:
        events (list[TriedEventResponse]): The customer's last events of its trigger's type, newest first by when they
            happened.
        granted (list[TriedTotalResponse]): What it would have granted for all of them, by reward.
        complete (bool): Whether these are all events of its type that the customer has, so that all counts are certain.
        passed_over (int): How many events of other types were read on the way; the campaign is not asked about them.
    """

    events: list[TriedEventResponse]
    granted: list[TriedTotalResponse]
    complete: bool
    passed_over: int

    def to_dict(self) -> dict[str, Any]:
        events = []
        for events_item_data in self.events:
            events_item = events_item_data.to_dict()
            events.append(events_item)

        granted = []
        for granted_item_data in self.granted:
            granted_item = granted_item_data.to_dict()
            granted.append(granted_item)

        complete = self.complete

        passed_over = self.passed_over

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "events": events,
                "granted": granted,
                "complete": complete,
                "passed_over": passed_over,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.tried_event_response import TriedEventResponse  # noqa: PLC0415
        from ..models.tried_total_response import TriedTotalResponse  # noqa: PLC0415

        d = dict(src_dict)
        events = []
        _events = d.pop("events")
        for events_item_data in _events:
            events_item = TriedEventResponse.from_dict(events_item_data)

            events.append(events_item)

        granted = []
        _granted = d.pop("granted")
        for granted_item_data in _granted:
            granted_item = TriedTotalResponse.from_dict(granted_item_data)

            granted.append(granted_item)

        complete = d.pop("complete")

        passed_over = d.pop("passed_over")

        trial_response = cls(
            events=events,
            granted=granted,
            complete=complete,
            passed_over=passed_over,
        )

        return trial_response
