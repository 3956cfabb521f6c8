from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.new_webhook_response_events_item import NewWebhookResponseEventsItem

T = TypeVar("T", bound="NewWebhookResponse")


@_attrs_define
class NewWebhookResponse:
    """A receiver; with its secret when it is new, which is told this once.

    Attributes:
        id (str): The webhook's id.
        url (str): Where messages are sent.
        events (list[NewWebhookResponseEventsItem]): The types of messages that it gets.
        active (bool): Whether it is told of what happens.
        created_at (datetime.datetime): When it was set up.
        secret (None | str): What signs its messages, for any library of Standard Webhooks; null if the webhook was
            there before.
    """

    id: str
    url: str
    events: list[NewWebhookResponseEventsItem]
    active: bool
    created_at: datetime.datetime
    secret: None | str

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        url = self.url

        events = []
        for events_item_data in self.events:
            events_item = events_item_data.value
            events.append(events_item)

        active = self.active

        created_at = self.created_at.isoformat()

        secret: None | str
        secret = self.secret

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "url": url,
                "events": events,
                "active": active,
                "created_at": created_at,
                "secret": secret,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        url = d.pop("url")

        events = []
        _events = d.pop("events")
        for events_item_data in _events:
            events_item = NewWebhookResponseEventsItem(events_item_data)

            events.append(events_item)

        active = d.pop("active")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_secret(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        secret = _parse_secret(d.pop("secret"))

        new_webhook_response = cls(
            id=id,
            url=url,
            events=events,
            active=active,
            created_at=created_at,
            secret=secret,
        )

        return new_webhook_response
