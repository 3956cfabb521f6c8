from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="TriedEffectResponse")


@_attrs_define
class TriedEffectResponse:
    """An amount that it would have granted for an event.

    Attributes:
        reward_id (str): Of which reward.
        amount (float): How much.
        expiration_date (datetime.datetime | None): When it would end; null if it would not.
        available_from (datetime.datetime | None): From when it could be spent; null if it could be at once.
    """

    reward_id: str
    amount: float
    expiration_date: datetime.datetime | None
    available_from: datetime.datetime | None

    def to_dict(self) -> dict[str, Any]:
        reward_id = self.reward_id

        amount = self.amount

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

        tried_effect_response = cls(
            reward_id=reward_id,
            amount=amount,
            expiration_date=expiration_date,
            available_from=available_from,
        )

        return tried_effect_response
