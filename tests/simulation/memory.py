"""A DynamoDB table in memory: what one request does to it, and what it answers, exactly and at one instant.

Transactions begin and finish apart, so that others can come in between: then they conflict, as in DynamoDB. Reads of
several items are separate reads. Reads that are not asked to be consistent may be a second behind.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from tests.simulation import expressions
from tests.simulation.expressions import Item, Malformed, Mismatched, Truth, Update

MAX_KEYS = 100
MAX_WRITES = 100
MAX_ITEM_BYTES = 400 * 1024
MAX_TRANSACTION_BYTES = 4 * 1024 * 1024
PAGE_BYTES = 1024 * 1024
TOKEN_LIVES_MS = 600_000
BEHIND_MS = 1000

Request = Mapping[str, Any]


class Place(NamedTuple):
    """Where an item lies."""

    pk: str
    sk: str

    @property
    def wire(self) -> Item:
        """The key as the wire has it."""
        return {"pk": {"S": self.pk}, "sk": {"S": self.sk}}


class Change(NamedTuple):
    """One item before and after; None where there is none."""

    place: Place
    before: Item | None
    after: Item | None


class Refusal(Exception):
    """DynamoDB's answer to what it does not do."""

    def __init__(self, code: str, message: str, reasons: Sequence[dict[str, Any]] = ()) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.reasons = list(reasons)


@dataclass(frozen=True)
class Write:
    """One write of a transaction, understood."""

    place: Place
    holds: Truth | None
    after: Callable[[Item | None], Item | None]
    tells: bool


@dataclass
class Transaction:
    """Writes that have begun, and keep others from their items until they finish."""

    writes: list[Write]
    token: str | None
    fingerprint: str
    repeated: bool = False


