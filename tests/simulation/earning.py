"""What an event has to earn, reckoned a second time, for the forms of campaigns that histories use."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import Any, NamedTuple

from loyalty.domain.wallet.lots import LotKey
from tests.simulation.counting import BOGOTA, HISTORY, TYPES, Mark, Marks, Place, count, negative, values_at
from tests.simulation.wallets import ZERO, Part

_STEPS = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1), "days": timedelta(days=1)}
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Json = Mapping[str, Any]
Lots = dict[LotKey, Decimal]
Slot = tuple[str, date]
"""A period of a limit, and the day on which it begins."""


class BudgetAmount(NamedTuple):
    """A part of a campaign's budget, and of its times."""

    amount: Decimal = ZERO
    times: int = 0


class Gift(NamedTuple):
    """An offer that a campaign gives."""

    campaign_id: str
    config_id: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Ruling:
    """The brand's rules as they were for a while; `offers` are the config offers that could be given.

    A campaign that is written again after its deletion counts anew, as `counted_as` names it.
    """

    enabled: bool
    campaigns: Mapping[str, Json]
    may_owe: Mapping[str, bool]
    offers: frozenset[str]
    counted_as: Mapping[str, str]


@dataclass(frozen=True)
class EvaluationContext:
    """An event, and what counts for it beside what was sent.

    That is how often a limit has been used, the least that a budget had left, what has been counted so far for a
    condition, and what was known of the customer.
    """

    type: str
    data: Json
    issued_at: datetime
    had: Callable[[str, Slot], int]
    left: Callable[[str], BudgetAmount]
    counted: Callable[[Place], Marks]
    tags: Json
    attributes: Json

    def facts(self) -> dict[str, Any]:
        """What conditions and amounts may look at."""
        first = self.counted(TYPES).get(Mark(0, self.type), ZERO) <= 0
        customer = {"tags": self.tags, "tier": self.attributes.get("tier"), "first_of_type": first}
        return {**self.data, "customer": customer}


@dataclass(frozen=True)
class Earned:
    """What an event takes of budgets and of limits, by campaign, what it counts, and what it earns beside points.

    `campaigns` are those that reward it, `groups` those that they have won; `reached` is how far each condition over
    history has come that was looked at.
    """

    shares: Mapping[str, BudgetAmount] = field(default_factory=dict)
    idempotency_ids: Mapping[str, Slot] = field(default_factory=dict)
    counted: Mapping[Place, Marks] = field(default_factory=dict)
    tags: Json = field(default_factory=dict)
    gifts: tuple[Gift, ...] = ()
    campaigns: tuple[str, ...] = ()
    groups: frozenset[str | None] = frozenset()
    reached: Mapping[Place, Decimal] = field(default_factory=dict)


def earned(ruling: Ruling, occasion: EvaluationContext, told: Lots) -> list[Earned]:
    """All that an event may take and earn that is granted what is told; nothing if these rules cannot grant that."""
    listening = {name: one for name, one in ruling.campaigns.items() if one["trigger"] == occasion.type}
    order = sorted(listening, key=lambda name: (_multiplies(listening[name]), -_priority(listening[name]), name))
    possible = [Earned(counted={TYPES: {Mark(0, occasion.type): Decimal(1)}})]
    judged = set()
    for name in order:
        if ruling.enabled and _runs(listening[name], occasion.issued_at):
            judged.add(name)
            base = {
                key: amount
                for key, amount in told.items()
                if key.campaign_id in listening and not _multiplies(listening[key.campaign_id])
            }
            evaluate_event = _Judge(name, listening[name], ruling, occasion, base)
            mine = {key: amount for key, amount in told.items() if key.campaign_id == name}
            possible = [after for before in possible for after in evaluate_event.possible(mine, before)]
    return possible if {key.campaign_id for key in told} <= judged else []


