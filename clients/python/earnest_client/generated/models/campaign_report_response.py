from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.campaign_period_response import CampaignPeriodResponse


T = TypeVar("T", bound="CampaignReportResponse")


@_attrs_define
class CampaignReportResponse:
    """A campaign in the time asked for, by the reward that it grants.

    Attributes:
        campaign_id (str): The campaign.
        reward_id (str): The reward.
        periods (list[CampaignPeriodResponse]): The periods in which something happened.
    """

    campaign_id: str
    reward_id: str
    periods: list[CampaignPeriodResponse]

    def to_dict(self) -> dict[str, Any]:
        campaign_id = self.campaign_id

        reward_id = self.reward_id

        periods = []
        for periods_item_data in self.periods:
            periods_item = periods_item_data.to_dict()
            periods.append(periods_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "campaign_id": campaign_id,
                "reward_id": reward_id,
                "periods": periods,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.campaign_period_response import CampaignPeriodResponse  # noqa: PLC0415

        d = dict(src_dict)
        campaign_id = d.pop("campaign_id")

        reward_id = d.pop("reward_id")

        periods = []
        _periods = d.pop("periods")
        for periods_item_data in _periods:
            periods_item = CampaignPeriodResponse.from_dict(periods_item_data)

            periods.append(periods_item)

        campaign_report_response = cls(
            campaign_id=campaign_id,
            reward_id=reward_id,
            periods=periods,
        )

        return campaign_report_response
