"""What calls of the store cost: round trips and capacity units, counted where botocore sends and receives.

DynamoDB Local tells nonsense about transactions (four units for one small item as for forty), and nothing about keys
at which there is no item. So units are reckoned from the sizes of the items, by the rules AWS bills by:
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
"""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_SENT = "before-send.dynamodb"
_ASKED = "provide-client-params.dynamodb"
_ANSWERED = "after-call.dynamodb"
_READ_UNIT = 4096
_WRITE_UNIT = 1024

Item = Mapping[str, Mapping[str, Any]]


@dataclass
class Meter:
    """Round trips, and the read and write units they take. `look` is a client of its own, to see what is written."""

    look: Any
    round_trips: int = 0
    reads: int = 0
    writes: int = 0
    _before: list[int] = field(default_factory=list)
    _request: dict[str, Any] = field(default_factory=dict)

    def sent(self, **_: Any) -> None:
        """Count a request that leaves; botocore's own retries leave again."""
        self.round_trips += 1

    def asked(self, params: dict[str, Any], **_: Any) -> None:
        """Note what is asked for, and how large the items are that it is about to write."""
        self._request = params
        self._before = [self._size_now(write) for write in params.get("TransactItems", _alone(params))]

    def answered(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        """Add what the call took."""
        operation = model.name
        if operation == "GetItem":
            self.reads += read_units(item_size(parsed.get("Item", {})))
        elif operation == "BatchGetItem":
            found = [item for items in parsed["Responses"].values() for item in items]
            asked = sum(len(table["Keys"]) for table in self._request["RequestItems"].values())
            self.reads += sum(read_units(item_size(item)) for item in found) + asked - len(found)
        elif operation == "Query":
            self.reads += read_units(sum(map(item_size, parsed["Items"])))
        elif operation == "TransactWriteItems":
            after = map(self._size_now, self._request["TransactItems"])
            self.writes += sum(2 * write_units(max(sizes)) for sizes in zip(self._before, after, strict=True))
        elif operation in ("PutItem", "UpdateItem"):
            (after_it,) = map(self._size_now, _alone(self._request))
            self.writes += write_units(max(*self._before, after_it))
        else:
            raise NotImplementedError(operation)

    def _size_now(self, write: dict[str, dict[str, Any]]) -> int:
        ((kind, asked),) = write.items()
        whole = asked["Item"] if kind == "Put" else asked["Key"]
        key = {name: whole[name] for name in ("pk", "sk")}
        return item_size(self.look.get_item(TableName=asked["TableName"], Key=key, ConsistentRead=True).get("Item", {}))


def _alone(request: dict[str, Any]) -> list[dict[str, Any]]:
    """A write that is no transaction, in the form of one; none if the request is no write."""
    if "Item" in request:
        return [{"Put": request}]
    return [{"Update": request}] if "UpdateExpression" in request else []


def read_units(size: int) -> int:
    """What a strongly consistent read of so many bytes takes; of nothing, as much as of a little."""
    return max(1, -(-size // _READ_UNIT))


def write_units(size: int) -> int:
    """What a write of so many bytes takes outside a transaction; inside one it is twice that."""
    return max(1, -(-size // _WRITE_UNIT))


def item_size(item: Item) -> int:
    """The bytes of an item as DynamoDB counts them: names and values; a number has two digits a byte, and one more."""
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Mapping[str, Any]) -> int:
    ((kind, plain),) = value.items()
    if kind == "N":
        return (len(plain.strip("-0").replace(".", "")) + 1) // 2 + 1
    return len(plain.encode() if kind == "S" else plain)


@contextlib.contextmanager
def metered(client: Any, look: Any) -> Iterator[Meter]:
    """Count what `client` does while the context lasts; `look` is another client, which is not counted."""
    meter = Meter(look)
    hooks = {_SENT: meter.sent, _ASKED: meter.asked, _ANSWERED: meter.answered}
    for event, hook in hooks.items():
        client.meta.events.register(event, hook)
    try:
        yield meter
    finally:
        for event, hook in hooks.items():
            client.meta.events.unregister(event, hook)
