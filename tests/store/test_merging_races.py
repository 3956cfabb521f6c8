"""Merges and events of one person at once, in 24 threads: one merge, nothing lost, and what a batch takes."""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from functools import partial

import pytest

from benchmarks.metering import metered
from loyalty.domain.customers.journal import JournalRecord, RecordType
from loyalty.store.customers import load_customer
from tests.support.api import THREADS, Api, at_once
from tests.support.backend import Answer, Json
from tests.support.tables import Store

MOBILE = "+491711234567"
OLDER, YOUNGER = "ada", "bob"


def send(api: Api, customer: str, *names: str, mobile: str | None = None, key: str | None = None) -> Answer:
    """A batch of a customer's; a visit if nothing else is said."""
    events: Json = {name: {} for name in names or ("visit",)}
    body = {"customerId": customer, "events": events, "mobile": mobile}
    return api.call("track_events", body, headers={"Idempotency-Key": key} if key else {})


def merges(api: Api, customer: str) -> int:
    """How many merges the customer took over."""
    walked = api.everything("list_transactions", customer)
    return sum(1 for line in walked if line["type"] == "TRANSFER" and line["amount"] > 0)


def assert_one(api: Api, *customers: str) -> None:
    """All these ids answer for one customer, whose ledger adds up."""
    (_,) = {api.call("get_customer", path={"id": one}).text for one in customers}
    (_,) = {api.wallet(one).text for one in customers}
    lines = api.everything("list_transactions", customers[0])
    assert len({line["id"] for line in lines}) == len(lines)
    assert sum(Decimal(line["amount"]) for line in lines) == api.points(customers[0])[0]


@pytest.fixture
def pair(api: Api) -> Api:
    """A brand that merges by mobile; ada, the older, has 100 points and the mobile, bob has 40."""
    assert api.call("put_brand", {"channel_merging": "mobile"}).status == 200
    assert api.purchase(OLDER, 100).status == 201
    assert send(api, OLDER, mobile=MOBILE).status == 200
    assert api.purchase(YOUNGER, 40).status == 201
    return api


def statuses(answers: list[Answer]) -> Counter[int]:
    return Counter(answer.status for answer in answers)


def test_requests_that_merge_the_same_pair_at_once_end_as_one_merge(pair: Api) -> None:
    answers = at_once([partial(send, pair, YOUNGER, mobile=MOBILE)] * THREADS)
    assert statuses(answers) == {200: THREADS}
    assert pair.points(YOUNGER) == (140, 0, 0)
    assert merges(pair, OLDER) == 1
    assert_one(pair, OLDER, YOUNGER)
    assert len(pair.everything("list_events", OLDER)) == THREADS + 3


def test_new_ids_of_one_person_at_once_end_as_one_customer(pair: Api) -> None:
    people = [f"till-{i}" for i in range(THREADS // 3)]
    answers = at_once([partial(send, pair, one, mobile=MOBILE) for one in people] * 3)
    assert statuses(answers) == {200: THREADS}
    assert_one(pair, OLDER, *people)
    assert len(pair.everything("list_events", OLDER)) == THREADS + 2


def test_first_batches_of_one_mobile_at_once_point_to_one_customer(api: Api) -> None:
    assert api.call("put_brand", {"channel_merging": "mobile"}).status == 200
    people = [f"phone-{i}" for i in range(THREADS // 3)]
    answers = at_once([partial(send, api, one, mobile=MOBILE) for one in people] * 3)
    assert statuses(answers) == {200: THREADS}
    (_,) = {api.call("get_customer", path={"id": one}).data["customer_id"] for one in people}
    assert len(api.everything("list_events", people[0])) == THREADS


def test_events_during_a_merge_all_count(pair: Api) -> None:
    calls: list[Callable[[], Answer]] = []
    for i in range(THREADS // 3):
        calls += [
            partial(pair.purchase, YOUNGER, 1 + i),
            partial(send, pair, YOUNGER, mobile=MOBILE),
            partial(pair.purchase, OLDER, 1),
        ]
    answers = at_once(calls)
    assert statuses(answers) == {201: 2 * THREADS // 3, 200: THREADS // 3}
    earned = sum(1 + i for i in range(THREADS // 3)) + THREADS // 3
    assert pair.points(OLDER) == (140 + earned, 0, 0)
    assert merges(pair, OLDER) == 1
    assert_one(pair, OLDER, YOUNGER)


def test_endings_during_a_merge_happen_once(pair: Api) -> None:
    held = [pair.spend(YOUNGER, 2, fulfilled=False).data["id"] for _ in range(THREADS // 3)]
    calls: list[Callable[[], Answer]] = []
    for one in held:
        calls += [partial(pair.fulfil, one), partial(send, pair, YOUNGER, mobile=MOBILE), partial(pair.reverse, one)]
    answers = at_once(calls)
    assert set(statuses(answers)) <= {200, 409}
    left = Counter(pair.event(one).data["status"] for one in held)
    assert left["PENDING"] == 0
    assert pair.points(YOUNGER) == (140 - 2 * left["RESOLVED"], 0, 0)
    assert_one(pair, OLDER, YOUNGER)


def test_an_identity_given_up_while_others_name_it_has_one_owner(api: Api) -> None:
    assert send(api, OLDER, mobile=MOBILE).status == 200
    others = [f"phone-{i}" for i in range(THREADS // 3)]
    calls: list[Callable[[], Answer]] = []
    for one in others:
        calls += [
            partial(api.call, "patch_customer", {"mobile": None}, path={"id": OLDER}),
            partial(send, api, one, mobile=MOBILE),
            partial(send, api, OLDER, mobile=MOBILE),
        ]
    assert statuses(at_once(calls)) == {200: THREADS}
    shown = {one: api.call("get_customer", path={"id": one}).data["mobile"] for one in (OLDER, *others)}
    owners = [one for one, mobile in shown.items() if mobile == MOBILE]
    assert len(owners) <= 1
    assert send(api, "somebody new", mobile=MOBILE).status == 200
    new = api.call("get_customer", path={"id": "somebody new"}).data
    assert new["mobile"] == (None if owners else MOBILE)


def test_the_same_batch_at_once_is_one(api: Api) -> None:
    answers = at_once([partial(send, api, OLDER, "a", "b", "c", key="a key")] * THREADS)
    assert statuses(answers) == {200: THREADS}
    assert len({answer.text for answer in answers}) == 1
    assert sum(answer.replayed for answer in answers) == THREADS - 1
    assert len(api.everything("list_events", OLDER)) == 3
    api.assert_books_agree(OLDER)


def test_a_merge_is_in_the_journal_of_the_survivor(pair: Api) -> None:
    assert send(pair, YOUNGER, mobile=MOBILE).status == 200
    stored = load_customer(pair.brand, YOUNGER)
    assert stored
    assert stored.merged_ids == (YOUNGER,)
    kinds = [one.type for one in pair.journal(OLDER) if isinstance(one, JournalRecord)]
    assert kinds.count(RecordType.MERGED) == 2


@pytest.mark.usefixtures("rules_are_known")
@pytest.mark.parametrize(("events", "writes"), [(1, 4), (5, 12), (20, 42)])
def test_a_batch_takes_two_round_trips_however_long_it_is(store: Store, api: Api, events: int, writes: int) -> None:
    for _ in range(10):
        send(api, OLDER)  # a warm function, and a customer who is known
    with metered(store.product, store.look) as meter:
        assert send(api, OLDER, *(f"event {i}" for i in range(events))).status == 200
    assert (meter.round_trips, meter.reads, meter.writes) == (2, 1, writes)
