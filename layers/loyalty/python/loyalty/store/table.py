"""The DynamoDB table: reads, conditional writes and transactions. Attributes are strings, numbers or bytes."""

import random
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cache, wraps
from itertools import batched
from typing import Any, Final, NamedTuple

from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as BrokenConnectionError

from loyalty.aws import new_client
from loyalty.domain.errors import ItemTooLargeError, ServiceUnavailable
from loyalty.settings import in_lambda, settings
from loyalty.store.keys import Key

Item = dict[str, str | int | bytes | Decimal]

# API Gateway waits 29 s for a function, so after these retries there is still time to answer with a 503.
RETRY_SECONDS = 20.0
_MAX_PAUSE_SECONDS = 0.4
MAX_KEYS_PER_READ = 100
MAX_TRANSACTION_WRITES = 100
_BASE_36: Final = "0123456789abcdefghijklmnopqrstuvwxyz"
# DynamoDB says in no other way that an item has no room for what is written, or a transaction for its writes.
_TOO_LARGE: Final = re.compile("size.* has exceeded|[Mm]ember must have length less than or equal to 100")
_RETRYABLE_REASONS: Final = ("TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded")
_BUSY: Final = (
    "InternalServerError",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "ServiceUnavailable",
    "ThrottlingException",
    "TransactionInProgressException",
)


class WriteConflict(Exception):
    """An item changed since it was read, or is in another transaction. Nothing was written: load and decide again."""


class Write(NamedTuple):
    """One write, and the exception to raise if its condition does not hold."""

    request: dict[str, Any]
    conflict: Exception | None = None


@cache
def client() -> Any:
    """The DynamoDB client of this process."""
    return new_client("dynamodb", read_timeout=4)


def get(key: Key) -> Item | None:
    """The item at that key, strongly consistent."""
    answer = _call("get_item", Key=to_wire(key._asdict()), ConsistentRead=True)
    return from_wire(answer["Item"]) if "Item" in answer else None


def get_many(keys: Sequence[Key]) -> dict[Key, Item]:
    """The items at those keys, strongly consistent, without keys that have none. A round trip has up to 100 keys."""
    items: dict[Key, Item] = {}
    for some in batched(dict.fromkeys(keys), MAX_KEYS_PER_READ, strict=False):
        pending: list[Any] = [to_wire(key._asdict()) for key in some]
        backoff = Backoff()
        while True:
            request = {settings().table_name: {"Keys": pending, "ConsistentRead": True}}
            answer = _send("batch_get_item", RequestItems=request)
            read = map(from_wire, answer["Responses"].get(settings().table_name, ()))
            items |= {Key(str(item["pk"]), str(item["sk"])): item for item in read}
            # When throttled, DynamoDB reads a part and returns the other keys.
            pending = answer.get("UnprocessedKeys", {}).get(settings().table_name, {}).get("Keys", [])
            if not pending:
                break
            backoff.wait()
    return items


def query(
    pk: str, prefix: str, after: str = "", limit: int | None = None, *, upto: str = "", newest_first: bool = False
) -> Iterator[Item]:
    """Up to `limit` items of a partition whose sort key has that prefix, is greater than `after` and at most `upto`.

    They come in their order or in reverse, strongly consistent; the next megabyte is read when it is needed.
    """
    request = _range(pk, prefix, after, upto, newest_first=newest_first)
    while limit is None or limit > 0:
        answer = _call("query", **request, **({} if limit is None else {"Limit": limit}))
        yield from map(from_wire, answer["Items"])
        if "LastEvaluatedKey" not in answer:
            return
        # An answer ends at the limit, or at a megabyte.
        limit = None if limit is None else limit - len(answer["Items"])
        request["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def query_once(
    pk: str, prefix: str, limit: int, after: str = "", *, newest_first: bool = False
) -> tuple[list[Item], bool]:
    """What one round trip brings of a `query`, a megabyte at most, and whether there may be more."""
    answer = _call("query", **_range(pk, prefix, after, newest_first=newest_first), Limit=limit)
    return [from_wire(item) for item in answer["Items"]], "LastEvaluatedKey" in answer


def _range(pk: str, prefix: str, after: str, upto: str = "", *, newest_first: bool) -> dict[str, Any]:
    first, last = after + "\x00" if after else prefix, upto or prefix + "\U0010ffff"
    return {
        "KeyConditionExpression": "pk = :pk AND sk BETWEEN :from AND :to",
        "ExpressionAttributeValues": to_wire({":pk": pk, ":from": first, ":to": last}),
        "ConsistentRead": True,
        "ScanIndexForward": not newest_first,
    }


def put(key: Key, item: Item, condition: str = "", conflict: Exception | None = None, **values: Any) -> Write:
    """Write a whole item. The condition refers to `values` as `:name`, and to attributes as `#name`."""
    request = {"Item": to_wire({**key._asdict(), **item}), **_expressions(values, condition)}
    return Write({"Put": request}, conflict)


def update(key: Key, expression: str, condition: str = "", conflict: Exception | None = None, **values: Any) -> Write:
    """Change attributes of an item."""
    request = {
        "Key": to_wire(key._asdict()),
        "UpdateExpression": expression,
        **_expressions(values, condition, expression),
    }
    return Write({"Update": request}, conflict)


