"""Published clients of the batch API, unmodified: only the base URL and the key are changed."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.project import ROOT
from tests.support.stack import Stack

UV = ROOT / ".local" / "uv" / "bin" / "uv"

# Its settings are read at each call, the base URL must end in a slash, and a transaction key must be set.
GB_ALPHA = """
import json, os, sys
import gameball, gameball.constants
gameball.constants.api_base = os.environ["BASE_URL"] + "/"
gameball.transaction_key = "unused"
gameball.api_key = os.environ["KEY"]
asked = json.load(sys.stdin)
event = gameball.eventObject(player_unique_id=asked["customer"], events={})
for name, metadata in asked["events"].items():
    event.add_event(name, metadata)
answer = gameball.send_event(event)
refused = not isinstance(answer, dict)
said = {"text": str(answer), "status": answer.json_body} if refused else answer
print(json.dumps({"refused": refused, "answer": said}))
"""

# Its package says `from constants import ...`, so that is found beside it; its path hangs off `/integrations/`.
GAMEBALL = """
import importlib.util, json, os, sys
package = importlib.util.find_spec("gameball").submodule_search_locations[0]
sys.path.append(package)
import constants
sys.path.remove(package)
import gameball, gameball.constants
gameball.constants.api_base = os.environ["BASE_URL"] + "/integrations/"
gameball.api_key = os.environ["KEY"]
asked = json.load(sys.stdin)
event = gameball.eventObject(player_unique_id=asked["customer"], events={}, player_attributes={})
for name, metadata in asked["events"].items():
    event.add_event(name, metadata)
event.add_player_attribute("displayName", "Jon Snow")
event.add_player_attribute("email", "jon.snow@example.com")
event.add_custom_player_attribute("isMarried", False)
answer = gameball.send_event(event)
refused = not isinstance(answer, dict)
said = {"text": str(answer), "status": answer.json_body} if refused else answer
print(json.dumps({"refused": refused, "answer": said}))
"""

SDKS = {"gb-alpha": GB_ALPHA, "gameball": GAMEBALL}
BATCH = {"place_order": {"total_amount": "100", "category": ["electronics", "cosmetics"]}, "review": {}}

Send = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module", params=SDKS)
def send(request: pytest.FixtureRequest, stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Send:
    """Send events with a client in an environment of its own, made from its lock; what it made of the answer."""
    home: Path = tmp_path_factory.mktemp(request.param)
    lock = ROOT / "requirements" / f"sdk-{request.param}.txt"
    python = home / "venv" / "bin" / "python"
    make: list[str | Path] = ["venv", "--quiet", "--python", sys.executable, home / "venv"]
    install: list[str | Path] = ["pip", "install", "--quiet", "--python", python, "--require-hashes", "-r", lock]
    for command in (make, install):
        subprocess.run([UV, *command], check=True, cwd=ROOT)
    script = home / "send.py"
    script.write_text(SDKS[request.param])

    def act(customer: str, events: object, key: str | None = None) -> dict[str, Any]:
        wanted = {
            "BASE_URL": stack.card["base_url"],
            "KEY": key or stack.card["brands"]["demo"]["admin_key"],
            "NO_PROXY": "127.0.0.1,localhost",
        }
        asked = json.dumps({"customer": customer, "events": events})
        done = subprocess.run(
            [python, script], input=asked, capture_output=True, text=True, env={**os.environ, **wanted}, check=False
        )
        assert done.returncode == 0, done.stderr
        said: dict[str, Any] = json.loads(done.stdout)
        return said

    return act


def test_a_batch_is_recorded_and_answered_as_the_client_expects(send: Send, api: httpx.Client, customer: str) -> None:
    said = send(customer, BATCH)
    assert said["refused"] is False
    assert said["answer"]["success"] is True
    assert [one["name"] for one in said["answer"]["events"]] == list(BATCH)
    listed = api.get(f"/customers/{customer}/events").json()["data"]
    assert {one["type"]: one["data"]["metadata"] for one in listed} == BATCH
    assert {one["id"] for one in listed} == {one["eventId"] for one in said["answer"]["events"]}


def test_what_the_client_sends_is_rewarded(send: Send, api: httpx.Client, customer: str) -> None:
    said = send(customer, {"PURCHASE": {"pay": 12}})
    (event,) = said["answer"]["events"]
    assert [(one["reward_id"], one["amount"]) for one in event["accumulations"]] == [("test-points", 12)]
    assert api.get(f"/customers/{customer}/wallet").json()["data"]["totals"][0]["available"] == 12


def test_a_wrong_key_is_an_error_the_client_understands(send: Send, api: httpx.Client, customer: str) -> None:
    said = send(customer, BATCH, "ek_demo_wrong")
    assert (said["refused"], said["answer"]["status"]) == (True, 401)
    assert api.get(f"/customers/{customer}").status_code == 404


def test_a_batch_that_is_malformed_is_an_error_the_client_understands(
    send: Send, api: httpx.Client, customer: str
) -> None:
    said = send(customer, {"buy": {"price": 1e31}})
    assert (said["refused"], said["answer"]["status"]) == (True, 400)
    assert "events.buy.price" in said["answer"]["text"]
    assert api.get(f"/customers/{customer}").status_code == 404
