"""What clients see of all that is kept of a customer."""

from typing import Any

from loyalty.domain.assignments.responses import TraceResponse
from loyalty.domain.customers.journal import JournalRecord, RecordType
from loyalty.domain.customers.responses import CustomerResponse, OfferResponse
from loyalty.domain.events.explanations import ExplanationResponse
from loyalty.domain.events.responses import EventResponse
from loyalty.domain.schemas import Answer, Time, to_time
from loyalty.domain.wallet.responses import WalletResponse
from loyalty.domain.wallet.transaction_responses import TransactionResponse


class IdentityResponse(Answer):
    """What a customer is found by besides an id."""

    channel: str
    """`email` or `mobile`."""
    value: str
    """The address or the number."""


class ExportedEventResponse(EventResponse):
    """An event, and why it did what it did."""

    explanation: ExplanationResponse
    """What each campaign made of it."""


class RecordResponse(Answer):
    """A change of a customer that is not an event: what has become of an event, a merge, points that were assigned."""

    type: RecordType
    """What changed."""
    at: Time
    """When."""
    event_id: str | None
    """The event it was about."""
    trace_id: str | None
    """The request of a marketing tool that asked for it."""
    source: str | None
    """Who sent that request."""
    reference: str | None
    """What the sender called it."""
    reason: str | None
    """Why it was done."""


class ExportResponse(Answer):
    """All that is kept of a customer, or a part of it; the parts of all pages together are all."""

    customer: CustomerResponse | None
    """Who the customer is; on the first page."""
    wallet: WalletResponse | None
    """What the customer has; on the first page."""
    identities: list[IdentityResponse]
    """What the customer is found by; on the first page."""
    events: list[ExportedEventResponse]
    """Events, newest first."""
    records: list[RecordResponse]
    """All else that has changed the customer, newest first."""
    transactions: list[TransactionResponse]
    """The ledger, newest first."""
    offers: list[OfferResponse]
    """Offers by rank, then by end."""
    traces: list[TraceResponse]
    """Requests of marketing tools for the customer that are still kept, those that failed or wait included."""


class ExportPageResponse(Answer):
    """An export; most customers' fit into one answer."""

    data: ExportResponse
    """All of it, or a part."""
    next_cursor: str | None
    """What gets the next part when it is sent as `cursor`; null if there is no more."""


def record_response(record: JournalRecord) -> dict[str, Any]:
    """A RecordResponse."""
    return {
        "type": record.type,
        "at": to_time(record.at),
        "event_id": record.event_id,
        "trace_id": record.trace_id,
        "source": record.source,
        "reference": record.reference,
        "reason": record.reason,
    }
