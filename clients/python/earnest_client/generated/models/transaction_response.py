from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.entry_type import EntryType

T = TypeVar("T", bound="TransactionResponse")


@_attrs_define
class TransactionResponse:
    """One entry of the ledger.

    Attributes:
        id (str): The entry's id, which stays with it.
        type_ (EntryType): What a ledger entry is for.
        reward_id (str): Of which reward.
        amount (float): What it did to `available`, or does from `available_from` on.
        event_id (None | str): The event that caused it.
        campaign_id (None | str): The campaign that granted the lot it is about.
        expiration_date (datetime.datetime | None): When that lot ends.
        available_from (datetime.datetime | None): From when that lot could be spent; null if it could be at once.
            Before it, the amount is `pending`.
        debt (float): What it did to what the customer owes.
        reserved (bool): Whether it moved the amount into a hold.
        created_at (datetime.datetime | None): When it was written.
        trace_id (None | str): The trace of the marketing tool's request that assigned or took the points.
        source (None | str): Who sent that request.
        reference (None | str): What the sender called it.
    """

    id: str
    type_: EntryType
    reward_id: str
    amount: float
    event_id: None | str
    campaign_id: None | str
    expiration_date: datetime.datetime | None
    available_from: datetime.datetime | None
    debt: float
    reserved: bool
    created_at: datetime.datetime | None
    trace_id: None | str
    source: None | str
    reference: None | str

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        type_ = self.type_.value

        reward_id = self.reward_id

        amount = self.amount

        event_id: None | str
        event_id = self.event_id

        campaign_id: None | str
        campaign_id = self.campaign_id

        expiration_date: None | str
        if isinstance(self.expiration_date, datetime.datetime):
            expiration_date = self.expiration_date.isoformat()
        else:
            expiration_date = self.expiration_date

        available_from: None | str
        if isinstance(self.available_from, datetime.datetime):
            available_from = self.available_from.isoformat()
        else:
            available_from = self.available_from

        debt = self.debt

        reserved = self.reserved

        created_at: None | str
        if isinstance(self.created_at, datetime.datetime):
            created_at = self.created_at.isoformat()
        else:
            created_at = self.created_at

        trace_id: None | str
        trace_id = self.trace_id

        source: None | str
        source = self.source

        reference: None | str
        reference = self.reference

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "type": type_,
                "reward_id": reward_id,
                "amount": amount,
                "event_id": event_id,
                "campaign_id": campaign_id,
                "expiration_date": expiration_date,
                "available_from": available_from,
                "debt": debt,
                "reserved": reserved,
                "created_at": created_at,
                "trace_id": trace_id,
                "source": source,
                "reference": reference,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        type_ = EntryType(d.pop("type"))

        reward_id = d.pop("reward_id")

        amount = d.pop("amount")

        def _parse_event_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        event_id = _parse_event_id(d.pop("event_id"))

        def _parse_campaign_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        campaign_id = _parse_campaign_id(d.pop("campaign_id"))

        def _parse_expiration_date(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                expiration_date_type_0 = datetime.datetime.fromisoformat(data)

                return expiration_date_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        expiration_date = _parse_expiration_date(d.pop("expiration_date"))

        def _parse_available_from(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                available_from_type_0 = datetime.datetime.fromisoformat(data)

                return available_from_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        available_from = _parse_available_from(d.pop("available_from"))

        debt = d.pop("debt")

        reserved = d.pop("reserved")

        def _parse_created_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                created_at_type_0 = datetime.datetime.fromisoformat(data)

                return created_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        created_at = _parse_created_at(d.pop("created_at"))

        def _parse_trace_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        trace_id = _parse_trace_id(d.pop("trace_id"))

        def _parse_source(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        source = _parse_source(d.pop("source"))

        def _parse_reference(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reference = _parse_reference(d.pop("reference"))

        transaction_response = cls(
            id=id,
            type_=type_,
            reward_id=reward_id,
            amount=amount,
            event_id=event_id,
            campaign_id=campaign_id,
            expiration_date=expiration_date,
            available_from=available_from,
            debt=debt,
            reserved=reserved,
            created_at=created_at,
            trace_id=trace_id,
            source=source,
            reference=reference,
        )

        return transaction_response
