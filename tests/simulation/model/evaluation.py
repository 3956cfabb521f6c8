"""What an event has to earn, computed a second time, for the kinds of campaigns that histories use."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Any, NamedTuple

from loyalty.domain.wallet.lots import LotKey
from tests.simulation.model.counters import (
    BOGOTA,
    EVENT_TYPES,
    HISTORY_OPERATORS,
    ConditionPath,
    CounterKey,
    CounterValues,
    count,
    negated,
    values_at,
)
from tests.simulation.model.wallet import ZERO, LotAmount

_UNITS = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1), "days": timedelta(days=1)}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Json = Mapping[str, Any]
Lots = dict[LotKey, Decimal]
LimitPeriod = tuple[str, date]
"""The period of a limit per customer, and the day on which it begins."""


class BudgetAmount(NamedTuple):
    """An amount of a campaign's budget, and a number of its times."""

    amount: Decimal = ZERO
    times: int = 0


class GrantedOffer(NamedTuple):
    """An offer that a campaign gives."""

    campaign_id: str
    config_id: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Ruleset:
    """The brand's rules in one version; `active_offers` are the config offers that campaigns can give.

    A campaign that is created again after its deletion counts from zero: `counter_ids` name it anew.
    """

    enabled: bool
    campaigns: Mapping[str, Json]
    allow_negative: Mapping[str, bool]
    active_offers: frozenset[str]
    counter_ids: Mapping[str, str]


@dataclass(frozen=True)
class EvaluationContext:
    """An event, and the state that its evaluation depends on.

    That is how often a limit has been used, the least that a budget may have had left, what was counted for a condition
    so far, and the customer's tags and attributes.
    """

    type: str
    data: Json
    issued_at: datetime
    recorded_at: datetime
    times_rewarded: Callable[[str, LimitPeriod], int]
    budget_left: Callable[[str], BudgetAmount]
    counter: Callable[[ConditionPath], CounterValues]
    tags: Json
    attributes: Json

    def fields(self) -> dict[str, Any]:
        """The fields that conditions and effects can name."""
        is_first = self.counter(EVENT_TYPES).get(CounterKey(0, self.type), ZERO) <= 0
        customer = {"tags": self.tags, "tier": self.attributes.get("tier"), "first_of_type": is_first}
        return {**self.data, "customer": customer}


@dataclass(frozen=True)
class Outcome:
    """What an event consumes of budgets and limits by campaign, what it counts, and what it earns beside points.

    `campaigns` are those that reward it, `groups` the exclusive groups that they have won; `readings` is how far each
    condition over history came that was evaluated.
    """

    budgets: Mapping[str, BudgetAmount] = field(default_factory=dict)
    limit_periods: Mapping[str, LimitPeriod] = field(default_factory=dict)
    counters: Mapping[ConditionPath, CounterValues] = field(default_factory=dict)
    tags: Json = field(default_factory=dict)
    offers: tuple[GrantedOffer, ...] = ()
    campaigns: tuple[str, ...] = ()
    groups: frozenset[str | None] = frozenset()
    readings: Mapping[ConditionPath, Decimal] = field(default_factory=dict)


def possible_outcomes(ruleset: Ruleset, context: EvaluationContext, granted: Lots) -> list[Outcome]:
    """Every outcome that an event with these granted lots can have; none if these rules cannot grant them."""
    triggered = {name: campaign for name, campaign in ruleset.campaigns.items() if campaign["trigger"] == context.type}
    order = sorted(triggered, key=lambda name: (_is_multiplier(triggered[name]), -_priority(triggered[name]), name))
    possible = [Outcome(counters={EVENT_TYPES: {CounterKey(0, context.type): Decimal(1)}})]
    evaluated = set()
    for name in order:
        if ruleset.enabled and _is_running(triggered[name], context.issued_at):
            evaluated.add(name)
            base = {
                key: amount
                for key, amount in granted.items()
                if key.campaign_id in triggered and not _is_multiplier(triggered[key.campaign_id])
            }
            evaluation = _CampaignEvaluation(name, triggered[name], ruleset, context, base)
            by_campaign = {key: amount for key, amount in granted.items() if key.campaign_id == name}
            possible = [after for before in possible for after in evaluation.outcomes(by_campaign, before)]
    return possible if {key.campaign_id for key in granted} <= evaluated else []


