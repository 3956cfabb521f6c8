"""DynamoDB's TTL service, played through public APIs, because the engine has none that writes REMOVE records.

Like the real one it deletes on the condition that the item is still past its TTL, says who deleted it
(https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html), and delivers at
least once, in order, until the function has taken the record.
"""

import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from earnest.local.deploy import Deployed
from earnest.local.dynamodb_json import Item, dumps, loads, name_of, plain
from earnest.local.engine import REGION, Engine
from earnest.local.outbox import Outbox, Parcel

_ALIAS = "live"
_SWEEP = 200  # items per sweep; the next one follows within about a second
_BATCH = 10
_LONGEST_PAUSE = 30.0
# The real one leaves alone what is more than five years past: such a number is rather a mistake.
_FIVE_YEARS = 5 * 365 * 24 * 3600


@dataclass
class Ttl:
    """The TTL service of one table, which hands its removals to one function."""

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
        self._table = self.engine.client("dynamodb")
        self._function = self.engine.client("lambda")
        description = self._table.describe_table(TableName=self.deployed.table)["Table"]
        self._stream = description["LatestStreamArn"]
        self._view = description["StreamSpecification"]["StreamViewType"]
        self._keys = tuple(key["AttributeName"] for key in description["KeySchema"])

    def look_through(self) -> None:
        """Learn when each item of the table expires; from then on `notice` is told."""
        pages = self._table.get_paginator("scan").paginate(
            TableName=self.deployed.table,
            FilterExpression="attribute_type(#ttl, :number)",
            ExpressionAttributeNames={"#ttl": self.attribute},
            ExpressionAttributeValues={":number": {"S": "N"}},
            ConsistentRead=True,
        )
        for page in pages:
            for item in page["Items"]:
                self.notice({name: item[name] for name in self._keys}, item)

    def notice(self, key: Item, item: Item | None) -> None:
        """Take note of what a key leads to now."""
        ttl = (item or {}).get(self.attribute, {}).get("N")
        if ttl is None:
            self._due.pop(name_of(key), None)
        else:
            self._due[name_of(key)] = int(float(ttl)), key

    def sweep(self) -> None:
        """Delete what is past its TTL and deliver what is due; called about every second."""
        self._settle_interrupted()
        now = int(time.time())
        expired = sorted((ttl, name) for name, (ttl, _) in self._due.items() if now - _FIVE_YEARS <= ttl < now)
        if expired:
            self._remove([self._due.pop(name)[1] for _, name in expired[:_SWEEP]])
        self._deliver()

    def _settle_interrupted(self) -> None:
        """Finish deletions that were begun and of which nobody knows whether they were done."""
        interrupted = self.outbox.unconfirmed()
        for parcel in interrupted:
            if self._delete(parcel) or not self._exists(parcel):
                self.outbox.confirm(parcel)
            else:
                self.outbox.drop(parcel)
        if interrupted:
            self.outbox.save()

    def _remove(self, keys: list[Item]) -> None:
        parcels = [Parcel(record=self._record(key)) for key in keys]
        # Written down before and after, so that a kill in between loses no removal.
        self.outbox.add(parcels)
        for parcel in parcels:
            if self._delete(parcel):
                self.outbox.confirm(parcel)
            else:
                self.outbox.drop(parcel)
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
                "Keys": plain(key),
                "SequenceNumber": str(time.time_ns()),
                "SizeBytes": len(dumps(key)),
                "StreamViewType": self._view,
            },
        }

    def _delete(self, parcel: Parcel) -> bool:
        """Return whether it could be deleted: not if it is gone or no longer past its TTL."""
        try:
            answer = self._table.delete_item(
                TableName=self.deployed.table,
                Key=_key(parcel),
                ConditionExpression="#ttl < :now",
                ExpressionAttributeNames={"#ttl": self.attribute},
                ExpressionAttributeValues={":now": {"N": str(int(time.time()))}},
                ReturnValues="ALL_OLD",
            )
        except self._table.exceptions.ConditionalCheckFailedException:
            return False
        if self._view in {"OLD_IMAGE", "NEW_AND_OLD_IMAGES"}:
            parcel.record["dynamodb"]["OldImage"] = plain(answer["Attributes"])
        return True

    def _exists(self, parcel: Parcel) -> bool:
        return "Item" in self._table.get_item(TableName=self.deployed.table, Key=_key(parcel), ConsistentRead=True)

    def _deliver(self) -> None:
        for batch in self.outbox.due(_BATCH):
            taken = self._invoke(batch)
            for parcel in batch[:taken]:
                self.outbox.drop(parcel)
            for parcel in batch[taken:]:
                parcel.postpone(_LONGEST_PAUSE)
            self.outbox.save()

    def _invoke(self, batch: list[Parcel]) -> int:
        """Hand a batch over; return how many of its first records the function has taken."""
        event = {"Records": [parcel.record for parcel in batch]}
        try:
            answer = self._function.invoke(
                FunctionName=self.deployed.on_deadline_passed, Qualifier=_ALIAS, Payload=json.dumps(event).encode()
            )
            result = json.loads(answer["Payload"].read() or b"null")
        except (ClientError, BotoCoreError, ValueError):
            return 0
        if "FunctionError" in answer:
            return 0
        # A checkpoint, as for every stream: what follows the first failure comes again, with it.
        if not isinstance(result, dict | None):
            return 0
        failures = (result or {}).get("batchItemFailures") or []
        failed = {failure.get("itemIdentifier") for failure in failures}
        numbers = [parcel.record["dynamodb"]["SequenceNumber"] for parcel in batch]
        if not failed <= set(numbers):
            return 0
        return next((place for place, number in enumerate(numbers) if number in failed), len(batch))


def _key(parcel: Parcel) -> Item:
    key: Item = loads(dumps(parcel.record["dynamodb"]["Keys"]))
    return key
