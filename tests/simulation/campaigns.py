"""The campaigns of histories: a kind that the history's seed decides once, and details that may change later."""

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

CONFIG_OFFERS = ["coffee", "cake"]
PERIODS = ["day", "week", "month", "ever"]
HISTORY_CONDITIONS: list[tuple[str, str | None]] = [
    ("count_gte", None),
    ("count_gte", "order.store_id"),
    ("total_gte", "order.value"),
    ("distinct_gte", "order.store_id"),
    ("distinct_gte", "order.products.sku"),
    ("repeat_gte", "order.store_id"),
    ("repeat_gte", "order.products.sku"),
]

Json = dict[str, Any]


def limits(numbers: random.Random) -> Json:
    """Limits of a campaign."""
    values: Json = {}
    if numbers.random() < 0.4:
        values["budget"] = numbers.choice([7, 25, 60, 200])
        values["when_short"] = numbers.choice(["partial", "partial", "nothing"])
    if numbers.random() < 0.25:
        values["per_campaign"] = {"times": numbers.choice([1, 2, 5, 12])}
    if numbers.random() < 0.2:
        values["per_event"] = {"amount": numbers.choice([4, 15])}
    if numbers.random() < 0.4:
        values["per_customer"] = {"times": numbers.choice([1, 2, 4]), "period": numbers.choice(PERIODS)}
    return {"limits": values} if values else {}


def order(numbers: random.Random) -> Json:
    """A campaign's priority and its exclusive group, of which only the first campaign rewards."""
    exclusive = {"exclusive": "one of these", "priority": numbers.choice([-5, 0, 0, 5])}
    return exclusive if numbers.random() < 0.4 else {}


def dates(fixed: random.Random) -> Json:
    """When a campaign begins and ends. The dates do not change: what was counted is deleted after the end."""
    starts = fixed.choice([None, None, None, "2026-03-10", "2026-03-11", "2026-03-10T12:10:00Z"])
    ends = fixed.choice([None, None, None, "2026-03-11", "2026-03-12", "2026-03-11T12:20:00.500Z"])
    return ({"start_date": starts} if starts else {}) | ({"end_date": ends} if ends else {})


def opening_hours(numbers: random.Random) -> Json:
    """The days and hours in which a campaign runs."""
    schedule: Json = {}
    if numbers.random() < 0.15:
        schedule["days_of_week"] = numbers.sample(["mon", "tue", "wed", "thu", "fri", "sat", "sun"], 5)
    if numbers.random() < 0.25:
        begins, ends = numbers.choice([("07:05", "07:30"), ("06:00", "24:00"), ("22:00", "07:15"), ("07:15", "07:05")])
        schedule["hours"] = {"from": begins, "to": ends}
    return schedule


def history_condition(numbers: random.Random, fixed: random.Random, trigger: str) -> Json:
    """A condition over history. What it counts does not change; the number that it asks for may.

    Counters of conditions that no longer exist are deleted. Of a distinct count, no more values are stored than the
    condition asks for, so that number does not change either.
    """
    operator, field = fixed.choice(HISTORY_CONDITIONS) if trigger == "PURCHASE" else ("count_gte", None)
    threshold = fixed.choice([2, 3]) if operator == "distinct_gte" else numbers.choice([2, 2, 3])
    condition: Json = {
        "operator": operator,
        "value": numbers.choice([25, 60]) if operator == "total_gte" else threshold,
    }
    within = fixed.choice([None, None, "20/minutes", "1/days", "3/days", "this/week"])
    return condition | ({"field": field} if field else {}) | ({"within": within} if within else {})


def spend_campaign(numbers: random.Random, _fixed: random.Random) -> Json:
    """Points for money that expire soon, in days or never."""
    expires = numbers.choice([None, None, "2/minutes", "2/hours", "1/days", "3/days"])
    per = {"field": "order.value", "every": numbers.choice([1, 1, 2])}
    effect = {"reward_id": "points", "amount": numbers.choice([1, 1, 2]), "per": per}
    return {
        "name": "Points for money",
        "trigger": "PURCHASE",
        "status": "PAUSED" if numbers.random() < 0.1 else "RUNNING",
        "rules": [{"effects": [effect | ({"expires_in": expires} if expires else {})]}],
        **(order(numbers) if numbers.random() < 0.3 else {}),
        **(limits(numbers) if numbers.random() < 0.5 else {}),
    }


