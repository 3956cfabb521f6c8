"""The table in memory answers as DynamoDB Local does: the same random requests to both, and every answer compared."""

import contextlib
import random
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.simulation.dynamodb import DynamoDBError, Table
from tests.simulation.expressions import format_number, parse_number
from tests.support.dynamodb_local import Engine, dynamodb_local
from tests.support.project import LONG

TABLE = "compared"
BOTH_WRONG = {"IdempotentParameterMismatchException", "ValidationException"}
ROUNDS = 20_000 if LONG else 1500
PARTITIONS = ["a", "b", "ü"]
SORTS = ["s", "s#1", "s#2", "t", "\x00", "é#", "s\U0010ffff"]
NAMES = ["n", "m", "text", "raw", "version"]

Json = dict[str, Any]


@pytest.fixture(scope="module")
def local() -> Iterator[Any]:
    with dynamodb_local() as engine, contextlib.closing(engine.client()) as client:
        _create(engine)
        yield client


def _create(engine: Engine) -> None:
    engine.create_table(TABLE)


class Requests:
    """Random requests on few items, so that they conflict."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.tokens: list[Json] = []

    def key(self) -> Json:
        return {"pk": {"S": self.random.choice(PARTITIONS)}, "sk": {"S": self.random.choice(SORTS)}}

    def value(self, name: str) -> Json:
        if self.random.random() < 0.1:
            return self.random.choice([{"BOOL": True}, {"BOOL": False}, {"NULL": True}])
        if name in ("n", "m", "version") and self.random.random() < 0.9:
            return {"N": self.number()}
        if name == "raw":
            return {"B": self.random.choice([b"", b"ab", b"ac", b"\xff"])}
        return {"S": self.random.choice(["", "a", "ab", "b", "ü", "\U0001f600"])}

    def number(self) -> str:
        numbers = ["0", "1", "-1", "2", "1.50", "1E+2", "0.0001", "99999999999999999999999999999999999999", "-0"]
        return self.random.choice(numbers)

    def item(self) -> Json:
        names = self.random.sample(NAMES, self.random.randint(0, 4))
        return self.key() | {name: self.value(name) for name in names}

    def condition(self, values: Json, names: Json, depth: int = 0) -> str:
        """A condition; the names and values that it uses are added to both dictionaries."""

        def name() -> str:
            chosen = self.random.choice(NAMES)
            if self.random.random() < 0.5:
                names[f"#{chosen}"] = chosen
                return f"#{chosen}"
            return chosen if chosen not in ("text", "raw") else name()

        def value(kind: str = "N") -> str:
            placeholder = f":v{len(values)}"
            values[placeholder] = (
                {"N": self.number()} if kind == "N" else self.value("text") if kind == "any" else {kind: "a"}
            )
            return placeholder

        match self.random.randrange(9 if depth < 2 else 6):
            case 0:
                text = f"attribute_exists({name()})"
            case 1:
                text = f"attribute_not_exists({self.random.choice(['pk', name()])})"
            case 2:
                operator = self.random.choice(["=", "<>", "<", "<=", ">", ">="])
                right = value() if self.random.random() < 0.8 else name()
                left = name()
                text = f"{left} {operator} {right}" if left[-1] != right[-1] else f"attribute_exists({left})"
            case 3:
                low, high = value(), value()
                if float(values[low]["N"]) > float(values[high]["N"]):
                    low, high = high, low
                text = f"{name()} BETWEEN {low} AND {high}"
            case 4:
                text = f"begins_with({name()}, {value('S')})"
            case 5:
                text = f"{name()} IN ({value()}, {value()})"
            case 6:
                text = f"NOT {self.condition(values, names, depth + 1)}"
            case _:
                operator = self.random.choice(["AND", "OR"])
                left, right = (self.condition(values, names, depth + 1) for _ in range(2))
                text = f"({left}) {operator} {right}"
        return text

    def write(self) -> Json:
        values: Json = {}
        names: Json = {}
        request: Json = {"TableName": TABLE}
        kind = self.random.choice(["Put", "Put", "Update", "Update", "Delete", "ConditionCheck"])
        if kind == "Put":
            request["Item"] = self.item()
        else:
            request["Key"] = self.key()
        if kind == "Update":
            request["UpdateExpression"] = self.update(values, names)
        if kind == "ConditionCheck" or self.random.random() < 0.6:
            request["ConditionExpression"] = self.condition(values, names)
        if self.random.random() < 0.2:
            request["ReturnValuesOnConditionCheckFailure"] = "ALL_OLD"
        if self.random.random() < 0.02:
            values[":unused"] = {"N": "1"}
        if self.random.random() < 0.02:
            names["#unused"] = "n"
        if values:
            request["ExpressionAttributeValues"] = values
        if names:
            request["ExpressionAttributeNames"] = names
        return {kind: request}

    def writes(self, most: int) -> list[Json]:
        """Writes of different items: it is undefined whether a doubled item or a failed condition is reported first."""
        by_key = {repr(_key_of(write)): write for write in (self.write() for _ in range(most))}
        return list(by_key.values())

    def update(self, values: Json, names: Json) -> str:
        free = self.random.sample(["n", "m", "version"], 3)
        values[":one"] = {"N": self.number()}
        clauses = [f"ADD {free[0]} :one"]
        if self.random.random() < 0.6:
            names["#set"] = free[1]
            other = self.random.choice(
                [":one", f"{free[2]} + :one", f"if_not_exists({free[2]}, :one)", f"{free[2]} - :one"]
            )
            clauses.append(f"SET #set = {other}")
        if self.random.random() < 0.3:
            names["#raw"] = "raw"
            clauses.append("REMOVE #raw")
        return " ".join(clauses)

    def next(self) -> tuple[str, Json]:
        """An operation and its request."""
        match self.random.randrange(8):
            case 0:
                return "get_item", {"TableName": TABLE, "Key": self.key(), "ConsistentRead": True}
            case 1:
                keys = [self.key() for _ in range(self.random.randint(1, 5))]
                return "batch_get_item", {"RequestItems": {TABLE: {"Keys": keys, "ConsistentRead": True}}}
            case 6:
                ((kind, request),) = self.write().items()
                operation = {"Put": "put_item", "Update": "update_item"}.get(kind)
                if operation:
                    return operation, request
            case 2 | 3:
                return "query", self.query()
        if self.tokens and self.random.random() < 0.15:
            # A retry of the client, or another request with the same token.
            request = dict(self.random.choice(self.tokens))
            if self.random.random() < 0.3:
                request["TransactItems"] = [self.write()]
            return "transact_write_items", request
        request = {"TransactItems": self.writes(self.random.choice([1, 1, 2, 3, 5]))}
        if self.random.random() < 0.3:
            request["ClientRequestToken"] = f"token-{self.random.getrandbits(64)}"
            self.tokens.append(request)
        return "transact_write_items", request

    def query(self) -> Json:
        values: Json = {":pk": {"S": self.random.choice(PARTITIONS)}}
        condition = "pk = :pk"
        match self.random.randrange(4):
            case 0:
                values |= {":from": {"S": "s"}, ":to": {"S": "s\U0010ffff"}}
                condition += " AND sk BETWEEN :from AND :to"
            case 1:
                values[":prefix"] = {"S": "s"}
                condition += " AND begins_with(sk, :prefix)"
            case 2:
                values[":place"] = {"S": self.random.choice(SORTS)}
                condition += f" AND sk {self.random.choice(['=', '<', '<=', '>', '>='])} :place"
        request: Json = {
            "TableName": TABLE,
            "KeyConditionExpression": condition,
            "ExpressionAttributeValues": values,
            "ConsistentRead": True,
            "ScanIndexForward": self.random.random() < 0.7,
        }
        if self.random.random() < 0.5:
            request["Limit"] = self.random.randint(1, 4)
        if len(values) == 1 and self.random.random() < 0.3:
            request["ExclusiveStartKey"] = {"pk": values[":pk"], "sk": {"S": self.random.choice(SORTS)}}
        return request


def _key_of(write: Json) -> Json:
    (request,) = write.values()
    key = request.get("Key") or request["Item"]
    return {name: key[name] for name in ("pk", "sk")}


def _by_key(items: list[Json]) -> list[Json]:
    return sorted(items, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))


def _relevant(answer: Json) -> Json:
    """The part of an answer that depends on the table."""
    if "Responses" in answer:
        return {"found": _normalized(_by_key(answer["Responses"][TABLE]))}
    return {
        name: _normalized(answer[name]) for name in ("Item", "Items", "Count", "LastEvaluatedKey") if name in answer
    }


def _normalized(value: Any) -> Any:
    """The same with numbers in one form: DynamoDB trims zeros, DynamoDB Local does not."""
    if isinstance(value, list):
        return [_normalized(element) for element in value]
    if isinstance(value, dict):
        return {
            name: format_number(parse_number(part)) if name == "N" else _normalized(part)
            for name, part in value.items()
        }
    return value


def _refused(code: str, reasons: list[Json]) -> Json:
    # DynamoDB Local refuses the whole request where DynamoDB gives a reason for one write.
    if any(reason["Code"] == "ValidationError" for reason in reasons):
        return {"refused": "ValidationException", "reasons": []}
    reasons = [{name: _normalized(reason[name]) for name in ("Code", "Item") if name in reason} for reason in reasons]
    return {"refused": code, "reasons": reasons}


def from_dynamodb(client: Any, operation: str, request: Json) -> Json:
    try:
        return _relevant(getattr(client, operation)(**request))
    except ClientError as error:
        response: Json = dict(error.response)
        return _refused(response["Error"]["Code"], response.get("CancellationReasons", []))


def from_memory(table: Table, operation: str, request: Json) -> Json:
    try:
        return _relevant(getattr(table, operation)(request))
    except DynamoDBError as error:
        return _refused(error.code, error.reasons)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_table_in_memory_answers_as_dynamodb_local_does(local: Any, seed: int) -> None:
    table = Table(clock=lambda: 0)
    for item in local.scan(TableName=TABLE)["Items"]:
        local.delete_item(TableName=TABLE, Key={name: item[name] for name in ("pk", "sk")})
    requests = Requests(seed)
    for step in range(ROUNDS):
        operation, request = requests.next()
        expected, found = from_dynamodb(local, operation, request), from_memory(table, operation, request)
        if "LastEvaluatedKey" in found and "LastEvaluatedKey" not in expected:
            # When a limit is just reached, DynamoDB does not look further; DynamoDB Local does, and found nothing.
            del found["LastEvaluatedKey"]
            whole = {name: value for name, value in request.items() if name != "Limit"}
            assert local.query(**whole)["Count"] == found["Count"]
        if {found.get("refused"), expected.get("refused")} == BOTH_WRONG:
            continue  # which of two mistakes in a request is reported first is undefined
        assert found == expected, f"step {step}: {operation} {request}"
    stored = local.scan(TableName=TABLE, ConsistentRead=True)["Items"]
    assert _normalized([item for _, item in table.items()]) == _normalized(_by_key(stored))
