"""The forms of requests from marketing tools (RBI's API): an offer or points for one customer.

A template engine renders what it does not know as an empty string: here that is an absent value, as null is. The
messages are read by whoever wrote the template.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from loyalty.domain.customers.identities import normalized_email
from loyalty.domain.errors import FieldProblem, ValidationError
from loyalty.domain.offers import UNRANKED
from loyalty.domain.shapes import Shape, amount, converted, identifier, record, text, whole

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE | re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_EARLIEST_YEAR = 2000
_DAYS = ("startDate", "endDate")


def _day(value: object) -> str:
    if parsed(value) is None:
        left_in = isinstance(value, str) and value.strip().lower() == "yyyy-mm-dd"
        what = "still is the placeholder yyyy-mm-dd: put a day in its place" if left_in else "must be a day"
        raise PydanticCustomError("day", "{what}, such as 2026-01-31", {"what": what})
    return str(value)


def parsed(value: object) -> date | None:
    """The day in a value that is one as `yyyy-mm-dd`, else None."""
    try:
        day = date.fromisoformat(value) if isinstance(value, str) and _DAY.fullmatch(value) else None
    except ValueError:
        return None
    return day if day and day.year >= _EARLIEST_YEAR else None


def _email(value: object) -> str:
    try:
        return normalized_email(value if isinstance(value, str) else "")
    except ValueError as error:
        raise PydanticCustomError("email", "{what}", {"what": str(error)}) from None


def _points(value: object) -> object:
    if isinstance(value, str):
        raise PydanticCustomError("number_type", "must be a number, without quotation marks around it")
    if value == 0:
        raise PydanticCustomError("number_type", "must not be 0")
    return value


_DATE = converted(_day, {"type": "string", "format": "date"})
_EMAIL = converted(_email, {"type": "string", "format": "email"})
_SAID = {"userId": identifier(), "email": _EMAIL, "idempotencyKey": text()}


class AssignmentForm:
    """Checks a request; calling it with one gives the checked fields or a ValidationError that names every bad one."""

    def __init__(self, required: Mapping[str, CoreSchema], optional: Mapping[str, CoreSchema]) -> None:
        self.names = frozenset({"source", *required, *_SAID, *optional})
        self.shape = Shape(record({"source": text(), **required}, {**_SAID, **optional}, empty_is_absent=True))

    def __call__(self, sent: object) -> dict[str, Any]:
        """Check the request: the fields that are known here, without empty ones."""
        said = _without_empty(sent)
        problems: list[FieldProblem] = []
        checked: dict[str, Any] = {}
        try:
            checked = self.shape(said)
        except ValidationError as refusal:
            problems += refusal.fields
        if isinstance(said, dict):
            problems += _between_fields(said)
            user = said.get("userId")
            # An id of another form may still be a customer's; beside other mistakes it is more likely one of them.
            if problems and isinstance(user, str) and not is_uuid(user):
                problems += [not_a_uuid()] if "userId" not in {field for field, _ in problems} else []
        if problems:
            raise ValidationError(*problems)
        known = {name: value for name, value in checked.items() if name in self.names}
        days = known.get("ruleParams", {})
        return {**known, "ruleParams": {name: days[name] for name in _DAYS}} if days else known


def is_uuid(text: str) -> bool:
    """Whether this is the text of a UUID."""
    return _UUID.fullmatch(text) is not None


def not_a_uuid() -> FieldProblem:
    """What is wrong with an id that is no UUID, and no customer's either."""
    return FieldProblem("userId", "must be a UUID, such as 6d13456a-1304-5109-a117-af4de20b2487")


def _without_empty(sent: object) -> object:
    if not isinstance(sent, Mapping):
        return sent
    return {name: _without_empty(value) for name, value in sent.items() if value not in ("", None)}


def _between_fields(said: Mapping[str, Any]) -> list[FieldProblem]:
    problems: list[FieldProblem] = []
    if "userId" not in said and "email" not in said:
        problems.append(FieldProblem("userId", "is required, or email"))
    days = said.get("ruleParams")
    if isinstance(days, dict):
        starts, ends = parsed(days.get("startDate")), parsed(days.get("endDate"))
        if starts and ends and ends < starts:
            problems.append(FieldProblem("ruleParams.endDate", "must be on or after startDate"))
    return problems


CREATE_OFFER = AssignmentForm(
    {
        "reference": text(500),
        "configId": identifier(),
        "ruleParams": record(dict.fromkeys(_DAYS, _DATE)),
    },
    {"rank": whole(1, UNRANKED - 1)},
)
ASSIGN_POINTS = AssignmentForm(
    {"pointsEarned": core_schema.chain_schema([converted(_points, {}), amount()])},
    {"reference": text(500), "rewardId": identifier()},
)
