"""Recomputes a wallet from the entries of its ledger and compares the two."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from earnest.commands.client import ApiClient, Document, path_of
from earnest.errors import CommandError

_ATTEMPTS = 5


class Difference(NamedTuple):
    """An amount in the wallet that is not the sum of its entries."""

    what: str
    wallet: Decimal
    entries: Decimal


class Verification(NamedTuple):
    """How many entries were added up, and where their sums differ from the wallet."""

    entries: int
    differences: list[Difference]


def verify_wallet(stack: ApiClient, customer_id: str) -> Verification:
    """Add up every ledger entry of a customer and compare the sums with the wallet.

    The wallet is read before and after the entries, so that an event in between is no difference. Raises CommandError
    if it changes each time, or if the stack refuses a call.
    """
    wallet = _wallet(stack, customer_id)
    for _ in range(_ATTEMPTS):
        entries = list(stack.list_all(path_of("customers", customer_id, "transactions")))
        after = _wallet(stack, customer_id)
        if after == wallet:
            return Verification(len(entries), list(differences(wallet, entries)))
        wallet = after
    raise CommandError(f"{customer_id}: the wallet changes faster than its lines can be read; try again later.")


def differences(wallet: Document, entries: Iterable[Document]) -> Iterator[Difference]:
    """Yield each reward whose available amount, and each lot whose amount, is not the sum of its entries.

    An entry of a lot that is not available yet is part of that lot alone; once it is, of the lot that it has become.
    """
    vesting = {_lot_key(lot) for lot in wallet["lines"] if lot.get("available_from")}
    available: defaultdict[str, Decimal] = defaultdict(Decimal)
    lots: defaultdict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for entry in entries:
        key = _lot_key(entry)
        if key not in vesting:
            key = (*key[:-1], None)
            available[entry["reward_id"]] += entry["amount"]
        # What an entry adds to a debt is taken from `available` and from no lot.
        lots[key] += entry["amount"] + entry["debt"]
    totals = {total["reward_id"]: Decimal(total["available"]) for total in wallet["totals"]}
    active: defaultdict[tuple[Any, ...], Decimal] = defaultdict(Decimal)
    for lot in wallet["lines"]:
        active[_lot_key(lot)] += lot["amount"]
    for reward in sorted(totals.keys() | available.keys()):
        if totals.get(reward, Decimal(0)) != available[reward]:
            yield Difference(f"{reward}, available", totals.get(reward, Decimal(0)), available[reward])
    for key in sorted(active.keys() | lots.keys(), key=str):
        if active[key] != lots[key]:
            reward, campaign, end, _ = key
            what = f"{reward} of {campaign or 'no campaign'}, until {end or 'ever'}"
            yield Difference(what, active[key], lots[key])


def _lot_key(lot: Document) -> tuple[Any, ...]:
    return lot["reward_id"], lot["campaign_id"], lot["expiration_date"], lot.get("available_from")


def _wallet(stack: ApiClient, customer_id: str) -> Document:
    wallet: Document = stack.request("GET", path_of("customers", customer_id, "wallet"))["data"]
    return wallet
