from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="GivenOfferResponse")


@_attrs_define
class GivenOfferResponse:
    """An offer that an event has given.

    Attributes:
        id (str): The offer's id.
        config_id (str): The config offer it was made of.
        campaign_id (str): The campaign that gave it.
        starts_at (datetime.datetime): From when it can be redeemed.
        ends_at (datetime.datetime): Until before when it can be redeemed.
    """

    id: str
    config_id: str
    campaign_id: str
    starts_at: datetime.datetime
    ends_at: datetime.datetime

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        config_id = self.config_id

        campaign_id = self.campaign_id

        starts_at = self.starts_at.isoformat()

        ends_at = self.ends_at.isoformat()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "config_id": config_id,
                "campaign_id": campaign_id,
                "starts_at": starts_at,
                "ends_at": ends_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        config_id = d.pop("config_id")

        campaign_id = d.pop("campaign_id")

        starts_at = datetime.datetime.fromisoformat(d.pop("starts_at"))

        ends_at = datetime.datetime.fromisoformat(d.pop("ends_at"))

        given_offer_response = cls(
            id=id,
            config_id=config_id,
            campaign_id=campaign_id,
            starts_at=starts_at,
            ends_at=ends_at,
        )

        return given_offer_response
