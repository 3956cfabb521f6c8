"""Lists, page by page, while the customer goes on: everything once, in order, and nothing twice."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count

import pytest

from benchmarks.metering import metered
from loyalty.store import keys
from tests.support.api import Api, at_once
from tests.support.backend import Json
from tests.support.stream import deliver, removed
from tests.support.tables import Store

EVENTS = 200
LIMIT = 7
MAX_ROUND_TRIPS = 8
CUSTOMER = "ada"


@pytest.fixture(scope="module")
def history(store: Store) -> tuple[Api, list[str]]:
    """A customer with 200 events, some of which redeem, are held, fulfilled or reversed; their ids, oldest first."""
    api, emitted = Api().set_up(), []
    api.purchase("somebody-else", 1)
    for i in range(EVENTS):
        if i % 10 == 9:
            answer = api.purchase(CUSTOMER, 20, fulfilled=False, redeem=[{"id": "points", "amount": 5}])
        else:
            answer = api.purchase(CUSTOMER, 10 + i)
        emitted.append(answer.data["id"])
        if i % 20 == 9:
            assert api.fulfil(emitted[-1]).status == 200
        if i % 20 == 15:
            assert api.reverse(emitted[-3]).status == 200
    return api, emitted


def slowly(api: Api, listing: str) -> Iterator[list[Json]]:
    """Page by page, with a few events at once before every next page."""
    numbers = count()
    for page in api.pages(listing, CUSTOMER, LIMIT):
        yield page
        if next(numbers) % 5 == 0:
            answers = at_once([lambda: api.purchase(CUSTOMER, 1)] * 3)
            assert all(answer.status == 201 for answer in answers)


def test_every_event_is_on_one_page_newest_first(history: tuple[Api, list[str]]) -> None:
    api, emitted = history
    before = [event["id"] for event in api.everything("list_events", CUSTOMER)]
    assert before[-EVENTS:] == emitted[::-1]
    pages = list(slowly(api, "list_events"))
    assert [event["id"] for page in pages for event in page] == before
    assert {len(page) for page in pages[:-1]} == {LIMIT}
    assert len(api.everything("list_events", CUSTOMER)) > len(before)


def test_every_transaction_is_on_one_page_newest_first(history: tuple[Api, list[str]]) -> None:
    api, emitted = history
    before = api.everything("list_transactions", CUSTOMER)
    assert len({line["id"] for line in before}) == len(before)
    assert {line["event_id"] for line in before} >= set(emitted)
    accumulated = [line["event_id"] for line in before if line["type"] == "ACCUMULATION"]
    assert [event for event in accumulated if event in set(emitted[::10])] == emitted[::10][::-1]
    pages = list(slowly(api, "list_transactions"))
    assert [line for page in pages for line in page] == before
    assert {len(page) for page in pages[:-1]} == {LIMIT}


@pytest.mark.parametrize("limit", [1, 6, 24, 33])
@pytest.mark.parametrize("listing", ["list_events", "list_transactions"])
def test_the_size_of_the_pages_changes_nothing(history: tuple[Api, list[str]], listing: str, limit: int) -> None:
    api, _ = history
    whole = api.everything(listing, CUSTOMER)
    pages = api.pages(listing, CUSTOMER, limit)
    first = [next(pages) for _ in range(3)]
    shown = [one for page in first for one in page]
    assert shown == whole[: len(shown)]
    assert all(len(page) == limit or len(page) > 24 for page in first)


def test_the_events_listed_are_the_events_read(history: tuple[Api, list[str]]) -> None:
    api, _ = history
    for event in next(api.pages("list_events", CUSTOMER, LIMIT)):
        assert api.event(event["id"]).data == event


def test_the_list_adds_up_to_the_wallet(history: tuple[Api, list[str]]) -> None:
    api, _ = history
    api.assert_books_agree(CUSTOMER)


def test_a_cursor_of_one_customer_leads_nowhere_in_the_list_of_another(history: tuple[Api, list[str]]) -> None:
    api, _ = history
    for listing in ("list_events", "list_transactions"):
        cursor = api.call(listing, path={"id": CUSTOMER}, query={"limit": "1"}).body["next_cursor"]
        answer = api.call(listing, path={"id": "somebody-else"}, query={"cursor": cursor})
        assert answer.refusal == (400, "ValidationError")


@pytest.mark.parametrize("limit", [1, 3, 4])
@pytest.mark.parametrize("between", [0, 1, 60], ids=["nothing between", "an event", "many events"])
def test_what_is_due_and_settled_between_two_pages_is_listed_once(store: Store, between: int, limit: int) -> None:
    api, now = Api().set_up(), datetime.now(UTC)
    api.emit_at(now - timedelta(days=3), CUSTOMER, order={"value": 100})
    redeem = [{"id": "points", "amount": Decimal(10)}]
    held = [
        api.emit_at(now - timedelta(days=2), CUSTOMER, type="ORDER", fulfilled=False, redeem=redeem).event_id
        for _ in range(5)
    ]
    whole = api.everything("list_transactions", CUSTOMER)
    recorded = [line for line in whole if line["type"] != "RELEASE"]
    pages = api.pages("list_transactions", CUSTOMER, limit)
    lines = next(pages)
    assert [line["type"] for line in lines] == ["RELEASE"] * limit
    for event_id in held:
        for _ in range(between):
            assert api.emit(CUSTOMER, type="LOOK").status == 201
        assert deliver(removed(keys.hold_deadline(api.brand, CUSTOMER, event_id))) == []
        # The page alone: whatever is written within this is read before and after, to know its size.
        with metered(store.product, store.look) as meter:
            lines += next(pages, [])
        assert meter.round_trips <= MAX_ROUND_TRIPS
    lines += [line for page in pages for line in page]
    assert [line for line in lines if line["type"] != "RELEASE"] == recorded
    assert Counter(line["id"] for line in lines) == Counter(line["id"] for line in whole)
    assert sum(line["amount"] for line in lines) == api.points(CUSTOMER)[0]
