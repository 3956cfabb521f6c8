"""Offers and points under delivery as queues deliver: many times, out of order, to many workers at once."""

import json
import random
from collections.abc import Callable
from functools import partial

import pytest

from benchmarks.metering import metered
from loyalty.domain.assignments.traces import TraceStatus
from loyalty.store.traces import load_trace
from tests.support.api import Api, at_once, deliver
from tests.support.tables import Store

CUSTOMER = "ada"
DAYS = {"startDate": "2026-01-01", "endDate": "9999-12-31"}


def accept(api: Api, folder: str, **body: object) -> str:
    """The trace id of a request about the customer that was accepted."""
    answer = api.call(folder, {"userId": CUSTOMER, "source": "braze", "reference": "r", **body})
    assert answer.status == 202, answer.text
    return str(answer.body["traceId"])


def offer(api: Api, **more: object) -> str:
    """An offer's."""
    return accept(api, "create_cold_offer", configId="coffee", ruleParams=DAYS, **more)


def points(api: Api, amount: int, **more: object) -> str:
    """Points'."""
    return accept(api, "assign_cold_points", pointsEarned=amount, rewardId="points", **more)


def ready(store: Store, api: Api) -> list[str]:
    """A customer with 100 points, a config offer, and the messages that will be sent."""
    api.purchase(CUSTOMER, 100)
    assert api.call("put_config_offer", {"name": "Coffee"}, path={"id": "coffee"}).status == 200
    store.carrier.messages.clear()
    store.carrier.said.clear()
    return store.carrier.messages


def test_the_same_messages_ten_times_out_of_order_to_many_workers_are_carried_out_once(store: Store, api: Api) -> None:
    messages = ready(store, api)
    traces = [offer(api) for _ in range(5)] + [points(api, 7) for _ in range(5)]
    deliveries = messages * 10
    random.Random(7).shuffle(deliveries)
    batches = [deliveries[start : start + 5] for start in range(0, len(deliveries), 5)]
    for failures in at_once([partial(deliver, *batch) for batch in batches]):
        assert failures == []
    assert len(api.everything("list_offers", CUSTOMER)) == 5
    assert api.points(CUSTOMER) == (135, 0, 0)
    api.assert_books_agree(CUSTOMER)
    found = [load_trace(api.brand, trace, api.now()) for trace in traces]
    assert {one.status for one in found if one} == {TraceStatus.ASSIGNED}
    # Two workers may both find an end that nobody has noted as made known yet; none is left unsaid.
    said = [json.dumps(one["traceId"]) for _, one in store.carrier.said]
    assert set(said) == {json.dumps(trace) for trace in traces}


def test_deductions_at_once_never_go_below_what_is_allowed(store: Store, api: Api) -> None:
    api.put_reward("points", allow_negative=False)
    messages = ready(store, api)
    traces = [points(api, -30) for _ in range(8)]
    for failures in at_once([partial(deliver, message) for message in messages]):
        assert failures == []
    assert api.points(CUSTOMER) == (10, 0, 0)
    ends = [load_trace(api.brand, trace, api.now()) for trace in traces]
    assert sorted(one.status for one in ends if one) == ["ASSIGNED"] * 3 + ["FAILED"] * 5
    api.assert_books_agree(CUSTOMER)


def test_one_key_from_many_callers_at_once_is_one_trace_and_one_offer(store: Store, api: Api) -> None:
    messages = ready(store, api)
    assert len(set(at_once([partial(offer, api, idempotencyKey="k1")] * 12))) == 1
    assert 1 <= len(messages) <= 12
    assert deliver(*messages) == []
    assert len(api.everything("list_offers", CUSTOMER)) == 1


@pytest.mark.usefixtures("rules_are_known")
@pytest.mark.parametrize(("ask", "transaction"), [(offer, 10), (partial(points, amount=7), 6)], ids=["offer", "points"])
def test_accepting_takes_two_round_trips_and_carrying_out_three(
    store: Store, api: Api, ask: Callable[..., str], transaction: int
) -> None:
    def cost(act: Callable[[], object]) -> tuple[int, int, int]:
        with metered(store.product, store.look) as meter:
            act()
        return meter.round_trips, meter.reads, meter.writes

    messages = ready(store, api)
    ask(api)
    assert deliver(messages.pop()) == []  # the rules are read
    assert cost(lambda: ask(api)) == (2, 1, 1)
    messages.clear()
    assert cost(lambda: ask(api, idempotencyKey="k1")) == (2, 2, 1)
    assert cost(lambda: ask(api, idempotencyKey="k1")) == (1, 2, 0)
    (message,) = messages
    # Read, transaction, and the note that the end has been made known; the bus is not the table.
    assert cost(lambda: deliver(message)) == (3, 2, transaction + 1)
    assert cost(lambda: deliver(message)) == (1, 2, 0)
