"""Logs and metrics: one JSON line each, counted once, with exact amounts."""

import json
from datetime import timedelta
from typing import Any

import pytest

from loyalty.services.metrics import count_event
from loyalty.telemetry import logger
from tests.support.builders import campaign, effect, emit, must, rules

Capture = pytest.CaptureFixture[str]


def written(capsys: Capture) -> list[dict[str, Any]]:
    """The lines written so far."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def metrics(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What CloudWatch makes of the lines: each metric with its dimensions."""
    found = []
    for line in lines:
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        assert directive["Namespace"] == "Earnest"
        (dimensions,) = directive["Dimensions"]
        values = {one["Name"]: sum(line[one["Name"]]) for one in directive["Metrics"]}
        found.append({name: line[name] for name in dimensions} | values)
    return found


def test_a_line_says_when_how_bad_and_what(capsys: Capture) -> None:
    logger.error("it happened", extra={"brand_id": "demo", "note": "é"})
    (line,) = written(capsys)
    assert (line["level"], line["message"], line["brand_id"], line["note"]) == ("ERROR", "it happened", "demo", "é")
    assert line["timestamp"].endswith("Z")


def test_a_paid_event_is_counted_with_what_it_granted(capsys: Capture) -> None:
    by = rules(a=campaign(effect(5)), b=campaign(effect(2), effect("0.25", "stars")))
    count_event(emit(by=by).event)
    assert metrics(written(capsys)) == [
        {"status": "RESOLVED", "Events": 1},
        {"reward_id": "points", "PointsGranted": 7},
        {"reward_id": "stars", "PointsGranted": 0.25},
    ]


def test_a_promise_is_counted_and_not_yet_what_it_grants(capsys: Capture) -> None:
    count_event(emit(fulfilled=False).event)
    assert metrics(written(capsys)) == [{"status": "PENDING", "Events": 1}]


def test_an_expired_event_says_how_late_it_was_settled(capsys: Capture) -> None:
    held = emit(fulfilled=False).event
    over = must(held.deadline)
    count_event(held.as_of(over), over + timedelta(hours=3))
    count_event(held.as_of(over))
    assert metrics(written(capsys)) == [
        {"status": "EXPIRED", "Events": 1, "SettledLateMilliseconds": 3 * 3_600_000},
        {"status": "EXPIRED", "Events": 1},
    ]


def test_no_line_names_the_customer(capsys: Capture) -> None:
    count_event(emit().event)
    assert "ana" not in capsys.readouterr().out
