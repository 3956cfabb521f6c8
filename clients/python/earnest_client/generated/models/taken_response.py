from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="TakenResponse")


@_attrs_define
class TakenResponse:
    """An amount that a part has taken.

    Attributes:
        reward_id (str): Of which reward.
        campaign_id (None | str): The campaign that had granted it.
        amount (float): How much.
    """

    reward_id: str
    campaign_id: None | str
    amount: float

    def to_dict(self) -> dict[str, Any]:
        reward_id = self.reward_id

        campaign_id: None | str
        campaign_id = self.campaign_id

        amount = self.amount

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reward_id": reward_id,
                "campaign_id": campaign_id,
                "amount": amount,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reward_id = d.pop("reward_id")

        def _parse_campaign_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        campaign_id = _parse_campaign_id(d.pop("campaign_id"))

        amount = d.pop("amount")

        taken_response = cls(
            reward_id=reward_id,
            campaign_id=campaign_id,
            amount=amount,
        )

        return taken_response
