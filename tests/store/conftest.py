"""The store on AWS's own DynamoDB Local, and the product in this process speaking to it."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from loyalty.store import published, table
from tests.support.api import Api
from tests.support.dynamodb_local import Engine, dynamodb_local, environment
from tests.support.overdue import Overdue, lay
from tests.support.tables import Store, new_table


@pytest.fixture(scope="session")
def engine() -> Iterator[Engine]:
    with dynamodb_local() as running:
        yield running


@pytest.fixture(scope="session")
def product(engine: Engine) -> Iterator[Any]:
    """The product's own client, made as in Lambda, once for all tests."""
    with environment(engine.environment):
        client = table.client.__wrapped__()
    with contextlib.closing(client):
        yield client


@pytest.fixture(scope="session")
def overdue(engine: Engine, product: Any) -> Iterator[Overdue]:
    with new_table(engine, product, stream=True) as store:
        with store.in_use():
            laid = lay(store)
        yield laid


@pytest.fixture(scope="session", autouse=True)
def _overdue_from_the_start(request: pytest.FixtureRequest) -> None:
    """TTL takes up to half a minute: it begins before the other tests, if its own are among those that run."""
    if any("overdue" in getattr(item, "fixturenames", ()) for item in request.session.items):
        request.getfixturevalue("overdue")


@pytest.fixture(scope="module")
def store(engine: Engine, product: Any) -> Iterator[Store]:
    with new_table(engine, product) as made, made.in_use():
        yield made


@pytest.fixture
def rules_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within this test, the rules that the process knows are new enough, so no call reads the brand along."""
    monkeypatch.setattr(published, "_CHECK_AFTER", 600)


@pytest.fixture
def api(store: Store) -> Api:
    """A brand of the test's own, with `points` and a point a dollar."""
    return Api().set_up()
