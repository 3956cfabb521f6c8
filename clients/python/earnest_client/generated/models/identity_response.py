from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="IdentityResponse")


@_attrs_define
class IdentityResponse:
    """What a customer is found by besides an id.

    Attributes:
        channel (str): `email` or `mobile`.
        value (str): The address or the number.
    """

    channel: str
    value: str

    def to_dict(self) -> dict[str, Any]:
        channel = self.channel

        value = self.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "channel": channel,
                "value": value,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        channel = d.pop("channel")

        value = d.pop("value")

        identity_response = cls(
            channel=channel,
            value=value,
        )

        return identity_response
