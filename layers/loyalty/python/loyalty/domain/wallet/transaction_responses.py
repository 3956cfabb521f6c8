"""What clients see of the ledger."""

from datetime import datetime
from typing import Any

from loyalty.domain.schemas import Answer, Number, Time, to_time
from loyalty.domain.wallet.lots import EntryType, LedgerEntry


class TransactionResponse(Answer):
    """One entry of the ledger."""

    id: str
    """The entry's id, which stays with it."""
    type: EntryType
    """What the entry is about."""
    reward_id: str
    """Of which reward."""
    amount: Number
    """What it did to `available`, or does from `available_from` on."""
    event_id: str | None
    """The event that caused it."""
    campaign_id: str | None
    """The campaign that granted the lot it is about."""
    expiration_date: Time | None
    """When that lot ends."""
    available_from: Time | None
    """From when that lot could be spent; null if it could be at once. Before it, the amount is `pending`."""
    debt: Number
    """What it did to what the customer owes."""
    reserved: bool
    """Whether it moved the amount into a hold."""
    created_at: Time | None
    """When it was written."""
    trace_id: str | None
    """The trace of the marketing tool's request that assigned or took the points."""
    source: str | None
    """Who sent that request."""
    reference: str | None
    """What the sender called it."""


def transaction_response(
    entry_id: str,
    entry: LedgerEntry,
    at: datetime | None,
    trace_id: str | None = None,
    source: str | None = None,
    reference: str | None = None,
) -> dict[str, Any]:
    """A TransactionResponse."""
    return {
        "id": entry_id,
        "type": entry.type,
        "reward_id": entry.lot.reward_id,
        "amount": entry.amount,
        "event_id": entry.event_id,
        "campaign_id": entry.lot.campaign_id,
        "expiration_date": to_time(entry.lot.expires_at),
        "available_from": to_time(entry.lot.available_from),
        "debt": entry.debt,
        "reserved": entry.reserved,
        "created_at": to_time(at),
        "trace_id": trace_id,
        "source": source,
        "reference": reference,
    }
