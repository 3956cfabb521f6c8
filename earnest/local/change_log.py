"""A log of the table's changes since the engine last saved, which it does only when stopped; replayed after a kill.

The keys come from the table's stream and the items from the table, so that a stream of keys alone suffices.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import batched
from pathlib import Path
from typing import Any

from earnest.files import write_atomically
from earnest.local.dynamodb_json import Item, dumps, key_text, loads
from earnest.local.engine import Engine
from earnest.local.home import Home

_READ_AT_ONCE = 100  # BatchGetItem's and BatchWriteItem's own limits
_WRITTEN_AT_ONCE = 25


@dataclass
class ChangeLog:
    """The change log of one table. Each line is a key and its item, or null if the item was deleted."""

    engine: Engine
    table: str
    path: Path
    _table: Any = field(init=False)
    _streams: Any = field(init=False)
    _iterator: str = field(init=False)

    def __post_init__(self) -> None:
        self._table = self.engine.client("dynamodb")
        self._streams = self.engine.client("dynamodbstreams")
        self._iterator = self._at_horizon()

    def _at_horizon(self) -> str:
        stream = self._table.describe_table(TableName=self.table)["Table"]["LatestStreamArn"]
        shards = self._streams.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"]
        # The engine keeps no stream over a restart: its horizon is the moment when it started.
        iterator: str = self._streams.get_shard_iterator(
            StreamArn=stream, ShardId=shards[-1]["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        return iterator

    def replay(self) -> int:
        """Write the last state of each logged item into the table; return the number of items."""
        latest: dict[str, tuple[Item, Item | None]] = {}
        for line in self.path.read_text(encoding="utf-8").splitlines():
            try:
                key, item = loads(line)
            except ValueError:  # the line that the kill cut off
                continue
            latest[key_text(key)] = key, item
        for batch in batched(latest.values(), _WRITTEN_AT_ONCE, strict=False):
            requests = [
                {"DeleteRequest": {"Key": key}} if item is None else {"PutRequest": {"Item": item}}
                for key, item in batch
            ]
            self._table.batch_write_item(RequestItems={self.table: requests})
        return len(latest)

    def follow(self) -> Iterator[tuple[Item, Item | None]]:
        """Log what changed since the last call; yield each key and its item as it is now, or None."""
        keys = {key_text(key): key for key in self._changed()}
        if not keys:
            return
        with self.path.open("a", encoding="utf-8") as file:
            for batch in batched(keys.values(), _READ_AT_ONCE, strict=False):
                pairs = self._read(batch)
                file.writelines(dumps(pair) + "\n" for pair in pairs)
                yield from pairs

    def _changed(self) -> Iterator[Item]:
        while True:
            try:
                answer = self._streams.get_records(ShardIterator=self._iterator)
            except self._streams.exceptions.ExpiredIteratorException:  # this machine slept
                self._iterator = self._at_horizon()
                continue
            self._iterator = answer.get("NextShardIterator", self._iterator)
            if not answer["Records"]:
                return
            yield from (record["dynamodb"]["Keys"] for record in answer["Records"])

    def _read(self, keys: Sequence[Item]) -> list[tuple[Item, Item | None]]:
        request = {self.table: {"Keys": list(keys), "ConsistentRead": True}}
        items = self._table.batch_get_item(RequestItems=request)["Responses"][self.table]
        found = {key_text({name: item[name] for name in keys[0]}): item for item in items}
        return [(key, found.get(key_text(key))) for key in keys]


def needs_replay(home: Home) -> bool:
    """Return whether the last run ended without saving; otherwise empty the change log.

    Call it before the engine starts.
    """
    saved = home.engine_state / "dynamodb.json"
    if home.change_log.exists() and not (
        saved.exists() and saved.stat().st_mtime_ns > home.change_log.stat().st_mtime_ns
    ):
        return home.change_log.stat().st_size > 0
    write_atomically(home.change_log, "")
    return False
