"""Histories from seeds: the settings, who calls when with what, and what goes wrong. Nothing is executed here.

Calls come in bursts, mostly about one customer, with pauses of seconds to days between them; many bursts fall on the
exact time at which a hold or a lot expires. A call refers to an earlier one by its number, so that a history remains
one when some of its calls are left out.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from loyalty.domain.times import from_millis, to_millis
from tests.simulation import sandbox
from tests.simulation.campaigns import ALWAYS, CAMPAIGNS, CONFIG_OFFERS, campaign
from tests.simulation.simulator import Fault

START = to_millis(datetime(2026, 3, 10, 12, tzinfo=UTC))
SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

BRAND = "sim"
STORES = ["Mitte", "mitte", "Nord", "West"]
CUSTOMERS = ["ada", "bob", "cem", "dee", "eve"]
EMAILS = ["one@example.com", "two@example.com"]
MOBILES = ["+4915112345678", "+4915112345679"]
BOGOTA = timedelta(hours=-5)
BOUNDARIES = [5 * MINUTE, 10 * MINUTE, 15 * MINUTE, DAY + 20 * MINUTE + SECOND // 2, 30 * MINUTE, 17 * HOUR]
"""When campaigns or their hours begin or end, or a day in Bogotá does, after the start."""

Arguments = dict[str, Any]
Json = dict[str, Any]


@dataclass(frozen=True)
class Action:
    """One call of a client: when, which, with what; the skew of its machine's clock, and its faults."""

    number: int
    at: int
    kind: str
    arguments: Arguments
    skew: int = 0
    faults: Mapping[int, Fault] = field(default_factory=dict)

    def __str__(self) -> str:
        faults = "".join(f"; I/O {number}: {fault}" for number, fault in sorted(self.faults.items()))
        clock = f"; clock {self.skew:+} ms" if self.skew else ""
        arguments = ", ".join(f"{name}={value}" for name, value in self.arguments.items())
        return f"{self.number:>3}  {self.at / 1000:>13.3f} s  {self.kind}({arguments}){clock}{faults}"


@dataclass(frozen=True)
class History:
    """The brand's settings, and the calls in the order of their numbers."""

    seed: int
    brand: Json
    rewards: Mapping[str, Json]
    campaigns: Mapping[str, Json]
    actions: tuple[Action, ...]
    delivery_faults: bool
    """Whether deliveries of the stream and the queues have faults too."""


def random_faults(numbers: random.Random) -> dict[int, Fault]:
    """Faults of one call, by the number of the I/O: a few single ones, or an outage over several in a row."""
    if numbers.random() < 0.4:
        begins, fault = (
            numbers.choice([0, 1, 1, 2, 2, 3]),
            numbers.choice([Fault.FAILED, Fault.REQUEST_LOST, Fault.RESPONSE_LOST, Fault.DELAYED]),
        )
        return dict.fromkeys(range(begins, begins + numbers.choice([3, 4, 9])), fault)
    return {numbers.randint(0, 5): numbers.choice(list(Fault)) for _ in range(numbers.choice([1, 1, 2, 4]))}


def history(seed: int) -> History:
    """The history of that seed."""
    return _Generator(seed).generate()


