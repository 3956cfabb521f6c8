"""The `earnest` command against the deployed stack: in this process, but where the process is what matters."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from earnest.commands.cli import app
from loyalty.store import keys
from tests.support.project import ROOT
from tests.support.stack import IN_FORCE_SECONDS, Stack

SECONDS = 120.0
EVENTS = 100


class Earnest:
    """Runs the command for one brand."""

    def __init__(self, url: str, brand: str, key: str) -> None:
        self.said = {"EARNEST_URL": url, "EARNEST_KEY": key, "EARNEST_BRAND": brand, "COLUMNS": "160"}

    def process(self, *args: object) -> subprocess.Popen[str]:
        """The command in a process of its own, which takes a second to begin."""
        return subprocess.Popen(
            [sys.executable, "-m", "earnest", *map(str, args)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, **self.said, "PYTHONPATH": str(ROOT)},
        )

    def __call__(self, *args: object, code: int = 0) -> str:
        """What it says; it must end with that code."""
        done = CliRunner().invoke(app, [*map(str, args)], env=self.said)
        assert done.exit_code == code, done.output
        return done.stdout + done.stderr


def for_brand(stack: Stack, brand: str, key: str | None = None) -> Earnest:
    """The command with a brand's admin key, or another."""
    return Earnest(stack.card["base_url"], brand, key or stack.card["brands"][brand]["admin_key"])


@pytest.fixture
def earnest(stack: Stack) -> Earnest:
    return for_brand(stack, "other")


@pytest.fixture
def books(stack: Stack) -> Iterator[httpx.Client]:
    with stack.client("other") as client:
        yield client


def test_apply_export_apply(earnest: Earnest, books: httpx.Client, tmp_path: Path) -> None:
    earnest("export", tmp_path)
    assert earnest("apply", tmp_path, "--prune") == "Nothing to change.\n"
    new = uuid.uuid4().hex
    reward, campaign = tmp_path / "one.yaml", tmp_path / "two.yaml"
    reward.write_text(f"kind: reward\nid: r-{new}\nname: Miles\ndecimals: 1\n")
    campaign.write_text(
        f"kind: campaign\nid: c-{new}\nname: Miles\ntrigger: T-{new}\nrules:\n"
        f"  - effects:\n      - reward_id: r-{new}\n        amount: 1.25\n"
    )
    refused = earnest("apply", tmp_path, "--yes", code=2)
    assert f"{campaign}:8:9: rules.0.effects.0.amount: must have at most 1 decimals" in refused
    assert books.get(f"/rewards/r-{new}").status_code == 404
    campaign.write_text(campaign.read_text().replace("1.25", "1.5"))
    assert f"create campaign c-{new}" in earnest("apply", tmp_path, "--dry-run", code=3)
    assert "Aborted" in earnest("apply", tmp_path, code=1)
    assert books.get(f"/campaigns/c-{new}").status_code == 404
    assert "2 changed." in earnest("apply", tmp_path, "--yes")
    assert earnest("apply", tmp_path, "--yes") == "Nothing to change.\n"
    campaign.unlink()
    reward.unlink()
    assert earnest("apply", tmp_path) == "Nothing to change.\n"
    assert f"delete reward r-{new}" in earnest("apply", tmp_path, "--prune", "--yes")
    assert books.get(f"/rewards/r-{new}").status_code == 404


