"""The table's stream as Lambda hands it to its functions: what TTL removed, and what was added."""

import json
from collections.abc import Iterator
from typing import Any

from loyalty.store import keys
from tests.support.api import function
from tests.support.backend import Json
from tests.support.project import CONTEXT, lambdas
from tests.support.tables import Store


def pattern() -> Json:
    """What the template lets through to the function."""
    (event,) = lambdas()["on_deadline_passed"].properties["Events"].values()
    (only,) = event["Properties"]["FilterCriteria"]["Filters"]
    found: Json = json.loads(only["Pattern"])
    return found


def matches(wanted: Any, record: Any) -> bool:
    """Lambda's filter rule, as far as the template uses it: a list names the values that pass, or how they begin."""
    if isinstance(wanted, dict):
        return isinstance(record, dict) and all(matches(inner, record.get(name)) for name, inner in wanted.items())
    beginnings = tuple(one["prefix"] for one in wanted if isinstance(one, dict))
    return record in wanted or (isinstance(record, str) and record.startswith(beginnings))


def records(store: Store) -> Iterator[Json]:
    """Every record of the table's stream so far, in the form in which Lambda hands it over."""
    source = store.look.describe_table(TableName=store.name)["Table"]["LatestStreamArn"]
    client = store.engine.client("dynamodbstreams")
    try:
        for shard in client.describe_stream(StreamArn=source)["StreamDescription"]["Shards"]:
            place = {"StreamArn": source, "ShardId": shard["ShardId"], "ShardIteratorType": "TRIM_HORIZON"}
            iterator = client.get_shard_iterator(**place)["ShardIterator"]
            while iterator:
                answer = client.get_records(ShardIterator=iterator)
                yield from map(as_lambda_has_it, answer["Records"])
                iterator = answer.get("NextShardIterator") if answer["Records"] else None
    finally:
        client.close()


def as_lambda_has_it(record: Json) -> Json:
    """The same record; only the names in `userIdentity` are spelled otherwise there."""
    who = record.get("userIdentity")
    return {**record, "userIdentity": {"type": who["Type"], "principalId": who["PrincipalId"]} if who else None}


def deliver(*batch: Json) -> list[Json]:
    """Hand a batch to the function; what it could not settle."""
    answer = function("on_deadline_passed").handler({"Records": list(batch)}, CONTEXT)
    failures: list[Json] = answer["batchItemFailures"]
    return failures


def place(key: keys.Key) -> Json:
    """A key as DynamoDB takes it."""
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}


def removed(key: keys.Key) -> Json:
    """The record of a removal that did not happen yet."""
    return {"eventName": "REMOVE", "dynamodb": {"Keys": place(key), "SequenceNumber": f"number of {key.sk}"}}


def written(*stored: tuple[str, str]) -> Json:
    """What the feed's function gets when items are stored at these keys."""
    return {
        "Records": [
            {
                "eventName": "INSERT",
                "eventSource": "aws:dynamodb",
                "dynamodb": {"Keys": place(keys.Key(*one)), "SequenceNumber": str(i)},
            }
            for i, one in enumerate(stored)
        ]
    }
