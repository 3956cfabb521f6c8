from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.webhook_response import WebhookResponse


T = TypeVar("T", bound="WebhookDataResponse")


@_attrs_define
class WebhookDataResponse:
    """What was asked for.

    Attributes:
        data (WebhookResponse): A receiver, without its secret.
    """

    data: WebhookResponse

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
        from ..models.webhook_response import WebhookResponse  # noqa: PLC0415

        d = dict(src_dict)
        data = WebhookResponse.from_dict(d.pop("data"))

        webhook_data_response = cls(
            data=data,
        )

        return webhook_data_response