@dataclass(frozen=True)
class _CampaignEvaluation:
    """One campaign and one event; `base` are the lots that multipliers multiply."""

    name: str
    campaign: Json
    ruleset: Ruleset
    context: EvaluationContext
    base: Lots

    def outcomes(self, granted: Lots, so_far: Outcome) -> Iterator[Outcome]:
        """Every outcome after this campaign, if these lots are what it granted."""
        limits, budget_left = self.campaign.get("limits") or {}, self.context.budget_left(self.name)
        period = _limit_period(limits["per_customer"], self.context.issued_at) if limits.get("per_customer") else None
        counter_id = self.ruleset.counter_ids[self.name]
        used_up = period and self.context.times_rewarded(counter_id, period) >= limits["per_customer"]["times"]
        if not granted and (used_up or (limits.get("per_campaign") and budget_left.times < 1)):
            yield so_far
        if used_up:
            return
        effects, counters, reset, readings = self._matching_effects()
        due = _capped(self._points(effects), (limits.get("per_event") or {}).get("amount"))
        tags = {effect["tag"]: effect.get("value", True) for effect in effects if "tag" in effect}
        offers = tuple(
            self._granted_offer(effect) for effect in effects if effect.get("offer") in self.ruleset.active_offers
        )
        readings = {**so_far.readings, **readings}
        counted_only = replace(so_far, counters={**so_far.counters, **counters}, readings=readings)
        group = self.campaign.get("exclusive")
        if not (due or tags or offers) or (group and group in so_far.groups):
            if not granted:
                yield counted_only
            return
        if not _is_payable(limits, due, granted, budget_left):
            return
        if due and not granted:
            yield counted_only  # its budget is exhausted
            return
        has_budget = limits.get("budget") or limits.get("per_campaign")
        amount = sum(granted.values(), ZERO) if limits.get("budget") else ZERO
        budgets = {self.name: BudgetAmount(amount, 1 if limits.get("per_campaign") else 0)} if has_budget else {}
        yield Outcome(
            {**so_far.budgets, **budgets},
            {**so_far.limit_periods, **({counter_id: period} if period else {})},
            {**counted_only.counters, **reset},
            {**tags, **so_far.tags},
            (*so_far.offers, *offers),
            (*so_far.campaigns, self.name),
            so_far.groups | {group},
            readings,
        )

    def _matching_effects(
        self,
    ) -> tuple[
        list[Json], dict[ConditionPath, CounterValues], dict[ConditionPath, CounterValues], dict[ConditionPath, Decimal]
    ]:
        """The effects of the rules whose conditions hold, and what becomes of the campaign's counters.

        Those are what the event adds to each counter, what it adds instead where a reward resets the counter, and each
        counter's reading.
        """
        fields = self.context.fields()
        effects: list[Json] = []
        counters: dict[ConditionPath, CounterValues] = {}
        reset: dict[ConditionPath, CounterValues] = {}
        readings: dict[ConditionPath, Decimal] = {}
        for r, rule in enumerate(self.campaign["rules"]):
            holds = not rule.get("conditions")
            for o, alternative in enumerate(rule.get("conditions") or ()):
                plain = [one for one in alternative if one.get("operator") not in HISTORY_OPERATORS]
                if not all(_matches(condition, fields) for condition in plain):
                    continue
                conditions = {
                    (self.name, r, o, i): condition
                    for i, condition in enumerate(alternative)
                    if condition.get("operator") in HISTORY_OPERATORS
                }
                before = {path: self.context.counter(path) for path in conditions}
                after = {
                    path: count(condition, before[path], fields, self.context.issued_at)
                    for path, condition in conditions.items()
                }
                counters |= {path: added for path, (added, _) in after.items()}
                readings |= {path: reading for path, (_, reading) in after.items()}
                if all(readings[path] >= condition["value"] for path, condition in conditions.items()):
                    holds = True
                    reset |= {path: negated(values) for path, values in before.items()}
            effects += rule["effects"] if holds else []
        return effects, counters, reset, readings

    def _points(self, effects: list[Json]) -> Lots:
        lots: Lots = {}
        for effect in effects:
            for key, amount in self._lots(effect):
                if amount:
                    lots[key] = lots.get(key, ZERO) + amount
        return lots

    def _lots(self, effect: Json) -> Iterator[tuple[LotKey, Decimal]]:
        for key, amount in self._timed_lots(effect):
            is_later = key.available_from and key.available_from > self.context.recorded_at
            yield (key if is_later else key._replace(available_from=None)), amount

    def _timed_lots(self, effect: Json) -> Iterator[tuple[LotKey, Decimal]]:
        expires_at = _end(effect.get("expires_in"), self.context.issued_at)
        starts_at = _end(effect.get("available_after"), self.context.issued_at)
        if "multiply" in effect:
            for key, amount in self.base.items():
                if key.reward_id == effect["reward_id"]:
                    more = (amount * (effect["multiply"] - 1)).to_integral_value(ROUND_FLOOR)
                    ends, starts = expires_at or key.expires_at, starts_at or key.available_from
                    if ends and starts and ends <= starts:
                        ends, starts = key.expires_at, key.available_from
                    yield LotKey(key.reward_id, self.name, ends, starts), more
        elif "reward_id" in effect:
            yield LotKey(effect["reward_id"], self.name, expires_at, starts_at), _amount(effect, self.context.fields())

    def _granted_offer(self, effect: Json) -> GrantedOffer:
        issued_at = self.context.issued_at
        ends_at = _end(effect["valid_for"], issued_at)
        assert ends_at
        return GrantedOffer(self.name, effect["offer"], issued_at, ends_at)


