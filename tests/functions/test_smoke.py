"""`earnest smoke` on functions in this process, whose queue and stream are played: a step that is wrong is named."""

import contextlib
import re
import sys
from collections.abc import Mapping
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from earnest.commands import smoke
from earnest.commands.client import ApiClient, Connection, Response
from earnest.commands.smoke import Smoke
from earnest.errors import CommandError
from tests.support.backend import Backend
from tests.support.project import routes

TTL_SECONDS = 40
PATTERNS = [(folder, method, re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)) for folder, method, path in routes()]


class InProcess(ApiClient):
    """A stack in this process: requests of tools are carried out when somebody asks for the trace."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(Connection("http://nowhere", "ek"))
        self.backend = backend
        self.calls: list[str] = []
        self.broken: dict[str, Response] = {}

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Ask the function that the path leads to."""
        folder, path_ids = next(
            (folder, found.groupdict())
            for folder, wanted, pattern in PATTERNS
            if wanted == method and (found := re.fullmatch(pattern, path))
        )
        self.calls.append(folder)
        if folder in self.broken:
            return self.broken[folder]
        if folder == "get_trace":
            assert self.backend.process_assignment(*self.backend.carrier.messages) == []
            self.backend.carrier.messages.clear()
        with contextlib.redirect_stdout(sys.stderr):
            answer = self.backend.call(
                folder, body, path=path_ids, query=dict(query or {}), headers=dict(headers or {})
            )
        return Response(answer.status, answer.headers, answer.body if answer.text else None)


@pytest.fixture
def stack(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> InProcess:
    """The stack, and a clock that passes when somebody sleeps; TTL is 40 s late."""
    began = backend.now

    def sleep(seconds: float) -> None:
        backend.wait(seconds=seconds)
        if backend.now > began + timedelta(seconds=TTL_SECONDS):
            settle(backend)

    def monotonic() -> float:
        return backend.now.timestamp()

    monkeypatch.setattr(smoke, "now", lambda: backend.now)
    monkeypatch.setattr(smoke, "time", SimpleNamespace(sleep=sleep, monotonic=monotonic))
    return InProcess(backend)


def settle(backend: Backend) -> None:
    """Be TTL and the stream: remove the deadlines of this run that are over, and deliver their keys."""
    due = [one for one in backend.stored() if "smoke-" in str(one["pk"]) and one["sk"]["S"].startswith("DEADLINE#")]
    for item in due:
        if int(item["ttl"]["N"]) < backend.now.timestamp():
            place = {name: item[name] for name in ("pk", "sk")}
            backend.client.delete_item(TableName=backend.table, Key=place)
            record = {"eventName": "REMOVE", "dynamodb": {"SequenceNumber": "1", "Keys": place}}
            assert not backend.run("on_deadline_passed", {"Records": [record]})["batchItemFailures"]


def run(stack: InProcess, **options: Any) -> dict[str, tuple[float, str]]:
    steps = Smoke(stack, **{"hold_seconds": 5.0, "patience": 60.0, "pause": 5.0, **options}).run()
    return {name: (seconds, says) for name, seconds, says in steps}


def nothing_is_left(backend: Backend) -> bool:
    kinds = ("list_rewards", "list_campaigns", "list_config_offers")
    return not any("smoke-" in str(one["id"]) for kind in kinds for one in backend.call(kind, query={}).data)


def test_a_stack_that_works_passes_and_is_left_as_it_was(stack: InProcess, backend: Backend) -> None:
    steps = run(stack)
    assert list(steps) == [*("set up", "emit", "hold", "expire", "offer", "trace", "settle", "verify", "clean up")]
    assert steps["settle"][1] == "DynamoDB's TTL and the stream were 36 s late at most"
    assert "no sandbox" in steps["set up"][1]
    assert steps["expire"][0] >= 5
    assert nothing_is_left(backend)
    (customer,) = re.findall(r"smoke-\S+", steps["clean up"][1])
    (total,) = backend.call("get_wallet", path={"id": customer}).data["totals"]
    assert [total[name] for name in ("available", "reserved", "pending")] == [0, 0, 0]


def test_a_ttl_that_takes_its_time_is_told_and_nothing_wrong(stack: InProcess, backend: Backend) -> None:
    steps = run(stack, patience=10.0)
    assert steps["settle"][1].startswith("not yet, ")
    assert list(steps)[-1] == "clean up"
    assert nothing_is_left(backend)


@pytest.mark.parametrize(
    ("function", "body", "sentence"),
    [
        ("emit_event", {"code": "ServiceUnavailable", "message": "no"}, "emit: POST /behavior/events was answered 503"),
        ("get_trace", {"code": "X", "message": "no"}, "trace: GET /traces/"),
        ("get_wallet", {"code": "X", "message": "no"}, "emit: GET /customers/smoke-"),
    ],
)
def test_a_step_that_is_wrong_is_one_sentence_and_what_was_set_up_is_deleted(
    stack: InProcess, backend: Backend, function: str, body: dict[str, str], sentence: str
) -> None:
    stack.broken[function] = Response(503, {}, body)
    with pytest.raises(CommandError, match=re.escape(sentence)):
        run(stack)
    assert nothing_is_left(backend)


def test_a_wallet_that_is_not_as_promised_is_wrong(stack: InProcess, backend: Backend) -> None:
    totals: dict[str, Any] = {"data": {"totals": [], "lines": []}}
    stack.broken["get_wallet"] = Response(200, {}, totals)
    with pytest.raises(CommandError, match=r"emit: the wallet has available 0, .*; it should have"):
        run(stack)


def test_an_offer_that_is_never_assigned_is_wrong(
    stack: InProcess, backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued = {"data": {"status": "QUEUED", "reason": None}}
    stack.broken["get_trace"] = Response(200, {}, queued)
    with pytest.raises(CommandError, match="trace: the request is still queued after 60 s"):
        run(stack)
    assert nothing_is_left(backend)


def test_what_a_killed_run_has_left_is_deleted_an_hour_later(stack: InProcess, backend: Backend) -> None:
    killed = Smoke(stack, hold_seconds=5, patience=10)
    killed._set_up()  # and no more of it
    run(stack)
    assert not nothing_is_left(backend), "it may still run"
    backend.wait(hours=2)
    run(stack)
    assert nothing_is_left(backend)
