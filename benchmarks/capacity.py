"""What each call takes of the table: round trips, read and write units, and whether a long history changes that."""

import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from rich.console import Console
from rich.progress import track

from benchmarks.metering import Meter, item_size, metered
from benchmarks.report import Table
from benchmarks.table import CARRIER, NAME, bench_table
from loyalty.domain.times import whole_milliseconds
from loyalty.store import keys
from loyalty.store.table import client
from tests.support.api import Api, function
from tests.support.backend import Answer
from tests.support.project import CONTEXT

SHORT, LONG, DAYS = 10, 10_000, 365
BATCHES = (1, 5, 20)
CUSTOMER = "customer-0001"
EMIT_BOUND = Meter(None, round_trips=2, reads=2, writes=6)

ORDER = {"value": 120.5, "payment_method": "card", "store_id": "store-17", "products": [{"sku": "A1", "amount": 1}]}
REDEEM = [{"id": "points", "amount": 50}]


@dataclass(frozen=True)
class Bench:
    """One brand, its customer, and the means to count."""

    api: Api
    look: Any

    def count(self, act: Callable[[], Answer]) -> tuple[Answer, Meter]:
        """What the act answers and what it takes."""
        with metered(client(), self.look) as meter:
            answer = act()
        assert answer.status in (200, 201, 202), answer
        return answer, meter

    def size(self, key: keys.Key) -> int:
        """The bytes of an item."""
        place = {"pk": {"S": key.pk}, "sk": {"S": key.sk}}
        return item_size(self.look.get_item(TableName=NAME, Key=place, ConsistentRead=True)["Item"])

    def state_size(self) -> int:
        """The bytes of the customer's state."""
        return self.size(keys.customer(self.api.brand, CUSTOMER))

    def emit(self, **more: Any) -> Answer:
        """Emit a purchase of the usual size."""
        return self.api.emit(CUSTOMER, order={**ORDER, **more.pop("order", {})}, **more)

    def emit_at(self, instant: datetime, **more: Any) -> str:
        """Emit the same as if it were that instant; the event's id."""
        return self.api.emit_at(instant, CUSTOMER, order={**ORDER, **more.pop("order", {})}, **more).event_id


def measure(console: Console) -> list[Table]:
    """The tables of capacity and of sizes."""
    costs: dict[str, dict[str, Meter]] = {}
    sizes = Table("Bytes of one item", ("item", "bytes", "write units in a transaction"))
    with bench_table() as engine:
        look = engine.client()
        try:
            warm_up(look)
            first = Bench(Api().set_up(), look)
            first.api.reverse(first.api.purchase("somebody-else", 1).data["id"])  # ruleset and catalog are read
            costs["first"] = {"emit": first.count(first.emit)[1]}
            for name, bench in _histories(look, console):
                costs[name] = dict(operations(bench))
                _add_size(sizes, f"customer, after {name}", bench.state_size())
            for name, key in _events(first):
                _add_size(sizes, name, first.size(key))
        finally:
            look.close()
    return [_costs(costs), sizes]


def warm_up(look: Any) -> None:
    """Let every function be loaded and the rules be read once, as they are in a warm function."""
    bench = Bench(Api().set_up(), look)
    bench.emit()
    for _ in operations(bench):
        pass


def operations(bench: Bench) -> Iterator[tuple[str, Meter]]:
    """Every call on a customer with a history, and what it takes."""
    _, meter = bench.count(bench.emit)
    yield "emit", meter
    held, meter = bench.count(lambda: bench.emit(fulfilled=False, redeem=REDEEM))
    yield "emit in standby, redeeming", meter
    twice = {"key": "key-1", "order": {"purchase_id": "order-1"}}
    paid, meter = bench.count(lambda: bench.emit(**twice))
    yield "emit with Idempotency-Key and purchase_id", meter
    _, meter = bench.count(lambda: bench.emit(**twice))
    yield "the same again, replayed", meter
    _, meter = bench.count(lambda: bench.api.extend(held.data["id"], reserve=2))
    yield "extend", meter
    _, meter = bench.count(lambda: bench.api.fulfil(held.data["id"]))
    yield "fulfil", meter
    _, meter = bench.count(lambda: bench.api.reverse(paid.data["id"]))
    yield "reverse", meter
    over = bench.emit_at(now() - timedelta(days=2), fulfilled=False, redeem=REDEEM)
    _, meter = bench.count(lambda: _expire(bench.api, over))
    yield "expire (the stream's function)", meter
    _, meter = bench.count(lambda: bench.api.wallet(CUSTOMER))
    yield "read the wallet", meter
    _, meter = bench.count(lambda: bench.api.event(held.data["id"]))
    yield "read an event", meter
    listed = {"path": {"id": CUSTOMER}, "query": {"limit": "25"}}
    _, meter = bench.count(lambda: bench.api.call("list_events", **listed))
    yield "list 25 events", meter
    yield from batches(bench)
    yield from _assignments(bench)


