from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.test_message_response import TestMessageResponse


T = TypeVar("T", bound="TestMessageDataResponse")


@_attrs_define
class TestMessageDataResponse:
    """What was asked for.

    Attributes:
        data (TestMessageResponse): A message that is on its way.
    """

    data: TestMessageResponse

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
        from ..models.test_message_response import TestMessageResponse  # noqa: PLC0415

        d = dict(src_dict)
        data = TestMessageResponse.from_dict(d.pop("data"))

        test_message_data_response = cls(
            data=data,
        )

        return test_message_data_response
