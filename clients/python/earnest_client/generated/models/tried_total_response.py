from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="TriedTotalResponse")


@_attrs_define
class TriedTotalResponse:
    """What it would have granted of one reward.

    Attributes:
        reward_id (str): Of which reward.
        amount (float): How much for all of the events.
    """

    reward_id: str
    amount: float

    def to_dict(self) -> dict[str, Any]:
        reward_id = self.reward_id

        amount = self.amount

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reward_id": reward_id,
                "amount": amount,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reward_id = d.pop("reward_id")

        amount = d.pop("amount")

        tried_total_response = cls(
            reward_id=reward_id,
            amount=amount,
        )

        return tried_total_response
