"""The pinned packages by pip-audit: those with known vulnerabilities. It asks PyPI, which not every place reaches.

Without an answer nothing is known, and that is what the report says; `AUDIT=required` makes it a failure.
"""

import json
import os
from collections.abc import Iterable, Mapping
from typing import Any

from checks.findings import Finding, Reason, judged
from checks.report import ROOT, Report, run

# Vulnerabilities that do not concern us, by id, with the reason.
ACCEPTED: Mapping[str, str] = {}
_NOT_REACHED = ("ConnectionError", "Could not connect", "Timeout", "timed out", "NameResolutionError")


def check_with_pip_audit() -> Report:
    """Packages of any lock file with a known vulnerability."""
    answers: list[dict[str, Any]] = []
    for lock in (ROOT / "layers/dependencies/requirements.txt", *sorted((ROOT / "requirements").glob("*.txt"))):
        name = str(lock.relative_to(ROOT))
        options = (
            "--disable-pip",
            "--require-hashes",
            "--timeout",
            "15",
            "--progress-spinner",
            "off",
            "--format",
            "json",
        )
        done = run("pip-audit", *options, "--requirement", name)
        if not done.stdout.strip():
            if any(word in done.stderr for word in _NOT_REACHED):
                return unknown(f"it was not reached for {name}")
            return Report("pip-audit", [f"it did not run on {name}: {done.stderr.strip()[-2000:]}"], "")
        answers += [{**one, "lock": name} for one in json.loads(done.stdout)["dependencies"]]
        # A place that has the packages and not what is known of them has it of none.
        if all("skip_reason" in one for one in answers):
            return unknown(f"it knows none of the packages of {name}")
    return audited(answers)


def audited(answers: Iterable[Mapping[str, Any]]) -> Report:
    """The report on what was answered of each package; a package of which nothing is known is a failure."""
    found = []
    for one in answers:
        pinned = f"{one['name']} {one.get('version', '')} ({one['lock']})"
        if "skip_reason" in one:
            found.append(Finding("not audited:", "", f"{pinned}: {one['skip_reason']}"))
        for vulnerability in one.get("vulns", ()):
            mended = ", ".join(vulnerability["fix_versions"]) or "no version yet"
            found.append(Finding(vulnerability["id"], "packages", f"{pinned}: mended in {mended}"))
    reasons = [Reason(rule, frozenset(["packages"]), "checks/packages.py", text) for rule, text in ACCEPTED.items()]
    return judged("pip-audit", found, reasons)


def unknown(why: str) -> Report:
    """The report when PyPI's list of vulnerabilities did not answer."""
    says = f"NOT CHECKED. PyPI's list of known vulnerabilities did not answer here ({why}), so nothing is known."
    return Report("pip-audit", [says] if os.environ.get("AUDIT") == "required" else [], says, known=False)
