"""`earnest settle`: what no stream record will ever be about is found by a walk through the table, and settled."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from benchmarks.metering import metered
from earnest.commands.announce import read_positions
from earnest.commands.ledger import Row, TableSource, export_ledger
from earnest.commands.settle import Settlement, Summary, Target, acknowledge
from earnest.errors import CommandError
from loyalty.domain.events.event import EventStatus
from loyalty.domain.program.test_clock import BrandClock
from loyalty.services.lifecycle import expire_event
from loyalty.store import keys
from loyalty.store.customers import load_customer
from loyalty.store.events import load_event
from loyalty.store.test_clocks import save_clock
from tests.support.api import A_POINT_A_DOLLAR, Api
from tests.support.builders import must
from tests.support.overdue import A_MINUTE, Overdue
from tests.support.stream import place, records
from tests.support.tables import Store, new_table

TREATS = {"name": "Treats", "trigger": "VISIT", "rules": [{"effects": [{"offer": "treat", "valid_for": "1/day"}]}]}


def before(**length: float) -> datetime:
    return datetime.now(UTC) - timedelta(**length)


@pytest.fixture(scope="module")
def store(engine: Any, product: Any) -> Iterator[Store]:
    """A table with nothing in it but what is planted here."""
    with new_table(engine, product) as made, made.in_use():
        yield made


def lose_deadlines(store: Store, brand: str) -> None:
    """Remove every deadline item as if DynamoDB had, and let nobody know."""
    for item in store.items(brand):
        if item["sk"]["S"].startswith("DEADLINE#"):
            store.look.delete_item(TableName=store.name, Key={name: item[name] for name in ("pk", "sk")})


def deadlines(store: Store, api: Api) -> set[str]:
    return {item["sk"]["S"] for item in store.items(api.brand) if item["sk"]["S"].startswith("DEADLINE#")}


def statuses(store: Store, api: Api) -> set[str]:
    return {item["status"]["S"] for item in store.items(api.brand) if item["sk"]["S"] == "EVENT"}


@pytest.fixture
def lost(store: Store) -> Api:
    """Ann's hold, ben's lots, cat's offer and dan's hold and points ended days ago, and every record of it was lost.

    Dan's hold was released by what he bought since. What eve has ends in a year.
    """
    api = Api()
    api.set_up()
    assert api.call("put_config_offer", {"name": "A treat"}, path={"id": "treat"}).status == 200
    for name, campaign in {"dollar": A_POINT_A_DOLLAR, "flash": A_MINUTE, "treats": TREATS}.items():
        assert api.put_campaign(name, campaign).status == 200
    for customer in ("ann", "dan"):
        api.emit_at(before(days=9), customer, order={"value": 100})
        redeem = [{"id": "points", "amount": 60}]
        api.emit_at(before(days=8), customer, order={"value": 5}, fulfilled=False, redeem=redeem)
    api.emit_at(before(days=1), "eve", order={"value": 10})
    for _ in range(2):
        api.emit_at(before(days=8), "ben", type="FLASH")
    api.emit_at(before(days=8), "cat", type="VISIT")
    api.emit_at(before(days=5), "dan", type="FLASH")
    lose_deadlines(store, api.brand)
    return api


def walk(store: Store, notes: Path, **options: Any) -> Summary:
    return Settlement(store.product, store.name, notes / "notes.json", **options).run()


def test_what_was_lost_is_found_and_settled_and_nothing_else_is_touched(
    store: Store, lost: Api, tmp_path: Path
) -> None:
    seen = {customer: lost.points(customer) for customer in ("ann", "ben", "dan", "eve")}
    eve = [item for item in store.items(lost.brand) if item["pk"]["S"].endswith("#eve")]
    whole = store.items(lost.brand)
    dry = walk(store, tmp_path, dry_run=True)
    assert (dry.events, dry.customers, dry.failed) == (2, 4, [])
    assert store.items(lost.brand) == whole
    done = walk(store, tmp_path)
    # A hold is found at its event, and ann's at herself too; how often depends on which comes first.
    assert (done.events, done.failed) == (2, [])
    assert done.customers >= 3
    assert statuses(store, lost) == {"EXPIRED", "RESOLVED"}
    for customer in ("ann", "ben", "cat", "dan"):
        assert not must(load_customer(lost.brand, customer)).has_overdue(datetime.now(UTC))
        lost.assert_books_agree(customer)
    assert not must(load_customer(lost.brand, "ben")).wallet.lots
    assert not must(load_customer(lost.brand, "cat")).offers
    assert {customer: lost.points(customer) for customer in seen} == seen
    assert [item for item in store.items(lost.brand) if item["pk"]["S"].endswith("#eve")] == eve
    settled = store.items(lost.brand)
    again = walk(store, tmp_path)
    assert (again.events, again.customers, again.failed) == (0, 0, [])
    assert store.items(lost.brand) == settled
    assert list(tmp_path.iterdir()) == []


def test_a_sandbox_is_settled_in_its_own_time(store: Store, tmp_path: Path) -> None:
    lab = Api(sandbox=True).set_up()
    held = lab.emit("ann", order={"value": 5}, fulfilled=False, reserve=3).data["id"]
    later = lab.emit("ann", order={"value": 5}, fulfilled=False, reserve=20).data["id"]
    assert walk(store, tmp_path).customers == 0
    save_clock(lab.brand, BrandClock(ahead=5 * 24 * 3600 * 1000, version=1))
    assert walk(store, tmp_path).customers == 1
    customer = must(load_customer(lab.brand, "ann"))
    assert list(customer.wallet.holds) == [later]
    assert must(load_event(lab.brand, held)).status is EventStatus.EXPIRED


def test_an_event_of_any_kind_has_the_lost_deadlines_written_again(store: Store, lost: Api) -> None:
    assert deadlines(store, lost) == set()
    with metered(store.product, store.look) as meter:
        assert lost.emit("ben", type="OTHER").status == 201
    assert (meter.round_trips, meter.writes <= 6) == (2, True)
    for customer, wanted in {"ben": {"DEADLINE#LOTS"}, "cat": {"DEADLINE#LOTS"}}.items():
        lost.emit(customer, type="OTHER")
        lots = place(keys.lots_deadline(lost.brand, customer))
        (item,) = [store.look.get_item(TableName=store.name, Key=lots)["Item"] for _ in wanted]
        assert abs(int(item["ttl"]["N"]) - datetime.now(UTC).timestamp()) < 60
    (held,) = must(load_customer(lost.brand, "ann")).wallet.holds
    lost.emit("ann", type="OTHER")
    assert f"DEADLINE#HOLD#{held}" in deadlines(store, lost)


def test_an_interrupted_walk_goes_on_and_one_that_fails_says_what(
    store: Store, lost: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = threading.Event()

    def interrupt(*args: Any) -> Any:
        if asked.is_set():
            return expire_event(*args)
        asked.set()
        raise KeyboardInterrupt

    never = keys.event(lost.brand, "never")
    item = {
        **place(never),
        "status": {"S": "PENDING"},
        "deadline": {"N": "20260101000000000"},
        "document": {"S": '{"format":99}'},
    }
    store.look.put_item(TableName=store.name, Item=item)
    monkeypatch.setattr("earnest.commands.settle.expire_event", interrupt)
    with pytest.raises(CommandError, match=r"Interrupted\. \d+ of 8 parts of the table are done; run again to go on"):
        walk(store, tmp_path, at_once=1, segments=8)
    run = Settlement(store.product, store.name, tmp_path / "notes.json", at_once=2, segments=3)
    assert run.notes.segments == 8
    found = run.run()
    assert [one.split(": ")[0] for one in found.failed] == [f"{never.pk} {never.sk}"]
    assert statuses(store, lost) == {"EXPIRED", "PENDING", "RESOLVED"}
    store.look.delete_item(TableName=store.name, Key=place(never))
    walk(store, tmp_path)
    assert statuses(store, lost) == {"EXPIRED", "RESOLVED"}


class Queue:
    """A queue of reports, each received once."""

    def __init__(self, *sent: datetime) -> None:
        self.messages = [
            {"ReceiptHandle": str(i), "Attributes": {"SentTimestamp": str(int(at.timestamp() * 1000))}}
            for i, at in enumerate(sent)
        ]
        self.deleted: list[str] = []

    def receive_message(self, **_: Any) -> dict[str, Any]:
        found, self.messages = self.messages[:2], self.messages[2:]
        return {"Messages": found} if found else {}

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> None:  # noqa: N803 - as AWS has it
        assert QueueUrl == "url"
        self.deleted.append(ReceiptHandle)


def test_reports_are_answered_that_came_before_the_walk_and_no_later_ones() -> None:
    began = datetime.now(UTC)
    queue = Queue(*(began + timedelta(minutes=minutes) for minutes in (-5, -4, 1, -3, 2)))
    assert acknowledge(Target("table", "url", queue), began) == 3
    assert queue.deleted == ["0", "1", "3"]
    assert acknowledge(Target("table", None, queue), began) == 0


class Rows:
    """Where a ledger is written to, as a list of ids."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    def write(self, rows: list[Row]) -> None:
        """Note their ids."""
        self.ids += [row.id for row in rows]


