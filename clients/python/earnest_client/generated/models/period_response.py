from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="PeriodResponse")


@_attrs_define
class PeriodResponse:
    """What a reward has done in a day or a month; a minus only where the line says so.

    Attributes:
        period (str): The day, or the month.
        granted (float): What campaigns have granted.
        adjusted (float): What was assigned, less what was deducted; negative if that was more.
        redeemed (float): What was spent for good; not what is still reserved.
        expired (float): What ended without being spent (breakage).
        reversed_ (float): What reversals took back, less what they gave back; negative if that was more.
        other (float): What came in or went out otherwise, such as by moving from another system.
    """

    period: str
    granted: float
    adjusted: float
    redeemed: float
    expired: float
    reversed_: float
    other: float

    def to_dict(self) -> dict[str, Any]:
        period = self.period

        granted = self.granted

        adjusted = self.adjusted

        redeemed = self.redeemed

        expired = self.expired

        reversed_ = self.reversed_

        other = self.other

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "period": period,
                "granted": granted,
                "adjusted": adjusted,
                "redeemed": redeemed,
                "expired": expired,
                "reversed": reversed_,
                "other": other,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        period = d.pop("period")

        granted = d.pop("granted")

        adjusted = d.pop("adjusted")

        redeemed = d.pop("redeemed")

        expired = d.pop("expired")

        reversed_ = d.pop("reversed")

        other = d.pop("other")

        period_response = cls(
            period=period,
            granted=granted,
            adjusted=adjusted,
            redeemed=redeemed,
            expired=expired,
            reversed_=reversed_,
            other=other,
        )

        return period_response
