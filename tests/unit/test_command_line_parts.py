"""Importing, verifying and explaining, without a stack."""

import json
import threading
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any, cast

import httpx
import pytest
from rich.console import Console

from earnest.commands import logs
from earnest.commands.client import ApiClient, Connection, Response
from earnest.commands.explain import explanation_tree
from earnest.commands.import_events import RULE, Import, digest, lines_of
from earnest.commands.verify import Difference, differences
from earnest.errors import CommandError
from earnest.retries import RetryPolicy

AT_ONCE = RetryPolicy(attempts=3, first_pause=0, longest_pause=0)
CREATED = Response(201, {}, {"data": {}})


class FakeStack:
    """Answers as told, and remembers by key what it was sent; sent again, a key is replayed."""

    def __init__(self, *answers: Response | Exception) -> None:
        self.connection = Connection("http://stack", "ek", "demo")
        self.answers = list(answers)
        self.calls = 0
        self.got: dict[str, dict[str, Any]] = {}
        self.lock = threading.Lock()

    def send(self, method: str, path: str, body: dict[str, Any], *, headers: dict[str, str]) -> Response:
        assert (method, path) == ("POST", "/behavior/events")
        with self.lock:
            self.calls += 1
            answer = self.answers.pop(0) if self.answers else CREATED
            if isinstance(answer, Exception):
                raise answer
            key = headers.get("Idempotency-Key") or body["idempotencyKey"]
            if answer is CREATED and key in self.got:
                return Response(201, {"Idempotency-Replayed": "true"}, None)
            if answer is CREATED:
                self.got[key] = body
            return answer


def refused(status: int, code: str = "Code", message: str = "no", **headers: str) -> Response:
    """A refusal in the standard body."""
    return Response(status, headers, {"code": code, "message": message, "details": {"fields": []}})


def running(tmp_path: Path, stack: FakeStack, *lines: object, at_once: int = 3) -> Import:
    """An import of these lines."""
    file = tmp_path / "events.jsonl"
    texts = [one if isinstance(one, str) else json.dumps(one) for one in lines]
    file.write_text("".join(f"{text}\n" for text in texts))
    return Import(file, cast(ApiClient, stack), at_once=at_once, retries=AT_ONCE)


def visit(customer: str = "ana", **more: object) -> dict[str, Any]:
    """A line."""
    return {"customer_id": customer, "type": "VISIT", **more}


def test_each_line_is_sent_once_with_the_brand(tmp_path: Path) -> None:
    stack = FakeStack()
    done = running(tmp_path, stack, visit(), "", visit("luis"), visit(brand_id="mine")).run()
    assert (done.sent, done.rejected, stack.calls) == (3, 0, 3)
    assert sorted(one["brand_id"] for one in stack.got.values()) == ["demo", "demo", "mine"]
    assert [one.name for one in tmp_path.iterdir()] == ["events.jsonl"]


def test_run_twice_everything_is_there_already(tmp_path: Path) -> None:
    stack = FakeStack()
    running(tmp_path, stack, visit(), visit("luis")).run()
    done = running(tmp_path, stack, visit(), visit("luis")).run()
    assert (done.sent, done.replayed, len(stack.got)) == (2, 2, 2)


def test_two_equal_lines_are_two_events_wherever_they_stand(tmp_path: Path) -> None:
    stack = FakeStack()
    running(tmp_path, stack, visit(), visit()).run()
    assert len(stack.got) == 2
    done = running(tmp_path, stack, visit("luis"), '{"type": "VISIT",   "customer_id": "ana"}', visit()).run()
    assert (done.sent, done.replayed, len(stack.got)) == (3, 2, 3)


def test_a_line_with_a_key_of_its_own_keeps_it(tmp_path: Path) -> None:
    stack = FakeStack()
    running(tmp_path, stack, visit(idempotencyKey="mine")).run()
    assert list(stack.got) == ["mine"]


@pytest.mark.parametrize("trouble", [refused(429), refused(503, **{"Retry-After": "1"}), httpx.ReadTimeout("slow")])
def test_what_may_pass_is_tried_again(tmp_path: Path, trouble: Any) -> None:
    stack = FakeStack(trouble, trouble)
    done = running(tmp_path, stack, visit()).run()
    assert (done.sent, stack.calls) == (1, 3)


