"""Recomputing a wallet from the lines of its ledger, and what the two differ in."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from earnest.commands.client import Document, Stack, place
from earnest.errors import Refusal

_LOOKS = 5


class Difference(NamedTuple):
    """What the wallet says, and what its lines come to."""

    what: str
    wallet: Decimal
    entries: Decimal


class Verified(NamedTuple):
    """How many lines were added up, and where they do not come to the wallet."""

    entries: int
    differences: list[Difference]


def verify(stack: Stack, customer_id: str) -> Verified:
    """Add up every line of a customer's ledger and compare.

    The wallet is read before and after, so that an event in between is no difference. Raises Refusal if it never holds
    still, or in the stack's words.
    """
    wallet = _wallet(stack, customer_id)
    for _ in range(_LOOKS):
        lines = list(stack.everything(place("customers", customer_id, "transactions")))
        after = _wallet(stack, customer_id)
        if after == wallet:
            return Verified(len(lines), list(differences(wallet, lines)))
        wallet = after
    raise Refusal(f"{customer_id}: the wallet changes faster than its lines can be read; try again later.")


def differences(wallet: Document, lines: Iterable[Document]) -> Iterator[Difference]:
    """Yield where the available sum of a reward, or a lot, is not what the lines come to."""
    available: defaultdict[str, Decimal] = defaultdict(Decimal)
    lots: defaultdict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for line in lines:
        available[line["reward_id"]] += line["amount"]
        # What a line adds to a debt it takes from `available` and from no lot.
        lots[_lot(line)] += line["amount"] + line["debt"]
    totals = {total["reward_id"]: Decimal(total["available"]) for total in wallet["totals"]}
    active: defaultdict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for lot in wallet["lines"]:
        active[_lot(lot)] += lot["amount"]
    for reward in sorted(totals.keys() | available.keys()):
        if totals.get(reward, Decimal(0)) != available[reward]:
            yield Difference(f"{reward}, available", totals.get(reward, Decimal(0)), available[reward])
    for key in sorted(active.keys() | lots.keys(), key=str):
        if active[key] != lots[key]:
            reward, campaign, end = key
            what = f"{reward} of {campaign or 'no campaign'}, until {end or 'ever'}"
            yield Difference(what, active[key], lots[key])


def _lot(one: Document) -> tuple[Any, ...]:
    return one["reward_id"], one["campaign_id"], one["expiration_date"]


def _wallet(stack: Stack, customer_id: str) -> Document:
    wallet: Document = stack.ask("GET", place("customers", customer_id, "wallet"))["data"]
    return wallet
