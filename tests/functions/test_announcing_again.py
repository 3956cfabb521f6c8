"""`earnest redrive`: what the feed's function gave up on is announced again, in the same words, whatever is left."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from earnest.commands.announce import Feed as Redriven
from earnest.commands.announce import Window, announce_again, find_written, read_positions
from earnest.errors import CommandError
from loyalty.domain.times import format_instant
from loyalty.services.program import create_brand
from loyalty.store.keys import Key
from tests.functions.test_change_feed import Feed
from tests.support.backend import Backend
from tests.support.stream import written

Json = dict[str, Any]


class Stream:
    """A shard of a stream, whose records have the numbers 100, 200 and so on; a page has two of them."""

    def __init__(self, records: list[Json]) -> None:
        self.records = [
            {**one, "dynamodb": {**one["dynamodb"], "SequenceNumber": f"{i}00"}} for i, one in enumerate(records, 1)
        ]
        self.trimmed = False

    def get_shard_iterator(self, **asked: str) -> Json:
        """Where to begin: at a record that there still is."""
        if self.trimmed:
            raise ClientError({"Error": {"Code": "TrimmedDataAccessException"}}, "GetShardIterator")
        assert (asked["ShardIteratorType"], asked["ShardId"]) == ("AT_SEQUENCE_NUMBER", "shardId-1")
        return {"ShardIterator": str(int(asked["SequenceNumber"]) // 100 - 1)}

    def get_records(self, *, ShardIterator: str) -> Json:  # noqa: N803 - as AWS has it
        """The next two."""
        at = int(ShardIterator)
        return {"Records": self.records[at : at + 2], "NextShardIterator": str(at + 2)}


class Queue:
    """Positions that the stream gave up on."""

    def __init__(self, *bodies: str) -> None:
        self.bodies = list(bodies)
        self.hidden: list[str] = []

    def receive_message(self, **_: Any) -> Json:
        """The next one that was not received before."""
        for body in self.bodies:
            if body not in self.hidden:
                self.hidden.append(body)
                return {"Messages": [{"Body": body, "ReceiptHandle": body}]}
        return {}

    def delete_message(self, *, ReceiptHandle: str, **_: Any) -> None:  # noqa: N803 - as AWS has it
        """Forget it."""
        self.bodies.remove(ReceiptHandle)


def position(first: int, last: int, at: datetime) -> str:
    """What Lambda puts into the queue when it gives up on records of a stream."""
    batch = {
        "shardId": "shardId-1",
        "startSequenceNumber": f"{first}00",
        "endSequenceNumber": f"{last}00",
        "approximateArrivalOfFirstRecord": format_instant(at),
        "approximateArrivalOfLastRecord": format_instant(at),
        "batchSize": last - first + 1,
        "streamArn": "arn:aws:dynamodb:eu-central-1:123456789012:table/t/stream/2026",
    }
    context = {"condition": "RetryAttemptsExhausted", "approximateInvokeCount": 21}
    return json.dumps({"requestContext": context, "version": "1.0", "DDBStreamBatchInfo": batch})


def redriven(backend: Backend, stream: Stream, queue: Queue) -> Redriven:
    """What announcing takes, on functions in this process."""

    def invoke(event: Json) -> None:
        assert backend.run("on_record_written", event) == {"batchItemFailures": []}

    def find(windows: Sequence[Window]) -> list[Key]:
        return find_written(backend.client, backend.table, windows, at_once=1)  # moto is for one thread

    return Redriven(queue, "url", stream, invoke, find)


def told_by_id(said: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    return {detail["id"]: detail for _, detail in said}


@pytest.fixture
def feed(backend: Backend) -> Feed:
    """The feed of a backend whose brand has a budget that is spent."""
    limits = {"limits": {"budget": 30}}
    effects = [{"reward_id": "points", "amount": 30}]
    campaign = {"name": "Few", "trigger": "PURCHASE", "rules": [{"effects": effects}], **limits}
    assert backend.call("put_campaign", campaign, path={"id": "few"}).status == 200
    backend.wait(minutes=10)
    found = Feed(backend)
    found.new()
    return found


def test_what_the_stream_still_has_is_announced_in_the_same_words_and_nothing_else(feed: Feed) -> None:
    backend = feed.backend
    for customer in ("ana", "luis", "noa"):
        backend.emit(customer)
    inserted = written(*feed.new())["Records"]
    modified = [{**one, "eventName": "MODIFY"} for one in inserted]
    stream = Stream([inserted[0], modified[0], inserted[1], modified[1], inserted[2]])
    queue = Queue(position(2, 3, backend.now), position(4, 4, backend.now))
    assert list(announce_again(redriven(backend, stream, queue))) == [1, 0]
    assert queue.bodies == []
    again = told_by_id(backend.carrier.said)
    feed.deliver([(one["dynamodb"]["Keys"]["pk"]["S"], "EVENT") for one in inserted])
    whole = told_by_id(backend.carrier.said)
    assert again.items() < whole.items()
    assert len({detail["data"]["customer_id"] for detail in again.values()}) == 1


def test_what_the_stream_has_no_more_is_found_by_its_time(feed: Feed) -> None:
    backend = feed.backend
    assert backend.call("put_brand", {"remind_before": "14/days"}).status == 200
    backend.emit("before")
    backend.wait(hours=1)
    at = backend.now
    backend.emit("ana", fulfilled=False)
    backend.emit("luis")
    backend.wait(seconds=20)
    held = backend.emit("noa", fulfilled=False).data["id"]
    backend.call("fulfill_event", None, path={"id": held})
    create_brand("play", "To play with", sandbox=True)
    backend.wait(hours=1)
    backend.emit("after")
    stream = Stream([])
    stream.trimmed = True
    queue = Queue(position(1, 3, at), position(4, 4, backend.now - timedelta(hours=1)))
    (count,) = announce_again(redriven(backend, stream, queue))
    told = {detail["data"].get("customer_id") for detail in told_by_id(backend.carrier.said).values()}
    assert told == {"ana", "luis", "noa"}
    assert queue.bodies == []
    assert any(item["sk"]["S"].startswith("SPENT#") for item in backend.stored()), "budgets are asked whether they are"
    assert count >= 4
    before = told_by_id(backend.carrier.said)
    feed.deliver()
    assert before.items() <= told_by_id(backend.carrier.said).items(), "the same words"
    assert len([1 for kind, _ in backend.carrier.said if kind == "event.resolved"]) > 3


def test_a_position_stays_until_all_of_it_is_announced(backend: Backend) -> None:
    stream = Stream(written(("BRAND#demo#EVENT#none", "EVENT"))["Records"])

    def fail(_: Json) -> None:
        raise CommandError("it failed")

    queue = Queue(position(1, 1, backend.now))
    feed = Redriven(queue, "url", stream, fail, lambda _: [])
    with pytest.raises(CommandError, match="it failed"):
        list(announce_again(feed))
    assert len(queue.bodies) == 1
    queue = Queue("what is this")
    with pytest.raises(CommandError, match="Lambda did not put there"):
        list(announce_again(Redriven(queue, "url", stream, fail, lambda _: [])))
    assert len(queue.bodies) == 1


def test_another_error_of_the_stream_is_not_taken_for_records_that_are_gone() -> None:
    class Busy:
        def get_shard_iterator(self, **_: str) -> Json:
            raise ClientError({"Error": {"Code": "ThrottlingException"}}, "GetShardIterator")

    of = json.loads(position(1, 1, datetime.fromisoformat("2026-03-10T12:00:00+00:00")))["DDBStreamBatchInfo"]
    with pytest.raises(ClientError):
        read_positions(Busy(), of)
