"""Traces: their steps, and that they end once."""

from datetime import timedelta

import pytest

from loyalty.domain.assignments.traces import (
    MAX_ATTEMPTS,
    AssignmentKind,
    AssignmentRequest,
    AssignmentTrace,
    TraceStatus,
    accepted,
    assigned,
    completion,
    delayed,
    failed,
    last_attempt_started,
)
from tests.support.builders import NOW, after, before

WANTED = AssignmentRequest(
    "t1", "demo", "ana", AssignmentKind.POINTS, {"source": "braze", "rewardId": "points"}, "print", NOW
)


def what(trace: AssignmentTrace) -> list[str]:
    return [step.what for step in trace.steps]


def test_a_trace_begins_with_its_acceptance_and_has_not_ended() -> None:
    trace = accepted(WANTED, after(seconds=1))
    assert what(trace) == ["accepted", "queued"]
    assert [step.at for step in trace.steps] == [NOW, after(seconds=1)]
    assert not trace.ended


@pytest.mark.parametrize("behind", [1, 5000])
def test_the_steps_of_a_trace_never_go_back_in_time(behind: int) -> None:
    early = before(milliseconds=behind)
    trace = accepted(WANTED, after(seconds=1))
    for one in (
        accepted(WANTED, early),
        assigned(trace, 1, early, None),
        failed(trace, 1, early, "no"),
        delayed(trace, 5, early, "busy"),
        last_attempt_started(trace, early),
    ):
        times = [step.at for step in one.steps]
        assert times == sorted(times)
        assert one.duration == one.steps[-1].at - NOW >= timedelta()


def test_each_end_says_how_often_it_was_tried() -> None:
    trace = accepted(WANTED, NOW)
    done, given_up = assigned(trace, 2, after(seconds=3), "o1"), failed(trace, 1, after(seconds=3), "no")
    assert (done.status, done.offer_id, what(done)[2:]) == (TraceStatus.ASSIGNED, "o1", ["attempt 2", "assigned"])
    assert (given_up.status, given_up.reason) == (TraceStatus.FAILED, "no")
    assert what(given_up)[2:] == ["attempt 1", "failed: no"]
    assert done.ended
    assert given_up.ended


@pytest.mark.parametrize("attempt", range(1, MAX_ATTEMPTS + 1))
def test_only_after_the_last_attempt_it_is_set_aside_and_it_may_still_be_assigned(attempt: int) -> None:
    trace = delayed(accepted(WANTED, NOW), attempt, NOW, "busy")
    assert what(trace)[2] == f"attempt {attempt}: busy"
    assert (len(trace.steps) == 4) == (attempt == MAX_ATTEMPTS)
    assert trace.status is TraceStatus.QUEUED
    assert assigned(trace, 1, NOW, None).status is TraceStatus.ASSIGNED


def test_the_last_attempt_says_beforehand_what_comes_after_it() -> None:
    trace = last_attempt_started(accepted(WANTED, NOW), after(seconds=2))
    assert what(trace)[2:] == [f"attempt {MAX_ATTEMPTS} begins, the last before it is set aside"]
    assert not trace.ended


def test_a_completion_has_the_names_that_partners_know() -> None:
    said = completion(failed(accepted(WANTED, NOW), 1, after(seconds=2), "no"))
    assert said == {
        "status": "FAILED",
        "partner": "braze",
        "durationMs": 2000,
        "engineId": "points",
        "reference": None,
        "userId": "ana",
        "traceId": "t1",
        "errorDescription": "no",
    }
