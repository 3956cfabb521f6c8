from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.preview_progress_response_completion_reward_type import (
    PreviewProgressResponseCompletionRewardType,
)

T = TypeVar("T", bound="PreviewProgressResponse")


@_attrs_define
class PreviewProgressResponse:
    """How far a campaign is that rewards after several events.

    Attributes:
        current_percentage (float): How far it is.
        would_be_percentage (float): How far it would be with the event.
        completion_reward_points (float | None): What its end gives; null if that depends on the event, or is not
            points.
        completion_reward_type (PreviewProgressResponseCompletionRewardType): What its end gives: points, or anything
            else.
    """

    current_percentage: float
    would_be_percentage: float
    completion_reward_points: float | None
    completion_reward_type: PreviewProgressResponseCompletionRewardType

    def to_dict(self) -> dict[str, Any]:
        current_percentage = self.current_percentage

        would_be_percentage = self.would_be_percentage

        completion_reward_points: float | None
        completion_reward_points = self.completion_reward_points

        completion_reward_type = self.completion_reward_type.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "currentPercentage": current_percentage,
                "wouldBePercentage": would_be_percentage,
                "completionRewardPoints": completion_reward_points,
                "completionRewardType": completion_reward_type,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        current_percentage = d.pop("currentPercentage")

        would_be_percentage = d.pop("wouldBePercentage")

        def _parse_completion_reward_points(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        completion_reward_points = _parse_completion_reward_points(d.pop("completionRewardPoints"))

        completion_reward_type = PreviewProgressResponseCompletionRewardType(d.pop("completionRewardType"))

        preview_progress_response = cls(
            current_percentage=current_percentage,
            would_be_percentage=would_be_percentage,
            completion_reward_points=completion_reward_points,
            completion_reward_type=completion_reward_type,
        )

        return preview_progress_response
