"""A table on a DynamoDB Local of our own, with the product in this process pointed at it and its log lines let go."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

from loyalty import queue
from loyalty.settings import settings
from loyalty.store.table import client
from loyalty.telemetry import logger
from tests.support.backend import Carrier
from tests.support.dynamodb_local import Engine, dynamodb_local, environment

NAME = "benchmarks"
CARRIER = Carrier()


@contextlib.contextmanager
def bench_table() -> Iterator[Engine]:
    """A new, empty table while the context lasts."""
    with contextlib.ExitStack() as stack:
        engine = stack.enter_context(dynamodb_local())
        stack.enter_context(environment({**engine.environment, "TABLE_NAME": NAME}))
        engine.create_table(NAME)
        nowhere = stack.enter_context(Path(os.devnull).open("w", encoding="utf-8"))
        stack.enter_context(contextlib.redirect_stdout(nowhere))
        stack.enter_context(mock.patch.object(logger.registered_handler, "stream", nowhere))
        for name in ("sqs", "event_bridge"):
            stack.enter_context(mock.patch.object(queue, name, return_value=CARRIER))
        settings.cache_clear()
        client.cache_clear()
        try:
            yield engine
        finally:
            client().close()
            client.cache_clear()
            settings.cache_clear()
