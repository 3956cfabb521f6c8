"""What a rule does when it matches: points of several forms, a multiple of what others grant, a tag, an offer."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from loyalty.domain.money import full_multiples, times, total
from loyalty.domain.rules.conditions import found
from loyalty.domain.times import Period, parse_period

_PERCENT = Decimal("0.01")
_ONE = Decimal(1)


class Step(NamedTuple):
    """For every full `every` of the field."""

    path: tuple[str, ...]
    every: Decimal


class Points(NamedTuple):
    """An amount, the customer's tier's if there is one for it; with `per` for every full step of a field."""

    reward_id: str
    amount: Decimal
    by_tier: Mapping[str, Decimal]
    per: Step | None
    expires_in: Period | None

    @property
    def field(self) -> str:
        """Where what it grants comes from."""
        return ".".join(self.per.path) if self.per else "type"

    def due(self, facts: Mapping[str, Any]) -> Decimal:
        """The amount for these facts; a list at the field counts with its sum, a missing one with nothing."""
        tier = facts.get("customer", {}).get("tier") if self.by_tier else None
        amount = self.by_tier.get(tier.casefold(), self.amount) if isinstance(tier, str) else self.amount
        return times(full_multiples(sum_at(facts, self.per.path), self.per.every), amount) if self.per else amount


class Percent(NamedTuple):
    """So many percent of a field, at most `cap`."""

    reward_id: str
    rate: Decimal
    path: tuple[str, ...]
    cap: Decimal | None
    expires_in: Period | None

    @property
    def field(self) -> str:
        """Where what it grants comes from."""
        return ".".join(self.path)

    def due(self, facts: Mapping[str, Any]) -> Decimal:
        """The amount for these facts; nothing of what is below zero."""
        part = times(times(max(sum_at(facts, self.path), Decimal(0)), self.rate), _PERCENT)
        return part if self.cap is None else min(part, self.cap)


class Multiple(NamedTuple):
    """What campaigns that do not multiply grant of this reward for the same event, `factor` times: it adds the rest."""

    reward_id: str
    factor: Decimal
    expires_in: Period | None

    @property
    def field(self) -> str:
        """Where what it grants comes from."""
        return "type"

    def more(self, amount: Decimal) -> Decimal:
        """What it adds to an amount that another campaign grants."""
        return times(amount, self.factor - _ONE)


class SetTag(NamedTuple):
    """A tag of the customer gets a value."""

    name: str
    value: Any


class GiveOffer(NamedTuple):
    """An offer of the customer, made of a config offer, that ends after a period."""

    config_id: str
    valid_for: Period


Effect = Points | Percent | Multiple | SetTag | GiveOffer
Grant = Points | Percent | Multiple


def sum_at(facts: Mapping[str, Any], path: Sequence[str]) -> Decimal:
    """The sum of the numbers at a path."""
    numbers = (v for v in found(facts, tuple(path)) if isinstance(v, int | Decimal) and not isinstance(v, bool))
    return total(map(Decimal, numbers))


def compile_effect(document: Mapping[str, Any]) -> Effect:
    """An effect as stored, ready to be applied."""
    compile_one = next(make for name, make in _FORMS if document.get(name) is not None)
    return compile_one(document)


def _expires_in(document: Mapping[str, Any]) -> Period | None:
    return parse_period(document["expires_in"]) if document.get("expires_in") else None


def _points(document: Mapping[str, Any]) -> Points:
    per = document.get("per")
    by_tier = {tier.casefold(): Decimal(amount) for tier, amount in (document.get("by_tier") or {}).items()}
    step = Step(tuple(per["field"].split(".")), Decimal(per["every"])) if per else None
    return Points(document["reward_id"], Decimal(document.get("amount") or 0), by_tier, step, _expires_in(document))


def _percent(document: Mapping[str, Any]) -> Percent:
    cap = document.get("cap")
    return Percent(
        document["reward_id"],
        Decimal(document["percent"]),
        tuple(document["of"].split(".")),
        None if cap is None else Decimal(cap),
        _expires_in(document),
    )


def _multiple(document: Mapping[str, Any]) -> Multiple:
    return Multiple(document["reward_id"], Decimal(document["multiply"]), _expires_in(document))


def _tag(document: Mapping[str, Any]) -> SetTag:
    return SetTag(document["tag"], document.get("value", True))


def _offer(document: Mapping[str, Any]) -> GiveOffer:
    return GiveOffer(document["offer"], parse_period(document["valid_for"]))


# What makes an effect the one it is.
_FORMS: tuple[tuple[str, Callable[[Mapping[str, Any]], Effect]], ...] = (
    ("percent", _percent),
    ("multiply", _multiple),
    ("tag", _tag),
    ("offer", _offer),
    ("amount", _points),
    ("by_tier", _points),
)
