from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="RescueResponse")


@_attrs_define
class RescueResponse:
    """Who paid an event that had expired, and why.

    Attributes:
        at (datetime.datetime): When it was rescued.
        key_id (str): The id of the API key that the call was made with.
        reason (str): Why, as it was sent.
    """

    at: datetime.datetime
    key_id: str
    reason: str

    def to_dict(self) -> dict[str, Any]:
        at = self.at.isoformat()

        key_id = self.key_id

        reason = self.reason

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "at": at,
                "key_id": key_id,
                "reason": reason,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        at = datetime.datetime.fromisoformat(d.pop("at"))

        key_id = d.pop("key_id")

        reason = d.pop("reason")

        rescue_response = cls(
            at=at,
            key_id=key_id,
            reason=reason,
        )

        return rescue_response
