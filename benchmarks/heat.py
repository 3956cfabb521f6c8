"""How much of what a partition gives one brand takes at 10,000 events a second, counted by partition key.

Every key is taken for a partition of its own, as DynamoDB splits what is hot: 3,000 read and 1,000 write units a second
each. A quarter of that fleet is played, event by event, through the functions' own code on DynamoDB Local, for a second
by a clock of its own in which the rules change once; everything is multiplied by four.
"""

import re
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from unittest import mock

from rich.console import Console
from rich.progress import track

from benchmarks.metering import item_size, read_units, write_units
from benchmarks.report import Table
from benchmarks.table import bench_table
from loyalty.store import published, rulesets
from loyalty.store.table import client
from tests.support.api import A_POINT_A_DOLLAR, Api

EVENTS_PER_SECOND = 10_000
# An event takes a function some 40 ms, so it takes 400 of them to serve these.
INSTANCES = 400
PART = 4
CAMPAIGNS = 200
READS, WRITES = 3_000, 1_000
_START = 1_800_000_000.0


@dataclass
class Heat:
    """Read and write units of each partition key in one second."""

    reads: Counter[str] = field(default_factory=Counter)
    writes: Counter[str] = field(default_factory=Counter)
    _asked: dict[str, Any] = field(default_factory=dict)

    def asked(self, params: dict[str, Any], **_: Any) -> None:
        """Note what is asked for."""
        self._asked = params

    def answered(self, parsed: dict[str, Any], model: Any, **_: Any) -> None:
        """Add what the call took of each partition."""
        if model.name == "BatchGetItem":
            for asked in self._asked["RequestItems"].values():
                self.reads.update(Counter(key["pk"]["S"] for key in asked["Keys"]))  # one unit each, found or not
            for items in parsed["Responses"].values():
                for item in items:
                    self.reads[item["pk"]["S"]] += read_units(item_size(item)) - 1
        elif model.name == "GetItem":
            self.reads[self._asked["Key"]["pk"]["S"]] += read_units(item_size(parsed.get("Item", {})))
        elif model.name == "TransactWriteItems":
            for write in self._asked["TransactItems"]:
                ((kind, request),) = write.items()
                # What is only updated, counters and pointers, is less than a unit.
                size = item_size(request["Item"]) if kind == "Put" else 1
                place = request["Item"] if kind == "Put" else request["Key"]
                self.writes[place["pk"]["S"]] += 2 * write_units(size)
        else:
            raise NotImplementedError(model.name)

    @contextmanager
    def counting(self) -> Iterator[None]:
        """Count what the product's client does while the context lasts."""
        hooks = {"provide-client-params.dynamodb": self.asked, "after-call.dynamodb": self.answered}
        events = client().meta.events
        for name, hook in hooks.items():
            events.register(name, hook)
        try:
            yield
        finally:
            for name, hook in hooks.items():
                events.unregister(name, hook)


class Fleet:
    """The functions that serve a brand, each with what it knows of the rules, on machines whose clocks agree."""

    def __init__(self, size: int) -> None:
        self.now = _START
        self._known = [(OrderedDict[str, Any](), OrderedDict[str, Any]()) for _ in range(size)]

    @contextmanager
    def clock(self) -> Iterator[None]:
        """The fleet's clock while the context lasts."""
        with mock.patch.object(published, "time", SimpleNamespace(time=lambda: self.now)):
            yield

    @contextmanager
    def instance(self, number: int) -> Iterator[None]:
        """Within this, calls are made by that one."""
        programs, compiled = self._known[number % len(self._known)]
        with mock.patch.object(published, "_known", programs), mock.patch.object(rulesets, "_compiled", compiled):
            yield


def measure(console: Console) -> list[Table]:
    """The hottest partition of each kind, without a budget and with one over 8, 40 and 64 shards."""
    table = Table(
        f"The hottest partition of each kind at {EVENTS_PER_SECOND:,} events a second of one brand",
        ("partitions", "read units a second", "of 3,000", "write units a second", "of 1,000"),
        f"{INSTANCES} functions, {CAMPAIGNS} campaigns, one change of the rules within the second.",
    )
    with bench_table():
        for name, limits in (
            ("no budget", None),
            *((f"a budget over {shards} shards", {"budget": 10**9, "shards": shards}) for shards in (8, 40, 64)),
        ):
            for kind, (reads, writes) in _hottest(_play(limits, console)).items():
                if limits is None or kind == "budget":
                    row = (kind, f"{reads:,}", f"{reads / READS:.0%}", f"{writes:,}", f"{writes / WRITES:.0%}")
                    table.add(*((f"{row[0]}: {name}", *row[1:]) if limits else row))
    return [table]


def _play(limits: dict[str, Any] | None, console: Console) -> Heat:
    events, instances = EVENTS_PER_SECOND // PART, INSTANCES // PART
    campaigns = {f"campaign-{i:03}": {**A_POINT_A_DOLLAR, "trigger": f"TYPE-{i:03}"} for i in range(CAMPAIGNS)}
    api = Api()
    fleet, heat = Fleet(instances), Heat()
    with fleet.clock():
        api.set_up(dollar={**A_POINT_A_DOLLAR, "limits": limits})
        names = list(campaigns)
        for start in range(0, len(names), 40):
            body = {"campaigns": {name: campaigns[name] for name in names[start : start + 40]}}
            assert api.call("put_program", body).status == 200
        for number in range(instances):  # they have been at work, so they do not ask all at the same instant
            fleet.now = _START - 1 + number / instances
            with fleet.instance(number):
                api.purchase(f"earlier-{number}", 10)
        for number in track(range(events), description="events", console=console, transient=True):
            fleet.now = _START + number / events
            if number == events // 3:
                assert api.put_campaign("campaign-000", {**campaigns["campaign-000"], "name": "Changed"}).status == 200
            with fleet.instance(number), heat.counting():
                assert api.purchase(f"customer-{number}", 10).status == 201
    return heat


def _hottest(heat: Heat) -> dict[str, tuple[int, int]]:
    """The most units that a partition of each kind gives; what is one a customer or an event is not multiplied."""
    found: dict[str, tuple[int, int]] = {}
    for pk in heat.reads | heat.writes:
        kind = _kind(pk)
        times = 1 if kind in ("customer", "event") else PART
        reads, writes = found.get(kind, (0, 0))
        found[kind] = max(reads, heat.reads[pk] * times), max(writes, heat.writes[pk] * times)
    return dict(sorted(found.items()))


def _kind(pk: str) -> str:
    names = {"CUST": "customer", "EVENT": "event", "BUDGET": "budget", "PROGRAM": "part of a program"}
    found = re.match(r"BRAND#[^#]+#([A-Z]+)#", pk)
    return names[found[1]] if found else "brand"
