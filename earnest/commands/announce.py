"""Announces again what the stream gave up on: with the same ids and payloads, as messages are made from records alone.

The queue has positions in the table's stream. While the stream has them (a day), the keys are read there; later, the
records of that time are looked for in the table. Functions may not scan; this runs with the operator's own credentials.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import batched
from pathlib import Path
from typing import Any, NamedTuple

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from earnest.commands.redrive import outputs, stack_and_client_options
from earnest.commands.settle import use_stack
from earnest.errors import CommandError
from loyalty.domain.events.event import Event
from loyalty.domain.times import parse_instant
from loyalty.store import keys
from loyalty.store.api_keys import is_sandbox
from loyalty.store.feed import record_in, spent_budget_in
from loyalty.store.keys import Key
from loyalty.store.reminders import reminder_in
from loyalty.store.table import Item, from_wire, to_wire
from loyalty.store.table import client as table_client

QUEUE = "RecordsNotAnnounced"

_FUNCTION = "OnRecordWritten"
_ALIAS = "live"
_SEGMENTS = 64
_AT_ONCE = 8
_RECORDS_AT_ONCE = 50  # as many as the stream hands over at once, as in the template
_HIDDEN_SECONDS = 900
_INVOKED_SECONDS = 90
# A record says when it was decided on; the stream, about when it had it. Writing may be tried for 20 s in between.
_BEFORE, _AFTER = timedelta(minutes=5), timedelta(minutes=1)
_GONE = ("TrimmedDataAccessException", "ResourceNotFoundException")


class Window(NamedTuple):
    """A time in which records were written."""

    first: datetime
    last: datetime


@dataclass(frozen=True)
class Feed:
    """What announcing takes: the queue of positions, the stream, the feed's function, and what finds keys by time."""

    sqs: Any
    queue_url: str
    streams: Any
    invoke: Callable[[dict[str, Any]], None]
    find_written: Callable[[Sequence[Window]], list[Key]]


def feed_of(stack: str | None, connection_file: Path) -> Feed | None:
    """The feed of a stack in AWS, or of the one on this machine if none is named; None if it has none.

    Raises CommandError if there is no such stack.
    """
    name, options = stack_and_client_options(stack, connection_file)
    cloudformation = boto3.client("cloudformation", **options)
    queue_url = outputs(cloudformation, name).get(f"{QUEUE}Url")
    if queue_url is None:
        return None

    def invoke(event: dict[str, Any]) -> None:
        resource = cloudformation.describe_stack_resource(StackName=name, LogicalResourceId=_FUNCTION)
        function = resource["StackResourceDetail"]["PhysicalResourceId"]
        # It may take its whole minute. What it does twice is told twice in the same words, but nobody needs that.
        patient = Config(read_timeout=_INVOKED_SECONDS, retries={"total_max_attempts": 1})
        answer = boto3.client("lambda", config=patient, **options).invoke(
            FunctionName=function, Qualifier=_ALIAS, Payload=json.dumps(event).encode()
        )
        if "FunctionError" in answer:
            raise CommandError(f"{_FUNCTION} failed: `earnest logs {_FUNCTION}` says why. Then run this again.")

    def find(windows: Sequence[Window]) -> list[Key]:
        return find_written(table_client(), use_stack(stack, connection_file).table, windows)

    clients = (boto3.client(service, **options) for service in ("sqs", "dynamodbstreams"))
    sqs, streams = clients
    return Feed(sqs, queue_url, streams, invoke, find)


def announce_again(feed: Feed) -> Iterator[int]:
    """Let the feed's function announce what the queue names; yield how many records it was given at a time.

    A position is deleted when all of it is announced: after an interruption it is announced once more, in the same
    words. What the stream has no more is looked for in the table at the end, in one walk. Raises CommandError if the
    function fails, or a message is not a position.
    """
    late: dict[str, Window] = {}
    request = {"QueueUrl": feed.queue_url, "MaxNumberOfMessages": 1, "WaitTimeSeconds": 1}
    while found := feed.sqs.receive_message(**request, VisibilityTimeout=_HIDDEN_SECONDS).get("Messages"):
        (message,) = found
        try:
            position = json.loads(message["Body"])["DDBStreamBatchInfo"]
            first, last = (parse_instant(position[f"approximateArrivalOf{which}Record"]) for which in ("First", "Last"))
        except (ValueError, KeyError, TypeError):
            raise CommandError(
                f"{QUEUE} has a message that Lambda did not put there; look at it and delete it."
            ) from None
        written = read_positions(feed.streams, position)
        if written is None:
            late[message["ReceiptHandle"]] = Window(first - _BEFORE, last + _AFTER)
        else:
            yield _announce(feed, written, [message["ReceiptHandle"]])
    if late:
        yield _announce(feed, feed.find_written([*late.values()]), late)


