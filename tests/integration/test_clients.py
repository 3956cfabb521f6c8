"""The clients of clients/ on the deployed stack: each walks the life of an event, and meets the same."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from earnest_client import EarnestClient
from earnest_client.generated import models
from earnest_client.generated.api.batches_of_events import track_events
from earnest_client.generated.api.events import emit_event, fulfill_event
from earnest_client.generated.api.marketing_tools import assign_hot_points, get_trace
from earnest_client.generated.api.reading import get_wallet, list_events
from earnest_client.generated.types import UNSET
from tests.support.documentation import blocks
from tests.support.project import ROOT
from tests.support.stack import Stack
from tests.support.typescript import compiled, run

LOCAL = "127.0.0.1,localhost"

WALKED = {
    "emitted": {"status": "PENDING", "sent": 2, "keys": 1, "replayed": True},
    "fulfilled": "RESOLVED",
    "available": 30,
    "listed": {"pages": 2, "events": 4, "different": 4},
    "other_sections": [True, "ASSIGNED", 42.25],
    "dry_run": [200, 42.25],
    "errors": [
        [404, "UserNotFoundError"],
        [422, "InsufficientBalanceError"],
        [422, "IdempotencyMismatchError"],
        [400, "ValidationError"],
        [401, "Unauthorized"],
    ],
}


class Losing(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Does what it is asked for, and loses the answer where it is told to."""

    def __init__(self) -> None:
        self.answers_to_lose = 0
        self.sent: list[tuple[str | None, bool]] = []
        self.blocking, self.awaited = httpx.HTTPTransport(), httpx.AsyncHTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self.blocking.handle_request(request)
        if self._is_lost(request, response):
            response.close()
            raise httpx.ReadError("lost")
        return response

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self.awaited.handle_async_request(request)
        if self._is_lost(request, response):
            await response.aclose()
            raise httpx.ReadError("lost")
        return response

    def _is_lost(self, request: httpx.Request, response: httpx.Response) -> bool:
        replayed = response.headers.get("Idempotency-Replayed") == "true"
        self.sent.append((request.headers.get("Idempotency-Key"), replayed))
        self.answers_to_lose -= 1
        return self.answers_to_lose >= 0


class Walk:
    """The life of an event by the Python client, whose calls `finish` completes if they are awaited."""

    def __init__(
        self, stack: Stack, customer: str, finish: Callable[[Awaitable[Any]], Any] | None, transport: Losing
    ) -> None:
        url, key = stack.card["base_url"], stack.card["brands"]["demo"]["admin_key"]
        self.transport = transport
        self.client = EarnestClient(url, key, httpx_args={"transport": transport})
        self.stranger = EarnestClient(url, "ek_demo_wrong", httpx_args={"transport": transport})
        self.customer = customer
        self.finish = finish

    def call(self, endpoint: ModuleType, *args: object, **more: object) -> Any:
        """What was answered, whatever it is."""
        more = {"client": self.client, **more}
        return self.finish(endpoint.asyncio(*args, **more)) if self.finish else endpoint.sync(*args, **more)

    def emit(self, metadata: dict[str, Any] | None = None, **more: Any) -> Any:
        options = {name: more.pop(name) for name in ("dry_run", "idempotency_key") if name in more}
        kept = models.EmitEventRequestMetadataType0.from_dict(metadata) if metadata else UNSET
        about = {"brand_id": "demo", "customer_id": self.customer, "type_": "PURCHASE", "metadata": kept, **more}
        return self.call(emit_event, body=models.EmitEventRequest(**about), **options)

    def walked(self) -> dict[str, Any]:
        event, emitted = self.emitted()
        return {
            "emitted": emitted,
            "fulfilled": self.fulfilled(event),
            "available": self.available(),
            "listed": self.listed(),
            "other_sections": self.other_sections(),
            "dry_run": self.dry_run(),
            "errors": self.errors(),
        }

    def emitted(self) -> tuple[str, dict[str, Any]]:
        self.transport.answers_to_lose = 1
        answer = self.emit({"pay": 30}, fulfilled=False)
        assert isinstance(answer, models.EventDataResponse), answer
        keys, replayed = zip(*self.transport.sent, strict=True)
        facts = {"status": answer.data.status, "sent": len(keys), "keys": len(set(keys)), "replayed": replayed[-1]}
        return answer.data.id, facts

    def fulfilled(self, event: str) -> str:
        self.transport.answers_to_lose = 1
        answer = self.call(fulfill_event, event)
        assert isinstance(answer, models.EventDataResponse), answer
        return answer.data.status

    def available(self) -> float:
        answer = self.call(get_wallet, self.customer)
        assert isinstance(answer, models.WalletDataResponse), answer
        (one,) = [total.available for total in answer.data.totals if total.reward_id == "test-points"]
        return one

    def listed(self) -> dict[str, int]:
        for _ in range(3):
            self.emit(type_="VISIT")
        found, pages, cursor = [], 0, None
        while pages == 0 or cursor:
            page = self.call(list_events, self.customer, limit=2, cursor=cursor or UNSET)
            assert isinstance(page, models.EventPageResponse), page
            found += [event.id for event in page.data]
            pages, cursor = pages + 1, page.next_cursor
        return {"pages": pages, "events": len(found), "different": len(set(found))}

    def other_sections(self) -> list[Any]:
        events = {"customerId": self.customer, "events": {"review": {}}}
        batch = self.call(track_events, body=models.TrackEventsV4RequestType0.from_dict(events))
        points = models.AssignPointsRequest(
            source="app", user_id=self.customer, reward_id="test-points", points_earned=12.25
        )
        accepted = self.call(assign_hot_points, body=points)
        for _ in range(300):
            trace = self.call(get_trace, accepted.trace_id)
            if trace.data.status != "QUEUED":
                return [batch.success, trace.data.status, self.available()]
            time.sleep(0.2)
        return ["still queued"]

    def dry_run(self) -> list[float]:
        answer = self.emit({"pay": 5}, dry_run=True)
        assert isinstance(answer, models.DryRunResponse), answer
        return [200, self.available()]

    def errors(self) -> list[list[Any]]:
        once = f"{self.customer}-once"
        self.emit(type_="VISIT", idempotency_key=once)
        errors = {
            models.UserNotFoundError: self.call(get_wallet, f"{self.customer}-nobody"),
            models.InsufficientBalanceError: self.emit(redeem=[models.Redemption(id="test-points", amount=1000)]),
            models.IdempotencyMismatchError: self.emit(type_="VISIT", platform="till", idempotency_key=once),
            models.ValidationError: self.emit(customer_id="#"),
            models.Unauthorized: self.call(get_wallet, self.customer, client=self.stranger),
        }
        assert [type(error) for error in errors.values()] == list(errors)
        return [[error.status_code, error.code] for error in errors.values()]