def by_lot(lots: tuple[LotAmount, ...]) -> Lots:
    """The amount of each lot."""
    amounts: Lots = {}
    for lot in lots:
        amounts[lot.key] = amounts.get(lot.key, ZERO) + lot.amount
    return amounts


def _is_multiplier(campaign: Json) -> bool:
    return any("multiply" in effect for rule in campaign["rules"] for effect in rule["effects"])


def _priority(campaign: Json) -> int:
    return campaign.get("priority") or 0


def _is_running(campaign: Json, at: datetime) -> bool:
    """Whether a campaign runs then; its days and hours are those of Bogotá, always five hours behind UTC."""
    local = at + BOGOTA
    starts, ends, hours = campaign.get("start_date"), campaign.get("end_date"), campaign.get("hours")
    if campaign.get("status") == "PAUSED":
        return False
    if starts and (at < datetime.fromisoformat(starts) if "T" in starts else f"{local.date()}" < starts):
        return False
    if ends and (at >= datetime.fromisoformat(ends) if "T" in ends else f"{local.date()}" > ends):
        return False
    if hours and hours["from"] > hours["to"]:  # over midnight: the day on which the hours begin decides
        local -= timedelta(days=f"{local:%H:%M}" < hours["to"])
        hours = None if local != at + BOGOTA else {"from": hours["from"], "to": "24:00"}
    time_of_day, day = f"{local:%H:%M}", _DAYS[local.weekday()]
    return (not hours or hours["from"] <= time_of_day < hours["to"]) and day in (campaign.get("days_of_week") or _DAYS)


