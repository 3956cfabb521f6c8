from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.webhook_response_events_item import WebhookResponseEventsItem

T = TypeVar("T", bound="WebhookResponse")


@_attrs_define
class WebhookResponse:
    """A receiver, without its secret.

    Attributes:
        id (str): The webhook's id.
        url (str): Where messages are sent.
        events (list[WebhookResponseEventsItem]): The types of messages that it gets.
        active (bool): Whether it is told of what happens.
        created_at (datetime.datetime): When it was set up.
    """

    id: str
    url: str
    events: list[WebhookResponseEventsItem]
    active: bool
    created_at: datetime.datetime

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        url = self.url

        events = []
        for events_item_data in self.events:
            events_item = events_item_data.value
            events.append(events_item)

        active = self.active

        created_at = self.created_at.isoformat()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "url": url,
                "events": events,
                "active": active,
                "created_at": created_at,
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
            events_item = WebhookResponseEventsItem(events_item_data)

            events.append(events_item)

        active = d.pop("active")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        webhook_response = cls(
            id=id,
            url=url,
            events=events,
            active=active,
            created_at=created_at,
        )

        return webhook_response
