"""Rescues at once with everything else: an expired event is paid once, or what came in its stead is, never both."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from loyalty.domain.customers.journal import JournalRecord
from loyalty.domain.times import format_instant
from loyalty.services.deadlines import settle_expired
from loyalty.store import keys
from tests.support.api import THREADS, Api, at_once
from tests.support.backend import Answer

CUSTOMER = "ada"


def rescue(api: Api, event: str) -> Answer:
    return api.call("rescue_event", {"reason": "delivered late"}, path={"id": event})


def expired(api: Api, **more: object) -> str:
    """A purchase of two days ago that was held for one, and not settled since."""
    until = format_instant(datetime.now(UTC) - timedelta(days=1))
    at = datetime.now(UTC) - timedelta(days=2)
    body = {"order": {"value": 50}, "fulfilled": False, "reserve_until": until, **more}
    return api.emit_at(at, CUSTOMER, **body).event_id


def codes(answers: list[Answer]) -> Counter[object]:
    return Counter(answer.refusal[1] if answer.status >= 400 else answer.status for answer in answers)


def kinds(api: Api) -> list[str]:
    return [record.type.value for record in api.journal(CUSTOMER) if isinstance(record, JournalRecord)]


def test_rescues_at_once_pay_once(api: Api) -> None:
    event = expired(api)
    place = keys.hold_deadline(api.brand, CUSTOMER, event)
    settle = partial(settle_expired, *place, lambda: datetime.now(UTC))
    calls: list[Callable[[], Answer | None]] = [*[partial(rescue, api, event)] * (THREADS - 1), settle]
    answers = [one for one in at_once(calls) if one]
    assert codes(answers) == {200: THREADS - 1}
    assert len({one.text for one in answers}) == 1
    assert kinds(api) == ["EXPIRED", "RESCUED"]
    assert api.points(CUSTOMER) == (50, 0, 0)
    api.assert_books_agree(CUSTOMER)


@pytest.mark.parametrize("shop", [None, "7"], ids=["plain", "in a shop"])
def test_a_rescue_and_new_purchases_with_the_number_at_once_pay_one_of_them(api: Api, shop: str | None) -> None:
    order = {"purchase_id": "D-1", "value": 10} | ({"store_id": shop} if shop else {})
    event = expired(api, order=order)
    calls = [partial(rescue, api, event), partial(api.emit, CUSTOMER, order=order)] * (THREADS // 2)
    answers = at_once(calls)
    rescues, bought = answers[::2], answers[1::2]
    # The purchase is another body than the event that has the number if that was rescued.
    won = rescues[0].status == 200
    assert codes(rescues) == {(200 if won else "PurchaseReplacedError"): THREADS // 2}
    assert codes(bought) == {("IdempotencyMismatchError" if won else 201): THREADS // 2}
    assert len({one.data["id"] for one in (rescues if won else bought)}) == 1
    assert api.points(CUSTOMER) == (10, 0, 0)
    api.assert_books_agree(CUSTOMER)


def test_rescues_at_once_take_no_more_than_a_budget_has(api: Api) -> None:
    effects = [{"reward_id": "points", "amount": 10}]
    limits = {"budget": 35, "when_short": "nothing"}
    document = {"name": "Pot", "trigger": "VISIT", "rules": [{"effects": effects}], "limits": limits}
    assert api.put_campaign("pot", document).status == 200
    events = []
    for i in range(6):
        events.append(expired(api, type="VISIT", order=None))
        settle_expired(*keys.hold_deadline(api.brand, CUSTOMER, events[i]), lambda: datetime.now(UTC))
    answers = at_once([partial(rescue, api, event) for event in events] * 4)
    assert codes(answers) == {200: 12, "BudgetSpentError": 12}
    assert api.points(CUSTOMER) == (30, 0, 0)
    assert api.call("get_campaign", path={"id": "pot"}).body["left"]["budget"] == 5
    api.assert_books_agree(CUSTOMER)


def test_a_rescue_and_redemptions_at_once_never_spend_a_point_twice(api: Api) -> None:
    api.emit_at(datetime.now(UTC) - timedelta(days=3), CUSTOMER, order={"value": 100})
    event = expired(api, type="ORDER", order=None, redeem=[{"id": "points", "amount": 70}])
    answers = at_once([*[partial(api.spend, CUSTOMER, 10)] * 12, partial(rescue, api, event)])
    spent, last = sum(one.status == 201 for one in answers[:-1]), answers[-1]
    assert codes([last]) in ({200: 1}, {"InsufficientBalanceError": 1})
    assert spent == (3 if last.status == 200 else 10)
    assert api.points(CUSTOMER) == (0, 0, 0)
    api.assert_books_agree(CUSTOMER)
