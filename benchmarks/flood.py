"""A mass send as fast as it is taken, its workers killed meanwhile: on the stack, where guests wait, and on the store.

The stack's engine is one process on this machine, so times say little about AWS; what they are compared with is of the
same run. Counts are exact: every request is accepted, and every one is carried out once.
"""

import contextlib
import os
import signal
import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import batched
from pathlib import Path
from typing import Any

import boto3
import httpx
from rich.console import Console

from benchmarks.report import Table
from benchmarks.table import CARRIER, NAME, bench_table
from earnest.local.processes import poll
from loyalty.clock import now
from loyalty.domain.assignments.traces import AssignmentTrace, TraceStatus
from loyalty.store import keys
from loyalty.store.table import get_many
from loyalty.store.traces import trace_in
from tests.support.api import Api, at_once
from tests.support.killing import Queue, carry_out_all
from tests.support.project import ROOT
from tests.support.stack import Stack
from tests.support.worlds import store_of

REQUESTS, CUSTOMERS, SENDERS = 5_000, 200, 8
EACH = REQUESTS // CUSTOMERS
GUESTS_BEFORE = 40
KILLS = 5
WORKERS_ON_THE_STORE, KILLS_ON_THE_STORE = 3, 40
_HOME = ROOT / ".local" / "flood"
_PAUSE = 0.5
_LONGEST = 900.0


@dataclass
class Flood:
    """A stack, its clients, and what guests have waited."""

    stack: Stack
    api: httpx.Client
    over: threading.Event = field(default_factory=threading.Event)

    def ask(self, speed: str, customer: str) -> httpx.Response:
        """Ask for one point."""
        body = {"userId": customer, "source": "braze", "pointsEarned": 1, "rewardId": "points"}
        return self.api.post(f"/bulk-action/{speed}/assign-points", json=body)

    def guest(self) -> float:
        """The seconds from accepting a guest's point to assigning it, as its trace has them."""
        trace_id = self.ask("hot", "guest").json()["traceId"]
        for _ in poll(0.1, _LONGEST):
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
    """The tables of a flood: on the stack, and on the store alone."""
    return [_on_the_stack(console), _on_the_store(console)]


def _on_the_stack(console: Console) -> Table:
    customers = [f"customer-{i}" for i in range(CUSTOMERS)]
    with _flooded() as flood:
        for one in (*customers, "guest"):
            body = {"customer_id": one, "brand_id": "demo", "type": "VISIT"}
            flood.api.post("/behavior/events", json=body).raise_for_status()
        console.print("Guests before the flood …")
        before = [flood.guest() for _ in range(GUESTS_BEFORE)]
        console.print(f"{REQUESTS} requests …")
        began = time.monotonic()
        with ThreadPoolExecutor(2) as pool:
            guests, killed = pool.submit(flood.guests), pool.submit(flood.kill_workers)
            try:
                with ThreadPoolExecutor(SENDERS) as senders:
                    cold = [senders.submit(flood.ask, "cold", customers[i % CUSTOMERS]) for i in range(REQUESTS)]
                    answers = [one.result() for one in cold]
                accepted = time.monotonic() - began
                _wait_until_done(flood, customers, console)
                done = time.monotonic() - began
            finally:
                flood.over.set()
        meanwhile = guests.result()
        ends = _ends(flood.stack, [answer.json()["traceId"] for answer in answers if answer.is_success])
        found = [flood.points(one) for one in customers]
    table = Table(
        f"{REQUESTS:,} cold requests at once, {CUSTOMERS} customers, workers killed meanwhile",
        ("what", "figure"),
        "On the stack on one machine, whose engine is one process: its times say how the two queues compare, not how "
        "fast AWS is. A killed worker's messages come again after 15 s here, instead of the template's 6 minutes.",
    )
    _count(table, Counter(answer.status_code for answer in answers), found)
    again = sum("attempt 1" not in [step.what for step in one.steps] for one in ends)
    table.add("workers killed (SIGKILL) meanwhile", killed.result())
    table.add("requests that were carried out when they came again", again)
    table.add("accepted a second", f"{REQUESTS / accepted:.0f}")
    table.add("carried out a second, from the first accepted", f"{REQUESTS / done:.0f}")
    table.add(f"hot p95 without the flood, accepted to assigned ({len(before)} guests)", f"{_p95(before):.2f} s")
    table.add(f"hot p95 during the flood ({len(meanwhile)} guests)", f"{_p95(meanwhile):.2f} s")
    assert {one.status for one in ends} == {TraceStatus.ASSIGNED}
    assert len({one.request.trace_id for one in ends}) == REQUESTS
    assert killed.result() >= KILLS
    assert again, "no worker was killed in the middle of a batch"
    return table


