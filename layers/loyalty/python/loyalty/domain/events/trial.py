"""A campaign tried on events of the past, as a pure decision: what it would have made of each of them by itself."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from loyalty.domain.customers.customer import Customer
from loyalty.domain.errors import ValidationError, invalid
from loyalty.domain.events.emit import facts_of
from loyalty.domain.events.event import Event, EventStatus
from loyalty.domain.limits.budgets import UNLIMITED, BudgetAmount, BudgetReservation, ShardsLeft
from loyalty.domain.limits.counters import EVENT_TYPES, Counters, add_counters, digest
from loyalty.domain.limits.usage import Usage
from loyalty.domain.money import ZERO
from loyalty.domain.offers import MAX_GRANTED_OFFERS
from loyalty.domain.program.brands import Brand
from loyalty.domain.program.catalog import Catalog
from loyalty.domain.rules.campaigns import Campaign
from loyalty.domain.rules.compiled import CompiledCampaign, compile_campaign
from loyalty.domain.rules.effects import SetTag
from loyalty.domain.rules.evaluator import CampaignEvaluator, Evaluation, EvaluationContext
from loyalty.domain.rules.outcomes import Outcome
from loyalty.domain.rules.results import CampaignResult
from loyalty.domain.wallet.lots import Lot

_UNDONE = (EventStatus.CANCELLED, EventStatus.EXPIRED, EventStatus.REVERSED)
_NOT_CONSULTED = (Outcome.OUT_OF_SCHEDULE, Outcome.NOT_EVALUATED)


class Tried(NamedTuple):
    """What a campaign would have made of one event.

    Not `is_certain` if that depends on what the customer had done before the events that were tried: it is then what it
    would be if that had been nothing.
    """

    event: Event
    result: CampaignResult
    evaluation: Evaluation
    is_certain: bool


def try_campaign(
    campaign_id: str,
    campaign: Campaign,
    events: Sequence[Event],
    customer: Customer,
    brand: Brand,
    catalog: Catalog,
    multiplying: Collection[str] = (),
    *,
    complete: bool,
) -> list[Tried]:
    """What a campaign would have made of a customer's events by itself, newest first, if it had run since the first.

    The events are of its trigger's type, newest first as they were recorded; `complete` if they are all that there are.
    Its status does not matter. It starts with its whole budget, with nothing counted and no limit used, and what it
    grants counts for the events after. What it multiplies is what other campaigns granted in fact, without those that
    were `multiplying` too. Of the customer, conditions see the profile as it is now: no other is kept.

    Raises ValidationError if it would grant more than an amount can hold.
    """
    compiled = compile_campaign(campaign_id, campaign.model_copy(update={"status": "RUNNING"}), brand.tz)
    trial = _Trial(compiled, customer, catalog, {campaign_id, *multiplying}, complete=complete)
    counted_before = _counted_before(events, customer)
    oldest_first = events[::-1]
    in_order = sorted(oldest_first, key=lambda event: event.issued_at)
    return [trial.evaluate(event, counted_before[event.event_id]) for event in in_order][::-1]


def _counted_before(events: Sequence[Event], customer: Customer) -> dict[str, Counters]:
    """The customer's counter of event types as it was before each event, those aside that have been undone since."""
    counted = {EVENT_TYPES: customer.usage.progress.get(EVENT_TYPES, {})}
    found: dict[str, Counters] = {}
    for event in events:
        name = digest(event.type)
        own = event.usage.progress.get(EVENT_TYPES, {}).get(name, 0)
        if own and event.status not in _UNDONE:
            counted = {EVENT_TYPES: {}} | add_counters(counted, {EVENT_TYPES: {name: own}}, -1)
        found[event.event_id] = counted
    return found


class _Trial:
    """A campaign that is asked of one event after the other, and what it has counted, used and granted so far."""

    def __init__(
        self,
        campaign: CompiledCampaign,
        customer: Customer,
        catalog: Catalog,
        without: Collection[str],
        *,
        complete: bool,
    ) -> None:
        self._campaign = campaign
        self._evaluator = CampaignEvaluator([campaign])
        self._customer = customer
        self._catalog = catalog
        self._without = without
        self._complete = complete
        self._all_certain = True
        # Whether what it makes of one event has to do with what it made of those before.
        sets_tags = any(isinstance(effect, SetTag) for rule in campaign.settings.rules for effect in rule.effects)
        self._is_carried = sets_tags or campaign.recurrence is not None or campaign.limits.shared
        whole = BudgetAmount(campaign.limits.budget or ZERO, campaign.limits.times or 0)
        self._budget = BudgetReservation({campaign.campaign_id: ShardsLeft({"0": whole}, all_shards=1)}, UNLIMITED)
        self._used = Usage()

    def evaluate(self, event: Event, counted_before: Counters) -> Tried:
        """What it makes of the event, given the counter of event types before it."""
        context = EvaluationContext(
            self._facts(event, counted_before),
            event.issued_at,
            self._catalog,
            self._budget,
            self._used.progress,
            self._used.limits,
            MAX_GRANTED_OFFERS,
            self._base(event),
        )
        try:
            evaluation = self._evaluator.evaluate(context)
        except ValidationError as refusal:  # the event would have been refused: that is a fault of the campaign
            raise invalid("campaign.rules", f"{refusal.message} (event {event.event_id})") from None
        (result,) = evaluation.results
        limits = add_counters(self._used.limits, evaluation.usage.limits)
        self._used = Usage(evaluation.progress, limits)
        self._customer, _ = self._customer.with_tags(result.tags)
        return Tried(event, result, evaluation, self._is_certain(evaluation, result))

    def _facts(self, event: Event, counted_before: Counters) -> dict[str, Any]:
        customer = replace(self._customer, usage=self._customer.usage._replace(progress=counted_before))
        return facts_of(event.type, event.data, customer, self._campaign.tz, event.issued_at)

    def _base(self, event: Event) -> list[Lot]:
        return [lot for lot in event.promised_lots if lot.campaign_id not in self._without]

    def _is_certain(self, evaluation: Evaluation, result: CampaignResult) -> bool:
        """Whether it would be the same whatever had been counted before the events that are tried."""
        if self._complete or result.outcome in _NOT_CONSULTED:
            return True
        snapshot, campaign = evaluation.snapshot, self._campaign
        held = {key for key, id_ in snapshot.ids.items() if id_ in evaluation.trace.held}
        is_told = campaign.campaign_id in snapshot.document["campaigns"]
        consulted = any(one.counters and (one.event_keys <= held or not is_told) for one in campaign.alternatives)
        certain = not consulted and (self._all_certain or not self._is_carried)
        self._all_certain = self._all_certain and certain
        return certain
