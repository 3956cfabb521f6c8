from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.event_status import EventStatus

if TYPE_CHECKING:
    from ..models.explanation_response import ExplanationResponse
    from ..models.exported_event_response_data import ExportedEventResponseData
    from ..models.part_of_line_response import PartOfLineResponse
    from ..models.result_response import ResultResponse


T = TypeVar("T", bound="ExportedEventResponse")


@_attrs_define
class ExportedEventResponse:
    """An event, and why it did what it did.

    Attributes:
        id (str): The event's id.
        customer_id (str): Who did it.
        brand_id (str): The brand whose customer it was.
        type_ (str): What it was.
        status (EventStatus): The status of an event; CANCELLED and REVERSED ones cannot change it any more.
        evaluated (bool): Whether campaigns were asked; those of a disabled brand are not.
        fulfilled (bool): Whether it has paid.
        reserve (int): How many days it was to be held.
        reservation_expires_at (datetime.datetime | None): When its hold ends; null if it was never held.
        data (ExportedEventResponseData): What was sent.
        rewarding_campaigns (list[str]): The campaigns that rewarded it.
        result (ResultResponse): What an event did.
        issued_at (datetime.datetime): When it happened.
        resolved_at (datetime.datetime | None): When it was resolved.
        cancelled_at (datetime.datetime | None): When it was cancelled.
        expired_at (datetime.datetime | None): When it expired.
        reversed_at (datetime.datetime | None): When it was reversed.
        rescued_at (datetime.datetime | None): When it was paid although it had expired.
        reason (None | str): Why it was cancelled, reversed or rescued.
        unfulfilled (list[PartOfLineResponse]): What of its order did not ship, line by line, and was not paid; empty if
            all of it was.
        returned (list[PartOfLineResponse]): What of its order has come back, line by line; of a REVERSED event, all
            that shipped.
        returned_value (float): How much of the order's value was given back by value, beside its lines.
        explanation (ExplanationResponse): What each campaign of its type made of an event.
    """

    id: str
    customer_id: str
    brand_id: str
    type_: str
    status: EventStatus
    evaluated: bool
    fulfilled: bool
    reserve: int
    reservation_expires_at: datetime.datetime | None
    data: ExportedEventResponseData
    rewarding_campaigns: list[str]
    result: ResultResponse
    issued_at: datetime.datetime
    resolved_at: datetime.datetime | None
    cancelled_at: datetime.datetime | None
    expired_at: datetime.datetime | None
    reversed_at: datetime.datetime | None
    rescued_at: datetime.datetime | None
    reason: None | str
    unfulfilled: list[PartOfLineResponse]
    returned: list[PartOfLineResponse]
    returned_value: float
    explanation: ExplanationResponse

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        customer_id = self.customer_id

        brand_id = self.brand_id

        type_ = self.type_

        status = self.status.value

        evaluated = self.evaluated

        fulfilled = self.fulfilled

        reserve = self.reserve

        reservation_expires_at: None | str
        if isinstance(self.reservation_expires_at, datetime.datetime):
            reservation_expires_at = self.reservation_expires_at.isoformat()
        else:
            reservation_expires_at = self.reservation_expires_at

        data = self.data.to_dict()

        rewarding_campaigns = self.rewarding_campaigns

        result = self.result.to_dict()

        issued_at = self.issued_at.isoformat()

        resolved_at: None | str
        if isinstance(self.resolved_at, datetime.datetime):
            resolved_at = self.resolved_at.isoformat()
        else:
            resolved_at = self.resolved_at

        cancelled_at: None | str
        if isinstance(self.cancelled_at, datetime.datetime):
            cancelled_at = self.cancelled_at.isoformat()
        else:
            cancelled_at = self.cancelled_at

        expired_at: None | str
        if isinstance(self.expired_at, datetime.datetime):
            expired_at = self.expired_at.isoformat()
        else:
            expired_at = self.expired_at

        reversed_at: None | str
        if isinstance(self.reversed_at, datetime.datetime):
            reversed_at = self.reversed_at.isoformat()
        else:
            reversed_at = self.reversed_at

        rescued_at: None | str
        if isinstance(self.rescued_at, datetime.datetime):
            rescued_at = self.rescued_at.isoformat()
        else:
            rescued_at = self.rescued_at

        reason: None | str
        reason = self.reason

        unfulfilled = []
        for unfulfilled_item_data in self.unfulfilled:
            unfulfilled_item = unfulfilled_item_data.to_dict()
            unfulfilled.append(unfulfilled_item)

        returned = []
        for returned_item_data in self.returned:
            returned_item = returned_item_data.to_dict()
            returned.append(returned_item)

        returned_value = self.returned_value

        explanation = self.explanation.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "customer_id": customer_id,
                "brand_id": brand_id,
                "type": type_,
                "status": status,
                "evaluated": evaluated,
                "fulfilled": fulfilled,
                "reserve": reserve,
                "reservation_expires_at": reservation_expires_at,
                "data": data,
                "rewarding_campaigns": rewarding_campaigns,
                "result": result,
                "issued_at": issued_at,
                "resolved_at": resolved_at,
                "cancelled_at": cancelled_at,
                "expired_at": expired_at,
                "reversed_at": reversed_at,
                "rescued_at": rescued_at,
                "reason": reason,
                "unfulfilled": unfulfilled,
                "returned": returned,
                "returned_value": returned_value,
                "explanation": explanation,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.explanation_response import ExplanationResponse  # noqa: PLC0415
        from ..models.exported_event_response_data import ExportedEventResponseData  # noqa: PLC0415
        from ..models.part_of_line_response import PartOfLineResponse  # noqa: PLC0415
        from ..models.result_response import ResultResponse  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        customer_id = d.pop("customer_id")

        brand_id = d.pop("brand_id")

        type_ = d.pop("type")

        status = EventStatus(d.pop("status"))

        evaluated = d.pop("evaluated")

        fulfilled = d.pop("fulfilled")

        reserve = d.pop("reserve")

        def _parse_reservation_expires_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                reservation_expires_at_type_0 = datetime.datetime.fromisoformat(data)

                return reservation_expires_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        reservation_expires_at = _parse_reservation_expires_at(d.pop("reservation_expires_at"))

        data = ExportedEventResponseData.from_dict(d.pop("data"))

        rewarding_campaigns = cast(list[str], d.pop("rewarding_campaigns"))

        result = ResultResponse.from_dict(d.pop("result"))

        issued_at = datetime.datetime.fromisoformat(d.pop("issued_at"))

        def _parse_resolved_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                resolved_at_type_0 = datetime.datetime.fromisoformat(data)

                return resolved_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        resolved_at = _parse_resolved_at(d.pop("resolved_at"))

        def _parse_cancelled_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                cancelled_at_type_0 = datetime.datetime.fromisoformat(data)

                return cancelled_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        cancelled_at = _parse_cancelled_at(d.pop("cancelled_at"))

        def _parse_expired_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                expired_at_type_0 = datetime.datetime.fromisoformat(data)

                return expired_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        expired_at = _parse_expired_at(d.pop("expired_at"))

        def _parse_reversed_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                reversed_at_type_0 = datetime.datetime.fromisoformat(data)

                return reversed_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        reversed_at = _parse_reversed_at(d.pop("reversed_at"))

        def _parse_rescued_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                rescued_at_type_0 = datetime.datetime.fromisoformat(data)

                return rescued_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        rescued_at = _parse_rescued_at(d.pop("rescued_at"))

        def _parse_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason = _parse_reason(d.pop("reason"))

        unfulfilled = []
        _unfulfilled = d.pop("unfulfilled")
        for unfulfilled_item_data in _unfulfilled:
            unfulfilled_item = PartOfLineResponse.from_dict(unfulfilled_item_data)

            unfulfilled.append(unfulfilled_item)

        returned = []
        _returned = d.pop("returned")
        for returned_item_data in _returned:
            returned_item = PartOfLineResponse.from_dict(returned_item_data)

            returned.append(returned_item)

        returned_value = d.pop("returned_value")

        explanation = ExplanationResponse.from_dict(d.pop("explanation"))

        exported_event_response = cls(
            id=id,
            customer_id=customer_id,
            brand_id=brand_id,
            type_=type_,
            status=status,
            evaluated=evaluated,
            fulfilled=fulfilled,
            reserve=reserve,
            reservation_expires_at=reservation_expires_at,
            data=data,
            rewarding_campaigns=rewarding_campaigns,
            result=result,
            issued_at=issued_at,
            resolved_at=resolved_at,
            cancelled_at=cancelled_at,
            expired_at=expired_at,
            reversed_at=reversed_at,
            rescued_at=rescued_at,
            reason=reason,
            unfulfilled=unfulfilled,
            returned=returned,
            returned_value=returned_value,
            explanation=explanation,
        )

        return exported_event_response
