"""reverse_event and fulfill_event with a part of an order: what is answered, kept, refused and told again."""

from typing import Any

import pytest

from loyalty.services import lifecycle
from tests.support.backend import Answer, Backend

LINES = [
    {"sku": "A1", "amount": 1, "value": 10},
    {"sku": "B2", "amount": 2, "value": 20},
    {"sku": "C3", "amount": 1, "value": 30},
]
ORDER = {"value": 60, "products": LINES}


def goods(*named: tuple[str, Any]) -> list[dict[str, Any]]:
    return [{"sku": sku, "amount": amount} for sku, amount in named]


def reverse(backend: Backend, event: str, key: str | None = None, *, dry_run: bool = False, **part: Any) -> Answer:
    return backend.call(
        "reverse_event",
        {"reason": "came back", **part},
        path={"id": event},
        headers={"Idempotency-Key": key} if key else {},
        query={"dry_run": "true"} if dry_run else {},
    )


def fulfil(backend: Backend, event: str, key: str | None = None, *, dry_run: bool = False, **part: Any) -> Answer:
    return backend.call(
        "fulfill_event",
        part,
        path={"id": event},
        headers={"Idempotency-Key": key} if key else {},
        query={"dry_run": "true"} if dry_run else {},
    )


@pytest.fixture
def paid(backend: Backend) -> str:
    """A purchase of 60 that has earned 60 points."""
    event: str = backend.emit(order=ORDER).data["id"]
    assert backend.points() == (60, 0, 0)
    return event


@pytest.fixture
def held(backend: Backend) -> str:
    """The same, held, and paid with 30 points of 100."""
    backend.emit(order={"value": 100})
    event: str = backend.emit(order=ORDER, redeem=[{"id": "points", "amount": 30}], fulfilled=False).data["id"]
    assert backend.points() == (70, 30, 60)
    return event


def test_an_event_is_returned_in_parts_until_nothing_is_left(backend: Backend, paid: str) -> None:
    first = reverse(backend, paid, products=goods(("A1", 1), ("B2", 1))).data
    assert (first["status"], first["reason"], first["reversed_at"]) == ("RESOLVED", None, None)
    assert (first["returned"], first["unfulfilled"]) == (goods(("A1", 1), ("B2", 1)), [])
    assert first["result"]["wallet"]["totals"][0]["available"] == 40
    assert backend.call("get_event", path={"id": paid}).data == first
    assert backend.ledger()[-1] == ("REVERSAL", -20)
    second = reverse(backend, paid, value=4).data
    assert (second["returned_value"], backend.points()[0]) == (4, 36)
    last = reverse(backend, paid, products=goods(("B2", 1)))
    assert (last.data["status"], backend.points()[0]) == ("RESOLVED", 26)
    last = reverse(backend, paid)
    assert (last.data["status"], last.data["returned"]) == ("REVERSED", goods(("A1", 1), ("B2", 2), ("C3", 1)))
    assert (last.data["reason"], backend.points()) == ("came back", (0, 0, 0))
    assert reverse(backend, paid).data == last.data


def test_the_last_part_reverses_the_event(backend: Backend, paid: str) -> None:
    reverse(backend, paid, products=goods(("A1", 1), ("B2", 2)))
    last = reverse(backend, paid, "k", products=goods(("C3", 1)))
    assert (last.data["status"], backend.points()) == ("REVERSED", (0, 0, 0))
    with backend.nothing_changes():
        assert reverse(backend, paid, products=goods(("C3", 1))).refusal == (409, "EventReversedError")
        again = reverse(backend, paid, "k", products=goods(("C3", 1)))
    assert (again.data, again.replayed) == (last.data, True)


def test_a_part_with_a_key_is_taken_once_and_told_again(backend: Backend, paid: str) -> None:
    first = reverse(backend, paid, "k1", products=goods(("B2", 1)))
    assert (first.status, first.replayed, backend.points()[0]) == (200, False, 50)
    other = reverse(backend, paid, "k2", products=goods(("B2", 1)))
    assert (other.replayed, backend.points()[0]) == (False, 40)
    with backend.nothing_changes():
        again = reverse(backend, paid, "k1", products=goods(("B2", 1)))
        assert (again.data, again.replayed) == (first.data, True)
        in_body = backend.call(
            "reverse_event",
            {"reason": "came back", "products": goods(("B2", 1)), "idempotencyKey": "k1"},
            path={"id": paid},
        )
        assert (in_body.data, in_body.replayed) == (first.data, True)
        for another in ({"products": goods(("B2", 2))}, {"value": 5}, {}):
            refused = reverse(backend, paid, "k1", **another)
            assert refused.refusal == (422, "IdempotencyMismatchError")
    assert reverse(backend, paid).data["status"] == "REVERSED"
    late = reverse(backend, paid, "k1", products=goods(("B2", 1)))
    assert (late.data, late.replayed) == (first.data, True)


