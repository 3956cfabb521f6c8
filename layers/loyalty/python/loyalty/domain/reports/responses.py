"""What clients see of reports."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from loyalty.domain.money import ZERO
from loyalty.domain.reports.counters import COLUMNS, NEVER
from loyalty.domain.reports.points import NO_LIABILITY, PointsReport
from loyalty.domain.schemas import Answer, Number


class PeriodResponse(Answer):
    """What a reward has done in a day or a month; a minus only where the line says so."""

    period: str
    """The day, or the month."""
    granted: Number
    """What campaigns have granted."""
    adjusted: Number
    """What was assigned, less what was deducted; negative if that was more."""
    redeemed: Number
    """What was spent for good; not what is still reserved."""
    expired: Number
    """What ended without being spent (breakage)."""
    reversed: Number
    """What reversals took back, less what they gave back; negative if that was more."""
    other: Number
    """What came in or went out otherwise, such as by moving from another system."""


class ExpiringResponse(Answer):
    """What expires in a month."""

    month: str | None
    """The month; null for what never expires."""
    amount: Number
    """How much customers have of it now."""


class RewardReportResponse(Answer):
    """A reward in the time asked for, and what is outstanding of it now."""

    reward_id: str
    """The reward."""
    outstanding: Number
    """What all customers have now: available, available later, or reserved, less what they owe."""
    held: Number
    """What of that is reserved now by pending events: the sum of `reserved` over all wallets."""
    owed: Number
    """What customers owe now, whose reversed points were spent."""
    expiring: list[ExpiringResponse]
    """What of that expires when, debts aside."""
    periods: list[PeriodResponse]
    """The periods in which something happened."""


class CampaignPeriodResponse(Answer):
    """What the points of a campaign have done in a day or a month."""

    period: str
    """The day, or the month."""
    granted: Number
    """What it has granted."""
    redeemed: Number
    """What of its points was spent."""


class CampaignReportResponse(Answer):
    """A campaign in the time asked for, by the reward that it grants."""

    campaign_id: str
    """The campaign."""
    reward_id: str
    """The reward."""
    periods: list[CampaignPeriodResponse]
    """The periods in which something happened."""


class PointsReportResponse(Answer):
    """What points have done in a time."""

    time_zone: str
    """Where the days of the report begin."""
    open_holds: int
    """How many events are pending now, whether they reserve anything or only promise it."""
    rewards: list[RewardReportResponse]
    """By reward."""
    campaigns: list[CampaignReportResponse]
    """By campaign and reward."""


def points_report_response(report: PointsReport) -> dict[str, Any]:
    """A PointsReportResponse."""
    return {
        "time_zone": report.time_zone,
        "open_holds": report.open_holds,
        "rewards": [
            _reward(reward_id, report) for reward_id in sorted(report.rewards.keys() | report.liabilities.keys())
        ],
        "campaigns": [
            {
                "campaign_id": campaign_id,
                "reward_id": reward_id,
                "periods": [
                    {"period": period, "granted": of["granted"], "redeemed": _negative(of["redeemed"])}
                    for period, of in _periods(periods)
                ],
            }
            for (campaign_id, reward_id), periods in sorted(report.campaigns.items())
        ],
    }


def _reward(reward_id: str, report: PointsReport) -> dict[str, Any]:
    liability = report.liabilities.get(reward_id, NO_LIABILITY)
    months = sorted(liability.by_month.items(), key=lambda pair: (pair[0] == NEVER, pair[0]))
    return {
        "reward_id": reward_id,
        "outstanding": liability.outstanding,
        "held": liability.held,
        "owed": liability.debt,
        "expiring": [{"month": None if month == NEVER else month, "amount": amount} for month, amount in months],
        "periods": [
            {
                "period": period,
                "granted": of["granted"],
                "adjusted": of["adjusted"],
                "redeemed": _negative(of["redeemed"]),
                "expired": _negative(of["expired"]),
                "reversed": _negative(of["reversed"]),
                "other": of["other"],
            }
            for period, of in _periods(report.rewards.get(reward_id, {}))
        ],
    }


def _periods(periods: Mapping[str, Mapping[str, Decimal]]) -> Iterator[tuple[str, Mapping[str, Decimal]]]:
    nothing = dict.fromkeys(COLUMNS, ZERO)
    for period, columns in sorted(periods.items()):
        yield period, {**nothing, **columns}


def _negative(amount: Decimal) -> Decimal:
    return -amount if amount else ZERO
