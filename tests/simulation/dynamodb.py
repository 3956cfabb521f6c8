"""A DynamoDB table in memory: every request is executed and answered as DynamoDB does it, at one point in time.

Transactions begin and commit separately, so that others can come in between: then they conflict, as in DynamoDB. Reads
of several items are separate reads. Reads that are not consistent may be a second stale.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.simulation import expressions
from tests.simulation.expressions import InvalidExpression, Item, Predicate, TypeMismatch, Update

MAX_KEYS = 100
MAX_WRITES = 100
MAX_ITEM_BYTES = 400 * 1024
MAX_TRANSACTION_BYTES = 4 * 1024 * 1024
PAGE_BYTES = 1024 * 1024
TOKEN_LIFETIME_MS = 600_000
MAX_STALENESS_MS = 1000

Request = Mapping[str, Any]


class ItemKey(NamedTuple):
    """The primary key of an item."""

    pk: str
    sk: str

    @property
    def attributes(self) -> Item:
        """The key in DynamoDB's wire format."""
        return {"pk": {"S": self.pk}, "sk": {"S": self.sk}}


class ItemChange(NamedTuple):
    """One item before and after a commit; None where it does not exist."""

    key: ItemKey
    before: Item | None
    after: Item | None


class DynamoDBError(Exception):
    """An error that DynamoDB answers with."""

    def __init__(self, code: str, message: str, reasons: Sequence[dict[str, Any]] = ()) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.reasons = list(reasons)


@dataclass(frozen=True)
class Write:
    """One parsed write of a transaction."""

    key: ItemKey
    condition: Predicate | None
    after: Callable[[Item | None], Item | None]
    returns_old: bool


@dataclass
class Transaction:
    """Writes that have begun, and lock their items until they commit."""

    writes: list[Write]
    token: str | None
    fingerprint: str
    is_repeated: bool = False