def test_what_was_sent_before_it_stopped_is_not_sent_again(tmp_path: Path) -> None:
    away = httpx.ConnectError("refused")
    stack = FakeStack(CREATED, CREATED, away, away, away)
    lines = [visit(number=i) for i in range(50)]
    with pytest.raises(
        CommandError, match=r"^events\.jsonl:3: http://stack does not answer: refused\n2 sent; run again"
    ):
        running(tmp_path, stack, *lines, at_once=1).run()
    progress = tmp_path / "events.jsonl.progress"
    progress.write_text(progress.read_text() + "import-half a li")
    done = running(tmp_path, stack, *lines).run()
    assert (done.before, done.sent, done.replayed, len(stack.got)) == (2, 48, 0, 50)


def test_who_is_interrupted_is_told_how_to_go_on(tmp_path: Path) -> None:
    stack = FakeStack()
    run = running(tmp_path, stack, *[visit(number=i) for i in range(50)])

    def ctrl_c(end: int) -> None:
        if threading.current_thread() is threading.main_thread():
            raise KeyboardInterrupt(end)

    (tmp_path / "events.jsonl.progress").write_text(
        f"{next(lines_of(BytesIO(run.file.read_bytes()))).idempotency_key}\n"
    )
    with pytest.raises(CommandError, match=r"^Interrupted\.\n0 sent; run again to go on"):
        run.run(ctrl_c)
    done = running(tmp_path, stack, *[visit(number=i) for i in range(50)]).run()
    assert (done.before, done.sent) == (1, 49)


def test_a_key_that_is_not_let_in_stops_at_once(tmp_path: Path) -> None:
    stack = FakeStack(refused(401, "Unauthorized"))
    with pytest.raises(CommandError, match="401 Unauthorized: no"):
        running(tmp_path, stack, *[visit(number=i) for i in range(50)], at_once=1).run()
    assert stack.calls == 1


def test_refused_lines_are_reported_with_their_numbers(tmp_path: Path) -> None:
    stack = FakeStack(refused(400, "ValidationError"))
    run = running(tmp_path, stack, visit(), "", "{half", "[1]", '{"x": NaN}', visit("luis"), at_once=1)
    done = run.run()
    assert (done.sent, done.rejected) == (1, 4)
    assert run.rejections.name == "events.rejected.jsonl"
    reported = [json.loads(line) for line in run.rejections.read_text().splitlines()]
    assert [(one["line"], one["status"]) for one in reported] == [(1, 400), (3, None), (4, None), (5, None)]
    assert reported[0]["event"]["customer_id"] == "ana"
    assert reported[1]["event"] == "{half"
    first, second, *_ = run.first_rejections()
    assert first == "events.jsonl:1: 400 ValidationError: no"
    assert second.startswith("events.jsonl:3: is not JSON: ")


class LastFirst(FakeStack):
    """A stack that gives every call the same answer, in the opposite order of the file."""

    def __init__(self, lines: int, answer: Response | Exception) -> None:
        super().__init__()
        self.waiting = lines
        self.answer = answer
        self.turn = threading.Condition()
        self.all_on_their_way = threading.Barrier(lines)

    def send(self, method: str, path: str, body: dict[str, Any], *, headers: dict[str, str]) -> Response:
        assert (method, path, len(headers)) == ("POST", "/behavior/events", 1)
        self.all_on_their_way.wait(30)
        with self.turn:
            assert self.turn.wait_for(lambda: self.waiting == body["number"], timeout=30)
            self.waiting -= 1
            self.turn.notify_all()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def of_three_threads() -> list[dict[str, Any]]:
    """Lines 1 to 3, each sent by a thread of its own."""
    customers: dict[int, str] = {}
    for name in (f"c{i}" for i in range(100)):
        customers.setdefault(int(digest(name), 16) % 3, name)
    return [visit(name, number=i) for i, name in enumerate(customers.values(), 1)]


