"""A mass send as fast as the stack on one machine takes it, its workers killed meanwhile, and guests who are waiting.

The engine is one process on this machine, so times say little about AWS; what they are compared with is of the same
run. Counts are exact: every request is accepted, and every one is carried out once.
"""

import contextlib
import os
import signal
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import boto3
import httpx
from rich.console import Console

from benchmarks.report import Table
from earnest.processes import every
from tests.project import ROOT
from tests.stack import Stack

REQUESTS, CUSTOMERS, SENDERS = 5_000, 200, 8
GUESTS_BEFORE = 40
KILLS = 5
_HOME = ROOT / ".local" / "flood"
_PAUSE = 0.5
_LONGEST = 900.0


@dataclass
class Flood:
    """A stack, its clients, and what guests have waited."""

    stack: Stack
    api: httpx.Client
    answers: Counter[int] = field(default_factory=Counter)
    over: threading.Event = field(default_factory=threading.Event)

    def ask(self, speed: str, customer: str) -> str | None:
        """Ask for one point; the trace id, None if that was not accepted."""
        body = {"userId": customer, "source": "braze", "pointsEarned": 1, "rewardId": "points"}
        answer = self.api.post(f"/bulk-action/{speed}/assign-points", json=body)
        if speed == "cold":
            self.answers[answer.status_code] += 1
        return str(answer.json()["traceId"]) if answer.status_code == httpx.codes.ACCEPTED else None

    def guest(self) -> float:
        """The seconds from accepting a guest's point to assigning it, as its trace has them."""
        trace_id = self.ask("hot", "guest")
        for _ in every(0.1, _LONGEST):
            trace = self.api.get(f"/traces/{trace_id}").json()["data"]
            if trace["status"] == "ASSIGNED":
                first, last = (datetime.fromisoformat(trace["timeline"][i]["at"]) for i in (0, -1))
                return (last - first).total_seconds()
        raise AssertionError(trace)

    def guests(self) -> list[float]:
        """What guests wait who come one after the other until the flood is over."""
        waited = []
        while not self.over.is_set():
            waited.append(self.guest())
            time.sleep(_PAUSE)
        return waited

    def kill_workers(self) -> int:
        """Kill the cold queue's workers several times, whatever they are doing; how many died."""
        killed = 0
        for _ in range(KILLS):
            if self.over.wait(8.0):
                break
            for pid in self.workers():
                with contextlib.suppress(ProcessLookupError):  # gone by itself meanwhile
                    os.kill(pid, signal.SIGKILL)
                    killed += 1
        return killed

    def workers(self) -> list[int]:
        """The processes that carry out cold requests on this stack."""
        name, place = b"AWS_LAMBDA_FUNCTION_NAME=earnest-OnColdOfferRequested", f":{self.stack.port}".encode()
        found = []
        for entry in Path("/proc").iterdir():
            try:
                about = (entry / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            is_ours = any(one.startswith(b"AWS_ENDPOINT_URL=") and one.endswith(place) for one in about)
            if is_ours and any(one.startswith(name) for one in about):
                found.append(int(entry.name))
        return found

    def points(self, customer: str) -> int:
        """What a customer has."""
        totals = self.api.get(f"/customers/{customer}/wallet").json()["data"]["totals"]
        return sum(int(one["available"]) for one in totals if one["reward_id"] == "points")


def measure(console: Console) -> list[Table]:
    """The table of a flood."""
    with _flooded() as flood:
        customers = [f"customer-{i}" for i in range(CUSTOMERS)]
        for one in (*customers, "guest"):
            body = {"customer_id": one, "brand_id": "demo", "type": "VISIT"}
            flood.api.post("/behavior/events", json=body).raise_for_status()
        console.print("Guests before the flood …")
        before = [flood.guest() for _ in range(GUESTS_BEFORE)]
        console.print(f"{REQUESTS} requests …")
        began = time.monotonic()
        with ThreadPoolExecutor(SENDERS + 2) as pool:
            guests, killed = pool.submit(flood.guests), pool.submit(flood.kill_workers)
            with ThreadPoolExecutor(SENDERS) as senders:
                list(senders.map(lambda i: flood.ask("cold", customers[i % CUSTOMERS]), range(REQUESTS)))
            accepted = time.monotonic() - began
            _wait_until_done(flood, customers, console)
            done = time.monotonic() - began
            flood.over.set()
        meanwhile = guests.result()
        found = [flood.points(one) for one in customers]
        lost = sum(max(0, REQUESTS // CUSTOMERS - one) for one in found)
        doubled = sum(max(0, one - REQUESTS // CUSTOMERS) for one in found)
    table = Table(
        f"{REQUESTS:,} cold requests at once, {CUSTOMERS} customers, workers killed meanwhile",
        ("what", "figure"),
        "On the stack on one machine, whose engine is one process: its times say how the two queues compare, not how "
        "fast AWS is. A killed worker's messages come again after 15 s here, instead of the template's 6 minutes.",
    )
    table.add("answered 202", f"{flood.answers[httpx.codes.ACCEPTED]:,} of {flood.answers.total():,}")
    table.add("lost", lost)
    table.add("doubled", doubled)
    table.add("workers killed (SIGKILL) meanwhile", killed.result())
    table.add("accepted a second", f"{REQUESTS / accepted:.0f}")
    table.add("carried out a second, from the first accepted", f"{REQUESTS / done:.0f}")
    table.add(f"hot p95 without the flood, accepted to assigned ({len(before)} guests)", f"{_p95(before):.2f} s")
    table.add(f"hot p95 during the flood ({len(meanwhile)} guests)", f"{_p95(meanwhile):.2f} s")
    assert (lost, doubled) == (0, 0)
    assert set(flood.answers) == {httpx.codes.ACCEPTED}
    return [table]


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


def _wait_until_done(flood: Flood, customers: list[str], console: Console) -> None:
    for _ in every(2.0, _LONGEST):
        there = sum(flood.points(one) for one in customers[:: len(customers) // 20])
        if there >= REQUESTS // CUSTOMERS * 20 and sum(map(flood.points, customers)) >= REQUESTS:
            # What is doubled would come now: a killed worker's messages are delivered again.
            time.sleep(20)
            return
    console.print("It was not done in time.")


@contextlib.contextmanager
def _flooded() -> Iterator[Flood]:
    stack = Stack(_HOME)
    stack.start("--fresh")
    try:
        key = stack.card["brands"]["demo"]["admin_key"]
        headers = {"x-api-key": key, "Authorization": f"Bearer {key}"}
        with httpx.Client(base_url=stack.card["base_url"], headers=headers, timeout=120, trust_env=False) as api:
            _shorten_visibility(stack)
            yield Flood(stack, api)
        stack.stop()
    finally:
        stack.kill()


def _shorten_visibility(stack: Stack) -> None:
    local = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
    reached: dict[str, Any] = {"endpoint_url": f"http://127.0.0.1:{stack.port}", **local}
    found = boto3.client("cloudformation", **reached).describe_stacks(StackName="earnest")["Stacks"][0]["Outputs"]
    (queue,) = (one["OutputValue"] for one in found if one["OutputKey"] == "ColdRequestsUrl")
    boto3.client("sqs", **reached).set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "15"})
