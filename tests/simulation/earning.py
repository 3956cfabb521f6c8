"""What an event has to earn, reckoned a second time, for the few forms of campaigns that histories use."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from loyalty.domain.wallet import LotKey
from tests.simulation.wallets import ZERO, Part

_BOGOTA = timedelta(hours=-5)
_STEPS = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1), "days": timedelta(days=1)}


@dataclass(frozen=True)
class Ruling:
    """The brand's rules as they were for a while."""

    enabled: bool
    campaigns: Mapping[str, Mapping[str, Any]]
    may_owe: Mapping[str, bool]


def earned(ruling: Ruling, type_: str, data: Mapping[str, Any], issued_at: datetime) -> dict[LotKey, Decimal]:
    """What the event is granted under these rules, by lot."""
    found: dict[LotKey, Decimal] = {}
    for campaign_id, campaign in sorted(ruling.campaigns.items()):
        if not ruling.enabled or campaign["trigger"] != type_ or campaign.get("status") == "PAUSED":
            continue
        for rule in campaign["rules"]:
            if not all(_matches(one, data) for every in rule.get("conditions") or () for one in every):
                continue
            for effect in rule["effects"]:
                amount = _amount(effect, data)
                key = LotKey(effect["reward_id"], campaign_id, _end(effect.get("expires_in"), issued_at))
                if amount:
                    found[key] = found.get(key, ZERO) + amount
    return found


def by_lot(parts: tuple[Part, ...]) -> dict[LotKey, Decimal]:
    """How much of each lot."""
    found: dict[LotKey, Decimal] = {}
    for part in parts:
        found[part.key] = found.get(part.key, ZERO) + part.amount
    return found


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
