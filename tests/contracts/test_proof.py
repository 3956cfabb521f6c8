"""The pages about proof name tests that are there, and `make prove` runs whatever has a long form."""

import re
import subprocess
import sys

import pytest

from tests.support.project import ROOT

TESTS = ROOT / "tests"


@pytest.mark.parametrize("page", ["proof.md", "threats.md"])
def test_every_test_that_a_page_names_is_there(page: str) -> None:
    named = re.findall(r"\b(?:tests/[\w/]+(?:\.py)?|test_\w+\.py)", (ROOT / "docs" / page).read_text())
    assert named
    for name in named:
        assert (ROOT / name).exists() or [*TESTS.rglob(name)], f"{page} names {name}"


def test_the_history_that_the_page_shows_breaks_a_rule() -> None:
    (command,) = re.findall(r"`python -m (tests\.simulation --seed [^`]+)`", (ROOT / "docs" / "proof.md").read_text())
    done = subprocess.run(
        [sys.executable, "-m", *command.split()], cwd=ROOT, check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout.startswith("Seed "), done.stdout + done.stderr


def test_whatever_has_a_long_form_is_run_in_it_by_make_prove() -> None:
    said = subprocess.run(["make", "--dry-run", "prove"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    asked = [
        ROOT / word for line in said.splitlines() if "PROVE=1" in line for word in line.split() if "tests/" in word
    ]
    long = [path for path in TESTS.rglob("test_*.py") if re.search(r"import .*\bLONG\b", path.read_text())]
    assert len(long) > 5
    assert not [path for path in long if not any(path.is_relative_to(one) for one in asked)]
