from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.test_clock_response import TestClockResponse


T = TypeVar("T", bound="TestClockDataResponse")


@_attrs_define
class TestClockDataResponse:
    """What was asked for.

    Attributes:
        data (TestClockResponse): What time it is for a brand.
    """

    data: TestClockResponse

    def to_dict(self) -> dict[str, Any]:
        data = self.data.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "data": data,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.test_clock_response import TestClockResponse  # noqa: PLC0415

        d = dict(src_dict)
        data = TestClockResponse.from_dict(d.pop("data"))

        test_clock_data_response = cls(
            data=data,
        )

        return test_clock_data_response
