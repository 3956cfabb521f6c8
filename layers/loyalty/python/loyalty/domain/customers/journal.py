"""The journal of a customer: what happened beside the events themselves, one record each."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from loyalty.domain.customers.customer import RecordRef
from loyalty.domain.limits.usage import NOTHING
from loyalty.domain.offers import Offer
from loyalty.domain.wallet.lots import Hold, LedgerEntry


class RecordType(StrEnum):
    """What happened, in the records that are not events themselves."""

    FULFILLED = "FULFILLED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    REVERSED = "REVERSED"
    EXTENDED = "EXTENDED"
    LOTS_EXPIRED = "LOTS_EXPIRED"
    MERGED = "MERGED"
    OFFER_ASSIGNED = "OFFER_ASSIGNED"
    OFFERS_EXPIRED = "OFFERS_EXPIRED"
    POINTS_ASSIGNED = "POINTS_ASSIGNED"


class JournalRecord(NamedTuple):
    """One record of a customer's journal beside the events; never changed once written.

    `closed` are the holds that ended with it, `opened` those that another customer's merge brought; `offers` came to
    the customer with it, or were recalled, those in `gone` left.
    """

    sequence: int
    type: RecordType
    at: datetime
    event_id: str | None
    entries: tuple[LedgerEntry, ...]
    closed_holds: tuple[str, ...]
    previous: tuple[RecordRef, ...]
    deadline: datetime | None = None
    opened_holds: Mapping[str, Hold] = NOTHING
    updated_offers: tuple[Offer, ...] = ()
    removed_offers: tuple[str, ...] = ()
