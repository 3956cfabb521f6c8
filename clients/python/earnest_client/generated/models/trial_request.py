from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.campaign import Campaign


T = TypeVar("T", bound="TrialRequest")


@_attrs_define
class TrialRequest:
    """A campaign that is to be tried, and on whose events.

    Attributes:
        campaign (Campaign): What a `PUT /campaigns/{id}` takes, a file of a campaign says, and the table holds.
        customer_id (str): Whose events it is tried on.
        last (int | None | Unset): How many of their last events of its trigger's type; 10 if this is left out.
    """

    campaign: Campaign
    customer_id: str
    last: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        campaign = self.campaign.to_dict()

        customer_id = self.customer_id

        last: int | None | Unset
        if isinstance(self.last, Unset):
            last = UNSET
        else:
            last = self.last

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "campaign": campaign,
                "customer_id": customer_id,
            }
        )
        if last is not UNSET:
            field_dict["last"] = last

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.campaign import Campaign  # noqa: PLC0415

        d = dict(src_dict)
        campaign = Campaign.from_dict(d.pop("campaign"))

        customer_id = d.pop("customer_id")

        def _parse_last(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        last = _parse_last(d.pop("last", UNSET))

        trial_request = cls(
            campaign=campaign,
            customer_id=customer_id,
            last=last,
        )

        return trial_request