def test_an_import_that_was_killed_goes_on_and_run_twice_pays_once(
    earnest: Earnest, books: httpx.Client, tmp_path: Path
) -> None:
    people = [f"reader-{uuid.uuid4()}" for _ in range(4)]
    lines = [{"customer_id": people[i % 4], "type": "PURCHASE", "metadata": {"pay": 1}} for i in range(EVENTS)]
    file = tmp_path / "events.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in [*lines, {"type": "PURCHASE"}]))
    progress = tmp_path / "events.jsonl.progress"

    def sent() -> int:
        return progress.read_text().count("\n") if progress.exists() else 0

    def stopped(by: signal.Signals) -> str:
        """What an import says that is stopped when ten more lines are noted as sent."""
        enough = sent() + 10
        run = earnest.process("import", file)
        ends = time.monotonic() + SECONDS
        while sent() < enough:
            assert run.poll() is None
            assert time.monotonic() < ends
            time.sleep(0.01)
        run.send_signal(by)
        return run.communicate(timeout=SECONDS)[1]

    assert stopped(signal.SIGKILL) == ""
    assert re.fullmatch(r"Interrupted\.\n\d+ sent; run again to go on from there\.\n", stopped(signal.SIGINT))
    before = sent()
    assert 20 <= before < EVENTS
    said = earnest("import", file, code=2)
    assert f"{before} sent by an earlier run, 1 rejected." in said
    (rejected,) = (tmp_path / "events.rejected.jsonl").read_text().splitlines()
    assert json.loads(rejected)["line"] == EVENTS + 1
    assert json.loads(rejected)["details"]["fields"][0]["field"] == "customer_id"
    again = f"{EVENTS} sent ({EVENTS} of them were there already), 0 sent by an earlier run"
    assert again in earnest("import", file, code=2)
    assert earnest("verify", *people).count(f"equal ({EVENTS // 4} lines)") == 4
    for person in people:
        totals = books.get(f"/customers/{person}/wallet").json()["data"]["totals"]
        assert {one["reward_id"]: one["available"] for one in totals} == {"test-points": EVENTS // 4}


def test_wallets_with_everything_in_them_are_verified(stack: Stack) -> None:
    said = for_brand(stack, "demo")("verify", "ana", "luis", "mia")
    assert said.count("equal") == 3
    assert "404 UserNotFoundError" in for_brand(stack, "demo")("verify", f"nobody-{uuid.uuid4()}", code=1)


def test_a_key_is_created_used_listed_and_revoked(earnest: Earnest, stack: Stack) -> None:
    name = f"till {uuid.uuid4()}"
    *_, secret = [
        word
        for word in earnest(
            "keys", "create", name, "--scope", "customers:read", "--expires-at", "2099-01-01T00:00:00Z"
        ).split()
        if word.startswith("ek_")
    ]
    till = for_brand(stack, "other", secret)
    with stack.client("other", secret) as client:
        assert client.get("/customers/nobody").status_code == 404
        assert client.get("/keys").status_code == 403
        assert "403 Forbidden" in till("keys", "list", code=1)
        (row,) = [line for line in earnest("keys", "list").splitlines() if name in line]
        assert secret not in row
        assert "in force everywhere within 2 seconds" in earnest("keys", "revoke", row.split()[0])
        time.sleep(2.1)
        assert client.get("/customers/nobody").status_code == 401
    assert "yes" in next(line for line in earnest("keys", "list").splitlines() if name in line)
    assert "404 KeyNotFoundError" in earnest("keys", "revoke", "none", code=1)
    assert "scopes.0: must be" in earnest("keys", "create", name, "--scope", "root", code=1)


def test_an_explanation_is_asked_for_and_shown(earnest: Earnest, books: httpx.Client) -> None:
    new = uuid.uuid4().hex
    conditions = [[{"field": "order.value", "operator": "gte", "value": 10}, {"operator": "count_gte", "value": 3}]]
    rule = {"name": "third", "conditions": conditions, "effects": [{"reward_id": "test-points", "amount": 4}]}
    campaign = {"name": "Beans", "trigger": f"T-{new}", "rules": [rule]}
    assert books.put(f"/campaigns/beans-{new}", json=campaign).status_code == 200
    time.sleep(IN_FORCE_SECONDS)
    for value, shown in (
        (
            40.5,
            f"""\
└── Beans (beans-{new})  ProgressOnly
    It counted, but is not there yet: the number of times was 1 so far, it has to be at least 3.
    └── ✗ third
        ├── ✓ order.value gte 10, found 40.5
        └── ✗ count_gte 3, found 1""",
        ),
        (8, "It did not fire: order.value was 8, it has to be at least 10"),
    ):
        event = {"brand_id": "other", "customer_id": new, "type": f"T-{new}", "order": {"value": value}}
        event_id = books.post("/behavior/events", json=event).json()["data"]["id"]
        assert shown in earnest("explain", event_id)
    assert "404 EventNotFoundError: there is no event with this id" in earnest("explain", "e2", code=1)


def test_an_item_of_the_table_is_shown(stack: Stack, earnest: Earnest, books: httpx.Client) -> None:
    new = uuid.uuid4().hex
    event = {"brand_id": "other", "customer_id": new, "type": "VISIT"}
    assert books.post("/behavior/events", json=event).status_code == 201
    key = keys.customer("other", new)
    shown = json.loads(earnest("show-item", key.pk, key.sk, "--home", stack.home))
    assert (shown["pk"], shown["version"]) == (key.pk, 1)
    assert shown["document"]["created_at"].endswith("Z")


def test_the_smoke_test_passes_and_the_doctor_finds_nothing_wrong(stack: Stack, earnest: Earnest) -> None:
    said = earnest("smoke", "--hold", 2, "--patience", 60)
    steps = [line.split()[0] for line in said.splitlines()]
    assert steps == ["set", "emit", "hold", "expire", "offer", "trace", "settle", "verify", "clean"]
    assert "late at most" in said
    del earnest.said["EARNEST_URL"], earnest.said["EARNEST_KEY"]  # the whole stack, and not its API alone
    found = earnest("doctor", "--home", stack.home)
    assert "its API is that of this checkout" in found
    assert "the table's stream, HotRequests, ColdRequests are read" in found


def test_a_stack_that_is_not_there_is_said_in_one_line() -> None:
    run = Earnest("http://127.0.0.1:9", "demo", "ek").process("keys", "list")
    said = "".join(run.communicate(timeout=SECONDS))
    assert run.returncode == 1
    assert said.startswith("http://127.0.0.1:9 does not answer: ")
    assert said.count("\n") == 1
