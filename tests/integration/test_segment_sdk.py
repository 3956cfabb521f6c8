"""Segment's Gameball destination from npm, unmodified under Node: only the base URL and the key are changed."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.project import ROOT
from tests.support.stack import Stack

CLIENT = ROOT / "tests" / "support" / "sdks" / "node"
BATCH = {"place_order": {"total_amount": "100", "category": ["electronics", "cosmetics"]}, "review": {}}

Send = Callable[..., list[dict[str, Any]]]


def _installed() -> Path:
    """The folder where it is installed from the lock: made anew when that has changed, as it has 16,000 files."""
    home, stamp = ROOT / ".local" / "segment", ROOT / ".local" / "segment" / "stamp"
    lock = (CLIENT / "package-lock.json").read_text()
    if not stamp.exists() or stamp.read_text() != lock:
        shutil.rmtree(home, ignore_errors=True)
        shutil.copytree(CLIENT, home)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run(command, check=True, cwd=home)
        stamp.write_text(lock)
    shutil.copy(CLIENT / "send.cjs", home)
    return home


@pytest.fixture(scope="module")
def send(stack: Stack) -> Send:
    """Track events as Segment does; for each, the status and the body it got."""
    home = _installed()

    def act(customer: str, events: object, key: str | None = None) -> list[dict[str, Any]]:
        wanted = {
            "BASE_URL": stack.card["base_url"],
            "KEY": key or stack.card["brands"]["demo"]["admin_key"],
            "NO_PROXY": "127.0.0.1,localhost",
        }
        asked = json.dumps({"customer": customer, "events": events})
        done = subprocess.run(
            ["node", "send.cjs"],
            input=asked,
            capture_output=True,
            text=True,
            cwd=home,
            env={**os.environ, **wanted},
            check=False,
        )
        assert done.returncode == 0, done.stderr
        said: list[dict[str, Any]] = json.loads(done.stdout)
        return said

    return act


def test_every_tracked_event_is_recorded_and_answered(send: Send, api: httpx.Client, customer: str) -> None:
    said = send(customer, BATCH)
    assert [(one["status"], one["body"]["success"]) for one in said] == [(200, True)] * 2
    listed = api.get(f"/customers/{customer}/events").json()["data"]
    assert {one["type"]: one["data"]["metadata"] for one in listed} == BATCH
    assert {one["id"] for one in listed} == {one["body"]["events"][0]["eventId"] for one in said}


def test_what_it_sends_is_rewarded(send: Send, api: httpx.Client, customer: str) -> None:
    ((said,),) = [one["body"]["events"] for one in send(customer, {"PURCHASE": {"pay": 12}})]
    assert [(one["reward_id"], one["amount"]) for one in said["accumulations"]] == [("test-points", 12)]
    assert api.get(f"/customers/{customer}/wallet").json()["data"]["totals"][0]["available"] == 12


def test_a_wrong_key_is_an_error_that_it_reports(send: Send, api: httpx.Client, customer: str) -> None:
    said = send(customer, BATCH, "ek_demo_wrong")
    assert [(one["status"], one["body"]["code"]) for one in said] == [(401, "Unauthorized")] * 2
    assert api.get(f"/customers/{customer}").status_code == 404


def test_a_malformed_event_is_an_error_that_it_reports(send: Send, api: httpx.Client, customer: str) -> None:
    (said,) = send(customer, {"buy": {"price": 1e31}})
    assert (said["status"], said["body"]["code"]) == (400, "ValidationError")
    assert "events.buy.price" in said["body"]["message"]
    assert api.get(f"/customers/{customer}").status_code == 404
