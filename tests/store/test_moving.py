"""Customers who move out while workers are killed: whoever is erased is gone, and the books agree."""

import json
from functools import partial
from threading import Thread
from typing import Any

from loyalty.domain.assignments.traces import TraceStatus
from loyalty.store.codec import read_any_format
from loyalty.store.table import from_wire
from loyalty.store.traces import load_trace
from tests.support.api import Api, at_once
from tests.support.builders import must
from tests.support.killing import Queue, Workers, carry_out_all
from tests.support.tables import Store

WORKERS, KILLS = 2, 6
ERASED, EVENTS = 40, 4


def carried_out(store: Store, calls: list[Any]) -> list[str]:
    """The trace ids that these calls answer, once workers who are killed meanwhile have carried all of them out."""
    queue, done = Queue(store.carrier.messages), list[Workers]()
    environment = {**store.engine.environment, "TABLE_NAME": store.name}
    at_work = Thread(target=lambda: done.append(carry_out_all(queue, environment, WORKERS, KILLS)))
    at_work.start()
    try:
        traces = at_once(calls)
    finally:
        queue.closed.set()
        at_work.join()
    assert done[0].killed > 0
    return traces


def test_whoever_is_erased_while_workers_are_killed_is_gone_and_the_books_agree(store: Store, api: Api) -> None:
    people = [f"person-{number}@example.com" for number in range(ERASED)]
    receipts: dict[str, str] = {}
    for person in people:
        events = [api.purchase(person, number, metadata={"to": person}) for number in range(1, EVENTS)]
        events.append(api.purchase(person, 5, fulfilled=False))
        api.reverse(events[0].data["id"])
        receipts[person] = events[1].data["id"]
    before = {person: api.points(person)[0] for person in people}

    def erase(person: str) -> str:
        answer = api.call("erase_customer", path={"id": person})
        assert answer.status == 202, answer.text
        return str(answer.body["traceId"])

    traces = carried_out(store, [partial(erase, person) for person in people])
    assert {must(load_trace(api.brand, trace, api.now())).status for trace in traces} == {TraceStatus.DONE}
    for item in map(from_wire, store.items(api.brand)):
        opened = {
            name: read_any_format(value) if isinstance(value, bytes) or str(value).startswith("{") else value
            for name, value in item.items()
        }
        assert "person-" not in json.dumps(opened, default=str), item["pk"]
    for person, trace in zip(people, traces, strict=True):
        nobody = api.event(receipts[person]).data["customer_id"]
        assert nobody == f"erased-{trace}"
        assert api.points(nobody) == (before[person], 0, 0)
        api.assert_books_agree(nobody)
        assert api.call("get_customer", path={"id": person}).status == 404
