"""Campaigns: when they run, what makes them fire, what they then do and how often. Documents, compiled once."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from loyalty.domain.limits.counters import HISTORY_OPERATORS, Counter, Recurrence, Window, digest
from loyalty.domain.rules.conditions import ORDERS, Test, compiled
from loyalty.domain.rules.effects import Effect, GiveOffer, Multiple, compile_effect
from loyalty.domain.rules.fields import TIMES
from loyalty.domain.times import parse_instant, start_of_day
from loyalty.domain.wallet.lots import Lot

_BEGINNING = datetime.min.replace(tzinfo=UTC)
_END = datetime.max.replace(tzinfo=UTC)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MINUTES_A_DAY = 24 * 60


class Outcome(StrEnum):
    """How the evaluation of one campaign ended."""

    REWARDED = "Rewarded"
    PROGRESS_ONLY = "ProgressOnly"
    NO_MATCHING_CONDITIONS = "NoMatchingConditions"
    LIMIT_REACHED = "LimitReached"
    BUDGET_SPENT = "BudgetSpent"
    OUT_OF_SCHEDULE = "OutOfSchedule"
    EXCLUDED = "Excluded"


class Schedule(NamedTuple):
    """When a campaign runs: between two instants, and then on some days of the week and within hours of the brand."""

    running: bool
    starts_at: datetime
    ends_at: datetime
    days: frozenset[int]
    hours: tuple[int, int] | None

    def open(self, at: datetime, local: datetime) -> bool:
        """Whether it runs at an instant, which is `local` in the brand's zone.

        Hours may go on past midnight: what comes then still belongs to the day on which they began.
        """
        if not self.running or not self.starts_at <= at < self.ends_at:
            return False
        day = local.weekday()
        if self.hours:
            minute, (opens, closes) = local.hour * 60 + local.minute, self.hours
            past_midnight = closes < opens and minute < closes
            if not past_midnight and not opens <= minute < (closes if opens < closes else _MINUTES_A_DAY):
                return False
            day = (day - past_midnight) % 7
        return not self.days or day in self.days


class Condition(NamedTuple):
    """One condition as it was written, with the test of the event, or the counter of its history, that decides it."""

    field: str | None
    operator: str
    wanted: Any
    within: str | None
    test: Test | None
    counter: Counter | None

    @property
    def path(self) -> tuple[str, ...]:
        """Where it looks."""
        return tuple(self.field.split(".")) if self.field else ()


class Rule(NamedTuple):
    """Its effects apply if any of the outer conditions holds whole; none means always."""

    name: str | None
    conditions: tuple[tuple[Condition, ...], ...]
    effects: tuple[Effect, ...]


class Limits(NamedTuple):
    """How often and how much: by customer, in all, by event, and of a budget that all its amounts come out of."""

    per_customer: Recurrence | None = None
    times: int | None = None
    per_event: Decimal | None = None
    budget: Decimal | None = None
    partial: bool = True

    @property
    def shared(self) -> bool:
        """Whether customers share something that can be used up."""
        return self.budget is not None or self.times is not None


class Campaign(NamedTuple):
    """A campaign ready to be evaluated; `key` is its short name in a customer's tallies."""

    campaign_id: str
    key: str
    name: str
    trigger: str
    schedule: Schedule
    rules: tuple[Rule, ...]
    limits: Limits
    priority: int
    exclusive: str | None
    tz: ZoneInfo
    document: Mapping[str, Any]

    @property
    def end(self) -> datetime | None:
        """When it ends; None if it does not."""
        return None if self.schedule.ends_at == _END else self.schedule.ends_at

    @property
    def multiplies(self) -> bool:
        """Whether it adds to what other campaigns grant, and so comes after them."""
        return any(isinstance(effect, Multiple) for rule in self.rules for effect in rule.effects)

    @property
    def counters(self) -> list[Counter]:
        """All its operators over history."""
        return [
            one.counter for rule in self.rules for every in rule.conditions for one in every if one.counter is not None
        ]


class Progress(NamedTuple):
    """The rule that an event counted for, and how far that was before it and is with it, in percent."""

    rule: Rule
    before: Decimal
    now: Decimal


class CampaignResult(NamedTuple):
    """What one campaign made of one event. `due` is what it would have granted if that is more than it could.

    If it only counted, `progress` says how far it is.
    """

    campaign: Campaign
    outcome: Outcome
    lots: tuple[Lot, ...] = ()
    tags: Mapping[str, Any] | None = None
    due: Decimal | None = None
    winner: str | None = None
    offers: tuple[GiveOffer, ...] = ()
    progress: Progress | None = None

    @property
    def campaign_id(self) -> str:
        """Which campaign."""
        return self.campaign.campaign_id