def _is_payable(limits: Json, due: Lots, granted: Lots, budget_left: BudgetAmount) -> bool:
    """Whether a campaign may grant this of what is due: less only if its budget had no more left at some time."""
    if granted == due:
        return True
    if not limits.get("budget") or budget_left.amount >= sum(due.values()):
        return False
    if limits.get("when_short") == "nothing":
        return not granted
    amount = sum(granted.values(), ZERO)
    return max(budget_left.amount, ZERO) <= amount and granted == _capped(due, amount)


def _capped(lots: Lots, maximum: Decimal | None) -> Lots:
    """The lots in their order until their sum reaches the maximum."""
    kept: Lots = {}
    for key, amount in lots.items():
        fits = amount if maximum is None else min(amount, Decimal(maximum) - sum(kept.values(), ZERO))
        if fits > 0:
            kept[key] = fits
    return kept


def _limit_period(limit: Json, issued_at: datetime) -> LimitPeriod:
    """The period in Bogotá that an event falls into."""
    day, period = (issued_at + BOGOTA).date(), limit.get("period") or "ever"
    begins = {
        "day": day,
        "week": day - timedelta(days=day.weekday()),
        "month": day.replace(day=1),
        "ever": date.min,
    }
    return period, begins[period]


def _amount(effect: Json, fields: Json) -> Decimal:
    if "percent" in effect:
        share: Decimal = sum(values_at(fields, effect["of"]), ZERO) * effect["percent"] / 100
        return min(share, Decimal(effect.get("cap") or share)).to_integral_value(ROUND_FLOOR)
    tier = fields["customer"]["tier"] or ""
    by_tier = {name.casefold(): Decimal(amount) for name, amount in (effect.get("by_tier") or {}).items()}
    amount = by_tier.get(tier.casefold(), Decimal(effect.get("amount") or 0))
    if not effect.get("per"):
        return amount
    numbers = map(_number, _chosen(fields, effect["per"]["field"], effect["per"].get("where")))
    value = sum((number for number in numbers if number is not None), ZERO)
    return amount * (value // Decimal(effect["per"]["every"]))


def _chosen(fields: Json, field: str, where: list[list[Json]] | None) -> list[Any]:
    """The values at a field; with a `where`, of those lines of the order for which it holds."""
    if where is None:
        return list(values_at(fields, field))
    lines = fields.get("order", {}).get("products", [])
    chosen = [line for line in lines if any(all(_matches(one, line) for one in together) for together in where)]
    return list(values_at(chosen, field.removeprefix("order.products.")))


def _number(value: Any) -> Decimal | None:
    """The number that a value is, or that its text is."""
    if isinstance(value, str):
        return Decimal(value) if value.removeprefix("-").replace(".", "", 1).isdecimal() else None
    return Decimal(value)


def _matches(condition: Json, fields: Json) -> bool:
    if "any_item" in condition:
        items: Any = fields
        for name in condition["any_item"].split("."):
            items = items.get(name, {})
        return any(all(_matches(one, item) for one in some) for item in items for some in condition["where"])
    values, wanted = list(values_at(fields, condition["field"])), condition["value"]
    match condition["operator"]:
        case "gte":
            numbers = map(_number, values)
            return any(number is not None and number >= wanted for number in numbers)
        case "eq":
            return any(value == _plain(wanted) for value in values)
        case "ne":
            return all(value != _plain(wanted) for value in values)
        case "not_in":
            return all(value not in map(_plain, wanted) for value in values)
    raise AssertionError("histories use no other")


def _plain(wanted: Any) -> Any:
    return wanted.casefold() if isinstance(wanted, str) else wanted


def _end(duration: str | None, issued_at: datetime) -> datetime | None:
    """Minutes and hours end with a full minute, days with the day in Bogotá."""
    if duration is None:
        return None
    length, unit = duration.split("/")
    end = issued_at + int(length) * _UNITS[unit]
    if unit == "days":
        local = end + BOGOTA
        return local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1) - BOGOTA
    whole = end.replace(second=0, microsecond=0)
    return whole if whole == end else whole + timedelta(minutes=1)