def bonus_campaign(numbers: random.Random, _fixed: random.Random) -> Json:
    """Points and a star for a large purchase."""
    points = {"reward_id": "points", "amount": 10, "expires_in": numbers.choice(["1/minutes", "1/hours", "2/days"])}
    effects = [points, {"reward_id": "stars", "amount": 1}]
    condition = {"field": "order.value", "operator": "gte", "value": 20}
    rules = [{"conditions": [[condition]], "effects": effects}]
    return {"name": "Large", "trigger": "PURCHASE", "rules": rules, **order(numbers), **limits(numbers)}


def visit_campaign(numbers: random.Random, _fixed: random.Random) -> Json:
    """Stars for a visit that never expire."""
    effects = [{"reward_id": "stars", "amount": numbers.choice([3, 5])}]
    return {"name": "A visit", "trigger": "VISIT", "rules": [{"effects": effects}], **limits(numbers)}


def regular_campaign(numbers: random.Random, fixed: random.Random) -> Json:
    """Points for those who come again: one or two conditions over history, in one or two alternatives."""
    trigger = fixed.choice(["PURCHASE", "PURCHASE", "PURCHASE", "VISIT"])
    large = {"field": "order.value", "operator": "gte", "value": 10}
    conditions = [
        [history_condition(numbers, fixed, trigger) for _ in range(fixed.choice([1, 1, 2]))]
        + ([large] if trigger == "PURCHASE" and fixed.random() < 0.3 else [])
        for _ in range(fixed.choice([1, 1, 2]))
    ]
    points = {"reward_id": numbers.choice(["points", "stars"]), "amount": numbers.choice([3, 8])}
    effects: list[Json] = [points | numbers.choice([{}, {"expires_in": "1/days"}])]
    effects += [{"tag": "regular", "value": numbers.choice([1, 2])}] if numbers.random() < 0.4 else []
    rules: list[Json] = [{"conditions": conditions, "effects": effects}]
    if fixed.random() < 0.3:
        rules.append({"effects": [{"reward_id": "points", "amount": 1}]})
    document = {"name": "Come again", "trigger": trigger, "rules": rules, **order(numbers)}
    return document | opening_hours(numbers) | limits(numbers)


def double_campaign(numbers: random.Random, fixed: random.Random) -> Json:
    """A multiple of what other campaigns grant, sometimes with limits or a condition over history."""
    effect = {"reward_id": "points", "multiply": numbers.choice([2, 3, Decimal("1.5")])}
    conditions = [[history_condition(numbers, fixed, "PURCHASE")]] if fixed.random() < 0.3 else []
    rules = [{"conditions": conditions, "effects": [effect | numbers.choice([{}, {"expires_in": "2/hours"}])]}]
    document = {"name": "Double", "trigger": "PURCHASE", "rules": rules, **order(numbers)}
    return document | opening_hours(numbers) | ({} if conditions else dates(fixed)) | limits(numbers)


def club_campaign(numbers: random.Random, fixed: random.Random) -> Json:
    """For members, by their tier or a part of what they pay; a large purchase makes a member for later events."""
    by_tier: Json = {"by_tier": {"Gold": 4, "silver": 2}} | numbers.choice([{}, {"amount": 1}])
    part: Json = {"percent": 15, "of": "order.value"} | numbers.choice([{}, {"cap": 4}])
    member = {"field": "customer.tags.vip", "operator": "eq", "value": True}
    large = {"field": "order.value", "operator": "gte", "value": 19}
    rules = [
        {"conditions": [[member]], "effects": [{"reward_id": "stars"} | numbers.choice([by_tier, part])]},
        {"conditions": [[large]], "effects": [{"tag": "vip"}, {"tag": "size", "value": numbers.choice(["m", "l"])}]},
    ]
    return {
        "name": "Club",
        "trigger": "PURCHASE",
        "rules": rules,
        **order(numbers),
        **opening_hours(numbers),
        **dates(fixed),
    }


