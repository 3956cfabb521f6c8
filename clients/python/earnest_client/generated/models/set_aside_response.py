from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.set_aside_queue_response import SetAsideQueueResponse


T = TypeVar("T", bound="SetAsideResponse")


@_attrs_define
class SetAsideResponse:
    """What was set aside by the stack; its counts are not those of the brand alone.

    Attributes:
        queues (list[SetAsideQueueResponse]): Every queue that something is set aside in, empty ones too.
    """

    queues: list[SetAsideQueueResponse]

    def to_dict(self) -> dict[str, Any]:
        queues = []
        for queues_item_data in self.queues:
            queues_item = queues_item_data.to_dict()
            queues.append(queues_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "queues": queues,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.set_aside_queue_response import SetAsideQueueResponse  # noqa: PLC0415

        d = dict(src_dict)
        queues = []
        _queues = d.pop("queues")
        for queues_item_data in _queues:
            queues_item = SetAsideQueueResponse.from_dict(queues_item_data)

            queues.append(queues_item)

        set_aside_response = cls(
            queues=queues,
        )

        return set_aside_response
