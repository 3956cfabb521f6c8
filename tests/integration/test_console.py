"""The console where it is deployed: beside the API, whatever its address ends with."""

from typing import Any

import httpx
import pytest

from earnest.console import PUBLISHED
from tests.support.browser import browser
from tests.support.stack import ANSWER_SECONDS, Stack

__all__ = ["browser"]


@pytest.mark.parametrize("slash", ["", "/"])
def test_anyone_gets_the_page_with_its_policy(stack: Stack, slash: str) -> None:
    answer = httpx.get(stack.card["base_url"] + slash, timeout=ANSWER_SECONDS, trust_env=False)
    assert answer.status_code == 200
    assert answer.text == (PUBLISHED / "console.html").read_text()
    assert answer.headers["Content-Security-Policy"] == (PUBLISHED / "policy.txt").read_text().strip()


def test_somebody_signs_in_and_sees_a_guest_of_the_demo(stack: Stack, browser: Any) -> None:
    page = browser.new_page()
    page.set_default_timeout(ANSWER_SECONDS * 1000)
    try:
        page.goto(stack.card["base_url"] + "/#/guest/ana/wallet")
        page.get_by_label("API key").fill(stack.card["brands"]["demo"]["admin_key"])
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("region", name="Points", exact=True).wait_for()
        page.get_by_role("link", name="Timeline").click()
        page.get_by_text("order D-1003").wait_for()
    finally:
        page.close()
