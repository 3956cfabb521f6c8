"""The stream: every record is settled on its own, and only what failed is delivered again."""

import json

import pytest

from loyalty import stream
from tests.support.samples import Event, sample

BATCH = sample("on_deadline_passed")
NUMBERS = [record["dynamodb"]["SequenceNumber"] for record in BATCH["Records"]]


def failed(answer: Event) -> list[str]:
    """The sequence numbers that a consumer reports."""
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


def test_each_removed_item_is_settled_by_its_key() -> None:
    settled: list[tuple[str, str]] = []
    answer = stream.consumer(lambda pk, sk: settled.append((pk, sk)))(BATCH, None)
    keys = [record["dynamodb"]["Keys"] for record in BATCH["Records"]]
    assert settled == [(key["pk"]["S"], key["sk"]["S"]) for key in keys]
    assert failed(answer) == []


@pytest.mark.parametrize("broken", range(2), ids=["the first", "the last"])
def test_one_that_fails_is_reported_and_the_others_are_settled(broken: int) -> None:
    settled: list[str] = []

    def settle(_: str, sk: str) -> None:
        if sk == BATCH["Records"][broken]["dynamodb"]["Keys"]["sk"]["S"]:
            raise RuntimeError
        settled.append(sk)

    assert failed(stream.consumer(settle)(BATCH, None)) == [NUMBERS[broken]]
    assert len(settled) == 1


def test_a_failure_is_logged_without_whom_it_was_about(capsys: pytest.CaptureFixture[str]) -> None:
    def settle(pk: str, _: str) -> None:
        raise RuntimeError(pk)

    assert failed(stream.consumer(settle)(BATCH, None)) == NUMBERS
    written = capsys.readouterr().err
    first = json.loads(written.splitlines()[0])
    assert (first["level"], first["error"]) == ("ERROR", "RuntimeError")
    assert "test_stream.py" in "".join(first["where"])
    assert "ana" not in written.replace(__file__, "")


def test_an_empty_batch_is_no_failure() -> None:
    assert stream.consumer(lambda *_: None)({"Records": []}, None) == {"batchItemFailures": []}
