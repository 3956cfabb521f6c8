"""What a campaign made of an event, in one English sentence."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from loyalty.domain.rules.outcomes import Outcome
from loyalty.domain.rules.predicates import is_number

Json = Mapping[str, Any]

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
_NONE_MAY = {"ne": "be", "not_in": "be one of"}


def sentence(outcome: Outcome, rules: Sequence[Json], settings: Json, result: Json, winner: str) -> str:
    """The outcome in words.

    `settings` are the campaign's schedule and limits, `result` is what it granted, `winner` who came first instead.
    """
    match outcome:
        case Outcome.REWARDED:
            return _rewarded(result)
        case Outcome.OUT_OF_SCHEDULE:
            return f"It did not run then: {_schedule(settings)}."
        case Outcome.NOT_EVALUATED:
            return "It was not evaluated: the event has more values than its campaigns can look at."
        case Outcome.LIMIT_REACHED:
            why = _limits(settings.get("limits", {}))
        case Outcome.BUDGET_SPENT:
            why = f"{_spell(result['due'])} were due, and its budget has not that much left"
        case Outcome.EXCLUDED:
            why = f"{winner} came first, and only one of their group can reward an event"
        case _:
            return _unrewarded(rules, counted=outcome is Outcome.PROGRESS_ONLY)
    return f"It did not fire: {why}."


def _unrewarded(rules: Sequence[Json], *, counted: bool) -> str:
    if any(rule["held"] for rule in rules):
        return "Its conditions held, but there was nothing to grant."
    missing = "; ".join(map(_missing, _nearest(rules, counted=counted)))
    return f"{'It counted, but is not there yet' if counted else 'It did not fire'}: {missing}."


def _rewarded(result: Json) -> str:
    granted = [f"{_spell(one['amount'])} {one['reward_id']}{_vesting(one)}" for one in result.get("granted", ())]
    did = [f"granted {_listed(granted)}"] if granted else []
    did += [f"gave the offer {config_id}" for config_id in result.get("offers", ())]
    did += [f"set the tag {name} to {_spell(value)}" for name, value in result.get("tags", {}).items()]
    short = f", of {_spell(result['due'])} due: that was all its budget had left" if "due" in result else ""
    return f"It {_listed(did)}{short}."


def _vesting(granted: Json) -> str:
    return f", pending until {granted['available_from']}" if "available_from" in granted else ""


def _nearest(rules: Sequence[Json], *, counted: bool) -> list[Json]:
    """What was missing of the alternative that came nearest; if the event counted, of those it counted for.

    Of an alternative that it did not count for, what has been counted is not to blame.
    """
    alternatives = [[one for one in together if not one["held"]] for rule in rules for together in rule["conditions"]]
    of_event = [[one for one in missing if one.get("operator") not in _COUNTED] for missing in alternatives]
    nearest = min(range(len(alternatives)), key=lambda i: (counted and bool(of_event[i]), len(alternatives[i])))
    return of_event[nearest] or alternatives[nearest]


def _missing(one: Json) -> str:
    if "any_item" in one:
        return _missing_item(one)
    wanted = one["wanted"]
    if one["operator"] in _COUNTED:
        within = f" within {one['within'].replace('/', ' ')}" if "within" in one else ""
        chosen = " of some items" if "where" in one else ""
        what = _COUNTED[one["operator"]].format(field=f"{one['field']}{chosen}")
        return f"{what} {_spell(one['found'])} so far{within}, it has to be at least {_spell(wanted)}"
    if one["operator"] == "exists":
        return f"{one['field']} {'was missing' if wanted is not False else 'was there, and must not be'}"
    was = "was missing" if one["found"] is None else f"was {_told_apart(one['found'], wanted)}"
    if one["operator"] == "between":
        return f"{one['field']} {was}, it has to be from {_spell(wanted[0])} to {_spell(wanted[1])}"
    if one["operator"] in _NONE_MAY and isinstance(one["found"], list):
        return f"{one['field']} {was}, none of them may {_NONE_MAY[one['operator']]} {_spell(wanted)}"
    return f"{one['field']} {was}, it has to {_HAS_TO[one['operator']]} {_spell(wanted)}"


def _missing_item(one: Json) -> str:
    """What was missing of the item that came nearest."""
    items = one["any_item"]
    if one["item"] is None:
        return f"{items} had no items"
    missing = min(([each for each in together if not each["held"]] for together in one["where"]), key=len)
    of_it = "; ".join(map(_missing, missing))
    return f"no item of {items} met all conditions: of {items}.{one['item']}, which came nearest, {of_it}"


def _told_apart(found: Any, wanted: Any) -> str:
    """A value that was found; its kind as well where a number was wanted and it is a text, or the other way round."""
    kinds = [_kind(one[0] if isinstance(one, list) and one else one) for one in (found, wanted)]
    differ = None not in kinds and kinds[0] != kinds[1] and not (isinstance(found, str) and is_number(found))
    return f"the {kinds[0]} {_spell(found)}" if differ else _spell(found)


def _kind(value: Any) -> str | None:
    if isinstance(value, str):
        return "text"
    return "number" if isinstance(value, int | Decimal) and not isinstance(value, bool) else None


def _schedule(settings: Json) -> str:
    if settings.get("status") == "PAUSED":
        return "it is paused"
    return f"it runs {', '.join(_when(settings)) or 'at other times'}"


def _when(settings: Json) -> Iterator[str]:
    if settings.get("start_date"):
        yield f"from {settings['start_date']}"
    if settings.get("end_date"):
        yield f"until {settings['end_date']}"
    if settings.get("days_of_week"):
        yield f"on {_listed(settings['days_of_week'])}"
    if settings.get("hours"):
        yield f"between {settings['hours']['from']} and {settings['hours']['to']}"


def _limits(limits: Json) -> str:
    reached = []
    if per_customer := limits.get("per_customer"):
        period = per_customer.get("period") or "ever"
        often = "once" if per_customer["times"] == 1 else f"{per_customer['times']} times"
        reached.append(f"it rewards a customer {often} {'in all' if period == 'ever' else f'a {period}'}")
    if per_campaign := limits.get("per_campaign"):
        reached.append(f"it rewards {per_campaign['times']} times in all")
    return f"{' and '.join(reached)}, and that has been reached"


def _listed(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _spell(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_spell, value))
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
