"""Random histories with faults and interleavings: no rule is ever broken, and a prover with a bug to find finds it."""

import pytest

from tests.simulation.bugs import BUGS
from tests.simulation.histories import history
from tests.simulation.playing import play
from tests.simulation.shrinking import Example
from tests.simulation.telling import command, numbers_in, spelled, told

SEEDS = range(1, 141)
STEPS = 50_000
PARTS = 4


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_is_lost_and_nothing_is_paid_twice(part: int) -> None:
    steps = 0
    for seed in SEEDS[part::PARTS]:
        played = play(history(seed))
        assert played.broken is None, told(seed, played, shrink=True)
        steps += played.steps
    assert steps >= STEPS / PARTS


@pytest.mark.parametrize("bug", BUGS)
def test_a_deliberate_bug_is_found_within_the_same_seeds(bug: str) -> None:
    assert any(play(history(seed), bug=bug).broken for seed in SEEDS)


def test_a_history_is_decided_by_its_seed() -> None:
    assert history(7) == history(7)
    assert play(history(7)) == play(history(7))


def test_what_failed_is_told_with_the_fewest_calls_and_the_command_that_plays_them_again() -> None:
    seed, bug = 1, "lost_update"
    text = told(seed, play(history(seed), bug=bug), bug, shrink=True)
    *_, last = text.splitlines()
    words = last.split()
    keep = numbers_in(words[words.index("--keep") + 1])
    calm = numbers_in(words[words.index("--calm") + 1]) if "--calm" in words else ()
    assert words[:5] == ["python", "-m", "tests.simulation", "--seed", "1"]
    assert len(keep) < 5
    again = play(history(seed), keep, calm, bug).broken
    assert again
    assert str(again) in text
    assert play(history(seed), keep, calm).broken is None


def test_numbers_are_spelled_short() -> None:
    assert spelled((1, 3, 4, 5, 9)) == "1,3-5,9"
    assert numbers_in("1,3-5,9") == (1, 3, 4, 5, 9)
    assert command(3, Example((1, 2), (0,)), None) == "python -m tests.simulation --seed 3 --keep 1-2 --calm 0"
