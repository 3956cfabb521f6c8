"""What needs docker is left out where there is none, and said so; with `WITH_DOCKER=1` it fails instead.

Run by two processes, the tests that share a stack are one queue and those that share DynamoDB Local another, which
begin first; the rest goes by file, the longest first. The long form of what has one ends with its figures.
"""

import gc
import logging
import sys
from collections.abc import Collection, Iterator
from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from loyalty.telemetry import logger
from tests.support.figures import Progress, Say, spoken, told
from tests.support.project import LONG
from tests.support.sam_local import docker

# What takes long on a busy machine has failed at nothing.
settings.register_profile("earnest", deadline=None)
settings.load_profile("earnest")

NEEDS_DOCKER = ("tests/sam_local/", "tests/integration/test_containers.py")
QUEUES = {
    "tests/integration/": "stack",
    # With the stack, whose tests call functions in containers too: each would wait for the other's image to be built.
    "tests/sam_local/": "stack",
    "tests/store/": "DynamoDB Local",
}
_OBJECTS_BETWEEN_COLLECTIONS = 50_000  # with the usual 2,000, the collector takes a tenth of the time of tests
ORDER = (*QUEUES, "tests/simulation/", "tests/hostile/", "tests/console/", "tests/functions/", "tests/contracts/")


class _StandardOutput:
    """Whatever standard output is now: pytest replaces it for each test, and a logger keeps the one it began with."""

    def write(self, text: str) -> None:
        sys.stdout.write(text)

    def flush(self) -> None:
        sys.stdout.flush()


handler = logger.registered_handler
assert isinstance(handler, logging.StreamHandler)
handler.setStream(_StandardOutput())


class _ByQueue(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
    """Gives a process a whole queue, or a file."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return next((queue for folder, queue in QUEUES.items() if file.startswith(folder)), file)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling | None:
    return _ByQueue(config, log) if config.getoption("dist") == "loadscope" else None


@pytest.fixture
def quiet() -> Iterator[None]:
    """What is logged is not kept: it would be more than memory has, in a long form."""
    logging.disable(logging.INFO)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Says where the long form of a test is."""

    def saying(text: str) -> None:
        if LONG:
            with capsys.disabled():
                sys.stdout.write(f"\n{text}")
                sys.stdout.flush()

    return saying


@pytest.fixture
def progress(say: Say) -> Progress:
    """Goes through items; the long form of a test says meanwhile how far it is."""

    def going[T](items: Collection[T], what: str) -> Iterator[T]:
        return spoken(items, what, say) if LONG else iter(items)

    return going


def _place(nodeid: str) -> int:
    """Short files come last, so that both processes end at about the same time."""
    return next((place for place, folder in enumerate(ORDER) if nodeid.startswith(folder)), len(ORDER))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: _place(item.nodeid))
    left = [item for item in items if item.nodeid.startswith(NEEDS_DOCKER)]
    if left and not docker.REQUIRED and not docker.answers():
        items[:] = [item for item in items if item not in left]
        config.hook.pytest_deselected(items=left)
        config.stash[_LEFT_OUT] = len(left)


def pytest_collection_finish() -> None:
    """The collector leaves what was collected alone, which stays to the end, and looks at the rest less often."""
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):  # one of several processes: the first one has the last word
        session.config.workeroutput["left out"] = session.config.stash.get(_LEFT_OUT, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    node.config.stash[_LEFT_OUT] = getattr(node, "workeroutput", {}).get("left out", 0)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if LONG and (figures := list(told(terminalreporter.getreports("passed")))):
        terminalreporter.section("figures")
        for figure in figures:
            terminalreporter.write_line(figure)
    if left := config.stash.get(_LEFT_OUT, 0):
        terminalreporter.write_line(f"left out: {left} tests of `sam local` in containers, as no docker answers here")


_LEFT_OUT = pytest.StashKey[int]()
