"""Debian's Chromium, driven by Playwright."""

import os
import shutil
import site
from collections.abc import Iterator
from typing import Any

import pytest

from tests.support.project import ROOT

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
REQUIRED = os.environ.get("WITH_BROWSER") == "1"

# The browser's driver lies in an environment of its own, so that whoever runs the stack need not install it.
site.addsitedir(str(ROOT / ".local" / "console" / "lib" / "python3.13" / "site-packages"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium; left out where there is none, unless WITH_BROWSER says that there has to be one."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None and not REQUIRED:
        pytest.skip(f"needs a browser: {', '.join(BROWSERS)}")
    assert path, "apt-get install chromium"
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - not there before its folder is

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()