@dataclass
class Table:
    """All items by partition. `clock` returns milliseconds; `on_commit` is called with all changes of every commit."""

    clock: Callable[[], int]
    on_commit: Callable[[list[ItemChange]], None] = lambda _: None
    partitions: dict[str, dict[str, Item]] = field(default_factory=dict)
    _previous: dict[ItemKey, tuple[int, Item | None]] = field(default_factory=dict)
    _tokens: dict[str, tuple[int, str]] = field(default_factory=dict)
    _locks: dict[ItemKey, Transaction] = field(default_factory=dict)

    def item(self, key: ItemKey) -> Item | None:
        """The current item with that key."""
        return self.partitions.get(key.pk, {}).get(key.sk)

    def items(self) -> Iterator[tuple[ItemKey, Item]]:
        """Every item in the order of the keys."""
        for pk in sorted(self.partitions):
            for sk in sorted(self.partitions[pk]):
                yield ItemKey(pk, sk), self.partitions[pk][sk]

    def get_item(self, request: Request, *, stale: bool = False) -> dict[str, Any]:
        """GetItem; with `stale`, a read that is not consistent answers with the item of a second ago."""
        item = self._read(_key(request["Key"]), request, stale=stale)
        return {} if item is None else {"Item": item}

    def batch_get_item(self, request: Request, *, stale: bool = False) -> dict[str, Any]:
        """BatchGetItem of one table."""
        ((name, wanted),) = request["RequestItems"].items()
        keys = [_key(key) for key in wanted["Keys"]]
        if not 0 < len(keys) <= MAX_KEYS:
            raise _invalid(f"1 to {MAX_KEYS} keys at once")
        if len(set(keys)) < len(keys):
            raise _invalid("Provided list of item keys contains duplicates")
        found = [self._read(key, wanted, stale=stale) for key in keys]
        return {"Responses": {name: [item for item in found if item is not None]}, "UnprocessedKeys": {}}

    def query(self, request: Request, *, stale: bool = False) -> dict[str, Any]:
        """Query of the table itself: it has no index."""
        if "IndexName" in request:
            raise _invalid(f"The table does not have the specified index: {request['IndexName']}")
        parsers = _parsers(request, "KeyConditionExpression")
        key_range = expressions.key_condition(parsers["KeyConditionExpression"])
        expressions.check_all_used(request, parsers)
        forward, limit = request.get("ScanIndexForward", True), request.get("Limit")
        if limit is not None and limit < 1:
            raise _invalid("Limit must be at least 1")
        after = _key(request["ExclusiveStartKey"]).sk if "ExclusiveStartKey" in request else None
        found: list[Item] = []
        size = 0
        for sk in sorted(self.partitions.get(key_range.pk, ()), reverse=not forward):
            if after is not None and not (sk > after if forward else sk < after):
                continue
            if not key_range.matches({"sk": {"S": sk}}):
                continue
            item = self._read(ItemKey(key_range.pk, sk), request, stale=stale)
            if item is None:
                continue
            size += size_of(item)
            found.append(item)
            if len(found) == limit or size >= PAGE_BYTES:
                last = {"LastEvaluatedKey": {"pk": item["pk"], "sk": item["sk"]}}
                return {"Items": found, "Count": len(found), "ScannedCount": len(found), **last}
        return {"Items": found, "Count": len(found), "ScannedCount": len(found)}

    def transact_write_items(self, request: Request) -> dict[str, Any]:
        """TransactWriteItems that begins and commits at once."""
        return self.commit(self.begin(request))

    def put_item(self, request: Request) -> dict[str, Any]:
        """PutItem."""
        return self._write_alone("Put", request)

    def update_item(self, request: Request) -> dict[str, Any]:
        """UpdateItem."""
        return self._write_alone("Update", request)

    def _write_alone(self, kind: str, request: Request) -> dict[str, Any]:
        try:
            return self.commit(self.begin({"TransactItems": [{kind: request}]}))
        except DynamoDBError as error:
            if not error.reasons:
                raise
            (reason,) = error.reasons
            code = {"ValidationError": "ValidationException"}.get(reason["Code"], f"{reason['Code']}Exception")
            raise DynamoDBError(code, reason["Message"]) from None

    def begin(self, request: Request) -> Transaction:
        """Check a transaction and lock its items. Raises DynamoDBError, also if another transaction has locked one."""
        operations = request["TransactItems"]
        if not 0 < len(operations) <= MAX_WRITES:
            raise _invalid(f"1 to {MAX_WRITES} operations at once")
        try:
            writes = [_write(operation) for operation in operations]
        except InvalidExpression as error:
            raise _invalid(str(error)) from None
        if len({write.key for write in writes}) < len(writes):
            raise _invalid("Transaction request cannot include multiple operations on one item")
        token, fingerprint = request.get("ClientRequestToken"), repr(operations)
        transaction = Transaction(writes, token, fingerprint)
        if token is not None and (known := self._tokens.get(token)) and self.clock() - known[0] < TOKEN_LIFETIME_MS:
            if known[1] != fingerprint:
                raise DynamoDBError("IdempotentParameterMismatchException", "the token came with another request")
            transaction.is_repeated = True
            return transaction
        busy = [self._locks.get(write.key) for write in writes]
        if token is not None and any(other and other.token == token for other in busy):
            raise DynamoDBError("TransactionInProgressException", "the same transaction is in progress")
        if any(busy):
            raise _cancelled([_reason("TransactionConflict" if one else None) for one in busy])
        self._locks |= {write.key: transaction for write in writes}
        return transaction

    def commit(self, transaction: Transaction) -> dict[str, Any]:
        """Write everything of a transaction, or nothing."""
        if transaction.is_repeated:
            return {}
        for write in transaction.writes:
            del self._locks[write.key]
        reasons: list[dict[str, Any]] = []
        changes: list[ItemChange] = []
        for write in transaction.writes:
            before = self.item(write.key)
            if write.condition and not write.condition(before or {}):
                old = {"Item": before} if write.returns_old and before else {}
                reasons.append(_reason("ConditionalCheckFailed") | old)
                continue
            try:
                after = _checked_size(write.after(before))
            except TypeMismatch:
                reasons.append(_reason("ValidationError"))
                continue
            reasons.append(_reason(None))
            changes.append(ItemChange(write.key, before, after))
        if any(reason["Code"] != "None" for reason in reasons):
            raise _cancelled(reasons)
        if sum(size_of(change.after) for change in changes if change.after) > MAX_TRANSACTION_BYTES:
            raise _invalid("the transaction is larger than 4 MB")
        if transaction.token is not None:
            self._tokens[transaction.token] = (self.clock(), transaction.fingerprint)
        self._apply(changes)
        return {}

    def expire(self, key: ItemKey) -> None:
        """Delete an item as DynamoDB's TTL does."""
        self._apply([ItemChange(key, self.item(key), None)])

    def _apply(self, changes: list[ItemChange]) -> None:
        for key, before, after in changes:
            self._previous[key] = (self.clock(), before)
            if after is not None:
                self.partitions.setdefault(key.pk, {})[key.sk] = after
            else:
                self.partitions.get(key.pk, {}).pop(key.sk, None)
        self.on_commit([change for change in changes if change.before is not change.after])

    def _read(self, key: ItemKey, request: Request, *, stale: bool) -> Item | None:
        if stale and not request.get("ConsistentRead") and key in self._previous:
            at, item = self._previous[key]
            if self.clock() - at < MAX_STALENESS_MS:
                return item
        return self.item(key)


