"""Random histories with faults and interleavings violate no invariant, and every planted bug violates one."""

import pytest

from tests.simulation.bugs import BUGS
from tests.simulation.histories import history
from tests.simulation.reporting import command, format_numbers, parse_numbers, report
from tests.simulation.runner import run
from tests.simulation.shrinking import Example

pytestmark = pytest.mark.usefixtures("quiet")

SEEDS = range(1, 131)
STEPS = 50_000
PARTS = 4


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_is_lost_and_nothing_is_paid_twice(part: int) -> None:
    steps = 0
    for seed in SEEDS[part::PARTS]:
        result = run(history(seed))
        assert result.violation is None, report(seed, result, smallest=True)
        steps += result.steps
    assert steps >= STEPS / PARTS


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_found_within_the_same_seeds(bug: str) -> None:
    # The seed that found it last comes first.
    seeds = sorted(SEEDS, key=lambda seed: seed != BUGS[bug].seed)
    assert any(run(history(seed), bug=bug).violation for seed in seeds)


def test_a_history_is_determined_by_its_seed() -> None:
    assert history(7) == history(7)
    assert run(history(7)) == run(history(7))


def test_a_report_has_the_fewest_calls_and_the_command_that_runs_them_again() -> None:
    seed, bug = 1, "lost_update"
    text = report(seed, run(history(seed), bug=bug), bug, smallest=True)
    *_, last = text.splitlines()
    words = last.split()
    keep = parse_numbers(words[words.index("--keep") + 1])
    faultless = parse_numbers(words[words.index("--faultless") + 1]) if "--faultless" in words else ()
    assert words[:5] == ["python", "-m", "tests.simulation", "--seed", "1"]
    assert len(keep) < 5
    again = run(history(seed), keep, faultless, bug).violation
    assert again
    assert str(again) in text
    assert run(history(seed), keep, faultless).violation is None


def test_numbers_are_abbreviated() -> None:
    assert format_numbers((1, 3, 4, 5, 9)) == "1,3-5,9"
    assert parse_numbers("1,3-5,9") == (1, 3, 4, 5, 9)
    assert command(3, Example((1, 2), (0,)), None) == "python -m tests.simulation --seed 3 --keep 1-2 --faultless 0"
