"""Campaigns ready to be evaluated: dates as instants of the brand, conditions as predicates and counters."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from loyalty.domain.limits.budgets import DEFAULT_SHARDS, Shards
from loyalty.domain.limits.counters import Counter, Recurrence, Window, digest
from loyalty.domain.rules.campaigns import DAYS, Campaign, Limits, Rule
from loyalty.domain.rules.conditions import AnyItemCondition, Condition, CountCondition, HistoryCondition
from loyalty.domain.rules.effects import Effect, Percentage, Points
from loyalty.domain.rules.fields import TIMES, Source
from loyalty.domain.rules.predicates import ORDERING, Predicate, compile_predicate, instant_of, whole_days

_BEGINNING = datetime.min.replace(tzinfo=UTC)
_END = datetime.max.replace(tzinfo=UTC)
_MINUTES_A_DAY = 24 * 60


class Schedule(NamedTuple):
    """When a campaign runs: between two instants, and then on some days of the week and within hours of its zone."""

    is_running: bool
    starts_at: datetime
    ends_at: datetime
    days: frozenset[int]
    hours: tuple[int, int] | None
    tz: ZoneInfo

    @classmethod
    def of(cls, campaign: Campaign, tz: ZoneInfo) -> "Schedule":
        """The schedule of a campaign in its brand's zone."""
        return cls(
            campaign.status != "PAUSED",
            instant_of(campaign.start_date, tz) or _BEGINNING,
            instant_of(campaign.end_date, tz, end_of_day=True) or _END,
            frozenset(DAYS.index(day) for day in campaign.days_of_week or ()),
            (_minutes(campaign.hours.from_), _minutes(campaign.hours.to)) if campaign.hours else None,
            tz,
        )

    def is_open(self, at: datetime) -> bool:
        """Whether the campaign runs at an instant.

        Hours may go on past midnight: what comes then still belongs to the day on which they began.
        """
        if not self.is_running or not self.starts_at <= at < self.ends_at:
            return False
        if not self.hours and not self.days:
            return True
        local = at.astimezone(self.tz)
        day = local.weekday()
        if self.hours:
            minute, (opens, closes) = local.hour * 60 + local.minute, self.hours
            past_midnight = closes < opens and minute < closes
            if not past_midnight and not opens <= minute < (closes if opens < closes else _MINUTES_A_DAY):
                return False
            day = (day - past_midnight) % 7
        return not self.days or day in self.days


class CompiledCondition(NamedTuple):
    """A condition with the predicate on the event, or the counter of its history, that decides it.

    Both take the values of a `source`; only a counter of events has none. Conditions with the same `key` are the same:
    they hold for the same events.
    """

    settings: Condition
    key: str
    source: Source | None
    predicate: Predicate | None = None
    counter: Counter | None = None


class Alternative(NamedTuple):
    """Conditions of a rule that together make its effects apply; without any, they always do.

    Those on the event are known by their keys, and those on history by their counters.
    """

    rule: Rule
    conditions: tuple[CompiledCondition, ...]
    event_keys: frozenset[str]
    counters: tuple[Counter, ...]


class CompiledCampaign(NamedTuple):
    """A campaign ready to be evaluated; `usage_key` is its short name in what a customer has used of limits.

    `event_keys` are the conditions on the event of each of its alternatives: it can only match if one has them all.
    `condition_keys` are these together; `measured` is what effects take values from, `counted` what counters do.
    """

    campaign_id: str
    usage_key: str
    settings: Campaign
    schedule: Schedule
    alternatives: tuple[Alternative, ...]
    event_keys: tuple[frozenset[str], ...]
    condition_keys: frozenset[str]
    measured: tuple[Source, ...]
    counted: tuple[Source, ...]
    limits: Limits
    recurrence: Recurrence | None
    tz: ZoneInfo
    shards: Shards

    @property
    def end(self) -> datetime | None:
        """When it ends; None if it does not."""
        return None if self.schedule.ends_at == _END else self.schedule.ends_at

    @property
    def multiplies(self) -> bool:
        """Whether it adds to what other campaigns grant, and so comes after them."""
        return self.settings.multiplies

    @property
    def conditions(self) -> list[CompiledCondition]:
        """All its conditions."""
        return [one for alternative in self.alternatives for one in alternative.conditions]

    @property
    def all_sources(self) -> list[Source]:
        """What its conditions and effects take values from."""
        return [*self.measured, *(one.source for one in self.conditions if one.source)]

    @property
    def counters(self) -> list[Counter]:
        """The counters of all its conditions over history."""
        return [one.counter for one in self.conditions if one.counter]