@pytest.fixture(scope="module")
def typescript() -> Iterator[Path]:
    with compiled() as built:
        yield built


def card(stack: Stack) -> dict[str, str]:
    """What the environment of a program says of the stack."""
    return {
        "EARNEST_URL": stack.card["base_url"],
        "EARNEST_KEY": stack.card["brands"]["demo"]["admin_key"],
        "NO_PROXY": LOCAL,
        "no_proxy": LOCAL,
    }


def test_the_python_client_walks_the_life_of_an_event(stack: Stack, customer: str) -> None:
    transport = Losing()
    with closing(transport.blocking):
        assert Walk(stack, customer, None, transport).walked() == WALKED


def test_the_python_client_walks_it_awaited(stack: Stack, customer: str) -> None:
    transport = Losing()
    with asyncio.Runner() as runner:
        assert Walk(stack, customer, lambda call: runner.run(_awaited(call)), transport).walked() == WALKED
        runner.run(transport.awaited.aclose())


async def _awaited(call: Awaitable[Any]) -> Any:
    return await call


def test_the_typescript_client_walks_it(stack: Stack, customer: str, typescript: Path) -> None:
    script = str(typescript / "test" / "lifecycle.js")
    assert json.loads(run("node", script, CUSTOMER=customer, **card(stack))) == WALKED


@pytest.mark.parametrize("page", ["clients/python/README.md", "docs/clients.md"])
def test_what_a_page_shows_of_the_python_client_runs(stack: Stack, page: str) -> None:
    (example,) = blocks(ROOT / page, "python")
    path = os.pathsep.join([str(ROOT / "clients" / "python"), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, **card(stack), "PYTHONPATH": path}
    done = subprocess.run([sys.executable, "-c", example], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Error" not in done.stdout
    assert page != "clients/python/README.md" or "RESOLVED" in done.stdout


@pytest.mark.parametrize("page", ["clients/typescript/README.md", "docs/clients.md"])
def test_what_a_page_shows_of_the_typescript_client_runs(stack: Stack, typescript: Path, page: str) -> None:
    (example,) = blocks(ROOT / page, "ts")
    real = {"earnest-client": "../src/index.js", "https://YOUR-HOST/v1": stack.card["base_url"]}
    real["YOUR-KEY"] = card(stack)["EARNEST_KEY"]
    for shown, used in real.items():
        assert shown in example
        example = example.replace(shown, used)
    program = typescript / "test" / "example.mjs"
    program.write_text(example)
    said = run("node", str(program), NO_PROXY=LOCAL)
    assert "Error" not in said
    assert page != "clients/typescript/README.md" or said == "RESOLVED\n"
