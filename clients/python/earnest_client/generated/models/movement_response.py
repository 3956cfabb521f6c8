from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="MovementResponse")


@_attrs_define
class MovementResponse:
    """An amount that an event has moved.

    Attributes:
        amount (float): How much; 1 of an offer.
        reward_id (str): Of which reward; for an offer that was redeemed the offer's id.
        campaign_id (None | str): The campaign that granted it.
        brand_id (str): The brand whose reward it is.
        issued_at (datetime.datetime): When it was earned.
        expiration_date (datetime.datetime | None): When it ends; null for never.
        available_from (datetime.datetime | None): From when it can be spent, pending until then; null if it can be at
            once.
        reservation_expires_at (datetime.datetime | None): When the hold ends that it is in; null if it is in none.
    """

    amount: float
    reward_id: str
    campaign_id: None | str
    brand_id: str
    issued_at: datetime.datetime
    expiration_date: datetime.datetime | None
    available_from: datetime.datetime | None
    reservation_expires_at: datetime.datetime | None

    def to_dict(self) -> dict[str, Any]:
        amount = self.amount

        reward_id = self.reward_id

        campaign_id: None | str
        campaign_id = self.campaign_id

        brand_id = self.brand_id

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

        reservation_expires_at: None | str
        if isinstance(self.reservation_expires_at, datetime.datetime):
            reservation_expires_at = self.reservation_expires_at.isoformat()
        else:
            reservation_expires_at = self.reservation_expires_at

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "amount": amount,
                "reward_id": reward_id,
                "campaign_id": campaign_id,
                "brand_id": brand_id,
                "issued_at": issued_at,
                "expiration_date": expiration_date,
                "available_from": available_from,
                "reservation_expires_at": reservation_expires_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        amount = d.pop("amount")

        reward_id = d.pop("reward_id")

        def _parse_campaign_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        campaign_id = _parse_campaign_id(d.pop("campaign_id"))

        brand_id = d.pop("brand_id")

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

        def _parse_reservation_expires_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                reservation_expires_at_type_0 = datetime.datetime.fromisoformat(data)

                return reservation_expires_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        reservation_expires_at = _parse_reservation_expires_at(d.pop("reservation_expires_at"))

        movement_response = cls(
            amount=amount,
            reward_id=reward_id,
            campaign_id=campaign_id,
            brand_id=brand_id,
            issued_at=issued_at,
            expiration_date=expiration_date,
            available_from=available_from,
            reservation_expires_at=reservation_expires_at,
        )

        return movement_response
