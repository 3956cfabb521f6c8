from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.campaign_explanation_response import CampaignExplanationResponse
    from ..models.preview_campaign_response import PreviewCampaignResponse


T = TypeVar("T", bound="PreviewEventResponse")


@_attrs_define
class PreviewEventResponse:
    """What an event would earn.

    Attributes:
        event_name (str): The event's name.
        valid (bool): True.
        invalid_reason (None | str): Null.
        total_points (float): How many points it would earn.
        campaigns (list[PreviewCampaignResponse]): The campaigns that the customer can win now.
        explanation (list[CampaignExplanationResponse]): What each campaign of its type would make of it.
    """

    event_name: str
    valid: bool
    invalid_reason: None | str
    total_points: float
    campaigns: list[PreviewCampaignResponse]
    explanation: list[CampaignExplanationResponse]

    def to_dict(self) -> dict[str, Any]:
        event_name = self.event_name

        valid = self.valid

        invalid_reason: None | str
        invalid_reason = self.invalid_reason

        total_points = self.total_points

        campaigns = []
        for campaigns_item_data in self.campaigns:
            campaigns_item = campaigns_item_data.to_dict()
            campaigns.append(campaigns_item)

        explanation = []
        for explanation_item_data in self.explanation:
            explanation_item = explanation_item_data.to_dict()
            explanation.append(explanation_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "eventName": event_name,
                "valid": valid,
                "invalidReason": invalid_reason,
                "totalPoints": total_points,
                "campaigns": campaigns,
                "explanation": explanation,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.campaign_explanation_response import CampaignExplanationResponse  # noqa: PLC0415
        from ..models.preview_campaign_response import PreviewCampaignResponse  # noqa: PLC0415

        d = dict(src_dict)
        event_name = d.pop("eventName")

        valid = d.pop("valid")

        def _parse_invalid_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        invalid_reason = _parse_invalid_reason(d.pop("invalidReason"))

        total_points = d.pop("totalPoints")

        campaigns = []
        _campaigns = d.pop("campaigns")
        for campaigns_item_data in _campaigns:
            campaigns_item = PreviewCampaignResponse.from_dict(campaigns_item_data)

            campaigns.append(campaigns_item)

        explanation = []
        _explanation = d.pop("explanation")
        for explanation_item_data in _explanation:
            explanation_item = CampaignExplanationResponse.from_dict(explanation_item_data)

            explanation.append(explanation_item)

        preview_event_response = cls(
            event_name=event_name,
            valid=valid,
            invalid_reason=invalid_reason,
            total_points=total_points,
            campaigns=campaigns,
            explanation=explanation,
        )

        return preview_event_response
