"""Findings, and the reasons for which some are accepted: either without the other is a failure."""

from collections.abc import Iterable
from typing import NamedTuple

from checks.report import Report


class Finding(NamedTuple):
    """What a tool found: its rule, the place in the words of the reasons, and what it says for people."""

    rule: str
    place: str
    says: str


class Reason(NamedTuple):
    """Why a rule's finding is accepted at a place."""

    rule: str
    places: frozenset[str]
    where: str
    text: str


def judged(tool: str, findings: Iterable[Finding], reasons: Iterable[Reason]) -> Report:
    """The tool's report: findings that no reason accepts, reasons that say nothing, reasons that nothing needs."""
    found, given = list(findings), list(reasons)
    failures = [
        f"{one.rule} {one.says}"
        for one in found
        if not any(one.rule == reason.rule and one.place in reason.places for reason in given)
    ]
    for reason in given:
        if len(reason.text.split()) < 3:
            failures.append(f"{reason.rule} is accepted without a reason: {reason.where}")
        if not any(one.rule == reason.rule and one.place in reason.places for one in found):
            failures.append(f"{reason.rule} is accepted, but nothing is found: {reason.where}")
    return Report(tool, failures, f"{len(found)} findings, each with its reason" if found else "nothing found")
