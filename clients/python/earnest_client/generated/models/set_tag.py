from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="SetTag")


@_attrs_define
class SetTag:
    """A tag of the customer gets a value.

    Attributes:
        tag (str): The tag's name.
        value (Any | Unset): Its value: a string, a number, true or false; true if this is left out. Default: True.
    """

    tag: str
    value: Any | Unset = True

    def to_dict(self) -> dict[str, Any]:
        tag = self.tag

        value = self.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "tag": tag,
            }
        )
        if value is not UNSET:
            field_dict["value"] = value

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        tag = d.pop("tag")

        value = d.pop("value", UNSET)

        set_tag = cls(
            tag=tag,
            value=value,
        )

        return set_tag
