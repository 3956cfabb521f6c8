from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="DeliveryResponse")


@_attrs_define
class DeliveryResponse:
    """One attempt to deliver a message.

    Attributes:
        message_id (str): The message's id, which is sent as `webhook-id`.
        type_ (str): The message's type.
        at (datetime.datetime): When it was tried.
        attempt (int): Which attempt it was; the first is 1.
        delivered (bool): Whether the receiver has taken it.
        status (int | None): What the receiver answered; null if it did not.
        error (None | str): Why it was not taken, in words.
        next_attempt_at (datetime.datetime | None): When it is tried again; null if it was taken or set aside.
    """

    message_id: str
    type_: str
    at: datetime.datetime
    attempt: int
    delivered: bool
    status: int | None
    error: None | str
    next_attempt_at: datetime.datetime | None

    def to_dict(self) -> dict[str, Any]:
        message_id = self.message_id

        type_ = self.type_

        at = self.at.isoformat()

        attempt = self.attempt

        delivered = self.delivered

        status: int | None
        status = self.status

        error: None | str
        error = self.error

        next_attempt_at: None | str
        if isinstance(self.next_attempt_at, datetime.datetime):
            next_attempt_at = self.next_attempt_at.isoformat()
        else:
            next_attempt_at = self.next_attempt_at

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "message_id": message_id,
                "type": type_,
                "at": at,
                "attempt": attempt,
                "delivered": delivered,
                "status": status,
                "error": error,
                "next_attempt_at": next_attempt_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        message_id = d.pop("message_id")

        type_ = d.pop("type")

        at = datetime.datetime.fromisoformat(d.pop("at"))

        attempt = d.pop("attempt")

        delivered = d.pop("delivered")

        def _parse_status(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        status = _parse_status(d.pop("status"))

        def _parse_error(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        error = _parse_error(d.pop("error"))

        def _parse_next_attempt_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                next_attempt_at_type_0 = datetime.datetime.fromisoformat(data)

                return next_attempt_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        next_attempt_at = _parse_next_attempt_at(d.pop("next_attempt_at"))

        delivery_response = cls(
            message_id=message_id,
            type_=type_,
            at=at,
            attempt=attempt,
            delivered=delivered,
            status=status,
            error=error,
            next_attempt_at=next_attempt_at,
        )

        return delivery_response
