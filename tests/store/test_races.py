"""Many at once, in 24 threads: each race has one winner, nobody is paid twice, and afterwards the books agree."""

import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from threading import Event as Flag
from typing import Any

import pytest

from loyalty.domain.customers.journal import JournalRecord
from loyalty.domain.program.catalog import Catalog
from loyalty.domain.times import format_instant, parse_instant
from loyalty.services.deadlines import settle_expired
from loyalty.store import keys, program, published
from loyalty.store.table import Item, get_many
from tests.support.api import THREADS, Api, at_once
from tests.support.backend import Answer
from tests.support.tables import Store

CUSTOMER = "ada"

Visit = tuple[float, float, int]
"""When it began, when it was answered, and what it was paid."""


def statuses(answers: list[Answer]) -> Counter[int]:
    return Counter(answer.status for answer in answers)


def refusals(answers: list[Answer]) -> set[str]:
    return {answer.refusal[1] for answer in answers if answer.status >= 400}


def endings(api: Api) -> list[str]:
    return [record.type.value for record in api.journal(CUSTOMER) if isinstance(record, JournalRecord)]


def flat(amount: int) -> dict[str, Any]:
    """A campaign that pays so many points for every visit."""
    effects = [{"reward_id": "points", "amount": amount}]
    return {"name": "Visits", "trigger": "VISIT", "rules": [{"effects": effects}]}


def test_thirty_at_once_cannot_spend_more_than_there_is(api: Api) -> None:
    api.purchase(CUSTOMER, 100)
    answers = at_once([lambda: api.spend(CUSTOMER, 10)] * 30)
    assert statuses(answers) == {201: 10, 422: 20}
    assert refusals(answers) == {"InsufficientBalanceError"}
    assert api.points(CUSTOMER) == (0, 0, 0)
    api.assert_books_agree(CUSTOMER)


def test_thirty_at_once_cannot_hold_more_than_there_is(api: Api) -> None:
    api.purchase(CUSTOMER, 100)
    answers = at_once([lambda: api.spend(CUSTOMER, 10, fulfilled=False)] * 30)
    assert statuses(answers) == {201: 10, 422: 20}
    assert api.points(CUSTOMER) == (0, 100, 0)
    api.assert_books_agree(CUSTOMER)


def test_the_first_events_of_a_customer_at_once_all_count(api: Api) -> None:
    answers = at_once([partial(api.purchase, CUSTOMER, value) for value in range(1, THREADS + 1)])
    assert statuses(answers) == {201: THREADS}
    assert api.points(CUSTOMER) == (sum(range(1, THREADS + 1)), 0, 0)
    api.assert_books_agree(CUSTOMER)


def test_the_same_key_at_once_is_one_event(api: Api) -> None:
    answers = at_once([lambda: api.purchase(CUSTOMER, 100, key="a key")] * THREADS)
    assert statuses(answers) == {201: THREADS}
    assert len({answer.text for answer in answers}) == 1
    assert sum(answer.replayed for answer in answers) == THREADS - 1
    assert api.points(CUSTOMER) == (100, 0, 0)
    api.assert_books_agree(CUSTOMER)


def test_the_same_key_in_standby_at_once_is_one_hold(api: Api) -> None:
    api.purchase(CUSTOMER, 100)
    redeem = [{"id": "points", "amount": 60}]
    again = [lambda: api.purchase(CUSTOMER, 30, key="a key", fulfilled=False, redeem=redeem)] * THREADS
    answers = at_once(again)
    assert statuses(answers) == {201: THREADS}
    assert len({answer.text for answer in answers}) == 1
    assert sum(answer.replayed for answer in answers) == THREADS - 1
    assert api.points(CUSTOMER) == (40, 60, 30)
    api.assert_books_agree(CUSTOMER)


