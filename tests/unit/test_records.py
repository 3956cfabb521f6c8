"""Batches: every record is dealt with on its own, and only what failed is delivered again."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from loyalty.records import each_message, each_removal
from tests.support.project import CONTEXT
from tests.support.samples import Event, sample

REMOVALS = sample("on_deadline_passed")
MESSAGES = sample("on_cold_offer_requested")
MESSAGES["Records"] = [{**MESSAGES["Records"][0], "messageId": str(i)} for i in range(2)]
SOMEBODY = "qzx7731"
NUMBERS = [record["dynamodb"]["SequenceNumber"] for record in REMOVALS["Records"]]


def failed(answer: Any) -> list[str]:
    """The records that are reported."""
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


def each(kind: str, act: Callable[[], None]) -> list[str]:
    """What is reported of a batch of which each record is dealt with by `act`."""
    if kind == "messages":
        return failed(each_message(lambda *_: act())(MESSAGES, CONTEXT))
    return failed(each_removal(lambda *_: act())(REMOVALS, CONTEXT))


def test_each_removed_item_is_dealt_with_by_its_key() -> None:
    settled: list[tuple[str, str]] = []
    answer = each_removal(lambda pk, sk: settled.append((pk, sk)))(REMOVALS, CONTEXT)
    keys = [record["dynamodb"]["Keys"] for record in REMOVALS["Records"]]
    assert settled == [(key["pk"]["S"], key["sk"]["S"]) for key in keys]
    assert failed(answer) == []


def test_each_message_is_read_exactly_and_told_how_often_it_has_been_delivered() -> None:
    taken: list[tuple[Any, int]] = []
    record = {**MESSAGES["Records"][0], "body": '{"amount": 0.1234567890123456789}'}
    record["attributes"] = {**record["attributes"], "ApproximateReceiveCount": "3"}
    each_message(lambda message, attempt: taken.append((message, attempt)))({"Records": [record]}, CONTEXT)
    ((message, attempt),) = taken
    assert (str(message["amount"]), attempt) == ("0.1234567890123456789", 3)


@pytest.mark.parametrize(("kind", "names"), [("messages", ["0", "1"]), ("removals", NUMBERS)])
@pytest.mark.parametrize("broken", range(2), ids=["the first", "the last"])
def test_one_that_fails_is_reported_and_the_others_are_dealt_with(kind: str, names: list[str], broken: int) -> None:
    calls: list[int] = []

    def act() -> None:
        calls.append(len(calls))
        if calls[-1] == broken:
            raise RuntimeError

    assert each(kind, act) == [names[broken]]
    assert len(calls) == 2


@pytest.mark.parametrize(("kind", "names"), [("messages", ["0", "1"]), ("removals", NUMBERS)])
def test_a_failure_is_logged_without_whom_it_was_about(
    kind: str, names: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    def act() -> None:
        raise RuntimeError(SOMEBODY)

    assert each(kind, act) == names
    written = capsys.readouterr().out
    first, *_, last = map(json.loads, written.splitlines())
    assert (first["level"], first["error"], first["function_name"]) == ("ERROR", "RuntimeError", CONTEXT.function_name)
    assert "test_records.py" in "".join(first["where"])
    assert (last["level"], last["records"], last["failed"]) == ("INFO", 2, 2)
    assert SOMEBODY not in written


def test_a_message_that_is_no_json_fails_alone() -> None:
    record: Event = {**MESSAGES["Records"][0], "messageId": "bad", "body": "{"}
    assert failed(each_message(lambda *_: None)({"Records": [record, *MESSAGES["Records"]]}, CONTEXT)) == ["bad"]


def test_an_empty_batch_is_no_failure() -> None:
    assert each_removal(lambda *_: None)({"Records": []}, CONTEXT) == {"batchItemFailures": []}
