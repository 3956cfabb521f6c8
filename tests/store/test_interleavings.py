"""Something else happens in the middle of a call, at each point where it can: as if it had happened before.

After the first, or the second, answer that a call has from the store, another call runs from its beginning to its end.
What was read before is then out of date, in part or in whole, and the first call must find that out.
"""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from itertools import count
from typing import Any

import pytest

from loyalty.domain.customers.journal import JournalRecord
from loyalty.domain.times import parse_instant
from loyalty.store import keys
from tests.support.api import Api
from tests.support.backend import Answer
from tests.support.stream import deliver, removed
from tests.support.tables import Store

REDEEM = [{"id": "points", "amount": Decimal(60)}]
ORDER = {"value": 25}


@dataclass
class Scene:
    """A customer with 100 points, of which an event in standby holds 60."""

    api: Api
    customer: str = field(default_factory=lambda: uuid.uuid4().hex)
    event: str = ""

    def standby(self) -> None:
        """The hold has a day to live."""
        self.api.purchase(self.customer, 100)
        self.event = self.api.emit(self.customer, order=ORDER, redeem=REDEEM, fulfilled=False).data["id"]

    def overdue(self) -> None:
        """The hold has been expired for a day, and nobody has settled it."""
        now = datetime.now(UTC)
        self.api.emit_at(now - timedelta(days=3), self.customer, order={"value": 100})
        held = self.api.emit_at(now - timedelta(days=2), self.customer, order=ORDER, redeem=REDEEM, fulfilled=False)
        self.event = held.event_id

    def state(self) -> tuple[object, ...]:
        """What came of it, without ids and times."""
        event = self.api.event(self.event).data
        held_for = parse_instant(event["reservation_expires_at"]) - parse_instant(event["issued_at"])
        journal = [
            (
                one.type if isinstance(one, JournalRecord) else "EVENT",
                [(line.type, line.amount) for line in one.entries],
            )
            for one in self.api.journal(self.customer)
        ]
        return event["status"], held_for, self.api.points(self.customer), journal


Act = Callable[[Scene], Answer]


def settle_expired(scene: Scene) -> Answer:
    assert deliver(removed(keys.hold_deadline(scene.api.brand, scene.customer, scene.event))) == []
    return Answer(200, "{}", {})


def purchase(scene: Scene, value: int, *, key: bool = False, named: bool = False) -> Answer:
    """A purchase that earns so much, with an Idempotency-Key, with a purchase_id, with both or with none."""
    order = {"value": value, **({"purchase_id": f"order of {scene.customer}"} if named else {})}
    return scene.api.emit(scene.customer, order=order, key=f"key of {scene.customer}" if key else None)


ACTS: dict[str, Act] = {
    "fulfil": lambda scene: scene.api.fulfil(scene.event),
    "reverse": lambda scene: scene.api.reverse(scene.event),
    "extend": lambda scene: scene.api.extend(scene.event, reserve=2),
    "pass the deadline": settle_expired,
    "earn": lambda scene: purchase(scene, 7),
    "spend": lambda scene: scene.api.spend(scene.customer, 30),
    "spend all": lambda scene: scene.api.spend(scene.customer, 100),
    "buy with a key": lambda scene: purchase(scene, 9, key=True),
    "buy else with it": lambda scene: purchase(scene, 10, key=True),
    "buy": lambda scene: purchase(scene, 9, named=True),
    "buy with both": lambda scene: purchase(scene, 9, key=True, named=True),
}
ENDINGS = ["fulfil", "reverse", "extend"]
EVENTS = ["earn", "spend"]
OF_TIME = ["pass the deadline", "spend all"]
NUMBERS = count(10_000_000, 2)
PURCHASES = ["buy with a key", "buy else with it", "buy", "buy with both"]


@contextmanager
def interrupted(store: Store, after: int, by: Callable[[], Any]) -> Iterator[None]:
    """The product is interrupted, once, after so many answers from the store."""
    answers = iter(range(1, after + 1))

    def answered(**_: Any) -> None:
        if next(answers, None) == after:
            by()

    store.product.meta.events.register("after-call.dynamodb", answered)
    try:
        yield
    finally:
        store.product.meta.events.unregister("after-call.dynamodb", answered)


def said(answer: Answer) -> tuple[object, ...]:
    return answer.refusal if answer.status >= 400 else (answer.status, answer.replayed)


Outcome = tuple[tuple[object, ...], tuple[object, ...]]


@pytest.fixture(scope="module")
def brand(store: Store) -> Api:
    return Api().set_up()


