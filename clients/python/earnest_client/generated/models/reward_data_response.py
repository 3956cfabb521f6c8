from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.reward_response import RewardResponse


T = TypeVar("T", bound="RewardDataResponse")


@_attrs_define
class RewardDataResponse:
    """What was asked for.

    Attributes:
        data (RewardResponse): Something that can be earned and spent.
    """

    data: RewardResponse

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
        from ..models.reward_response import RewardResponse  # noqa: PLC0415

        d = dict(src_dict)
        data = RewardResponse.from_dict(d.pop("data"))

        reward_data_response = cls(
            data=data,
        )

        return reward_data_response
