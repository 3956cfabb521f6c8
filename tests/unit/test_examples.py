"""The campaigns of the documentation: each is taken as it stands, and does what its name says."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from loyalty import json as exact
from loyalty.domain.customers.customer import Customer
from loyalty.domain.events.emit import EmitDecision
from loyalty.domain.limits.budgets import SHARDS, BudgetAmount, BudgetReservation
from loyalty.domain.program.brands import Brand
from loyalty.domain.program.catalog import Catalog
from loyalty.domain.program.rewards import Reward
from loyalty.domain.rules.campaigns import check_campaign
from loyalty.domain.rules.ruleset import Ruleset
from loyalty.domain.times import parse_instant
from tests.support.builders import NOW, REWARDS, customer, emit, must, newcomer
from tests.support.project import ROOT

ALL = {**REWARDS, "credit": Reward("credit", "Credit", type="DISCOUNT", decimals=2)}
EXAMPLES = {path.stem: exact.loads(path.read_text()) for path in sorted((ROOT / "docs" / "examples").glob("*.json"))}


def running(*names: str) -> Ruleset:
    """The rules of these examples, as they are stored."""
    catalog = Catalog(ALL, {})
    for name in names:
        check_campaign(EXAMPLES[name], catalog)
    return Ruleset.compile(Brand("demo", "Demo"), catalog, {name: EXAMPLES[name] for name in names})


def buy(
    by: Ruleset, to: Customer | None = None, value: str = "50", now: datetime = NOW, left: int = 10**6, **more: Any
) -> EmitDecision:
    """A purchase, with so much left of every budget."""
    who = to or newcomer()
    share = {shard: BudgetAmount(Decimal(left if shard == "0" else 0), left if shard == "0" else 0) for shard in SHARDS}
    budget = BudgetReservation(dict.fromkeys(by.with_budget(["PURCHASE"]), share))
    order = {"value": Decimal(value), **more}
    return emit(who, event_id=f"e{who.version}", by=by, now=now, budget=budget, order=order)


def earned(emission: EmitDecision) -> list[tuple[str | None, str, str]]:
    """What is granted, by campaign and reward."""
    return [(lot.campaign_id, lot.reward_id, str(lot.amount)) for lot in emission.event.granted_lots]


def outcome(emission: EmitDecision, name: str) -> str:
    """What a campaign made of it."""
    return next(one.outcome.value for one in must(emission.evaluation).results if one.campaign_id == name)


def test_the_page_lists_every_example_and_no_other() -> None:
    page = (ROOT / "docs" / "campaigns.md").read_text()
    assert set(re.findall(r"\(examples/([\w-]+)\.json\)", page)) == set(EXAMPLES)
    assert len(EXAMPLES) == 6


@pytest.mark.parametrize(("tier", "points"), [(None, "50"), ("Gold", "100"), ("platinum", "150")])
def test_a_point_a_dollar_by_tier(tier: str | None, points: str) -> None:
    who = customer(attributes={"tier": tier} if tier else {})
    one = buy(running("a-point-a-dollar-by-tier"), who, "50.99")
    assert earned(one) == [("a-point-a-dollar-by-tier", "points", points)]
    assert one.event.granted_lots[0].expires_at == parse_instant("2027-03-11T00:00:00Z")


def test_welcome() -> None:
    by = running("welcome", "birthday-cashback")
    small = buy(by, value="8")
    assert earned(small) == []
    first = buy(by, customer(attributes={"birthday": "03-31"}))
    assert earned(first) == [("welcome", "points", "500")]
    assert first.customer.tags == {"member": True}
    assert outcome(first, "birthday-cashback") == "Excluded"
    assert earned(buy(by, first.customer)) == [("birthday-cashback", "credit", "5")]
    assert outcome(buy(by, left=499), "welcome") == "BudgetSpent"


def test_the_tenth_coffee_is_free_again_and_again() -> None:
    by, who, free = running("tenth-coffee-free"), newcomer(), []
    for number in range(1, 21):
        tea = buy(by, who, products=[{"tags": ["tea"]}])
        one = buy(by, tea.customer, products=[{"tags": ["cake"]}, {"tags": ["Coffee"]}])
        assert earned(tea) == []
        who = one.customer
        free += [number] if earned(one) else []
    assert free == [10, 20]


@pytest.mark.parametrize(
    ("at", "value", "more"),
    [
        ("2026-03-10T14:00:00Z", "50", "50"),
        ("2026-03-10T14:00:00Z", "500", "200"),
        ("2026-03-10T17:00:00Z", "50", None),
        ("2026-03-14T14:00:00Z", "50", None),
        ("2027-03-10T14:00:00Z", "50", None),
    ],
    ids=["in the afternoon", "up to a cap", "in the evening", "on a Saturday", "a year later"],
)
def test_happy_hours(at: str, value: str, more: str | None) -> None:
    one = buy(running("happy-hours", "a-point-a-dollar-by-tier"), value=value, now=parse_instant(at))
    assert earned(one) == [
        ("a-point-a-dollar-by-tier", "points", value),
        *([("happy-hours", "points", more)] if more else []),
    ]


def test_cashback_in_the_birthday_month() -> None:
    by, who = running("birthday-cashback"), customer(attributes={"birthday": "1990-03-31"})
    one = buy(by, who, "42.50")
    assert earned(one) == [("birthday-cashback", "credit", "4.25")]
    assert outcome(buy(by, one.customer), "birthday-cashback") == "LimitReached"
    assert earned(buy(by, who, "1000")) == [("birthday-cashback", "credit", "25")]
    assert earned(buy(by, who, "1000", left=3)) == [("birthday-cashback", "credit", "3")]
    assert earned(buy(by, who, now=parse_instant("2026-04-01T00:00:00Z"))) == []


@pytest.mark.parametrize(
    "purchases", [[("400", "a"), ("400", "a"), ("200", "a")], [("1", "a"), ("1", "b"), ("1", "c")]]
)
def test_an_explorer_becomes_a_vip_once(purchases: list[tuple[str, str]]) -> None:
    by, who, said = running("explorer"), newcomer(), []
    for value, store in [*purchases, ("1000", "d")]:
        one = buy(by, who, value, store_id=store)
        who = one.customer
        said.append(outcome(one, "explorer"))
    assert said == ["ProgressOnly", "ProgressOnly", "Rewarded", "LimitReached"]
    assert who.tags == {"vip": True}
