"""Calls on one wallet that overlap, on DynamoDB Local: each history could have happened one call at a time."""

import random
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from loyalty.store import customers, emits, events, keys, table
from tests.support.api import Api
from tests.support.backend import Answer
from tests.support.figures import Record, answers
from tests.support.linearizability import Done, one_at_a_time
from tests.support.one_wallet import Call, OneWallet, Seen
from tests.support.project import LONG

CUSTOMER, THREADS, CALLS = "ada", 6, 6
HISTORIES = 100 if LONG else 12


def wallet_of(api: Api, customer: str) -> tuple[OneWallet, list[str]]:
    """A customer who has 60 points and three events in standby, and the ids of those."""
    assert api.purchase(customer, 90).status == 201
    held = [api.purchase(customer, earns, fulfilled=False, redeem=taking(10)).data["id"] for earns in (5, 7, 11)]
    model = OneWallet(90)
    for earns in (5, 7, 11):
        model = model.hold(10, earns)
    return model, held


def taking(amount: int) -> list[dict[str, Any]]:
    return [{"id": "points", "amount": amount}]


def drawn(chance: random.Random) -> Call:
    """Any call, spending and endings more often than reads."""
    act = chance.choice(["earn", "spend", "spend", "fulfil", "reverse", "look", "read"])
    if act in ("earn", "spend"):
        return Call(act, chance.choice([1, 10, 25]))
    return Call(act, 0 if act == "read" else chance.randrange(3))


def make(api: Api, customer: str, held: list[str], call: Call) -> Seen:
    """Make the call; what it answers."""
    acts: dict[str, Callable[[], Answer]] = {
        "earn": lambda: api.purchase(customer, call.about),
        "spend": lambda: api.spend(customer, call.about),
        "fulfil": lambda: api.fulfil(held[call.about]),
        "reverse": lambda: api.reverse(held[call.about]),
        "look": lambda: api.event(held[call.about]),
        "read": lambda: api.wallet(customer),
    }
    answer = acts[call.act]()
    if answer.status >= 300:
        return Seen(answer.status)
    if call.act in ("fulfil", "reverse", "look"):
        return Seen(answer.status, answer.data["status"])
    body = answer.data if call.act == "read" else answer.data["result"]["wallet"]
    (total,) = body["totals"]
    return Seen(answer.status, (total["available"], total["reserved"], total["pending"]))


def overlapping(api: Api, customer: str, held: list[str], seed: int) -> list[Done]:
    """The history of some threads that make calls of their own as fast as they can."""
    gate = Barrier(THREADS)

    def go(thread: int) -> list[Done]:
        chance = random.Random(f"{seed} {thread}")
        gate.wait()
        history = []
        for _ in range(CALLS):
            call, began = drawn(chance), time.monotonic()
            seen = make(api, customer, held, call)
            history.append(Done(began, time.monotonic(), call, seen))
        return history

    with ThreadPoolExecutor(THREADS) as pool:
        return [done for history in pool.map(go, range(THREADS)) for done in history]


def test_histories_that_overlap_could_have_happened_one_call_at_a_time(api: Api, record_property: Record) -> None:
    statuses: Counter[int] = Counter()
    for seed in range(HISTORIES):
        customer = f"{CUSTOMER}-{seed}"
        start, held = wallet_of(api, customer)
        history = overlapping(api, customer, held, seed)
        assert any(one.began < other.began < one.ended for one in history for other in history)
        assert one_at_a_time(start, history), (seed, sorted(history))
        api.assert_books_agree(customer)
        statuses.update(one.seen.status for one in history)
    for figure in answers(f"overlapping calls, {HISTORIES} histories", statuses):
        record_property(*figure)
    assert set(statuses) == {200, 201, 409, 422}


def test_a_write_without_its_condition_is_found(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def unconditionally(customer: Any, before: Any, more: Any = None) -> table.Write:
        key = keys.customer(customer.brand_id, customer.customer_id)
        return table.put(key, customers.customer_item(customer) | (more or {}))

    for module in (customers, emits, events):
        monkeypatch.setattr(module, "customer_write", unconditionally)
    assert any(
        not one_at_a_time(start, overlapping(api, customer, held, seed))
        for seed in range(HISTORIES)
        for customer in [f"{CUSTOMER}-{seed}"]
        for start, held in [wallet_of(api, customer)]
    )


def test_a_read_that_goes_back_in_time_is_no_order() -> None:
    earn, read = Call("earn", 5), Call("read")
    new, old = Seen(200, (5, 0, 0)), Seen(200, (0, 0, 0))
    earned = Done(0, 10, earn, Seen(201, (5, 0, 0)))
    assert one_at_a_time(OneWallet(), [earned, Done(1, 2, read, old), Done(3, 4, read, new)])
    assert not one_at_a_time(OneWallet(), [earned, Done(1, 2, read, new), Done(3, 4, read, old)])


def test_two_who_spend_the_same_points_are_no_order() -> None:
    both = [Done(0, 1, Call("spend", 5), Seen(201, (0, 0, 0)))] * 2
    assert not one_at_a_time(OneWallet(5), both)
    assert one_at_a_time(OneWallet(5), [both[0], Done(0, 1, Call("spend", 5), Seen(422))])