@dataclass
class Table:
    """All items by partition; `clock` tells milliseconds, `changed` is told of every commit, whole."""

    clock: Callable[[], int]
    changed: Callable[[list[Change]], None] = lambda _: None
    partitions: dict[str, dict[str, Item]] = field(default_factory=dict)
    _before: dict[Place, tuple[int, Item | None]] = field(default_factory=dict)
    _tokens: dict[str, tuple[int, str]] = field(default_factory=dict)
    _underway: dict[Place, Transaction] = field(default_factory=dict)

    def item(self, place: Place) -> Item | None:
        """The item at that place as it is."""
        return self.partitions.get(place.pk, {}).get(place.sk)

    def items(self) -> Iterator[tuple[Place, Item]]:
        """Every item, by key."""
        for pk in sorted(self.partitions):
            for sk in sorted(self.partitions[pk]):
                yield Place(pk, sk), self.partitions[pk][sk]

    def get_item(self, request: Request, *, behind: bool = False) -> dict[str, Any]:
        """GetItem; if `behind`, a read that is not consistent answers with what was there a second ago."""
        item = self._read(_place(request["Key"]), request, behind=behind)
        return {} if item is None else {"Item": item}

    def batch_get_item(self, request: Request, *, behind: bool = False) -> dict[str, Any]:
        """BatchGetItem of one table."""
        ((name, asked),) = request["RequestItems"].items()
        places = [_place(key) for key in asked["Keys"]]
        if not 0 < len(places) <= MAX_KEYS:
            raise _invalid(f"1 to {MAX_KEYS} keys at once")
        if len(set(places)) < len(places):
            raise _invalid("Provided list of item keys contains duplicates")
        found = [self._read(place, asked, behind=behind) for place in places]
        return {"Responses": {name: [item for item in found if item is not None]}, "UnprocessedKeys": {}}

    def query(self, request: Request, *, behind: bool = False) -> dict[str, Any]:
        """Query of the table itself: it has no index."""
        if "IndexName" in request:
            raise _invalid(f"The table does not have the specified index: {request['IndexName']}")
        with_readers = _understood(request, "KeyConditionExpression")
        wanted = expressions.key_condition(with_readers["KeyConditionExpression"])
        expressions.check_all_used(request, with_readers)
        forward, limit = request.get("ScanIndexForward", True), request.get("Limit")
        if limit is not None and limit < 1:
            raise _invalid("Limit must be at least 1")
        after = _place(request["ExclusiveStartKey"]).sk if "ExclusiveStartKey" in request else None
        found: list[Item] = []
        carried = 0
        for sk in sorted(self.partitions.get(wanted.pk, ()), reverse=not forward):
            if after is not None and not (sk > after if forward else sk < after):
                continue
            if not wanted.within({"sk": {"S": sk}}):
                continue
            item = self._read(Place(wanted.pk, sk), request, behind=behind)
            if item is None:
                continue
            carried += size_of(item)
            found.append(item)
            if len(found) == limit or carried >= PAGE_BYTES:
                last = {"LastEvaluatedKey": {"pk": item["pk"], "sk": item["sk"]}}
                return {"Items": found, "Count": len(found), "ScannedCount": len(found), **last}
        return {"Items": found, "Count": len(found), "ScannedCount": len(found)}

    def transact_write_items(self, request: Request) -> dict[str, Any]:
        """TransactWriteItems that begins and finishes at once."""
        return self.finish(self.begin(request))

    def put_item(self, request: Request) -> dict[str, Any]:
        """PutItem."""
        return self._write_alone("Put", request)

    def update_item(self, request: Request) -> dict[str, Any]:
        """UpdateItem."""
        return self._write_alone("Update", request)

    def _write_alone(self, kind: str, request: Request) -> dict[str, Any]:
        try:
            return self.finish(self.begin({"TransactItems": [{kind: request}]}))
        except Refusal as refusal:
            if not refusal.reasons:
                raise
            (reason,) = refusal.reasons
            code = {"ValidationError": "ValidationException"}.get(reason["Code"], f"{reason['Code']}Exception")
            raise Refusal(code, reason["Message"]) from None

    def begin(self, request: Request) -> Transaction:
        """Check a transaction, and keep others from its items. Raises Refusal, also for those others."""
        operations = request["TransactItems"]
        if not 0 < len(operations) <= MAX_WRITES:
            raise _invalid(f"1 to {MAX_WRITES} operations at once")
        try:
            writes = [_write(operation) for operation in operations]
        except Malformed as error:
            raise _invalid(str(error)) from None
        if len({write.place for write in writes}) < len(writes):
            raise _invalid("Transaction request cannot include multiple operations on one item")
        token, fingerprint = request.get("ClientRequestToken"), repr(operations)
        transaction = Transaction(writes, token, fingerprint)
        if token is not None and (known := self._tokens.get(token)) and self.clock() - known[0] < TOKEN_LIVES_MS:
            if known[1] != fingerprint:
                raise Refusal("IdempotentParameterMismatchException", "the token came with another request")
            transaction.repeated = True
            return transaction
        busy = [self._underway.get(write.place) for write in writes]
        if token is not None and any(other and other.token == token for other in busy):
            raise Refusal("TransactionInProgressException", "the same transaction is underway")
        if any(busy):
            raise _cancelled([_reason("TransactionConflict" if one else None) for one in busy])
        self._underway |= {write.place: transaction for write in writes}
        return transaction

    def finish(self, transaction: Transaction) -> dict[str, Any]:
        """Write all of a transaction, or nothing."""
        if transaction.repeated:
            return {}
        for write in transaction.writes:
            del self._underway[write.place]
        reasons: list[dict[str, Any]] = []
        changes: list[Change] = []
        for write in transaction.writes:
            before = self.item(write.place)
            if write.holds and not write.holds(before or {}):
                told = {"Item": before} if write.tells and before else {}
                reasons.append(_reason("ConditionalCheckFailed") | told)
                continue
            try:
                after = _fitting(write.after(before))
            except Mismatched:
                reasons.append(_reason("ValidationError"))
                continue
            reasons.append(_reason(None))
            changes.append(Change(write.place, before, after))
        if any(reason["Code"] != "None" for reason in reasons):
            raise _cancelled(reasons)
        if sum(size_of(change.after) for change in changes if change.after) > MAX_TRANSACTION_BYTES:
            raise _invalid("the transaction is larger than 4 MB")
        if transaction.token is not None:
            self._tokens[transaction.token] = (self.clock(), transaction.fingerprint)
        self._apply(changes)
        return {}

    def remove(self, place: Place) -> None:
        """Delete an item as DynamoDB's own TTL service does."""
        self._apply([Change(place, self.item(place), None)])

    def _apply(self, changes: list[Change]) -> None:
        for place, before, after in changes:
            self._before[place] = (self.clock(), before)
            if after is not None:
                self.partitions.setdefault(place.pk, {})[place.sk] = after
            else:
                self.partitions.get(place.pk, {}).pop(place.sk, None)
        self.changed([change for change in changes if change.before is not change.after])

    def _read(self, place: Place, request: Request, *, behind: bool) -> Item | None:
        if behind and not request.get("ConsistentRead") and place in self._before:
            at, item = self._before[place]
            if self.clock() - at < BEHIND_MS:
                return item
        return self.item(place)