def compile_campaign(campaign_id: str, document: Mapping[str, Any], tz: ZoneInfo, since: int = 0) -> Campaign:
    """A stored campaign (contract: `PUT /campaigns/{id}`) ready to be evaluated.

    `since` tells it from one of the same id that was deleted before: what customers counted for that is not its own.
    """
    seen: dict[str, int] = {}
    counted_as = f"{campaign_id}#{since}" if since else campaign_id
    return Campaign(
        campaign_id,
        digest(counted_as),
        document["name"],
        document["trigger"],
        _schedule(document, tz),
        tuple(_rule(counted_as, rule, tz, seen) for rule in document["rules"]),
        compile_limits(document.get("limits") or {}),
        document.get("priority") or 0,
        document.get("exclusive"),
        tz,
        document,
    )


def compile_limits(document: Mapping[str, Any]) -> Limits:
    """The `limits` of a stored campaign."""
    per_customer = document.get("per_customer")
    budget = document.get("budget")
    most = (document.get("per_event") or {}).get("amount")
    return Limits(
        Recurrence(per_customer["times"], per_customer.get("period") or "ever") if per_customer else None,
        (document.get("per_campaign") or {}).get("times"),
        None if most is None else Decimal(most),
        None if budget is None else Decimal(budget),
        document.get("when_short") != "nothing",
    )


def _schedule(document: Mapping[str, Any], tz: ZoneInfo) -> Schedule:
    hours = document.get("hours")
    return Schedule(
        document["status"] == "RUNNING",
        bound(document.get("start_date"), tz, timedelta()) or _BEGINNING,
        bound(document.get("end_date"), tz, timedelta(days=1)) or _END,
        frozenset(DAYS.index(day) for day in document.get("days_of_week") or ()),
        (minutes(hours["from"]), minutes(hours["to"])) if hours else None,
    )


def minutes(text: str) -> int:
    """`09:30` as minutes since midnight."""
    hour, _, minute = text.partition(":")
    return int(hour) * 60 + int(minute)


def _rule(counted_as: str, document: Mapping[str, Any], tz: ZoneInfo, seen: dict[str, int]) -> Rule:
    return Rule(
        document.get("name"),
        tuple(
            tuple(_condition(counted_as, one, every, tz, seen) for one in every)
            for every in document.get("conditions") or ()
        ),
        tuple(compile_effect(effect) for effect in document["effects"]),
    )


def _condition(
    counted_as: str, one: Mapping[str, Any], every: list[Mapping[str, Any]], tz: ZoneInfo, seen: dict[str, int]
) -> Condition:
    field, operator, wanted, within = one.get("field"), one["operator"], one.get("value", True), one.get("within")
    if operator not in HISTORY_OPERATORS:
        meant = _moments(operator, wanted, tz) if field in TIMES else wanted
        return Condition(field, operator, wanted, None, compiled(operator, meant), None)
    # A counter is named for what it counts, not for how much is wanted or where it stands: a campaign that is changed
    # elsewhere goes on counting. Counters of the same things are told apart by their order.
    others = sorted(_spelled(other) for other in every if other["operator"] not in HISTORY_OPERATORS)
    counts = digest(counted_as, operator, field or "", within or "", *others)
    seen[counts] = seen.get(counts, 0) + 1
    counter = Counter(
        digest(counts, str(seen[counts])),
        operator,
        Decimal(wanted),
        tuple(field.split(".")) if field else None,
        Window.read(within) if within else None,
    )
    return Condition(field, operator, wanted, within, None, counter)


def _moments(operator: str, wanted: Any, tz: ZoneInfo) -> Any:
    """What an operator wants of an instant: a day is the whole day of the brand, so `lte` has its last millisecond."""
    if operator == "between":
        return [_moment(wanted[0], tz, last=False), _moment(wanted[1], tz, last=True)]
    return _moment(wanted, tz, last=operator in ("gt", "lte")) if operator in ORDERS else wanted


def _moment(text: str, tz: ZoneInfo, *, last: bool) -> Any:
    at = bound(text, tz, timedelta(days=last))
    return at - timedelta(milliseconds=1) if at and last and "T" not in text.upper() else at or text


def _spelled(condition: Mapping[str, Any]) -> str:
    return f"{condition['field']} {condition['operator']} {condition.get('value', True)}"


def bound(text: str | None, tz: ZoneInfo, whole_day: timedelta) -> datetime | None:
    """A time as it is, or a day as the instant it begins in the brand's zone, or ends with `whole_day`."""
    try:
        if text and "T" not in text.upper():
            return start_of_day(date.fromisoformat(text) + whole_day, tz)
        return parse_instant(text) if text else None
    except OverflowError:  # the first or the last day there is, as some write "always" and "never"
        return None
