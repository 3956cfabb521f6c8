"""Outgoing messages: to the SQS queue of accepted requests, and to the EventBridge bus when one is done."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from loyalty import json
from loyalty.aws import new_client
from loyalty.domain.errors import ServiceUnavailable
from loyalty.settings import in_lambda, settings


@cache
def sqs() -> Any:
    """The SQS client of this process."""
    return new_client("sqs", read_timeout=8)


@cache
def event_bridge() -> Any:
    """The EventBridge client of this process."""
    return new_client("events", read_timeout=8)


def send(message: Mapping[str, Any], sender: str, *, delay: int = 0) -> None:
    """Send a message to this function's queue, a fair queue with a group for each sender, delivered after `delay` s.

    Raises ServiceUnavailable.
    """
    later = {"DelaySeconds": delay} if delay else {}
    try:
        sqs().send_message(
            QueueUrl=settings().queue_url,
            MessageBody=json.dumps_ascii(message),
            MessageGroupId=message_group(sender),
            **later,
        )
    except (BotoCoreError, ClientError) as error:
        raise ServiceUnavailable("the queue did not take the request; send it again") from error


def message_group(sender: str) -> str:
    """The sender as a message group id: printable ASCII without blanks, at most 128 characters."""
    return "".join(char if char.isascii() and char.isprintable() and char != " " else "_" for char in sender)[:128]


def publish(kind: str, detail: Mapping[str, Any]) -> None:
    """Put an event on the stack's bus. Raises ServiceUnavailable."""
    entry = {
        "EventBusName": settings().event_bus,
        "Source": "earnest",
        "DetailType": kind,
        "Detail": json.dumps(detail),
    }
    try:
        answer = event_bridge().put_events(Entries=[entry])
    except (BotoCoreError, ClientError) as error:
        raise ServiceUnavailable("the event bus did not answer") from error
    if answer["FailedEntryCount"]:
        raise ServiceUnavailable("the event bus did not take the event")


# Like the table's client, those that a function needs are created during initialization.
if in_lambda():
    for url, make in ((settings().queue_url, sqs), (settings().event_bus, event_bridge)):
        if url:
            make()
