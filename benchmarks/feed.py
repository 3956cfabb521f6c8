"""What the feed's function takes for each event, by how many come in a batch, beside what storing them takes."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from rich.console import Console

from benchmarks.metering import Meter, metered
from benchmarks.report import Table
from benchmarks.table import CARRIER, bench_table
from loyalty import receivers
from loyalty.store import keys
from loyalty.store.table import client
from tests.support.api import Api, function
from tests.support.backend import Answer
from tests.support.project import CONTEXT
from tests.support.stream import written

BATCHES, EVENTS, CUSTOMERS = (1, 10, 50), 200, 20
ORDER = {"value": 120.5, "payment_method": "card", "store_id": "store-17", "products": [{"sku": "A1", "amount": 1}]}


@dataclass
class Sent:
    """How often the queue and the bus were called, and with how many messages."""

    calls: int = 0
    messages: int = 0


def measure(_console: Console) -> list[Table]:
    """The table of what announcing takes."""
    table = Table(
        "Announcing events (the stream's function)",
        (
            "events in a batch",
            "round trips a batch",
            "calls of queue and bus a batch",
            "read · write units an event",
            "CPU an event ÷ an emit's",
        ),
        "One campaign rewards each event; one webhook wants all. Units come on top of the emit's. The function takes "
        "50 records at most, one batch after the other for each shard of the stream.",
    )
    with bench_table() as engine, mock.patch.object(receivers, "resolve", return_value=["93.184.215.14"]):
        look = engine.client()
        try:
            api = Api().set_up()
            hook = {"url": "https://hooks.example.com/", "events": ["*"]}
            assert api.call("put_webhook", hook, path={"id": "all"}).status == 200
            _announce(_emitted(api, CUSTOMERS))  # customers are known, and the function is warm
            for size in BATCHES:
                table.add(size, *_costs(api, look, size))
        finally:
            look.close()
    return [table]


def _costs(api: Api, look: Any, size: int) -> Iterator[str]:
    batches = [_emitted(api, size) for _ in range(EVENTS // size)]
    meter, sent = _counted(look, lambda: _announce(batches.pop()))
    yield str(meter.round_trips)
    yield f"{sent.calls} with {sent.messages} messages"
    yield f"{meter.reads / size:.1f} · {meter.writes / size:.1f}"
    emitting = _seconds(lambda: _emitted(api, EVENTS)) / EVENTS
    announcing = _seconds(lambda: _announce_all(batches)) / (len(batches) * size)
    yield f"{announcing / emitting:.2f}"


def _emitted(api: Api, number: int) -> list[tuple[str, str]]:
    """The keys of so many new events."""
    answers: list[Answer] = [api.emit(f"customer-{i % CUSTOMERS:04}", order=ORDER) for i in range(number)]
    places = [keys.event(api.brand, one.data["id"]) for one in answers]
    return [(one.pk, one.sk) for one in places]


def _announce_all(batches: list[list[tuple[str, str]]]) -> None:
    for batch in batches:
        _announce(batch)


def _announce(batch: list[tuple[str, str]]) -> None:
    assert function("on_record_written").handler(written(*batch), CONTEXT) == {"batchItemFailures": []}


def _counted(look: Any, act: Callable[[], None]) -> tuple[Meter, Sent]:
    with metered(client(), look) as meter, _sent() as sent:
        act()
    return meter, sent


@contextmanager
def _sent() -> Iterator[Sent]:
    sent = Sent()

    def noting(call: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*, Entries: list[Any], **more: Any) -> Any:  # noqa: N803 - as AWS has it
            sent.calls += 1
            sent.messages += len(Entries)
            return call(Entries=Entries, **more)

        return noted

    with (
        mock.patch.object(CARRIER, "send_message_batch", noting(CARRIER.send_message_batch)),
        mock.patch.object(CARRIER, "put_events", noting(CARRIER.put_events)),
    ):
        yield sent


def _seconds(act: Callable[[], object]) -> float:
    """The processor's, of this process: the engine's are its own."""
    began = time.process_time()
    act()
    return time.process_time() - began