def test_rejections_are_told_in_the_files_order_whichever_thread_was_first(tmp_path: Path) -> None:
    run = running(tmp_path, LastFirst(3, refused(400, "ValidationError", "é")), *of_three_threads())
    assert run.run().rejected == 3
    assert [json.loads(line)["line"] for line in run.rejections.read_text().splitlines()] == [1, 2, 3]
    assert [one.partition(": ")[0] for one in run.first_rejections()] == [f"events.jsonl:{i}" for i in (1, 2, 3)]
    assert sorted(one.name for one in tmp_path.iterdir()) == ["events.jsonl", "events.rejected.jsonl"]


def test_of_several_threads_that_stop_the_first_line_of_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"^events\.jsonl:1: 401 Unauthorized"):
        running(tmp_path, LastFirst(3, refused(401, "Unauthorized")), *of_three_threads()).run()


def test_ten_rejections_are_shown_and_the_others_counted(tmp_path: Path) -> None:
    run = running(tmp_path, FakeStack(), *["[]"] * 12)
    run.run()
    assert list(run.first_rejections())[9:] == ["events.jsonl:10: is not a JSON object", "and 2 more"]


def test_what_may_be_imported_is_said_with_the_apis_own_bound() -> None:
    assert "within the last 72 hours (issued_at; now if it has none)" in RULE


def test_lines_of_one_customer_arrive_in_their_order(tmp_path: Path) -> None:
    stack = FakeStack()
    lines = [visit(f"c{i % 5}", number=i) for i in range(100)]
    running(tmp_path, stack, *lines, at_once=4).run()
    for customer in range(5):
        numbers = [one["number"] for one in stack.got.values() if one["customer_id"] == f"c{customer}"]
        assert numbers == sorted(numbers)
        assert len(numbers) == 20


def line(amount: int, debt: int = 0, end: str | None = None, campaign: str | None = "c") -> dict[str, Any]:
    """A line of a ledger."""
    return {"reward_id": "points", "campaign_id": campaign, "expiration_date": end, "amount": amount, "debt": debt}


def wallet(available: int, *lots: dict[str, Any]) -> dict[str, Any]:
    """A wallet."""
    return {"totals": [{"reward_id": "points", "available": available}], "lines": list(lots)}


def test_lines_that_come_to_the_wallet_are_no_difference() -> None:
    lines = [line(100), line(50, end="2027"), line(-120), line(-30, end="2027"), line(20)]
    assert list(differences(wallet(20), lines)) != []
    assert list(differences(wallet(20, line(0)), [line(100), line(-80)])) != []
    assert list(differences(wallet(20, line(20)), [line(100), line(-80)])) == []
    assert list(differences(wallet(0), [line(100), line(-100)])) == []


def test_a_debt_is_no_lot() -> None:
    # 100 earned and spent, then reversed: nothing left of the lot, 100 owed; 30 of a later 50 pay a part of it back.
    lines = [line(100), line(-100), line(-100, debt=100), line(50, debt=-50, campaign="d")]
    assert list(differences(wallet(-50), lines)) == []


def test_a_difference_says_where_and_how_much() -> None:
    found = list(differences(wallet(10, line(10, end="2027")), [line(10)]))
    assert found == [
        Difference("points of c, until 2027", Decimal(10), Decimal(0)),
        Difference("points of c, until ever", Decimal(0), Decimal(10)),
    ]
    assert list(differences(wallet(11, line(10)), [line(10)])) == [
        Difference("points, available", Decimal(11), Decimal(10))
    ]


def rendered(explanation: dict[str, Any]) -> str:
    """A tree as text."""
    console = Console(width=120, color_system=None)
    with console.capture() as captured:
        console.print(explanation_tree(explanation))
    return captured.get()


def test_an_explanation_is_a_tree_of_campaigns_rules_and_conditions() -> None:
    conditions = [
        [
            {"field": "order.value", "operator": "gte", "wanted": 10, "found": Decimal("7.50"), "held": False},
            {"field": "customer.tags.vip", "operator": "exists", "wanted": None, "found": None, "held": False},
            {"field": None, "operator": "count_gte", "wanted": 3, "within": "30/days", "found": 2, "held": False},
        ],
        [{"field": "[bold]x", "operator": "eq", "wanted": "é", "found": "é", "held": True}],
    ]
    campaign = {
        "campaign_id": "beans",
        "name": "Beans",
        "outcome": "NoMatchingConditions",
        "sentence": "Not rewarded: the order was too small.",
        "rules": [{"name": None, "held": False, "conditions": conditions}],
    }
    shown = rendered({"event_id": "e1", "type": "PURCHASE", "evaluated": True, "campaigns": [campaign]})
    for text in (
        "Event e1  PURCHASE",
        "Beans (beans)  NoMatchingConditions",
        "Not rewarded: the order was too small.",
        "✗ rule 1",
        "✗ order.value gte 10, found 7.50",
        "✗ customer.tags.vip exists, found nothing",
        "✗ count_gte 3 within 30/days, found 2",
        '✓ [bold]x eq "é", found "é"',
    ):
        assert text in shown


