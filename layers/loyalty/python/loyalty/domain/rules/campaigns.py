"""Campaigns as they are written: when they run, what makes them fire, what they then do and how often."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal, get_args

import pydantic
from pydantic import Field, PlainValidator, ValidationInfo, WithJsonSchema, field_validator
from pydantic_core import PydanticCustomError

from loyalty.domain.errors import FieldProblem
from loyalty.domain.limits.budgets import MAX_SHARDS
from loyalty.domain.program.catalog import Catalog
from loyalty.domain.rules.conditions import (
    DAY_OR_TIME,
    AnyItemCondition,
    Condition,
    CountCondition,
    HistoryCondition,
    Where,
    is_day_or_time,
)
from loyalty.domain.rules.effects import FIELDS, KINDS, Effect, Multiple, Percentage, Points
from loyalty.domain.rules.fields import items_of
from loyalty.domain.rules.predicates import instant_of
from loyalty.domain.schemas import PositiveAmount, Settings, Text, field_problems, validate
from loyalty.domain.times import zone

MAX_COUNTERS = 10
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
DAYS: tuple[str, ...] = get_args(Day)

_TIME_OF_DAY = r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00"


def _day_or_time(value: Any) -> Any:
    if not is_day_or_time(value):
        raise PydanticCustomError("day", DAY_OR_TIME)
    return value


def _time_of_day(value: Any) -> Any:
    if not isinstance(value, str) or not re.fullmatch(_TIME_OF_DAY, value):
        raise PydanticCustomError("time_of_day", "must be a time of day such as 09:30")
    return value


DayOrTime = Annotated[
    str,
    PlainValidator(_day_or_time),
    WithJsonSchema({"type": "string", "examples": ["2026-01-31", "2026-01-31T09:30:00Z"]}),
]
"""A day of the brand, or a time."""

TimeOfDay = Annotated[
    str, PlainValidator(_time_of_day), WithJsonSchema({"type": "string", "pattern": f"^({_TIME_OF_DAY})$"})
]
"""A time of day of the brand, `24:00` being its end."""


class Hours(Settings):
    """The part of the day in which a campaign runs; it may go on past midnight."""

    from_: TimeOfDay = Field(alias="from")
    """When it begins."""
    to: TimeOfDay
    """Before when it ends; on the next day if that is not after `from`."""

    @field_validator("from_")
    @classmethod
    def _before_midnight(cls, from_: str) -> str:
        if from_ == "24:00":
            raise PydanticCustomError("hours", "must be before 24:00")
        return from_

    @field_validator("to")
    @classmethod
    def _not_empty(cls, to: str, info: ValidationInfo) -> str:
        if to == info.data.get("from_"):
            raise PydanticCustomError("hours", "must be another time than hours.from")
        return to


class PerCustomer(Settings):
    """How often one customer is rewarded."""

    times: int = Field(ge=1, le=1_000_000)
    """How often at most."""
    period: Literal["day", "week", "month", "ever"] | None = None
    """The calendar day, week or month of the brand in which that counts; `ever` if this is left out."""


class PerCampaign(Settings):
    """How often all customers together are rewarded."""

    times: int = Field(ge=1, le=1_000_000_000)
    """How often at most."""


class PerEvent(Settings):
    """How much one event is granted at most."""

    amount: PositiveAmount
    """How much at most, of all rewards together."""


class Limits(Settings):
    """How often and how much: by customer, in all, by event, and of a budget that all amounts come out of."""

    per_customer: PerCustomer | None = None
    """How often one customer is rewarded."""
    per_campaign: PerCampaign | None = None
    """How often all customers together are rewarded."""
    per_event: PerEvent | None = None
    """How much one event is granted."""
    budget: PositiveAmount | None = None
    """How much all events together are granted, of all rewards."""
    when_short: Literal["partial", "nothing"] | None = None
    """What is granted where the budget has less left than is due: that, or nothing; `partial` if it is left out."""
    shards: int | None = Field(default=None, ge=1, le=MAX_SHARDS)
    """How many counters the budget and `per_campaign` are split over, each for 250 events a second; 8 if left out."""

    @field_validator("when_short")
    @classmethod
    def _of_a_budget(cls, when_short: str | None, info: ValidationInfo) -> str | None:
        if when_short and info.data.get("budget", ...) is None:
            raise PydanticCustomError("budget", "means nothing without a budget")
        return when_short

    @field_validator("shards")
    @classmethod
    def _of_something_shared(cls, shards: int | None, info: ValidationInfo) -> int | None:
        if shards and info.data.get("budget", ...) is None and info.data.get("per_campaign", ...) is None:
            raise PydanticCustomError("shards", "means nothing without a budget or per_campaign")
        return shards

    @property
    def times(self) -> int | None:
        """How often all customers together are rewarded; None if that has no limit."""
        return self.per_campaign.times if self.per_campaign else None

    @property
    def shared(self) -> bool:
        """Whether customers share something that can be used up."""
        return self.budget is not None or self.per_campaign is not None


Together = Annotated[list[Condition], Field(min_length=1, max_length=50)]
"""Conditions that have to hold together."""


class Rule(Settings):
    """Its effects apply if any of the outer conditions holds whole; without conditions they always do."""

    name: Text | None = None
    """What people call it."""
    conditions: Annotated[list[Together], Field(max_length=50)] | None = None
    """Any of these lists has to hold whole."""
    effects: Annotated[list[Effect], Field(min_length=1, max_length=20)]
    """What it then does, all of it."""


class Campaign(Settings):
    """What a `PUT /campaigns/{id}` takes, a file of a campaign says, and the table holds."""

    name: Text
    """What people call it."""
    trigger: Text
    """The type of the events that it is evaluated for."""
    status: Literal["RUNNING", "PAUSED"] | None = None
    """Whether it can reward events; it can if this is left out."""
    start_date: DayOrTime | None = None
    """From when it runs."""
    end_date: DayOrTime | None = None
    """Until when it runs: until the end of a day, or before a time."""
    days_of_week: Annotated[list[Day], Field(min_length=1, max_length=7)] | None = None
    """On which days it runs; on all if this is left out."""
    hours: Hours | None = None
    """Within which hours it runs."""
    priority: int | None = Field(None, ge=-1000, le=1000)
    """Campaigns with a higher one are evaluated first; 0 if this is left out."""
    exclusive: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    """The name of a group, of which one campaign alone rewards an event: the first that can."""
    limits: Limits | None = None
    """How often and how much it grants."""
    rules: Annotated[list[Rule], Field(min_length=1, max_length=50)]
    """What it does under which conditions; each rule that matches does."""

    @property
    def multiplies(self) -> bool:
        """Whether it adds to what other campaigns grant, and so comes after them."""
        return any(isinstance(effect, Multiple) for rule in self.rules for effect in rule.effects)

    @field_validator("end_date")
    @classmethod
    def _after_start(cls, end_date: str | None, info: ValidationInfo) -> str | None:
        start_date = info.data.get("start_date")
        days = all("T" not in (date or "").upper() for date in (start_date, end_date))
        # Where the brand is is not known here: beside a time, a day is taken where it begins first, or ends last.
        starts = instant_of(start_date, zone("UTC" if days else "Etc/GMT-14"))
        ends = instant_of(end_date, zone("UTC" if days else "Etc/GMT+12"), end_of_day=True)
        if starts and ends and ends <= starts:
            raise PydanticCustomError("dates", "must be on or after start_date")
        return end_date

    @field_validator("rules")
    @classmethod
    def _few_counters(cls, rules: list[Rule]) -> list[Rule]:
        conditions = [one for rule in rules for together in rule.conditions or () for one in together]
        if sum(isinstance(one, HistoryCondition | CountCondition) for one in conditions) > MAX_COUNTERS:
            raise PydanticCustomError("counters", f"must have at most {MAX_COUNTERS} conditions over history")
        return rules

    @classmethod
    def problems(cls, error: pydantic.ValidationError) -> list[FieldProblem]:
        """What does not fit; of a field that belongs to another effect, or is missing, beside which one that is."""
        found = zip(error.errors(include_url=False, include_input=False), field_problems(error), strict=False)
        return [problem._replace(message=_message(one["type"], one["loc"], problem.message)) for one, problem in found]


# Settings defer building their validators; this one is built while a function starts, as its first event needs it.
Campaign.model_rebuild()


def check_campaign(body: object, catalog: Catalog) -> Campaign:
    """The campaign in a request or a file, whose rewards and config offers have to be in the catalog.

    Raises ValidationError with every path that cannot be meant.
    """
    return validate(Campaign, body, catalog)


def written_fields(campaign: Campaign) -> Iterator[tuple[str, str]]:
    """Yield where a campaign names a field, and the field: of items of a list, with the path of the list."""
    for r, rule in enumerate(campaign.rules):
        for i, together in enumerate(rule.conditions or ()):
            for j, condition in enumerate(together):
                yield from _fields_of_condition(f"rules.{r}.conditions.{i}.{j}", condition)
        for e, effect in enumerate(rule.effects):
            at = f"rules.{r}.effects.{e}"
            if isinstance(effect, Percentage):
                yield from _measured_fields(f"{at}.of", effect.of, f"{at}.where", effect.where)
            elif isinstance(effect, Points) and effect.per:
                yield from _measured_fields(f"{at}.per.field", effect.per.field, f"{at}.per.where", effect.per.where)


def _fields_of_condition(at: str, condition: Condition) -> Iterator[tuple[str, str]]:
    if isinstance(condition, AnyItemCondition):
        yield f"{at}.any_item", condition.any_item
        yield from _fields_of_items(f"{at}.where", condition.any_item, condition.where)
    elif condition.field:
        where = condition.where if isinstance(condition, HistoryCondition | CountCondition) else None
        yield from _measured_fields(f"{at}.field", condition.field, f"{at}.where", where)


def _measured_fields(at: str, field: str, at_where: str, where: Where | None) -> Iterator[tuple[str, str]]:
    yield at, field
    yield from _fields_of_items(at_where, items_of(field), where or ())


def _fields_of_items(at: str, items: str, where: Iterable[Iterable[Any]]) -> Iterator[tuple[str, str]]:
    for i, together in enumerate(where):
        for j, one in enumerate(together):
            yield f"{at}.{i}.{j}.field", f"{items}.{one.field}" if items else str(one.field)


def read_stored(document: Mapping[str, Any]) -> Campaign | list[FieldProblem]:
    """A stored campaign, or what is wrong with it if this release cannot read it.

    It was valid when it was written: only a release that takes less, or a hand in the table, makes it invalid.
    """
    try:
        return Campaign.model_validate(document)
    except pydantic.ValidationError as error:
        return Campaign.problems(error)


def to_document(body: Mapping[str, Any]) -> dict[str, Any]:
    """What is stored of a campaign that has been checked: it as it was written, running if it does not say."""
    return {**body, "status": body.get("status") or "RUNNING"}


def _message(kind: str, loc: tuple[int | str, ...], message: str) -> str:
    """What is said of a field in an effect's own words, else what is said of any field."""
    effect = KINDS.get(loc[-2]) if len(loc) > 1 else None
    if effect and kind == "extra_forbidden" and loc[-1] in FIELDS:
        return f"means nothing beside {effect}"
    return f"is required with {effect}" if effect and kind == "missing" and loc[-1] in ("of", "valid_for") else message
