"""The walk of an emit is what docs/emit.md says: at most forty functions, and the decision called by its name."""

import inspect
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType, FrameType
from typing import NamedTuple

import pytest

from tests.support.backend import Backend
from tests.support.documentation import DOCS, rows
from tests.support.project import ROOT

LAYER = ROOT / "layers/loyalty/python/loyalty"
# What a call of a function also enters: the retries around an attempt.
_AROUND = ("retry_on_conflict.<locals>.call", "Backoff.__init__")


class Stay(NamedTuple):
    """A function, by its file and its qualified name."""

    file: str
    name: str


class Entry(NamedTuple):
    """The first time that a function was entered, and the functions of ours that had been entered for it."""

    stay: Stay
    callers: tuple[Stay, ...]


def _stay(code: CodeType) -> Stay | None:
    for folder, prefix in ((LAYER, ""), (ROOT / "functions", "functions/")):
        if code.co_filename.startswith(f"{folder}/"):
            return Stay(prefix + code.co_filename.removeprefix(f"{folder}/"), code.co_qualname)
    return None


@contextmanager
def _entered() -> Iterator[list[Entry]]:
    """The functions of ours that are entered within this, each once, in their order."""
    entries: dict[tuple[Stay, Stay | None], Entry] = {}

    def note(frame: FrameType, event: str, _: object) -> None:
        if event != "call" or (stay := _stay(frame.f_code)) is None:
            return
        callers: list[Stay] = []
        above = frame.f_back
        while above is not None:
            caller = _stay(above.f_code)
            if caller and caller.name not in _AROUND:
                callers.append(caller)
            above = above.f_back
        key = (stay, callers[0] if callers else None)
        entries.setdefault(key, Entry(stay, tuple(callers)))

    found: list[Entry] = []
    sys.setprofile(note)
    try:
        yield found
    finally:
        sys.setprofile(None)
        found += entries.values()


def _told() -> list[tuple[Stay, bool]]:
    """The stays of the page, and whether each is in bold."""
    return [
        (Stay(file.strip("`"), name.strip("*`")), name.startswith("**"))
        for _, name, file, _ in rows(DOCS / "emit.md")[1:]
    ]


@pytest.fixture
def walk(backend: Backend) -> list[Entry]:
    """An emit of a customer who is known, by functions that have been called before."""
    assert backend.emit().status == 201
    with _entered() as entries:
        answer = backend.emit(key="k")
    assert answer.status == 201
    return entries


def _is_function(stay: Stay) -> bool:
    """Whether it is called like a function: no property, no constructor, no part of an expression."""
    if "<" in stay.name or stay.name.endswith("__init__"):
        return False
    module = sys.modules["loyalty." + stay.file.removesuffix(".py").replace("/", ".")]
    holder: object = module
    for name in stay.name.split("."):
        holder = inspect.getattr_static(holder, name)
    return not isinstance(holder, property)


def test_the_page_says_what_is_entered_in_its_order(walk: list[Entry]) -> None:
    first = list(dict.fromkeys(entry.stay for entry in walk))
    told = [stay for stay, _ in _told()]
    assert [stay for stay in told if stay not in first] == []
    in_order = [stay for stay in first if stay in told]
    # Writing the documents of items uses `dumps` as well, before the answer is written.
    assert [stay for stay in in_order if stay.name != "dumps"] == [stay for stay in told if stay.name != "dumps"]


def test_the_page_leaves_out_nothing_that_the_bold_ones_call(walk: list[Entry]) -> None:
    told = {stay for stay, _ in _told()}
    bold = {stay for stay, is_bold in _told() if is_bold}
    called = {entry.stay for entry in walk if entry.callers and entry.callers[0] in bold}
    missing = {stay for stay in called - told if stay.name not in _AROUND and _is_function(stay)}
    assert missing == set()


def test_it_has_at_most_forty_stays() -> None:
    numbers = [int(row[0]) for row in rows(DOCS / "emit.md")[1:]]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) <= 40
    (said,) = re.findall(r"(\d+) stays", (DOCS / "emit.md").read_text())
    assert int(said) == len(numbers)


def test_no_callback_stands_between_the_service_and_the_decision(walk: list[Entry]) -> None:
    (decided,) = [entry for entry in walk if entry.stay == Stay("domain/events/emit.py", "emit")]
    assert [stay.name for stay in decided.callers[:4]] == ["_decide", "_emit_once", "emit_event", "handler"]
