from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.campaign_explanation_response import CampaignExplanationResponse
    from ..models.part_explanation_response import PartExplanationResponse
    from ..models.rescue_response import RescueResponse


T = TypeVar("T", bound="ExplanationResponse")


@_attrs_define
class ExplanationResponse:
    """What each campaign of its type made of an event.

    Attributes:
        event_id (str): The event's id.
        type_ (str): What it was.
        evaluated (bool): Whether campaigns were asked.
        campaigns (list[CampaignExplanationResponse]): What each of them made of it.
        parts (list[PartExplanationResponse]): What parts of its order did not ship or came back, oldest first, and what
            each of them took.
        rescue (RescueResponse | Unset): Who paid an event that had expired, and why.
    """

    event_id: str
    type_: str
    evaluated: bool
    campaigns: list[CampaignExplanationResponse]
    parts: list[PartExplanationResponse]
    rescue: RescueResponse | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        event_id = self.event_id

        type_ = self.type_

        evaluated = self.evaluated

        campaigns = []
        for campaigns_item_data in self.campaigns:
            campaigns_item = campaigns_item_data.to_dict()
            campaigns.append(campaigns_item)

        parts = []
        for parts_item_data in self.parts:
            parts_item = parts_item_data.to_dict()
            parts.append(parts_item)

        rescue: dict[str, Any] | Unset = UNSET
        if not isinstance(self.rescue, Unset):
            rescue = self.rescue.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "event_id": event_id,
                "type": type_,
                "evaluated": evaluated,
                "campaigns": campaigns,
                "parts": parts,
            }
        )
        if rescue is not UNSET:
            field_dict["rescue"] = rescue

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.campaign_explanation_response import CampaignExplanationResponse  # noqa: PLC0415
        from ..models.part_explanation_response import PartExplanationResponse  # noqa: PLC0415
        from ..models.rescue_response import RescueResponse  # noqa: PLC0415

        d = dict(src_dict)
        event_id = d.pop("event_id")

        type_ = d.pop("type")

        evaluated = d.pop("evaluated")

        campaigns = []
        _campaigns = d.pop("campaigns")
        for campaigns_item_data in _campaigns:
            campaigns_item = CampaignExplanationResponse.from_dict(campaigns_item_data)

            campaigns.append(campaigns_item)

        parts = []
        _parts = d.pop("parts")
        for parts_item_data in _parts:
            parts_item = PartExplanationResponse.from_dict(parts_item_data)

            parts.append(parts_item)

        _rescue = d.pop("rescue", UNSET)
        rescue: RescueResponse | Unset
        if isinstance(_rescue, Unset):
            rescue = UNSET
        else:
            rescue = RescueResponse.from_dict(_rescue)

        explanation_response = cls(
            event_id=event_id,
            type_=type_,
            evaluated=evaluated,
            campaigns=campaigns,
            parts=parts,
            rescue=rescue,
        )

        return explanation_response
