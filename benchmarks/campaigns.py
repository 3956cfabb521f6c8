"""What campaigns cost an event: ours, an interpreter as one would first write it, and CEL in Python.

The same rules and the same events for all three, in turn, and the same results; only ours also says what is granted and
keeps why.
"""

import random
import re
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import celpy
from celpy.adapter import json_to_cel
from rich.console import Console
from rich.progress import track

from benchmarks.report import Table
from loyalty.domain.limits.budgets import BudgetReservation
from loyalty.domain.limits.usage import CustomerUsage
from loyalty.domain.program.brands import Brand
from loyalty.domain.program.catalog import Catalog
from loyalty.domain.program.rewards import Reward
from loyalty.domain.rules.ruleset import Ruleset
from loyalty.domain.times import parse_instant

SIZES, CAMPAIGNS = (10, 100, 1000, 2000), 1000
EVENTS, CEL_EVENTS, CROWD_EVENTS = 100, 3, 30
NOW = parse_instant("2026-03-10T12:00:00Z")
CITIES = ["Berlin", "Bremen", "Bonn", "Basel", "Bern", "Boston", "Bogota", "Busan"]

_COUNTS = {"field": "order.value", "operator": "total_gte", "value": 100_000, "within": "30/days"}

Document = dict[str, Any]
Facts = Mapping[str, Any]
Engine = Callable[[Facts], list[str]]


def measure(console: Console) -> list[Table]:
    """The tables of times and ratios."""
    chance = random.Random(5)
    documents = {f"c{i:04}": _campaign(chance, i) for i in range(max(SIZES))}
    events = [_event(chance) for _ in range(EVENTS)]
    sizes = {count: dict(list(documents.items())[:count]) for count in SIZES}
    by_size = Table(
        "Running campaigns on one trigger, a purchase",
        ("campaigns", "Earnest, ms an event", "ms a campaign", "interpreter, ms an event", "Earnest ÷ interpreter"),
        f"Medians of {EVENTS} events. Earnest: results, effects and the explanation's data; the straightforward "
        "interpreter: which campaigns match, and no more. Of many, Earnest takes at most as long, and each the same.",
    )
    for count, some in track(sizes.items(), "campaigns", console=console, transient=True):
        engines = {"ours": _ours(some), "interpreter": _interpreter(some)}
        times = _in_turn(engines, events)
        by_size.add(
            f"{count:,}",
            f"{times['ours'] * 1000:.3f}",
            f"{times['ours'] * 1000 / count:.4f}",
            f"{times['interpreter'] * 1000:.3f}",
            f"{times['ours'] / times['interpreter']:.2f}",
        )
    return [by_size, _others(sizes[CAMPAIGNS], events)]


def _others(documents: Mapping[str, Document], events: Sequence[Facts]) -> Table:
    """What else a thousand campaigns can be, and another engine."""
    ours, plain, cel = _ours(documents), _interpreter(documents), _cel(documents)
    for event in events[:CEL_EVENTS]:
        assert ours(event) == plain(event) == cel(event)
    rewarded = statistics.median(len(ours(event)) for event in events)
    one, elsewhere = _one(), {name: {**document, "trigger": "OTHER"} for name, document in documents.items()}
    times = _in_turn({"ours": ours, "elsewhere": _ours(elsewhere | one), "one": _ours(one)}, events)
    times |= _in_turn({"cel": cel}, events[:CEL_EVENTS])
    for name, document in (("all", _campaign_of([])), ("counting", _campaign_of([[_COUNTS]]))):
        times |= _in_turn({name: _ours(dict.fromkeys(documents, document))}, events[:CROWD_EVENTS])
    table = Table(
        f"{CAMPAIGNS:,} running campaigns on one trigger, a purchase: what they are, and another engine",
        ("engine", "ms an event", "÷ the first"),
        f"Medians of {EVENTS} events (CEL: {CEL_EVENTS}, the last lines: {CROWD_EVENTS}).",
    )
    for name, title in (
        ("ours", f"Earnest, {rewarded:.0f} reward"),
        ("cel", "cel-python, programs compiled once: which campaigns match"),
        ("elsewhere", f"Earnest, one campaign on the trigger and {CAMPAIGNS:,} on another"),
        ("one", "Earnest, one campaign alone"),
        ("all", f"Earnest, all {CAMPAIGNS:,} reward"),
        ("counting", f"Earnest, all {CAMPAIGNS:,} count for a history that is not there yet"),
    ):
        table.add(title, f"{times[name] * 1000:.3f}", f"{times[name] / times['ours']:.2f}")
    return table


def _in_turn(engines: Mapping[str, Engine], events: Sequence[Facts]) -> dict[str, float]:
    """The median time of each engine in seconds: they take turns, and turns at being first, with the same results."""
    times: dict[str, list[float]] = {name: [] for name in engines}
    order = list(engines)
    for event in events:
        order.reverse()
        for name in order:
            times[name].append(_timed(engines[name], event))
    return {name: statistics.median(some) for name, some in times.items()}


def _timed(engine: Engine, event: Facts) -> float:
    began = time.perf_counter()
    engine(event)
    return time.perf_counter() - began


