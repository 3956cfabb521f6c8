from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.brand_settings_channel_merging_type_0 import (
    BrandSettingsChannelMergingType0,
)
from ..models.brand_settings_purchase_ids_type_0 import BrandSettingsPurchaseIdsType0
from ..types import UNSET, Unset

T = TypeVar("T", bound="BrandSettings")


@_attrs_define
class BrandSettings:
    """Settings of a brand; those not given stay as they are.

    Attributes:
        name (None | str | Unset): What people call the brand.
        enabled (bool | None | Unset): Whether events are evaluated; a disabled brand still records them.
        time_zone (None | str | Unset): Where the brand's days begin.
        channel_merging (BrandSettingsChannelMergingType0 | None | Unset): What makes two customers one person.
        sandbox (bool | None | Unset): Whether the brand is one to test with: its answers say so, its calls are in no
            business metric, and it has a
            clock of its own. That is settled when the brand is made; anything else than what it is is refused.
        default_region (None | str | Unset): The country in which mobile numbers without a country code are read, such
            as `DE`; null for none.
        default_reward (None | str | Unset): The reward of points that are assigned without naming one; null for none.
        purchase_ids (BrandSettingsPurchaseIdsType0 | None | Unset): Whether the number of a purchase is `unique` for
            ever, or starts anew every business day: `daily`.
        remind_before (None | str | Unset): How long before they end `points.expiring` tells of points, such as
            `14/days`, a year at most; null for never.
    """

    name: None | str | Unset = UNSET
    enabled: bool | None | Unset = UNSET
    time_zone: None | str | Unset = UNSET
    channel_merging: BrandSettingsChannelMergingType0 | None | Unset = UNSET
    sandbox: bool | None | Unset = UNSET
    default_region: None | str | Unset = UNSET
    default_reward: None | str | Unset = UNSET
    purchase_ids: BrandSettingsPurchaseIdsType0 | None | Unset = UNSET
    remind_before: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        name: None | str | Unset
        if isinstance(self.name, Unset):
            name = UNSET
        else:
            name = self.name

        enabled: bool | None | Unset
        if isinstance(self.enabled, Unset):
            enabled = UNSET
        else:
            enabled = self.enabled

        time_zone: None | str | Unset
        if isinstance(self.time_zone, Unset):
            time_zone = UNSET
        else:
            time_zone = self.time_zone

        channel_merging: None | str | Unset
        if isinstance(self.channel_merging, Unset):
            channel_merging = UNSET
        elif isinstance(self.channel_merging, BrandSettingsChannelMergingType0):
            channel_merging = self.channel_merging.value
        else:
            channel_merging = self.channel_merging

        sandbox: bool | None | Unset
        if isinstance(self.sandbox, Unset):
            sandbox = UNSET
        else:
            sandbox = self.sandbox

        default_region: None | str | Unset
        if isinstance(self.default_region, Unset):
            default_region = UNSET
        else:
            default_region = self.default_region

        default_reward: None | str | Unset
        if isinstance(self.default_reward, Unset):
            default_reward = UNSET
        else:
            default_reward = self.default_reward

        purchase_ids: None | str | Unset
        if isinstance(self.purchase_ids, Unset):
            purchase_ids = UNSET
        elif isinstance(self.purchase_ids, BrandSettingsPurchaseIdsType0):
            purchase_ids = self.purchase_ids.value
        else:
            purchase_ids = self.purchase_ids

        remind_before: None | str | Unset
        if isinstance(self.remind_before, Unset):
            remind_before = UNSET
        else:
            remind_before = self.remind_before

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if name is not UNSET:
            field_dict["name"] = name
        if enabled is not UNSET:
            field_dict["enabled"] = enabled
        if time_zone is not UNSET:
            field_dict["time_zone"] = time_zone
        if channel_merging is not UNSET:
            field_dict["channel_merging"] = channel_merging
        if sandbox is not UNSET:
            field_dict["sandbox"] = sandbox
        if default_region is not UNSET:
            field_dict["default_region"] = default_region
        if default_reward is not UNSET:
            field_dict["default_reward"] = default_reward
        if purchase_ids is not UNSET:
            field_dict["purchase_ids"] = purchase_ids
        if remind_before is not UNSET:
            field_dict["remind_before"] = remind_before

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        name = _parse_name(d.pop("name", UNSET))

        def _parse_enabled(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        enabled = _parse_enabled(d.pop("enabled", UNSET))

        def _parse_time_zone(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        time_zone = _parse_time_zone(d.pop("time_zone", UNSET))

        def _parse_channel_merging(data: object) -> BrandSettingsChannelMergingType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                channel_merging_type_0 = BrandSettingsChannelMergingType0(data)

                return channel_merging_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(BrandSettingsChannelMergingType0 | None | Unset, data)

        channel_merging = _parse_channel_merging(d.pop("channel_merging", UNSET))

        def _parse_sandbox(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        sandbox = _parse_sandbox(d.pop("sandbox", UNSET))

        def _parse_default_region(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        default_region = _parse_default_region(d.pop("default_region", UNSET))

        def _parse_default_reward(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        default_reward = _parse_default_reward(d.pop("default_reward", UNSET))

        def _parse_purchase_ids(data: object) -> BrandSettingsPurchaseIdsType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                purchase_ids_type_0 = BrandSettingsPurchaseIdsType0(data)

                return purchase_ids_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(BrandSettingsPurchaseIdsType0 | None | Unset, data)

        purchase_ids = _parse_purchase_ids(d.pop("purchase_ids", UNSET))

        def _parse_remind_before(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        remind_before = _parse_remind_before(d.pop("remind_before", UNSET))

        brand_settings = cls(
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

        return brand_settings
