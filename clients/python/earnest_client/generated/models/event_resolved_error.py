from __future__ import annotations

from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.error_details_response import ErrorDetailsResponse


T = TypeVar("T", bound="EventResolvedError")


@_attrs_define
class EventResolvedError:
    """The event is RESOLVED: no hold to extend, nothing to rescue, or it was fulfilled with other goods.

    Attributes:
        status_code (Literal[409]):
        code (Literal['EventResolvedError']):
        message (str): What is wrong, in a sentence.
        details (ErrorDetailsResponse): What an error is about.
        request_id (str): What to name when asking for help.
    """

    status_code: Literal[409]
    code: Literal["EventResolvedError"]
    message: str
    details: ErrorDetailsResponse
    request_id: str

    def to_dict(self) -> dict[str, Any]:
        status_code = self.status_code

        code = self.code

        message = self.message

        details = self.details.to_dict()

        request_id = self.request_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "statusCode": status_code,
                "code": code,
                "message": message,
                "details": details,
                "requestId": request_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.error_details_response import ErrorDetailsResponse  # noqa: PLC0415

        d = dict(src_dict)
        status_code = cast(Literal[409], d.pop("statusCode"))
        if status_code != 409:
            raise ValueError(f"statusCode must match const 409, got '{status_code}'")

        code = cast(Literal["EventResolvedError"], d.pop("code"))
        if code != "EventResolvedError":
            raise ValueError(f"code must match const 'EventResolvedError', got '{code}'")

        message = d.pop("message")

        details = ErrorDetailsResponse.from_dict(d.pop("details"))

        request_id = d.pop("requestId")

        event_resolved_error = cls(
            status_code=status_code,
            code=code,
            message=message,
            details=details,
            request_id=request_id,
        )

        return event_resolved_error
