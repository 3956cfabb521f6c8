"""get_set_aside: how much the stack has set aside, counted by its queues."""

import pytest

from loyalty.domain.reports.set_aside import SetAsideQueue
from loyalty.settings import settings
from tests.support.backend import Backend


@pytest.fixture
def queues(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> Backend:
    """A backend whose function knows its queues, each by its own name."""
    for name in settings()._fields:
        if name.endswith(("_set_aside", "_announced", "_settled")):
            monkeypatch.setenv(name.upper(), f"https://sqs/{name}")
    settings.cache_clear()
    return backend


def test_it_counts_what_each_queue_holds_and_says_what_puts_it_right(queues: Backend) -> None:
    queues.carrier.set_aside = {"https://sqs/hot_requests_set_aside": 3, "https://sqs/deadlines_not_settled": 1}
    found = queues.call("get_set_aside").data["queues"]
    assert {one["name"]: (one["messages"], one["command"]) for one in found} == {
        "hot_requests": (3, "redrive"),
        "cold_requests": (0, "redrive"),
        "webhook_messages": (0, "redrive"),
        "records_not_announced": (0, "redrive"),
        "deadlines_not_settled": (1, "settle"),
    }
    assert [one["name"] for one in found] == [one.value for one in SetAsideQueue]


def test_it_touches_no_table_and_receives_nothing(queues: Backend) -> None:
    with queues.store_calls() as calls:
        assert queues.call("get_set_aside").status == 200
    assert calls == []


def test_queues_that_do_not_answer_are_a_503(queues: Backend) -> None:
    queues.carrier.broken = True
    assert queues.call("get_set_aside").refusal == (503, "ServiceUnavailable")