def batches(bench: Bench) -> Iterator[tuple[str, Meter]]:
    """Batches of one, five and twenty events, and what each takes."""
    for length in BATCHES:
        body = {"customerId": CUSTOMER, "events": {f"event {i}": {"price": i} for i in range(length)}}
        _, meter = bench.count(partial(bench.api.call, "track_events", body, headers={}))
        yield f"a batch of {length}", meter


def _assignments(bench: Bench) -> Iterator[tuple[str, Meter]]:
    """Offers and points of marketing tools: accepting and carrying out, apart."""
    bench.api.call("put_config_offer", {"name": "Coffee"}, path={"id": "coffee"})
    bench.emit()  # the rules are read anew
    said = {"userId": CUSTOMER, "source": "braze", "reference": "Spring", "idempotencyKey": "key-1"}
    days = {"startDate": "2026-01-01", "endDate": "9999-12-31"}
    for what, folder, body in (
        ("an offer", "create_cold_offer", {**said, "configId": "coffee", "ruleParams": days}),
        ("points", "assign_cold_points", {**said, "pointsEarned": 5, "rewardId": "points", "idempotencyKey": "key-2"}),
    ):
        CARRIER.messages.clear()
        accepted, meter = bench.count(partial(bench.api.call, folder, body))
        yield f"accept {what}", meter
        _, meter = bench.count(partial(bench.api.call, folder, body))
        yield f"accept {what}, again with its key", meter
        (message,) = CARRIER.messages
        _, meter = bench.count(partial(_carry_out, message))
        yield f"carry out {what} (the queue's function)", meter
        _, meter = bench.count(partial(_carry_out, message))
        yield f"carry out {what}, delivered again", meter
    trace = {"traceId": accepted.body["traceId"]}
    _, meter = bench.count(lambda: bench.api.call("get_trace", path=trace))
    yield "read a trace", meter


def _carry_out(message: str) -> Answer:
    record = {"messageId": "1", "body": message, "attributes": {"ApproximateReceiveCount": "1"}}
    assert not function("on_cold_offer_requested").handler({"Records": [record]}, CONTEXT)["batchItemFailures"]
    return Answer(200, "{}", {})


def now() -> datetime:
    """The present."""
    return whole_milliseconds(datetime.now(UTC))


def _histories(look: Any, console: Console) -> Iterator[tuple[str, Bench]]:
    for length in (SHORT, LONG):
        bench = Bench(Api().set_up(), look)
        for _ in _shown(range(length), f"capacity: {length} events", console):
            bench.emit()
        yield f"{length:,} events", bench
    bench, chance = Bench(Api().set_up(), look), random.Random(DAYS)
    for day in _shown(range(DAYS), f"capacity: {DAYS} days", console):
        # As people buy: never the same amount, never at the same time of the day.
        instant = now() - timedelta(days=DAYS - day) + timedelta(milliseconds=chance.randrange(24 * 3600 * 1000))
        bench.emit_at(instant, order={"value": chance.randrange(500, 30_000) / 100})
    yield f"{DAYS} days, a lot each", bench


def _shown(steps: range, title: str, console: Console) -> Iterable[int]:
    return track(steps, title, console=console, transient=True)


def _events(bench: Bench) -> Iterator[tuple[str, keys.Key]]:
    brand = bench.api.brand
    yield "event, resolved", keys.event(brand, bench.emit().data["id"])
    yield "event, in standby, redeeming", keys.event(brand, bench.emit(fulfilled=False, redeem=REDEEM).data["id"])
    products = [{"sku": f"sku-{i:05}", "amount": i, "value": 10 + i} for i in range(50)]
    yield "event, resolved, 50 products", keys.event(brand, bench.emit(order={"products": products}).data["id"])


def _expire(api: Api, event: str) -> Answer:
    key = keys.hold_deadline(api.brand, CUSTOMER, event)
    place = {name: {"S": text} for name, text in key._asdict().items()}
    record = {"dynamodb": {"SequenceNumber": "1", "Keys": place}}
    failures = function("on_deadline_passed").handler({"Records": [record]}, CONTEXT)["batchItemFailures"]
    assert not failures
    return Answer(200, "{}", {})


def _costs(costs: dict[str, dict[str, Meter]]) -> Table:
    histories = [name for name in costs if name != "first"]
    table = Table(
        "Round trips · read units · write units",
        ("call", *histories),
        "Strongly consistent reads, transactional writes. One campaign matches; the customer's very first emit takes "
        f"{_cost(costs['first']['emit'])}. Bound of an emit: {_cost(EMIT_BOUND)}.",
    )
    for call in costs[histories[0]]:
        table.add(call, *(_cost(costs[history][call]) for history in histories))
    return table


def _cost(meter: Meter) -> str:
    return f"{meter.round_trips} · {meter.reads} · {meter.writes}"


def _add_size(table: Table, item: str, size: int) -> None:
    table.add(item, f"{size:,}", 2 * max(1, -(-size // 1024)))
