"""A deployed stack for tests: `earnest up` as people run it, in a home of its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.project import ROOT

Emit = Callable[..., dict[str, Any]]
"""Emits an event that pays so many test-points; the event as answered."""

IN_FORCE_SECONDS = 2.0  # how long after its answer a change of settings is in force in every function
ANSWER_SECONDS = 300.0  # thirty calls at once start thirty workers, on two cores that others may use as well
QUIET_SECONDS = 420.0  # a step on a machine that is busy with something else; a step that works says so in its log
STOP_SECONDS = 240.0
# How to reach loopback: without a proxy, and without authorities of TLS, which take 25 ms to be read.
PLAIN: Any = {"trust_env": False, "verify": False}


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Stack:
    """`earnest up` with its own home and port."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.process: subprocess.Popen[str] | None = None

    def command(self, *options: str) -> list[str]:
        return [sys.executable, "-m", "earnest", "up", "--home", str(self.home), "--port", str(self.port), *options]

    def start(self, *options: str) -> None:
        """Start it and wait until it serves."""
        self._wait_for(self._launch(*options), lambda _: (self.home / "stack.json").exists())

    def interrupt_at(self, words: str) -> str:
        """Start it anew, press Ctrl-C as soon as it says these words, and return all it has said when it has ended."""
        log = self._launch("--fresh")
        self._wait_for(log, lambda said: words in said)
        assert self.stop() == 0
        return log.read_text()

    def _launch(self, *options: str) -> Path:
        """Start it; its log."""
        log = self.home.with_suffix(".log")
        log.parent.mkdir(parents=True, exist_ok=True)
        (self.home / "stack.json").unlink(missing_ok=True)  # a run that was killed left it
        with log.open("w") as out:
            # In a group of its own, so that what it leaves behind can be told from the rest.
            self.process = subprocess.Popen(
                self.command(*options),
                stdout=out,
                stderr=out,
                text=True,
                cwd=ROOT,
                env={**os.environ, "PYTHONUNBUFFERED": "1"},
                start_new_session=True,
            )
        return log

    def _wait_for(self, log: Path, condition: Callable[[str], bool]) -> None:
        assert self.process
        said, deadline = 0, time.monotonic() + QUIET_SECONDS
        while not condition(log.read_text()):
            if (size := log.stat().st_size) > said:
                said, deadline = size, time.monotonic() + QUIET_SECONDS
            if self.process.poll() is not None or time.monotonic() > deadline:
                # Every test that needs the stack ends with this line, so it is one line.
                last = (log.read_text().strip().splitlines() or ["it said nothing"])[-1].strip()
                pytest.fail(f"the stack did not come up ({log}): {last}", pytrace=False)
            time.sleep(0.1)

    def stop(self) -> int:
        """Ctrl-C, and the exit code."""
        assert self.process
        os.kill(self.process.pid, signal.SIGINT)
        code = self.process.wait(STOP_SECONDS)
        self.process = None
        return code

    def kill_player(self) -> None:
        """Kill the process that plays the TTL service, and it alone; `start` goes on from what it left."""
        assert self.process
        self.process.kill()
        self.process.wait(STOP_SECONDS)
        (self.home / "stack.json").unlink()

    def kill(self) -> None:
        """What is left of it, if anything is, at once."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(STOP_SECONDS)
            self.process = None

    @property
    def card(self) -> dict[str, Any]:
        """What stack.json says."""
        card: dict[str, Any] = json.loads((self.home / "stack.json").read_text())
        return card

    def client(self, brand: str = "demo", key: str | None = None) -> httpx.Client:
        """An HTTP client with a brand's admin key, or another."""
        secret = key if key is not None else self.card["brands"][brand]["admin_key"]
        headers = {"Authorization": f"Bearer {secret}"} if secret else {}
        return httpx.Client(base_url=self.card["base_url"], headers=headers, timeout=ANSWER_SECONDS, **PLAIN)


def processes_of(home: Path) -> list[str]:
    """The command lines of running processes that name the home."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                command = (entry / "cmdline").read_text().replace("\0", " ")
            except OSError:
                continue
            if str(home) in command:
                found.append(command)
    return found


def balance(api: httpx.Client, customer: str) -> dict[str, Any]:
    """What a customer has of test-points: available, reserved and pending."""
    answer = api.get(f"/customers/{customer}/wallet")
    assert answer.status_code == 200, answer.text
    (found,) = [one for one in answer.json()["data"]["totals"] if one["reward_id"] == "test-points"]
    return {name: found[name] for name in ("available", "reserved", "pending")}


def redeeming(amount: float) -> dict[str, Any]:
    """The part of an event's body that redeems test-points."""
    return {"redeem": [{"id": "test-points", "amount": amount}]}
