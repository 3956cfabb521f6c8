from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.campaign_days_of_week_type_0_item import CampaignDaysOfWeekType0Item
from ..models.campaign_status_type_0 import CampaignStatusType0
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.hours import Hours
    from ..models.limits import Limits
    from ..models.rule import Rule


T = TypeVar("T", bound="Campaign")


@_attrs_define
class Campaign:
    """What a `PUT /campaigns/{id}` takes, a file of a campaign says, and the table holds.

    Attributes:
        name (str): What people call it.
        trigger (str): The type of the events that it is evaluated for.
        rules (list[Rule]): What it does under which conditions; each rule that matches does.
        status (CampaignStatusType0 | None | Unset): Whether it can reward events; it can if this is left out.
        start_date (None | str | Unset): From when it runs.
        end_date (None | str | Unset): Until when it runs: until the end of a day, or before a time.
        days_of_week (list[CampaignDaysOfWeekType0Item] | None | Unset): On which days it runs; on all if this is left
            out.
        hours (Hours | None | Unset): Within which hours it runs.
        priority (int | None | Unset): Campaigns with a higher one are evaluated first; 0 if this is left out.
        exclusive (None | str | Unset): The name of a group, of which one campaign alone rewards an event: the first
            that can.
        limits (Limits | None | Unset): How often and how much it grants.
    """

    name: str
    trigger: str
    rules: list[Rule]
    status: CampaignStatusType0 | None | Unset = UNSET
    start_date: None | str | Unset = UNSET
    end_date: None | str | Unset = UNSET
    days_of_week: list[CampaignDaysOfWeekType0Item] | None | Unset = UNSET
    hours: Hours | None | Unset = UNSET
    priority: int | None | Unset = UNSET
    exclusive: None | str | Unset = UNSET
    limits: Limits | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.hours import Hours  # noqa: PLC0415
        from ..models.limits import Limits  # noqa: PLC0415

        name = self.name

        trigger = self.trigger

        rules = []
        for rules_item_data in self.rules:
            rules_item = rules_item_data.to_dict()
            rules.append(rules_item)

        status: None | str | Unset
        if isinstance(self.status, Unset):
            status = UNSET
        elif isinstance(self.status, CampaignStatusType0):
            status = self.status.value
        else:
            status = self.status

        start_date: None | str | Unset
        if isinstance(self.start_date, Unset):
            start_date = UNSET
        else:
            start_date = self.start_date

        end_date: None | str | Unset
        if isinstance(self.end_date, Unset):
            end_date = UNSET
        else:
            end_date = self.end_date

        days_of_week: list[str] | None | Unset
        if isinstance(self.days_of_week, Unset):
            days_of_week = UNSET
        elif isinstance(self.days_of_week, list):
            days_of_week = []
            for days_of_week_type_0_item_data in self.days_of_week:
                days_of_week_type_0_item = days_of_week_type_0_item_data.value
                days_of_week.append(days_of_week_type_0_item)

        else:
            days_of_week = self.days_of_week

        hours: dict[str, Any] | None | Unset
        if isinstance(self.hours, Unset):
            hours = UNSET
        elif isinstance(self.hours, Hours):
            hours = self.hours.to_dict()
        else:
            hours = self.hours

        priority: int | None | Unset
        if isinstance(self.priority, Unset):
            priority = UNSET
        else:
            priority = self.priority

        exclusive: None | str | Unset
        if isinstance(self.exclusive, Unset):
            exclusive = UNSET
        else:
            exclusive = self.exclusive

        limits: dict[str, Any] | None | Unset
        if isinstance(self.limits, Unset):
            limits = UNSET
        elif isinstance(self.limits, Limits):
            limits = self.limits.to_dict()
        else:
            limits = self.limits

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "trigger": trigger,
                "rules": rules,
            }
        )
        if status is not UNSET:
            field_dict["status"] = status
        if start_date is not UNSET:
            field_dict["start_date"] = start_date
        if end_date is not UNSET:
            field_dict["end_date"] = end_date
        if days_of_week is not UNSET:
            field_dict["days_of_week"] = days_of_week
        if hours is not UNSET:
            field_dict["hours"] = hours
        if priority is not UNSET:
            field_dict["priority"] = priority
        if exclusive is not UNSET:
            field_dict["exclusive"] = exclusive
        if limits is not UNSET:
            field_dict["limits"] = limits

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.hours import Hours  # noqa: PLC0415
        from ..models.limits import Limits  # noqa: PLC0415
        from ..models.rule import Rule  # noqa: PLC0415

        d = dict(src_dict)
        name = d.pop("name")

        trigger = d.pop("trigger")

        rules = []
        _rules = d.pop("rules")
        for rules_item_data in _rules:
            rules_item = Rule.from_dict(rules_item_data)

            rules.append(rules_item)

        def _parse_status(data: object) -> CampaignStatusType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                status_type_0 = CampaignStatusType0(data)

                return status_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(CampaignStatusType0 | None | Unset, data)

        status = _parse_status(d.pop("status", UNSET))

        def _parse_start_date(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        start_date = _parse_start_date(d.pop("start_date", UNSET))

        def _parse_end_date(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        end_date = _parse_end_date(d.pop("end_date", UNSET))

        def _parse_days_of_week(data: object) -> list[CampaignDaysOfWeekType0Item] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                days_of_week_type_0 = []
                _days_of_week_type_0 = data
                for days_of_week_type_0_item_data in _days_of_week_type_0:
                    days_of_week_type_0_item = CampaignDaysOfWeekType0Item(days_of_week_type_0_item_data)

                    days_of_week_type_0.append(days_of_week_type_0_item)

                return days_of_week_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[CampaignDaysOfWeekType0Item] | None | Unset, data)

        days_of_week = _parse_days_of_week(d.pop("days_of_week", UNSET))

        def _parse_hours(data: object) -> Hours | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                hours_type_0 = Hours.from_dict(data)

                return hours_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Hours | None | Unset, data)

        hours = _parse_hours(d.pop("hours", UNSET))

        def _parse_priority(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        priority = _parse_priority(d.pop("priority", UNSET))

        def _parse_exclusive(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        exclusive = _parse_exclusive(d.pop("exclusive", UNSET))

        def _parse_limits(data: object) -> Limits | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                limits_type_0 = Limits.from_dict(data)

                return limits_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Limits | None | Unset, data)

        limits = _parse_limits(d.pop("limits", UNSET))

        campaign = cls(
            name=name,
            trigger=trigger,
            rules=rules,
            status=status,
            start_date=start_date,
            end_date=end_date,
            days_of_week=days_of_week,
            hours=hours,
            priority=priority,
            exclusive=exclusive,
            limits=limits,
        )

        return campaign
