"""The campaigns of one trigger, compiled together: what each makes of an event.

Each distinct test is asked once, each field is looked up once, and only campaigns whose conditions on the event hold
are looked at any closer. Nothing that is found depends on the order in which campaigns were written.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import Any, NamedTuple

from loyalty.domain.errors import invalid
from loyalty.domain.limits.budgets import BudgetAmount, BudgetReservation
from loyalty.domain.limits.counters import MAX_COUNTER_VALUES_PER_EVENT, Counter, Counters, CounterValues, add_counters
from loyalty.domain.limits.usage import Usage
from loyalty.domain.money import LARGEST, ZERO, normalize, round_down, total
from loyalty.domain.rules.campaigns import Campaign, CampaignResult, Condition, Outcome, Progress, Rule
from loyalty.domain.rules.conditions import Passes, Test, comparable, found
from loyalty.domain.rules.effects import Effect, GiveOffer, Multiple, SetTag
from loyalty.domain.rules.explanation import LETTERS, EvaluationTrace, RulesetSnapshot, shown, wanted
from loyalty.domain.times import expiry
from loyalty.domain.wallet.lots import Lot

_MINUTE = timedelta(minutes=1)
_WRITES_AN_OFFER = 2  # its record and its deadline
_SPELLED = bytes.maketrans(b"\0\1", b"01")
_QUIET, _OUT = LETTERS[Outcome.NO_MATCHING_CONDITIONS], LETTERS[Outcome.OUT_OF_SCHEDULE]
# What of an explanation is the same for every event of a trigger, in characters; campaigns beyond are only counted.
MAX_EXPLAINED = 150_000


@dataclass(frozen=True)
class EvaluationContext:
    """An event to be judged, and all that counts for it beside what was sent.

    `decimals_of` tells how many decimals a reward has, None for one that is gone: it is not granted. `offers` are the
    config offers that can be given, `room` how many offers the customer can get.
    """

    facts: Mapping[str, Any]
    issued_at: datetime
    decimals_of: Callable[[str], int | None]
    progress: Counters = field(default_factory=dict)
    limits: Counters = field(default_factory=dict)
    budget: BudgetReservation = field(default_factory=BudgetReservation)
    offers: Collection[str] = ()
    room: int = 0


class Evaluation(NamedTuple):
    """What all campaigns of a trigger made of one event."""

    campaigns: tuple[Campaign, ...]
    outcomes: str
    decided: Mapping[int, CampaignResult]
    usage: Usage
    progress: Counters
    book: RulesetSnapshot
    trace: EvaluationTrace

    @property
    def rewarded(self) -> list[CampaignResult]:
        """The verdicts that grant something."""
        return [one for one in self.decided.values() if one.outcome is Outcome.REWARDED]

    @property
    def results(self) -> list[CampaignResult]:
        """A verdict for every campaign."""
        by_letter = {letter: outcome for outcome, letter in LETTERS.items()}
        return [
            self.decided.get(i) or CampaignResult(campaign, by_letter[self.outcomes[i]])
            for i, campaign in enumerate(self.campaigns)
        ]


class _Field(NamedTuple):
    """All distinct tests of one field: those that a few values pass by value, then the others, in their order.

    `absent` is what they say where there is nothing.
    """

    path: tuple[str, ...]
    by_value: Mapping[Any, tuple[int, ...]]
    by_value_count: int
    tests: tuple[Passes, ...]
    absent: tuple[bool, ...]

    @classmethod
    def of(cls, path: str, tests: Iterable[Test]) -> "_Field":
        """The tests, those with members first."""
        members = [one.members for one in tests if one.members is not None]
        by_value: dict[Any, tuple[int, ...]] = {}
        for n, some in enumerate(members):
            for value in some:
                by_value[value] = (*by_value.get(value, ()), n)
        others = [one for one in tests if one.members is None]
        absent = (False,) * len(members) + tuple(one.absent for one in others)
        return cls(tuple(path.split(".")), by_value, len(members), tuple(one.passes for one in others), absent)

    def hold(self, raw: list[Any]) -> list[bool]:
        """Whether each test holds for these values."""
        if not raw:
            return list(self.absent)
        values = list(map(comparable, raw))
        held = [False] * self.by_value_count
        for value in values if self.by_value else ():
            for n in self.by_value.get(value, ()) if isinstance(value, Hashable) else ():
                held[n] = True
        if len(values) == 1:
            (value,) = values
            return held + [passes(value) for passes in self.tests]
        return held + [any(map(passes, values)) for passes in self.tests]


class CampaignEvaluator:
    """The campaigns of one trigger: those that multiply last, else the higher priority first, then by id."""

    def __init__(self, campaigns: Iterable[Campaign]) -> None:
        self.campaigns = tuple(
            sorted(campaigns, key=lambda one: (one.multiplies, -one.priority, one.campaign_id)),
        )
        conditions = [
            one for campaign in self.campaigns for rule in campaign.rules for every in rule.conditions for one in every
        ]
        by_field: dict[str, dict[str, Condition]] = {}
        for one in conditions:
            if one.test:
                by_field.setdefault(str(one.field), {}).setdefault(_spelled(one), one)
        by_field = {name: _members_first(tests) for name, tests in by_field.items()}
        distinct = [one for tests in by_field.values() for one in tests.values()]
        self._numbers = {_spelled(one): n for n, one in enumerate(distinct)}
        self._fields = [
            _Field.of(path, [one.test for one in tests.values() if one.test]) for path, tests in by_field.items()
        ]
        counting = [one for one in conditions if one.counter]
        self._counters = {one.counter.key: (n, one.counter) for n, one in enumerate(counting) if one.counter}
        self._needs = [
            tuple(
                tuple(self._numbers[_spelled(one)] for one in every if one.test)
                for rule in campaign.rules
                for every in rule.conditions or ((),)
            )
            for campaign in self.campaigns
        ]
        self.book = self._book(list(by_field), distinct, counting)
        self._open: tuple[datetime, datetime, bytes, list[tuple[int, Any]]] | None = None

    def __iter__(self) -> Iterator[Campaign]:
        return iter(self.campaigns)

    def evaluate(self, occasion: EvaluationContext) -> Evaluation:
        """What each campaign makes of an event.

        Raises ValidationError if one would grant more than an amount can hold, or all take from too many budgets;
        NeedsAllShards if a budget has to be known better, BudgetFragmented if it has to be gathered.
        """
        held: list[bool] = []
        values: list[list[Any]] = []
        for one in self._fields:
            raw = list(found(occasion.facts, one.path))
            values.append(raw)
            held += one.hold(raw)
        template, live = self._live(occasion.issued_at)
        outcomes = bytearray(template)
        candidates = []
        for i, needs in live:
            for need in needs:
                for n in need:
                    if not held[n]:
                        break
                else:
                    candidates.append(i)
                    break
        evaluate_event = _Evaluation(self._numbers, held, occasion)
        decided: dict[int, CampaignResult] = {}
        for i in candidates:
            decided[i] = verdict = evaluate_event.verdict(self.campaigns[i])
            outcomes[i] = ord(LETTERS[verdict.outcome])
        spelled = outcomes.decode()
        trace = EvaluationTrace(
            spelled,
            bytes(held).translate(_SPELLED).decode(),
            [shown(raw) for raw in values],
            self._reached(evaluate_event, occasion.progress),
            {
                str(i): [
                    [[lot.reward_id, lot.amount] for lot in one.lots],
                    one.tags or {},
                    one.due,
                    one.winner,
                    *([[offer.config_id for offer in one.offers]] if one.offers else []),
                ]
                for i, one in decided.items()
                if one.lots or one.tags or one.due is not None or one.winner or one.offers
            },
        )
        counts = Usage(evaluate_event.progress, evaluate_event.limits, evaluate_event.shares)
        after = add_counters(occasion.progress, evaluate_event.progress)
        return Evaluation(self.campaigns, spelled, decided, counts, after, self.book, trace)

    def _reached(self, evaluate_event: "_Evaluation", progress: Counters) -> dict[str, Decimal]:
        """How far each counter is, by its number; those that are not there have counted nothing."""
        reached = {self._counters[key][0]: number for key, number in evaluate_event.reached.items()}
        for key in progress.keys() & self._counters.keys():
            n, counter = self._counters[key]
            if n not in reached:
                reached[n] = counter.reading(counter.active(progress[key], evaluate_event.bucket(counter)))
        return {str(n): number for n, number in sorted(reached.items()) if number}

    def _live(self, at: datetime) -> tuple[bytes, list[tuple[int, Any]]]:
        """What each campaign says if nothing else is found, and those that run; kept while no schedule changes."""
        kept = self._open
        if kept and kept[0] <= at < kept[1]:
            return kept[2], kept[3]
        since = at.replace(second=0, microsecond=0)
        until = since + _MINUTE
        local = at.astimezone(self.campaigns[0].tz) if self.campaigns else at
        live = []
        letters = []
        for i, campaign in enumerate(self.campaigns):
            schedule = campaign.schedule
            for turn in (schedule.starts_at, schedule.ends_at):
                since, until = (max(since, turn), until) if turn <= at else (since, min(until, turn))
            is_open = schedule.open(at, local)
            letters.append(_QUIET if is_open else _OUT)
            if is_open:
                live.append((i, self._needs[i]))
        template = "".join(letters).encode()
        self._open = (since, until, template, live)
        return template, live

    def _book(self, fields: list[str], tests: list[Condition], counting: list[Condition]) -> RulesetSnapshot:
        counters = {one.counter.key: n for n, one in enumerate(counting) if one.counter}

        def number(one: Condition) -> int:
            return self._numbers[_spelled(one)] if one.counter is None else -1 - counters[one.counter.key]

        rows: list[list[Any]] = []
        size = 0
        for campaign in self.campaigns:
            rules = [
                [rule.name, [[number(one) for one in every] for every in rule.conditions]] for rule in campaign.rules
            ]
            more = {name: campaign.document[name] for name in _EXPLAINED if campaign.document.get(name)}
            row = [campaign.campaign_id, campaign.name, rules, *([more] if more else [])]
            every_one = [one for rule in campaign.rules for every in rule.conditions for one in every]
            size += len(repr(row)) + sum(len(repr(wanted(one.wanted))) + 40 for one in every_one)
            if size > MAX_EXPLAINED:
                break
            rows.append(row)
        used = {n for row in rows for _, any_of in row[2] for every in any_of for n in every}
        places = {name: n for n, name in enumerate(fields)}
        return RulesetSnapshot(
            {
                "fields": fields,
                "tests": [
                    [places[str(one.field)], one.operator, wanted(one.wanted)] if n in used else 0
                    for n, one in enumerate(tests)
                ],
                "counters": [
                    [one.field, one.operator, wanted(one.wanted), one.within] if -1 - n in used else 0
                    for n, one in enumerate(counting)
                ],
                "campaigns": rows,
            }
        )


EMPTY = CampaignEvaluator(())
_EXPLAINED = ("status", "start_date", "end_date", "days_of_week", "hours", "limits", "exclusive")


def _members_first(tests: Mapping[str, Condition]) -> dict[str, Condition]:
    return dict(sorted(tests.items(), key=lambda item: item[1].test is None or item[1].test.members is None))


def _percent(counters: Iterable[tuple[Decimal, Decimal]]) -> Decimal:
    shares = [min(reached / wanted, Decimal(1)) for reached, wanted in counters]
    return round_down(100 * total(shares) / len(shares), 2)


def _spelled(one: Condition) -> str:
    return f"{one.field} {one.operator} {one.wanted!r}"


class _Evaluation:
    """Decides one campaign after the other on one occasion, and notes what each of them counts and takes."""

    def __init__(self, numbers: Mapping[str, int], held: list[bool], occasion: EvaluationContext) -> None:
        self._numbers = numbers
        self._held = held
        self._occasion = occasion
        self._base: list[Lot] = []
        self._winners: dict[str, str] = {}
        self._counting = 0
        self._buckets: dict[Any, int] = {}
        self._offers_left = occasion.room
        self._cells_left = MAX_COUNTER_VALUES_PER_EVENT
        self._before: dict[str, CounterValues] = {}
        self.reached: dict[str, Decimal] = {}
        self.progress: dict[str, CounterValues] = {}
        self.limits: dict[str, CounterValues] = {}
        self.shares: dict[str, BudgetAmount] = {}
        self._tz: Any = None

    def verdict(self, campaign: Campaign) -> CampaignResult:
        """What a campaign makes of it, one of whose alternatives holds as far as the event itself goes."""
        self._tz = campaign.tz
        if self._used_up(campaign):
            return CampaignResult(campaign, Outcome.LIMIT_REACHED)
        counting = self._counting
        matching: list[Rule] = []
        achieved: list[Counter] = []
        for rule in campaign.rules:
            held = [self._holds(every) for every in rule.conditions or ((),)]
            if any(one is not None for one in held):
                matching.append(rule)
                achieved += [counter for one in held if one for counter in one]
        effects = [effect for rule in matching for effect in rule.effects]
        lots = self._lots(campaign, effects)
        tags = {effect.name: effect.value for effect in effects if isinstance(effect, SetTag)}
        offers = [one for one in effects if isinstance(one, GiveOffer) and one.config_id in self._occasion.offers]
        offers = offers[: self._offers_left]
        moved = self._counting > counting
        if not lots and not tags and not offers:
            return self._unrewarded(campaign, moved=moved)
        if campaign.exclusive and campaign.exclusive in self._winners:
            return CampaignResult(campaign, Outcome.EXCLUDED, winner=self._winners[campaign.exclusive])
        offers = [one for one in offers if self._occasion.budget.reserve_writes(_WRITES_AN_OFFER)]
        if not lots and not tags and not offers:
            return self._unrewarded(campaign, moved=moved)
        due = normalize(total(lot.amount for lot in lots))
        if campaign.limits.shared:
            lots = self._afforded(campaign, lots, due)
            if not lots and due:
                return CampaignResult(campaign, Outcome.BUDGET_SPENT, due=due)
        self._offers_left -= len(offers)
        self._settle(campaign, lots, achieved)
        short = due if total(lot.amount for lot in lots) < due else None
        return CampaignResult(campaign, Outcome.REWARDED, tuple(lots), tags, short, None, tuple(offers))

    def bucket(self, counter: Counter) -> int:
        """The bucket of a counter's window that the event lies in."""
        window = counter.window
        if window is None:
            return 0
        if window not in self._buckets:
            self._buckets[window] = window.bucket(self._occasion.issued_at, self._tz)
        return self._buckets[window]

    def _used_up(self, campaign: Campaign) -> bool:
        limits, occasion = campaign.limits, self._occasion
        if limits.per_customer:
            had = occasion.limits.get(campaign.key, {})
            if had.get(limits.per_customer.period_at(occasion.issued_at, campaign.tz), 0) >= limits.per_customer.times:
                return True
        return (
            limits.times is not None
            and occasion.budget.available(campaign.campaign_id, BudgetAmount(ZERO, 1)).times < 1
        )

    def _holds(self, every: tuple[Condition, ...]) -> list[Counter] | None:
        """Count the event if all that is asked of itself holds; the counters, if all of them are there, else None."""
        if not all(self._held[self._numbers[_spelled(one)]] for one in every if one.test):
            return None
        counters = [one.counter for one in every if one.counter]
        reached = [self._reaches(counter) for counter in counters]  # each of them counts, whatever another says
        return counters if all(reached) else None

    def _reaches(self, counter: Counter) -> bool:
        bucket = self.bucket(counter)
        before = self._occasion.progress.get(counter.key, {})
        cells = counter.active(before, bucket)
        values = list(map(comparable, found(self._occasion.facts, counter.path))) if counter.path else []
        change = counter.change(cells, values, bucket)
        if len(change) > self._cells_left:
            change = {}
        self._cells_left -= len(change)
        self._counting += bool(change)
        # What has left the window is taken off as the event's own doing: undone, it brings that back for late events.
        gone = {name: -number for name, number in before.items() if name not in cells}
        if change or gone:
            self.progress[counter.key] = {**gone, **change}
        self._before[counter.key] = cells
        after = add_counters({"": cells}, {"": change}).get("", {})
        reached = self.reached[counter.key] = counter.reading(after)
        return reached >= counter.threshold

    def _unrewarded(self, campaign: Campaign, *, moved: bool) -> CampaignResult:
        if moved:
            return CampaignResult(campaign, Outcome.PROGRESS_ONLY, progress=self._progress(campaign))
        return CampaignResult(campaign, Outcome.NO_MATCHING_CONDITIONS)

    def _progress(self, campaign: Campaign) -> Progress:
        """How far it is with the alternative that is nearest now; its counters count alike."""
        alternatives = [
            (rule, [one.counter for one in every if one.counter])
            for rule in campaign.rules
            for every in rule.conditions
        ]
        return max(
            (
                Progress(
                    rule,
                    _percent((one.reading(self._before[one.key]), one.threshold) for one in counters),
                    _percent((self.reached[one.key], one.threshold) for one in counters),
                )
                for rule, counters in alternatives
                if counters and all(one.key in self._before for one in counters)
            ),
            key=attrgetter("now"),
        )

    def _lots(self, campaign: Campaign, effects: list[Effect]) -> list[Lot]:
        lots: dict[tuple[str, datetime | None], Lot] = {}
        for effect in effects:
            for lot in self._granted(campaign, effect):
                same = lots.get((lot.reward_id, lot.expires_at))
                amount = normalize(lot.amount + (same.amount if same else ZERO))
                if amount > LARGEST and not isinstance(effect, SetTag | GiveOffer):
                    raise invalid(effect.field, f"is too much: {campaign.campaign_id} would grant more than 15 digits")
                if amount > 0:
                    lots[lot.reward_id, lot.expires_at] = replace(lot, amount=amount)
        most = campaign.limits.per_event
        return list(lots.values()) if most is None else self._within(lots.values(), most)

    def _granted(self, campaign: Campaign, effect: Effect) -> list[Lot]:
        if isinstance(effect, SetTag | GiveOffer):
            return []
        issued_at = self._occasion.issued_at
        decimals = self._occasion.decimals_of(effect.reward_id)
        if decimals is None:
            return []
        ends = expiry(issued_at, effect.expires_in, campaign.tz) if effect.expires_in else None
        if isinstance(effect, Multiple):
            return [
                Lot(lot.reward_id, round_down(effect.more(lot.amount), decimals), campaign.campaign_id, issued_at, ends)
                if ends
                else replace(
                    lot, amount=round_down(effect.more(lot.amount), decimals), campaign_id=campaign.campaign_id
                )
                for lot in self._base
                if lot.reward_id == effect.reward_id
            ]
        amount = round_down(effect.due(self._occasion.facts), decimals)
        return [Lot(effect.reward_id, amount, campaign.campaign_id, issued_at, ends)]

    def _afforded(self, campaign: Campaign, lots: list[Lot], due: Decimal) -> list[Lot]:
        """As much of the lots as the campaign has left, taken from it; none if that is not enough for it."""
        limits, budget = campaign.limits, self._occasion.budget
        wanted = BudgetAmount(due if limits.budget is not None else ZERO, 0 if limits.times is None else 1)
        left = budget.available(campaign.campaign_id, wanted)
        if wanted.amount and left.amount < wanted.amount:
            lots = self._within(lots, left.amount) if limits.partial else []
            wanted = wanted._replace(amount=normalize(total(lot.amount for lot in lots)))
        if due and not lots:
            return []
        self.shares[campaign.campaign_id] = budget.consume(campaign.campaign_id, wanted)
        return lots

    def _within(self, lots: Iterable[Lot], most: Decimal) -> list[Lot]:
        kept = []
        for lot in lots:
            decimals = self._occasion.decimals_of(lot.reward_id) or 0
            amount = round_down(max(ZERO, min(lot.amount, most)), decimals)
            if amount:
                kept.append(replace(lot, amount=amount))
                most = most - amount
        return kept

    def _settle(self, campaign: Campaign, lots: list[Lot], achieved: list[Counter]) -> None:
        """Note that it has rewarded: the group is won, the times count, and its counters start anew."""
        if campaign.exclusive:
            self._winners[campaign.exclusive] = campaign.campaign_id
        if not campaign.multiplies:
            self._base += lots
        if campaign.limits.per_customer:
            cell = campaign.limits.per_customer.period_at(self._occasion.issued_at, campaign.tz)
            self.limits[campaign.key] = {cell: 1}
        for counter in achieved:
            self.progress.pop(counter.key, None)
            if before := self._occasion.progress.get(counter.key):
                self.progress[counter.key] = {name: -number for name, number in before.items()}