def _announce(feed: Feed, written: Sequence[Key], receipts: Iterable[str]) -> int:
    for some in batched(written, _RECORDS_AT_ONCE, strict=False):
        feed.invoke(_stream_event(some))
    for receipt in receipts:
        feed.sqs.delete_message(QueueUrl=feed.queue_url, ReceiptHandle=receipt)
    return len(written)


def _stream_event(written: Sequence[Key]) -> dict[str, Any]:
    """What Lambda hands to the function when the items at these keys are written."""
    return {
        "Records": [
            {"eventName": "INSERT", "eventSource": "aws:dynamodb", "dynamodb": {"Keys": to_wire(key._asdict())}}
            for key in written
        ]
    }


def read_positions(streams: Any, position: dict[str, Any]) -> list[Key] | None:
    """The keys that the feed is told of from one sequence number to another; None if the stream no longer has all."""
    shard = {"StreamArn": position["streamArn"], "ShardId": position["shardId"]}
    first, last = int(position["startSequenceNumber"]), int(position["endSequenceNumber"])
    found: list[Key] = []
    try:
        iterator = streams.get_shard_iterator(
            **shard, ShardIteratorType="AT_SEQUENCE_NUMBER", SequenceNumber=position["startSequenceNumber"]
        )["ShardIterator"]
        while iterator:
            answer = streams.get_records(ShardIterator=iterator)
            for record in answer["Records"]:
                number = int(record["dynamodb"]["SequenceNumber"])
                if first <= number <= last and _is_told(record):
                    found.append(Key(**{name: value["S"] for name, value in record["dynamodb"]["Keys"].items()}))
                if number >= last:
                    return found
            iterator = answer.get("NextShardIterator")
    except ClientError as error:
        if error.response["Error"]["Code"] in _GONE:
            return None
        raise
    return found


def _is_told(record: dict[str, Any]) -> bool:
    """Whether the template lets that record through to the function, which passes over kinds that it does not know."""
    is_budget = record["dynamodb"]["Keys"]["sk"]["S"] == "BUDGET"
    return bool(record["eventName"] == ("MODIFY" if is_budget else "INSERT"))


def find_written(client: Any, table: str, windows: Sequence[Window], *, at_once: int = _AT_ONCE) -> list[Key]:
    """The keys in a table of all that was recorded in any of these times, and of budgets; not of sandbox brands.

    These have a time of their own, so nothing says what of theirs was recorded then.
    """
    lives = cache(lambda brand_id: not is_sandbox(brand_id))

    def look(segment: int) -> list[Key]:
        found = ((Key(str(item["pk"]), str(item["sk"])), item) for item in _items(client, table, segment, segments))
        return [
            key
            for key, item in found
            if (at := _written_at(key, item)) is None or any(one.first <= at <= one.last for one in windows)
            if lives(key.pk.split("#")[1])
        ]

    segments = _SEGMENTS if at_once > 1 else 1
    with ThreadPoolExecutor(at_once) as pool:
        return [key for some in pool.map(look, range(segments)) for key in some]


def _items(client: Any, table: str, segment: int, segments: int) -> Iterator[Item]:
    pages = client.get_paginator("scan").paginate(
        TableName=table,
        Segment=segment,
        TotalSegments=segments,
        FilterExpression="begins_with(pk, :brand) AND (sk IN (:event, :budget) OR begins_with(sk, :record) "
        "OR begins_with(sk, :reminder) OR begins_with(sk, :spent))",
        ExpressionAttributeValues=to_wire(
            {
                ":brand": "BRAND#",
                ":event": "EVENT",
                ":budget": "BUDGET",
                ":record": keys.RECORDS,
                ":reminder": keys.REMINDERS,
                ":spent": keys.SPENT,
            }
        ),
        ConsistentRead=True,
    )
    for page in pages:
        items = map(from_wire, page["Items"])
        yield from (item for item in items if "document" in item or item["sk"] == "BUDGET")


def _written_at(key: Key, item: Item) -> datetime | None:
    """When it was recorded; None for a shard of a budget, which is asked whether the budget is spent."""
    if key.sk == "BUDGET":
        return None
    if keys.is_reminder(key):
        return reminder_in(item).at
    if key.sk.startswith(keys.SPENT):
        return spent_budget_in(item).at
    record = record_in(key, item).record
    return record.recorded_at if isinstance(record, Event) else record.at