def test_the_same_key_at_once_for_two_bodies_pays_one_of_them(api: Api) -> None:
    calls = [partial(api.purchase, CUSTOMER, value, key="a key") for value in (100, 200)] * (THREADS // 2)
    answers = at_once(calls)
    assert statuses(answers) == {201: THREADS // 2, 422: THREADS // 2}
    assert refusals(answers) == {"IdempotencyMismatchError"}
    (paid,) = {answer.data["data"]["order"]["value"] for answer in answers if answer.status == 201}
    assert api.points(CUSTOMER) == (paid, 0, 0)
    api.assert_books_agree(CUSTOMER)


def test_a_purchase_at_once_with_and_without_keys_is_one_event(api: Api) -> None:
    order = {"purchase_id": "order-1", "value": 100}
    calls = [partial(api.emit, CUSTOMER, order=order, key=key) for key in (None, "a key", "another key")]
    answers = at_once(calls * (THREADS // 3))
    assert statuses(answers) == {201: THREADS}
    assert len({answer.text for answer in answers}) == 1
    assert sum(answer.replayed for answer in answers) == THREADS - 1
    assert api.points(CUSTOMER) == (100, 0, 0)
    api.assert_books_agree(CUSTOMER)


def test_one_purchase_at_once_for_two_customers_pays_one_of_them(api: Api) -> None:
    order = {"purchase_id": "order-1", "value": 100}
    calls = [partial(api.emit, customer, order=order) for customer in (CUSTOMER, "bob")]
    answers = at_once(calls * (THREADS // 2))
    assert statuses(answers) == {201: THREADS // 2, 422: THREADS // 2}
    (paid,) = {answer.data["customer_id"] for answer in answers if answer.status == 201}
    (other,) = {CUSTOMER, "bob"} - {paid}
    assert api.points(paid) == (100, 0, 0)
    assert api.wallet(other).status == 404


@pytest.mark.parametrize("store", [None, "7"], ids=["plain", "in a shop"])
@pytest.mark.parametrize("over", ["cancelled", "past its deadline"])
def test_a_freed_number_at_once_with_and_without_keys_is_one_event(api: Api, over: str, store: str | None) -> None:
    order = {"purchase_id": "D-1", "value": 10} | ({"store_id": store} if store else {})
    if over == "cancelled":
        dead = api.emit(CUSTOMER, order=order, fulfilled=False).data["id"]
        assert api.reverse(dead).status == 200
    else:
        held = {"fulfilled": False, "reserve_until": format_instant(datetime.now(UTC) - timedelta(days=1))}
        dead = api.emit_at(datetime.now(UTC) - timedelta(days=2), CUSTOMER, order=order, **held).event_id
    retries = [lambda key=key: api.emit(CUSTOMER, key=key, order=order) for key in [None, "a", "b"] * 8]
    answers = at_once([*retries[:12], lambda: api.fulfil(dead), *retries[12:]])
    late, paid = answers.pop(12), answers
    assert statuses(paid) == {201: 24}
    (event,) = {answer.data["id"] for answer in paid}
    assert event != dead
    assert sum(not answer.replayed for answer in paid) == 1
    assert late.status == 409
    assert api.points(CUSTOMER) == (10, 0, 0)
    api.assert_books_agree(CUSTOMER)


def test_fulfil_and_reverse_at_once_leave_one_ending(api: Api) -> None:
    api.purchase(CUSTOMER, 100)
    held = api.purchase(CUSTOMER, 50, fulfilled=False, redeem=[{"id": "points", "amount": 100}]).data["id"]
    calls = [partial(act, held) for act in (api.fulfil, api.reverse)] * (THREADS // 2)
    answers = at_once(calls)
    assert set(statuses(answers)) <= {200, 409}
    assert refusals(answers) <= {"EventReversedError", "EventCancelledError"}
    assert all(answer.status == 200 for answer in answers[1::2])
    # A reversal after the fulfilment undoes it; one before it cancels, and then nothing is paid.
    assert endings(api) in (["FULFILLED", "REVERSED"], ["CANCELLED"])
    assert api.points(CUSTOMER) == (100, 0, 0)
    api.assert_books_agree(CUSTOMER)


def test_fulfil_at_once_pays_once(api: Api) -> None:
    held = api.purchase(CUSTOMER, 50, fulfilled=False).data["id"]
    answers = at_once([lambda: api.fulfil(held)] * THREADS)
    assert statuses(answers) == {200: THREADS}
    assert len({answer.text for answer in answers}) == 1
    assert endings(api) == ["FULFILLED"]
    assert api.points(CUSTOMER) == (50, 0, 0)
    api.assert_books_agree(CUSTOMER)


def test_reverse_and_spend_at_once_never_lose_a_point(api: Api) -> None:
    api.purchase(CUSTOMER, 60)
    undone = api.purchase(CUSTOMER, 60).data["id"]
    calls: list[Callable[[], Answer]] = [lambda: api.spend(CUSTOMER, 10), lambda: api.reverse(undone)]
    answers = at_once(calls * (THREADS // 2))
    spent = sum(answer.status == 201 for answer in answers[::2])
    assert set(statuses(answers[::2])) <= {201, 422}
    assert statuses(answers[1::2]) == {200: THREADS // 2}
    assert api.points(CUSTOMER) == (60 - 10 * spent, 0, 0)
    assert endings(api) == ["REVERSED"]
    api.assert_books_agree(CUSTOMER)


def test_a_campaign_put_while_events_come_is_in_force_for_each_one_after_it(store: object) -> None:
    api = Api().set_up(visits=flat(1))
    changed: list[tuple[float, float]] = []  # when each PUT began and when it was answered
    done = Flag()

    def visit(customer: str) -> list[Visit]:
        seen = []
        while not done.is_set():
            began = time.monotonic()
            answer = api.emit(customer, type="VISIT")
            assert answer.status == 201
            seen.append((began, time.monotonic(), answer.data["result"]["accumulations"][0]["amount"]))
        return seen

    def change() -> list[Visit]:
        try:
            for amount in range(2, 7):
                time.sleep(0.03)
                began = time.monotonic()
                assert api.put_campaign("visits", flat(amount)).status == 200
                changed.append((began, time.monotonic()))
        finally:
            done.set()
        return []

    visitors = [f"visitor-{i}" for i in range(THREADS - 1)]
    calls: list[Callable[[], list[Visit]]] = [change, *(partial(visit, one) for one in visitors)]
    visits = at_once(calls)
    # Amount n may be paid by an event that overlaps the time from the PUT of n to the answer to the PUT of n + 1.
    bounds = [(0.0, 0.0), *changed, (float("inf"), float("inf"))]
    in_force = [(began, answered) for (began, _), (_, answered) in pairwise(bounds)]
    paid = [one for some in visits for one in some]
    for began, ended, amount in paid:
        first, last = in_force[amount - 1]
        assert first <= ended
        assert began <= last
    assert len({amount for *_, amount in paid}) > 1
    for visitor, some in zip(visitors, visits[1:], strict=True):
        assert api.points(visitor)[0] == sum(amount for *_, amount in some)
    api.assert_books_agree(visitors[0])


def test_an_extension_at_the_deadline_comes_in_time_or_too_late(api: Api) -> None:
    api.purchase(CUSTOMER, 100)
    redeem = [{"id": "points", "amount": 70}]
    until = format_instant(datetime.now(UTC) + timedelta(seconds=0.8))
    held = api.emit(CUSTOMER, type="ORDER", fulfilled=False, redeem=redeem, reserve_until=until).data["id"]
    deadline = parse_instant(until)

    def extend(offset: float) -> Answer:
        time.sleep(max(0.0, (deadline - datetime.now(UTC)).total_seconds() + offset))
        return api.extend(held, reserve=1)

    def settle(offset: float) -> Answer:
        time.sleep(max(0.0, (deadline - datetime.now(UTC)).total_seconds() + offset))
        settle_expired(*keys.hold_deadline(api.brand, CUSTOMER, held), lambda: datetime.now(UTC))
        return Answer(200, "", {})

    offsets = [(i - THREADS // 2) * 0.01 for i in range(THREADS)]
    answers = at_once([partial(settle if i % 4 == 3 else extend, offset) for i, offset in enumerate(offsets)])
    assert set(statuses(answers)) <= {200, 409}
    assert refusals(answers) <= {"EventExpiredError"}
    extended = endings(api).count("EXTENDED")
    assert sum(answer.status == 200 and bool(answer.text) for answer in answers) == extended
    event = api.event(held).data
    if extended:
        assert event["status"] == "PENDING"
        assert event["reservation_expires_at"] == format_instant(deadline + timedelta(days=extended))
        assert api.points(CUSTOMER) == (30, 70, 0)
    else:
        assert event["status"] == "EXPIRED"
        assert api.points(CUSTOMER) == (100, 0, 0)
    api.assert_books_agree(CUSTOMER)


@pytest.mark.parametrize("wins", ["in time", "too late"])
def test_after_the_deadline_only_what_was_in_time_counts(api: Api, wins: str) -> None:
    now = datetime.now(UTC)
    api.emit_at(now - timedelta(hours=2), CUSTOMER, order={"value": 100})
    redeem = [{"id": "points", "amount": 70}]
    until = format_instant(now + timedelta(hours=1 if wins == "in time" else -1))
    held = api.emit_at(
        now - timedelta(hours=2), CUSTOMER, type="ORDER", fulfilled=False, redeem=redeem, reserve_until=until
    ).event_id
    answers = at_once([lambda: api.extend(held, reserve=1)] * (THREADS // 2) + [lambda: api.fulfil(held)])
    if wins == "too late":
        assert statuses(answers) == {409: len(answers)}
        assert refusals(answers) == {"EventExpiredError"}
        assert api.points(CUSTOMER) == (100, 0, 0)
    else:
        assert answers[-1].status == 200
        assert refusals(answers) <= {"EventResolvedError"}
        assert api.points(CUSTOMER) == (30, 0, 0)
    api.assert_books_agree(CUSTOMER)


def test_a_deadline_delivered_at_once_many_times_is_settled_once(api: Api) -> None:
    now = datetime.now(UTC)
    api.emit_at(now - timedelta(days=3), CUSTOMER, order={"value": 100})
    redeem = [{"id": "points", "amount": 70}]
    held = api.emit_at(now - timedelta(days=2), CUSTOMER, type="ORDER", fulfilled=False, redeem=redeem).event_id
    place = keys.hold_deadline(api.brand, CUSTOMER, held)
    at_once([lambda: settle_expired(*place, lambda: datetime.now(UTC))] * THREADS)
    assert endings(api) == ["EXPIRED"]
    assert api.points(CUSTOMER) == (100, 0, 0)
    api.assert_books_agree(CUSTOMER)


def test_a_limit_and_a_count_are_exact_however_many_events_of_a_customer_come_at_once(api: Api) -> None:
    third = flat(1)
    third["rules"][0]["conditions"] = [[{"operator": "count_gte", "value": 3}]]
    api.put_campaign("three-times", {**flat(100), "limits": {"per_customer": {"times": 3}}})
    api.put_campaign("every-third", third)
    answers = at_once([partial(api.emit, CUSTOMER, type="VISIT")] * THREADS)
    assert statuses(answers) == {201: THREADS}
    rewarding = Counter(name for answer in answers for name in answer.data["rewarding_campaigns"])
    assert rewarding == {"three-times": 3, "every-third": THREADS // 3}
    assert api.points(CUSTOMER) == (300 + THREADS // 3, 0, 0)
    api.assert_books_agree(CUSTOMER)


def test_campaigns_put_at_once_are_all_there(api: Api) -> None:
    names = [f"visits-{i:02}" for i in range(THREADS)]
    answers = at_once([partial(api.put_campaign, name, flat(1)) for name in names])
    assert statuses(answers) == {200: THREADS}
    assert api.emit(CUSTOMER, type="VISIT").data["rewarding_campaigns"] == names


def test_no_campaign_is_left_that_grants_a_reward_deleted_at_once(api: Api) -> None:
    api.put_reward("stars")
    stars = {"name": "Stars", "trigger": "VISIT", "rules": [{"effects": [{"reward_id": "stars", "amount": 1}]}]}
    put = [partial(api.put_campaign, f"stars-{i}", stars) for i in range(THREADS // 2)]
    delete = [partial(api.call, "delete_reward", path={"id": "stars"})] * (THREADS // 2)
    answers = at_once([call for pair in zip(put, delete, strict=True) for call in pair])
    assert set(statuses(answers)) <= {200, 204, 400, 404, 409}
    there = api.call("get_reward", path={"id": "stars"}).status == 200
    campaigns = [one["id"] for one in api.call("list_campaigns").body["data"] if one["name"] == "Stars"]
    assert bool(campaigns) == there


def test_rules_that_change_while_they_are_read_one_by_one_are_not_taken_half_and_half(
    store: Store, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = program.load_catalog

    def read_in_between(brand_id: str) -> Catalog:
        catalog = read(brand_id)
        monkeypatch.setattr(published, "load_catalog", read)
        api.put_reward("stars")
        stars = {"name": "Stars", "trigger": "VISIT", "rules": [{"effects": [{"reward_id": "stars", "amount": 1}]}]}
        api.put_campaign("visits", stars)
        return catalog

    api.put_campaign("visits", flat(1))
    # As a release that published no programs has left it.
    place = {"pk": {"S": f"BRAND#{api.brand}"}, "sk": {"S": "BRAND"}}
    store.look.update_item(TableName=store.name, Key=place, UpdateExpression="REMOVE published, program_id, chunks")
    monkeypatch.setattr(published, "_known", OrderedDict())
    monkeypatch.setattr(published, "load_catalog", read_in_between)
    # Before and after the change a visit earns something, so it does in the middle of it.
    assert api.emit(CUSTOMER, type="VISIT").data["rewarding_campaigns"] == ["visits"]


def test_changes_made_at_once_are_all_in_force_when_they_are_answered(store: Store, api: Api) -> None:
    def put(number: int) -> list[str]:
        name = f"campaign-{number}"
        assert api.put_campaign(name, flat(1)).status == 200
        granted: list[str] = api.emit(f"customer-{number}", type="VISIT").data["rewarding_campaigns"]
        return granted

    together = THREADS // 2
    names = {f"campaign-{i}" for i in range(together)}
    for number, granted in enumerate(at_once([partial(put, i) for i in range(together)])):
        assert f"campaign-{number}" in granted
    assert set(api.emit(CUSTOMER, type="VISIT").data["rewarding_campaigns"]) >= names
    brand = store.look.get_item(
        TableName=store.name, Key={"pk": {"S": f"BRAND#{api.brand}"}, "sk": {"S": "BRAND"}}, ConsistentRead=True
    )["Item"]
    assert brand["published"] == brand["version"]
    changed = [one["id"] for one in api.call("list_audit", query={"limit": "100"}).body["data"]]
    assert sorted(names) == sorted(one for one in changed if one in names)


def test_lots_that_end_while_a_reversal_reads_are_not_taken_for_spent(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    effects = [{"reward_id": "points", "amount": 50, "expires_in": "1/minutes"}]
    api.put_campaign("flash", {"name": "For a minute", "trigger": "FLASH", "rules": [{"effects": effects}]})
    granted = api.emit_at(datetime.now(UTC) - timedelta(minutes=3), CUSTOMER, type="FLASH").event_id
    read = get_many

    def read_one_by_one(places: Sequence[keys.Key]) -> dict[keys.Key, Item]:
        """As DynamoDB may answer a batch: each item at another instant, in any order; lots end after the first."""
        monkeypatch.setattr("loyalty.store.customers.get_many", read)
        found = read(places[-1:])
        settle_expired(*keys.lots_deadline(api.brand, CUSTOMER), lambda: datetime.now(UTC))
        return found | read(places[:-1])

    monkeypatch.setattr("loyalty.store.customers.get_many", read_one_by_one)
    assert api.reverse(granted).status == 200
    assert api.points(CUSTOMER) == (0, 0, 0)
    api.assert_books_agree(CUSTOMER)


def test_lots_that_a_faster_clock_saw_end_are_not_taken_for_spent(api: Api) -> None:
    effects = [{"reward_id": "points", "amount": 50, "expires_in": "1/minutes"}]
    api.put_campaign("flash", {"name": "For a minute", "trigger": "FLASH", "rules": [{"effects": effects}]})
    granted = api.emit(CUSTOMER, type="FLASH").data
    ends = parse_instant(granted["result"]["accumulations"][0]["expiration_date"])
    settle_expired(*keys.lots_deadline(api.brand, CUSTOMER), lambda: ends)
    assert api.reverse(granted["id"]).status == 200
    assert api.points(CUSTOMER) == (0, 0, 0)
    api.assert_books_agree(CUSTOMER)


LINES = [{"sku": "A1", "amount": 10, "value": 50}, {"sku": "B2", "amount": 5, "value": 50}]


def returned(api: Api, event: str, key: str | None, **part: Any) -> Answer:
    headers = {"Idempotency-Key": key} if key else {}
    return api.call("reverse_event", {"reason": "so", **part}, path={"id": event}, headers=headers)


def test_twenty_returns_at_once_never_exceed_the_purchase(api: Api) -> None:
    event = api.emit(CUSTOMER, order={"value": 100, "products": LINES}).data["id"]
    one_of = [{"products": [{"sku": sku, "amount": 1}]} for sku in ("A1", "B2")]
    answers = at_once([partial(returned, api, event, None, **one_of[i % 2]) for i in range(20)])
    assert statuses(answers)[200] == 15
    assert refusals(answers) <= {"MoreThanLeftError", "EventReversedError"}
    assert (api.event(event).data["status"], api.points(CUSTOMER)) == ("REVERSED", (0, 0, 0))
    assert endings(api) == ["PART_REVERSED"] * 14 + ["REVERSED"]
    api.assert_books_agree(CUSTOMER)


def test_twenty_with_one_key_are_one_return(api: Api) -> None:
    event = api.emit(CUSTOMER, order={"value": 100, "products": LINES}).data["id"]
    answers = at_once([partial(returned, api, event, "k", value=30)] * 20)
    assert statuses(answers) == {200: 20}
    assert sum(not answer.replayed for answer in answers) == 1
    assert len({answer.text for answer in answers}) == 1
    assert api.points(CUSTOMER) == (70, 0, 0)
    api.assert_books_agree(CUSTOMER)


def test_parts_and_the_whole_at_once_take_everything_once(api: Api) -> None:
    api.purchase(CUSTOMER, 40)
    order = {"value": 100, "products": LINES, "redeem": [{"id": "points", "amount": 40}]}
    event = api.emit(CUSTOMER, order=order).data["id"]
    calls = [partial(returned, api, event, None, value=9)] * 10
    answers = at_once([*calls[:5], partial(returned, api, event, None), *calls[5:]])
    assert statuses(answers).keys() <= {200, 409, 422}
    assert (api.event(event).data["status"], api.points(CUSTOMER)) == ("REVERSED", (40, 0, 0))
    api.assert_books_agree(CUSTOMER)


def test_what_shipped_and_a_cancellation_at_once_are_one_ending(api: Api) -> None:
    event = api.emit(CUSTOMER, order={"value": 100, "products": LINES}, fulfilled=False).data["id"]
    shipped = {"products": [{"sku": "A1", "amount": 10}]}
    ship = partial(api.call, "fulfill_event", shipped, path={"id": event})
    answers = at_once([ship, partial(api.reverse, event)] * 10)
    found = api.event(event).data["status"]
    # What was shipped first is reversed by the other call; what was cancelled first is never paid.
    assert (found, api.points(CUSTOMER)) in (("REVERSED", (0, 0, 0)), ("CANCELLED", (0, 0, 0)))
    assert statuses(answers).keys() <= {200, 409}
    assert len(endings(api)) == (1 if found == "CANCELLED" else 2)
    api.assert_books_agree(CUSTOMER)