def compile_campaign(
    campaign_id: str, campaign: Campaign, tz: ZoneInfo, since: int = 0, all_shards: int = DEFAULT_SHARDS
) -> CompiledCampaign:
    """A campaign ready to be evaluated in its brand's zone.

    `all_shards` is over how many shards its budget was ever spread. `since` tells it from one of the same id that was
    deleted before: what customers counted for that is not its own.
    """
    counted_as = f"{campaign_id}#{since}" if since else campaign_id
    limits = campaign.limits or Limits(shards=None)
    often = limits.per_customer
    alternatives = tuple(_compile_rules(campaign, counted_as, tz))
    return CompiledCampaign(
        campaign_id,
        digest(counted_as),
        campaign,
        Schedule.of(campaign, tz),
        alternatives,
        tuple(one.event_keys for one in alternatives),
        frozenset().union(*(one.event_keys for one in alternatives)),
        tuple(filter(None, (source_of_effect(effect) for rule in campaign.rules for effect in rule.effects))),
        tuple(one.source for some in alternatives for one in some.conditions if one.counter and one.source),
        limits,
        Recurrence(often.times, often.period or "ever") if often else None,
        tz,
        Shards(limits.shards or DEFAULT_SHARDS, all_shards),
    )


def _compile_rules(campaign: Campaign, counted_as: str, tz: ZoneInfo) -> Iterator[Alternative]:
    keys_given: dict[str, int] = {}
    for rule in campaign.rules:
        for together in rule.conditions or [[]]:
            conditions = [_compile_condition(one, together, counted_as, tz, keys_given) for one in together]
            event_keys = frozenset(one.key for one in conditions if one.predicate)
            counters = tuple(one.counter for one in conditions if one.counter)
            yield Alternative(rule, tuple(conditions), event_keys, counters)


def _compile_condition(
    condition: Condition, together: list[Condition], counted_as: str, tz: ZoneInfo, keys_given: dict[str, int]
) -> CompiledCondition:
    if isinstance(condition, AnyItemCondition):
        return CompiledCondition(condition, _written(condition), condition.source, compile_predicate("exists", None))
    field, operator, value = condition.field, condition.operator, condition.value
    if not isinstance(condition, HistoryCondition | CountCondition):
        wanted = whole_days(operator, value, tz) if field in TIMES and operator in ORDERING else value
        source, key = Source.of(str(field)), f"{field} {operator} {value!r}"
        return CompiledCondition(condition, key, source, compile_predicate(operator, wanted))
    # A counter is named for what it counts, not for how much is wanted or where it stands: a campaign that is changed
    # elsewhere goes on counting. Counters of the same things are told apart by their order.
    others = sorted(_written(one) for one in together if not isinstance(one, HistoryCondition | CountCondition))
    source_ = condition.source if field else None
    chosen = [source_.key] if source_ and source_.where else []
    counted = digest(counted_as, operator, field or "", condition.within or "", *chosen, *others)
    keys_given[counted] = keys_given.get(counted, 0) + 1
    counter = Counter(
        digest(counted, str(keys_given[counted])),
        operator,
        Decimal(str(value)),
        tuple(field.split(".")) if field else None,
        Window.read(condition.within) if condition.within else None,
    )
    return CompiledCondition(condition, counter.key, source_, counter=counter)


def _written(condition: Condition) -> str:
    """A condition on the event as one text."""
    if isinstance(condition, AnyItemCondition):
        return f"any_item {condition.source.key}"
    return f"{condition.field} {condition.operator} {condition.value}"


def source_of_effect(effect: Effect) -> Source | None:
    """Where the values come from that say how much an effect grants; None if it does not depend on any."""
    if isinstance(effect, Percentage):
        return effect.source
    return effect.per.source if isinstance(effect, Points) and effect.per else None


def _minutes(time_of_day: str) -> int:
    """`09:30` as minutes since midnight."""
    hour, _, minute = time_of_day.partition(":")
    return int(hour) * 60 + int(minute)
