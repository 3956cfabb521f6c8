from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="CampaignProblemResponse")


@_attrs_define
class CampaignProblemResponse:
    """A field of a stored campaign that this release cannot read.

    Attributes:
        field (str): Its path, such as `rules.0.effects`.
        message (str): What is wrong with it.
    """

    field: str
    message: str

    def to_dict(self) -> dict[str, Any]:
        field = self.field

        message = self.message

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "field": field,
                "message": message,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        field = d.pop("field")

        message = d.pop("message")

        campaign_problem_response = cls(
            field=field,
            message=message,
        )

        return campaign_problem_response