@dataclass(frozen=True)
class _Judge:
    """One campaign on one occasion; `base` is what multiplying ones multiply."""

    name: str
    campaign: Json
    ruling: Ruling
    occasion: EvaluationContext
    base: Lots

    def possible(self, mine: Lots, so_far: Earned) -> Iterator[Earned]:
        """All that can have come of it if the campaign grants what is mine."""
        limits, left = self.campaign.get("limits") or {}, self.occasion.left(self.name)
        slot = _slot(limits["per_customer"], self.occasion.issued_at) if limits.get("per_customer") else None
        counted_as = self.ruling.counted_as[self.name]
        used_up = slot and self.occasion.had(counted_as, slot) >= limits["per_customer"]["times"]
        if not mine and (used_up or (limits.get("per_campaign") and left.times < 1)):
            yield so_far
        if used_up:
            return
        effects, counted, anew, reached = self._held()
        due = _within(self._due(effects), (limits.get("per_event") or {}).get("amount"))
        tags = {effect["tag"]: effect.get("value", True) for effect in effects if "tag" in effect}
        gifts = tuple(self._gift(effect) for effect in effects if effect.get("offer") in self.ruling.offers)
        reached = {**so_far.reached, **reached}
        not_yet = replace(so_far, counted={**so_far.counted, **counted}, reached=reached)
        group = self.campaign.get("exclusive")
        if not (due or tags or gifts) or (group and group in so_far.groups):
            if not mine:
                yield not_yet
            return
        if not _possible(limits, due, mine, left):
            return
        if due and not mine:
            yield not_yet  # its budget is spent
            return
        shared = limits.get("budget") or limits.get("per_campaign")
        amount = sum(mine.values(), ZERO) if limits.get("budget") else ZERO
        share = {self.name: BudgetAmount(amount, 1 if limits.get("per_campaign") else 0)} if shared else {}
        yield Earned(
            {**so_far.shares, **share},
            {**so_far.idempotency_ids, **({counted_as: slot} if slot else {})},
            {**not_yet.counted, **anew},
            {**tags, **so_far.tags},
            (*so_far.gifts, *gifts),
            (*so_far.campaigns, self.name),
            so_far.groups | {group},
            reached,
        )

    def _held(self) -> tuple[list[Json], dict[Place, Marks], dict[Place, Marks], dict[Place, Decimal]]:
        """The effects of rules that hold, what all conditions count, what those do that led there, how far all are."""
        facts = self.occasion.facts()
        effects: list[Json] = []
        counted: dict[Place, Marks] = {}
        anew: dict[Place, Marks] = {}
        reached: dict[Place, Decimal] = {}
        for r, rule in enumerate(self.campaign["rules"]):
            holds = not rule.get("conditions")
            for o, every in enumerate(rule.get("conditions") or ()):
                if not all(_matches(one, facts) for one in every if one["operator"] not in HISTORY):
                    continue
                places = {(self.name, r, o, i): one for i, one in enumerate(every) if one["operator"] in HISTORY}
                had = {place: self.occasion.counted(place) for place in places}
                found = {place: count(one, had[place], facts, self.occasion.issued_at) for place, one in places.items()}
                counted |= {place: marks for place, (marks, _) in found.items()}
                reached |= {place: number for place, (_, number) in found.items()}
                if all(reached[place] >= one["value"] for place, one in places.items()):
                    holds = True
                    anew |= {place: negative(marks) for place, marks in had.items()}
            effects += rule["effects"] if holds else []
        return effects, counted, anew, reached

    def _due(self, effects: list[Json]) -> Lots:
        found: Lots = {}
        for effect in effects:
            for key, amount in self._granted(effect):
                if amount:
                    found[key] = found.get(key, ZERO) + amount
        return found

    def _granted(self, effect: Json) -> Iterator[tuple[LotKey, Decimal]]:
        end = _end(effect.get("expires_in"), self.occasion.issued_at)
        if "multiply" in effect:
            for key, amount in self.base.items():
                if key.reward_id == effect["reward_id"]:
                    more = (amount * (effect["multiply"] - 1)).to_integral_value(ROUND_FLOOR)
                    yield LotKey(key.reward_id, self.name, end or key.expires_at), more
        elif "reward_id" in effect:
            yield LotKey(effect["reward_id"], self.name, end), _amount(effect, self.occasion.facts())

    def _gift(self, effect: Json) -> Gift:
        issued_at = self.occasion.issued_at
        end = _end(effect["valid_for"], issued_at)
        assert end
        return Gift(self.name, effect["offer"], issued_at, end)


