"""The clock of a brand to test with, over HTTP: what it shows, and on to another time."""

import re
import time
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from earnest.commands.client import ApiClient
from earnest.errors import CommandError
from loyalty.domain.times import format_instant, parse_instant

_LENGTH = re.compile(r"(\d{1,5})([mhdw])", re.ASCII)
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_PAUSE = 0.5


def read_clock(stack: ApiClient) -> Mapping[str, Any]:
    """Return what `GET /test-clock` says."""
    found: Mapping[str, Any] = stack.request("GET", "/test-clock")["data"]
    return found


def move_clock(stack: ApiClient, to: str, pause: float = _PAUSE) -> Mapping[str, Any]:
    """Move the clock so far, or to that time, and return what it says when it is there. Raises CommandError."""
    if match := _LENGTH.fullmatch(to):
        moved = parse_instant(read_clock(stack)["now"]) + timedelta(**{_UNITS[match[2]]: int(match[1])})
        to = format_instant(moved)
    else:
        try:
            to = format_instant(parse_instant(to))
        except ValueError:
            raise CommandError(
                f"{to} is neither a length such as 30d nor a time such as 2027-01-01T00:00:00Z."
            ) from None
    clock: Mapping[str, Any] = stack.request("POST", "/test-clock/advance", {"to": to})["data"]
    while clock["status"] != "ready":
        time.sleep(pause)
        clock = read_clock(stack)
    return clock


def clock_in_words(clock: Mapping[str, Any]) -> str:
    """Return a line that says what time it is for the brand."""
    way = f", on its way to {clock['to']}" if clock["status"] != "ready" else ""
    return f"{clock['now']}{way}"
