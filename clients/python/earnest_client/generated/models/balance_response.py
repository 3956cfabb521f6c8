from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="BalanceResponse")


@_attrs_define
class BalanceResponse:
    """What a customer has of one reward.

    Attributes:
        reward_id (str): Of which reward.
        available (float): What can be spent; negative if there is a debt.
        total (float): The same, as Masivo's API names it.
        reserved (float): What open holds have taken.
        pending (float): What open holds promise, and what has been earned and is not available yet.
        next_expiration (datetime.datetime | None): When the next lot ends.
        expiration_date (datetime.datetime | None): The same, as Masivo's API names it.
    """

    reward_id: str
    available: float
    total: float
    reserved: float
    pending: float
    next_expiration: datetime.datetime | None
    expiration_date: datetime.datetime | None

    def to_dict(self) -> dict[str, Any]:
        reward_id = self.reward_id

        available = self.available

        total = self.total

        reserved = self.reserved

        pending = self.pending

        next_expiration: None | str
        if isinstance(self.next_expiration, datetime.datetime):
            next_expiration = self.next_expiration.isoformat()
        else:
            next_expiration = self.next_expiration

        expiration_date: None | str
        if isinstance(self.expiration_date, datetime.datetime):
            expiration_date = self.expiration_date.isoformat()
        else:
            expiration_date = self.expiration_date

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reward_id": reward_id,
                "available": available,
                "total": total,
                "reserved": reserved,
                "pending": pending,
                "next_expiration": next_expiration,
                "expiration_date": expiration_date,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reward_id = d.pop("reward_id")

        available = d.pop("available")

        total = d.pop("total")

        reserved = d.pop("reserved")

        pending = d.pop("pending")

        def _parse_next_expiration(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                next_expiration_type_0 = datetime.datetime.fromisoformat(data)

                return next_expiration_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        next_expiration = _parse_next_expiration(d.pop("next_expiration"))

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

        balance_response = cls(
            reward_id=reward_id,
            available=available,
            total=total,
            reserved=reserved,
            pending=pending,
            next_expiration=next_expiration,
            expiration_date=expiration_date,
        )

        return balance_response