def test_a_ledger_that_is_read_in_many_parts_at_once_has_each_line_once(store: Store, lost: Api) -> None:
    one, many = Rows(), Rows()
    export_ledger(TableSource(store.look, store.name, lost.brand, 1), one, at_once=1)
    parts: list[int] = []
    count = export_ledger(
        TableSource(store.look, store.name, lost.brand, 60), many, at_once=8, on_progress=parts.append
    )
    assert len(one.ids) == len(set(one.ids)) == count > 4
    assert sorted(many.ids) == sorted(one.ids)
    assert parts == list(range(1, 61))


def test_positions_in_the_stream_lead_to_what_was_written_between_them(overdue: Overdue) -> None:
    store = overdue.store
    source = store.look.describe_table(TableName=store.name)["Table"]["LatestStreamArn"]
    streams = store.engine.client("dynamodbstreams")
    try:
        (shard,) = streams.describe_stream(StreamArn=source)["StreamDescription"]["Shards"]
        some = [*records(store)][3:-3]
        inserted = [one["dynamodb"]["Keys"] for one in some if one["eventName"] == "INSERT"]
        numbers = [one["dynamodb"]["SequenceNumber"] for one in some]
        between = {"startSequenceNumber": numbers[0], "endSequenceNumber": numbers[-1]}
        found = read_positions(streams, {"streamArn": source, "shardId": shard["ShardId"], **between})
    finally:
        streams.close()
    assert found is not None
    assert len(found) > 3
    assert [place(key) for key in found] == [one for one in inserted if one["sk"]["S"] != "BUDGET"]
