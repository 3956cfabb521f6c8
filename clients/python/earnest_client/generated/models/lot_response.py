from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="LotResponse")


@_attrs_define
class LotResponse:
    """An amount that was earned together and ends together.

    Attributes:
        reward_id (str): Of which reward.
        amount (float): What is left of it.
        campaign_id (None | str): The campaign that granted it.
        issued_at (datetime.datetime): When it was earned.
        expiration_date (datetime.datetime | None): When it ends; null for never.
        available_from (datetime.datetime | None): From when it can be spent, pending until then; null if it can be now.
    """

    reward_id: str
    amount: float
    campaign_id: None | str
    issued_at: datetime.datetime
    expiration_date: datetime.datetime | None
    available_from: datetime.datetime | None

    def to_dict(self) -> dict[str, Any]:
        reward_id = self.reward_id

        amount = self.amount

        campaign_id: None | str
        campaign_id = self.campaign_id

        issued_at = self.issued_at.isoformat()

        expiration_date: None | str
        if isinstance(self.expiration_date, datetime.datetime):
            expiration_date = self.expiration_date.isoformat()
        else:
            expiration_date = self.expiration_date

        available_from: None | str
        if isinstance(self.available_from, datetime.datetime):
            available_from = self.available_from.isoformat()
        else:
            available_from = self.available_from

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reward_id": reward_id,
                "amount": amount,
                "campaign_id": campaign_id,
                "issued_at": issued_at,
                "expiration_date": expiration_date,
                "available_from": available_from,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reward_id = d.pop("reward_id")

        amount = d.pop("amount")

        def _parse_campaign_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        campaign_id = _parse_campaign_id(d.pop("campaign_id"))

        issued_at = datetime.datetime.fromisoformat(d.pop("issued_at"))

        def _parse_expiration_date(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                expiration_date_type_0 = datetime.datetime.fromisoformat(data)

                return expiration_date_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        expiration_date = _parse_expiration_date(d.pop("expiration_date"))

        def _parse_available_from(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                available_from_type_0 = datetime.datetime.fromisoformat(data)

                return available_from_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        available_from = _parse_available_from(d.pop("available_from"))

        lot_response = cls(
            reward_id=reward_id,
            amount=amount,
            campaign_id=campaign_id,
            issued_at=issued_at,
            expiration_date=expiration_date,
            available_from=available_from,
        )

        return lot_response
