"""Outgoing messages: to the SQS queue of accepted requests, and to the EventBridge bus when one is done."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from functools import cache
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from loyalty import json
from loyalty.aws import new_client
from loyalty.domain.errors import ServiceUnavailable
from loyalty.settings import in_lambda, settings

_LONGEST_DELAY = 900  # seconds, SQS's
# EventBridge and SQS take so many in one request, and 256 kB in all, names and all.
_ENTRIES_AT_ONCE = 10
_BYTES_AT_ONCE = 200_000


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


def send_all(messages: Iterable[tuple[Mapping[str, Any], str]]) -> None:
    """Send messages to this function's queue, each with its sender, for which it is fair. Raises ServiceUnavailable.

    Some may be in the queue by then, so repeating the call sends them twice.
    """
    texts = ((json.dumps_ascii(message), sender) for message, sender in messages)
    for batch in _batches(texts, lambda one: len(one[0])):
        entries = [
            {"Id": str(i), "MessageBody": text, "MessageGroupId": message_group(sender)}
            for i, (text, sender) in enumerate(batch)
        ]
        try:
            answer = sqs().send_message_batch(QueueUrl=settings().queue_url, Entries=entries)
        except (BotoCoreError, ClientError) as error:
            raise ServiceUnavailable("the queue did not take the messages") from error
        if answer.get("Failed"):
            raise ServiceUnavailable("the queue did not take all messages")


def put_off(message: Mapping[str, Any], sender: str, pause: timedelta) -> None:
    """Send a message to this function's queue again, to be delivered after a pause, or after as much as a queue delays.

    A message that was received and is hidden counts as in flight, and a queue whose 120,000 are in flight delivers
    nothing to anybody; one that is delayed does not. Raises ServiceUnavailable.
    """
    send(message, sender, delay=max(1, min(_LONGEST_DELAY, math.ceil(pause.total_seconds()))))


def hide(receipt: str, pause: timedelta) -> None:
    """Hide a message that was received from this function's queue for a while. Raises ServiceUnavailable."""
    seconds = int(pause.total_seconds())
    try:
        sqs().change_message_visibility(QueueUrl=settings().queue_url, ReceiptHandle=receipt, VisibilityTimeout=seconds)
    except (BotoCoreError, ClientError) as error:
        raise ServiceUnavailable("the queue did not take the pause of a message") from error


def count_messages(queue_url: str) -> int:
    """About how many messages wait in a queue; none of them is read. Raises ServiceUnavailable."""
    wanted = "ApproximateNumberOfMessages"
    try:
        answer = sqs().get_queue_attributes(QueueUrl=queue_url, AttributeNames=[wanted])
    except (BotoCoreError, ClientError) as error:
        raise ServiceUnavailable("a queue did not answer") from error
    return int(answer["Attributes"][wanted])


def message_group(sender: str) -> str:
    """The sender as a message group id: printable ASCII without blanks, at most 128 characters."""
    return "".join(char if char.isascii() and char.isprintable() and char != " " else "_" for char in sender)[:128]


def publish(kind: str, detail: Mapping[str, Any]) -> None:
    """Put an event on the stack's bus. Raises ServiceUnavailable."""
    publish_all([(kind, json.dumps(detail))])


def publish_all(entries: Sequence[tuple[str, str]]) -> None:
    """Put events on the stack's bus, each a kind and its detail as JSON text, in order. Raises ServiceUnavailable.

    Some may be on it by then, so repeating the call puts them there again.
    """
    for batch in _batches(entries, lambda entry: len(entry[1].encode())):
        request = [
            {"EventBusName": settings().event_bus, "Source": "earnest", "DetailType": kind, "Detail": detail}
            for kind, detail in batch
        ]
        try:
            answer = event_bridge().put_events(Entries=request)
        except (BotoCoreError, ClientError) as error:
            raise ServiceUnavailable("the event bus did not answer") from error
        if answer["FailedEntryCount"]:
            raise ServiceUnavailable("the event bus did not take all events")


def _batches[T](items: Iterable[T], size: Callable[[T], int]) -> Iterator[list[T]]:
    """The items in order, in batches that one request takes."""
    batch: list[T] = []
    room = _BYTES_AT_ONCE
    for item in items:
        if batch and (len(batch) == _ENTRIES_AT_ONCE or size(item) > room):
            yield batch
            batch, room = [], _BYTES_AT_ONCE
        batch.append(item)
        room -= size(item)
    if batch:
        yield batch


# Like the table's client, those that a function needs are created during initialization.
if in_lambda():
    used_queue = settings().queue_url or settings().hot_requests_set_aside
    for url, make in ((used_queue, sqs), (settings().event_bus, event_bridge)):
        if url:
            make()
