from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="AdvanceTestClockRequest")


@_attrs_define
class AdvanceTestClockRequest:
    """Where the clock of a brand to test with is to go.

    Attributes:
        to (datetime.datetime): The time that it shall be: after the brand's present time, and within ten years from now
            in real time.
    """

    to: datetime.datetime

    def to_dict(self) -> dict[str, Any]:
        to = self.to.isoformat()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "to": to,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        to = datetime.datetime.fromisoformat(d.pop("to"))

        advance_test_clock_request = cls(
            to=to,
        )

        return advance_test_clock_request
