from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.offer_status import OfferStatus

if TYPE_CHECKING:
    from ..models.offer_response_benefits import OfferResponseBenefits


T = TypeVar("T", bound="OfferResponse")


@_attrs_define
class OfferResponse:
    """An offer of a customer.

    Attributes:
        id (str): The offer's id, which an event redeems.
        config_id (str): The config offer it was made of.
        name (str): What customers call it.
        benefits (OfferResponseBenefits): What it gives.
        status (OfferStatus): What an offer is at some instant.
        rank (int | None): Its place among the customer's offers, 1 first.
        starts_at (datetime.datetime): From when it can be redeemed.
        ends_at (datetime.datetime): Until before when it can be redeemed.
        held_by (None | str): The pending event that has taken it.
        redeemed_by (None | str): The event that has redeemed it.
        source (None | str): Who assigned it.
        reference (None | str): What the sender called the request; for offers of campaigns the campaign's id.
        trace_id (None | str): The trace of the request that assigned it.
        created_at (datetime.datetime): When it was assigned.
    """

    id: str
    config_id: str
    name: str
    benefits: OfferResponseBenefits
    status: OfferStatus
    rank: int | None
    starts_at: datetime.datetime
    ends_at: datetime.datetime
    held_by: None | str
    redeemed_by: None | str
    source: None | str
    reference: None | str
    trace_id: None | str
    created_at: datetime.datetime

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        config_id = self.config_id

        name = self.name

        benefits = self.benefits.to_dict()

        status = self.status.value

        rank: int | None
        rank = self.rank

        starts_at = self.starts_at.isoformat()

        ends_at = self.ends_at.isoformat()

        held_by: None | str
        held_by = self.held_by

        redeemed_by: None | str
        redeemed_by = self.redeemed_by

        source: None | str
        source = self.source

        reference: None | str
        reference = self.reference

        trace_id: None | str
        trace_id = self.trace_id

        created_at = self.created_at.isoformat()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "config_id": config_id,
                "name": name,
                "benefits": benefits,
                "status": status,
                "rank": rank,
                "starts_at": starts_at,
                "ends_at": ends_at,
                "held_by": held_by,
                "redeemed_by": redeemed_by,
                "source": source,
                "reference": reference,
                "trace_id": trace_id,
                "created_at": created_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.offer_response_benefits import OfferResponseBenefits  # noqa: PLC0415

        d = dict(src_dict)
        id = d.pop("id")

        config_id = d.pop("config_id")

        name = d.pop("name")

        benefits = OfferResponseBenefits.from_dict(d.pop("benefits"))

        status = OfferStatus(d.pop("status"))

        def _parse_rank(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        rank = _parse_rank(d.pop("rank"))

        starts_at = datetime.datetime.fromisoformat(d.pop("starts_at"))

        ends_at = datetime.datetime.fromisoformat(d.pop("ends_at"))

        def _parse_held_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        held_by = _parse_held_by(d.pop("held_by"))

        def _parse_redeemed_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        redeemed_by = _parse_redeemed_by(d.pop("redeemed_by"))

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

        def _parse_trace_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        trace_id = _parse_trace_id(d.pop("trace_id"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        offer_response = cls(
            id=id,
            config_id=config_id,
            name=name,
            benefits=benefits,
            status=status,
            rank=rank,
            starts_at=starts_at,
            ends_at=ends_at,
            held_by=held_by,
            redeemed_by=redeemed_by,
            source=source,
            reference=reference,
            trace_id=trace_id,
            created_at=created_at,
        )

        return offer_response
