"""An emulation of DynamoDB's TTL service through public APIs: the engine's own writes no REMOVE records.

Like the real one it deletes on the condition that the item is still past its TTL, names itself as the one who deletes
(https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html), and delivers at
least once, in order, until the function has processed the record.
"""

import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from earnest.local.deploy import Deployed
from earnest.local.dynamodb_json import Item, dumps, key_text, loads, with_base64
from earnest.local.engine import REGION, Engine
from earnest.local.outbox import Outbox, PendingRemoval

_ALIAS = "live"
_SWEEP = 200  # items per sweep; the next one follows within about a second
_BATCH = 10
_LONGEST_PAUSE = 30.0
# The real service ignores a TTL more than five years in the past.
_FIVE_YEARS = 5 * 365 * 24 * 3600


@dataclass
class TtlEmulator:
    """The TTL service of one table, which sends its removals to one function."""

    engine: Engine
    deployed: Deployed
    attribute: str
    outbox: Outbox
    _table: Any = field(init=False)
    _stream: str = field(init=False)
    _view: str = field(init=False)
    _keys: tuple[str, ...] = field(init=False)
    _function: Any = field(init=False)
    _due: dict[str, tuple[int, Item]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        # Once: a deletion that is repeated after a lost answer would not find its item, and seem not to have been made.
        self._table = self.engine.client("dynamodb", once=True)
        self._function = self.engine.client("lambda", once=True)
        description = self._table.describe_table(TableName=self.deployed.table)["Table"]
        self._stream = description["LatestStreamArn"]
        self._view = description["StreamSpecification"]["StreamViewType"]
        self._keys = tuple(key["AttributeName"] for key in description["KeySchema"])

    def load_expiries(self) -> None:
        """Read when each item of the table expires; from then on `update` must be told of every change."""
        pages = self._table.get_paginator("scan").paginate(
            TableName=self.deployed.table,
            FilterExpression="attribute_type(#ttl, :number)",
            ExpressionAttributeNames={"#ttl": self.attribute},
            ExpressionAttributeValues={":number": {"S": "N"}},
            ConsistentRead=True,
        )
        for page in pages:
            for item in page["Items"]:
                self.update({name: item[name] for name in self._keys}, item)

    def update(self, key: Item, item: Item | None) -> None:
        """Note when the item of a key expires now; `item` is None if it was deleted."""
        ttl = (item or {}).get(self.attribute, {}).get("N")
        if ttl is None:
            self._due.pop(key_text(key), None)
        else:
            self._due[key_text(key)] = int(float(ttl)), key

    def sweep(self) -> None:
        """Delete items past their TTL and deliver the removals that are due; called about every second."""
        self._settle_interrupted()
        now = int(time.time())
        expired = sorted((ttl, name) for name, (ttl, _) in self._due.items() if now - _FIVE_YEARS <= ttl < now)
        if expired:
            self._remove([self._due.pop(name)[1] for _, name in expired[:_SWEEP]])
        self._deliver()

    def _settle_interrupted(self) -> None:
        """Finish deletions that were interrupted, so that it is unknown whether they were done."""
        interrupted = self.outbox.unconfirmed()
        for removal in interrupted:
            if self._delete(removal) or not self._exists(removal):
                self.outbox.confirm(removal)
            else:
                self.outbox.drop(removal)
        if interrupted:
            self.outbox.save()

    def _remove(self, keys: list[Item]) -> None:
        removals = [PendingRemoval(record=self._record(key)) for key in keys]
        # Saved before the deletions and after them, so that a kill in between loses no removal.
        self.outbox.add(removals)
        for removal in removals:
            if self._delete(removal):
                self.outbox.confirm(removal)
            else:
                self.outbox.drop(removal)
        self.outbox.save()

    def _record(self, key: Item) -> dict[str, Any]:
        return {
            "eventID": uuid.uuid4().hex,
            "eventName": "REMOVE",
            "eventVersion": "1.1",
            "eventSource": "aws:dynamodb",
            "awsRegion": REGION,
            "eventSourceARN": self._stream,
            "userIdentity": {"type": "Service", "principalId": "dynamodb.amazonaws.com"},
            "dynamodb": {
                "ApproximateCreationDateTime": int(time.time()),
                "Keys": with_base64(key),
                "SequenceNumber": str(time.time_ns()),
                "SizeBytes": len(dumps(key)),
                "StreamViewType": self._view,
            },
        }

    def _delete(self, removal: PendingRemoval) -> bool:
        """Delete the item unless it is gone or no longer past its TTL; return whether it was deleted."""
        try:
            answer = self._table.delete_item(
                TableName=self.deployed.table,
                Key=_key(removal),
                ConditionExpression="#ttl < :now",
                ExpressionAttributeNames={"#ttl": self.attribute},
                ExpressionAttributeValues={":now": {"N": str(int(time.time()))}},
                ReturnValues="ALL_OLD",
            )
        except self._table.exceptions.ConditionalCheckFailedException:
            return False
        if self._view in {"OLD_IMAGE", "NEW_AND_OLD_IMAGES"}:
            removal.record["dynamodb"]["OldImage"] = with_base64(answer["Attributes"])
        return True

    def _exists(self, removal: PendingRemoval) -> bool:
        return "Item" in self._table.get_item(TableName=self.deployed.table, Key=_key(removal), ConsistentRead=True)

    def _deliver(self) -> None:
        for batch in self.outbox.due(_BATCH):
            taken = self._invoke(batch)
            for removal in batch[:taken]:
                self.outbox.drop(removal)
            for removal in batch[taken:]:
                removal.postpone(_LONGEST_PAUSE)
            self.outbox.save()

    def _invoke(self, batch: list[PendingRemoval]) -> int:
        """Invoke the function with a batch; return how many records it processed before the first failure."""
        event = {"Records": [removal.record for removal in batch]}
        try:
            answer = self._function.invoke(
                FunctionName=self.deployed.on_deadline_passed, Qualifier=_ALIAS, Payload=json.dumps(event).encode()
            )
            result = json.loads(answer["Payload"].read() or b"null")
        except (ClientError, BotoCoreError, ValueError):
            return 0
        if "FunctionError" in answer:
            return 0
        # As with every stream, the first failure is the checkpoint: it and all that follow are sent again.
        if not isinstance(result, dict | None):
            return 0
        failures = (result or {}).get("batchItemFailures") or []
        failed = {failure.get("itemIdentifier") for failure in failures}
        numbers = [removal.record["dynamodb"]["SequenceNumber"] for removal in batch]
        if not failed <= set(numbers):
            return 0
        return next((index for index, number in enumerate(numbers) if number in failed), len(batch))


def _key(removal: PendingRemoval) -> Item:
    key: Item = loads(dumps(removal.record["dynamodb"]["Keys"]))
    return key
