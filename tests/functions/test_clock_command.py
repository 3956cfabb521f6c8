"""`earnest clock`: the test clock from the command line, over HTTP."""

from typing import Any

import pytest

from earnest.commands.client import ApiClient, Connection, Response
from earnest.commands.clock import clock_in_words, move_clock, read_clock
from earnest.commands.create_brand import create_brand_with_key
from earnest.errors import CommandError
from tests.support.backend import Backend

_FUNCTIONS = {("GET", "/test-clock"): "get_test_clock", ("POST", "/test-clock/advance"): "advance_test_clock"}


class _Stack(ApiClient):
    """The functions in this process; the queue delivers whenever somebody looks."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(Connection("http://here", "a key"))
        self._backend = backend

    def send(self, method: str, path: str, body: object = None, **_more: Any) -> Response:
        """What the function of that route answers."""
        answer = self._backend.call(_FUNCTIONS[method, path], *([] if body is None else [body]))
        if method == "GET":
            assert self._backend.process_assignment() == []
        return Response(answer.status, answer.headers, answer.body)


@pytest.fixture
def stack(backend: Backend) -> _Stack:
    backend.make_sandbox()
    backend.sandbox = True
    return _Stack(backend)


@pytest.mark.parametrize(
    ("to", "then"),
    [
        ("30d", "2026-04-09T12:00:00.000Z"),
        ("12h", "2026-03-11T00:00:00.000Z"),
        ("90m", "2026-03-10T13:30:00.000Z"),
        ("2w", "2026-03-24T12:00:00.000Z"),
        ("2027-01-01T01:00:00+01:00", "2027-01-01T00:00:00.000Z"),
    ],
)
def test_the_clock_is_moved_so_far_or_to_a_time_and_awaited(stack: _Stack, to: str, then: str) -> None:
    assert clock_in_words(move_clock(stack, to, pause=0)) == then
    assert clock_in_words(read_clock(stack)) == then


def test_a_clock_on_its_way_says_where_it_goes() -> None:
    clock = {"now": "2026-03-10T12:00:00.000Z", "status": "advancing", "to": "2026-03-11T12:00:00.000Z"}
    assert clock_in_words(clock) == "2026-03-10T12:00:00.000Z, on its way to 2026-03-11T12:00:00.000Z"


@pytest.mark.parametrize("to", ["30", "d", "1y", "-1d", "tomorrow", "2027-01-01"])
def test_what_is_neither_a_length_nor_a_time_is_refused(stack: _Stack, to: str) -> None:
    with pytest.raises(CommandError, match="neither a length"):
        move_clock(stack, to)


def test_what_the_stack_refuses_is_told(stack: _Stack) -> None:
    with pytest.raises(CommandError, match="never goes back"):
        move_clock(stack, "2020-01-01T00:00:00Z")


def test_a_brand_is_made_to_test_with_or_live_for_good(backend: Backend) -> None:
    assert create_brand_with_key("lab", "Lab", "Admin", sandbox=True).startswith("ek_lab_")
    assert backend.call("get_brand", brand="lab").data["sandbox"] is True
    assert create_brand_with_key("lab", "Lab", "Another", sandbox=True)
    for brand, sandbox in (("lab", False), ("demo", True)):
        with pytest.raises(CommandError, match=f"The brand {brand} exists, and sandbox: "):
            create_brand_with_key(brand, "Lab", "Admin", sandbox=sandbox)
