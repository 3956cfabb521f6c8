"""Offers and points whose workers are killed in the middle of batches: each is assigned once, and the books agree."""

from functools import partial
from threading import Thread
from typing import Any

from loyalty.domain.assignments.traces import TraceStatus
from loyalty.store.traces import load_trace
from tests.support.api import Api, at_once
from tests.support.builders import must
from tests.support.killing import Queue, Workers, carry_out_all
from tests.support.tables import Store

REQUESTS, CUSTOMERS, WORKERS, KILLS = 160, 8, 2, 4
DAYS = {"startDate": "2026-01-01", "endDate": "9999-12-31"}


def ask(api: Api, number: int) -> str:
    """The trace id of a request for an offer or for a point, by turns."""
    body: dict[str, Any] = {"userId": f"customer-{number // 2 % CUSTOMERS}", "source": "braze", "reference": "r"}
    if number % 2:
        answer = api.call("create_cold_offer", {**body, "configId": "coffee", "ruleParams": DAYS})
    else:
        answer = api.call("assign_cold_points", {**body, "pointsEarned": 1, "rewardId": "points"})
    assert answer.status == 202, answer.text
    return str(answer.body["traceId"])


def test_workers_killed_in_the_middle_of_batches_lose_nothing_and_double_nothing(store: Store, api: Api) -> None:
    assert api.call("put_config_offer", {"name": "Coffee"}, path={"id": "coffee"}).status == 200
    customers = [f"customer-{i}" for i in range(CUSTOMERS)]
    for one in customers:
        assert api.emit(one, type="VISIT").status == 201
    queue, done = Queue(store.carrier.messages), list[Workers]()
    environment = {**store.engine.environment, "TABLE_NAME": store.name}
    at_work = Thread(target=lambda: done.append(carry_out_all(queue, environment, WORKERS, KILLS)))
    at_work.start()
    try:
        traces = at_once([partial(ask, api, i) for i in range(REQUESTS)])
    finally:
        queue.closed.set()
        at_work.join()
    (workers,) = done
    assert workers.killed > 0
    assert queue.delivered > len(set(traces)) == REQUESTS
    ends = [must(load_trace(api.brand, trace, api.now())) for trace in traces]
    assert {(one.status, one.published) for one in ends} == {(TraceStatus.ASSIGNED, True)}
    each = REQUESTS // CUSTOMERS // 2
    for one in customers:
        assert api.points(one) == (each, 0, 0)
        assert len(api.everything("list_offers", one)) == each
        api.assert_books_agree(one)
    assert {one.offer_id for one in ends if one.offer_id} == {
        offer["id"] for one in customers for offer in api.everything("list_offers", one)
    }
