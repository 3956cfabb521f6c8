"""SQS in, the list of what failed out."""

import traceback
from collections.abc import Callable
from typing import Any

from loyalty import json, telemetry

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]
Act = Callable[[dict[str, Any], int], None]


def consumer(act: Act) -> Handler:
    """The Lambda handler that does what each message asks for, told how often it has been delivered.

    One that fails does not keep the others from being done: it is reported, and the queue delivers it again.
    """

    def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
        failed = [record for record in event["Records"] if not _done(record, act)]
        telemetry.log("messages", records=len(event["Records"]), failed=len(failed))
        return {"batchItemFailures": [{"itemIdentifier": one["messageId"]} for one in failed]}

    return handle


def _done(record: dict[str, Any], act: Act) -> bool:
    attempt = int(record["attributes"]["ApproximateReceiveCount"])
    try:
        act(json.loads(record["body"]), attempt)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is this message's; reported, logged, delivered again
        # The places only: a message could hold a customer's id.
        where = traceback.format_tb(error.__traceback__)
        telemetry.log(
            "a message could not be dealt with", "ERROR", attempt=attempt, error=type(error).__name__, where=where
        )
        return False
    return True