def treat_campaign(numbers: random.Random, fixed: random.Random) -> Json:
    """An offer, sometimes with points."""
    trigger = fixed.choice(["PURCHASE", "VISIT"])
    valid = numbers.choice(["10/minutes", "1/days", "3/days", "5/days"])
    effects: list[Json] = [{"offer": numbers.choice(CONFIG_OFFERS), "valid_for": valid}]
    effects += [{"reward_id": "points", "amount": 2}] if numbers.random() < 0.5 else []
    conditions = [[history_condition(numbers, fixed, trigger)]] if fixed.random() < 0.4 else []
    rules = [{"conditions": conditions, "effects": effects}]
    limit = {"limits": {"per_customer": {"times": 2, "period": numbers.choice(PERIODS)}}}
    document = {"name": "A treat", "trigger": trigger, "rules": rules, **order(numbers)}
    return document | (limit if numbers.random() < 0.4 else {})


def welcome_campaign(numbers: random.Random, _fixed: random.Random) -> Json:
    """Points for the first event of a type."""
    first = {"field": "customer.first_of_type", "operator": "eq", "value": True}
    effects = [{"reward_id": "points", "amount": 7}, {"tag": "new", "value": True}]
    trigger = numbers.choice(["PURCHASE", "VISIT", "REVIEW"])
    rules = [{"conditions": [[first]], "effects": effects}]
    return {"name": "Welcome", "trigger": trigger, "rules": rules, **order(numbers)}


def lines_campaign(numbers: random.Random, _fixed: random.Random) -> Json:
    """Points for some lines of an order: for one of a kind and number, for orders without a kind, for their weight."""
    two_of_a_kind = [
        {"field": "sku", "operator": "eq", "value": numbers.choice(["a1", "b2"])},
        {"field": "amount", "operator": "gte", "value": 2},
    ]
    light = [{"field": "metadata.weight", "operator": "gte", "value": Decimal("2.5")}]
    one_line = {"any_item": "order.products", "where": [two_of_a_kind, *numbers.choice([[], [light]])]}
    without = numbers.choice(
        [
            {"field": "order.products.sku", "operator": "ne", "value": "B2"},
            {"field": "order.products.sku", "operator": "not_in", "value": ["b2", "c3"]},
        ]
    )
    where = [[{"field": "sku", "operator": numbers.choice(["ne", "eq"]), "value": "A1"}]]
    per = {"field": "order.products.metadata.weight", "every": 1, "where": where}
    rules = [
        {"conditions": [[one_line]], "effects": [{"reward_id": "stars", "amount": 1}]},
        {"conditions": [[without]], "effects": [{"reward_id": "points", "amount": 2}]},
        {"effects": [{"reward_id": "points", "amount": 1, "per": per}]},
    ]
    return {"name": "Lines", "trigger": "PURCHASE", "rules": rules, **order(numbers)}


CAMPAIGNS: dict[str, Callable[[random.Random, random.Random], Json]] = {
    "spend": spend_campaign,
    "bonus": bonus_campaign,
    "visit": visit_campaign,
    "regular": regular_campaign,
    "double": double_campaign,
    "club": club_campaign,
    "treat": treat_campaign,
    "welcome": welcome_campaign,
    "lines": lines_campaign,
}
ALWAYS = ["spend", "bonus", "visit"]


VESTING: dict[str | None, list[str]] = {
    None: ["1/minutes", "1/hours", "1/days"],
    "1/minutes": [],
    "2/minutes": ["1/minutes"],
    "1/hours": ["1/minutes"],
    "2/hours": ["1/minutes", "1/hours"],
    "1/days": ["1/minutes", "1/hours"],
    "2/days": ["1/minutes", "1/hours", "1/days"],
    "3/days": ["1/minutes", "1/hours", "1/days"],
}
"""By how long points can be spent, how long they may be pending before."""


def campaign(seed: int, name: str, numbers: random.Random) -> Json:
    """A variant of that campaign; the seed alone decides what must not change during a history."""
    document = CAMPAIGNS[name](numbers, random.Random(f"{seed} {name}"))
    vesting = random.Random(f"{seed} {name} vesting {document}")
    effects = [effect for rule in document["rules"] for effect in rule["effects"]]
    for reward in ("points", "stars"):
        own = [effect for effect in effects if effect.get("reward_id") == reward]
        delays = set[str](VESTING[None]).intersection(*(VESTING[effect.get("expires_in")] for effect in own))
        if delays and vesting.random() < 0.3:
            for effect in own:
                effect["available_after"] = vesting.choice(sorted(delays))
                delays = {effect["available_after"]}
    return document
