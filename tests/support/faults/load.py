"""Callers on the deployed stack who do as the README says: whatever failed is sent again, and each keeps count."""

import random
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import Any

import httpx

from tests.support.one_wallet import Call, OneWallet
from tests.support.stack import Stack

PATIENCE_SECONDS = 120.0
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.2, 8.0


@dataclass
class Caller:
    """One customer's caller: what it has done for certain, and how often a call had to be sent again."""

    stack: Stack
    seed: str
    customer: str = field(default_factory=lambda: f"caller-{uuid.uuid4()}")
    model: OneWallet = field(default_factory=OneWallet)
    ids: list[str] = field(default_factory=list)
    emits: int = 0
    calls: int = 0
    failures: int = 0

    def work(self, stop: Event) -> None:
        """Earn, hold, fulfil, reverse until told to stop. AssertionError at an answer that the model does not give."""
        chance = random.Random(self.seed)
        with self.stack.client() as api:
            while not stop.is_set():
                self._step(api, chance)

    def _step(self, api: httpx.Client, chance: random.Random) -> None:
        waiting = [place for place, event in enumerate(self.model.events) if event.status == "PENDING"]
        act = chance.choice(["earn", "earn", "hold", "fulfil", "reverse"])
        if act in ("earn", "hold") or not waiting:
            self._emit(api, chance.randrange(1, 9), min(3, self.model.available) if act == "hold" else 0, act)
            return
        event = chance.choice(waiting)
        url = f"/behavior/events/{self.ids[event]}/" + {"fulfil": "fulfill", "reverse": "reverse"}[act]
        body = {"reason": "brought back"} if act == "reverse" else None
        answer = self._insist(api, "PATCH" if act == "fulfil" else "POST", url, body, {})
        self.model, seen = self.model.after(Call(act, event))
        assert (answer.status_code, answer.json()["data"]["status"]) == seen, answer.text

    def _emit(self, api: httpx.Client, pays: int, takes: int, act: str) -> None:
        body: dict[str, Any] = {"brand_id": "demo", "customer_id": self.customer, "type": "PURCHASE"}
        body["metadata"] = {"pay": pays}
        if act == "hold":
            body |= {"fulfilled": False, "redeem": [{"id": "test-points", "amount": takes}] if takes else []}
        answer = self._insist(api, "POST", "/behavior/events", body, {"Idempotency-Key": str(uuid.uuid4())})
        assert answer.status_code == 201, answer.text
        self.emits += 1
        if act == "hold":
            self.model = self.model.hold(takes, pays)
            self.ids.append(answer.json()["data"]["id"])
        else:
            self.model, _ = self.model.after(Call("earn", pays))

    def _insist(
        self, api: httpx.Client, method: str, url: str, body: object, headers: dict[str, str]
    ) -> httpx.Response:
        give_up, longest = time.monotonic() + PATIENCE_SECONDS, FIRST_WAIT_SECONDS
        while True:
            self.calls += 1
            try:
                answer = api.request(method, url, json=body, headers=headers)
            except httpx.TransportError:
                answer = None
            if answer is not None and answer.status_code < 500 and answer.status_code != 429:
                return answer
            # For a worker that dies the engine has a 500 of its own, not the template's body: only the status counts.
            self.failures += 1
            assert time.monotonic() < give_up, "nobody answers"
            time.sleep(random.uniform(0, longest))
            longest = min(2 * longest, LONGEST_WAIT_SECONDS)

    def check(self, api: httpx.Client) -> None:
        """By count: every event that was answered is there once, and every point of it."""
        listed = everything(api, self.customer, "events")
        assert len(listed) == len({one["id"] for one in listed}) == self.emits
        found = {one["id"]: one["status"] for one in listed}
        assert [found[one] for one in self.ids] == [event.status for event in self.model.events]
        lines = everything(api, self.customer, "transactions")
        assert len({one["id"] for one in lines}) == len(lines)
        assert sum(one["amount"] for one in lines) == self.model.available
        (total,) = api.get(f"/customers/{self.customer}/wallet").json()["data"]["totals"]
        assert (total["available"], total["reserved"], total["pending"]) == self.model.totals


def everything(api: httpx.Client, customer: str, what: str) -> list[dict[str, Any]]:
    """A whole list of a customer's."""
    found: list[dict[str, Any]] = []
    query: dict[str, Any] = {"limit": 100}
    while True:
        page = api.get(f"/customers/{customer}/{what}", params=query).json()
        found += page["data"]
        if page["next_cursor"] is None:
            return found
        query["cursor"] = page["next_cursor"]


@dataclass(frozen=True)
class Figures:
    """What was done, and how much of it had to be sent again."""

    kills: int
    events: int
    calls: int
    failures: int

    def __str__(self) -> str:
        kills = f"{self.kills} kills, " if self.kills else ""
        return f"{kills}{self.events:,} events, {self.calls:,} calls, {self.failures:,} of them sent again"


@dataclass
class Load:
    """Callers at work."""

    callers: list[Caller]
    jobs: list[Future[None]]

    @property
    def going(self) -> bool:
        """Whether all of them are still at it; one that has found something wrong is not."""
        return not any(job.done() for job in self.jobs)

    @property
    def answered(self) -> int:
        """How many calls were answered so far."""
        return sum(one.calls - one.failures for one in self.callers)

    @property
    def failures(self) -> int:
        """How many calls had to be sent again so far."""
        return sum(one.failures for one in self.callers)

    @property
    def emitted(self) -> int:
        """How many events they have emitted so far."""
        return sum(one.emits for one in self.callers)

    def figures(self, kills: int = 0) -> Figures:
        """What was done so far."""
        return Figures(kills, self.emitted, sum(one.calls for one in self.callers), self.failures)


@contextmanager
def load(stack: Stack, callers: int, seed: int) -> Iterator[Load]:
    """So many callers at work while the context lasts, and every one of them checked after it."""
    working = [Caller(stack, f"{seed} {number}") for number in range(callers)]
    stop = Event()
    with ThreadPoolExecutor(callers) as pool:
        jobs = [pool.submit(one.work, stop) for one in working]
        try:
            yield Load(working, jobs)
        finally:
            stop.set()
        for job in jobs:
            job.result()
    with stack.client() as api:
        for one in working:
            one.check(api)
