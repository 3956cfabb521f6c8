"""Tables on DynamoDB Local, seen from outside the product."""

import contextlib
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from loyalty import http, queue, receivers
from loyalty.services import paging
from loyalty.settings import Settings
from loyalty.store import table
from tests.support.backend import Carrier
from tests.support.dynamodb_local import Engine

Item = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Store:
    """One table: the client with which the product uses it, and another one to look."""

    engine: Engine
    name: str
    product: Any
    look: Any
    carrier: Carrier = field(default_factory=Carrier)

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """The product in this process speaks to this table while the context lasts."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(table, "client", lambda: self.product)
            for reader in (http, table, paging, queue, receivers):
                patch.setattr(reader, "settings", lambda: Settings(self.name))
            for client in ("sqs", "event_bridge"):
                patch.setattr(queue, client, lambda: self.carrier)
            yield

    def items(self, brand: str) -> list[Item]:
        """Everything the table holds of a brand, in the order of the keys."""
        pages = self.look.get_paginator("scan").paginate(
            TableName=self.name,
            ConsistentRead=True,
            FilterExpression="pk = :own OR begins_with(pk, :below)",
            ExpressionAttributeValues={":own": {"S": f"BRAND#{brand}"}, ":below": {"S": f"BRAND#{brand}#"}},
        )
        found = [item for page in pages for item in page["Items"]]
        return sorted(found, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))


@contextmanager
def new_table(engine: Engine, product: Any, *, stream: bool = False) -> Iterator[Store]:
    """A table for some of the tests: TTL takes its time with a large one."""
    name = f"store-{uuid.uuid4().hex[:8]}"
    engine.create_table(name, stream=stream)
    with contextlib.closing(engine.client()) as look:
        yield Store(engine, name, product, look)
        look.delete_table(TableName=name)
