"""Stream: DynamoDB's TTL removed a deadline item; the hold or the lots it was about are settled."""

from loyalty import stream
from loyalty.clock import now
from loyalty.use_cases.pass_deadline import pass_deadline


def settle(pk: str, sk: str) -> None:
    """Settle one deadline; nothing if it is not over, or was settled before."""
    pass_deadline(pk, sk, now)


handler = stream.consumer(settle)
