"""Fixtures: the functions in this process, on a table of their own that moto keeps in memory."""

# moto must be there before anything makes a client: it puts itself between every client and the network.
import moto  # isort: skip
import copy
import ipaddress
from collections import OrderedDict
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import pytest
from moto.core.base_backend import BackendDict
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb import models
from moto.dynamodb.exceptions import ItemSizeTooLarge
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict
from moto.dynamodb.models.table import Table

from loyalty import queue, receivers
from loyalty.services import webhooks
from loyalty.settings import settings
from loyalty.store import published, rulesets, table
from loyalty.store import webhooks as webhooks_known
from tests.support.backend import Backend, Carrier
from tests.support.project import resources
from tests.support.short_way import shorten

TABLE = "earnest-test"
_MOST_BYTES = 405_000  # as moto has it

_transact = DynamoDBBackend.transact_write_items


def _transact_or_undo(self: DynamoDBBackend, transact_items: list[dict[str, Any]]) -> None:
    """Undo a transaction that fails by putting back what it touches; the table has no stream.

    moto copies the whole table for that, once for each item of the transaction.
    """
    touched = [next(iter(one.values())) for one in transact_items[:100]]
    places = [_place(self.get_table(one["TableName"]), one.get("Key") or one["Item"]) for one in touched]
    before = [(items, key, copy.deepcopy(items.get(key))) for items, key in places]
    try:
        _transact(self, transact_items)
    except Exception:
        for items, key, item in before:
            if item is None:
                items.pop(key, None)
            else:
                items[key] = item
        raise


def _place(table: Table, attributes: dict[str, Any]) -> tuple[dict[DynamoType, Item], DynamoType]:
    partition, key = (DynamoType(attributes[name]) for name in table.attribute_keys)
    return table.items[partition], key


def _copy(one: Any) -> Any:
    """A copy; of a table itself, as what a transaction touches is kept above."""
    return one if isinstance(one, Table) else copy.deepcopy(one)


def _make_item(self: Item, hash_key: DynamoType, range_key: DynamoType | None, attrs: dict[str, Any]) -> None:
    """Make an item, and weigh it once; moto weighs all that is there whenever one more attribute comes to it."""
    self.hash_key, self.range_key, self.attrs = hash_key, range_key, LimitedSizeDict()
    dict.update(self.attrs, {name: DynamoType(value) for name, value in attrs.items()})
    if self.size() > _MOST_BYTES:
        raise ItemSizeTooLarge


def _copy_item(self: Item, memo: dict[int, Any]) -> Item:
    """A copy; text, numbers and bytes are taken as they are, as nothing changes them."""
    copied = cast("Item", Item.__new__(Item))
    copied.hash_key, copied.range_key, copied.attrs = self.hash_key, self.range_key, LimitedSizeDict()
    dict.update(
        copied.attrs,
        {
            name: DynamoType(value) if isinstance(value.value, str | bytes) else copy.deepcopy(value, memo)
            for name, value in self.attrs.items()
        },
    )
    return copied


def _in_order(table: Table) -> list[Item]:
    """All items by their keys, which are text; moto asks each key for its type whenever it compares two."""
    items = [item for partition in table.items.values() for item in partition.values()]
    return sorted(items, key=lambda item: (item.hash_key.value, item.range_key.value))


@pytest.fixture(scope="session")
def client() -> Iterator[Any]:
    """The product's own client, made once: that takes a hundred times as long as a call."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(models, "copy", SimpleNamespace(deepcopy=_copy))
        patch.setattr(DynamoDBBackend, "transact_write_items", _transact_or_undo)
        patch.setattr(Table, "all_items", _in_order)
        patch.setattr(Item, "__init__", _make_item)
        patch.setattr(Item, "__deepcopy__", _copy_item)
        with pytest.MonkeyPatch.context() as region, moto.mock_aws():
            region.setenv("AWS_DEFAULT_REGION", "eu-central-1")
            made = table.client.__wrapped__()
        shorten(made)
        yield made
        made.close()


@pytest.fixture(scope="module")
def aws(client: Any) -> Iterator[None]:
    """moto between the client and the network; to put it there takes as long as a test."""
    with moto.mock_aws():
        yield


def _lay_table(client: Any) -> None:
    """The template's table with nothing in it: made once, and emptied for the tests that follow."""
    tables = dynamodb_backends[DEFAULT_ACCOUNT_ID][client.meta.region_name].tables
    if _made:
        _made[0].items.clear()
        tables[TABLE] = _made[0]
        return
    (schema,) = resources("AWS::DynamoDB::Table").values()
    client.create_table(
        TableName=TABLE, **{name: schema[name] for name in ("BillingMode", "AttributeDefinitions", "KeySchema")}
    )
    _made.append(tables[TABLE])


@pytest.fixture
def empty(aws: None, client: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Backend]:
    """The functions on an empty table, which is the template's."""
    BackendDict.reset()
    _lay_table(client)
    monkeypatch.setenv("TABLE_NAME", TABLE)
    monkeypatch.setattr(table, "client", lambda: client)
    monkeypatch.setattr(rulesets, "_compiled", OrderedDict())
    monkeypatch.setattr(published, "_known", OrderedDict())
    carrier = Carrier()
    monkeypatch.setattr(queue, "sqs", lambda: carrier)
    monkeypatch.setattr(queue, "event_bridge", lambda: carrier)
    monkeypatch.setattr(webhooks_known, "_known", {})
    monkeypatch.setattr(webhooks, "_paused_until", {})
    # No test speaks to the internet: names have a public address, and receivers take what they get.
    monkeypatch.setattr(receivers, "resolve", lambda host, _port: [host if _is_address(host) else "93.184.215.14"])
    monkeypatch.setattr(receivers, "post", lambda *_: receivers.Reply(status=204))
    settings.cache_clear()
    yield Backend(client, TABLE, carrier)
    settings.cache_clear()


_made: list[Table] = []


def _is_address(host: str) -> bool:
    try:
        return bool(ipaddress.ip_address(host))
    except ValueError:
        return False


@pytest.fixture
def backend(empty: Backend) -> Backend:
    """The functions on a table with the brand, the reward and the campaign of the sample events."""
    empty.set_up()
    return empty
