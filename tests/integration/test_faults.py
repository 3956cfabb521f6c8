"""Processes killed and a failing store under load on the deployed stack: every event and every point is counted."""

from tests.support.faults.kills import kill_ttl_player, kill_workers
from tests.support.faults.load import Figures
from tests.support.faults.proxy import CUT, REFUSALS, fail_the_store
from tests.support.figures import FIGURES, Record
from tests.support.project import LONG
from tests.support.stack import Stack

WORKERS, PLAYERS, EMITS, SHARE = (100, 10, 400, 0.2) if LONG else (8, 1, 60, 0.2)


def test_killed_workers_lose_nothing_and_double_nothing(stack: Stack, record_property: Record) -> None:
    figures = kill_workers(stack, WORKERS)
    show(record_property, "workers killed", figures)
    assert figures.events > figures.kills
    assert figures.failures > 0


def test_a_killed_ttl_player_ends_every_hold_once(stack: Stack, record_property: Record) -> None:
    figures = kill_ttl_player(stack, PLAYERS)
    show(record_property, "TTL player killed", figures)
    assert figures.kills == PLAYERS
    assert figures.events > 0


def test_a_failing_store_loses_nothing_and_doubles_nothing(stack: Stack, record_property: Record) -> None:
    figures, done = fail_the_store(stack, SHARE, EMITS)
    kinds = " · ".join(f"{kind}: {number:,}" for kind, number in done.most_common())
    show(record_property, f"the store failing ({kinds})", figures)
    assert set(done) == {*REFUSALS, CUT, "passed on"}


def show(record_property: Record, what: str, figures: Figures) -> None:
    record_property(FIGURES, f"{what}: {figures}")
