"""Histories that a seed decides: what is set up, who calls when with what, and what goes wrong. Nothing happens here.

Calls come in bursts, mostly about one customer, with pauses of seconds to days between them; many bursts fall on the
very instant at which a hold or a lot ends. What a call is about is named by the number of an earlier one, so that a
history stays one when some of its calls are left out.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

from loyalty.domain.times import from_millis, to_millis
from tests.simulation.campaigns import ALWAYS, CAMPAIGNS, CONFIGS, campaign
from tests.simulation.world import Fault

START = to_millis(datetime(2026, 3, 10, 12, tzinfo=UTC))
SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

BRAND = "sim"
CUSTOMERS = ["ada", "bob", "cem", "dee", "eve"]
EMAILS = ["one@example.com", "two@example.com"]
BOGOTA = timedelta(hours=-5)
OPENINGS = [5 * MINUTE, 10 * MINUTE, 15 * MINUTE, DAY + 20 * MINUTE + SECOND // 2, 30 * MINUTE, 17 * HOUR]
"""When campaigns begin or end, or a day in Bogotá does, after the start."""
MOBILES = ["+4915112345678", "+4915112345679"]

About = dict[str, Any]
Json = dict[str, Any]


@dataclass(frozen=True)
class Action:
    """One call of a client: when, what, about what; how far its machine's clock is off, and what goes wrong."""

    number: int
    at: int
    kind: str
    about: About
    skew: int = 0
    faults: Mapping[int, Fault] = field(default_factory=dict)

    def __str__(self) -> str:
        wrong = "".join(f"; I/O {place}: {fault}" for place, fault in sorted(self.faults.items()))
        clock = f"; clock {self.skew:+} ms" if self.skew else ""
        about = ", ".join(f"{name}={value}" for name, value in self.about.items())
        return f"{self.number:>3}  {self.at / 1000:>13.3f} s  {self.kind}({about}){clock}{wrong}"


@dataclass(frozen=True)
class History:
    """The settings of the brand, and the calls in the order of their numbers."""

    seed: int
    brand: Json
    rewards: Mapping[str, Json]
    campaigns: Mapping[str, Json]
    actions: tuple[Action, ...]
    troubled: bool
    """Whether deliveries go wrong too."""


def faults(numbers: random.Random) -> dict[int, Fault]:
    """What goes wrong with a call, by the number of its I/O: here and there, or for as long as an outage lasts."""
    if numbers.random() < 0.4:
        begins, fault = (
            numbers.choice([0, 1, 1, 2, 2, 3]),
            numbers.choice([Fault.FAILED, Fault.LOST, Fault.ANSWER_LOST, Fault.LATE]),
        )
        return dict.fromkeys(range(begins, begins + numbers.choice([3, 4, 9])), fault)
    return {numbers.randint(0, 5): numbers.choice(list(Fault)) for _ in range(numbers.choice([1, 1, 2, 4]))}


def history(seed: int) -> History:
    """The history of that seed."""
    return _Writer(seed).written()