def _campaign(chance: random.Random, number: int) -> Document:
    """As shops write them: a threshold of their own, some products, a city, a tier."""
    some: list[Document] = [
        {"field": "order.value", "operator": "gte", "value": chance.randrange(5, 400)},
        {"field": "order.products.sku", "operator": "in", "value": [f"sku-{chance.randrange(800)}" for _ in range(4)]},
        {"field": "metadata.city", "operator": "eq", "value": chance.choice(CITIES)},
        {"field": "customer.tags.vip", "operator": "eq", "value": True},
        {"field": "order.store_id", "operator": "starts_with", "value": f"store-{chance.randrange(10)}"},
    ]
    alternatives = [chance.sample(some, chance.randrange(2, 4)) for _ in range(chance.randrange(1, 3))]
    return {**_campaign_of(alternatives), "name": f"Campaign {number}"}


def _campaign_of(conditions: list[list[Document]]) -> Document:
    effects = [
        {"reward_id": "points", "amount": 1, "per": {"field": "order.value", "every": 10}, "expires_in": "1/year"}
    ]
    rules = [{"name": "rule", "conditions": conditions, "effects": effects}]
    return {"name": "A campaign", "trigger": "PURCHASE", "status": "RUNNING", "rules": rules}


def _one() -> dict[str, Document]:
    return {"one": _campaign(random.Random(1), 1)}


def _event(chance: random.Random) -> Facts:
    products = [{"sku": f"sku-{chance.randrange(800)}", "amount": 1} for _ in range(4)]
    order = {"value": chance.randrange(5, 200), "store_id": f"store-{chance.randrange(40)}", "products": products}
    return {
        "type": "PURCHASE",
        "order": order,
        "metadata": {"city": chance.choice(CITIES)},
        "customer": {"tags": {"vip": chance.random() < 0.1}},
    }


def _ours(documents: Mapping[str, Document]) -> Engine:
    rules = Ruleset.compile(Brand("demo", "Demo"), Catalog({"points": Reward("points", "Points")}, {}), documents)

    def engine(facts: Facts) -> list[str]:
        evaluation = rules.evaluate("PURCHASE", facts, NOW, CustomerUsage(), BudgetReservation(), 0)
        return sorted(one.campaign_id for one in evaluation.rewarded)

    return engine


def _interpreter(documents: Mapping[str, Document]) -> Engine:
    """Walk every campaign's document for every event."""
    compare: dict[str, Callable[[Any, Any], bool]] = {
        "gte": lambda value, wanted: value >= wanted,
        "eq": lambda value, wanted: value == wanted,
        "in": lambda value, wanted: value in wanted,
        "starts_with": lambda value, wanted: value.startswith(wanted),
    }

    def values(facts: Any, path: list[str]) -> list[Any]:
        if isinstance(facts, list):
            return [value for one in facts for value in values(one, path)]
        if not path:
            return [facts]
        return values(facts[path[0]], path[1:]) if path[0] in facts else []

    def plain(value: Any) -> Any:
        if isinstance(value, str):
            return value.lower()
        return Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value

    def alike(value: Any, wanted: Any) -> Any:
        """The value; as a number if it is one in a text, and a number is wanted."""
        wants_number = isinstance(wanted, Decimal) or (isinstance(wanted, list) and isinstance(wanted[0], Decimal))
        if wants_number and isinstance(value, str) and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", value):
            return Decimal(value)
        return plain(value)

    def holds(condition: Document, facts: Facts) -> bool:
        wanted = condition["value"]
        wanted = list(map(plain, wanted)) if isinstance(wanted, list) else plain(wanted)
        found = values(facts, condition["field"].split("."))
        return any(compare[condition["operator"]](alike(value, wanted), wanted) for value in found)

    def engine(facts: Facts) -> list[str]:
        return [
            name
            for name, document in documents.items()
            if any(
                all(holds(one, facts) for one in every) for rule in document["rules"] for every in rule["conditions"]
            )
        ]

    return engine


def _cel(documents: Mapping[str, Document]) -> Engine:
    environment = celpy.Environment()
    programs = {name: environment.program(environment.compile(_expression(one))) for name, one in documents.items()}

    def engine(facts: Facts) -> list[str]:
        activation = {name: json_to_cel(value) for name, value in facts.items()}
        return [name for name, program in programs.items() if program.evaluate(activation)]

    return engine


def _expression(document: Document) -> str:
    (rule,) = document["rules"]
    return " || ".join(f"({' && '.join(map(_term, every))})" for every in rule["conditions"])


def _term(condition: Document) -> str:
    field, wanted = condition["field"], condition["value"]
    match condition["operator"]:
        case "gte":
            return f"{field} >= {wanted}"
        case "in":
            return f"order.products.exists(p, p.sku in [{', '.join(map(_quoted, wanted))}])"
        case "starts_with":
            return f"{field}.startsWith({_quoted(wanted)})"
    return f"{field} == {'true' if wanted is True else _quoted(wanted)}"


def _quoted(text: str) -> str:
    return f'"{text}"'
