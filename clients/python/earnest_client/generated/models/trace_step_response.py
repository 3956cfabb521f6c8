from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="TraceStepResponse")


@_attrs_define
class TraceStepResponse:
    """One step on a request's way.

    Attributes:
        at (datetime.datetime): When.
        what (str): What happened, in words.
    """

    at: datetime.datetime
    what: str

    def to_dict(self) -> dict[str, Any]:
        at = self.at.isoformat()

        what = self.what

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "at": at,
                "what": what,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        at = datetime.datetime.fromisoformat(d.pop("at"))

        what = d.pop("what")

        trace_step_response = cls(
            at=at,
            what=what,
        )

        return trace_step_response
