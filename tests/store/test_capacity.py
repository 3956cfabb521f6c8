"""What an event costs stays small, and does not grow with what a customer did before."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import pytest

from benchmarks.metering import Meter, item_size, metered, write_units
from loyalty.domain.offers import Offer
from loyalty.domain.times import whole_milliseconds
from loyalty.store.offers import offer_key
from loyalty.store.table import to_wire
from tests.support.api import Api
from tests.support.backend import Answer, Json
from tests.support.builders import NOW, offer
from tests.support.long_lists import every_second, lay_events, lay_merged, lay_offers
from tests.support.project import ROOT
from tests.support.tables import Store

CUSTOMER = "ada"
MAX_ROUND_TRIPS = 8

# API Gateway takes 10,240 bytes of request line and headers.
MAX_CURSOR = 8_000
LONG = 1_000


def cost(meter: Meter) -> tuple[int, int, int]:
    return meter.round_trips, meter.reads, meter.writes


def now() -> datetime:
    return whole_milliseconds(datetime.now(UTC))


def mark_used(store: Store, brand: str, offers: list[Offer]) -> None:
    """As settling the end of a redeemed offer does."""
    for one in offers:
        store.look.update_item(
            TableName=store.name,
            Key=to_wire(offer_key(brand, one)._asdict()),
            UpdateExpression="SET used_by = :used_by",
            ExpressionAttributeValues={":used_by": {"S": one.used_by}},
        )


def emit(api: Api, customer: str = CUSTOMER) -> Answer:
    order = {"value": 120.5, "products": [{"sku": "A1", "amount": 2, "value": 60.25}], "store_id": "store-17"}
    return api.emit(customer, order=order)


@pytest.mark.usefixtures("rules_are_known")
def test_an_event_takes_two_round_trips_and_as_much_after_a_thousand_others(store: Store, api: Api) -> None:
    api.purchase("somebody-else", 1)  # a warm function has read the rules
    costs = {}
    for number in range(101):
        if number in (0, 10, 100):
            with metered(store.product, store.look) as meter:
                assert emit(api).status == 201
            costs[number] = cost(meter)
        else:
            api.emit_at(datetime.now(UTC), CUSTOMER, order={"value": 120.5})
    lay_events(store, api.brand, "regular", every_second(LONG, now() - timedelta(seconds=LONG)))
    assert emit(api, "regular").status == 201  # the first that this brand's campaign grants
    with metered(store.product, store.look) as meter:
        assert emit(api, "regular").status == 201
    costs[LONG] = cost(meter)
    assert costs[0] == (2, 1, 6)
    assert costs[10] == costs[100] == costs[LONG] == (2, 1, 4)


@pytest.mark.parametrize(
    ("store_id", "key", "writes"), [(None, None, 4), (None, "k", 6), ("7", None, 6), ("7", "k", 6)]
)
@pytest.mark.parametrize("daily", [False, True])
@pytest.mark.usefixtures("rules_are_known")
def test_the_number_of_a_purchase_costs_one_item_more_at_most(
    store: Store, api: Api, daily: bool, store_id: str | None, key: str | None, writes: int
) -> None:
    # Where no midnight is near: after one, a number for the day is looked for on the day before as well.
    midday = f"Etc/GMT{datetime.now(UTC).hour - 12:+}"
    kind = "daily" if daily else "unique"
    assert api.call("put_brand", {"purchase_ids": kind, "time_zone": midday}).status == 200
    shop = {"store_id": store_id} if store_id else {}
    for _ in range(2):
        emit(api)
    with metered(store.product, store.look) as meter:
        event = api.emit(CUSTOMER, key=key, order={"value": 10, "purchase_id": "D-1", **shop}, fulfilled=True).data
    assert cost(meter) == (2, 1, 6 if daily else writes)
    with metered(store.product, store.look) as meter:
        assert api.call("find_events", query={"purchase_id": "D-1"}).data == [event]
    assert meter.round_trips <= 4


@pytest.mark.usefixtures("rules_are_known")
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
    assert cost(meter) == (2, 1, 6)
    assert len(api.call("explain_event", path={"id": event}).data["campaigns"]) == 5


def test_reading_a_wallet_is_one_read(store: Store, api: Api) -> None:
    for _ in range(10):
        emit(api)
    with metered(store.product, store.look) as meter:
        api.wallet(CUSTOMER)
    assert cost(meter) == (1, 1, 0)


def pages(store: Store, api: Api, listing: str, customer: str, **query: str) -> Iterator[tuple[Json, int]]:
    """Page by page, each with its round trips."""
    cursor: dict[str, str] = {}
    while True:
        with metered(store.product, store.look) as meter:
            page = api.call(listing, path={"id": customer}, query={**query, **cursor}).body
        yield page, meter.round_trips
        if page["next_cursor"] is None:
            return
        assert len(page["next_cursor"]) < MAX_CURSOR
        assert page["next_cursor"] != cursor.get("cursor"), "a cursor that leads nowhere"
        cursor = {"cursor": page["next_cursor"]}


@dataclass(frozen=True)
class Laid:
    """A brand whose customers have so many events, and the ids of those, oldest first."""

    api: Api
    events: dict[str, list[str]]


@pytest.fixture(scope="module")
def laid(store: Store) -> Laid:
    """Customers with ten, 300, 400 and 2,000 events of each type, all in a brand that the tests only read."""
    brand, found = Api().set_up(), {}
    for type_ in ("LOOK", "PURCHASE"):
        for count in (10, 300, 400, 2_000):
            customer = f"{type_}-{count}"
            _, found[customer] = lay_events(store, brand.brand, customer, every_second(count), type=type_)
    return Laid(brand, found)


@pytest.mark.parametrize("type_", ["LOOK", "PURCHASE"])
@pytest.mark.parametrize("listing", ["list_events", "list_transactions"])
def test_a_page_costs_the_same_after_ten_events_and_after_thousands(
    store: Store, laid: Laid, listing: str, type_: str
) -> None:
    costs = {}
    for count in (10, 400, 2_000):
        first_pages = list(islice(pages(store, laid.api, listing, f"{type_}-{count}"), 12))
        costs[count] = max(trips for _, trips in first_pages)
        shown = [one.get("event_id") or one["id"] for page, _ in first_pages for one in page["data"]]
        if listing == "list_events" or type_ == "PURCHASE":
            assert shown == laid.events[f"{type_}-{count}"][::-1][: len(shown)]
            assert len(shown) == min(count, 12 * 25)
        else:
            assert shown == []
    assert costs[10] <= costs[400] == costs[2_000] <= MAX_ROUND_TRIPS


@pytest.mark.parametrize("type_", ["LOOK", "PURCHASE"])
@pytest.mark.parametrize("listing", ["list_events", "list_transactions"])
@pytest.mark.parametrize("limit", ["100", "7"])
def test_pages_that_are_shorter_than_asked_for_are_the_whole_list(
    store: Store, laid: Laid, listing: str, type_: str, limit: str
) -> None:
    read = list(pages(store, laid.api, listing, f"{type_}-300", limit=limit))
    assert max(trips for _, trips in read) <= MAX_ROUND_TRIPS
    shown = [one.get("event_id") or one["id"] for page, _ in read for one in page["data"]]
    nothing = (listing, type_) == ("list_transactions", "LOOK")
    assert shown == ([] if nothing else laid.events[f"{type_}-300"][::-1])


@pytest.fixture(scope="module")
def of_sixty_ids(store: Store) -> Laid:
    """A customer of sixty ids that are merged, each with twenty events, at times between those of the others."""
    brand = Api().set_up()
    laid = [
        lay_events(store, brand.brand, f"m{i}", every_second(20, NOW + timedelta(milliseconds=10 * i)))
        for i in range(60)
    ]
    (survivor, _), *others = laid
    lay_merged(store, brand.brand, survivor, [state for state, _ in others])
    return Laid(brand, {"m0": [event_ids[i] for i in range(20) for _, event_ids in laid]})


@pytest.mark.parametrize("listing", ["list_events", "list_transactions"])
@pytest.mark.parametrize("asked", ["m0", "m59"])
def test_a_page_of_a_customer_of_sixty_ids_costs_no_more(
    store: Store, of_sixty_ids: Laid, listing: str, asked: str
) -> None:
    read = list(pages(store, of_sixty_ids.api, listing, asked, limit="100"))
    assert max(trips for _, trips in read) <= MAX_ROUND_TRIPS
    assert min(len(page["data"]) for page, _ in read[:-1]) >= 25, [len(page["data"]) for page, _ in read]
    shown = [one.get("event_id") or one["id"] for page, _ in read for one in page["data"]]
    assert shown == of_sixty_ids.events["m0"][::-1]


@dataclass(frozen=True)
class Offers:
    """A brand with a customer of so many ids, `o0` first, and all that was offered to them."""

    api: Api
    ids: int
    ended: list[Offer]
    used: list[Offer]
    current: list[Offer]


@pytest.fixture(scope="module", params=[1, 5, 60])
def offers(store: Store, request: pytest.FixtureRequest) -> Offers:
    brand, ids = Api().set_up(), request.param
    states = [lay_events(store, brand.brand, f"o{i}", every_second(1, now()))[0] for i in range(ids)]
    begun, days = now() - timedelta(days=9), timedelta(days=1)
    ended = [
        offer(f"e{i}", begun + (i % 7) * days / 2, customer_id=f"o{i % ids}", starts_at=begun, rank=i % 3 + 1)
        for i in range(600)
    ]
    used = [one._replace(offer_id=f"u{i}", used_by="somebody") for i, one in enumerate(ended[:20])]
    current = [
        offer(f"c{i}", now() + days, customer_id=f"o{i % ids}", starts_at=begun + i * 3 * days, rank=4 - i % 3)
        for i in range(6)
    ]
    lay_offers(store, brand.brand, [*ended, *used, *current])
    mark_used(store, brand.brand, used)
    survivor = replace(states[0], offers={one.offer_id: one for one in current})
    lay_merged(store, brand.brand, survivor, states[1:])
    return Offers(brand, ids, ended, used, current)


@pytest.mark.parametrize("status", ["active", "upcoming", "redeemed", "expired", None])
def test_a_page_of_offers_costs_no_more_however_many_have_ended(
    store: Store, offers: Offers, status: str | None
) -> None:
    read = list(pages(store, offers.api, "list_offers", "o0", **({"status": status} if status else {})))
    assert max(trips for _, trips in read) <= MAX_ROUND_TRIPS
    shown = [one["id"] for page, _ in read for one in page["data"]]
    expected = {
        "active": [one for one in offers.current if one.starts_at <= now()],
        "upcoming": [one for one in offers.current if one.starts_at > now()],
        "redeemed": offers.used,
        "expired": offers.ended,
        None: [*offers.ended, *offers.used, *offers.current],
    }[status]
    assert Counter(shown) == Counter(one.offer_id for one in expected)
    if offers.ids <= 5 or status in ("active", "upcoming"):
        assert shown == [
            one.offer_id for one in sorted(expected, key=lambda one: (one.rank, one.ends_at, one.offer_id))
        ]
    if status in ("active", "upcoming"):
        assert len(read) == 1


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


def lines(count: int) -> Json:
    """An order of so many lines, one of them of a kind that a campaign rewards by itself."""
    products = [{"sku": f"sku-{i:03}", "amount": 1 + i % 3, "value": 7.5 + i} for i in range(count)]
    return {"value": sum(one["value"] for one in products), "products": products, "store_id": "store-17"}


def reward_some_lines(api: Api) -> None:
    where = [[{"field": "sku", "operator": "starts_with", "value": "sku-00"}]]
    per = {"field": "order.products.value", "every": 1, "where": where}
    rules = [{"effects": [{"reward_id": "points", "amount": 1, "per": per}]}]
    assert api.put_campaign("lines", {"name": "Some lines", "trigger": "PURCHASE", "rules": rules}).status == 200


@pytest.mark.parametrize(("count", "writes"), [(3, 6), (50, 10)])
@pytest.mark.usefixtures("rules_are_known")
def test_what_each_line_has_earned_costs_an_emit_no_round_trip(store: Store, api: Api, count: int, writes: int) -> None:
    reward_some_lines(api)
    for _ in range(2):
        api.emit(CUSTOMER, order=lines(count))
    with metered(store.product, store.look) as meter:
        event = api.emit(CUSTOMER, order=lines(count)).data
    assert len(event["result"]["accumulations"]) == 2
    assert meter.round_trips == 2
    assert meter.writes <= writes, meter.writes


@pytest.mark.parametrize("key", [None, "k"])
@pytest.mark.usefixtures("rules_are_known")
def test_a_part_is_three_round_trips_and_eight_units(store: Store, api: Api, key: str | None) -> None:
    reward_some_lines(api)
    api.reverse(api.purchase("somebody-else", 1).data["id"])  # a warm function has read the catalog
    event = api.emit(CUSTOMER, order=lines(3)).data["id"]
    headers = {"Idempotency-Key": key} if key else {}
    for sku in ("sku-000", "sku-001"):
        part = {"reason": "so", "products": [{"sku": sku, "amount": 1}]}
        with metered(store.product, store.look) as meter:
            answer = api.call(
                "reverse_event", part, path={"id": event}, headers=headers | ({"Idempotency-Key": sku} if key else {})
            )
        assert answer.status == 200
        assert meter.round_trips == 3
        assert meter.writes <= 8, meter.writes


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
