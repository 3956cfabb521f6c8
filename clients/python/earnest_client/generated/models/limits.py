from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.limits_when_short_type_0 import LimitsWhenShortType0
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.per_campaign import PerCampaign
    from ..models.per_customer import PerCustomer
    from ..models.per_event import PerEvent


T = TypeVar("T", bound="Limits")


@_attrs_define
class Limits:
    """How often and how much: by customer, in all, by event, and of a budget that all amounts come out of.

    Attributes:
        per_customer (None | PerCustomer | Unset): How often one customer is rewarded.
        per_campaign (None | PerCampaign | Unset): How often all customers together are rewarded.
        per_event (None | PerEvent | Unset): How much one event is granted.
        budget (float | None | Unset): How much all events together are granted, of all rewards.
        when_short (LimitsWhenShortType0 | None | Unset): What is granted where the budget has less left than is due:
            that, or nothing; `partial` if it is left out.
        shards (int | None | Unset): How many counters the budget and `per_campaign` are split over, each for 250 events
            a second; 8 if left out.
    """

    per_customer: None | PerCustomer | Unset = UNSET
    per_campaign: None | PerCampaign | Unset = UNSET
    per_event: None | PerEvent | Unset = UNSET
    budget: float | None | Unset = UNSET
    when_short: LimitsWhenShortType0 | None | Unset = UNSET
    shards: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.per_campaign import PerCampaign  # noqa: PLC0415
        from ..models.per_customer import PerCustomer  # noqa: PLC0415
        from ..models.per_event import PerEvent  # noqa: PLC0415

        per_customer: dict[str, Any] | None | Unset
        if isinstance(self.per_customer, Unset):
            per_customer = UNSET
        elif isinstance(self.per_customer, PerCustomer):
            per_customer = self.per_customer.to_dict()
        else:
            per_customer = self.per_customer

        per_campaign: dict[str, Any] | None | Unset
        if isinstance(self.per_campaign, Unset):
            per_campaign = UNSET
        elif isinstance(self.per_campaign, PerCampaign):
            per_campaign = self.per_campaign.to_dict()
        else:
            per_campaign = self.per_campaign

        per_event: dict[str, Any] | None | Unset
        if isinstance(self.per_event, Unset):
            per_event = UNSET
        elif isinstance(self.per_event, PerEvent):
            per_event = self.per_event.to_dict()
        else:
            per_event = self.per_event

        budget: float | None | Unset
        if isinstance(self.budget, Unset):
            budget = UNSET
        else:
            budget = self.budget

        when_short: None | str | Unset
        if isinstance(self.when_short, Unset):
            when_short = UNSET
        elif isinstance(self.when_short, LimitsWhenShortType0):
            when_short = self.when_short.value
        else:
            when_short = self.when_short

        shards: int | None | Unset
        if isinstance(self.shards, Unset):
            shards = UNSET
        else:
            shards = self.shards

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if per_customer is not UNSET:
            field_dict["per_customer"] = per_customer
        if per_campaign is not UNSET:
            field_dict["per_campaign"] = per_campaign
        if per_event is not UNSET:
            field_dict["per_event"] = per_event
        if budget is not UNSET:
            field_dict["budget"] = budget
        if when_short is not UNSET:
            field_dict["when_short"] = when_short
        if shards is not UNSET:
            field_dict["shards"] = shards

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.per_campaign import PerCampaign  # noqa: PLC0415
        from ..models.per_customer import PerCustomer  # noqa: PLC0415
        from ..models.per_event import PerEvent  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_per_customer(data: object) -> None | PerCustomer | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                per_customer_type_0 = PerCustomer.from_dict(data)

                return per_customer_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PerCustomer | Unset, data)

        per_customer = _parse_per_customer(d.pop("per_customer", UNSET))

        def _parse_per_campaign(data: object) -> None | PerCampaign | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                per_campaign_type_0 = PerCampaign.from_dict(data)

                return per_campaign_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PerCampaign | Unset, data)

        per_campaign = _parse_per_campaign(d.pop("per_campaign", UNSET))

        def _parse_per_event(data: object) -> None | PerEvent | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                per_event_type_0 = PerEvent.from_dict(data)

                return per_event_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PerEvent | Unset, data)

        per_event = _parse_per_event(d.pop("per_event", UNSET))

        def _parse_budget(data: object) -> float | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(float | None | Unset, data)

        budget = _parse_budget(d.pop("budget", UNSET))

        def _parse_when_short(data: object) -> LimitsWhenShortType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                when_short_type_0 = LimitsWhenShortType0(data)

                return when_short_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(LimitsWhenShortType0 | None | Unset, data)

        when_short = _parse_when_short(d.pop("when_short", UNSET))

        def _parse_shards(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        shards = _parse_shards(d.pop("shards", UNSET))

        limits = cls(
            per_customer=per_customer,
            per_campaign=per_campaign,
            per_event=per_event,
            budget=budget,
            when_short=when_short,
            shards=shards,
        )

        return limits
