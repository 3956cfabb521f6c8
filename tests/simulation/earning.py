"""What an event has to earn, reckoned a second time, for the few forms of campaigns that histories use."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from loyalty.domain.wallet import LotKey
from tests.simulation.wallets import ZERO, Part

_BOGOTA = timedelta(hours=-5)
_STEPS = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1), "days": timedelta(days=1)}

Lots = dict[LotKey, Decimal]
Slot = tuple[str, date]
"""A period of a limit, and the day on which it begins."""


class Share(NamedTuple):
    """A part of a campaign's budget, and of its times."""

    amount: Decimal = ZERO
    times: int = 0


@dataclass(frozen=True)
class Ruling:
    """The brand's rules as they were for a while; one that is written again after its deletion counts anew."""

    enabled: bool
    campaigns: Mapping[str, Mapping[str, Any]]
    may_owe: Mapping[str, bool]
    counted_as: Mapping[str, str]


@dataclass(frozen=True)
class Occasion:
    """What counts for an event beside what was sent: how often a limit has been used, the least a budget had left."""

    issued_at: datetime
    had: Callable[[str, Slot], int]
    left: Callable[[str], Share]


@dataclass
class Earned:
    """What an event takes of budgets and of limits, by campaign."""

    shares: dict[str, Share] = field(default_factory=dict)
    slots: dict[str, Slot] = field(default_factory=dict)


def earned(ruling: Ruling, type_: str, data: Mapping[str, Any], occasion: Occasion, told: Lots) -> Earned | None:
    """What the event takes if it is granted what is told; None if under these rules that cannot be."""
    found, rest = Earned(), dict(told)
    for campaign_id, campaign in ruling.campaigns.items():
        if not ruling.enabled or campaign["trigger"] != type_ or campaign.get("status") == "PAUSED":
            continue
        mine = {key: rest.pop(key) for key in told if key.campaign_id == campaign_id}
        limits, counted_as = campaign.get("limits") or {}, ruling.counted_as[campaign_id]
        due = _within(
            _due(campaign_id, campaign, data, occasion.issued_at), (limits.get("per_event") or {}).get("amount")
        )
        slot = _slot(limits["per_customer"], occasion.issued_at) if limits.get("per_customer") else None
        if not due or (slot and occasion.had(counted_as, slot) >= limits["per_customer"]["times"]):
            if mine:
                return None
            continue
        if not _possible(limits, due, mine, occasion.left(campaign_id)):
            return None
        if not mine:
            continue
        if limits.get("budget") or limits.get("per_campaign"):
            amount = sum(mine.values(), ZERO) if limits.get("budget") else ZERO
            found.shares[campaign_id] = Share(amount, 1 if limits.get("per_campaign") else 0)
        if slot:
            found.slots[counted_as] = slot
    return None if rest else found


def by_lot(parts: tuple[Part, ...]) -> Lots:
    """How much of each lot."""
    found: Lots = {}
    for part in parts:
        found[part.key] = found.get(part.key, ZERO) + part.amount
    return found


def _possible(limits: Mapping[str, Any], due: Lots, mine: Lots, left: Share) -> bool:
    """Whether a campaign may grant this of what is due; less only if that is all there was at some time."""
    if mine == due:
        return True
    if not mine and limits.get("per_campaign") and left.times < 1:
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


def _due(campaign_id: str, campaign: Mapping[str, Any], data: Mapping[str, Any], issued_at: datetime) -> Lots:
    found: Lots = {}
    for effect in _effects(campaign, data):
        amount = _amount(effect, data)
        key = LotKey(effect["reward_id"], campaign_id, _end(effect.get("expires_in"), issued_at))
        if amount:
            found[key] = found.get(key, ZERO) + amount
    return found


def _effects(campaign: Mapping[str, Any], data: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    for rule in campaign["rules"]:
        if all(_matches(one, data) for every in rule.get("conditions") or () for one in every):
            yield from rule["effects"]


def _slot(limit: Mapping[str, Any], issued_at: datetime) -> Slot:
    """The period in Bogotá that an event falls into."""
    day, period = (issued_at + _BOGOTA).date(), limit.get("period") or "ever"
    begins = {
        "day": day,
        "week": day - timedelta(days=day.weekday()),
        "month": day.replace(day=1),
        "ever": date.min,
    }
    return period, begins[period]


def _amount(effect: Mapping[str, Any], data: Mapping[str, Any]) -> Decimal:
    amount = Decimal(effect["amount"])
    if not effect.get("per"):
        return amount
    value = _number(data, effect["per"]["field"])
    return amount * (value // Decimal(effect["per"]["every"])) if value is not None else ZERO


def _matches(condition: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    value = _number(data, condition["field"])
    assert condition["operator"] == "gte", "the only one that histories use"
    return value is not None and value >= condition["value"]


def _number(data: Mapping[str, Any], path: str) -> Decimal | None:
    value: Any = data
    for name in path.split("."):
        value = (value or {}).get(name)
    return None if value is None else Decimal(value)


def _end(period: str | None, issued_at: datetime) -> datetime | None:
    """Minutes and hours end with the minute, days with the day in Bogotá, which is always five hours behind."""
    if period is None:
        return None
    length, unit = period.split("/")
    end = issued_at + int(length) * _STEPS[unit]
    if unit == "days":
        local = end + _BOGOTA
        return local.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1) - _BOGOTA
    whole = end.replace(second=0, microsecond=0)
    return whole if whole == end else whole + timedelta(minutes=1)
