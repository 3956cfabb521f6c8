from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.per_customer_period_type_0 import PerCustomerPeriodType0
from ..types import UNSET, Unset

T = TypeVar("T", bound="PerCustomer")


@_attrs_define
class PerCustomer:
    """How often one customer is rewarded.

    Attributes:
        times (int): How often at most.
        period (None | PerCustomerPeriodType0 | Unset): The calendar day, week or month of the brand in which that
            counts; `ever` if this is left out.
    """

    times: int
    period: None | PerCustomerPeriodType0 | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        times = self.times

        period: None | str | Unset
        if isinstance(self.period, Unset):
            period = UNSET
        elif isinstance(self.period, PerCustomerPeriodType0):
            period = self.period.value
        else:
            period = self.period

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "times": times,
            }
        )
        if period is not UNSET:
            field_dict["period"] = period

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        times = d.pop("times")

        def _parse_period(data: object) -> None | PerCustomerPeriodType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                period_type_0 = PerCustomerPeriodType0(data)

                return period_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PerCustomerPeriodType0 | Unset, data)

        period = _parse_period(d.pop("period", UNSET))

        per_customer = cls(
            times=times,
            period=period,
        )

        return per_customer