def _fitting(item: Item | None) -> Item | None:
    if item is not None and size_of(item) > MAX_ITEM_BYTES:
        raise Mismatched("Item size has exceeded the maximum allowed size")
    return item


def size_of(item: Item) -> int:
    """How many bytes an item has, as DynamoDB counts."""
    return sum(len(name.encode()) + _size_of_value(*value.items()) for name, value in item.items())


def _size_of_value(named: tuple[str, Any]) -> int:
    kind, plain = named
    if kind == "S":
        return len(plain.encode())
    if kind == "N":
        digits = len(plain.strip("-").replace(".", "").strip("0"))
        return (digits + 1) // 2 + 1 + int(plain.startswith("-"))
    return len(plain) if kind == "B" else 1


def _place(key: Item) -> Place:
    if key.keys() != {"pk", "sk"}:
        raise _invalid("The provided key element does not match the schema")
    return _place_of(key)


def _place_of(item: Item) -> Place:
    for name, most in (("pk", 2048), ("sk", 1024)):
        text = item.get(name, {}).get("S")
        if not text:
            raise _invalid(f"{name} must be a string, and not an empty one")
        if len(text.encode()) > most:
            raise _invalid(f"{name} is longer than {most} bytes")
    return Place(item["pk"]["S"], item["sk"]["S"])


def _write(operation: Request) -> Write:
    ((kind, request),) = operation.items()
    readers = expressions.reads(request, "ConditionExpression", "UpdateExpression")
    holds = expressions.condition(readers["ConditionExpression"]) if "ConditionExpression" in readers else None
    changes = expressions.update(readers["UpdateExpression"]) if "UpdateExpression" in readers else None
    expressions.check_all_used(request, readers)
    tells = request.get("ReturnValuesOnConditionCheckFailure") == "ALL_OLD"
    if kind == "Put":
        item = {name: _kept(value) for name, value in request["Item"].items()}
        return Write(_place_of(item), holds, lambda _: item, tells)
    place = _place(request["Key"])
    if kind == "Delete":
        return Write(place, holds, lambda _: None, tells)
    if kind == "ConditionCheck" and holds:
        return Write(place, holds, lambda before: before, tells)
    if kind != "Update" or changes is None:
        raise Malformed(f"a {kind} of this form")
    if {"pk", "sk"} & set(changes.touched):
        raise Malformed("a key cannot be updated")
    return Write(place, holds, lambda before: _updated(place, before, changes), tells)


def _updated(place: Place, before: Item | None, changes: Update) -> Item:
    return {name: _kept(value) for name, value in changes.apply(before or place.wire).items()}


def _kept(value: dict[str, Any]) -> dict[str, Any]:
    ((kind, plain),) = value.items()
    if kind == "N":
        return {"N": expressions.spelled(expressions.number(plain))}
    if kind not in ("S", "B", "BOOL", "NULL"):
        raise Malformed(f"items here are flat: no {kind}")
    return value


def _understood(request: Request, *kinds: str) -> dict[str, Any]:
    try:
        return expressions.reads(request, *kinds)
    except Malformed as error:
        raise _invalid(str(error)) from None


def _reason(code: str | None) -> dict[str, Any]:
    said = {
        "ConditionalCheckFailed": "The conditional request failed",
        "TransactionConflict": "Transaction is ongoing for the item",
        "ValidationError": "The provided expression or item does not fit",
    }
    return {"Code": code, "Message": said[code]} if code else {"Code": "None"}


def _cancelled(reasons: list[dict[str, Any]]) -> Refusal:
    codes = ", ".join(reason["Code"] for reason in reasons)
    message = f"Transaction cancelled, please refer cancellation reasons for specific reasons [{codes}]"
    return Refusal("TransactionCanceledException", message, reasons)


def _invalid(message: str) -> Refusal:
    return Refusal("ValidationException", message)
