from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

T = TypeVar("T", bound="AcceptedResponse")


@_attrs_define
class AcceptedResponse:
    """A request that has been accepted and will be carried out in a moment.

    Attributes:
        trace_id (UUID): What to ask `GET /traces/{traceId}` with.
    """

    trace_id: UUID

    def to_dict(self) -> dict[str, Any]:
        trace_id = str(self.trace_id)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "traceId": trace_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        trace_id = UUID(d.pop("traceId"))

        accepted_response = cls(
            trace_id=trace_id,
        )

        return accepted_response
