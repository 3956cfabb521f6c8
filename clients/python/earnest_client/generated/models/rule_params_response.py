from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="RuleParamsResponse")


@_attrs_define
class RuleParamsResponse:
    """The days on which an offer can be redeemed, both included.

    Attributes:
        start_date (datetime.date): The first day.
        end_date (datetime.date): The last day.
    """

    start_date: datetime.date
    end_date: datetime.date

    def to_dict(self) -> dict[str, Any]:
        start_date = self.start_date.isoformat()

        end_date = self.end_date.isoformat()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "startDate": start_date,
                "endDate": end_date,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        start_date = datetime.date.fromisoformat(d.pop("startDate"))

        end_date = datetime.date.fromisoformat(d.pop("endDate"))

        rule_params_response = cls(
            start_date=start_date,
            end_date=end_date,
        )

        return rule_params_response
