"""What needs docker is left out where there is none, and said so; with `WITH_DOCKER=1` it fails instead.

The long form of what has one ends with its figures.
"""

import pytest

from tests.figures import told
from tests.project import LONG
from tests.sam_local import docker

NEEDS_DOCKER = "tests/sam_local/"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left = [item for item in items if item.nodeid.startswith(NEEDS_DOCKER)]
    if left and not docker.REQUIRED and not docker.answers():
        items[:] = [item for item in items if item not in left]
        config.hook.pytest_deselected(items=left)
        config.stash[_LEFT_OUT] = len(left)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if LONG and (figures := list(told(terminalreporter.getreports("passed")))):
        terminalreporter.section("figures")
        for figure in figures:
            terminalreporter.write_line(figure)
    if left := config.stash.get(_LEFT_OUT, 0):
        terminalreporter.write_line(f"left out: {left} tests of `sam local` in containers, as no docker answers here")


_LEFT_OUT = pytest.StashKey[int]()
