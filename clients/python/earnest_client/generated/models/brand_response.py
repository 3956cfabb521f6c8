from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.brand_response_channel_merging import BrandResponseChannelMerging
from ..models.brand_response_purchase_ids import BrandResponsePurchaseIds

T = TypeVar("T", bound="BrandResponse")


@_attrs_define
class BrandResponse:
    """A brand's settings.

    Attributes:
        brand_id (str): The brand's id.
        name (str): What people call the brand.
        enabled (bool): Whether events are evaluated; a disabled brand still records them.
        time_zone (str): Where the brand's days begin: the IANA name of a time zone.
        channel_merging (BrandResponseChannelMerging): What makes two customers one person.
        sandbox (bool): Whether the brand is one to test with: its answers say so, its calls are in no business metric,
            and it has a
            clock of its own.
        default_region (None | str): The country in which mobile numbers without a country code are read.
        default_reward (None | str): The reward of points that are assigned without naming one.
        purchase_ids (BrandResponsePurchaseIds): Whether the number of a purchase is unique for ever, or starts anew
            every business day.
        remind_before (None | str): How long before they end points are told of.
    """

    brand_id: str
    name: str
    enabled: bool
    time_zone: str
    channel_merging: BrandResponseChannelMerging
    sandbox: bool
    default_region: None | str
    default_reward: None | str
    purchase_ids: BrandResponsePurchaseIds
    remind_before: None | str

    def to_dict(self) -> dict[str, Any]:
        brand_id = self.brand_id

        name = self.name

        enabled = self.enabled

        time_zone = self.time_zone

        channel_merging = self.channel_merging.value

        sandbox = self.sandbox

        default_region: None | str
        default_region = self.default_region

        default_reward: None | str
        default_reward = self.default_reward

        purchase_ids = self.purchase_ids.value

        remind_before: None | str
        remind_before = self.remind_before

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "brand_id": brand_id,
                "name": name,
                "enabled": enabled,
                "time_zone": time_zone,
                "channel_merging": channel_merging,
                "sandbox": sandbox,
                "default_region": default_region,
                "default_reward": default_reward,
                "purchase_ids": purchase_ids,
                "remind_before": remind_before,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        brand_id = d.pop("brand_id")

        name = d.pop("name")

        enabled = d.pop("enabled")

        time_zone = d.pop("time_zone")

        channel_merging = BrandResponseChannelMerging(d.pop("channel_merging"))

        sandbox = d.pop("sandbox")

        def _parse_default_region(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        default_region = _parse_default_region(d.pop("default_region"))

        def _parse_default_reward(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        default_reward = _parse_default_reward(d.pop("default_reward"))

        purchase_ids = BrandResponsePurchaseIds(d.pop("purchase_ids"))

        def _parse_remind_before(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        remind_before = _parse_remind_before(d.pop("remind_before"))

        brand_response = cls(
            brand_id=brand_id,
            name=name,
            enabled=enabled,
            time_zone=time_zone,
            channel_merging=channel_merging,
            sandbox=sandbox,
            default_region=default_region,
            default_reward=default_reward,
            purchase_ids=purchase_ids,
            remind_before=remind_before,
        )

        return brand_response
