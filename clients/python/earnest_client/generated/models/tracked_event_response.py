from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..models.event_status import EventStatus

if TYPE_CHECKING:
    from ..models.movement_response import MovementResponse


T = TypeVar("T", bound="TrackedEventResponse")


@_attrs_define
class TrackedEventResponse:
    """One event of a batch.

    Attributes:
        name (str): The event's name in the batch.
        event_id (str): The event's id.
        status (EventStatus): The status of an event; CANCELLED and REVERSED ones cannot change it any more.
        accumulations (list[MovementResponse]): What it earned.
    """

    name: str
    event_id: str
    status: EventStatus
    accumulations: list[MovementResponse]

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        event_id = self.event_id

        status = self.status.value

        accumulations = []
        for accumulations_item_data in self.accumulations:
            accumulations_item = accumulations_item_data.to_dict()
            accumulations.append(accumulations_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "eventId": event_id,
                "status": status,
                "accumulations": accumulations,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.movement_response import MovementResponse  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        event_id = d.pop("eventId")

        status = EventStatus(d.pop("status"))

        accumulations = []
        _accumulations = d.pop("accumulations")
        for accumulations_item_data in _accumulations:
            accumulations_item = MovementResponse.from_dict(accumulations_item_data)

            accumulations.append(accumulations_item)

        tracked_event_response = cls(
            name=name,
            event_id=event_id,
            status=status,
            accumulations=accumulations,
        )

        return tracked_event_response
