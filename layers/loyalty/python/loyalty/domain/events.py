"""Events and their lifecycle, decided purely.

             fulfilled ──────────────► RESOLVED ──reverse──► REVERSED
emit ──┤
             not yet ──► PENDING ──fulfil──► RESOLVED
                            ├──reverse──► CANCELLED
                            └──deadline─► EXPIRED
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from loyalty.domain.amounts import ZERO, has_decimals, tidy
from loyalty.domain.brands import Brand, Reward, Rules
from loyalty.domain.counts import Counts
from loyalty.domain.customers import Customer, Ref
from loyalty.domain.errors import FieldProblem, ValidationError, invalid
from loyalty.domain.funds import Funds
from loyalty.domain.ids import derived
from loyalty.domain.offers import (
    MOST_REDEEMED_AT_ONCE,
    UNRANKED,
    Offer,
    OfferRecord,
    Offers,
    redeemed,
    refuse_unless_free,
    room_for_offers,
)
from loyalty.domain.tallies import added, bounded
from loyalty.domain.times import DEFAULT_HOLD, LATEST_REPORT, LONGEST_HOLD, expiry
from loyalty.domain.wallet import EntryType, Hold, Ledger, Line, Lot, Total, totals

if TYPE_CHECKING:  # named, not made here: what only ends events starts without campaigns
    from loyalty.domain.listening import Evaluation


class Status(StrEnum):
    """Where an event is in its life; only a PENDING one still has an ending before it."""

    PENDING = "PENDING"
    RESOLVED = "RESOLVED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"
    REVERSED = "REVERSED"


class Redeem(NamedTuple):
    """One thing to be spent, and where in the request it stood."""

    path: str
    reward_id: str
    amount: Decimal


@dataclass(frozen=True)
class Event:
    """What a customer did and what came of it. It is also the record of what it moved, and the receipt of its key.

    Written once, except for the fields from `status` to `reason`: an ending changes the status, its time, its reason
    and the totals; an extension changes the deadline. `counts` is what it counted, `tags` what it sets when it is
    resolved and `replaced` what those were before; `offers` are those it redeemed, as they were before, and `gives`
    those that campaigns give for it when it is resolved.
    """

    event_id: str
    brand_id: str
    customer_id: str
    type: str
    data: Mapping[str, Any]
    evaluated: bool
    standby: bool
    reserve: int
    issued_at: datetime
    recorded_at: datetime
    fingerprint: str
    campaigns: tuple[str, ...]
    pending: tuple[Lot, ...]
    lines: tuple[Line, ...]
    closed: tuple[str, ...]
    number: int
    previous: tuple[Ref, ...]
    totals_at_first: tuple[Total, ...]
    first_deadline: datetime | None
    status: Status
    deadline: datetime | None
    totals: tuple[Total, ...]
    ended_at: datetime | None = None
    resolved_at: datetime | None = None
    reason: str | None = None
    replaced: Mapping[str, Any] = field(default_factory=dict)
    counts: Counts = field(default_factory=Counts)
    tags: Mapping[str, Any] = field(default_factory=dict)
    offers: tuple[Offer, ...] = ()
    gives: tuple[OfferRecord, ...] = ()

    @property
    def granted(self) -> tuple[Lot, ...]:
        """What it promised or paid, debts included."""
        return self.pending if self.standby else tuple(_whole(line) for line in self._own(EntryType.ACCUMULATION))

    @property
    def taken(self) -> tuple[Lot, ...]:
        """The parts of lots it redeemed."""
        return tuple(replace(line.lot, amount=-line.lot.amount) for line in self._own(EntryType.REDEMPTION))

    def dead(self, now: datetime) -> bool:
        """Whether its hold was over by then, whatever has been stored of that."""
        return self.status is Status.EXPIRED or (
            self.status is Status.PENDING and self.deadline is not None and now >= self.deadline
        )

    def as_of(self, now: datetime) -> "Event":
        """The event as anyone reading it then must see it."""
        dead = self.status is Status.PENDING and self.dead(now)
        return replace(self, status=Status.EXPIRED, ended_at=self.deadline) if dead else self

    def first_answer(self) -> "Event":
        """The event as its own emit answered it."""
        status = Status.PENDING if self.standby else Status.RESOLVED
        return replace(
            self,
            status=status,
            deadline=self.first_deadline,
            totals=self.totals_at_first,
            ended_at=None,
            resolved_at=None if self.standby else self.recorded_at,
            reason=None,
        )

    def _own(self, type_: EntryType) -> Iterator[Line]:
        return (line for line in self.lines if line.type is type_ and line.event_id == self.event_id)


def _whole(line: Line) -> Lot:
    return replace(line.lot, amount=line.amount)


class Emission(NamedTuple):
    """An event to be stored with the customer it leaves behind, what it takes of budgets, and why."""

    event: Event
    customer: Customer
    funds: Funds
    evaluation: "Evaluation | None" = None


def emit(
    body: Mapping[str, Any],
    sent: Mapping[str, Any],
    customer: Customer,
    brand: Brand,
    rules: Rules,
    *,
    event_id: str,
    fingerprint: str,
    now: datetime,
    funds: Funds | None = None,
) -> Emission:
    """What an event does: redeems first, then earns; held until fulfilled if it is not fulfilled yet.

    `body` is the checked request, `sent` the same as it came: what campaigns see, and what is kept.
    `funds` is what was read of budgets. Raises ValidationError for times out of range and unknown rewards,
    InsufficientBalanceError, TooManyHoldsError, and NotAllRead if a budget has to be known better.
    A disabled brand records the event, and nothing of it is used but that it was there.
    """
    issued_at = _issued_at(body, now)
    standby = body.get("fulfilled") is False
    deadline = _deadline(body, now) if standby else None
    ledger = Ledger(customer.wallet, now)
    ledger.release_dead_holds()
    funds = funds or Funds()
    customer = customer.without_undone(ledger).refunded(funds)
    taken: tuple[Lot, ...] = ()
    offers: tuple[Offer, ...] = ()
    evaluation: Evaluation | None = None
    lots: tuple[Lot, ...] = ()
    counts = Counts()
    tags: dict[str, Any] = {}
    gives: tuple[OfferRecord, ...] = ()
    if brand.enabled:
        offers, taken = _redeem(ledger, list(redeems(body)), customer.offers, rules.rewards, event_id, held=standby)
        evaluation = judge(body["type"], sent, customer, brand, rules, issued_at, funds)
        lots = tuple(lot for verdict in evaluation.rewarded for lot in verdict.lots)
        # Where two campaigns set the same tag, the first of them does.
        tags = {name: value for one in evaluation.rewarded[::-1] for name, value in (one.tags or {}).items()}
        gives = tuple(_given(evaluation, event_id, customer, brand, rules, issued_at, now))
        counts, customer = _counted(evaluation, body["type"], customer, rules, now)
    else:
        counts = Counts(customer.type_counted(body["type"]))
        progress = added(customer.standing.progress, counts.progress)
        customer = replace(customer, standing=customer.standing._replace(progress=progress))
    tagged, replaced = customer.tagged({} if standby else tags)
    names = tuple(one.offer_id for one in offers)
    if deadline:
        ledger.open(event_id, Hold(deadline, taken, lots, counts, names))
    else:
        ledger.grant(lots, event_id)
        given = {one.offer.offer_id: one.offer for one in gives}
        tagged = replace(tagged, offers=redeemed(tagged.offers, names, event_id) | given)
    sums = tuple(totals(ledger.wallet, now))
    event = Event(
        event_id=event_id,
        brand_id=brand.brand_id,
        customer_id=customer.customer_id,
        type=body["type"],
        data=as_kept(sent),
        evaluated=brand.enabled,
        standby=standby,
        reserve=body.get("reserve") or 1,
        issued_at=issued_at,
        recorded_at=now,
        fingerprint=fingerprint,
        campaigns=tuple(one.campaign_id for one in evaluation.rewarded) if evaluation else (),
        pending=lots if standby else (),
        lines=tuple(ledger.lines),
        closed=tuple(ledger.closed),
        number=customer.version + 1,
        previous=customer.chain,
        totals_at_first=sums,
        first_deadline=deadline,
        status=Status.PENDING if standby else Status.RESOLVED,
        deadline=deadline,
        totals=sums,
        resolved_at=None if standby else now,
        replaced=replaced,
        counts=counts,
        tags=tags,
        offers=offers,
        gives=gives,
    )
    return Emission(event, tagged.recorded(event_id, ledger, () if standby else lots), funds, evaluation)


def judge(
    type_: str,
    sent: Mapping[str, Any],
    customer: Customer,
    brand: Brand,
    rules: Rules,
    issued_at: datetime,
    funds: Funds,
) -> "Evaluation":
    """What each campaign of that trigger makes of an event. Raises NotAllRead if a budget has to be known better."""
    # What was left out is what it stands for: conditions see the event as it is recorded.
    said = {"issued_at": issued_at, "fulfilled": sent.get("fulfilled") is not False}
    facts = {**sent, **said, "customer": customer.facts(type_, issued_at, brand.tz)}
    room = room_for_offers(customer.offers, issued_at)
    return rules.evaluate(type_, facts, issued_at, customer.standing, funds, room)


def _given(
    evaluation: "Evaluation",
    event_id: str,
    customer: Customer,
    brand: Brand,
    rules: Rules,
    issued_at: datetime,
    now: datetime,
) -> Iterator[OfferRecord]:
    """The offers that campaigns give: made of what the config offers are now, whenever the event is resolved."""
    for verdict in evaluation.rewarded:
        for i, effect in enumerate(verdict.offers):
            config = rules.config_offers[effect.config_id]
            offer = Offer(
                derived(event_id, verdict.campaign_id, str(i)),
                effect.config_id,
                customer.customer_id,
                issued_at,
                expiry(issued_at, effect.valid_for, brand.tz),
                UNRANKED,
            )
            yield OfferRecord(offer, config.name, now, config.benefits, "campaign", verdict.campaign_id)


def _counted(
    evaluation: "Evaluation", type_: str, customer: Customer, rules: Rules, now: datetime
) -> tuple[Counts, Customer]:
    """What the event counts, and the customer who has counted it; of campaigns that are over nothing is kept."""
    own = customer.type_counted(type_)
    counts = evaluation.counts._replace(progress={**evaluation.counts.progress, **own})
    limits = added(customer.standing.limits, counts.limits)
    for verdict in evaluation.rewarded:
        campaign = verdict.campaign
        if campaign.limits.per_customer:
            limits[campaign.key] = campaign.limits.per_customer.living(limits[campaign.key], now, campaign.tz)
    progress, limits = (
        {name: cells for name, cells in tallies.items() if rules.tallies(name, now)}
        for tallies in (added(evaluation.progress, own), limits)
    )
    return counts, replace(customer, standing=customer.standing._replace(progress=bounded(progress), limits=limits))


def as_kept(sent: Mapping[str, Any]) -> dict[str, Any]:
    """What was sent, whose it is first: in this order it is answered, now and in every replay."""
    named = {name: sent[name] for name in ("customer_id", "brand_id", "type")}
    return {**named, **{name: value for name, value in sent.items() if name not in named}}


def redeems(body: Mapping[str, Any]) -> Iterator[Redeem]:
    """Everything an event redeems, at every level: the event, the order, its products, its shipping, the product."""
    order = body.get("order") or {}
    yield from _redeems_at("redeem", body)
    yield from _redeems_at("product.redeem", body.get("product"))
    yield from _redeems_at("order.redeem", order)
    yield from _redeems_at("order.shipping.redeem", order.get("shipping"))
    for i, product in enumerate(order.get("products") or ()):
        yield from _redeems_at(f"order.products.{i}.redeem", product)


def _redeems_at(path: str, holder: Mapping[str, Any] | None) -> Iterator[Redeem]:
    for i, one in enumerate((holder or {}).get("redeem") or ()):
        yield Redeem(f"{path}.{i}", one["id"], one["amount"])


def _redeem(
    ledger: Ledger,
    wanted: list[Redeem],
    offers: Offers,
    rewards: Mapping[str, Reward],
    event_id: str,
    *,
    held: bool,
) -> tuple[tuple[Offer, ...], tuple[Lot, ...]]:
    """The offers and the parts of lots that are redeemed; an id is an offer's while it lives, or else a reward's."""
    problems: list[FieldProblem] = []
    found: dict[str, Offer] = {}
    sums: dict[str, Decimal] = {}
    for one in wanted:
        offer, reward = offers.get(one.reward_id), rewards.get(one.reward_id)
        if offer and not offer.over(ledger.now):
            if one.amount != 1 or one.reward_id in found:
                problems.append(FieldProblem(f"{one.path}.amount", "must be 1: an offer is redeemed whole, and once"))
            found[one.reward_id] = offer
            continue
        if reward is None:
            problems.append(
                FieldProblem(f"{one.path}.id", "is not a reward of this brand or an offer the customer has now")
            )
        elif has_decimals(one.amount, reward.decimals):
            problems.append(FieldProblem(f"{one.path}.amount", f"must have at most {reward.decimals} decimals"))
        sums[one.reward_id] = tidy(sums.get(one.reward_id, ZERO) + one.amount)
    if len(found) > MOST_REDEEMED_AT_ONCE:
        problems.append(FieldProblem("redeem", f"must name at most {MOST_REDEEMED_AT_ONCE} offers"))
    if problems:
        raise ValidationError(*problems)
    for offer in found.values():
        refuse_unless_free(offer, ledger.wallet.held_offers, ledger.now)
    parts = [ledger.redeem(reward_id, amount, event_id, held=held) for reward_id, amount in sums.items()]
    return tuple(found.values()), tuple(lot for taken in parts for lot in taken)


def _issued_at(body: Mapping[str, Any], now: datetime) -> datetime:
    issued_at: datetime = body.get("issued_at") or now
    if issued_at > now:
        raise invalid("issued_at", "must not be in the future")
    if issued_at < now - LATEST_REPORT:
        raise invalid("issued_at", "must be within the last 72 hours")
    return issued_at


def _deadline(body: Mapping[str, Any], now: datetime) -> datetime:
    until = body.get("reserve_until")
    if until is None:
        return now + DEFAULT_HOLD * (body.get("reserve") or 1)
    if until <= now:
        raise invalid("reserve_until", "must be in the future")
    return within_longest_hold("reserve_until", until, now)


def within_longest_hold(field: str, until: datetime, now: datetime) -> datetime:
    """The deadline, or a ValidationError about that field if it is over a year away."""
    if until > now + LONGEST_HOLD:
        raise invalid(field, "must be within 365 days")
    return until
