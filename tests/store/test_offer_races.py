"""Offers given, redeemed, taken back and ended by many at once, in 24 threads: never one more than there may be."""

import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import batched
from typing import Any

import pytest

from loyalty.domain.events import changes
from loyalty.domain.events.replay import replay_offers
from loyalty.domain.offers import MAX_GRANTED_OFFERS, MAX_OFFERS_PER_CUSTOMER, OfferRecord
from loyalty.domain.times import whole_milliseconds
from loyalty.services.deadlines import settle_expired
from loyalty.store import keys
from loyalty.store.customers import load_customer
from loyalty.store.events import save_change
from loyalty.store.offers import offer_writes
from tests.support.api import THREADS, Api, at_once, deliver
from tests.support.backend import Answer, Json
from tests.support.builders import must, offer
from tests.support.tables import Store

CUSTOMER = "ada"
TREAT: Json = {"offer": "treat", "valid_for": "7/days"}


def treats(*effects: Json, trigger: str = "VISIT", **more: Any) -> Json:
    """A campaign that gives a treat for every visit."""
    return {"name": "Treats", "trigger": trigger, "rules": [{"effects": list(effects) or [TREAT]}], **more}


@pytest.fixture
def treating(api: Api) -> Api:
    """A brand with a campaign that gives a treat for every visit, and with one more that gives five for a party."""
    assert api.call("put_config_offer", {"name": "A treat"}, path={"id": "treat"}).status == 200
    assert api.put_campaign("treats", treats()).status == 200
    assert api.put_campaign("parties", treats(*[TREAT] * MAX_GRANTED_OFFERS, trigger="PARTY")).status == 200
    return api


def visit(api: Api, customer: str = CUSTOMER, **more: Any) -> Answer:
    return api.emit(customer, type="VISIT", **more)


def redeem(api: Api, offer_id: str, **more: Any) -> Answer:
    """The answer to an event that redeems an offer and earns nothing."""
    return api.emit(CUSTOMER, type="REDEEM", redeem=[{"id": offer_id, "amount": 1}], **more)


def given(*answers: Answer) -> list[str]:
    """The ids of the offers that these events gave, or promised."""
    return [one["id"] for answer in answers for one in answer.data["result"]["offers"]]


def listed(api: Api, customer: str = CUSTOMER) -> dict[str, Json]:
    """A customer's offers by id."""
    found = api.everything("list_offers", customer)
    assert len({one["id"] for one in found}) == len(found)
    return {one["id"]: one for one in found}


def outcomes(api: Api, answers: list[Answer]) -> Counter[str]:
    """What the explanations say of the one campaign that listens."""
    told = (api.call("explain_event", path={"id": answer.data["id"]}).data["campaigns"] for answer in answers)
    return Counter(one["outcome"] for (one,) in told)


def statuses(answers: list[Answer]) -> Counter[int]:
    return Counter(answer.status for answer in answers)


def assert_offers_agree(store: Store, api: Api, *ids: str, customer: str = CUSTOMER) -> None:
    """These offers are the customer's: in the list, in the state, in what the journal says; each has its deadline."""
    api.assert_books_agree(customer)
    stored = must(load_customer(api.brand, customer))
    assert listed(api, customer).keys() == stored.offers.keys() == set(ids)
    assert replay_offers(api.journal(customer)) == stored.offers
    there = {item["sk"]["S"] for item in store.items(api.brand)}
    assert {keys.offer_deadline(api.brand, customer, one).sk for one in ids} <= there


