"""What the campaigns of one trigger make of an event: campaign → schedule → conditions → limits → effects → budget.

Nothing that is found depends on the order in which campaigns were written.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import chain
from operator import attrgetter
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from loyalty.domain.errors import invalid
from loyalty.domain.limits.budgets import BudgetAmount, BudgetReservation
from loyalty.domain.limits.counters import (
    MAX_COUNTER_VALUES_PER_EVENT,
    Counter,
    Counters,
    CounterValues,
    Window,
    add_counters,
    times_in,
)
from loyalty.domain.limits.usage import NOTHING, Usage
from loyalty.domain.money import LARGEST, ZERO, normalize, round_down, total
from loyalty.domain.program.catalog import Catalog
from loyalty.domain.rules.compiled import Alternative, CompiledCampaign, CompiledCondition, source_of_effect
from loyalty.domain.rules.earnings import Earnings
from loyalty.domain.rules.effects import Effect, GiveOffer, Grant, Multiple, SetTag
from loyalty.domain.rules.explanation import EvaluationTrace, Json, explain
from loyalty.domain.rules.fields import EventFields, Source, TooManySteps
from loyalty.domain.rules.outcomes import Outcome
from loyalty.domain.rules.predicates import Predicate
from loyalty.domain.rules.results import CampaignResult, Progress
from loyalty.domain.rules.snapshots import RulesetSnapshot, trace_of
from loyalty.domain.times import zone
from loyalty.domain.wallet.lots import Lot, LotKey
from loyalty.domain.wallet.shares import Earned, Weights, in_proportion

_WRITES_OF_AN_OFFER = 2  # its record and its deadline


class EvaluationContext(NamedTuple):
    """An event to be evaluated, and all that counts for it beside what was sent.

    Rewards that are not in the `catalog` any more are not granted, nor offers that are not given now; `max_offers` is
    how many the customer can get. `base` is what campaigns that are not evaluated here have granted, for those that
    multiply it.
    """

    facts: Mapping[str, Any]
    issued_at: datetime
    catalog: Catalog
    budget: BudgetReservation
    progress: Counters = NOTHING
    limits: Counters = NOTHING
    max_offers: int = 0
    base: Sequence[Lot] = ()


class Evaluation(NamedTuple):
    """What all campaigns of a trigger made of one event, what it used of limits and budgets, and why.

    `progress` is what the customer has counted after it. `earnings` are which lines have earned what; `sums` are the
    sums over history that it adds to, with what each line has added.
    """

    results: list[CampaignResult]
    usage: Usage
    progress: Counters
    snapshot: RulesetSnapshot
    trace: EvaluationTrace
    earnings: Earnings
    sums: Mapping[str, Weights]

    @property
    def rewarded(self) -> list[CampaignResult]:
        """The results that grant something."""
        return [one for one in self.results if one.outcome is Outcome.REWARDED]

    @property
    def explanation(self) -> list[Json]:
        """A CampaignExplanationResponse for each campaign."""
        return explain(self.snapshot.document, self.trace)


class CampaignEvaluator:
    """The campaigns of one trigger: those that multiply last, else the higher priority first, then by id."""

    def __init__(self, campaigns: Iterable[CompiledCampaign]) -> None:
        self.campaigns = tuple(
            sorted(campaigns, key=lambda one: (one.multiplies, -(one.settings.priority or 0), one.campaign_id))
        )
        self.snapshot = RulesetSnapshot.of(self.campaigns)
        conditions = [one for campaign in self.campaigns for one in campaign.conditions]
        self._asked = _asked_by_source(conditions)
        self._counters = {one.counter.key: one.counter for one in conditions if one.counter}
        self._counted = {one.counter.key: one.source for one in conditions if one.counter and one.source}
        self._tz = self.campaigns[0].tz if self.campaigns else zone("UTC")
        # What does not match is the same for every event.
        self._unmatched = {
            one.campaign_id: CampaignResult(one, Outcome.NO_MATCHING_CONDITIONS) for one in self.campaigns
        }

    def __iter__(self) -> Iterator[CompiledCampaign]:
        return iter(self.campaigns)

    def evaluate(self, context: EvaluationContext) -> Evaluation:
        """What each campaign makes of an event.

        Raises ValidationError if one would grant more than an amount can hold, or all take from too many budgets;
        NeedsAllShards if a budget has to be known better, BudgetFragmented if it has to be consolidated.
        """
        fields = EventFields(context.facts)
        held, undecided = self._decide(fields)
        evaluation = _Evaluation(context, fields, held, undecided, self._counted, self._tz, self._unmatched)
        results = [evaluation.evaluate(campaign) for campaign in self.campaigns]
        usage = Usage(evaluation.progress, evaluation.limits, evaluation.budgets)
        reached = evaluation.reached | {
            key: evaluation.reached_before(counter)
            for key, counter in self._counters.items()
            if key in context.progress and key not in evaluation.reached
        }
        trace = trace_of(self.snapshot, results, held, fields, reached)
        progress, earnings = add_counters(context.progress, usage.progress), evaluation.earnings
        sums = {
            key: earnings.measured(self._counted[key])
            for key in usage.progress
            if key in self._counted and self._counters[key].operator == "total_gte"
        }
        return Evaluation(results, usage, progress, self.snapshot, trace, earnings, sums)

    def _decide(self, fields: EventFields) -> tuple[set[str], set[str]]:
        """The conditions on the event that hold, and those for which it has too many values to decide them.

        Conditions shared by campaigns are evaluated once per event.
        """
        held: set[str] = set()
        for i, asked in enumerate(self._asked):
            try:
                held.update(asked.held_by(fields))
            except TooManySteps:
                return held, set(chain.from_iterable(one.keys for one in self._asked[i:]))
        return held, set()


class _Asked(NamedTuple):
    """What conditions ask of the values at one source.

    Those on equality are found by the values that they compare with; `negative` are those of them that hold if none is
    there. The other ones are compared with each value.
    """

    source: Source
    by_value: Mapping[Any, Sequence[str]]
    negative: frozenset[str]
    compared: Mapping[str, Predicate]

    @classmethod
    def of(cls, source: Source, conditions: Mapping[str, Predicate]) -> "_Asked":
        """What these conditions ask, by their keys."""
        by_value: dict[Any, list[str]] = {}
        for key, predicate in conditions.items():
            for value in predicate.equal_to or ():
                by_value.setdefault(value, []).append(key)
        negative = frozenset(key for key, one in conditions.items() if one.equal_to is not None and one.negative)
        return cls(source, by_value, negative, {key: one for key, one in conditions.items() if one.equal_to is None})

    @property
    def keys(self) -> Iterator[str]:
        """The keys of all of them."""
        yield from chain.from_iterable(self.by_value.values())
        yield from self.compared

    def held_by(self, fields: EventFields) -> Collection[str]:
        """The keys of those that hold for an event. Raises TooManySteps."""
        found = fields.at(self.source)
        held: set[str] = set()
        if self.compared:
            fields.take_steps(len(self.compared) * (1 + len(found.readings)))
            held.update([key for key, one in self.compared.items() if one.holds(found)])
        if self.by_value:
            fields.take_steps(len(self.negative) + min(len(self.by_value), len(found.distinct)))
            equal: set[str] = set()
            for value in self.by_value.keys() & found.distinct:
                fields.take_steps(len(self.by_value[value]))
                equal.update(self.by_value[value])
            held |= equal ^ self.negative
        return held


def _asked_by_source(conditions: Iterable[CompiledCondition]) -> list[_Asked]:
    """What conditions on the event ask of each source that they have."""
    sources: dict[str, Source] = {}
    asked: dict[str, dict[str, Predicate]] = {}
    for one in conditions:
        if one.source and one.predicate:
            sources[one.source.key] = one.source
            asked.setdefault(one.source.key, {})[one.key] = one.predicate
    return [_Asked.of(source, asked[key]) for key, source in sources.items()]


EMPTY = CampaignEvaluator(())


class _Evaluation:
    """Evaluates one campaign after the other for one event, and keeps what each of them counts, wins and takes."""

    def __init__(
        self,
        context: EvaluationContext,
        fields: EventFields,
        held: set[str],
        undecided: set[str],
        sources: Mapping[str, Source],
        tz: ZoneInfo,
        unmatched: Mapping[str, CampaignResult],
    ) -> None:
        self._context = context
        self._fields = fields
        self._held = held
        self._undecided = undecided
        self._sources = sources
        self._tz = tz
        self._unmatched = unmatched
        self.earnings = Earnings(context.facts)
        self._matched: list[Alternative] = []
        self._base = list(context.base)
        self._winners: dict[str, str] = {}
        self._offers_left = context.max_offers
        self._values_left = MAX_COUNTER_VALUES_PER_EVENT
        self._counted = 0
        self._buckets: dict[Window, int] = {}
        self._before: dict[str, Decimal] = {}
        self.reached: dict[str, Decimal] = {}
        self.progress: dict[str, CounterValues] = {}
        self.limits: dict[str, CounterValues] = {}
        self.budgets: dict[str, BudgetAmount] = {}

    def evaluate(self, campaign: CompiledCampaign) -> CampaignResult:
        """What a campaign makes of the event."""
        if not campaign.schedule.is_open(self._context.issued_at):
            return CampaignResult(campaign, Outcome.OUT_OF_SCHEDULE)
        if self._undecided and not self._undecided.isdisjoint(campaign.condition_keys):
            return CampaignResult(campaign, Outcome.NOT_EVALUATED)
        if not any(map(self._held.issuperset, campaign.event_keys)):
            return self._unmatched[campaign.campaign_id]
        if self._is_limit_reached(campaign):
            return CampaignResult(campaign, Outcome.LIMIT_REACHED)
        if not self._can_look_up(campaign):
            return CampaignResult(campaign, Outcome.NOT_EVALUATED)
        return self._reward(campaign)

    def _can_look_up(self, campaign: CompiledCampaign) -> bool:
        """Whether the values that it counts and measures can be looked up within the event's steps.

        They are remembered, so that counting and granting cannot fail halfway.
        """
        try:
            for source in campaign.measured:
                self._fields.at(source)
            for source in campaign.counted:
                self._fields.take_steps(len(self._fields.at(source).values))
        except TooManySteps:
            return False
        return True

    def _reward(self, campaign: CompiledCampaign) -> CampaignResult:
        """Count the event, and grant what its effects say as far as limits and the budget allow."""
        counted_before = self._counted
        effects, achieved = self._match(campaign)
        counted = self._counted > counted_before
        lots = self._lots(campaign, effects)
        tags = {effect.tag: effect.value for effect in effects if isinstance(effect, SetTag)}
        offers = self._offers(effects)
        if not lots and not tags and not offers:
            return self._unrewarded(campaign, counted=counted)
        if winner := self._winners.get(campaign.settings.exclusive or ""):
            return CampaignResult(campaign, Outcome.EXCLUDED, winner=winner)
        offers = [one for one in offers if self._context.budget.reserve_writes(_WRITES_OF_AN_OFFER)]
        if not lots and not tags and not offers:
            return self._unrewarded(campaign, counted=counted)
        due = normalize(total(lot.amount for lot in lots))
        if campaign.limits.shared:
            lots = self._take_from_budget(campaign, lots, due)
            if due and not lots:
                return CampaignResult(campaign, Outcome.BUDGET_SPENT, due=due)
        self._settle(campaign, lots, offers, achieved)
        short = due if total(lot.amount for lot in lots) < due else None
        return CampaignResult(campaign, Outcome.REWARDED, tuple(lots), tags, tuple(offers), short)

    def reached_before(self, counter: Counter) -> Decimal:
        """How far a counter has come without this event."""
        return counter.reading(counter.active(self._context.progress[counter.key], self._bucket(counter)))

    def _is_limit_reached(self, campaign: CompiledCampaign) -> bool:
        context = self._context
        if often := campaign.recurrence:
            used = context.limits.get(campaign.usage_key, {})
            if times_in(used, often.period_at(context.issued_at, campaign.tz)) >= often.times:
                return True
        if campaign.limits.times is None:
            return False
        return context.budget.available(campaign.campaign_id, BudgetAmount(ZERO, 1)).times < 1

    def _match(self, campaign: CompiledCampaign) -> tuple[list[Effect], list[Counter]]:
        """Count the event; the effects of all rules that match, and the counters that have got there for it."""
        self._matched = matching = [
            one
            for one in campaign.alternatives
            # A list: all counters of an alternative count, whatever the first of them says.
            if one.event_keys <= self._held and all(list(map(self._count, one.counters)))
        ]
        rules = [rule for rule in campaign.settings.rules if any(one.rule is rule for one in matching)]
        return [effect for rule in rules for effect in rule.effects], [
            counter for one in matching for counter in one.counters
        ]

    def _count(self, counter: Counter) -> bool:
        """Count the event, as far as one event may count; whether the counter has come as far as it is wanted."""
        bucket = self._bucket(counter)
        before = self._context.progress.get(counter.key, {})
        active = counter.active(before, bucket)
        change = counter.change(active, self._values_of(counter), bucket)
        if len(change) > self._values_left:
            change = {}
        self._values_left -= len(change)
        self._counted += bool(change)
        # What has left the window is taken off as the event's own doing: undone, it brings that back for late events.
        gone = {name: -number for name, number in before.items() if name not in active}
        if change or gone:
            self.progress[counter.key] = {**gone, **change}
        after = add_counters({counter.key: active}, {counter.key: change}).get(counter.key, {})
        self._before[counter.key] = counter.reading(active)
        self.reached[counter.key] = counter.reading(after)
        return self.reached[counter.key] >= counter.threshold

    def _values_of(self, counter: Counter) -> Sequence[Any]:
        """What an event has at a counter's field; a sum takes numbers that are sent as text as well."""
        if counter.key not in self._sources:
            return ()
        found = self._fields.at(self._sources[counter.key])
        return found.readings if counter.operator == "total_gte" else found.comparables

    def _bucket(self, counter: Counter) -> int:
        """The bucket of a counter's window that the event lies in."""
        if counter.window is None:
            return 0
        if counter.window not in self._buckets:
            self._buckets[counter.window] = counter.window.bucket(self._context.issued_at, self._tz)
        return self._buckets[counter.window]

    def _unrewarded(self, campaign: CompiledCampaign, *, counted: bool) -> CampaignResult:
        if not counted:
            return CampaignResult(campaign, Outcome.NO_MATCHING_CONDITIONS)
        return CampaignResult(campaign, Outcome.PROGRESS_ONLY, progress=self._progress(campaign))

    def _progress(self, campaign: CompiledCampaign) -> Progress:
        """How far the alternative is that is nearest now; each of its counters weighs the same."""
        return max(
            (
                Progress(one.rule, _percent(one.counters, self._before), _percent(one.counters, self.reached))
                for one in campaign.alternatives
                if one.counters and all(counter.key in self._before for counter in one.counters)
            ),
            key=attrgetter("now"),
        )

    def _offers(self, effects: Iterable[Effect]) -> list[GiveOffer]:
        is_given = self._context.catalog.is_given
        offers = [one for one in effects if isinstance(one, GiveOffer) and is_given(one.offer)]
        return offers[: self._offers_left]

    def _lots(self, campaign: CompiledCampaign, effects: Iterable[Effect]) -> list[Lot]:
        """What effects grant; amounts of one reward that expire together, and are available together, are one lot."""
        lots: dict[LotKey, Lot] = {}
        for effect in effects:
            if not isinstance(effect, Grant):
                continue
            for lot, earned in self._granted(campaign, effect):
                self.earnings.add(lot, earned)
                same = lots.get(lot.key)
                amount = normalize(lot.amount + (same.amount if same else ZERO))
                if amount > LARGEST:
                    message = f"is too much: {campaign.campaign_id} would grant more than 15 digits"
                    raise invalid(_measured_field(effect), message)
                if amount > 0:
                    lots[lot.key] = lot._replace(amount=amount)
        most = campaign.limits.per_event
        return list(lots.values()) if most is None else self._cut(lots.values(), most.amount)

    def _granted(self, campaign: CompiledCampaign, effect: Grant) -> list[tuple[Lot, Earned]]:
        """What an effect grants, with which lines of the order have earned it."""
        issued_at = self._context.issued_at
        decimals = self._context.catalog.decimals_of(effect.reward_id)
        if decimals is None:
            return []
        expires_at, available_from = effect.lifetime(issued_at, campaign.tz)
        lot = Lot(effect.reward_id, ZERO, campaign.campaign_id, issued_at, expires_at, available_from)
        if not isinstance(effect, Multiple):
            lot = lot._replace(amount=round_down(effect.due(self._fields), decimals))
            return [(lot, self.earnings.of_effect(effect, lot.amount, self._matched))]
        multiplied = [base for base in self._base if base.reward_id == effect.reward_id]
        amounts = [round_down(effect.added_to(base.amount), decimals) for base in multiplied]
        return [
            (_with_times_of(base, lot)._replace(amount=amount), in_proportion(self.earnings.of_lot(base), amount))
            for base, amount in zip(multiplied, amounts, strict=True)
        ]

    def _take_from_budget(self, campaign: CompiledCampaign, lots: list[Lot], due: Decimal) -> list[Lot]:
        """As much of the lots as the campaign has left, taken from it; none if that is not enough for it."""
        limits, budget = campaign.limits, self._context.budget
        wanted = BudgetAmount(due if limits.budget is not None else ZERO, 0 if limits.times is None else 1)
        left = budget.available(campaign.campaign_id, wanted)
        if wanted.amount and left.amount < wanted.amount:
            lots = [] if limits.when_short == "nothing" else self._cut(lots, left.amount)
            wanted = wanted._replace(amount=normalize(total(lot.amount for lot in lots)))
        if due and not lots:
            return []
        self.budgets[campaign.campaign_id] = budget.consume(campaign.campaign_id, wanted)
        return lots

    def _cut(self, lots: Iterable[Lot], most: Decimal) -> list[Lot]:
        """The first of the lots that together are at most so much."""
        kept = []
        for lot in lots:
            decimals = self._context.catalog.decimals_of(lot.reward_id) or 0
            amount = round_down(max(ZERO, min(lot.amount, most)), decimals)
            if amount:
                kept.append(lot._replace(amount=amount))
                most -= amount
        return kept

    def _settle(
        self, campaign: CompiledCampaign, lots: list[Lot], offers: list[GiveOffer], achieved: list[Counter]
    ) -> None:
        """Note that it has rewarded: the group is won, the times count, and its counters start anew."""
        self._offers_left -= len(offers)
        if campaign.settings.exclusive:
            self._winners[campaign.settings.exclusive] = campaign.campaign_id
        if not campaign.multiplies:
            self._base += lots
        if campaign.recurrence:
            self.limits[campaign.usage_key] = {campaign.recurrence.period_at(self._context.issued_at, campaign.tz): 1}
        for counter in achieved:
            self.progress.pop(counter.key, None)
            if before := self._context.progress.get(counter.key):
                self.progress[counter.key] = {name: -number for name, number in before.items()}


def _percent(counters: Sequence[Counter], reached: Mapping[str, Decimal]) -> Decimal:
    shares = [min(reached[one.key] / one.threshold, Decimal(1)) for one in counters]
    return round_down(100 * total(shares) / len(shares), 2)


def _with_times_of(base: Lot, lot: Lot) -> Lot:
    """What a multiple adds is available, and ends, with what it multiplies, unless it has periods of its own.

    If with one of its own it would end before it is available, both times are those of what it multiplies.
    """
    added = lot._replace(
        expires_at=lot.expires_at or base.expires_at,
        available_from=lot.available_from or base.available_from,
    )
    if added.available_from is None or not added.is_expired(added.available_from):
        return added
    return lot._replace(expires_at=base.expires_at, available_from=base.available_from)


def _measured_field(effect: Grant) -> str:
    """The field that says how much an effect grants."""
    source = source_of_effect(effect)
    return source.field if source else "type"