def test_a_dry_run_of_a_part_stores_nothing(backend: Backend, held: str) -> None:
    paid = backend.emit(order=ORDER).data["id"]
    with backend.nothing_changes():
        would_be = reverse(backend, paid, "k", dry_run=True, products=goods(("C3", 1)))
        assert (would_be.data["status"], would_be.data["returned"]) == ("RESOLVED", goods(("C3", 1)))
        would_be = fulfil(backend, held, "k", dry_run=True, products=goods(("C3", 1)))
        assert (would_be.data["status"], would_be.data["unfulfilled"]) == ("RESOLVED", goods(("A1", 1), ("B2", 2)))
        assert reverse(backend, paid, dry_run=True, value=61).refusal == (422, "MoreThanLeftError")


@pytest.mark.parametrize(
    ("part", "status", "fields"),
    [
        ({"products": goods(("X", 1))}, 400, ["products.0.sku"]),
        ({"products": goods(("A1", 2))}, 422, ["products.0.amount"]),
        ({"products": goods(("A1", 0))}, 400, ["products.0.amount"]),
        ({"products": goods(("A1", -1))}, 400, ["products.0.amount"]),
        ({"products": goods(("A1", "1"))}, 400, ["products.0.amount"]),
        ({"products": [{"sku": "A1"}]}, 400, ["products.0.amount"]),
        ({"products": [{"amount": 1}]}, 400, ["products.0.sku"]),
        ({"products": [{"sku": "A1", "amount": 1, "value": 5}]}, 400, ["products.0.value"]),
        ({"products": []}, 400, ["products"]),
        ({"products": {}}, 400, ["products"]),
        ({"products": goods(("A1", 1)), "value": 10}, 400, ["value"]),
        ({"value": 0}, 400, ["value"]),
        ({"value": -5}, 400, ["value"]),
        ({"value": "5"}, 400, ["value"]),
        ({"value": 60.0001}, 422, ["value"]),
        ({"order": ORDER}, 400, ["order"]),
        ({"amount": 5}, 400, ["amount"]),
    ],
    ids=str,
)
def test_what_cannot_be_a_part_is_refused_by_name(
    backend: Backend, paid: str, part: dict[str, Any], status: int, fields: list[str]
) -> None:
    with backend.nothing_changes():
        answer = reverse(backend, paid, "k", **part)
    assert (answer.status, answer.fields) == (status, fields)


def test_sums_of_binary_floats_are_rounded_like_those_of_the_order(backend: Backend, paid: str) -> None:
    assert reverse(backend, paid, value=30.000000000000004).data["returned_value"] == 30


def test_parts_of_what_is_over_or_not_yet_paid_are_refused(backend: Backend, held: str) -> None:
    with backend.nothing_changes():
        answer = reverse(backend, held, products=goods(("A1", 1)))
    assert (answer.refusal, answer.fields) == ((400, "ValidationError"), ["products"])
    reverse(backend, held)
    with backend.nothing_changes():
        assert reverse(backend, held, value=1).refusal == (409, "EventCancelledError")
        assert fulfil(backend, held, order={"value": 1}).refusal == (409, "EventCancelledError")


