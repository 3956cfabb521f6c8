"""One deployed stack for the session."""

import shutil
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.project import ROOT
from tests.support.stack import IN_FORCE_SECONDS, Emit, Stack

POINTS = {"name": "Points", "type": "POINTS", "decimals": 2}
CAMPAIGN = {
    "name": "A point a unit",
    "trigger": "PURCHASE",
    "rules": [
        {"effects": [{"reward_id": "test-points", "amount": 1, "per": {"field": "metadata.pay", "every": 1}}]},
    ],
}


# They end the engine, and with it each function's worker: whoever calls all functions comes after them, once they run.
FIRST = ("test_stack_on_one_machine.py", "test_faults.py")
# They leave the brand they fuzz in any state: whoever needs one in order comes before them.
LAST = ("test_hostile.py", "test_schemathesis.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests that restart the stack before the others of this folder, and those that fuzz after them."""
    here = [place for place, item in enumerate(items) if item.path.parent == Path(__file__).parent]
    ordered = sorted((items[place] for place in here), key=lambda item: _place(item.path.name))
    for place, item in zip(here, ordered, strict=True):
        items[place] = item


def _place(file: str) -> int:
    return (file in LAST) - (file in FIRST)


# Why there is no stack, once that is known.
_PROBLEM = pytest.StashKey[str]()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out what needs the stack, once one test has told that it did not come up."""
    if _PROBLEM in item.config.stash and "stack" in getattr(item, "fixturenames", ()):
        pytest.skip("the stack did not come up; the first test that needed it says why")


@pytest.fixture(scope="session")
def stack(pytestconfig: pytest.Config) -> Iterator[Stack]:
    home = ROOT / ".local" / "integration" / "home"
    shutil.rmtree(home / "state", ignore_errors=True)
    running = Stack(home)
    try:
        try:
            running.start("--fresh")
            _add_test_points(running)
        except BaseException as problem:
            pytestconfig.stash[_PROBLEM] = str(problem)
            raise
        yield running
        if running.process:
            assert running.stop() == 0
    finally:
        running.kill()


def _add_test_points(running: Stack) -> None:
    for brand in ("demo", "other"):
        with running.client(brand) as api:
            assert api.put("/rewards/test-points", json=POINTS).status_code == 200
            assert api.put("/campaigns/test-points", json=CAMPAIGN).status_code == 200
    time.sleep(IN_FORCE_SECONDS)


@pytest.fixture
def api(stack: Stack) -> Iterator[httpx.Client]:
    with stack.client() as client:
        yield client


@pytest.fixture
def other(stack: Stack) -> Iterator[httpx.Client]:
    with stack.client("other") as client:
        yield client


@pytest.fixture
def customer() -> str:
    return f"customer-{uuid.uuid4()}"


@pytest.fixture
def emit(api: httpx.Client, customer: str) -> Emit:
    """Emit an event that pays `pay` points; the event as answered."""

    def act(pay: float = 0, **more: Any) -> dict[str, Any]:
        body = {"brand_id": "demo", "customer_id": customer, "type": "PURCHASE", "metadata": {"pay": pay}, **more}
        answer = api.post("/behavior/events", json=body)
        assert answer.status_code == 201, answer.text
        event: dict[str, Any] = answer.json()["data"]
        return event

    return act
