"""DynamoDB's stream in, the list of what failed out."""

import traceback
from collections.abc import Callable
from typing import Any

from loyalty import telemetry

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


def consumer(settle: Callable[[str, str], None]) -> Handler:
    """The Lambda handler that settles each removed item by its key.

    One that fails does not keep the others from being settled: it is reported, and the stream delivers it again.
    """

    def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
        failed = [record for record in event["Records"] if not _settled(record, settle)]
        telemetry.log("deadlines passed", records=len(event["Records"]), failed=len(failed))
        return {"batchItemFailures": [{"itemIdentifier": one["dynamodb"]["SequenceNumber"]} for one in failed]}

    return handle


def _settled(record: dict[str, Any], settle: Callable[[str, str], None]) -> bool:
    key = record["dynamodb"]["Keys"]
    try:
        settle(key["pk"]["S"], key["sk"]["S"])
    except Exception as error:  # noqa: BLE001 - whatever it is, it is this record's; reported, logged, delivered again
        # The places only: a message could hold a customer's id.
        where = traceback.format_tb(error.__traceback__)
        telemetry.log("a deadline could not be settled", "ERROR", error=type(error).__name__, where=where)
        return False
    return True
