"""Why a campaign did what it did: kept with the event in two parts, and told in sentences.

The book is the same for all events of a trigger until its campaigns change: their names, rules and tests. The trace is
what one event met there: an outcome for each campaign, whether each test held, and what was found.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from loyalty.domain.rules.campaigns import Outcome
from loyalty.domain.times import format_instant

View = dict[str, Any]

LETTERS = {
    Outcome.REWARDED: "R",
    Outcome.PROGRESS_ONLY: "P",
    Outcome.NO_MATCHING_CONDITIONS: "N",
    Outcome.LIMIT_REACHED: "L",
    Outcome.BUDGET_SPENT: "B",
    Outcome.OUT_OF_SCHEDULE: "S",
    Outcome.EXCLUDED: "X",
}
_BY_LETTER = {letter: outcome for outcome, letter in LETTERS.items()}
_MOST_VALUES = 5
_MOST_WANTED = 20
_LONGEST_VALUE = 100


@dataclass(frozen=True)
class RulesetSnapshot:
    """What is the same for every event: plain JSON. `kept` is for whoever stores it, once for all events."""

    document: Mapping[str, Any]
    kept: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)


class EvaluationTrace(NamedTuple):
    """What one event met: by campaign, by test, by field, by counter, and what was granted, by campaign."""

    outcomes: str
    held: str
    found: Sequence[Any]
    reached: Mapping[str, Any]
    granted: Mapping[str, Any]


def shown(values: Sequence[Any]) -> Any:
    """Values as an explanation keeps them: one by itself, of several the first few, none as null."""
    if len(values) == 1:
        return _short(values[0])
    more = [f"and {len(values) - _MOST_VALUES} more"] if len(values) > _MOST_VALUES else []
    return [*map(_short, values[:_MOST_VALUES]), *more] or None


def wanted(value: Any) -> Any:
    """A wanted value as an explanation keeps it: of a long list the first few."""
    if not isinstance(value, list):
        return _short(value)
    more = [f"and {len(value) - _MOST_WANTED} more"] if len(value) > _MOST_WANTED else []
    return [*map(_short, value[:_MOST_WANTED]), *more]


def _short(value: Any) -> Any:
    if isinstance(value, datetime):
        return format_instant(value)
    if isinstance(value, str):
        return value if len(value) <= _LONGEST_VALUE else value[:_LONGEST_VALUE] + "…"
    return value if value is None or isinstance(value, bool | int | Decimal) else "an object"


def explained(book: Mapping[str, Any], trace: EvaluationTrace) -> list[View]:
    """Every campaign of the trigger with its outcome, a sentence, and each condition: wanted, found, held."""
    names = {row[0]: row[1] for row in book["campaigns"]}
    return [
        _explained(book, trace, row, str(i), _BY_LETTER[letter], names)
        for i, (row, letter) in enumerate(zip(book["campaigns"], trace.outcomes, strict=False))
    ]


def _explained(
    book: Mapping[str, Any],
    trace: EvaluationTrace,
    row: Sequence[Any],
    number: str,
    outcome: Outcome,
    names: Mapping[str, str],
) -> View:
    campaign_id, name, rules, *more = row
    lots, tags, due, winner, *given = trace.granted.get(number, ([], {}, None, None))
    offers = given[0] if given else []
    shown_rules = [_rule(book, trace, rule_name, any_of) for rule_name, any_of in rules]
    about = more[0] if more else {}
    return {
        "campaign_id": campaign_id,
        "name": name,
        "outcome": outcome,
        "sentence": _sentence(outcome, shown_rules, about, lots, offers, tags, due, names.get(winner, winner)),
        "granted": [{"reward_id": reward_id, "amount": amount} for reward_id, amount in lots],
        "offers": offers,
        "tags": tags,
        "rules": shown_rules,
    }


def _rule(book: Mapping[str, Any], trace: EvaluationTrace, name: str | None, any_of: Sequence[Sequence[int]]) -> View:
    conditions = [[_condition(book, trace, n) for n in every] for every in any_of]
    held = not conditions or any(all(one["held"] for one in every) for every in conditions)
    return {"name": name, "held": held, "conditions": conditions}


def _condition(book: Mapping[str, Any], trace: EvaluationTrace, number: int) -> View:
    if number >= 0:
        place, operator, wanted = book["tests"][number]
        held = trace.held[number] == "1"
        return {
            "field": book["fields"][place],
            "operator": operator,
            "wanted": wanted,
            "found": trace.found[place],
            "held": held,
        }
    field_name, operator, wanted, within = book["counters"][-1 - number]
    reached = trace.reached.get(str(-1 - number), 0)
    more = {"within": within} if within else {}
    held = bool(reached >= wanted)
    return {"field": field_name, "operator": operator, "wanted": wanted, **more, "found": reached, "held": held}


def _sentence(
    outcome: Outcome,
    rules: Sequence[View],
    about: Mapping[str, Any],
    lots: Sequence[Any],
    offers: Sequence[str],
    tags: Mapping[str, Any],
    due: Any,
    winner: str | None,
) -> str:
    if outcome is Outcome.REWARDED:
        return _rewarded(lots, offers, tags, due)
    why = {
        Outcome.LIMIT_REACHED: lambda: _limit(about.get("limits") or {}),
        Outcome.BUDGET_SPENT: lambda: f"{_spelled(due)} were due, and its budget has not that much left",
        Outcome.EXCLUDED: lambda: f"{winner} came first, and only one of their group can reward an event",
    }
    if outcome in why:
        return f"It did not fire: {why[outcome]()}."
    if outcome is Outcome.OUT_OF_SCHEDULE:
        return f"It did not run then: {_schedule(about)}."
    if any(rule["held"] for rule in rules):
        return "Its conditions held, but there was nothing to grant."
    counted = outcome is Outcome.PROGRESS_ONLY
    missing = "; ".join(map(_missing, _nearest(rules, counted=counted)))
    return f"{'It counted, but is not there yet' if counted else 'It did not fire'}: {missing}."


def _rewarded(lots: Sequence[Any], offers: Sequence[str], tags: Mapping[str, Any], due: Any) -> str:
    granted = [f"{_spelled(amount)} {reward_id}" for reward_id, amount in lots]
    did = [f"granted {_listed(granted)}"] if lots else []
    did += [f"gave the offer {config_id}" for config_id in offers]
    did += [f"set the tag {name} to {_spelled(value)}" for name, value in tags.items()]
    short = f", of {_spelled(due)} due: that was all its budget had left" if due is not None else ""
    return f"It {_listed(did)}{short}."


def _nearest(rules: Sequence[View], *, counted: bool) -> list[View]:
    """What was missing of the alternative that came nearest; if the event counted, of those it counted for.

    Of an alternative that it did not count for, what has been counted is not to blame.
    """
    alternatives = [[one for one in every if not one["held"]] for rule in rules for every in rule["conditions"]]
    of_event = [[one for one in every if one["operator"] not in _COUNTED] for every in alternatives]
    nearest = min(range(len(alternatives)), key=lambda i: (counted and bool(of_event[i]), len(alternatives[i])))
    return of_event[nearest] or alternatives[nearest]


def _missing(one: View) -> str:
    wanted = one["wanted"]
    if one["operator"] in _COUNTED:
        within = f" within {one['within'].replace('/', ' ')}" if "within" in one else ""
        what = _COUNTED[one["operator"]].format(field=one["field"])
        return f"{what} {_spelled(one['found'])} so far{within}, it has to be at least {_spelled(wanted)}"
    if one["operator"] == "exists":
        return f"{one['field']} {'was missing' if wanted is not False else 'was there, and must not be'}"
    found_words = "was missing" if one["found"] is None else f"was {_told_apart(one['found'], wanted)}"
    if one["operator"] == "between":
        return f"{one['field']} {found_words}, it has to be from {_spelled(wanted[0])} to {_spelled(wanted[1])}"
    return f"{one['field']} {found_words}, it has to {_HAS_TO[one['operator']]} {_spelled(wanted)}"


def _told_apart(found: Any, wanted: Any) -> str:
    """A value that was found; where a number was wanted and a text looks like one, or the other way round, its kind."""
    kinds = [_kind(one[0] if isinstance(one, list) and one else one) for one in (found, wanted)]
    return f"the {kinds[0]} {_spelled(found)}" if None not in kinds and kinds[0] != kinds[1] else _spelled(found)


def _kind(value: Any) -> str | None:
    if isinstance(value, str):
        return "text"
    return "number" if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


_COUNTED = {
    "total_gte": "the total of {field} was",
    "count_gte": "the number of times was",
    "distinct_gte": "the number of different values of {field} was",
    "repeat_gte": "the times {field} was the same were",
}
_HAS_TO = {
    "eq": "be",
    "ne": "be other than",
    "gt": "be more than",
    "gte": "be at least",
    "lt": "be less than",
    "lte": "be at most",
    "in": "be one of",
    "not_in": "be none of",
    "contains": "contain",
    "starts_with": "start with",
}


def _schedule(about: Mapping[str, Any]) -> str:
    return (
        "it is paused" if about.get("status") == "PAUSED" else f"it runs {', '.join(_when(about)) or 'at other times'}"
    )


def _when(about: Mapping[str, Any]) -> Iterator[str]:
    if about.get("start_date"):
        yield f"from {about['start_date']}"
    if about.get("end_date"):
        yield f"until {about['end_date']}"
    if about.get("days_of_week"):
        yield f"on {_listed(about['days_of_week'])}"
    if about.get("hours"):
        yield f"between {about['hours']['from']} and {about['hours']['to']}"


def _limit(limits: Mapping[str, Any]) -> str:
    said = []
    if one := limits.get("per_customer"):
        period = one.get("period") or "ever"
        often = "once" if one["times"] == 1 else f"{one['times']} times"
        said.append(f"it rewards a customer {often} {'in all' if period == 'ever' else f'a {period}'}")
    if one := limits.get("per_campaign"):
        said.append(f"it rewards {one['times']} times in all")
    return f"{' and '.join(said)}, and that has been reached"


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _spelled(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_spelled, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
