"""Tables on the stack's engine, and the functions in this process on one of them: what containers are compared with."""

import uuid
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple

import pytest

from earnest.local.engine import Engine
from loyalty import queue, receivers
from loyalty.clock import now
from loyalty.settings import settings
from loyalty.store import published, rulesets, table, webhooks
from tests.support.backend import Backend, Carrier
from tests.support.project import resources


class Invoked(NamedTuple):
    """What a function in a container answered to its sample, and the table that it was about."""

    answer: Any
    world: Backend


def new_table(engine: Engine, *, ago: timedelta = timedelta()) -> Backend:
    """A table of the template's, the brand of the samples set up in it, and time there to begin that long ago."""
    (schema,) = resources("AWS::DynamoDB::Table").values()
    client = _client(engine)
    name = f"samples-{uuid.uuid4().hex[:8]}"
    client.create_table(
        TableName=name, **{part: schema[part] for part in ("BillingMode", "AttributeDefinitions", "KeySchema")}
    )
    backend = Backend(client, name, Carrier())
    backend.now = now() - ago
    with in_use(backend):
        backend.set_up()
    return backend


@cache
def _client(engine: Engine) -> Any:
    return engine.client("dynamodb")


@contextmanager
def in_use(backend: Backend) -> Iterator[None]:
    """The product in this process speaks to that table while the context lasts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "client", lambda: backend.client)
        patch.setattr(queue, "sqs", lambda: backend.carrier)
        patch.setattr(queue, "event_bridge", lambda: backend.carrier)
        patch.setattr(rulesets, "_compiled", OrderedDict())
        patch.setattr(published, "_known", OrderedDict())
        patch.setattr(webhooks, "_known", {})
        # No receiver is there: names have a public address, and whoever is behind it takes what it gets.
        patch.setattr(receivers, "resolve", lambda *_: ["93.184.215.14"])
        patch.setattr(receivers, "post", lambda *_: receivers.Reply(status=204))
        patch.setenv("TABLE_NAME", backend.table)
        settings.cache_clear()
        yield
    settings.cache_clear()


def kinds(backend: Backend) -> Counter[str]:
    """How many items of each kind are in the table."""
    return Counter(item["sk"]["S"].split("#")[0] for item in backend.stored())
