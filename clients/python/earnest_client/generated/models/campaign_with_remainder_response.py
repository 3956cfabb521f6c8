from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.campaign_problem_response import CampaignProblemResponse
    from ..models.campaign_response import CampaignResponse
    from ..models.remainder_response import RemainderResponse


T = TypeVar("T", bound="CampaignWithRemainderResponse")


@_attrs_define
class CampaignWithRemainderResponse:
    """A campaign, and what it has left to give.

    Attributes:
        data (CampaignResponse): A campaign as it was written, with its id.
        left (RemainderResponse): What a campaign has left to give.
        problems (list[CampaignProblemResponse]): What keeps it from being read, and so from rewarding anything; empty
            for every campaign as `PUT` stores it.
    """

    data: CampaignResponse
    left: RemainderResponse
    problems: list[CampaignProblemResponse]

    def to_dict(self) -> dict[str, Any]:
        data = self.data.to_dict()

        left = self.left.to_dict()

        problems = []
        for problems_item_data in self.problems:
            problems_item = problems_item_data.to_dict()
            problems.append(problems_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "data": data,
                "left": left,
                "problems": problems,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.campaign_problem_response import CampaignProblemResponse  # noqa: PLC0415
        from ..models.campaign_response import CampaignResponse  # noqa: PLC0415
        from ..models.remainder_response import RemainderResponse  # noqa: PLC0415

        d = dict(src_dict)
        data = CampaignResponse.from_dict(d.pop("data"))

        left = RemainderResponse.from_dict(d.pop("left"))

        problems = []
        _problems = d.pop("problems")
        for problems_item_data in _problems:
            problems_item = CampaignProblemResponse.from_dict(problems_item_data)

            problems.append(problems_item)

        campaign_with_remainder_response = cls(
            data=data,
            left=left,
            problems=problems,
        )

        return campaign_with_remainder_response
