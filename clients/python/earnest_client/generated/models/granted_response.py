from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="GrantedResponse")


@_attrs_define
class GrantedResponse:
    """What a campaign granted of one reward.

    Attributes:
        reward_id (str): Of which reward.
        amount (float): How much.
        available_from (datetime.datetime | Unset): From when it can be spent; left out if it can be at once.
    """

    reward_id: str
    amount: float
    available_from: datetime.datetime | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        reward_id = self.reward_id

        amount = self.amount

        available_from: str | Unset = UNSET
        if not isinstance(self.available_from, Unset):
            available_from = self.available_from.isoformat()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reward_id": reward_id,
                "amount": amount,
            }
        )
        if available_from is not UNSET:
            field_dict["available_from"] = available_from

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reward_id = d.pop("reward_id")

        amount = d.pop("amount")

        _available_from = d.pop("available_from", UNSET)
        available_from: datetime.datetime | Unset
        if isinstance(_available_from, Unset):
            available_from = UNSET
        else:
            available_from = datetime.datetime.fromisoformat(_available_from)

        granted_response = cls(
            reward_id=reward_id,
            amount=amount,
            available_from=available_from,
        )

        return granted_response