def _checked_size(item: Item | None) -> Item | None:
    if item is not None and size_of(item) > MAX_ITEM_BYTES:
        raise TypeMismatch("Item size has exceeded the maximum allowed size")
    return item


def size_of(item: Item) -> int:
    """The size of an item in bytes, as DynamoDB counts it."""
    return sum(len(name.encode()) + _size_of_value(*value.items()) for name, value in item.items())


def _size_of_value(value: tuple[str, Any]) -> int:
    kind, plain = value
    if kind == "S":
        return len(plain.encode())
    if kind == "N":
        digits = len(plain.strip("-").replace(".", "").strip("0"))
        return (digits + 1) // 2 + 1 + int(plain.startswith("-"))
    return len(plain) if kind == "B" else 1


def _key(key: Item) -> ItemKey:
    if key.keys() != {"pk", "sk"}:
        raise _invalid("The provided key element does not match the schema")
    return _key_of(key)


def _key_of(item: Item) -> ItemKey:
    for name, most in (("pk", 2048), ("sk", 1024)):
        text = item.get(name, {}).get("S")
        if not text:
            raise _invalid(f"{name} must be a string, and not an empty one")
        if len(text.encode()) > most:
            raise _invalid(f"{name} is longer than {most} bytes")
    return ItemKey(item["pk"]["S"], item["sk"]["S"])


def _write(operation: Request) -> Write:
    ((kind, request),) = operation.items()
    parsers = expressions.parsers_of(request, "ConditionExpression", "UpdateExpression")
    condition = expressions.condition(parsers["ConditionExpression"]) if "ConditionExpression" in parsers else None
    updates = expressions.update(parsers["UpdateExpression"]) if "UpdateExpression" in parsers else None
    expressions.check_all_used(request, parsers)
    returns_old = request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
    if kind == "Put":
        item = {name: _stored(value) for name, value in request["Item"].items()}
        return Write(_key_of(item), condition, lambda _: item, returns_old)
    key = _key(request["Key"])
    if kind == "Delete":
        return Write(key, condition, lambda _: None, returns_old)
    if kind == "ConditionCheck" and condition:
        return Write(key, condition, lambda before: before, returns_old)
    if kind != "Update" or updates is None:
        raise InvalidExpression(f"a {kind} of this form")
    if {"pk", "sk"} & set(updates.attributes):
        raise InvalidExpression("a key cannot be updated")
    return Write(key, condition, lambda before: _updated(key, before, updates), returns_old)


def _updated(key: ItemKey, before: Item | None, update: Update) -> Item:
    return {name: _stored(value) for name, value in update.apply(before or key.attributes).items()}


def _stored(value: dict[str, Any]) -> dict[str, Any]:
    ((kind, plain),) = value.items()
    if kind == "N":
        return {"N": expressions.format_number(expressions.parse_number(plain))}
    if kind not in ("S", "B", "BOOL", "NULL"):
        raise InvalidExpression(f"items are flat here: no {kind}")
    return value


def _parsers(request: Request, *kinds: str) -> dict[str, Any]:
    try:
        return expressions.parsers_of(request, *kinds)
    except InvalidExpression as error:
        raise _invalid(str(error)) from None


def _reason(code: str | None) -> dict[str, Any]:
    messages = {
        "ConditionalCheckFailed": "The conditional request failed",
        "TransactionConflict": "Transaction is ongoing for the item",
        "ValidationError": "The provided expression or item does not fit",
    }
    return {"Code": code, "Message": messages[code]} if code else {"Code": "None"}


def _cancelled(reasons: list[dict[str, Any]]) -> DynamoDBError:
    codes = ", ".join(reason["Code"] for reason in reasons)
    message = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
    return DynamoDBError("TransactionCanceledException", message, reasons)


def _invalid(message: str) -> DynamoDBError:
    return DynamoDBError("ValidationException", message)
