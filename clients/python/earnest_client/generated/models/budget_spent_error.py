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


T = TypeVar("T", bound="BudgetSpentError")


@_attrs_define
class BudgetSpentError:
    """The budget of a campaign has less left than is to be paid.

    Attributes:
        status_code (Literal[422]):
        code (Literal['BudgetSpentError']):
        message (str): What is wrong, in a sentence.
        details (ErrorDetailsResponse): What an error is about.
        request_id (str): What to name when asking for help.
    """

    status_code: Literal[422]
    code: Literal["BudgetSpentError"]
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
        status_code = cast(Literal[422], d.pop("statusCode"))
        if status_code != 422:
            raise ValueError(f"statusCode must match const 422, got '{status_code}'")

        code = cast(Literal["BudgetSpentError"], d.pop("code"))
        if code != "BudgetSpentError":
            raise ValueError(f"code must match const 'BudgetSpentError', got '{code}'")

        message = d.pop("message")

        details = ErrorDetailsResponse.from_dict(d.pop("details"))

        request_id = d.pop("requestId")

        budget_spent_error = cls(
            status_code=status_code,
            code=code,
            message=message,
            details=details,
            request_id=request_id,
        )

        return budget_spent_error
