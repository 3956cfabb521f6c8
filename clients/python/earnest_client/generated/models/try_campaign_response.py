from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.trial_response import TrialResponse
    from ..models.warning_response import WarningResponse


T = TypeVar("T", bound="TryCampaignResponse")


@_attrs_define
class TryCampaignResponse:
    """What a campaign would have done, and what may be wrong with it.

    Attributes:
        data (TrialResponse): What a campaign would have done.
        warnings (list[WarningResponse]): Fields that no request is known to have, such as `campaign.rules.0.…`; mostly
            none.
    """

    data: TrialResponse
    warnings: list[WarningResponse]

    def to_dict(self) -> dict[str, Any]:
        data = self.data.to_dict()

        warnings = []
        for warnings_item_data in self.warnings:
            warnings_item = warnings_item_data.to_dict()
            warnings.append(warnings_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "data": data,
                "warnings": warnings,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.trial_response import TrialResponse  # noqa: PLC0415
        from ..models.warning_response import WarningResponse  # noqa: PLC0415

        d = dict(src_dict)
        data = TrialResponse.from_dict(d.pop("data"))

        warnings = []
        _warnings = d.pop("warnings")
        for warnings_item_data in _warnings:
            warnings_item = WarningResponse.from_dict(warnings_item_data)

            warnings.append(warnings_item)

        try_campaign_response = cls(
            data=data,
            warnings=warnings,
        )

        return try_campaign_response
