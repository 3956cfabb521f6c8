from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="GiveOffer")


@_attrs_define
class GiveOffer:
    """The customer gets an offer, made of a config offer, that ends after a period.

    Attributes:
        offer (str): The config offer that it is made of.
        valid_for (str): How long it can be redeemed.
    """

    offer: str
    valid_for: str

    def to_dict(self) -> dict[str, Any]:
        offer = self.offer

        valid_for = self.valid_for

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "offer": offer,
                "valid_for": valid_for,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        offer = d.pop("offer")

        valid_for = d.pop("valid_for")

        give_offer = cls(
            offer=offer,
            valid_for=valid_for,
        )

        return give_offer