@cache
def one_by_one(brand: Api, lay: Callable[[Scene], None], first: str, then: str) -> Outcome:
    """What is said to the second call, and what comes of both."""
    scene = Scene(brand)
    lay(scene)
    ACTS[first](scene)
    return said(ACTS[then](scene)), scene.state()


def interrupting(
    store: Store, brand: Api, lay: Callable[[Scene], None], first: str, then: str, after: int = 1
) -> Outcome:
    """The same, when the first begins and ends in the middle of the second."""
    scene = Scene(brand)
    lay(scene)
    with interrupted(store, after, lambda: ACTS[first](scene)):
        answer = ACTS[then](scene)
    brand.assert_books_agree(scene.customer)
    return said(answer), scene.state()


@pytest.mark.parametrize("after", [1, 2])
@pytest.mark.parametrize("first", ENDINGS + EVENTS)
@pytest.mark.parametrize("then", ENDINGS)
def test_a_change_of_a_living_hold(store: Store, brand: Api, then: str, first: str, after: int) -> None:
    outcome = interrupting(store, brand, Scene.standby, first, then, after)
    assert outcome == one_by_one(brand, Scene.standby, first, then)


@pytest.mark.parametrize("after", [1, 2])
@pytest.mark.parametrize("first", OF_TIME)
@pytest.mark.parametrize("then", [*ENDINGS, "pass the deadline"])
def test_a_change_of_a_dead_hold(store: Store, brand: Api, then: str, first: str, after: int) -> None:
    outcome = interrupting(store, brand, Scene.overdue, first, then, after)
    assert outcome == one_by_one(brand, Scene.overdue, first, then)


@pytest.mark.parametrize("first", ENDINGS + EVENTS)
@pytest.mark.parametrize("then", EVENTS)
def test_an_event_beside_a_living_hold(store: Store, brand: Api, then: str, first: str) -> None:
    outcome = interrupting(store, brand, Scene.standby, first, then)
    assert outcome == one_by_one(brand, Scene.standby, first, then)


@pytest.mark.parametrize("first", OF_TIME)
def test_an_event_beside_a_dead_hold(store: Store, brand: Api, first: str) -> None:
    outcome = interrupting(store, brand, Scene.overdue, first, "spend all")
    assert outcome == one_by_one(brand, Scene.overdue, first, "spend all")


@pytest.mark.parametrize("first", PURCHASES)
@pytest.mark.parametrize("then", PURCHASES)
def test_a_purchase_that_comes_twice(store: Store, brand: Api, then: str, first: str) -> None:
    outcome = interrupting(store, brand, Scene.standby, first, then)
    assert outcome == one_by_one(brand, Scene.standby, first, then)


def merge(scene: Scene, elder: str, mobile: str) -> Answer:
    """The customer turns out to be the elder one, who has 50 points more."""
    assert scene.customer != elder
    return scene.api.call("track_events", {"customerId": scene.customer, "mobile": mobile, "events": {"MEET": None}})


def find_merge(brand: Api, number: int) -> tuple[Scene, Callable[[], Answer]]:
    """A scene, and the merge that can happen in it."""
    elder, mobile = f"elder-{uuid.uuid4().hex}", f"+49151{number:08}"
    brand.purchase(elder, 50)
    body = {"customerId": elder, "mobile": mobile, "events": {"MEET": None}}
    assert brand.call("track_events", body).status == 200
    scene = Scene(brand)
    scene.standby()
    return scene, lambda: merge(scene, elder, mobile)


def merged_state(scene: Scene) -> tuple[object, ...]:
    lines = [(line["type"], line["amount"]) for line in scene.api.everything("list_transactions", scene.customer)]
    available, *_ = points = scene.api.points(scene.customer)
    assert sum(amount for _, amount in lines) == available
    return scene.api.event(scene.event).data["status"], points, sorted(lines)


@pytest.fixture(scope="module")
def merging_brand(store: Store) -> Api:
    api = Api().set_up()
    assert api.call("put_brand", {"channel_merging": "mobile"}).status == 200
    return api


@pytest.mark.parametrize(
    ("then", "after"),
    [
        *((act, after) for act in ENDINGS for after in (1, 2)),
        *((act, 1) for act in (*EVENTS, "buy with a key", "buy with both")),
    ],
)
def test_a_merge_in_the_middle_of_a_call(store: Store, merging_brand: Api, then: str, after: int) -> None:
    number = next(NUMBERS)
    (one_by_one, first), (scene, meanwhile) = find_merge(merging_brand, number), find_merge(merging_brand, number + 1)
    assert first().status == 200
    expected = ACTS[then](one_by_one)
    with interrupted(store, after, meanwhile):
        answer = ACTS[then](scene)
    assert (said(answer), merged_state(scene)) == (said(expected), merged_state(one_by_one))
