"""The console in a real browser, on every function in this process, with a world of a few guests."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.backend import Backend
from tests.support.browser import browser
from tests.support.console import Desk, World, world_of
from tests.support.http_backend import HttpBackend, served
from tests.support.moto_backend import aws, client, empty

__all__ = ["aws", "browser", "client", "empty"]


@pytest.fixture
def stack(empty: Backend) -> Iterator[HttpBackend]:
    """The stack, with nothing in it."""
    with served(empty) as running:
        yield running


@pytest.fixture
def world(stack: HttpBackend) -> World:
    """The stack with a few guests and what happened to them."""
    return world_of(stack)


@pytest.fixture
def desk(browser: Any, world: World) -> Iterator[Desk]:
    """Somebody who has signed in with an admin's key, in a window of their own."""
    with Desk.opened(browser, world) as opened:
        opened.sign_in(world.admin_key)
        yield opened