def test_an_event_without_campaigns_says_why() -> None:
    silent = {"event_id": "e1", "type": "VISIT", "evaluated": True, "campaigns": []}
    assert "no campaign listens to VISIT" in rendered(silent)
    assert "not evaluated" in rendered({**silent, "evaluated": False})


def test_a_stack_is_named_whole_or_found_on_this_machine(tmp_path: Path) -> None:
    connection_file = tmp_path / "stack.json"
    with pytest.raises(CommandError, match="Which stack"):
        Connection.of(None, None, None, connection_file)
    brands = {"demo": {"admin_key": "ek_1"}, "other": {"admin_key": "ek_2"}}
    connection_file.write_text(json.dumps({"base_url": "http://here", "brands": brands}))
    assert Connection.of(None, None, None, connection_file) == Connection("http://here", "ek_1", "demo")
    assert Connection.of(None, None, "other", connection_file) == Connection("http://here", "ek_2", "other")
    assert Connection.of("https://there/", "ek_3", None, connection_file) == Connection("https://there", "ek_3")
    with pytest.raises(CommandError, match="no brand third"):
        Connection.of(None, None, "third", connection_file)
    for url, key in (("https://there", None), (None, "ek_3")):
        with pytest.raises(CommandError, match="belong together"):
            Connection.of(url, key, None, connection_file)


class FakeLogs:
    """A log group that answers with three lines at most, naming the next page or not."""

    def __init__(self, *times: int, names_pages: bool) -> None:
        self.events: list[dict[str, Any]] = [
            {"timestamp": at, "message": f"{at}.{i}\n", "eventId": str(i)} for i, at in enumerate(times)
        ]
        self.names_pages = names_pages

    def filter_log_events(self, *, logGroupName: str, startTime: int, nextToken: str = "0") -> dict[str, Any]:  # noqa: N803
        assert logGroupName == "group"
        found = [event for event in self.events if event["timestamp"] >= startTime][int(nextToken) :]
        more = {"nextToken": str(int(nextToken) + 3)} if self.names_pages and len(found) > 3 else {}
        return {"events": found[:3], **more}


@pytest.mark.parametrize("names_pages", [True, False])
def test_every_line_of_a_log_is_shown_once(names_pages: bool) -> None:
    group = FakeLogs(1, 1, 2, 3, 3, 4, 5, names_pages=names_pages)
    shown = list(logs.lines(group, "group", 0, follow=False))
    assert shown == ["1.0", "1.1", "2.2", "3.3", "3.4", "4.5", "5.6"]
    assert list(logs.lines(group, "group", 3, follow=False)) == shown[3:]


def test_a_log_is_followed_until_one_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    group = FakeLogs(1, names_pages=True)
    monkeypatch.setattr("time.sleep", lambda _: group.events.append({**group.events[0], "eventId": "later"}))
    followed = logs.lines(group, "group", 0, follow=True)
    assert [next(followed) for _ in range(2)] == ["1.0", "1.0"]


def test_a_line_is_shown_in_words_and_by_function() -> None:
    said = {"level": "INFO", "message": "GET /brand", "timestamp": "T", "status": 200}
    line = json.dumps({**said, "function_name": "earnest-GetBrand-1"})
    assert logs.shown(line) == "T GetBrand INFO GET /brand status=200"
    assert [logs.of_function(line, one) for one in (None, "GetBrand", "getbrand", "Brand")] == [True, True, True, False]
    assert (logs.shown("START"), logs.of_function("START", None), logs.of_function("START", "X")) == (
        "START",
        True,
        False,
    )
