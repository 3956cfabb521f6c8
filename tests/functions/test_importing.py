"""Files of balances and of history, sent by the command and carried out by the functions."""

import contextlib
import json
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self, cast
from urllib.parse import unquote

import pytest
from typer.testing import CliRunner

from earnest.commands import cli
from earnest.commands.client import ApiClient, Connection, Response
from earnest.commands.import_balances import Columns, Outcome, await_traces, target
from earnest.commands.import_events import Import, Target, history
from earnest.errors import CommandError
from earnest.retries import RetryPolicy
from loyalty import json as exact
from tests.functions.test_erasing import text_of
from tests.support.backend import Backend
from tests.support.samples import request

ONCE = RetryPolicy(attempts=1, first_pause=0, longest_pause=0)
ROUTES = {
    r"/customers/(?P<id>[^/]+)/migrate": "migrate_customer",
    r"/behavior/history": "record_history",
    r"/traces/(?P<traceId>[^/]+)": "get_trace",
    r"/customers/(?P<id>[^/]+)/export": "export_customer",
    r"/customers/(?P<id>[^/]+)": "erase_customer",
}


class Stack:
    """A stack whose functions are in this process; it is interrupted at the so many-th call, if that is said."""

    def __init__(self, backend: Backend, interrupted_at: int = 0) -> None:
        self.connection = Connection("http://stack", "ek", "demo")
        self.backend = backend
        self.calls = 0
        self.interrupted_at = interrupted_at

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def request(self, method: str, path: str, body: object = None, *, query: Mapping[str, str] | None = None) -> Any:
        """The body of an answer."""
        answer = self.send(method, path, body, query=query)
        if answer.status >= 300:
            raise CommandError(answer.error)
        return answer.body

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """What the function of the route answers; what it has queued is carried out when its trace is asked for."""
        self.calls += 1
        if self.calls == self.interrupted_at:
            return Response(401, {}, None)
        function, ids = next((name, found) for route, name in ROUTES.items() if (found := re.fullmatch(route, path)))
        sent = {"headers": dict(headers or {}), "query": dict(query or {}) or None}
        given = {name: unquote(value) for name, value in ids.groupdict().items()} or None
        more = {"body": body} if method == "POST" else {}
        with contextlib.redirect_stdout(sys.stderr):  # where the functions log to is what a command prints on
            if function == "get_trace":
                assert self.backend.process_assignment() == []
            answer = self.backend.run(function, _request(function, path=given, **more, **sent))
        return Response(answer["statusCode"], answer["headers"], _read(answer["body"]))


def _request(function: str, **changes: Any) -> Any:
    if changes.get("body") is not None:
        changes["body"] = exact.dumps(changes["body"])
    return request(function, **changes)


def _read(text: str) -> Any:
    return exact.loads(text)


def run(backend: Backend, file: Path, to: Target, interrupted_at: int = 0) -> tuple[Import, Outcome]:
    """An import of the file, and what became of what the queue took."""
    stack = cast(ApiClient, Stack(backend, interrupted_at))
    importing = Import(file, stack, to, at_once=1, retries=ONCE)
    importing.run()
    outcome = await_traces(stack, importing.traces, at_once=1, pause=0)
    importing.forget()
    return importing, outcome


BALANCES = """customer_id,reward_id,amount,expiration_date,email,tags.vip,attributes.tier
eva,points,100,2026-12-31,eva@example.com,true,gold
ben,points,0,,ben@example.com,,
ana/1,points,5,,,,
eva,points,20,2027-06-30,,,
eva,points,-150,,,,
kim,points,"1,5",,,,
lou,stars,5,,,,
,points,5,,,,
"""


def test_rows_of_a_customer_are_one_migration_and_mistakes_are_told_by_their_rows(
    backend: Backend, tmp_path: Path
) -> None:
    file = tmp_path / "balances.csv"
    file.write_text(BALANCES)
    importing, outcome = run(backend, file, target(Columns.of("old-shop", [], None)))
    assert (importing.summary.sent, importing.summary.rejected) == (2, 4)
    assert (outcome.done, outcome.failed, outcome.waiting) == (2, [], 0)
    assert [one.partition(": ")[0] for one in importing.first_rejections()] == [
        f"balances.csv:{number}" for number in (4, 7, 8, 9)
    ]
    assert backend.points("eva") == (-30, 0, 0)
    profile = backend.call("get_customer", path={"id": "eva"}).data
    assert (profile["email"], profile["tags"], profile["attributes"]) == (
        "eva@example.com",
        {"vip": True},
        {"tier": "gold"},
    )
    assert backend.call("get_customer", path={"id": "ben"}).data["email"] == "ben@example.com"
    again, outcome = run(backend, file, target(Columns.of("old-shop", [], None)))
    assert (again.summary.sent, again.summary.replayed, outcome.done) == (2, 2, 2)
    assert backend.points("eva") == (-30, 0, 0)
    told, _ = run(backend, file, target(Columns.of("old-shop", [], None, announce=True)))
    assert (told.summary.sent, told.summary.rejected) == (0, 6), "what was credited silently is not told afterwards"
    told, outcome = run(backend, file, target(Columns.of("another-shop", [], None, announce=True)))
    assert (told.summary.sent, outcome.done) == (2, 2)
    records = [item for item in backend.stored() if item["sk"]["S"].startswith("RECORD#")]
    assert sum('"announced": true' in text_of(item) for item in records) == 2


