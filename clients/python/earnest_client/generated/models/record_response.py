from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.record_type import RecordType

T = TypeVar("T", bound="RecordResponse")


@_attrs_define
class RecordResponse:
    """A change of a customer that is not an event: what has become of an event, a merge, points that were assigned.

    Attributes:
        type_ (RecordType): What a journal record is about, if it is not an event.
        at (datetime.datetime): When.
        event_id (None | str): The event it was about.
        trace_id (None | str): The request of a marketing tool that asked for it.
        source (None | str): Who sent that request.
        reference (None | str): What the sender called it.
        reason (None | str): Why it was done.
    """

    type_: RecordType
    at: datetime.datetime
    event_id: None | str
    trace_id: None | str
    source: None | str
    reference: None | str
    reason: None | str

    def to_dict(self) -> dict[str, Any]:
        type_ = self.type_.value

        at = self.at.isoformat()

        event_id: None | str
        event_id = self.event_id

        trace_id: None | str
        trace_id = self.trace_id

        source: None | str
        source = self.source

        reference: None | str
        reference = self.reference

        reason: None | str
        reason = self.reason

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "type": type_,
                "at": at,
                "event_id": event_id,
                "trace_id": trace_id,
                "source": source,
                "reference": reference,
                "reason": reason,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        type_ = RecordType(d.pop("type"))

        at = datetime.datetime.fromisoformat(d.pop("at"))

        def _parse_event_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        event_id = _parse_event_id(d.pop("event_id"))

        def _parse_trace_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        trace_id = _parse_trace_id(d.pop("trace_id"))

        def _parse_source(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        source = _parse_source(d.pop("source"))

        def _parse_reference(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reference = _parse_reference(d.pop("reference"))

        def _parse_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason = _parse_reason(d.pop("reason"))

        record_response = cls(
            type_=type_,
            at=at,
            event_id=event_id,
            trace_id=trace_id,
            source=source,
            reference=reference,
            reason=reason,
        )

        return record_response
