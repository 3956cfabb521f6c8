"""Rules that change: no event waits for them, and what is answered is in force everywhere within two seconds."""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest

from loyalty.domain.errors import ServiceUnavailable
from loyalty.store import keys, published, rulesets, table
from loyalty.store.codec import pack
from loyalty.store.table import to_wire
from tests.support.backend import Backend

START = 1_773_144_000.0


class Processes:
    """Several processes on one table, on machines whose clocks agree; no call may wait."""

    def __init__(self, backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
        self.backend = backend
        self.now = START
        self.monkeypatch = monkeypatch
        monkeypatch.setattr(published, "time", SimpleNamespace(time=lambda: self.now))
        monkeypatch.setattr(table, "time", SimpleNamespace(monotonic=lambda: self.now, sleep=self._sleep))

    def _sleep(self, _seconds: float) -> None:
        raise AssertionError("a call waits")

    @contextmanager
    def another(self) -> Iterator[None]:
        """Calls within this are made by another process, which knows nothing yet."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(published, "_known", OrderedDict())
            patch.setattr(rulesets, "_compiled", OrderedDict())
            yield

    def put(self, amount: int, campaign: str = "visits") -> None:
        """Another process has visits earn so many points from now on."""
        with self.another():
            assert self.backend.call("put_campaign", visits(amount), path={"id": campaign}).status == 200

    def visit(self) -> tuple[int, int]:
        """What a visit earns in this process, and how many round trips that takes."""
        with self.backend.store_calls() as calls:
            answer = self.backend.emit(type="VISIT")
        return sum(one["amount"] for one in answer.data["result"]["accumulations"]), len(calls)

    def brand_item(self) -> dict[str, Any]:
        """The brand's item."""
        (item,) = (one for one in self.backend.stored() if one["sk"]["S"] == "BRAND")
        return item

    def forget(self) -> None:
        """This process begins anew."""
        self.monkeypatch.setattr(published, "_known", OrderedDict())
        self.monkeypatch.setattr(rulesets, "_compiled", OrderedDict())


def visits(amount: int) -> dict[str, Any]:
    """A campaign that pays so many points for every visit."""
    return {"name": "Visits", "trigger": "VISIT", "rules": [{"effects": [{"reward_id": "points", "amount": amount}]}]}


@pytest.fixture
def processes(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> Processes:
    made = Processes(backend, monkeypatch)
    made.put(1)
    return made


def test_a_process_reads_the_brand_once_a_second_and_new_rules_along_with_an_event(processes: Processes) -> None:
    assert processes.visit() == (1, 3)  # its first rules are loaded by themselves
    assert processes.visit() == (1, 2)
    processes.put(2)
    processes.now += 0.9
    assert processes.visit() == (1, 2)
    processes.now += 0.2
    assert processes.visit() == (1, 2)  # the brand's item is read along, and says that there are newer ones
    assert processes.visit() == (2, 2)  # these are read along


def test_rules_that_are_too_old_are_read_by_themselves(processes: Processes) -> None:
    processes.visit()
    processes.put(2)
    processes.now += 1.6
    assert processes.visit() == (2, 3)
    processes.put(3)
    processes.now += 3600
    assert processes.visit() == (3, 3)


def test_rules_that_change_all_the_time_keep_no_event_waiting_and_are_never_old(processes: Processes) -> None:
    processes.visit()
    changes = [(processes.now, 1)]
    for amount in range(2, 60):
        processes.now += 0.17
        processes.put(amount)
        changes.append((processes.now, amount))
        earned, round_trips = processes.visit()
        in_force = [one for at, one in changes if at <= processes.now - 2]
        assert earned >= (in_force or [1])[-1]
        assert round_trips == 2
    assert len(changes) == 59


def test_an_event_reads_the_customer_alone_while_the_rules_are_known(processes: Processes) -> None:
    processes.visit()
    with processes.backend.store_calls() as calls:
        processes.backend.emit(type="VISIT")
    assert calls == [("BatchGetItem", 1), ("TransactWriteItems", 2)]


def test_a_writer_that_fails_between_its_two_effects_is_repaired_by_the_next_event(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    processes.visit()
    with monkeypatch.context() as patch:
        patch.setattr(published, "publish", _unavailable)
        with processes.another():
            assert processes.backend.call("put_campaign", visits(2), path={"id": "visits"}).status == 503
    processes.now += 1.2
    assert processes.visit() == (1, 2)  # it may still be about to
    assert processes.brand_item()["published"] != processes.brand_item()["version"]
    processes.now += 1.2
    earned, _ = processes.visit()
    assert earned == 2
    assert processes.brand_item()["published"] == processes.brand_item()["version"]


def test_what_a_writer_left_unpublished_is_published_with_the_next_change_or_by_its_retry(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for retry in (False, True):
        before = len(processes.backend.call("list_audit", query={"limit": "100"}).body["data"])
        with monkeypatch.context() as patch:
            patch.setattr(published, "publish", _unavailable)
            assert processes.backend.call("put_campaign", visits(20 + retry), path={"id": "visits"}).status == 503
        if retry:
            assert processes.backend.call("put_campaign", visits(20 + retry), path={"id": "visits"}).status == 200
        else:
            assert processes.backend.call("put_reward", {"name": "Stars"}, path={"id": "stars"}).status == 200
        assert processes.visit()[0] == 20 + retry
        after = len(processes.backend.call("list_audit", query={"limit": "100"}).body["data"])
        assert after - before == 2 - retry, "a retry of what is stored changes nothing"


def test_a_store_that_is_busy_keeps_no_event_from_the_rules_that_it_has(
    processes: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    processes.visit()
    monkeypatch.setattr(published, "publish", _unavailable)
    with processes.another():
        assert processes.backend.call("put_campaign", visits(2), path={"id": "visits"}).status == 503
    processes.now += 5
    assert processes.visit() == (1, 2)


def test_a_dry_run_publishes_nothing(processes: Processes, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(published, "publish", _unavailable)
        processes.backend.call("put_campaign", visits(2), path={"id": "visits"})
    processes.now += 5
    with processes.backend.nothing_changes():
        assert processes.backend.emit(type="VISIT", dry_run=True).status == 200


@pytest.mark.parametrize("lost", ["parts", "pointer", "audit"])
def test_what_an_older_release_wrote_or_ttl_removed_is_made_of_the_single_items(
    processes: Processes, lost: str
) -> None:
    backend, brand = processes.backend, processes.brand_item()
    if lost == "parts":
        for item in backend.stored():
            if item["sk"]["S"] == "PROGRAM":
                backend.client.delete_item(TableName=backend.table, Key={name: item[name] for name in ("pk", "sk")})
    elif lost == "pointer":
        old = {name: value for name, value in brand.items() if name in ("pk", "sk", "version", "document")}
        backend.client.put_item(TableName=backend.table, Item=old)
    else:
        key = keys.campaign("demo", "visits")._asdict()
        backend.client.put_item(TableName=backend.table, Item=to_wire({**key, "document": pack(visits(7))}))
        version = {"N": str(int(brand["version"]["N"]) + 1)}
        backend.client.put_item(TableName=backend.table, Item={**brand, "version": version})
    processes.forget()
    processes.now += 5
    assert processes.visit()[0] == (7 if lost == "audit" else 1)
    assert processes.visit() == (7 if lost == "audit" else 1, 2)
    if lost != "parts":
        assert processes.brand_item()["published"] == processes.brand_item()["version"]


def test_a_program_is_published_anew_before_ttl_removes_its_parts(processes: Processes) -> None:
    before = processes.brand_item()["program_id"]
    processes.forget()
    processes.now += keys.PROGRAMS_KEPT.total_seconds() / 2 - 60
    processes.visit()
    assert processes.brand_item()["program_id"] == before
    processes.forget()
    processes.now += 120
    assert processes.visit()[0] == 1
    assert processes.brand_item()["program_id"] != before
    ends = [int(one["ttl"]["N"]) for one in processes.backend.stored() if one["sk"]["S"] == "PROGRAM"]
    assert max(ends) > processes.now + keys.PROGRAMS_KEPT.total_seconds() - 60


def test_a_program_of_many_parts_is_read_whole(processes: Processes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "_CHUNK_BYTES", 100)
    monkeypatch.setattr(published, "_CHUNKS_PER_WRITE", 3)
    for i in range(20):
        processes.put(i + 1, f"visits-{i:02}")
    assert int(processes.brand_item()["chunks"]["N"]) > 4
    processes.forget()
    assert processes.visit() == (1 + sum(range(1, 21)), 3)


def test_a_stored_campaign_that_cannot_be_read_is_left_out_and_told(
    processes: Processes, capsys: pytest.CaptureFixture[str]
) -> None:
    backend = processes.backend
    key = keys.campaign("demo", "broken")._asdict()
    broken = {**visits(100), "rules": [{"effects": [{"reward": "points"}]}], "limits": {"budget": "none"}}
    backend.client.put_item(TableName=backend.table, Item=to_wire({**key, "document": pack(broken)}))
    old = {name: value for name, value in processes.brand_item().items() if name in ("pk", "sk", "version", "document")}
    backend.client.put_item(TableName=backend.table, Item=old)
    processes.forget()
    capsys.readouterr()
    assert processes.visit()[0] == 1
    assert processes.visit()[0] == 1
    told = [line for line in capsys.readouterr().out.splitlines() if "a campaign is left out" in line]
    assert len(told) == 1
    assert "broken" in told[0]
    answer = backend.call("get_campaign", path={"id": "broken"})
    assert {one["field"] for one in answer.body["problems"]} >= {"limits.budget"}
    assert backend.call("get_campaign", path={"id": "visits"}).body["problems"] == []
    limited = {**visits(1), "limits": {"budget": 5}}
    assert backend.call("put_campaign", limited, path={"id": "limited"}).status == 200


def _unavailable(_brand_id: str) -> None:
    raise ServiceUnavailable("the store is busy")
