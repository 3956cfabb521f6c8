from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.preview_campaign_response_reason import PreviewCampaignResponseReason
from ..models.preview_campaign_response_reward_type import (
    PreviewCampaignResponseRewardType,
)

if TYPE_CHECKING:
    from ..models.preview_progress_response import PreviewProgressResponse


T = TypeVar("T", bound="PreviewCampaignResponse")


@_attrs_define
class PreviewCampaignResponse:
    """What a campaign would make of an event.

    Attributes:
        campaign_id (str): The campaign's id.
        campaign_name (str): The campaign's name.
        campaign_end_date (datetime.datetime | None): When it ends.
        eligible (bool): Whether the event counts for it.
        reason (PreviewCampaignResponseReason): What it would make of the event.
        reward_type (PreviewCampaignResponseRewardType): What it gives: points, or anything else.
        reward_points (float | None): How many points it gives; null if that depends on the event, or it gives none.
        coupon_type (None | str): Null: what a coupon is, is up to the brand.
        coupon_value (float | None): Null: what a coupon is worth, is up to the brand.
        points (float): How many points the event would earn.
        times_achieved (int): How often the event would be rewarded.
        progress (None | PreviewProgressResponse): How far it is, if it rewards after several events.
    """

    campaign_id: str
    campaign_name: str
    campaign_end_date: datetime.datetime | None
    eligible: bool
    reason: PreviewCampaignResponseReason
    reward_type: PreviewCampaignResponseRewardType
    reward_points: float | None
    coupon_type: None | str
    coupon_value: float | None
    points: float
    times_achieved: int
    progress: None | PreviewProgressResponse

    def to_dict(self) -> dict[str, Any]:
        from ..models.preview_progress_response import PreviewProgressResponse  # noqa: PLC0415

        campaign_id = self.campaign_id

        campaign_name = self.campaign_name

        campaign_end_date: None | str
        if isinstance(self.campaign_end_date, datetime.datetime):
            campaign_end_date = self.campaign_end_date.isoformat()
        else:
            campaign_end_date = self.campaign_end_date

        eligible = self.eligible

        reason = self.reason.value

        reward_type = self.reward_type.value

        reward_points: float | None
        reward_points = self.reward_points

        coupon_type: None | str
        coupon_type = self.coupon_type

        coupon_value: float | None
        coupon_value = self.coupon_value

        points = self.points

        times_achieved = self.times_achieved

        progress: dict[str, Any] | None
        if isinstance(self.progress, PreviewProgressResponse):
            progress = self.progress.to_dict()
        else:
            progress = self.progress

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "campaignId": campaign_id,
                "campaignName": campaign_name,
                "campaignEndDate": campaign_end_date,
                "eligible": eligible,
                "reason": reason,
                "rewardType": reward_type,
                "rewardPoints": reward_points,
                "couponType": coupon_type,
                "couponValue": coupon_value,
                "points": points,
                "timesAchieved": times_achieved,
                "progress": progress,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.preview_progress_response import PreviewProgressResponse  # noqa: PLC0415

        d = dict(src_dict)
        campaign_id = d.pop("campaignId")

        campaign_name = d.pop("campaignName")

        def _parse_campaign_end_date(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                campaign_end_date_type_0 = datetime.datetime.fromisoformat(data)

                return campaign_end_date_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        campaign_end_date = _parse_campaign_end_date(d.pop("campaignEndDate"))

        eligible = d.pop("eligible")

        reason = PreviewCampaignResponseReason(d.pop("reason"))

        reward_type = PreviewCampaignResponseRewardType(d.pop("rewardType"))

        def _parse_reward_points(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        reward_points = _parse_reward_points(d.pop("rewardPoints"))

        def _parse_coupon_type(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        coupon_type = _parse_coupon_type(d.pop("couponType"))

        def _parse_coupon_value(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        coupon_value = _parse_coupon_value(d.pop("couponValue"))

        points = d.pop("points")

        times_achieved = d.pop("timesAchieved")

        def _parse_progress(data: object) -> None | PreviewProgressResponse:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                progress_type_0 = PreviewProgressResponse.from_dict(data)

                return progress_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PreviewProgressResponse, data)

        progress = _parse_progress(d.pop("progress"))

        preview_campaign_response = cls(
            campaign_id=campaign_id,
            campaign_name=campaign_name,
            campaign_end_date=campaign_end_date,
            eligible=eligible,
            reason=reason,
            reward_type=reward_type,
            reward_points=reward_points,
            coupon_type=coupon_type,
            coupon_value=coupon_value,
            points=points,
            times_achieved=times_achieved,
            progress=progress,
        )

        return preview_campaign_response
