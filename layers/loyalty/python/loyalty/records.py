"""Batches of SQS and of DynamoDB's stream in, the list of what failed out."""

import traceback
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    ExceptionInfo,
    FailureResponse,
)
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
from aws_lambda_powertools.utilities.data_classes.dynamo_db_stream_event import DynamoDBRecord
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from loyalty import json
from loyalty.domain.feed.webhooks import NotDelivered
from loyalty.sandbox import serving
from loyalty.telemetry import logger

Handler = Callable[[dict[str, Any], LambdaContext], PartialItemFailureResponse]
BatchHandler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


class _Processor(BatchProcessor):
    """Powertools' processor, which logs of an exception its type and its places only: its text may name a customer."""

    def __init__(self, event_type: EventType) -> None:
        super().__init__(event_type, raise_on_entire_batch_failure=False)

    def failure_handler(self, record: Any, exception: ExceptionInfo) -> FailureResponse:
        """Note that the record failed, so that it alone is delivered again."""
        kind, _, trace = exception
        name = kind.__name__ if kind else ""
        if kind is NotDelivered:  # the receiver's fault, which its list of deliveries has
            logger.info("record not taken")
        else:
            logger.error("record failed", extra={"error": name, "where": traceback.format_tb(trace)})
        self.fail_messages.append(record)
        return "fail", name, record


def each_message(act: Callable[[Any, int], None]) -> Handler:
    """The Lambda handler that calls `act` with the body of each SQS message and how often it has been delivered.

    A message of a sandbox brand has `sandbox` set, and is processed by that brand's test clock.
    """

    def process(record: SQSRecord) -> None:
        message = json.loads(record.body)
        with serving(message["brand_id"] if message.get("sandbox") else None):
            act(message, int(record.attributes.approximate_receive_count))

    return _handler(process, EventType.SQS)


def each_delivery(act: Callable[[Any, int, str], None]) -> Handler:
    """The Lambda handler that calls `act` with the body of each SQS message, how often it came, and its receipt."""

    def process(record: SQSRecord) -> None:
        act(json.loads(record.body), int(record.attributes.approximate_receive_count), record.receipt_handle)

    return _handler(process, EventType.SQS)


def each_removal(act: Callable[[str, str], None]) -> Handler:
    """The Lambda handler that calls `act` with the key (pk and sk) of each item that a stream says was removed."""

    def process(record: DynamoDBRecord) -> None:
        assert record.dynamodb is not None
        act(record.dynamodb.keys["pk"], record.dynamodb.keys["sk"])

    return _handler(process, EventType.DynamoDBStreams)


def each_write(act: Callable[[list[tuple[str, str]]], None]) -> BatchHandler:
    """The Lambda handler that calls `act` with the keys (pk and sk) of all items that a stream says were written.

    It gets them together, so that it reads them in one round trip; BatchProcessor would hand over one at a time. If it
    fails, all of them are delivered again, so it has to be harmless if it is done twice.
    """

    @logger.inject_lambda_context(clear_state=True)
    def handle(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
        written = (DynamoDBRecord(record).dynamodb for record in event["Records"])
        keys = [(one.keys["pk"], one.keys["sk"]) for one in written if one is not None]
        act(keys)
        logger.info("records processed", extra={"records": len(keys)})
        return {"batchItemFailures": []}

    return handle


def _handler(process: Callable[[Any], None], event_type: EventType) -> Handler:
    processor = _Processor(event_type)

    @logger.inject_lambda_context(clear_state=True)
    def handle(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
        with processor(event["Records"], process, context):
            processor.process()
        failed = len(processor.fail_messages)
        logger.info("records processed", extra={"records": len(event["Records"]), "failed": failed})
        return processor.response()

    return handle
