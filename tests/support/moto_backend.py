"""Fixtures: the functions in this process, on a table of their own that moto keeps in memory."""

# moto must be there before anything makes a client: it puts itself between every client and the network.
import moto  # isort: skip
import copy
import ipaddress
from collections import OrderedDict
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from moto.core.base_backend import BackendDict
from moto.dynamodb import models
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
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


@pytest.fixture
def empty(aws: None, client: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Backend]:
    """The functions on an empty table, which is the template's."""
    (schema,) = resources("AWS::DynamoDB::Table").values()
    BackendDict.reset()
    client.create_table(
        TableName=TABLE, **{name: schema[name] for name in ("BillingMode", "AttributeDefinitions", "KeySchema")}
    )
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
