"""What the tests' client answers by the short way to moto is what it answers by the long one, refusals included."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from tests.support.backend import Backend
from tests.support.moto_backend import TABLE
from tests.support.short_way import OPERATIONS

Json = dict[str, Any]


def _together(**acts: Json) -> Json:
    return {"TransactItems": [{act: {"TableName": TABLE, **asked}} for act, asked in acts.items()]}


KEY = {"pk": {"S": "BRAND#demo"}, "sk": {"S": "one"}}
OTHER = {"pk": {"S": "BRAND#demo"}, "sk": {"S": "two"}}
ITEM = {**KEY, "n": {"N": "1.50"}, "b": {"B": b"\x00\xff"}, "text": {"S": "ü"}, "ttl": {"N": "7"}}
NESTED = {**OTHER, "m": {"M": {"l": {"L": [{"NULL": True}, {"BOOL": False}, {"SS": ["a", "b"]}, {"BS": [b"x"]}]}}}}
IN = {"TableName": TABLE}
ABSENT = "attribute_not_exists(pk)"
OLD: Json = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
ADD: Json = {"Key": KEY, "UpdateExpression": "ADD n :n", "ExpressionAttributeValues": {":n": {"N": "2"}}}
PAGE: Json = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": KEY["pk"]}}
ASKED: list[tuple[str, Json]] = [
    ("PutItem", {**IN, "Item": ITEM}),
    ("PutItem", {**IN, "Item": NESTED, "ConditionExpression": ABSENT}),
    ("PutItem", {**IN, "Item": ITEM, "ConditionExpression": ABSENT, **OLD}),
    ("PutItem", {**IN, "Item": {**ITEM, "pk": {"S": ""}}}),
    ("PutItem", {**IN, "Item": {**ITEM, "much": {"B": b"x" * 410_000}}}),
    ("GetItem", {**IN, "Key": KEY, "ConsistentRead": True}),
    ("GetItem", {**IN, "Key": KEY, "ProjectionExpression": "#n", "ExpressionAttributeNames": {"#n": "n"}}),
    ("GetItem", {**IN, "Key": {**KEY, "sk": {"S": "three"}}}),
    ("GetItem", {**IN, "Key": {"pk": {"S": "BRAND#demo"}, "other": {"S": "x"}}}),
    ("UpdateItem", {**IN, **ADD, "ReturnValues": "ALL_NEW"}),
    ("UpdateItem", {**IN, **ADD, "ReturnConsumedCapacity": "TOTAL", "ReturnValues": "UPDATED_OLD"}),
    ("UpdateItem", {**IN, **ADD, "ConditionExpression": ABSENT, **OLD}),
    ("UpdateItem", {**IN, **ADD, "UpdateExpression": "ADD n"}),
    ("Query", {**IN, **PAGE, "Limit": 1, "ReturnConsumedCapacity": "INDEXES"}),
    ("Query", {**IN, **PAGE, "ScanIndexForward": False, "FilterExpression": "attribute_exists(m)"}),
    ("Query", {**IN, **PAGE, "ExclusiveStartKey": KEY, "Select": "COUNT"}),
    ("Scan", {**IN, "Limit": 1}),
    ("Scan", {**IN, "Segment": 0}),
    ("DeleteItem", {**IN, "Key": OTHER, "ReturnValues": "ALL_OLD"}),
    ("DeleteItem", {**IN, "Key": OTHER, "ConditionExpression": "attribute_exists(pk)"}),
    ("BatchWriteItem", {"RequestItems": {TABLE: [{"PutRequest": {"Item": ITEM}}, {"PutRequest": {"Item": NESTED}}]}}),
    ("BatchWriteItem", {"RequestItems": {TABLE: [{"PutRequest": {"Item": ITEM}}] * 2}}),
    ("BatchGetItem", {"RequestItems": {TABLE: {"Keys": [KEY, OTHER]}}}),
    ("BatchGetItem", {"RequestItems": {TABLE: {"Keys": [KEY, KEY]}}}),
    ("BatchWriteItem", {"RequestItems": {TABLE: [{"DeleteRequest": {"Key": KEY}}]}}),
    ("TransactWriteItems", _together(Put={"Item": NESTED, "ConditionExpression": ABSENT, **OLD}, Update=ADD)),
    ("TransactWriteItems", _together(Update=ADD, Put={"Item": {**OTHER, "sk": {"S": "three"}}})),
    ("TransactWriteItems", _together(ConditionCheck={"Key": KEY, "ConditionExpression": ABSENT}, Put={"Item": NESTED})),
    ("TransactWriteItems", _together(Update=ADD, Delete={"Key": KEY})),
    ("TransactWriteItems", _together(Delete={"Key": OTHER})),
    ("Scan", IN),
]


def test_the_short_way_answers_what_the_long_one_does(empty: Backend) -> None:
    client = empty.client
    short, long = client._make_api_call, type(client)._make_api_call.__get__(client)
    by_the_short_way = [_outcome(short, *asked) for asked in ASKED]
    empty.remove(empty.stored())
    assert by_the_short_way == [_outcome(long, *asked) for asked in ASKED]
    assert {operation for operation, _ in ASKED} == OPERATIONS


def _outcome(way: Callable[[str, Json], Json], operation: str, asked: Json) -> Json:
    """The answer or the refusal, without what is about the way."""
    try:
        answer = way(operation, asked)
    except ClientError as error:
        answer = {**error.response, "refused": str(error), "as": type(error).__name__}
    return {**answer, "ResponseMetadata": answer["ResponseMetadata"]["HTTPStatusCode"]}
