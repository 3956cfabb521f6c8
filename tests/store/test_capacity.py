"""What an event costs stays small, and does not grow with what a customer did before."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from benchmarks.metering import Meter, item_size, metered, write_units
from tests.support.api import Api
from tests.support.backend import Answer
from tests.support.project import ROOT
from tests.support.tables import Store

CUSTOMER = "ada"
LONG = 1_000


def cost(meter: Meter) -> tuple[int, int, int]:
    return meter.round_trips, meter.reads, meter.writes


def emit(api: Api) -> Answer:
    order = {"value": 120.5, "products": [{"sku": "A1", "amount": 2, "value": 60.25}], "store_id": "store-17"}
    return api.emit(CUSTOMER, order=order)


def test_an_event_takes_two_round_trips_and_as_much_after_a_thousand_others(store: Store, api: Api) -> None:
    api.purchase("somebody-else", 1)  # a warm function has read the rules
    costs = {}
    for number in range(LONG + 1):
        if number in (0, 10, LONG):
            with metered(store.product, store.look) as meter:
                assert emit(api).status == 201
            costs[number] = cost(meter)
        else:
            api.emit_at(datetime.now(UTC), CUSTOMER, order={"value": 120.5})
    assert costs[0] == (2, 2, 6)
    assert costs[10] == costs[LONG] == (2, 2, 4)


@pytest.mark.parametrize(
    ("store_id", "key", "writes"), [(None, None, 4), (None, "k", 6), ("7", None, 6), ("7", "k", 6)]
)
@pytest.mark.parametrize("daily", [False, True])
def test_the_number_of_a_purchase_costs_one_item_more_at_most(
    store: Store, api: Api, daily: bool, store_id: str | None, key: str | None, writes: int
) -> None:
    assert api.call("put_brand", {"purchase_ids": "daily" if daily else "unique"}).status == 200
    shop = {"store_id": store_id} if store_id else {}
    for _ in range(2):
        emit(api)
    with metered(store.product, store.look) as meter:
        event = api.emit(CUSTOMER, key=key, order={"value": 10, "purchase_id": "D-1", **shop}, fulfilled=True).data
    assert cost(meter) == (2, 2, 6 if daily else writes)
    with metered(store.product, store.look) as meter:
        assert api.call("find_events", query={"purchase_id": "D-1"}).data == [event]
    assert meter.round_trips <= 4


def test_the_explanation_of_a_few_campaigns_costs_no_further_unit(store: Store, api: Api) -> None:
    for example in ("a-point-a-dollar-by-tier", "tenth-coffee-free", "happy-hours", "explorer"):
        document = json.loads((ROOT / "docs" / "examples" / f"{example}.json").read_text())
        document["limits"] = {name: one for name, one in document.get("limits", {}).items() if name == "per_customer"}
        api.put_reward("coffee")
        assert api.put_campaign(example, document).status == 200
    for _ in range(3):
        emit(api)
    with metered(store.product, store.look) as meter:
        event = emit(api).data["id"]
    assert cost(meter) == (2, 2, 6)
    assert len(api.call("explain_event", path={"id": event}).data["campaigns"]) == 5


def test_reading_a_wallet_is_one_read(store: Store, api: Api) -> None:
    for _ in range(10):
        emit(api)
    with metered(store.product, store.look) as meter:
        api.wallet(CUSTOMER)
    assert cost(meter) == (1, 1, 0)


@pytest.mark.parametrize("act", ["fulfil", "reverse"])
def test_an_ending_is_three_round_trips(store: Store, api: Api, act: str) -> None:
    emit(api)
    held = api.purchase(CUSTOMER, 10, fulfilled=False).data["id"]
    api.reverse(api.purchase("somebody-else", 1).data["id"])  # a warm function has read the catalog
    with metered(store.product, store.look) as meter:
        assert (api.fulfil(held) if act == "fulfil" else api.reverse(held)).status == 200
    assert meter.round_trips == 3
    assert meter.reads <= 4
    assert meter.writes <= 6


@pytest.mark.parametrize("length", [1, 900, 960, 1000, 1020, 2000, 5000])
def test_units_are_reckoned_as_dynamodb_does(store: Store, api: Api, length: int) -> None:
    item: dict[str, dict[str, Any]] = {
        "pk": {"S": api.brand},
        "sk": {"S": "é"},
        "n": {"N": "-120.50"},
        "b": {"B": b"\x00" * length},
    }
    told = store.look.put_item(TableName=store.name, Item=item, ReturnConsumedCapacity="TOTAL")["ConsumedCapacity"]
    assert write_units(item_size(item)) == told["CapacityUnits"]
