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


T = TypeVar("T", bound="ValidationError")


@_attrs_define
class ValidationError:
    """Lists every invalid field; the message has all of them as well.

    Attributes:
        status_code (Literal[400]):
        code (Literal['ValidationError']):
        message (str): What is wrong, in a sentence.
        details (ErrorDetailsResponse): What an error is about.
        request_id (str): What to name when asking for help.
    """

    status_code: Literal[400]
    code: Literal["ValidationError"]
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
        status_code = cast(Literal[400], d.pop("statusCode"))
        if status_code != 400:
            raise ValueError(f"statusCode must match const 400, got '{status_code}'")

        code = cast(Literal["ValidationError"], d.pop("code"))
        if code != "ValidationError":
            raise ValueError(f"code must match const 'ValidationError', got '{code}'")

        message = d.pop("message")

        details = ErrorDetailsResponse.from_dict(d.pop("details"))

        request_id = d.pop("requestId")

        validation_error = cls(
            status_code=status_code,
            code=code,
            message=message,
            details=details,
            request_id=request_id,
        )

        return validation_error