def test_an_export_of_another_product_is_taken_as_it_is(backend: Backend, tmp_path: Path) -> None:
    file = tmp_path / "talon.csv"
    file.write_text(
        "loyaltyProgramID,profileIntegrationID,currentBalance,pendingBalance,currentTier\n7,eva,120,5,Gold\n7,ben,30,0,\n"
    )
    named = ["customer_id=profileIntegrationID", "amount=currentBalance", "attributes.tier=currentTier"]
    _, outcome = run(backend, file, target(Columns.of("talon-one", named, "points")))
    assert outcome.done == 2
    assert backend.points("eva") == (120, 0, 0)
    assert backend.call("get_customer", path={"id": "eva"}).data["attributes"] == {"tier": "Gold"}


def test_after_an_interruption_it_goes_on_and_knows_what_it_has_sent(backend: Backend, tmp_path: Path) -> None:
    file = tmp_path / "balances.csv"
    rows = "".join(f"customer-{number},points,{number},2027-01-01\n" for number in range(1, 11))
    file.write_text(f"customer_id,reward_id,amount,expiration_date\n{rows}")
    to = target(Columns.of("old-shop", [], None))
    with pytest.raises(CommandError, match="4 sent; run again to go on"):
        run(backend, file, to, interrupted_at=5)
    importing, outcome = run(backend, file, to)
    assert (importing.summary.before, importing.summary.sent, importing.summary.replayed) == (4, 6, 0)
    assert outcome.done == 10
    assert [backend.points(f"customer-{number}")[0] for number in range(1, 11)] == [*range(1, 11)]
    assert sorted(tmp_path.iterdir()) == [file]


class Queue:
    """A queue of so many requests, of which 500 more are done after each pause; the first ones are done last."""

    def __init__(self, number: int, late: int) -> None:
        self.connection = Connection("http://stack", "ek", "demo")
        self.traces = {str(one): one for one in range(number)}
        self.late = late
        self.asked = self.done = 0

    def send(self, _method: str, path: str, **_more: object) -> Response:
        """What has become of one."""
        self.asked += 1
        number = int(path.rpartition("/")[2])
        ended = number < self.done and (number >= self.late or self.done > len(self.traces))
        return Response(200, {}, {"data": {"status": "DONE" if ended else "QUEUED"}})

    def pause(self, _seconds: float) -> None:
        """Time passes."""
        self.done += 500


def test_few_of_those_that_wait_are_asked_for_in_vain(monkeypatch: pytest.MonkeyPatch) -> None:
    queue = Queue(5000, late=100)
    monkeypatch.setattr("earnest.commands.import_balances.time.sleep", queue.pause)
    told: list[int] = []
    outcome = await_traces(cast(ApiClient, queue), queue.traces, told.append, at_once=8)
    assert (outcome.done, outcome.waiting) == (5000, 0)
    assert told == sorted(told)
    assert told[-1] == 5000
    assert queue.asked < 1.5 * 5000


@pytest.mark.parametrize(
    ("header", "columns", "reward", "wrong"),
    [
        ("customer_id,reward_id,amount,points", [], None, "not known: points"),
        ("reward_id,amount", [], None, "needs a column customer_id"),
        ("customer_id,amount", [], None, "Of which reward"),
        ("id,amount", ["customer_id=ID"], "points", "no column ID"),
        ("id,amount", ["customer=id"], "points", "NAME=THEIR COLUMN"),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused_before_anything_is_sent(
    backend: Backend, tmp_path: Path, header: str, columns: list[str], reward: str | None, wrong: str
) -> None:
    file = tmp_path / "balances.csv"
    file.write_text(f"{header}\n1,2,3,4\n")
    with backend.nothing_changes(), pytest.raises(CommandError, match=wrong):
        run(backend, file, target(Columns.of("old-shop", columns, reward)))


def test_history_is_sent_with_what_it_is_to_be(backend: Backend, tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    line = '{"customer_id": "eva", "type": "PURCHASE", "issued_at": "2024-03-10T12:00:00Z", "order": {"value": 9}}\n'
    file.write_text(line + line.replace("2024", "2099"))
    importing, _ = run(backend, file, history(evaluate=False))
    assert (importing.summary.sent, importing.summary.rejected) == (1, 1)
    assert [one["evaluated"] for one in backend.everything("list_events", "eva")] == [False]
    importing, _ = run(backend, file, history(evaluate=True))
    assert importing.summary.replayed == 1


def test_a_customer_is_exported_and_erased_by_a_command(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "_stack", lambda *_: Stack(backend))
    monkeypatch.setattr("loyalty.services.exports._MAX_LIST_PAGES", 1)  # so that it comes in parts
    event = backend.emit("eva").data["id"]
    command = CliRunner()
    exported = command.invoke(cli.app, ["customers", "export", "eva"])
    whole = json.loads(exported.stdout)
    assert (whole["customer"]["customer_id"], [one["id"] for one in whole["events"]]) == ("eva", [event])
    assert [one["event_id"] for one in whole["transactions"]] == [event]
    declined = command.invoke(cli.app, ["customers", "erase", "eva"], input="n\n")
    assert (declined.exit_code, backend.points("eva")) == (1, (100, 0, 0))
    erased = command.invoke(cli.app, ["customers", "erase", "eva", "--yes"])
    assert (erased.exit_code, erased.stdout.split()[0]) == (0, "Erased;")
    assert backend.call("get_event", path={"id": event}).data["customer_id"] in erased.stdout
    again = command.invoke(cli.app, ["customers", "erase", "eva", "--yes"])
    assert again.exit_code == 1
