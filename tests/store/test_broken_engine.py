"""A full disk and a dead engine, for real: a 503 in the standard body, and the same call again later is one event."""

import contextlib
import os
import resource
import signal
from collections.abc import Iterator
from pathlib import Path

import botocore.session
import pytest
from botocore.config import Config

from loyalty.store import table
from tests.support.api import Api
from tests.support.dynamodb_local import Engine, dynamodb_local, environment
from tests.support.tables import new_table

CUSTOMER = "ada"


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """An engine of the test's own that keeps its tables in files, and the product speaking to it."""
    with dynamodb_local(tmp_path) as engine:
        # One try a call: DynamoDB Local takes a retry of a transaction that its disk refused for one that was done.
        once = Config(retries={"total_max_attempts": 1})
        with environment(engine.environment):
            product = botocore.session.get_session().create_client("dynamodb", config=once)
        with contextlib.closing(product), contextlib.ExitStack() as stack:
            store = stack.enter_context(new_table(engine, product))
            stack.enter_context(store.in_use())
            monkeypatch.setattr(table, "RETRY_SECONDS", 0.2)
            yield engine
            stack.pop_all()  # the table goes with the engine


def test_a_full_disk_is_a_503_and_the_call_again_is_one_event(own: Engine) -> None:
    api = Api().set_up()
    # DynamoDB Local commits a write with the next one, so a disk that fills up takes the last from it.
    api.purchase("somebody-else", 1)
    before = resource.prlimit(own.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(own.pid, resource.RLIMIT_FSIZE, (0, before[1]))
    refused = [api.emit(CUSTOMER, key=f"order {turn}", order={"value": 7}) for turn in range(5)]
    assert [answer.refusal for answer in refused] == [(503, "ServiceUnavailable")] * 5
    assert {answer.headers["Retry-After"] for answer in refused} == {"1"}
    resource.prlimit(own.pid, resource.RLIMIT_FSIZE, before)
    for turn in range(5):
        assert api.emit(CUSTOMER, key=f"order {turn}", order={"value": 7}).status == 201
    assert len(api.everything("list_events", CUSTOMER)) == 5
    assert api.points(CUSTOMER) == (35, 0, 0)
    api.assert_books_agree(CUSTOMER)


def test_a_dead_engine_is_a_503_for_every_call(own: Engine) -> None:
    api = Api().set_up()
    held = api.purchase(CUSTOMER, 100, fulfilled=False).data["id"]
    os.kill(own.pid, signal.SIGKILL)
    for answer in (
        api.purchase(CUSTOMER, 1),
        api.fulfil(held),
        api.reverse(held),
        api.extend(held, reserve=1),
        api.event(held),
        api.wallet(CUSTOMER),
        api.call("track_events", {"customerId": CUSTOMER, "events": {"visit": {}}}, headers={}),
        api.call("list_campaigns"),
        api.put_reward("stars"),
    ):
        assert answer.refusal == (503, "ServiceUnavailable")
        assert answer.headers["Retry-After"] == "1"
