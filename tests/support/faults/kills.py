"""SIGKILL for the functions' workers, and for the process that plays DynamoDB's TTL service."""

import os
import random
import signal
import time
import uuid
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.support.faults.load import Figures, everything, load
from tests.support.stack import Stack

CALLERS, HOLDS = 4, 8
PATIENCE_SECONDS = 120.0


def workers(stack: Stack) -> list[int]:
    """The processes in which the stack's functions run now."""
    found, mark = [], f"{stack.home}/scratch/ministack-lambda-"
    for entry in Path("/proc").iterdir():
        with suppress(OSError):
            if entry.name.isdigit() and mark in (entry / "cmdline").read_text():
                found.append(int(entry.name))
    return found


def _at_work(running: list[int]) -> list[int]:
    """Those of them that use the processor in the next hundredth of a second; all, if none does."""
    before = {one: _ticks(one) for one in running}
    time.sleep(0.02)
    return [one for one in running if _ticks(one) > before[one]] or running


def _ticks(process: int) -> int:
    """The processor time of a process so far."""
    with suppress(OSError):
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])
    return 0


def kill_workers(stack: Stack, kills: int, seed: int = 1) -> Figures:
    """Kill so many workers while callers are at work; AssertionError if anything is lost or doubled."""
    chance = random.Random(seed)
    with load(stack, CALLERS, seed) as under:
        killed, give_up = 0, time.monotonic() + PATIENCE_SECONDS + 10 * kills
        # Until one at least was in the middle of a call: killed between two calls, a worker is just started anew.
        while under.going and (killed < kills or not under.failures):
            assert time.monotonic() < give_up, "there are no workers at work to be killed"
            # A new worker takes the engine a second: without answers in between nothing would be in flight.
            before = under.answered
            while under.going and under.answered < before + CALLERS and time.monotonic() < give_up:
                time.sleep(chance.uniform(0.02, 0.2))
            if running := _at_work(workers(stack)):
                with suppress(ProcessLookupError):
                    os.kill(chance.choice(running), signal.SIGKILL)
                    killed += 1
    return under.figures(killed)


def kill_ttl_player(stack: Stack, kills: int, seed: int = 1) -> Figures:
    """Kill the TTL player as often, each time about when holds end, while callers are at work.

    AssertionError unless each hold ends once and gives all of it back, and nothing of the callers is lost or doubled.
    """
    chance = random.Random(seed)
    held: list[str] = []
    with load(stack, CALLERS, seed) as under:
        while under.going and len(held) < kills:
            held.append(_with_holds(stack))
            time.sleep(chance.uniform(1, 5))
            stack.kill_player()
            stack.start()
    for customer in held:
        _assert_settled(stack, customer)
    return under.figures(len(held))


def _with_holds(stack: Stack) -> str:
    """A customer whose holds end very soon, and of whom nobody asks anything before they are settled."""
    body: dict[str, Any] = {"brand_id": "demo", "customer_id": f"held-{uuid.uuid4()}", "type": "PURCHASE"}
    body["metadata"] = {"pay": HOLDS}
    with stack.client() as api:
        assert api.post("/behavior/events", json=body).status_code == 201
        for _ in range(HOLDS):
            for seconds in (3, 15, 60):  # a cold function on a busy machine takes longer than the shortest hold
                soon = (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()
                hold = {"fulfilled": False, "reserve_until": soon, "redeem": [{"id": "test-points", "amount": 1}]}
                answer = api.post("/behavior/events", json=body | hold)
                if answer.status_code == 201:
                    break
            assert answer.status_code == 201, answer.text
    return str(body["customer_id"])


def _assert_settled(stack: Stack, customer: str) -> None:
    give_up = time.monotonic() + PATIENCE_SECONDS
    with stack.client() as api:
        while True:
            lines = everything(api, customer, "transactions")
            # What is over by the clock is listed as due until the removal of its deadline has settled it.
            if not _left(stack) and not [one for one in lines if one["id"].startswith("due.")]:
                break
            assert time.monotonic() < give_up, lines
            time.sleep(1)
        kinds = Counter(one["type"] for one in lines)
        assert kinds == {"ACCUMULATION": 1, "REDEMPTION": HOLDS, "RELEASE": HOLDS}
        assert len({one["id"] for one in lines}) == len(lines)
        statuses = Counter(one["status"] for one in everything(api, customer, "events"))
        assert statuses == {"RESOLVED": 1, "EXPIRED": HOLDS}
        (total,) = api.get(f"/customers/{customer}/wallet").json()["data"]["totals"]
        assert (total["available"], total["reserved"], total["pending"]) == (HOLDS, 0, 0)


def _left(stack: Stack) -> bool:
    """Whether removals are still on their way to the function."""
    outbox = stack.home / "state" / "undelivered.json"
    return outbox.exists() and outbox.read_text() != "[]"
