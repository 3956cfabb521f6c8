from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.reward_settings_type_type_0 import RewardSettingsTypeType0
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.reward_settings_attributes_type_0 import RewardSettingsAttributesType0


T = TypeVar("T", bound="RewardSettings")


@_attrs_define
class RewardSettings:
    """Something that can be earned and spent.

    Attributes:
        name (str): What customers call it.
        type_ (None | RewardSettingsTypeType0 | Unset): What its amounts are: `POINTS`, as they are if not given, money
            off (`DISCOUNT`) or on a card (`GIFT_CARD`), or
            pieces of a `PRODUCT`.
        decimals (int | None | Unset): How many decimals its amounts have at most; if not given, two of money and none
            of others. Pieces have none.
        allow_negative (bool | None | Unset): Whether a reversal may leave a debt; it may if not given.
        attributes (None | RewardSettingsAttributesType0 | Unset): Whatever else the brand wants to know about it.
        expires_in (None | str | Unset): How long assigned points last; campaigns have periods of their own.
    """

    name: str
    type_: None | RewardSettingsTypeType0 | Unset = UNSET
    decimals: int | None | Unset = UNSET
    allow_negative: bool | None | Unset = UNSET
    attributes: None | RewardSettingsAttributesType0 | Unset = UNSET
    expires_in: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.reward_settings_attributes_type_0 import (
            RewardSettingsAttributesType0,  # noqa: PLC0415
        )

        name = self.name

        type_: None | str | Unset
        if isinstance(self.type_, Unset):
            type_ = UNSET
        elif isinstance(self.type_, RewardSettingsTypeType0):
            type_ = self.type_.value
        else:
            type_ = self.type_

        decimals: int | None | Unset
        if isinstance(self.decimals, Unset):
            decimals = UNSET
        else:
            decimals = self.decimals

        allow_negative: bool | None | Unset
        if isinstance(self.allow_negative, Unset):
            allow_negative = UNSET
        else:
            allow_negative = self.allow_negative

        attributes: dict[str, Any] | None | Unset
        if isinstance(self.attributes, Unset):
            attributes = UNSET
        elif isinstance(self.attributes, RewardSettingsAttributesType0):
            attributes = self.attributes.to_dict()
        else:
            attributes = self.attributes

        expires_in: None | str | Unset
        if isinstance(self.expires_in, Unset):
            expires_in = UNSET
        else:
            expires_in = self.expires_in

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
            }
        )
        if type_ is not UNSET:
            field_dict["type"] = type_
        if decimals is not UNSET:
            field_dict["decimals"] = decimals
        if allow_negative is not UNSET:
            field_dict["allow_negative"] = allow_negative
        if attributes is not UNSET:
            field_dict["attributes"] = attributes
        if expires_in is not UNSET:
            field_dict["expires_in"] = expires_in

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.reward_settings_attributes_type_0 import (
            RewardSettingsAttributesType0,  # noqa: PLC0415
        )

        d = dict(src_dict)
        name = d.pop("name")

        def _parse_type_(data: object) -> None | RewardSettingsTypeType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                type_type_0 = RewardSettingsTypeType0(data)

                return type_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RewardSettingsTypeType0 | Unset, data)

        type_ = _parse_type_(d.pop("type", UNSET))

        def _parse_decimals(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        decimals = _parse_decimals(d.pop("decimals", UNSET))

        def _parse_allow_negative(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        allow_negative = _parse_allow_negative(d.pop("allow_negative", UNSET))

        def _parse_attributes(data: object) -> None | RewardSettingsAttributesType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                attributes_type_0 = RewardSettingsAttributesType0.from_dict(data)

                return attributes_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RewardSettingsAttributesType0 | Unset, data)

        attributes = _parse_attributes(d.pop("attributes", UNSET))

        def _parse_expires_in(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        expires_in = _parse_expires_in(d.pop("expires_in", UNSET))

        reward_settings = cls(
            name=name,
            type_=type_,
            decimals=decimals,
            allow_negative=allow_negative,
            attributes=attributes,
            expires_in=expires_in,
        )

        return reward_settings
