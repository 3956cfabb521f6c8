"""Something else happens in the middle of a call, at each point where it can: the same comes of it as one after the other.

After the first, or the second, answer that a call has from the store, another call runs from its beginning to its end.
What was read before is then out of date, in part or in whole, and the first call must find that out.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from loyalty.domain.lifecycle import Entry
from loyalty.domain.times import parse_instant
from loyalty.store import keys
from tests.functions.backend import Answer
from tests.store.api import Api
from tests.store.stream import deliver, removed
from tests.store.tables import Store

CUSTOMER = "ada"
REDEEM = [{"id": "points", "amount": Decimal(60)}]
ORDER = {"value": 25}


@dataclass(frozen=True)
class Scene:
    """A customer with 100 points of which an event in standby holds 60."""

    api: Api
    event: str

    def state(self) -> tuple[object, ...]:
        """What a client can see of it, without ids and times."""
        event = self.api.event(self.event).data
        held_until = parse_instant(event["reservation_expires_at"]) - parse_instant(event["issued_at"])
        lines = [(one["type"], one["amount"]) for one in self.api.everything("list_transactions", CUSTOMER)]
        kinds = [one.kind for one in self.api.journal(CUSTOMER) if isinstance(one, Entry)]
        return event["status"], event["reason"], held_until, self.api.points(CUSTOMER), lines, kinds


def living() -> Scene:
    api = Api().set_up()
    api.purchase(CUSTOMER, 100)
    return Scene(api, api.emit(CUSTOMER, order=ORDER, redeem=REDEEM, fulfilled=False).data["id"])


def dead() -> Scene:
    api, now = Api().set_up(), datetime.now(UTC)
    api.emit_at(now - timedelta(days=3), CUSTOMER, order={"value": 100})
    return Scene(
        api, api.emit_at(now - timedelta(days=2), CUSTOMER, order=ORDER, redeem=REDEEM, fulfilled=False).event_id
    )


Act = Callable[[Scene], Answer]


def deliver_deadline(scene: Scene) -> Answer:
    assert deliver(removed(keys.hold_deadline(scene.api.brand, CUSTOMER, scene.event))) == []
    return Answer(200, "{}", {})


ACTS: dict[str, Act] = {
    "fulfil": lambda scene: scene.api.fulfil(scene.event),
    "reverse": lambda scene: scene.api.reverse(scene.event),
    "extend": lambda scene: scene.api.extend(scene.event, reserve=2),
    "deadline": deliver_deadline,
    "earn": lambda scene: scene.api.purchase(CUSTOMER, 7),
    "spend": lambda scene: scene.api.spend(CUSTOMER, 30),
    "spend all": lambda scene: scene.api.spend(CUSTOMER, 100),
    "emit with a key": lambda scene: scene.api.purchase(CUSTOMER, 9, key="a key"),
    "emit another with it": lambda scene: scene.api.purchase(CUSTOMER, 10, key="a key"),
    "emit a purchase": lambda scene: scene.api.emit(CUSTOMER, order={"value": 9, "purchase_id": "order-1"}),
    "emit it with a key": lambda scene: scene.api.emit(
        CUSTOMER, order={"value": 9, "purchase_id": "order-1"}, key="a key"
    ),
}


@contextmanager
def interrupted(store: Store, after: int, by: Callable[[], Any]) -> Iterator[None]:
    """The next call of the product is interrupted by another, after so many answers from the store."""
    answers = iter(range(1, after + 1))

    def answered(**_: Any) -> None:
        if next(answers, None) == after:
            by()

    store.product.meta.events.register("after-call.dynamodb", answered)
    try:
        yield
    finally:
        store.product.meta.events.unregister("after-call.dynamodb", answered)


def outcome(answer: Answer) -> tuple[object, ...]:
    if answer.status >= 400:
        return answer.refusal
    return answer.status, answer.replayed


@pytest.mark.parametrize("after", [1, 2])
@pytest.mark.parametrize("setting", [living, dead], ids=lambda setting: setting.__name__)
@pytest.mark.parametrize(("first", "then"), product(ACTS, repeat=2), ids=lambda name: name)
def test_a_call_interrupted_by_another_comes_after_it(
    store: Store, setting: Callable[[], Scene], first: str, then: str, after: int
) -> None:
    one_by_one, scene = setting(), setting()
    ACTS[first](one_by_one)
    expected = ACTS[then](one_by_one)
    with interrupted(store, after, lambda: ACTS[first](scene)):
        answer = ACTS[then](scene)
    assert (outcome(answer), scene.state()) == (outcome(expected), one_by_one.state())
    scene.api.assert_books_agree(CUSTOMER)
