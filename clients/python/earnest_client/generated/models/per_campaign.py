from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="PerCampaign")


@_attrs_define
class PerCampaign:
    """How often all customers together are rewarded.

    Attributes:
        times (int): How often at most.
    """

    times: int

    def to_dict(self) -> dict[str, Any]:
        times = self.times

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "times": times,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        times = d.pop("times")

        per_campaign = cls(
            times=times,
        )

        return per_campaign
