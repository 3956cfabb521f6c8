from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.test_clock_response_status import TestClockResponseStatus

T = TypeVar("T", bound="TestClockResponse")


@_attrs_define
class TestClockResponse:
    """What time it is for a brand.

    Attributes:
        now (datetime.datetime): The brand's present time; real time for a live brand, and for one whose clock was never
            advanced.
        status (TestClockResponseStatus): Whether the clock ticks, or is on its way and stands still at the instant
            whose ends are being settled.
        to (datetime.datetime | None): Where the last advance goes, or went; null if there was none.
    """

    now: datetime.datetime
    status: TestClockResponseStatus
    to: datetime.datetime | None

    def to_dict(self) -> dict[str, Any]:
        now = self.now.isoformat()

        status = self.status.value

        to: None | str
        if isinstance(self.to, datetime.datetime):
            to = self.to.isoformat()
        else:
            to = self.to

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "now": now,
                "status": status,
                "to": to,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        now = datetime.datetime.fromisoformat(d.pop("now"))

        status = TestClockResponseStatus(d.pop("status"))

        def _parse_to(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                to_type_0 = datetime.datetime.fromisoformat(data)

                return to_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        to = _parse_to(d.pop("to"))

        test_clock_response = cls(
            now=now,
            status=status,
            to=to,
        )

        return test_clock_response
