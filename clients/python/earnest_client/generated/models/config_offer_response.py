from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.config_offer_response_benefits import ConfigOfferResponseBenefits


T = TypeVar("T", bound="ConfigOfferResponse")


@_attrs_define
class ConfigOfferResponse:
    """What offers are made of.

    Attributes:
        id (str): The config offer's id.
        name (str): What customers call it.
        benefits (ConfigOfferResponseBenefits): What it gives.
        active (bool): Whether offers can be made of it.
    """

    id: str
    name: str
    benefits: ConfigOfferResponseBenefits
    active: bool

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        name = self.name

        benefits = self.benefits.to_dict()

        active = self.active

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "name": name,
                "benefits": benefits,
                "active": active,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.config_offer_response_benefits import ConfigOfferResponseBenefits  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        name = d.pop("name")

        benefits = ConfigOfferResponseBenefits.from_dict(d.pop("benefits"))

        active = d.pop("active")

        config_offer_response = cls(
            id=id,
            name=name,
            benefits=benefits,
            active=active,
        )

        return config_offer_response