class _Writer:
    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.random = random.Random(seed)
        self.mood = self.random.choice([0.0, 0.2, 0.2, 0.5])
        self.skewed = self.random.random() < 0.3
        self.actions: list[Action] = []
        self.events: list[int] = []
        self.held: list[tuple[int, int]] = []
        self.keyed: list[About] = []
        self.given: list[tuple[int, str]] = []
        self.asked: list[tuple[str, About]] = []
        self.instants = self.random.sample(OPENINGS, 1)
        self.now = self.random.randint(0, MINUTE)
        self.customers = CUSTOMERS[: self.random.choice([1, 2, 2, 3, 5])]
        others = [name for name in CAMPAIGNS if name not in ALWAYS]
        self.campaigns = ALWAYS + self.random.sample(others, self.random.choice([1, 2, 2, 3]))

    def written(self) -> History:
        numbers = self.random
        campaigns = {name: campaign(self.seed, name, numbers) for name in self.campaigns}
        brand = {
            "channel_merging": numbers.choice(["none", "email", "email", "mobile", "mobile"]),
            "time_zone": "America/Bogota",
        }
        rewards: dict[str, Json] = {
            "points": {"name": "Points", "allow_negative": numbers.random() < 0.7},
            "stars": {"name": "Stars"},
        }
        for who in self.customers:
            for about in ({"type": "PURCHASE", "value": 60}, {"type": "VISIT"}):
                self._add(self.now, "emit", {"customer": who, "key": None, **about})
        for _ in range(numbers.randint(8, 30)):
            self._burst()
        return History(self.seed, brand, rewards, campaigns, tuple(self.actions), troubled=self.mood > 0)

    def _burst(self) -> None:
        numbers = self.random
        coming = [instant for instant in self.instants if instant > self.now]
        if coming and numbers.random() < 0.35:
            self.now = max(
                self.now, numbers.choice(coming[:3]) + numbers.choice([-SECOND, -5, -1, 0, 0, 0, 0, 1, 5, SECOND])
            )
        else:
            self.now += numbers.choices(list(_PAUSES), list(_PAUSES.values()))[0]
        who = numbers.choice(self.customers)
        exactly = numbers.random() < 0.5
        for _ in range(numbers.choice([1, 2, 2, 3, 4])):
            at = self.now if exactly else self.now + numbers.randint(0, 25)
            self._act(at, who if numbers.random() < 0.8 else numbers.choice(self.customers))

    def _act(self, at: int, who: str) -> None:
        kind = self.random.choices(list(_KINDS), list(_KINDS.values()))[0]
        self._add(at, kind, getattr(self, f"_{kind}")(at, who))

    def _add(self, at: int, kind: str, about: About) -> None:
        number = len(self.actions) + 1
        if kind in ("emit", "batch") and not about.get("dry_run"):
            self.events.append(number)
        skew = self.random.choice([-40, -3, 0, 3, 40]) if self.skewed else 0
        self.actions.append(Action(number, at, kind, about, skew, self._faults()))

    def _faults(self) -> dict[int, Fault]:
        if self.random.random() >= self.mood:
            return {}
        return {
            self.random.randint(0, 5): self.random.choice(list(Fault)) for _ in range(self.random.choice([1, 1, 2, 4]))
        }

    def _key(self, number: int) -> str | None:
        return f"key {number}" if self.random.random() < 0.6 else None

    def _emit(self, at: int, who: str) -> About:
        numbers = self.random
        if self.keyed and numbers.random() < 0.25:
            return self._again()
        type_ = numbers.choice(["PURCHASE", "PURCHASE", "PURCHASE", "VISIT"])
        number = len(self.actions) + 1
        about: About = {"customer": who, "type": type_, "key": self._key(number)}
        if type_ == "PURCHASE":
            about["value"] = numbers.choice([1, 5, 10, 19, 20, 35, 60])
            if numbers.random() < 0.3:
                about["purchase"] = f"order {number}"
            about["store"] = numbers.choice(["Mitte", "mitte", "Nord", "West"])
            about["skus"] = numbers.choice([["A1"], ["A1"], ["B2"], ["B2", "A1"], ["C3", "A1", "A1"]])
        about |= self._spent(who, type_)
        if numbers.random() < 0.5:
            about["fulfilled"] = False
            length = numbers.choice([5 * SECOND, MINUTE, 10 * MINUTE, 2 * HOUR, None, None])
            if length:
                about["until"] = at + length
            else:
                about["reserve"] = numbers.choice([1, 2])
            self.held.append((number, at + (length or about["reserve"] * DAY)))
            self.instants.append(self.held[-1][1])
        if numbers.random() < 0.1:
            about["issued"] = at - numbers.choice([SECOND, MINUTE, HOUR, 2 * DAY])
        self.instants += [(at // MINUTE + minutes) * MINUTE for minutes in (2, 3)]
        if numbers.random() < 0.08:
            about["dry_run"] = True
        if (about["key"] or "purchase" in about) and not about.get("dry_run"):
            self.keyed.append(about)
            if numbers.random() < 0.2:
                about["echo"] = [numbers.choice([0, 1, 5, 30, 2000])]
        return about

    def _spent(self, who: str, type_: str) -> About:
        """What an event redeems: points, offers of marketing tools, and those that campaigns gave before."""
        numbers, about = self.random, About()
        if numbers.random() < 0.4:
            places = numbers.sample(["event", "order", "product", "shipping"], numbers.choice([1, 1, 2]))
            about["redeem"] = [
                (place if type_ == "PURCHASE" else "event", reward, numbers.choice([1, 2, 3, 5, 10, 10, 40]))
                for place, reward in zip(places, numbers.choices(["points", "stars"], [4, 1], k=2), strict=False)
            ]
        if self.given and numbers.random() < 0.6:
            mine = [number for number, whose in self.given[-8:] if whose == who or numbers.random() < 0.05]
            about["offers"] = numbers.sample(mine, min(len(mine), numbers.choice([1, 1, 2])))
        if "treat" in self.campaigns and numbers.random() < 0.6:
            about["gifts"] = [one for one in self.events[-15:] if self.actions[one - 1].about["customer"] == who][-5:]
            about["hasty"] = numbers.random() < 0.1
        return about

    def _again(self) -> About:
        """A request that came before: the same, with another key or none, or its key with another body."""
        numbers = self.random
        about = dict(numbers.choice(self.keyed[-6:]))
        match numbers.randrange(6):
            case 0 if about.get("purchase"):
                about["key"] = numbers.choice([None, f"key {len(self.actions) + 1}"])
                self.keyed.append(about)
            case 1 if about["key"]:
                about["value"] = numbers.choice([2, 7])
                about["type"] = "PURCHASE"
                about.pop("purchase", None)
            case 2 if about["key"]:
                about["purchase"] = f"order {len(self.actions) + 1}"
                about["type"] = "PURCHASE"
                about.setdefault("value", 1)
                self.keyed.append(about)
        return about

    def _batch(self, _at: int, who: str) -> About:
        numbers = self.random
        names = numbers.sample(["VISIT", "REVIEW", "SHARE", "PURCHASE"], numbers.choice([1, 1, 2, 3]))
        about: About = {"customer": who, "names": names, "key": self._key(len(self.actions) + 1)}
        if numbers.random() < 0.6:
            about["email"] = numbers.choice(EMAILS)
        if numbers.random() < 0.5:
            about["mobile"] = numbers.choice(MOBILES)
        if about["key"] and numbers.random() < 0.2:
            about["echo"] = [numbers.choice([0, 1, 5, 30])]
        if numbers.random() < 0.2:
            about["v3"] = True
        return about

    def _of_event(self, *, held: float = 0.3) -> int:
        """Which call's event: at times one that is held, mostly a recent one."""
        active = [number for number, until in self.held[-6:] if until >= self.now]
        if active and self.random.random() < held:
            return self.random.choice(active)
        recent = self.events[-5:] if self.random.random() < 0.8 else self.events
        return self.random.choice(recent)

    def _fulfil(self, _at: int, _who: str) -> About:
        return {"of": self._of_event(held=0.9)}

    def _reverse(self, _at: int, _who: str) -> About:
        return {"of": self._of_event()}

    def _read_event(self, _at: int, _who: str) -> About:
        return {"of": self._of_event()}

    def _extend(self, at: int, _who: str) -> About:
        about: About = {"of": self._of_event(held=0.9)}
        if self.random.random() < 0.5:
            about["until"] = at + self.random.choice([MINUTE, HOUR, DAY])
            self.instants.append(about["until"])
        else:
            about["reserve"] = self.random.choice([1, 2])
        return about

    def _wallet(self, _at: int, who: str) -> About:
        return {"customer": who}

    def _ledger(self, _at: int, who: str) -> About:
        return {"customer": who, "limit": self.random.choice([1, 3, 25, 100])}

    def _events(self, _at: int, who: str) -> About:
        return {"customer": who, "limit": self.random.choice([1, 3, 25])}

    def _preview(self, _at: int, who: str) -> About:
        return {"customer": who, "names": ["VISIT", "PURCHASE"]}

    def _customer(self, _at: int, who: str) -> About:
        about: About = {"customer": who, "tags": {"vip": self.random.choice([True, False, None])}}
        if self.random.random() < 0.5:
            about["attributes"] = {"tier": self.random.choice(["gold", "SILVER", "bronze", None])}
        if self.random.random() < 0.3:
            about["email"] = self.random.choice(EMAILS)
        if self.random.random() < 0.3:
            about["mobile"] = self.random.choice(MOBILES)
        return about

    def _campaign(self, _at: int, _who: str) -> About:
        name = self.random.choice(self.campaigns)
        return {"id": name, "document": campaign(self.seed, name, self.random)}

    def _drop_campaign(self, _at: int, _who: str) -> About:
        return {"id": "bonus"}

    def _offer(self, at: int, who: str) -> About:
        """An offer that begins today, mostly, and ends with the day or days later."""
        numbers = self.random
        if (again := self._asked_again("offer")) is not None:
            return again
        today = (from_millis(START + at) + BOGOTA).date()
        starts = today + timedelta(days=numbers.choice([-1, 0, 0, 0, 0, 1]))
        ends = starts + timedelta(days=numbers.choice([0, 1, 3, 7, 7]))
        over = datetime.combine(ends + timedelta(days=1), time(), UTC) - BOGOTA
        self.instants.append(to_millis(over) - START)
        number = len(self.actions) + 1
        self.given.append((number, who))
        days = {"startDate": f"{starts}", "endDate": f"{ends}"}
        return self._asking(
            "offer", {"configId": numbers.choice(CONFIGS), "ruleParams": days, "rank": number % 3 + 1}, who
        )

    def _points(self, _at: int, who: str) -> About:
        if (again := self._asked_again("points")) is not None:
            return again
        amount = self.random.choice([5, 10, 25, -5, -20])
        return self._asking(
            "points", {"pointsEarned": amount, "rewardId": self.random.choice(["points", "stars"])}, who
        )

    def _asking(self, kind: str, body: Json, who: str) -> About:
        numbers = self.random
        whom = {"email": numbers.choice(EMAILS)} if numbers.random() < 0.15 else {"userId": who}
        about: About = {
            "body": {**body, **whom, "source": "sim", "reference": "r"},
            "lane": numbers.choice(["hot", "cold"]),
        }
        about["key"] = self._key(len(self.actions) + 1)
        if about["key"]:
            self.asked.append((kind, about))
            if numbers.random() < 0.25:
                about["echo"] = [numbers.choice([0, 1, 5, 30, 2000])]
        return about

    def _asked_again(self, kind: str) -> About | None:
        """A request of a marketing tool that came before, at times with another body."""
        numbers, before = self.random, [about for one, about in self.asked if one == kind]
        if not before or numbers.random() > 0.25:
            return None
        about = dict(numbers.choice(before[-5:]))
        if numbers.random() < 0.3:
            about["body"] = {**about["body"], "reference": "another"}
        return about

    def _trace(self, _at: int, _who: str) -> About:
        return {"of": self.random.choice([number for number, _ in self.given[-5:]] or [0])}

    def _offers(self, _at: int, who: str) -> About:
        return {"customer": who, "limit": self.random.choice([1, 3, 25])}

    def _config(self, _at: int, _who: str) -> About:
        return {"id": self.random.choice(CONFIGS), "active": self.random.random() < 0.8}

    def _reward(self, _at: int, _who: str) -> About:
        return {"id": "points", "settings": {"name": "Points", "allow_negative": self.random.random() < 0.5}}

    def _brand(self, _at: int, _who: str) -> About:
        settings = [
            {"enabled": self.random.random() < 0.8},
            {"channel_merging": self.random.choice(["none", "email", "mobile"])},
        ]
        return {"settings": self.random.choice(settings)}


_PAUSES = {0: 2, 50: 4, SECOND: 6, 10 * SECOND: 6, 5 * MINUTE: 3, HOUR: 2, 12 * HOUR: 1, 2 * DAY: 1}
_KINDS = {
    "emit": 30,
    "batch": 10,
    "fulfil": 14,
    "reverse": 14,
    "extend": 8,
    "wallet": 5,
    "ledger": 3,
    "events": 2,
    "read_event": 5,
    "preview": 1,
    "customer": 4,
    "campaign": 3,
    "drop_campaign": 0.5,
    "reward": 1,
    "offer": 12,
    "points": 6,
    "trace": 3,
    "offers": 2,
    "config": 1,
    "brand": 1.5,
}