def add(key: Key, amounts: Mapping[str, Any], **texts: str) -> Write:
    """Add numbers to attributes of an item, and set texts as others of its attributes.

    An expression has at most 4 kB, so placeholders are as short as can be: there is room for 500 attributes.
    """
    names = {f"{i // 36:x}{_BASE_36[i % 36]}": name for i, name in enumerate(amounts)}
    added = ",".join(f"#{short} :{short}" for short in names)
    texts_set = ",".join(f"#{name} = :{name}" for name in texts)
    values = {short: amounts[name] for short, name in names.items()} | texts
    request = {
        "Key": to_wire(key._asdict()),
        "UpdateExpression": f"SET {texts_set} ADD {added}" if texts else f"ADD {added}",
        "ExpressionAttributeNames": {f"#{short}": names.get(short, short) for short in values},
        "ExpressionAttributeValues": to_wire({f":{short}": value for short, value in values.items()}),
    }
    return Write({"Update": request})


def delete(key: Key, condition: str = "", conflict: Exception | None = None, **values: str | int) -> Write:
    """Delete an item."""
    return Write({"Delete": {"Key": to_wire(key._asdict()), **_expressions(values, condition)}}, conflict)


def transact(*writes: Write) -> None:
    """Make all writes in one transaction, or none.

    Raises the `conflict` of the first write whose condition does not hold, or WriteConflict if another transaction has
    one of the items. The client gives each call a token, so a retry after a lost response is the same transaction.
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
        if any(code in _RETRYABLE_REASONS for code in codes) or _is_busy(error):
            raise WriteConflict from error
        _refuse_if_too_large(error)
        raise


def transact_in_parts(writes: Iterable[Write], size: int) -> None:
    """Make writes in transactions of so many; a failure leaves some of them made, so the caller must be repeatable."""
    for part in batched(writes, size, strict=False):
        transact(*part)


def write(single: Write) -> None:
    """Make one write without a transaction, at half its price. Raises its `conflict`, or WriteConflict.

    After a lost response the client's retry can fail its own condition; the caller must treat that as success.
    """
    ((operation, request),) = single.request.items()
    try:
        _call({"Put": "put_item", "Update": "update_item"}[operation], **request)
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "ConditionalCheckFailedException" and single.conflict:
            raise single.conflict from None
        if code == "TransactionConflictException":
            raise WriteConflict from error
        _refuse_if_too_large(error)
        raise


class Backoff:
    """Random pauses between attempts, growing up to 0.4 s, for RETRY_SECONDS in all."""

    def __init__(self) -> None:
        self._deadline = time.monotonic() + RETRY_SECONDS
        self._max_pause = 0.01

    def wait(self) -> None:
        """Wait before the next attempt. Raises ServiceUnavailable if there is no time for another."""
        if time.monotonic() > self._deadline:
            raise ServiceUnavailable("too many calls for the same customer at once; send this one again")
        time.sleep(random.uniform(0, self._max_pause))  # noqa: S311  # nosec B311 - it spreads retries
        self._max_pause = min(_MAX_PAUSE_SECONDS, self._max_pause * 2)


def retry_on_conflict[**P, T](attempt: Callable[P, T]) -> Callable[P, T]:
    """Decorate one attempt to load, decide and commit: it is called again as long as it raises WriteConflict.

    Raises ServiceUnavailable after RETRY_SECONDS.
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
    """An item in the form of the DynamoDB API."""
    return {name: _wire(value) for name, value in item.items()}


def from_wire(item: dict[str, Any]) -> Item:
    """The item in an answer of the DynamoDB API."""
    return {name: _plain(value) for name, value in item.items()}


def integer_in(item: Item, name: str, default: int = 0) -> int:
    """A whole number among the attributes of an item; the default if it has none of that name."""
    return int(str(item.get(name, default)))


def amount_in(item: Item, name: str) -> Decimal:
    """An exact number among the attributes of an item; zero if it has none of that name."""
    return Decimal(str(item.get(name, 0)))


def _wire(value: str | int | bytes | Decimal) -> dict[str, str | bytes]:
    if isinstance(value, str):
        return {"S": value}
    return {"B": value} if isinstance(value, bytes) else {"N": str(value)}


def _plain(value: dict[str, Any]) -> str | int | bytes | Decimal:
    ((kind, plain),) = value.items()
    if kind == "N":
        return int(plain) if plain.lstrip("-").isdigit() else Decimal(plain)
    return bytes(plain) if kind == "B" else str(plain)


def _expressions(values: dict[str, Any], condition: str, expression: str = "") -> dict[str, Any]:
    parameters = {
        "ConditionExpression": condition,
        "ExpressionAttributeNames": {name: name[1:] for name in re.findall(r"#\w+", f"{condition} {expression}")},
        "ExpressionAttributeValues": to_wire({f":{name}": value for name, value in values.items()}),
    }
    return {name: parameter for name, parameter in parameters.items() if parameter}


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
        # The write may have been made all the same. The caller sends the request again, which finds it by its key.
        raise ServiceUnavailable("the store did not answer in time; send this request again") from error


def _is_busy(error: ClientError) -> bool:
    """Whether DynamoDB cannot answer now: by the name of the error, or by any 5xx, as not all names are documented."""
    status: int = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return error.response["Error"]["Code"] in _BUSY or status >= 500


def _refuse_if_too_large(error: ClientError) -> None:
    """Raise ItemTooLargeError if nothing was written because an item of 400 kB has no room for it.

    The bounds of what is kept of a person are meant to prevent that; this is for what they have not foreseen.
    """
    for refusal in (error.response["Error"], *error.response.get("CancellationReasons", ())):
        is_invalid = refusal.get("Code") in ("ValidationException", "ValidationError")
        if is_invalid and _TOO_LARGE.search(refusal.get("Message") or ""):
            raise ItemTooLargeError("there is no more room for what is kept of this customer or event") from error


# A function creates its client during initialization: that has the most processor, and a SnapStart snapshot keeps it.
if in_lambda():
    client()
