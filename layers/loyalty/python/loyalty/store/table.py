"""The one table: reads, and the only transaction. Items are flat: strings, integers, bytes."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, wraps
from typing import Any, Final

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as BrokenConnectionError

from loyalty.aws import new_client
from loyalty.domain.errors import ServiceUnavailable
from loyalty.settings import in_lambda, settings
from loyalty.store.keys import Key

Item = dict[str, str | int | bytes | Decimal]

# A gateway waits 29 s; what has not been won by then is given back to the caller as 503.
RETRY_SECONDS = 20.0
_LONGEST_PAUSE_SECONDS = 0.4
_BATCH = 100
_WAITING: Final = ("TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded")
_BUSY: Final = (
    "InternalServerError",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "ThrottlingException",
    "TransactionInProgressException",
)


class WriteConflict(Exception):
    """Another transaction had the same items at the same time; nothing was written, try again."""


@dataclass(frozen=True)
class Write:
    """One write of a transaction, and what its refusal means."""

    request: dict[str, Any]
    conflict: Exception | None = None


@cache
def client() -> Any:
    """The DynamoDB client of this process, made when first asked for."""
    return new_client("dynamodb", read_timeout=4)


def get(key: Key) -> Item | None:
    """The item at that key, strongly consistent."""
    answer = _call("get_item", Key=to_wire(key._asdict()), ConsistentRead=True)
    return from_wire(answer["Item"]) if "Item" in answer else None


def get_many(keys: Sequence[Key]) -> dict[Key, Item]:
    """The items that exist at those keys, strongly consistent; one round trip for up to 100."""
    found: dict[Key, Item] = {}
    unique = list(dict.fromkeys(keys))
    for start in range(0, len(unique), _BATCH):
        asked: list[Any] = [to_wire(key._asdict()) for key in unique[start : start + _BATCH]]
        backoff = Backoff()
        while True:
            request = {settings().table_name: {"Keys": asked, "ConsistentRead": True}}
            answer = _send("batch_get_item", RequestItems=request)
            items = map(from_wire, answer["Responses"].get(settings().table_name, ()))
            found |= {Key(str(item["pk"]), str(item["sk"])): item for item in items}
            # Under load DynamoDB answers a part and names the rest.
            asked = answer.get("UnprocessedKeys", {}).get(settings().table_name, {}).get("Keys", [])
            if not asked:
                break
            backoff.wait()
    return found


def query(pk: str, prefix: str, after: str = "", limit: int | None = None) -> Iterator[Item]:
    """The items of a partition whose sort key begins so and comes after `after`, in order, strongly consistent."""
    values: Item = {":pk": pk, ":from": after + "\x00" if after else prefix, ":to": prefix + "\U0010ffff"}
    left = limit
    request: dict[str, Any] = {
        "KeyConditionExpression": "pk = :pk AND sk BETWEEN :from AND :to",
        "ExpressionAttributeValues": to_wire(values),
        "ConsistentRead": True,
    }
    while left is None or left > 0:
        answer = _call("query", **request, **({} if left is None else {"Limit": left}))
        yield from map(from_wire, answer["Items"])
        if "LastEvaluatedKey" not in answer:
            return
        # An answer ends with the limit, or with a megabyte.
        left = None if left is None else left - len(answer["Items"])
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def put(key: Key, item: Item, condition: str = "", refused: Exception | None = None, **values: Any) -> Write:
    """Write a whole item; the condition names `values` as `:name` and attributes as `#name`."""
    request = {"Item": to_wire({**key._asdict(), **item}), **_conditional(condition, values)}
    return Write({"Put": request}, refused)


def update(key: Key, expression: str, condition: str = "", refused: Exception | None = None, **values: Any) -> Write:
    """Change an item in place."""
    request = {
        "Key": to_wire(key._asdict()),
        "UpdateExpression": expression,
        **_conditional(condition, values, expression),
    }
    return Write({"Update": request}, refused)


def delete(key: Key, condition: str = "", refused: Exception | None = None, **values: str | int) -> Write:
    """Remove an item."""
    return Write({"Delete": {"Key": to_wire(key._asdict()), **_conditional(condition, values)}}, refused)


def transact(*writes: Write) -> None:
    """All of the writes or none. Of those refused the first one says what to raise; `WriteConflict` means try again.

    The client gives each call a token, so that its own retries after a lost answer are the same transaction.
    """
    for write in writes:
        for operation in write.request.values():
            operation["TableName"] = settings().table_name
    try:
        _send("transact_write_items", TransactItems=[write.request for write in writes])
    except ClientError as error:
        codes = [reason.get("Code") for reason in error.response.get("CancellationReasons", ())]
        for write, code in zip(writes, codes, strict=False):
            if code == "ConditionalCheckFailed" and write.conflict:
                raise write.conflict from None
        if any(code in _WAITING for code in codes) or _is_busy(error):
            raise WriteConflict from error
        raise


def write(one: Write) -> None:
    """One write by itself, at half of what it takes in a transaction; raises what its refusal means, or WriteConflict.

    Where the client sent it again after a lost answer, it may be refused for what it has done itself.
    """
    ((operation, request),) = one.request.items()
    try:
        _call({"Put": "put_item", "Update": "update_item"}[operation], **request)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "ConditionalCheckFailedException" and one.conflict:
            raise one.conflict from None
        if code == "TransactionConflictException":
            raise WriteConflict from error
        raise


class Backoff:
    """Pauses between attempts, random and growing, until patience ends."""

    def __init__(self) -> None:
        self._give_up = time.monotonic() + RETRY_SECONDS
        self._longest = 0.01

    def wait(self) -> None:
        """Wait before the next attempt; ServiceUnavailable when there has been no success for too long."""
        if time.monotonic() > self._give_up:
            raise ServiceUnavailable("too many calls for the same customer at once; send this one again")
        time.sleep(random.uniform(0, self._longest))  # noqa: S311  # nosec B311 - it spreads retries
        self._longest = min(_LONGEST_PAUSE_SECONDS, self._longest * 2)


def retry_on_conflict[**P, T](attempt: Callable[P, T]) -> Callable[P, T]:
    """Load, decide and commit again whenever another transaction was faster.

    The function that this decorates is one attempt and raises WriteConflict when it lost; nothing was written then.
    """

    @wraps(attempt)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        backoff = Backoff()
        while True:
            try:
                return attempt(*args, **kwargs)
            except WriteConflict:
                backoff.wait()

    return call


def to_wire(item: dict[str, Any]) -> dict[str, Any]:
    """A flat item as DynamoDB takes it."""
    return {name: _wire(value) for name, value in item.items()}


def from_wire(item: dict[str, Any]) -> Item:
    """A flat item as DynamoDB gave it."""
    return {name: _plain(value) for name, value in item.items()}


def _wire(value: str | int | bytes | Decimal) -> dict[str, str | bytes]:
    if isinstance(value, str):
        return {"S": value}
    return {"B": value} if isinstance(value, bytes) else {"N": str(value)}


def _plain(value: dict[str, Any]) -> str | int | bytes | Decimal:
    ((kind, plain),) = value.items()
    if kind == "N":
        return int(plain) if plain.lstrip("-").isdigit() else Decimal(plain)
    return bytes(plain) if kind == "B" else str(plain)


def _conditional(condition: str, values: dict[str, Any], *more: str) -> dict[str, Any]:
    text = " ".join((condition, *more))
    names = {
        word: word[1:] for word in text.replace("(", " ").replace(")", " ").replace(",", " ").split() if word[0] == "#"
    }
    found: dict[str, Any] = {}
    if condition:
        found["ConditionExpression"] = condition
    if names:
        found["ExpressionAttributeNames"] = names
    if values:
        found["ExpressionAttributeValues"] = to_wire({f":{name}": value for name, value in values.items()})
    return found


def _call(operation: str, **request: Any) -> Any:
    return _send(operation, TableName=settings().table_name, **request)


def _send(operation: str, **request: Any) -> Any:
    try:
        return getattr(client(), operation)(**request)
    except ClientError as error:
        if _is_busy(error) and operation != "transact_write_items":
            raise ServiceUnavailable("the store is busy; send this request again") from error
        raise
    except (BrokenConnectionError, HTTPClientError) as error:
        # The write may have happened all the same: the same request, sent again, finds it by its key.
        raise ServiceUnavailable("the store did not answer in time; send this request again") from error


def _is_busy(error: ClientError) -> bool:
    """Whether the store says that it cannot now, by name or by any 5xx: a broken disk has names of its own."""
    status: int = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return error.response["Error"]["Code"] in _BUSY or status >= 500


# A function makes its client while it starts: the processor is at its fastest then, and a snapshot keeps the client.
if in_lambda():
    client()
