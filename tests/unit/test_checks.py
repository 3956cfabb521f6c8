"""The checks themselves: what no reason accepts fails, and so does a reason that says nothing or that nothing needs."""

import re
from pathlib import Path
from typing import Any

import pytest

from checks import __main__ as checks_main
from checks import code, packages, template
from checks.findings import Finding, Reason, judged
from checks.report import ROOT, Report

FOUND = Finding("R1", "Queue", "template.yaml:7 Queue is open")
GOOD = Reason("R1", frozenset(["Queue"]), "Queue", "it is meant to be open")


def test_a_finding_with_its_reason_is_no_failure() -> None:
    report = judged("tool", [FOUND], [GOOD])
    assert (list(report.failures), str(report)) == ([], "tool: 1 findings, each with its reason")


@pytest.mark.parametrize(
    "reasons",
    [[], [GOOD._replace(rule="R2")], [GOOD._replace(places=frozenset(["Table"]))]],
    ids=["none", "another rule", "another place"],
)
def test_a_finding_without_its_reason_is_a_failure(reasons: list[Reason]) -> None:
    report = judged("tool", [FOUND], reasons)
    assert "R1 template.yaml:7 Queue is open" in report.failures
    assert str(report).startswith("tool: ")


def test_a_reason_that_says_nothing_is_a_failure() -> None:
    assert judged("tool", [FOUND], [GOOD._replace(text="")]).failures == ["R1 is accepted without a reason: Queue"]
    assert judged("tool", [FOUND], [GOOD._replace(text="see above")]).failures


def test_a_reason_that_nothing_needs_any_more_is_a_failure() -> None:
    assert judged("tool", [], [GOOD]).failures == ["R1 is accepted, but nothing is found: Queue"]


def test_reasons_are_read_for_a_type_for_globals_and_for_one_resource() -> None:
    read = template.accepted(
        {
            "Metadata": {
                "Accepted": {"T": {"R1": "holds for all of them"}, "Globals": {"R3": "holds for what Globals says"}}
            },
            "Resources": {
                "A": {"Type": "T"},
                "B": {"Type": "T", "Metadata": {"Accepted": {"R2": "holds for this one"}}},
                "C": {"Type": "U"},
            },
        }
    )
    assert list(read) == [
        Reason("R1", frozenset(["A", "B"]), "T", "holds for all of them"),
        Reason("R3", frozenset(["Globals"]), "Globals", "holds for what Globals says"),
        Reason("R2", frozenset(["B"]), "B", "holds for this one"),
    ]


MARK = "# no" + "sec"


@pytest.mark.parametrize(
    ("line", "rule", "text"),
    [
        (f"run()  {MARK} B603 - the program is ours", "B603", "the program is ours"),
        (f"run()  # noqa: S603  {MARK} B603", "B603", ""),
        (f"run()  {MARK}", "no rule", ""),
    ],
)
def test_a_comment_is_read_with_its_rule_and_reason(line: str, rule: str, text: str) -> None:
    assert list(code.accepted("a.py", f"\n{line}\n")) == [Reason(rule, frozenset(["a.py:2"]), "a.py:2", text)]


def _package(**more: Any) -> dict[str, Any]:
    return {"name": "six", "version": "1.0", "lock": "dev.txt", "vulns": [], **more}


def test_a_vulnerable_package_is_a_failure_that_says_what_mends_it() -> None:
    report = packages.audited([_package(vulns=[{"id": "PYSEC-1", "fix_versions": ["1.1"]}]), _package()])
    assert report.failures == ["PYSEC-1 six 1.0 (dev.txt): mended in 1.1"]


def test_a_package_that_could_not_be_audited_among_others_is_a_failure() -> None:
    report = packages.audited([_package(), {"name": "six", "lock": "dev.txt", "skip_reason": "not found"}])
    assert report.failures == ["not audited: six  (dev.txt): not found"]
    assert not packages.audited([_package()]).failures


def test_no_answer_is_never_told_as_nothing_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AUDIT", raising=False)
    report = packages.unknown("no network")
    assert not report.failures
    assert str(report).startswith("pip-audit: NOT CHECKED.")
    monkeypatch.setenv("AUDIT", "required")
    assert packages.unknown("no network").failures


def test_what_was_not_checked_is_the_last_line_and_not_one_in_the_middle(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("AUDIT", raising=False)
    last = tmp_path / "conclusion"
    monkeypatch.setattr(checks_main, "CONCLUSION", last)
    fine = Report("bandit", [], "nothing found")
    monkeypatch.setattr(checks_main, "CHECKS", [lambda: packages.unknown("no network"), lambda: fine])
    assert checks_main.main() == 0
    assert capsys.readouterr().out == "bandit: nothing found\n"
    assert last.read_text().startswith("All else passed. pip-audit: NOT CHECKED. PyPI's list")
    assert last.read_text().count("\n") == 1
    monkeypatch.setattr(checks_main, "CHECKS", [lambda: fine])
    assert checks_main.main() == 0
    assert last.read_text() == "All checks passed.\n"


def test_make_check_ends_with_that_line() -> None:
    recipe = re.search(r"^check:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert recipe
    assert recipe[1].splitlines()[-1].strip() == f"@cat {checks_main.CONCLUSION.relative_to(ROOT)}"
