"""The console in a real browser, on every function in this process, with a world of a few guests."""

import os
import shutil
import site
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.backend import Backend
from tests.support.console import BROWSER, Desk, World, world_of
from tests.support.http_backend import HttpBackend, served
from tests.support.moto_backend import client, empty
from tests.support.project import ROOT

__all__ = ["client", "empty"]

# The browser's driver lies in an environment of its own, so that whoever runs the stack need not install it.
site.addsitedir(str(ROOT / ".local" / "console" / "lib" / "python3.13" / "site-packages"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium; left out where there is none, unless WITH_BROWSER says that there has to be one."""
    path = next(filter(None, map(shutil.which, BROWSER)), None)
    if path is None and os.environ.get("WITH_BROWSER") != "1":
        pytest.skip(f"needs a browser: {', '.join(BROWSER)}")
    assert path, "apt-get install chromium"
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - not there before its folder is

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()


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
