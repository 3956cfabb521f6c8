from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.program_settings_campaigns_type_0 import ProgramSettingsCampaignsType0
    from ..models.program_settings_config_offers_type_0 import (
        ProgramSettingsConfigOffersType0,
    )
    from ..models.program_settings_rewards_type_0 import ProgramSettingsRewardsType0


T = TypeVar("T", bound="ProgramSettings")


@_attrs_define
class ProgramSettings:
    """Rewards, config offers and campaigns to create or replace, each by its id; what is not named stays as it is.

    Attributes:
        rewards (None | ProgramSettingsRewardsType0 | Unset): Rewards by id.
        config_offers (None | ProgramSettingsConfigOffersType0 | Unset): Config offers by id.
        campaigns (None | ProgramSettingsCampaignsType0 | Unset): Campaigns by id; they may name rewards and config
            offers of the same request.
    """

    rewards: None | ProgramSettingsRewardsType0 | Unset = UNSET
    config_offers: None | ProgramSettingsConfigOffersType0 | Unset = UNSET
    campaigns: None | ProgramSettingsCampaignsType0 | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.program_settings_campaigns_type_0 import (
            ProgramSettingsCampaignsType0,  # noqa: PLC0415
        )
        from ..models.program_settings_config_offers_type_0 import (
            ProgramSettingsConfigOffersType0,  # noqa: PLC0415
        )
        from ..models.program_settings_rewards_type_0 import ProgramSettingsRewardsType0  # noqa: PLC0415

        rewards: dict[str, Any] | None | Unset
        if isinstance(self.rewards, Unset):
            rewards = UNSET
        elif isinstance(self.rewards, ProgramSettingsRewardsType0):
            rewards = self.rewards.to_dict()
        else:
            rewards = self.rewards

        config_offers: dict[str, Any] | None | Unset
        if isinstance(self.config_offers, Unset):
            config_offers = UNSET
        elif isinstance(self.config_offers, ProgramSettingsConfigOffersType0):
            config_offers = self.config_offers.to_dict()
        else:
            config_offers = self.config_offers

        campaigns: dict[str, Any] | None | Unset
        if isinstance(self.campaigns, Unset):
            campaigns = UNSET
        elif isinstance(self.campaigns, ProgramSettingsCampaignsType0):
            campaigns = self.campaigns.to_dict()
        else:
            campaigns = self.campaigns

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if rewards is not UNSET:
            field_dict["rewards"] = rewards
        if config_offers is not UNSET:
            field_dict["config_offers"] = config_offers
        if campaigns is not UNSET:
            field_dict["campaigns"] = campaigns

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.program_settings_campaigns_type_0 import (
            ProgramSettingsCampaignsType0,  # noqa: PLC0415
        )
        from ..models.program_settings_config_offers_type_0 import (
            ProgramSettingsConfigOffersType0,  # noqa: PLC0415
        )
        from ..models.program_settings_rewards_type_0 import ProgramSettingsRewardsType0  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_rewards(data: object) -> None | ProgramSettingsRewardsType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                rewards_type_0 = ProgramSettingsRewardsType0.from_dict(data)

                return rewards_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ProgramSettingsRewardsType0 | Unset, data)

        rewards = _parse_rewards(d.pop("rewards", UNSET))

        def _parse_config_offers(data: object) -> None | ProgramSettingsConfigOffersType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                config_offers_type_0 = ProgramSettingsConfigOffersType0.from_dict(data)

                return config_offers_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ProgramSettingsConfigOffersType0 | Unset, data)

        config_offers = _parse_config_offers(d.pop("config_offers", UNSET))

        def _parse_campaigns(data: object) -> None | ProgramSettingsCampaignsType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                campaigns_type_0 = ProgramSettingsCampaignsType0.from_dict(data)

                return campaigns_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ProgramSettingsCampaignsType0 | Unset, data)

        campaigns = _parse_campaigns(d.pop("campaigns", UNSET))

        program_settings = cls(
            rewards=rewards,
            config_offers=config_offers,
            campaigns=campaigns,
        )

        return program_settings
