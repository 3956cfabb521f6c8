"""The templates by cfn-lint, with the serverless rules, and by checkov.

What is found and meant is accepted in the template itself, with the reason: under `Metadata: Accepted:` of the
resource or, where it holds for every resource of a type or for what Globals says, of the template.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from checks.findings import Finding, Reason, judged
from checks.report import Report, run
from earnest.template import TEMPLATES, loaded

NAMES = [path.name for path in TEMPLATES]
GLOBALS = "Globals"


def check_with_cfn_lint() -> Report:
    """What cfn-lint finds that the templates do not account for, whether they tell it to ignore that or not."""
    mandatory = [word for path in TEMPLATES for rule in ignored(loaded(path)) for word in ("--mandatory-checks", rule)]
    rules = ("--append-rules", "cfn_lint_serverless.rules", *mandatory)
    done = run("cfn-lint", *rules, "--format", "json", "--template", *NAMES)
    if not done.stdout.strip():
        return Report("cfn-lint", [f"it did not run: {done.stderr.strip()}"], "")
    reasons = [one for one in _accepted() if not one.rule.startswith("CKV")]
    return judged("cfn-lint", list(_linted(json.loads(done.stdout))), reasons)


def check_with_checkov() -> Report:
    """What checkov finds that the templates do not account for."""
    options = ("--framework", "cloudformation", "--quiet", "--compact", "--output", "json", "--skip-download")
    done = run("checkov", "--file", *NAMES, *options)
    if not done.stdout.strip():
        return Report("checkov", [f"it did not run: {done.stderr.strip()}"], "")
    answer = json.loads(done.stdout)
    summary = answer["summary"]
    if not summary["passed"] or summary["parsing_errors"]:
        return Report("checkov", [f"it could not read the templates: {summary}"], "")
    reasons = [one for one in _accepted() if one.rule.startswith("CKV")]
    return judged("checkov", list(_scanned(answer)), reasons)


def accepted(template: Mapping[str, Any]) -> Iterator[Reason]:
    """The reasons in a template, read with its tags: those of a type and of Globals, then those of single resources."""
    resources = template["Resources"]
    for kind, rules in template.get("Metadata", {}).get("Accepted", {}).items():
        places = {GLOBALS} if kind == GLOBALS else {name for name, one in resources.items() if one["Type"] == kind}
        for rule, text in rules.items():
            yield Reason(rule, frozenset(places), kind, str(text))
    for name, one in resources.items():
        for rule, text in one.get("Metadata", {}).get("Accepted", {}).items():
            yield Reason(rule, frozenset([name]), name, str(text))


def ignored(template: Mapping[str, Any]) -> list[str]:
    """The rules that a template tells cfn-lint to ignore, as `sam validate --lint` does then."""
    rules: list[str] = template.get("Metadata", {}).get("cfn-lint", {}).get("config", {}).get("ignore_checks", [])
    return rules


def _accepted() -> Iterator[Reason]:
    for path in TEMPLATES:
        yield from accepted(loaded(path))


def _linted(matches: list[dict[str, Any]]) -> Iterator[Finding]:
    for match in matches:
        path = match["Location"]["Path"] or [""]
        place = str(path[1]) if path[0] == "Resources" and len(path) > 1 else str(path[0])
        line = match["Location"]["Start"]["LineNumber"]
        yield Finding(match["Rule"]["Id"], place, f"{match['Filename']}:{line} {match['Message']}")


def _scanned(answer: dict[str, Any]) -> Iterator[Finding]:
    for failed in answer["results"]["failed_checks"]:
        place = failed["resource"].rsplit(".", 1)[-1]
        says = f"{failed['file_path'].lstrip('/')}:{failed['file_line_range'][0]} {place}: {failed['check_name']}"
        yield Finding(failed["check_id"], place, says)