def _on_the_store(console: Console) -> Table:
    customers = [f"customer-{i}" for i in range(CUSTOMERS)]
    with bench_table() as engine:
        api = Api().set_up()
        for one in customers:
            assert api.emit(one, type="VISIT").status == 201
        CARRIER.messages.clear()
        queue = Queue(CARRIER.messages)
        environment = {**engine.environment, "TABLE_NAME": NAME}
        body = {"source": "braze", "pointsEarned": 1, "rewardId": "points"}
        asked = [{**body, "userId": customers[i % CUSTOMERS]} for i in range(REQUESTS)]
        console.print(f"{REQUESTS} requests on DynamoDB Local …")
        began = time.monotonic()
        with ThreadPoolExecutor(1) as pool:
            working = pool.submit(carry_out_all, queue, environment, WORKERS_ON_THE_STORE, KILLS_ON_THE_STORE)
            try:
                answers = at_once([partial(api.call, "assign_cold_points", one) for one in asked])
            finally:
                queue.closed.set()
            workers = working.result()
        done = time.monotonic() - began
        for one in customers[:: CUSTOMERS // 10]:
            api.assert_books_agree(one)
        found = [api.points(one)[0] for one in customers]
    table = Table(
        f"The same on DynamoDB Local, with {WORKERS_ON_THE_STORE} workers that are processes of their own",
        ("what", "figure"),
        "Each is killed within a batch, which then comes again whole; a tenth of the other batches come again as well.",
    )
    _count(table, Counter(answer.status for answer in answers), found)
    table.add("workers killed (SIGKILL) in the middle of a batch", workers.killed)
    table.add("deliveries", f"{queue.delivered:,}")
    table.add("accepted and carried out a second", f"{REQUESTS / done:.0f}")
    assert workers.killed >= KILLS_ON_THE_STORE
    return table


def _count(table: Table, statuses: Counter[int], found: Sequence[int]) -> None:
    """Say what was accepted, and what of it each customer has; AssertionError unless it is all, and once."""
    lost, doubled = (sum(max(0, sign * (EACH - one)) for one in found) for sign in (1, -1))
    table.add("answered 202", f"{statuses[httpx.codes.ACCEPTED]:,} of {statuses.total():,}")
    table.add("lost", lost)
    table.add("doubled", doubled)
    assert (lost, doubled) == (0, 0)
    assert statuses == {httpx.codes.ACCEPTED: REQUESTS}


def _ends(stack: Stack, trace_ids: Sequence[str]) -> list[AssignmentTrace]:
    """The traces of these requests."""
    found: list[AssignmentTrace | None] = []
    with store_of(stack):
        for some in batched(trace_ids, 100, strict=False):
            places = [keys.trace("demo", one) for one in some]
            items = get_many(places)
            found += [trace_in(items, place, now()) for place in places]
    return [one for one in found if one]


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[-1]


def _wait_until_done(flood: Flood, customers: list[str], console: Console) -> None:
    for _ in poll(2.0, _LONGEST):
        there = sum(flood.points(one) for one in customers[:: len(customers) // 20])
        if there >= EACH * 20 and sum(map(flood.points, customers)) >= REQUESTS:
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
