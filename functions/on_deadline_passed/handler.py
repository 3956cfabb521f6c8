"""Stream: DynamoDB's TTL removed a deadline item; the hold or the lots it was about are settled."""

from loyalty.clock import now
from loyalty.records import each_removal
from loyalty.services.deadlines import settle_expired


@each_removal
def handler(pk: str, sk: str) -> None:
    """Settle one deadline; nothing if it is not over, or was settled before."""
    settle_expired(pk, sk, now)
