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


T = TypeVar("T", bound="WebhookNotFoundError")


@_attrs_define
class WebhookNotFoundError:
    """No webhook of this brand has that id.

    Attributes:
        status_code (Literal[404]):
        code (Literal['WebhookNotFoundError']):
        message (str): What is wrong, in a sentence.
        details (ErrorDetailsResponse): What an error is about.
        request_id (str): What to name when asking for help.
    """

    status_code: Literal[404]
    code: Literal["WebhookNotFoundError"]
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
        status_code = cast(Literal[404], d.pop("statusCode"))
        if status_code != 404:
            raise ValueError(f"statusCode must match const 404, got '{status_code}'")

        code = cast(Literal["WebhookNotFoundError"], d.pop("code"))
        if code != "WebhookNotFoundError":
            raise ValueError(f"code must match const 'WebhookNotFoundError', got '{code}'")

        message = d.pop("message")

        details = ErrorDetailsResponse.from_dict(d.pop("details"))

        request_id = d.pop("requestId")

        webhook_not_found_error = cls(
            status_code=status_code,
            code=code,
            message=message,
            details=details,
            request_id=request_id,
        )

        return webhook_not_found_error
