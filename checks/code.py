"""The code that is deployed or run, by bandit; a line that is meant has a comment with the rule and why."""

import json
import re
from collections.abc import Iterator

from checks.findings import Finding, Reason, judged
from checks.report import ROOT, Report, run

SOURCES = ("checks", "clients/python/earnest_client", "earnest", "functions", "layers")
# What holds everywhere, as for the same rules in ruff.
ACCEPTED = {
    "B101": "an assert states what the types cannot, and decides nothing",
    "B404": "running programs is what the command line and the checks are for; each run is looked at",
}
_MEANT = re.compile(r"#\s*nosec\b(?P<rules>[\sB0-9,]*)(?:-\s*(?P<text>.*))?")


def check_with_bandit() -> Report:
    """What bandit finds that no line accounts for."""
    # It is asked for everything: a comment is only looked at here, where it needs its reason and its finding.
    done = run("bandit", "--quiet", "--ignore-nosec", "--recursive", "--format", "json", *SOURCES)
    if not done.stdout.strip():
        return Report("bandit", [f"it did not run: {done.stderr.strip()}"], "")
    answer = json.loads(done.stdout)
    if answer["errors"]:
        return Report("bandit", [str(error) for error in answer["errors"]], "")
    found = []
    for one in answer["results"]:
        place = "" if one["test_id"] in ACCEPTED else f"{one['filename'].removeprefix('./')}:{one['line_number']}"
        found.append(Finding(one["test_id"], place, f"{one['filename']}:{one['line_number']} {one['issue_text']}"))
    everywhere = [Reason(rule, frozenset([""]), "everywhere", text) for rule, text in ACCEPTED.items()]
    return judged("bandit", found, [*everywhere, *_meant()])


def _meant() -> Iterator[Reason]:
    for source in SOURCES:
        for path in sorted((ROOT / source).rglob("*.py")):
            yield from accepted(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8"))


def accepted(name: str, text: str) -> Iterator[Reason]:
    """The reasons in one file's comments; a comment without a rule gives one that accepts nothing."""
    for number, line in enumerate(text.splitlines(), 1):
        if meant := _MEANT.search(line):
            place = f"{name}:{number}"
            for rule in re.findall(r"B\d+", meant["rules"]) or ["no rule"]:
                yield Reason(rule, frozenset([place]), place, meant["text"] or "")
