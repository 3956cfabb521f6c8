from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.new_webhook_response import NewWebhookResponse


T = TypeVar("T", bound="NewWebhookDataResponse")


@_attrs_define
class NewWebhookDataResponse:
    """What was asked for.

    Attributes:
        data (NewWebhookResponse): A receiver; with its secret when it is new, which is told this once.
    """

    data: NewWebhookResponse

    def to_dict(self) -> dict[str, Any]:
        data = self.data.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "data": data,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.new_webhook_response import NewWebhookResponse  # noqa: PLC0415

        d = dict(src_dict)
        data = NewWebhookResponse.from_dict(d.pop("data"))

        new_webhook_data_response = cls(
            data=data,
        )

        return new_webhook_data_response
