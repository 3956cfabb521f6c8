from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.webhook_settings_events_item import WebhookSettingsEventsItem
from ..types import UNSET, Unset

T = TypeVar("T", bound="WebhookSettings")


@_attrs_define
class WebhookSettings:
    """A receiver of what happens.

    Attributes:
        url (str): Where messages are sent: an `https` URL that leads to public addresses.
        events (list[WebhookSettingsEventsItem]): The types of messages that it gets; `*` for all there are and will be.
        active (bool | None | Unset): Whether it is told of what happens from now on; it is if not given.
    """

    url: str
    events: list[WebhookSettingsEventsItem]
    active: bool | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        url = self.url

        events = []
        for events_item_data in self.events:
            events_item = events_item_data.value
            events.append(events_item)

        active: bool | None | Unset
        if isinstance(self.active, Unset):
            active = UNSET
        else:
            active = self.active

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "url": url,
                "events": events,
            }
        )
        if active is not UNSET:
            field_dict["active"] = active

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        url = d.pop("url")

        events = []
        _events = d.pop("events")
        for events_item_data in _events:
            events_item = WebhookSettingsEventsItem(events_item_data)

            events.append(events_item)

        def _parse_active(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        active = _parse_active(d.pop("active", UNSET))

        webhook_settings = cls(
            url=url,
            events=events,
            active=active,
        )

        return webhook_settings
