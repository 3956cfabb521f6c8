"""Campaigns: what makes one fire and what it then grants. Written as documents, compiled once, evaluated purely."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from loyalty.domain.amounts import LARGEST, ZERO, full_multiples, round_down, times, total
from loyalty.domain.conditions import Test, compiled, found
from loyalty.domain.errors import invalid
from loyalty.domain.times import Period, expiry, parse_instant, parse_period, start_of_day
from loyalty.domain.wallet import Lot

_BEGINNING = datetime.min.replace(tzinfo=UTC)
_END = datetime.max.replace(tzinfo=UTC)


class Outcome(StrEnum):
    """How the evaluation of one campaign ended."""

    REWARDED = "Rewarded"
    NO_MATCHING_CONDITIONS = "NoMatchingConditions"
    OUT_OF_SCHEDULE = "OutOfSchedule"


@dataclass(frozen=True)
class Effect:
    """What a rule grants: a fixed amount, or an amount for every full `every` of a field."""

    reward_id: str
    amount: Decimal
    per: tuple[tuple[str, ...], Decimal] | None
    expires_in: Period | None

    def granted(self, facts: Mapping[str, Any]) -> Decimal:
        """The amount for these facts; a list at the field counts with its sum, a missing one with nothing."""
        if self.per is None:
            return self.amount
        path, every = self.per
        numbers = (v for v in found(facts, path) if isinstance(v, int | Decimal) and not isinstance(v, bool))
        return times(full_multiples(total(map(Decimal, numbers)), every), self.amount)


@dataclass(frozen=True)
class Rule:
    """Its effects apply if any of the outer conditions holds whole; none means always."""

    conditions: tuple[tuple[Test, ...], ...]
    effects: tuple[Effect, ...]

    def matches(self, facts: Mapping[str, Any]) -> bool:
        """Whether it applies to these facts."""
        return not self.conditions or any(all(test(facts) for test in every) for every in self.conditions)


@dataclass(frozen=True)
class Campaign:
    """A campaign ready to be evaluated."""

    campaign_id: str
    name: str
    trigger: str
    running: bool
    starts_at: datetime
    ends_at: datetime
    rules: tuple[Rule, ...]
    tz: ZoneInfo

    @property
    def end(self) -> datetime | None:
        """When it ends; None if it does not."""
        return None if self.ends_at == _END else self.ends_at


@dataclass(frozen=True)
class Verdict:
    """What one campaign made of one event."""

    campaign: Campaign
    outcome: Outcome
    lots: tuple[Lot, ...] = ()

    @property
    def campaign_id(self) -> str:
        """Which campaign."""
        return self.campaign.campaign_id


def compile_campaign(campaign_id: str, document: Mapping[str, Any], tz: ZoneInfo) -> Campaign:
    """A stored campaign (contract: `PUT /campaigns/{id}`) ready to be evaluated."""
    return Campaign(
        campaign_id,
        document["name"],
        document["trigger"],
        document["status"] == "RUNNING",
        bound(document.get("start_date"), tz, timedelta()) or _BEGINNING,
        bound(document.get("end_date"), tz, timedelta(days=1)) or _END,
        tuple(_rule(rule) for rule in document["rules"]),
        tz,
    )


def evaluate(
    campaigns: Sequence[Campaign],
    facts: Mapping[str, Any],
    decimals_of: Callable[[str], int | None],
    issued_at: datetime,
) -> list[Verdict]:
    """What each campaign makes of an event that happened at `issued_at`; the caller chose those of its trigger.

    `decimals_of` tells how many decimals a reward has, None for one that is gone: it is not granted.
    Raises ValidationError if a campaign would grant more than an amount can hold.
    """
    return [_verdict(campaign, facts, decimals_of, issued_at) for campaign in campaigns]


def _verdict(
    campaign: Campaign, facts: Mapping[str, Any], decimals_of: Callable[[str], int | None], issued_at: datetime
) -> Verdict:
    if not campaign.running or not campaign.starts_at <= issued_at < campaign.ends_at:
        return Verdict(campaign, Outcome.OUT_OF_SCHEDULE)
    lots: dict[tuple[str, datetime | None], Lot] = {}
    for effect in (effect for rule in campaign.rules if rule.matches(facts) for effect in rule.effects):
        decimals = decimals_of(effect.reward_id)
        amount = ZERO if decimals is None else round_down(effect.granted(facts), decimals)
        ends = expiry(issued_at, effect.expires_in, campaign.tz) if effect.expires_in else None
        same = lots.get((effect.reward_id, ends))
        amount += same.amount if same else ZERO
        if amount > LARGEST:
            field = ".".join(effect.per[0]) if effect.per else "type"
            raise invalid(field, f"is too much: {campaign.campaign_id} would grant more than 15 digits")
        if amount > 0:
            lots[effect.reward_id, ends] = Lot(effect.reward_id, amount, campaign.campaign_id, issued_at, ends)
    outcome = Outcome.REWARDED if lots else Outcome.NO_MATCHING_CONDITIONS
    return Verdict(campaign, outcome, tuple(lots.values()))


def _rule(document: Mapping[str, Any]) -> Rule:
    return Rule(
        tuple(
            tuple(compiled(one["field"], one["operator"], one.get("value", True)) for one in every)
            for every in document.get("conditions") or ()
        ),
        tuple(_effect(effect) for effect in document["effects"]),
    )


def _effect(document: Mapping[str, Any]) -> Effect:
    per = document.get("per")
    return Effect(
        document["reward_id"],
        Decimal(document["amount"]),
        (tuple(per["field"].split(".")), Decimal(per["every"])) if per else None,
        parse_period(document["expires_in"]) if document.get("expires_in") else None,
    )


def bound(text: str | None, tz: ZoneInfo, whole_day: timedelta) -> datetime | None:
    """A time as it is, or a day as the instant it begins in the brand's zone, or ends with `whole_day`."""
    try:
        if text and "T" not in text.upper():
            return start_of_day(date.fromisoformat(text) + whole_day, tz)
        return parse_instant(text) if text else None
    except OverflowError:  # the first or the last day there is, as some write "always" and "never"
        return None
