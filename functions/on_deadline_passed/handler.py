"""Stream: DynamoDB's TTL removed a deadline item; the hold or the lots it was about are settled."""

from loyalty import stream, telemetry
from loyalty.clock import now
from loyalty.services.deadlines import settle_expired


def settle(pk: str, sk: str) -> None:
    """Settle one deadline; nothing if it is not over, or was settled before."""
    expired = settle_expired(pk, sk, now)
    if expired:
        telemetry.count_event(expired)


handler = stream.consumer(settle)
