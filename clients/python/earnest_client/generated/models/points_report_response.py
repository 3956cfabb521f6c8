from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.campaign_report_response import CampaignReportResponse
    from ..models.reward_report_response import RewardReportResponse


T = TypeVar("T", bound="PointsReportResponse")


@_attrs_define
class PointsReportResponse:
    """What points have done in a time.

    Attributes:
        time_zone (str): Where the days of the report begin.
        open_holds (int): How many events are pending now, whether they reserve anything or only promise it.
        rewards (list[RewardReportResponse]): By reward.
        campaigns (list[CampaignReportResponse]): By campaign and reward.
    """

    time_zone: str
    open_holds: int
    rewards: list[RewardReportResponse]
    campaigns: list[CampaignReportResponse]

    def to_dict(self) -> dict[str, Any]:
        time_zone = self.time_zone

        open_holds = self.open_holds

        rewards = []
        for rewards_item_data in self.rewards:
            rewards_item = rewards_item_data.to_dict()
            rewards.append(rewards_item)

        campaigns = []
        for campaigns_item_data in self.campaigns:
            campaigns_item = campaigns_item_data.to_dict()
            campaigns.append(campaigns_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "time_zone": time_zone,
                "open_holds": open_holds,
                "rewards": rewards,
                "campaigns": campaigns,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.campaign_report_response import CampaignReportResponse  # noqa: PLC0415
        from ..models.reward_report_response import RewardReportResponse  # noqa: PLC0415

        d = dict(src_dict)
        time_zone = d.pop("time_zone")

        open_holds = d.pop("open_holds")

        rewards = []
        _rewards = d.pop("rewards")
        for rewards_item_data in _rewards:
            rewards_item = RewardReportResponse.from_dict(rewards_item_data)

            rewards.append(rewards_item)

        campaigns = []
        _campaigns = d.pop("campaigns")
        for campaigns_item_data in _campaigns:
            campaigns_item = CampaignReportResponse.from_dict(campaigns_item_data)

            campaigns.append(campaigns_item)

        points_report_response = cls(
            time_zone=time_zone,
            open_holds=open_holds,
            rewards=rewards,
            campaigns=campaigns,
        )

        return points_report_response