def test_a_customer_gets_no_more_offers_than_can_live_however_many_give_them_at_once(
    store: Store, treating: Api
) -> None:
    room = 5
    parties = [treating.emit(CUSTOMER, type="PARTY") for _ in range(MAX_OFFERS_PER_CUSTOMER // MAX_GRANTED_OFFERS - 1)]
    assert len(listed(treating)) == MAX_OFFERS_PER_CUSTOMER - room
    days = {"startDate": "2026-01-01", "endDate": "9999-12-31"}
    said = {"userId": CUSTOMER, "source": "braze", "reference": "r", "configId": "treat", "ruleParams": days}
    store.carrier.messages.clear()
    traces = [treating.call("create_cold_offer", said).body["traceId"] for _ in range(THREADS // 2)]
    works = [partial(deliver, message) for message in store.carrier.messages]
    visits = [partial(visit, treating) for _ in range(THREADS // 2)]
    done = at_once([call for pair in zip(works, visits, strict=True) for call in pair])
    assert all(failures == [] for failures in done[::2])
    told = [treating.call("get_trace", path={"traceId": trace}).data for trace in traces]
    assigned = [one["offerId"] for one in told if one["status"] == "ASSIGNED"]
    new = given(*(answer for answer in done[1::2] if isinstance(answer, Answer)))
    assert len(assigned) + len(new) == room
    assert {one["reason"] for one in told if one["status"] != "ASSIGNED"} <= {
        f"the customer has {MAX_OFFERS_PER_CUSTOMER} offers that have not ended"
    }
    assert_offers_agree(store, treating, *given(*parties), *assigned, *new)


@pytest.mark.parametrize("fulfilled", [True, False])
def test_a_limit_by_customer_holds_for_offers_given_at_once(store: Store, treating: Api, fulfilled: bool) -> None:
    treating.put_campaign("treats", treats(limits={"per_customer": {"times": 3, "period": "ever"}}))
    answers = at_once([partial(visit, treating, fulfilled=fulfilled)] * THREADS)
    assert outcomes(treating, answers) == {"Rewarded": 3, "LimitReached": THREADS - 3}
    ids = given(*answers)
    assert len(ids) == 3
    if not fulfilled:
        assert listed(treating) == {}
        for answer in at_once([partial(treating.fulfil, answer.data["id"]) for answer in answers] * 2):
            assert answer.status == 200
    assert_offers_agree(store, treating, *ids)


@pytest.mark.parametrize(
    ("limits", "outcome", "times"),
    [
        ({"budget": 75, "when_short": "nothing"}, "BudgetSpent", 7),
        ({"per_campaign": {"times": 9}}, "LimitReached", 9),
    ],
    ids=["budget", "times"],
)
def test_a_budget_that_many_customers_share_is_never_exceeded_by_offers(
    store: Store, treating: Api, limits: Json, outcome: str, times: int
) -> None:
    points = {"reward_id": "points", "amount": 10}
    treating.put_campaign("treats", treats(points, TREAT, limits=limits))
    customers = [f"visitor-{i}" for i in range(4)]
    answers = at_once([partial(visit, treating, customers[i % 4]) for i in range(2 * THREADS)])
    assert outcomes(treating, answers) == {"Rewarded": times, outcome: 2 * THREADS - times}
    assert len(given(*answers)) == times
    for i, customer in enumerate(customers):
        ids = given(*answers[i::4])
        assert sum(one["available"] for one in treating.wallet(customer).data["totals"]) == 10 * len(ids)
        assert_offers_agree(store, treating, *ids, customer=customer)


def test_offers_alone_take_nothing_of_a_budget_and_count_as_times(store: Store, treating: Api) -> None:
    treating.put_campaign("treats", treats(limits={"budget": 5, "per_campaign": {"times": 7}}))
    answers = at_once([partial(visit, treating)] * THREADS)
    assert outcomes(treating, answers) == {"Rewarded": 7, "LimitReached": THREADS - 7}
    assert treating.call("get_campaign", path={"id": "treats"}).body["left"] == {"budget": 5, "times": 0}
    assert_offers_agree(store, treating, *given(*answers))


def test_the_same_key_at_once_gives_one_offer(store: Store, treating: Api) -> None:
    answers = at_once([partial(visit, treating, key="a key")] * THREADS)
    assert len({answer.text for answer in answers}) == 1
    assert_offers_agree(store, treating, *given(answers[0]))


@pytest.mark.parametrize("fulfilled", [True, False])
def test_of_many_events_that_redeem_one_offer_at_once_one_has_it(store: Store, treating: Api, fulfilled: bool) -> None:
    (offer_id,) = given(visit(treating))
    for _ in range(2):  # and once more, when the first one has given it back
        answers = at_once([partial(redeem, treating, offer_id, fulfilled=fulfilled)] * THREADS)
        assert statuses(answers) == {201: 1, 422: THREADS - 1}
        assert {answer.refusal[1] for answer in answers if answer.status == 422} == {"InsufficientBalanceError"}
        (winner,) = (answer.data["id"] for answer in answers if answer.status == 201)
        one = listed(treating)[offer_id]
        assert (one["redeemed_by"], one["held_by"]) == ((winner, None) if fulfilled else (None, winner))
        assert treating.reverse(winner).status == 200
        assert listed(treating)[offer_id]["status"] == "active"
        assert_offers_agree(store, treating, offer_id)


def test_an_offer_that_many_orders_want_and_give_back_at_once_is_never_in_two(store: Store, treating: Api) -> None:
    (offer_id,) = given(visit(treating))

    def order(end: Callable[[str], Answer]) -> Answer:
        held = redeem(treating, offer_id, fulfilled=False)
        return held if held.status == 422 else end(held.data["id"])

    answers = at_once([partial(order, treating.reverse)] * (THREADS - 1) + [partial(order, treating.fulfil)])
    assert set(statuses(answers)) <= {200, 422}
    events = treating.everything("list_events", CUSTOMER)
    resolved = [one["id"] for one in events if one["type"] == "REDEEM" and one["status"] == "RESOLVED"]
    assert [one for one in (listed(treating)[offer_id]["redeemed_by"],) if one] == resolved
    assert len(resolved) == (answers[-1].status == 200)
    assert_offers_agree(store, treating, offer_id)


def test_an_offer_is_redeemed_or_taken_back_with_its_event_and_never_both(store: Store, treating: Api) -> None:
    visits = [visit(treating) for _ in range(THREADS // 3)]
    ids = given(*visits)
    calls = [
        call
        for event, offer_id in zip(visits, ids, strict=True)
        for call in (
            partial(redeem, treating, offer_id),
            partial(treating.reverse, event.data["id"]),
            partial(redeem, treating, offer_id, fulfilled=False),
        )
    ]
    answers = at_once(calls)
    kept = []
    for offer_id, (first, taken_back, second) in zip(ids, batched(answers, 3, strict=True), strict=True):
        assert taken_back.status == 200
        # Gone with its event, an offer is nobody's: 400; redeemed or held by the other one first: 422.
        assert {first.status, second.status} <= {201, 400, 422}
        winners = [answer.data["id"] for answer in (first, second) if answer.status == 201]
        assert len(winners) <= 1
        kept += [offer_id] if winners else []
    assert listed(treating).keys() == set(kept)
    assert_offers_agree(store, treating, *kept)


def test_an_offer_that_ends_while_many_redeem_it_is_redeemed_in_time_or_not_at_all(treating: Api) -> None:
    visit(treating)
    before = must(load_customer(treating.brand, CUSTOMER))
    now = whole_milliseconds(datetime.now(UTC))
    ends = now + timedelta(seconds=0.8)
    one = offer("short", ends, starts_at=now, customer_id=CUSTOMER)
    record = OfferRecord(one, "A treat", now)
    save_change(changes.assign_offer(before, one, now), before, None, *offer_writes(treating.brand, record))

    def act(number: int) -> Answer | None:
        offset = (number - THREADS // 2) * 0.01
        time.sleep(max(0.0, (ends - datetime.now(UTC)).total_seconds() + offset))
        if number % 3:
            return redeem(treating, "short")
        settle_expired(*keys.offer_deadline(treating.brand, CUSTOMER, "short"), lambda: datetime.now(UTC))
        return None

    answers = [answer for answer in at_once([partial(act, i) for i in range(THREADS)]) if answer]
    assert set(statuses(answers)) <= {201, 400, 422}
    time.sleep(max(0.0, (ends - datetime.now(UTC)).total_seconds()))
    settle_expired(*keys.offer_deadline(treating.brand, CUSTOMER, "short"), lambda: datetime.now(UTC))
    winners = [answer.data for answer in answers if answer.status == 201]
    shown = listed(treating)["short"]
    assert [shown["redeemed_by"]] == ([winner["id"] for winner in winners] or [None])
    assert shown["status"] == ("redeemed" if winners else "expired")
    assert all(datetime.fromisoformat(winner["issued_at"]) < ends for winner in winners)
    stored = must(load_customer(treating.brand, CUSTOMER))
    assert "short" not in stored.offers
    assert replay_offers(treating.journal(CUSTOMER)) == stored.offers
    treating.assert_books_agree(CUSTOMER)
