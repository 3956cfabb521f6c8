from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Multiple")


@_attrs_define
class Multiple:
    """What campaigns that do not multiply grant of this reward for the same event, so many times: it adds the rest.

    Attributes:
        reward_id (str): The reward that is granted.
        multiply (float): How many times as much is granted in all.
        expires_in (None | str | Unset): When it ends, counted from the event; never if this is left out.
        available_after (None | str | Unset): From when it can be spent, counted from the event and pending until then;
            at once if this is left out.
    """

    reward_id: str
    multiply: float
    expires_in: None | str | Unset = UNSET
    available_after: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        reward_id = self.reward_id

        multiply = self.multiply

        expires_in: None | str | Unset
        if isinstance(self.expires_in, Unset):
            expires_in = UNSET
        else:
            expires_in = self.expires_in

        available_after: None | str | Unset
        if isinstance(self.available_after, Unset):
            available_after = UNSET
        else:
            available_after = self.available_after

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reward_id": reward_id,
                "multiply": multiply,
            }
        )
        if expires_in is not UNSET:
            field_dict["expires_in"] = expires_in
        if available_after is not UNSET:
            field_dict["available_after"] = available_after

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reward_id = d.pop("reward_id")

        multiply = d.pop("multiply")

        def _parse_expires_in(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        expires_in = _parse_expires_in(d.pop("expires_in", UNSET))

        def _parse_available_after(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        available_after = _parse_available_after(d.pop("available_after", UNSET))

        multiple = cls(
            reward_id=reward_id,
            multiply=multiply,
            expires_in=expires_in,
            available_after=available_after,
        )

        return multiple