def test_what_has_shipped_is_paid_and_the_rest_released(backend: Backend, held: str) -> None:
    first = fulfil(backend, held, "k", products=goods(("A1", 1), ("B2", 1)))
    event = first.data
    assert (event["status"], event["unfulfilled"], event["returned"]) == (
        "RESOLVED",
        goods(("B2", 1), ("C3", 1)),
        [],
    )
    assert [one["amount"] for one in event["result"]["accumulations"]] == [20]
    assert [one["amount"] for one in event["result"]["redemptions"]] == [10]
    assert backend.points() == (110, 0, 0)
    assert backend.ledger()[-2:] == [("RELEASE", 20), ("ACCUMULATION", 20)]
    with backend.nothing_changes():
        again = fulfil(backend, held, "k", products=goods(("A1", 1), ("B2", 1)))
        assert (again.data, again.replayed) == (first.data, True)
        assert fulfil(backend, held, "k", products=goods(("A1", 1))).refusal == (422, "IdempotencyMismatchError")
        assert fulfil(backend, held, products=goods(("A1", 1), ("B2", 1))).data == first.data
        assert fulfil(backend, held).data == first.data
        assert fulfil(backend, held, products=goods(("A1", 1))).refusal == (409, "EventResolvedError")
        assert reverse(backend, held, products=goods(("C3", 1))).fields == ["products.0.amount"]
    assert reverse(backend, held, products=goods(("B2", 1))).data["returned"] == goods(("B2", 1))
    assert reverse(backend, held, products=goods(("A1", 1))).data["status"] == "REVERSED"
    assert backend.points() == (100, 0, 0)


@pytest.mark.parametrize(
    ("part", "status", "fields"),
    [
        ({"products": goods(("X", 1))}, 400, ["products.0.sku"]),
        ({"products": goods(("A1", 2))}, 422, ["products.0.amount"]),
        ({"products": goods(("A1", 0))}, 400, ["products.0.amount"]),
        ({"products": []}, 400, ["products"]),
        ({"products": goods(("A1", 1)), "order": {"value": 1}}, 400, ["order"]),
        ({"order": {}}, 400, ["order"]),
        ({"order": {"value": 61}}, 422, ["order.value"]),
        ({"order": {"products": [{"sku": "X"}]}}, 400, ["order.products.0.sku"]),
        ({"order": {"products": [{"sku": "A1", "amount": -1}]}}, 400, ["order.products.0.amount"]),
        ({"value": 5}, 400, ["value"]),
    ],
    ids=str,
)
def test_what_cannot_have_shipped_is_refused_by_name(
    backend: Backend, held: str, part: dict[str, Any], status: int, fields: list[str]
) -> None:
    with backend.nothing_changes():
        answer = fulfil(backend, held, "k", **part)
    assert (answer.status, answer.fields) == (status, fields)


def test_a_final_order_is_paid_by_the_kilo(backend: Backend, held: str) -> None:
    final = {"value": 45, "products": [{"sku": "A1", "amount": 1, "value": 5.000000000000001}, *LINES[1:]]}
    event = fulfil(backend, held, order=final).data
    assert (event["result"]["accumulations"][0]["amount"], event["status"]) == (45, "RESOLVED")


def test_an_explanation_tells_what_each_part_took(backend: Backend, held: str) -> None:
    fulfil(backend, held, products=goods(("A1", 1), ("B2", 2)))
    backend.wait(hours=1)
    reverse(backend, held, products=goods(("A1", 1)))
    reverse(backend, held, value=2)
    parts = backend.call("explain_event", path={"id": held}).data["parts"]
    assert [(one["unfulfilled"], one["products"], one["value"], one["reason"]) for one in parts] == [
        (True, goods(("C3", 1)), 0, None),
        (False, goods(("A1", 1)), 0, "came back"),
        (False, [], 2, "came back"),
    ]
    taken = [
        [[(t["reward_id"], t["amount"]) for t in one[kind]] for kind in ("accumulations", "redemptions")]
        for one in parts
    ]
    assert taken == [
        [[("points", 30)], [("points", 15)]],
        [[("points", 10)], [("points", 5)]],
        [[("points", 2)], [("points", 1)]],
    ]


def test_of_two_parts_at_once_one_decides_again(backend: Backend, paid: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first: list[Answer] = []
    load: Any = vars(lifecycle)["load_for_reversal"]

    def load_later(*args: Any) -> Any:
        monkeypatch.setattr(lifecycle, "load_for_reversal", load)
        first.append(reverse(backend, paid, products=goods(("C3", 1))))
        return load(*args)

    monkeypatch.setattr(lifecycle, "load_for_reversal", load_later)
    second = reverse(backend, paid, products=goods(("C3", 1)))
    assert (first[0].status, second.refusal) == (200, (422, "MoreThanLeftError"))
    assert backend.points()[0] == 30
