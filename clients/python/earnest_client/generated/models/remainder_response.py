from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="RemainderResponse")


@_attrs_define
class RemainderResponse:
    """What a campaign has left to give.

    Attributes:
        budget (float | None): How much of its budget; null if it has none.
        times (int | None): How many times; null if there is no limit.
    """

    budget: float | None
    times: int | None

    def to_dict(self) -> dict[str, Any]:
        budget: float | None
        budget = self.budget

        times: int | None
        times = self.times

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "budget": budget,
                "times": times,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_budget(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        budget = _parse_budget(d.pop("budget"))

        def _parse_times(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        times = _parse_times(d.pop("times"))

        remainder_response = cls(
            budget=budget,
            times=times,
        )

        return remainder_response
