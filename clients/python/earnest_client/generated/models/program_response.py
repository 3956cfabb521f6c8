from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="ProgramResponse")


@_attrs_define
class ProgramResponse:
    """What one request stored, by id.

    Attributes:
        rewards (list[str]): The rewards.
        config_offers (list[str]): The config offers.
        campaigns (list[str]): The campaigns.
    """

    rewards: list[str]
    config_offers: list[str]
    campaigns: list[str]

    def to_dict(self) -> dict[str, Any]:
        rewards = self.rewards

        config_offers = self.config_offers

        campaigns = self.campaigns

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "rewards": rewards,
                "config_offers": config_offers,
                "campaigns": campaigns,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        rewards = cast(list[str], d.pop("rewards"))

        config_offers = cast(list[str], d.pop("config_offers"))

        campaigns = cast(list[str], d.pop("campaigns"))

        program_response = cls(
            rewards=rewards,
            config_offers=config_offers,
            campaigns=campaigns,
        )

        return program_response
