"""Reports: what the counters that the feed keeps come to in a time."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from loyalty.domain.errors import invalid
from loyalty.domain.money import ZERO, normalize
from loyalty.domain.reports.counters import OPEN_HOLDS
from loyalty.domain.reports.points import Liability, PointsReport
from loyalty.store.program import load_brand
from loyalty.store.reports import load_days, load_liabilities

MAX_DAYS = 100
MAX_DAYS_BY_MONTH = 1_100


def report_points(brand_id: str, first: date, last: date, resolution: str) -> PointsReport:
    """What points have done from one day to another, both included, by day or month. Raises ValidationError (to).

    Raises BrandNotFoundError.
    """
    if last < first:
        raise invalid("to", "must not be before from")
    most = MAX_DAYS if resolution == "day" else MAX_DAYS_BY_MONTH
    if (last - first).days >= most:
        raise invalid("to", f"must be within {most} days from `from` with this resolution")
    rewards: dict[str, dict[str, dict[str, Decimal]]] = {}
    campaigns: dict[tuple[str, str], dict[str, dict[str, Decimal]]] = {}
    length = len("2026-03-10") if resolution == "day" else len("2026-03")
    for counter, columns in load_days(brand_id, first.isoformat(), last.isoformat()):
        period = counter.day[:length]
        _add(rewards.setdefault(counter.reward_id, {}).setdefault(period, {}), columns)
        if counter.campaign_id:
            of_campaign = campaigns.setdefault((counter.campaign_id, counter.reward_id), {})
            _add(of_campaign.setdefault(period, {}), columns)
    return PointsReport(load_brand(brand_id).time_zone, rewards, campaigns, *read_liabilities(brand_id))


def read_liabilities(brand_id: str) -> tuple[dict[str, Liability], int]:
    """What is outstanding now, by reward, and how many holds are open."""
    months: dict[str, dict[str, Decimal]] = {}
    debts: dict[str, Decimal] = {}
    held: dict[str, Decimal] = {}
    open_holds = 0
    for counter, columns in load_liabilities(brand_id):
        if counter == OPEN_HOLDS:
            open_holds = int(columns.get("holds", ZERO))
            continue
        reward_id, month = counter
        by_month = months.setdefault(reward_id, {})
        if amount := columns.get("amount", ZERO):
            by_month[month] = amount
        debts[reward_id] = normalize(debts.get(reward_id, ZERO) + columns.get("debt", ZERO))
        held[reward_id] = normalize(held.get(reward_id, ZERO) + columns.get("held", ZERO))
    liabilities = {id_: Liability(by_month, debts[id_], held[id_]) for id_, by_month in months.items()}
    return liabilities, open_holds


def _add(sums: dict[str, Decimal], columns: Mapping[str, Decimal]) -> None:
    for name, amount in columns.items():
        sums[name] = normalize(sums.get(name, ZERO) + amount)
