"""An advance of a test clock that is killed between any two writes, or carried out by several at once."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from loyalty.clock import now, real_now
from loyalty.domain.customers.journal import JournalRecord
from loyalty.domain.times import format_instant, parse_instant
from loyalty.services.test_clocks import process_advance
from loyalty.store import table
from tests.support.api import Api, at_once
from tests.support.backend import Json
from tests.support.tables import Store

DAYS = {"name": "Days", "trigger": "DAYS"} | {
    "rules": [{"effects": [{"reward_id": "points", "amount": 5, "expires_in": "2/days"}]}]
}
LONGER = {"name": "Longer", "trigger": "LONGER"} | {
    "rules": [{"effects": [{"reward_id": "points", "amount": 1, "expires_in": "4/days"}]}]
}


class Killed(BaseException):
    """The process ends here."""


@pytest.fixture
def lab(store: Store) -> Api:
    """A brand to test with in which holds and lots end within days."""
    api = Api(sandbox=True).set_up(days=DAYS, longer=LONGER)
    for customer in ("ana", "bea"):
        for kind in ("DAYS", "LONGER"):
            assert api.emit(customer, type=kind).status == 201
        for days in (1, 3):
            assert api.emit(customer, type="DAYS", fulfilled=False, reserve=days).status == 201
    assert [api.points(one) for one in ("ana", "bea")] == [(6, 0, 10)] * 2
    return api


def clock(api: Api) -> Json:
    found: Json = api.call("get_test_clock").data
    return found


def advance(api: Api, days: float) -> datetime:
    """Send the clock on its way; where to."""
    to = parse_instant(clock(api)["now"]) + timedelta(days=days)
    assert api.call("advance_test_clock", {"to": format_instant(to)}).status == 202
    return to


def go_on(api: Api) -> None:
    """What the queue's function does with a message."""
    process_advance({"brand_id": api.brand}, now, real_now)


@contextmanager
def killed_at(write: int, *, after: bool) -> Iterator[None]:
    """The process ends at its so many-th write, before it or after."""
    send, writes = table._send, iter(range(write, -1, -1))

    def killing(operation: str, **request: Any) -> Any:
        is_last = operation in ("transact_write_items", "put_item", "update_item") and next(writes, None) == 0
        if is_last and not after:
            raise Killed
        answer = send(operation, **request)
        if is_last:
            raise Killed
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(table, "_send", killing)
        yield


def assert_settled_once_in_order(api: Api, to: datetime) -> None:
    found = clock(api)
    assert found["status"] == "ready"
    assert parse_instant(found["now"]) >= to
    for customer in ("ana", "bea"):
        assert api.points(customer) == (0, 0, 0)
        records = [one for one in api.journal(customer) if isinstance(one, JournalRecord)]
        kinds = [one.type.value for one in records]
        assert kinds == ["EXPIRED", "LOTS_EXPIRED", "EXPIRED", "LOTS_EXPIRED"], kinds
        assert [one.at for one in records] == sorted(one.at for one in records)
        assert [entry["type"] for entry in api.everything("list_transactions", customer)].count("EXPIRATION") == 2
        api.assert_books_agree(customer)


@pytest.mark.parametrize("after", [False, True], ids=["before a write", "after it"])
def test_an_advance_that_is_killed_goes_on_where_it_was(lab: Api, after: bool) -> None:
    to = advance(lab, 6)
    kills = 0
    for write in range(60):
        try:
            with killed_at(write % 7, after=after):
                go_on(lab)
            break
        except Killed:
            kills += 1
    else:
        go_on(lab)
    assert kills > 5
    assert_settled_once_in_order(lab, to)


def test_several_deliveries_and_advances_at_once_settle_everything_once(lab: Api) -> None:
    advance(lab, 2)
    whole: Callable[[], object] = partial(go_on, lab)
    further: Callable[[], object] = partial(advance, lab, 6)
    at_once([whole, whole, whole, further])
    to = parse_instant(clock(lab)["to"])
    at_once([whole, whole])
    assert_settled_once_in_order(lab, to)


def test_a_live_brand_beside_it_stays_where_it_is(lab: Api, store: Store, api: Api) -> None:
    held = api.purchase("ana", 10, fulfilled=False).data
    before = store.items(api.brand)
    advance(lab, 300)
    go_on(lab)
    assert store.items(api.brand) == before
    assert api.call("get_event", path={"id": held["id"]}).data["status"] == "PENDING"