def by_lot(parts: tuple[Part, ...]) -> Lots:
    """How much of each lot."""
    found: Lots = {}
    for part in parts:
        found[part.key] = found.get(part.key, ZERO) + part.amount
    return found


def _multiplies(campaign: Json) -> bool:
    return any("multiply" in effect for rule in campaign["rules"] for effect in rule["effects"])


def _priority(campaign: Json) -> int:
    return campaign.get("priority") or 0


def _runs(campaign: Json, at: datetime) -> bool:
    """Whether a campaign runs then; its days and hours are those of Bogotá, which is always five hours behind."""
    local = at + BOGOTA
    starts, ends, hours = campaign.get("start_date"), campaign.get("end_date"), campaign.get("hours")
    if campaign.get("status") == "PAUSED":
        return False
    if starts and (at < datetime.fromisoformat(starts) if "T" in starts else f"{local.date()}" < starts):
        return False
    if ends and (at >= datetime.fromisoformat(ends) if "T" in ends else f"{local.date()}" > ends):
        return False
    if hours and hours["from"] > hours["to"]:  # from one day to the next: it is the first that counts
        local -= timedelta(days=f"{local:%H:%M}" < hours["to"])
        hours = None if local != at + BOGOTA else {"from": hours["from"], "to": "24:00"}
    now, day = f"{local:%H:%M}", _DAYS[local.weekday()]
    return (not hours or hours["from"] <= now < hours["to"]) and day in (campaign.get("days_of_week") or _DAYS)


def _possible(limits: Json, due: Lots, mine: Lots, left: BudgetAmount) -> bool:
    """Whether a campaign may grant this of what is due; less only if that is all there was at some time."""
    if mine == due:
        return True
    if not limits.get("budget") or left.amount >= sum(due.values()):
        return False
    if limits.get("when_short") == "nothing":
        return not mine
    granted = sum(mine.values(), ZERO)
    return max(left.amount, ZERO) <= granted and mine == _within(due, granted)


def _within(lots: Lots, most: Decimal | None) -> Lots:
    """As many of the lots, in their order, as come to this much."""
    kept: Lots = {}
    for key, amount in lots.items():
        fits = amount if most is None else min(amount, Decimal(most) - sum(kept.values(), ZERO))
        if fits > 0:
            kept[key] = fits
    return kept


def _slot(limit: Json, issued_at: datetime) -> Slot:
    """The period in Bogotá that an event falls into."""
    day, period = (issued_at + BOGOTA).date(), limit.get("period") or "ever"
    begins = {
        "day": day,
        "week": day - timedelta(days=day.weekday()),
        "month": day.replace(day=1),
        "ever": date.min,
    }
    return period, begins[period]


def _amount(effect: Json, facts: Json) -> Decimal:
    if "percent" in effect:
        part: Decimal = sum(values_at(facts, effect["of"]), ZERO) * effect["percent"] / 100
        return min(part, Decimal(effect.get("cap") or part)).to_integral_value(ROUND_FLOOR)
    tier = facts["customer"]["tier"] or ""
    by_tier = {name.casefold(): Decimal(amount) for name, amount in (effect.get("by_tier") or {}).items()}
    amount = by_tier.get(tier.casefold(), Decimal(effect.get("amount") or 0))
    if not effect.get("per"):
        return amount
    value = sum(map(Decimal, values_at(facts, effect["per"]["field"])), ZERO)
    return amount * (value // Decimal(effect["per"]["every"]))


def _matches(condition: Json, facts: Json) -> bool:
    values, wanted = list(values_at(facts, condition["field"])), condition["value"]
    assert condition["operator"] in ("gte", "eq"), "the only ones that histories use"
    return any(value == wanted if condition["operator"] == "eq" else value >= wanted for value in values)


def _end(period: str | None, issued_at: datetime) -> datetime | None:
    """Minutes and hours end with the minute, days with the day in Bogotá."""
    if period is None:
        return None
    length, unit = period.split("/")
    end = issued_at + int(length) * _STEPS[unit]
    if unit == "days":
        local = end + BOGOTA
        return local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1) - BOGOTA
    whole = end.replace(second=0, microsecond=0)
    return whole if whole == end else whole + timedelta(minutes=1)
