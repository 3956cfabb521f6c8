from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.config_offer_settings_benefits_type_0 import (
        ConfigOfferSettingsBenefitsType0,
    )


T = TypeVar("T", bound="ConfigOfferSettings")


@_attrs_define
class ConfigOfferSettings:
    """What offers are made of; those that are assigned keep what they were made of.

    Attributes:
        name (str): What customers call it.
        benefits (ConfigOfferSettingsBenefitsType0 | None | Unset): What it gives; its form is up to the brand.
        active (bool | None | Unset): Whether offers can be made of it; they can if not given.
    """

    name: str
    benefits: ConfigOfferSettingsBenefitsType0 | None | Unset = UNSET
    active: bool | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.config_offer_settings_benefits_type_0 import (
            ConfigOfferSettingsBenefitsType0,  # noqa: PLC0415
        )

        name = self.name

        benefits: dict[str, Any] | None | Unset
        if isinstance(self.benefits, Unset):
            benefits = UNSET
        elif isinstance(self.benefits, ConfigOfferSettingsBenefitsType0):
            benefits = self.benefits.to_dict()
        else:
            benefits = self.benefits

        active: bool | None | Unset
        if isinstance(self.active, Unset):
            active = UNSET
        else:
            active = self.active

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
            }
        )
        if benefits is not UNSET:
            field_dict["benefits"] = benefits
        if active is not UNSET:
            field_dict["active"] = active

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.config_offer_settings_benefits_type_0 import (
            ConfigOfferSettingsBenefitsType0,  # noqa: PLC0415
        )

        d = dict(src_dict)
        name = d.pop("name")

        def _parse_benefits(data: object) -> ConfigOfferSettingsBenefitsType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                benefits_type_0 = ConfigOfferSettingsBenefitsType0.from_dict(data)

                return benefits_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ConfigOfferSettingsBenefitsType0 | None | Unset, data)

        benefits = _parse_benefits(d.pop("benefits", UNSET))

        def _parse_active(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        active = _parse_active(d.pop("active", UNSET))

        config_offer_settings = cls(
            name=name,
            benefits=benefits,
            active=active,
        )

        return config_offer_settings