class _Generator:
    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.random = random.Random(seed)
        self.purchase_random = random.Random(f"{seed} purchases")
        self.part_random = random.Random(f"{seed} parts")
        self.part_rate = self.part_random.choice([0.15, 0.3, 0.0])
        self.fault_rate = self.random.choice([0.0, 0.2, 0.2, 0.5])
        self.has_skew = self.random.random() < 0.3
        self.actions: list[Action] = []
        self.events: list[int] = []
        self.held: list[tuple[int, int]] = []
        self.repeatable: list[Arguments] = []
        self.purchases: list[Arguments] = []
        self.offer_calls: list[tuple[int, str]] = []
        self.assignment_calls: list[tuple[str, Arguments]] = []
        self.moments = self.random.sample(BOUNDARIES, 1)
        self.now = self.random.randint(0, MINUTE)
        self.customers = CUSTOMERS[: self.random.choice([1, 2, 2, 3, 5])]
        others = [name for name in CAMPAIGNS if name not in ALWAYS]
        self.campaigns = ALWAYS + self.random.sample(others, self.random.choice([1, 2, 2, 3]))

    def generate(self) -> History:
        numbers = self.random
        campaigns = {name: campaign(self.seed, name, numbers) for name in self.campaigns}
        brand = {
            "channel_merging": numbers.choice(["none", "email", "email", "mobile", "mobile"]),
            "time_zone": "America/Bogota",
            "purchase_ids": self.purchase_random.choice(["unique", "unique", "daily"]),
        }
        rewards: dict[str, Json] = {
            "points": {"name": "Points", "allow_negative": numbers.random() < 0.4},
            "stars": {"name": "Stars", "allow_negative": random.Random(f"{self.seed} stars").random() < 0.3},
        }
        for customer in self.customers:
            for event in ({"type": "PURCHASE", "value": 60}, {"type": "VISIT"}):
                self._add(self.now, "emit", {"customer": customer, "key": None, **event})
        for _ in range(numbers.randint(8, 30)):
            self._burst()
        self._rescues()
        self._races_at_deadlines()
        self._sandbox()
        return History(self.seed, brand, rewards, campaigns, tuple(self.actions), delivery_faults=self.fault_rate > 0)

    def _burst(self) -> None:
        numbers = self.random
        upcoming = [moment for moment in self.moments if moment > self.now]
        if upcoming and numbers.random() < 0.35:
            self.now = max(
                self.now, numbers.choice(upcoming[:3]) + numbers.choice([-SECOND, -5, -1, 0, 0, 0, 0, 1, 5, SECOND])
            )
        else:
            self.now += numbers.choices(list(_PAUSES_AND_WEIGHTS), list(_PAUSES_AND_WEIGHTS.values()))[0]
        customer = numbers.choice(self.customers)
        exactly = numbers.random() < 0.5
        for _ in range(numbers.choice([1, 2, 2, 3, 4])):
            at = self.now if exactly else self.now + numbers.randint(0, 25)
            self._act(at, customer if numbers.random() < 0.8 else numbers.choice(self.customers))

    def _rescues(self) -> None:
        """Rescues of held events, mostly at or soon after their deadlines, or when their number is used anew.

        They are numbered last, so that no other call changes.
        """
        numbers = random.Random(f"{self.seed} rescues")
        wanted = numbers.sample(self.held, min(len(self.held), numbers.choice([0, 2, 4, 8])))
        wanted += [
            (number, action.at)
            for number, until in self.held
            for action in self.actions
            if action.at >= until
            and action.arguments.get("purchase", "") == self.actions[number - 1].arguments.get("purchase")
        ]
        for number, until in wanted:
            for _ in range(numbers.choice([1, 1, 2])):
                at = until + numbers.choice([-SECOND, -1, 0, 0, 0, 1, 5, SECOND, 10 * SECOND, HOUR, 2 * DAY])
                arguments: Arguments = {"of": number, "duplicates": numbers.choice([[], [], [0], [1, 5]])}
                if numbers.random() < 0.1:
                    arguments["dry_run"] = True
                skew = numbers.choice([-40, -3, 0, 3, 40]) if self.has_skew else 0
                faults = random_faults(numbers) if numbers.random() < self.fault_rate else {}
                self.actions.append(Action(len(self.actions) + 1, at, "rescue", arguments, skew, faults))

    def _races_at_deadlines(self) -> None:
        """Held purchases that are made anew at their deadlines, and fulfilled by a machine whose clock is slow."""
        numbers = random.Random(f"{self.seed} races")
        for number, until in self.held:
            arguments = dict(self.actions[number - 1].arguments)
            if "purchase" not in arguments or numbers.random() < 0.6:
                continue
            for name in ("until", "reserve", "duplicates", "fulfilled"):
                arguments.pop(name, None)
            again = arguments | {"key": None}
            for kind, what, skew in (("emit", again, 0), ("fulfil", {"of": number}, -40)):
                at = until + numbers.randint(0, 30)
                self.actions.append(Action(len(self.actions) + 1, at, kind, what, skew))

    def _sandbox(self) -> None:
        """Calls of a brand to test with beside the live one."""
        for at, kind, arguments in sandbox.calls(self.seed, self.now, len(self.actions) + 1):
            numbers = random.Random(f"{self.seed} sandbox {len(self.actions)}")
            skew = numbers.choice([-40, -3, 0, 3, 40]) if self.has_skew else 0
            faults = random_faults(numbers) if numbers.random() < self.fault_rate else {}
            self.actions.append(Action(len(self.actions) + 1, at, kind, arguments, skew, faults))

    def _act(self, at: int, customer: str) -> None:
        kind = self.random.choices(list(_KINDS_AND_WEIGHTS), list(_KINDS_AND_WEIGHTS.values()))[0]
        self._add(at, kind, getattr(self, f"_{kind}")(at, customer))
        if self.part_random.random() < self.part_rate:
            self._part(at)

    def _part(self, at: int) -> None:
        """A part of the order of a recent purchase comes back, or is what shipped of it."""
        numbers = self.part_random
        purchases = [n for n in self.events if self.actions[n - 1].arguments.get("type") == "PURCHASE"][-4:]
        held = [number for number, until in self.held[-4:] if until > at and number in purchases]
        number, kind = len(self.actions) + 1, numbers.choice(["ship", "part", "part"]) if held else "part"
        arguments: Arguments = {"of": numbers.choice(held if kind == "ship" else purchases)}
        skus = self.actions[arguments["of"] - 1].arguments.get("skus", ["A1"])
        if numbers.random() < 0.7:
            products = [(sku, numbers.choice([1, 1, 2, 3, "0.5"])) for sku in dict.fromkeys(skus)]
            arguments["products"] = numbers.sample(products, numbers.randint(1, len(products)))
        else:
            arguments["value"] = numbers.choice([1, 2, 5, 10, 20])
        arguments["key"] = f"key {number}" if numbers.random() < 0.6 else None
        if arguments["key"] and numbers.random() < 0.4:
            arguments["duplicates"] = numbers.choice([[0], [1], [0, 30], [2000]])
        faulty = numbers.random() < self.fault_rate
        skew = numbers.choice([-40, -3, 0, 3, 40]) if self.has_skew else 0
        faults = random_faults(numbers) if faulty else {}
        self.actions.append(Action(number, at, kind, arguments, skew, faults))

    def _add(self, at: int, kind: str, arguments: Arguments) -> None:
        number = len(self.actions) + 1
        if kind in ("emit", "batch") and not arguments.get("dry_run"):
            self.events.append(number)
        skew = self.random.choice([-40, -3, 0, 3, 40]) if self.has_skew else 0
        self.actions.append(Action(number, at, kind, arguments, skew, self._faults()))

    def _faults(self) -> dict[int, Fault]:
        if self.random.random() >= self.fault_rate:
            return {}
        return {
            self.random.randint(0, 5): self.random.choice(list(Fault)) for _ in range(self.random.choice([1, 1, 2, 4]))
        }

    def _key(self, number: int) -> str | None:
        return f"key {number}" if self.random.random() < 0.6 else None

    def _emit(self, at: int, customer: str) -> Arguments:
        arguments, numbers = self._any_emit(at, customer), self.purchase_random
        if arguments.get("dry_run"):
            return arguments
        if self.purchases and numbers.random() < 0.25:
            return self._repeated_purchase(at)
        if "purchase" in arguments:
            self.purchases.append(arguments)
        return arguments

    def _repeated_purchase(self, at: int) -> Arguments:
        """The number of an earlier purchase again: it may be cancelled or expired by now, or in another shop."""
        numbers, number = self.purchase_random, len(self.actions) + 1
        arguments = dict(numbers.choice(self.purchases[-4:]))
        arguments["key"] = numbers.choice([None, None, f"key {number}"])
        arguments["duplicates"] = numbers.choice([[], [], [0], [1, 5]])
        if numbers.random() < 0.3:
            arguments["store"] = numbers.choice(STORES)
        if numbers.random() < 0.3:
            arguments["value"] = numbers.choice([2, 7])
        if arguments.get("until", at + 1) <= at or numbers.random() < 0.3:
            arguments.pop("until", None)
            arguments["fulfilled"] = numbers.random() < 0.5
        if arguments.get("fulfilled") is False:
            until = arguments.get("until", at + arguments.get("reserve", 1) * DAY)
            self.held.append((number, until))
            self.moments.append(until)
        return arguments

    def _any_emit(self, at: int, customer: str) -> Arguments:
        numbers = self.random
        if self.repeatable and numbers.random() < 0.25:
            return self._repeated_emit()
        type_ = numbers.choice(["PURCHASE", "PURCHASE", "PURCHASE", "VISIT"])
        number = len(self.actions) + 1
        arguments: Arguments = {"customer": customer, "type": type_, "key": self._key(number)}
        if type_ == "PURCHASE":
            arguments["value"] = numbers.choice([1, 5, 10, 19, 20, 35, 60])
            if numbers.random() < 0.3:
                arguments["purchase"] = f"order {number}"
            arguments["store"] = numbers.choice(STORES)
            arguments["skus"] = numbers.choice([["A1"], ["A1"], ["B2"], ["B2", "A1"], ["C3", "A1", "A1"]])
        arguments |= self._redemptions(customer, type_)
        if numbers.random() < 0.5:
            arguments["fulfilled"] = False
            length = numbers.choice([5 * SECOND, MINUTE, 10 * MINUTE, 2 * HOUR, None, None])
            if length:
                arguments["until"] = at + length
            else:
                arguments["reserve"] = numbers.choice([1, 2])
            self.held.append((number, at + (length or arguments["reserve"] * DAY)))
            self.moments.append(self.held[-1][1])
        if numbers.random() < 0.1:
            arguments["issued"] = at - numbers.choice([SECOND, MINUTE, HOUR, 2 * DAY])
        self.moments += [(at // MINUTE + minutes) * MINUTE for minutes in (2, 3)]
        if numbers.random() < 0.08:
            arguments["dry_run"] = True
        if (arguments["key"] or "purchase" in arguments) and not arguments.get("dry_run"):
            self.repeatable.append(arguments)
            if numbers.random() < 0.2:
                arguments["duplicates"] = [numbers.choice([0, 1, 5, 30, 2000])]
        return arguments

    def _redemptions(self, customer: str, type_: str) -> Arguments:
        """What an event redeems: points, offers of marketing tools, and offers that campaigns gave."""
        numbers, arguments = self.random, Arguments()
        if numbers.random() < 0.4:
            levels = numbers.sample(["event", "order", "product", "shipping"], numbers.choice([1, 1, 2]))
            arguments["redeem"] = [
                (level if type_ == "PURCHASE" else "event", reward, numbers.choice([1, 2, 3, 5, 10, 10, 40]))
                for level, reward in zip(levels, numbers.choices(["points", "stars"], [4, 1], k=2), strict=False)
            ]
        if self.offer_calls and numbers.random() < 0.6:
            calls = [number for number, owner in self.offer_calls[-8:] if owner == customer or numbers.random() < 0.05]
            arguments["offers"] = numbers.sample(calls, min(len(calls), numbers.choice([1, 1, 2])))
        if "treat" in self.campaigns and numbers.random() < 0.6:
            own = [n for n in self.events[-15:] if self.actions[n - 1].arguments["customer"] == customer]
            arguments["campaign_offers"] = own[-5:]
            arguments["pending_offers"] = numbers.random() < 0.1
        return arguments

    def _repeated_emit(self) -> Arguments:
        """An earlier request: the same, with another key or none, or its key with another body."""
        numbers = self.random
        arguments = dict(numbers.choice(self.repeatable[-6:]))
        match numbers.randrange(6):
            case 0 if arguments.get("purchase"):
                arguments["key"] = numbers.choice([None, f"key {len(self.actions) + 1}"])
                self.repeatable.append(arguments)
            case 1 if arguments["key"]:
                arguments["value"] = numbers.choice([2, 7])
                arguments["type"] = "PURCHASE"
                arguments.pop("purchase", None)
            case 2 if arguments["key"]:
                arguments["purchase"] = f"order {len(self.actions) + 1}"
                arguments["type"] = "PURCHASE"
                arguments.setdefault("value", 1)
                self.repeatable.append(arguments)
        return arguments

    def _batch(self, _at: int, customer: str) -> Arguments:
        numbers = self.random
        names = numbers.sample(["VISIT", "REVIEW", "SHARE", "PURCHASE"], numbers.choice([1, 1, 2, 3]))
        arguments: Arguments = {"customer": customer, "names": names, "key": self._key(len(self.actions) + 1)}
        if numbers.random() < 0.6:
            arguments["email"] = numbers.choice(EMAILS)
        if numbers.random() < 0.5:
            arguments["mobile"] = numbers.choice(MOBILES)
        if arguments["key"] and numbers.random() < 0.2:
            arguments["duplicates"] = [numbers.choice([0, 1, 5, 30])]
        if numbers.random() < 0.2:
            arguments["v3"] = True
        return arguments

    def _event(self, *, held: float = 0.3) -> int:
        """The number of the call whose event is meant: an open hold with that probability, else mostly a recent one."""
        open_holds = [number for number, until in self.held[-6:] if until >= self.now]
        if open_holds and self.random.random() < held:
            return self.random.choice(open_holds)
        recent = self.events[-5:] if self.random.random() < 0.8 else self.events
        return self.random.choice(recent)

    def _fulfil(self, _at: int, _customer: str) -> Arguments:
        return {"of": self._event(held=0.9)}

    def _reverse(self, _at: int, _customer: str) -> Arguments:
        return {"of": self._event()}

    def _read_event(self, _at: int, _customer: str) -> Arguments:
        return {"of": self._event()}

    def _extend(self, at: int, _customer: str) -> Arguments:
        arguments: Arguments = {"of": self._event(held=0.9)}
        if self.random.random() < 0.5:
            arguments["until"] = at + self.random.choice([MINUTE, HOUR, DAY])
            self.moments.append(arguments["until"])
        else:
            arguments["reserve"] = self.random.choice([1, 2])
        return arguments

    def _wallet(self, _at: int, customer: str) -> Arguments:
        return {"customer": customer}

    def _transactions(self, _at: int, customer: str) -> Arguments:
        return {"customer": customer, "limit": self.random.choice([1, 3, 25, 100])}

    def _list_events(self, _at: int, customer: str) -> Arguments:
        return {"customer": customer, "limit": self.random.choice([1, 3, 25])}

    def _preview(self, _at: int, customer: str) -> Arguments:
        return {"customer": customer, "names": ["VISIT", "PURCHASE"]}

    def _customer(self, _at: int, customer: str) -> Arguments:
        arguments: Arguments = {"customer": customer, "tags": {"vip": self.random.choice([True, False, None])}}
        if self.random.random() < 0.5:
            arguments["attributes"] = {"tier": self.random.choice(["gold", "SILVER", "bronze", None])}
        if self.random.random() < 0.3:
            arguments["email"] = self.random.choice(EMAILS)
        if self.random.random() < 0.3:
            arguments["mobile"] = self.random.choice(MOBILES)
        return arguments

    def _campaign(self, _at: int, _customer: str) -> Arguments:
        name = self.random.choice(self.campaigns)
        return {"id": name, "document": campaign(self.seed, name, self.random)}

    def _delete_campaign(self, _at: int, _customer: str) -> Arguments:
        return {"id": "bonus"}

    def _offer(self, at: int, customer: str) -> Arguments:
        """An offer that mostly begins today, and ends with that day or days later."""
        numbers = self.random
        if (repeated := self._repeated_assignment("offer")) is not None:
            return repeated
        today = (from_millis(START + at) + BOGOTA).date()
        starts = today + timedelta(days=numbers.choice([-1, 0, 0, 0, 0, 1]))
        ends = starts + timedelta(days=numbers.choice([0, 1, 3, 7, 7]))
        ends_at = datetime.combine(ends + timedelta(days=1), time(), UTC) - BOGOTA
        self.moments.append(to_millis(ends_at) - START)
        number = len(self.actions) + 1
        self.offer_calls.append((number, customer))
        days = {"startDate": f"{starts}", "endDate": f"{ends}"}
        return self._assignment(
            "offer", {"configId": numbers.choice(CONFIG_OFFERS), "ruleParams": days, "rank": number % 3 + 1}, customer
        )

    def _points(self, _at: int, customer: str) -> Arguments:
        if (repeated := self._repeated_assignment("points")) is not None:
            return repeated
        amount = self.random.choice([5, 10, 25, -5, -20])
        return self._assignment(
            "points", {"pointsEarned": amount, "rewardId": self.random.choice(["points", "stars"])}, customer
        )

    def _assignment(self, kind: str, body: Json, customer: str) -> Arguments:
        numbers = self.random
        identity = {"email": numbers.choice(EMAILS)} if numbers.random() < 0.15 else {"userId": customer}
        arguments: Arguments = {
            "body": {**body, **identity, "source": "sim", "reference": "r"},
            "speed": numbers.choice(["hot", "cold"]),
        }
        arguments["key"] = self._key(len(self.actions) + 1)
        if arguments["key"]:
            self.assignment_calls.append((kind, arguments))
            if numbers.random() < 0.25:
                arguments["duplicates"] = [numbers.choice([0, 1, 5, 30, 2000])]
        return arguments

    def _repeated_assignment(self, kind: str) -> Arguments | None:
        """An earlier request of a marketing tool, sometimes with another body."""
        numbers, earlier = self.random, [arguments for other, arguments in self.assignment_calls if other == kind]
        if not earlier or numbers.random() > 0.25:
            return None
        arguments = dict(numbers.choice(earlier[-5:]))
        if numbers.random() < 0.3:
            arguments["body"] = {**arguments["body"], "reference": "another"}
        return arguments

    def _trace(self, _at: int, _customer: str) -> Arguments:
        return {"of": self.random.choice([number for number, _ in self.offer_calls[-5:]] or [0])}

    def _offers(self, _at: int, customer: str) -> Arguments:
        return {"customer": customer, "limit": self.random.choice([1, 3, 25])}

    def _config_offer(self, _at: int, _customer: str) -> Arguments:
        return {"id": self.random.choice(CONFIG_OFFERS), "active": self.random.random() < 0.8}

    def _reward(self, _at: int, _customer: str) -> Arguments:
        return {"id": "points", "settings": {"name": "Points", "allow_negative": self.random.random() < 0.5}}

    def _brand(self, _at: int, _customer: str) -> Arguments:
        settings = [
            {"enabled": self.random.random() < 0.8},
            {"channel_merging": self.random.choice(["none", "email", "mobile"])},
        ]
        return {"settings": self.random.choice(settings)}


_PAUSES_AND_WEIGHTS = {0: 2, 50: 4, SECOND: 6, 10 * SECOND: 6, 5 * MINUTE: 3, HOUR: 2, 12 * HOUR: 1, 2 * DAY: 1}
_KINDS_AND_WEIGHTS = {
    "emit": 30,
    "batch": 10,
    "fulfil": 14,
    "reverse": 14,
    "extend": 8,
    "wallet": 5,
    "transactions": 3,
    "list_events": 2,
    "read_event": 5,
    "preview": 1,
    "customer": 4,
    "campaign": 3,
    "delete_campaign": 0.5,
    "reward": 1,
    "offer": 12,
    "points": 6,
    "trace": 3,
    "offers": 2,
    "config_offer": 1,
    "brand": 1.5,
}
