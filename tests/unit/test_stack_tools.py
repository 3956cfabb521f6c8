"""The parts of the stack on one machine that must not lose anything: outbox, TTL emulator, change log, deployment."""

import io
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from moto import mock_aws

from earnest.errors import CommandError
from earnest.local import change_log, demo, deploy
from earnest.local.deploy import Deployed
from earnest.local.dynamodb_json import dumps, key_text, loads, with_base64
from earnest.local.engine import Engine
from earnest.local.home import Home, exclusive
from earnest.local.outbox import Outbox, PendingRemoval
from earnest.local.ttl import TtlEmulator
from earnest.retries import RetryPolicy
from earnest.template import resources, ttl_attribute
from loyalty.domain.errors import ServiceUnavailable, UserNotFoundError

type Answer = Callable[[list[dict[str, Any]]], Any]

PAST, FUTURE = str(int(time.time()) - 60), str(int(time.time()) + 3600)


class FakeEngine:
    """An engine whose table is moto's and whose function is `answer`."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.calls: list[list[dict[str, Any]]] = []
        self.table = boto3.client("dynamodb", region_name="us-east-1")

    def client(self, service: str, *, once: bool = False) -> Any:
        assert once == (service in ("dynamodb", "lambda"))
        return self if service == "lambda" else self.table

    def invoke(self, *, Payload: bytes, **_to: str) -> dict[str, Any]:  # noqa: N803
        records = json.loads(Payload)["Records"]
        self.calls.append(records)
        answer = self.answer(records)
        if isinstance(answer, Exception):
            return {"FunctionError": "Unhandled", "Payload": io.BytesIO(b"{}")}
        return {"Payload": io.BytesIO(json.dumps(answer).encode())}


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        boto3.client("dynamodb", region_name="us-east-1").create_table(
            TableName="t",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
        )
        yield


def item(name: str, ttl: str | None) -> dict[str, Any]:
    return {"pk": {"S": name}, "sk": {"S": "x"}} | ({"ttl": {"N": ttl}} if ttl else {})


def player(tmp_path: Path, answer: Answer, *items: dict[str, Any]) -> tuple[TtlEmulator, FakeEngine]:
    engine = FakeEngine(answer)
    for one in items:
        engine.table.put_item(TableName="t", Item=one)
    deployed = Deployed("", "", "", "t", "function")
    ttl = TtlEmulator(engine, deployed, "ttl", Outbox.load(tmp_path / "outbox.json"))  # type: ignore[arg-type]
    ttl.load_expiries()
    return ttl, engine


def left(engine: FakeEngine) -> set[str]:
    return {one["pk"]["S"] for one in engine.table.scan(TableName="t")["Items"]}


def took_all(_records: list[dict[str, Any]]) -> Any:
    return {"batchItemFailures": []}


@pytest.mark.usefixtures("aws")
def test_what_is_past_its_ttl_is_deleted_and_told_as_dynamodb_tells_it(tmp_path: Path) -> None:
    ttl, engine = player(tmp_path, took_all, item("old", PAST), item("young", FUTURE), item("eternal", None))

    ttl.sweep()

    assert left(engine) == {"young", "eternal"}
    [[record]] = engine.calls
    assert record["eventName"] == "REMOVE"
    assert record["userIdentity"] == {"type": "Service", "principalId": "dynamodb.amazonaws.com"}
    assert record["dynamodb"]["Keys"] == {"pk": {"S": "old"}, "sk": {"S": "x"}}
    assert "OldImage" not in record["dynamodb"], "the stream has keys only"


@pytest.mark.usefixtures("aws")
def test_an_item_that_was_extended_in_the_meantime_stays(tmp_path: Path) -> None:
    ttl, engine = player(tmp_path, took_all, item("old", PAST))
    engine.table.put_item(TableName="t", Item=item("old", FUTURE))

    ttl.sweep()

    assert left(engine) == {"old"}
    assert engine.calls == []


@pytest.mark.parametrize("failure", [RuntimeError(), {"batchItemFailures": [{"itemIdentifier": ""}]}, "nonsense"])
@pytest.mark.usefixtures("aws")
def test_what_the_function_has_not_taken_comes_again_after_a_restart(tmp_path: Path, failure: Any) -> None:
    ttl, _ = player(tmp_path, lambda _: failure, item("old", PAST))
    ttl.sweep()

    [removal] = json.loads((tmp_path / "outbox.json").read_text())
    assert removal["attempts"] == 1
    (tmp_path / "outbox.json").write_text(json.dumps([removal | {"not_before": 0}]))
    later, engine = player(tmp_path, took_all)
    later.sweep()

    assert len(engine.calls) == 1
    assert json.loads((tmp_path / "outbox.json").read_text()) == []


@pytest.mark.usefixtures("aws")
def test_records_before_the_first_failure_are_done_and_the_rest_comes_again_alone(tmp_path: Path) -> None:
    def second_fails(records: list[dict[str, Any]]) -> Any:
        failed = [record for record in records if record["dynamodb"]["Keys"]["pk"]["S"] == "b"]
        return {"batchItemFailures": [{"itemIdentifier": one["dynamodb"]["SequenceNumber"]} for one in failed]}

    ttl, engine = player(tmp_path, second_fails, *(item(name, PAST) for name in "abc"))
    ttl.sweep()
    time.sleep(1.05)
    ttl.sweep()

    names = [[record["dynamodb"]["Keys"]["pk"]["S"] for record in call] for call in engine.calls]
    assert names[0] == ["a", "b", "c"]
    assert sorted(names[1:]) == [["b"], ["c"]]


@pytest.mark.usefixtures("aws")
def test_a_kill_between_deletion_and_delivery_loses_nothing(tmp_path: Path) -> None:
    begun = {"dynamodb": {"Keys": {"pk": {"S": "gone"}, "sk": {"S": "x"}}, "SequenceNumber": "1"}}
    Outbox.load(tmp_path / "outbox.json").add([PendingRemoval(begun)])

    ttl, engine = player(tmp_path, took_all)
    ttl.sweep()

    assert [record["dynamodb"]["Keys"]["pk"]["S"] for record in engine.calls[0]] == ["gone"]


def test_binary_values_survive_the_text_and_a_map_may_have_an_attribute_called_b() -> None:
    value = {"blob": {"B": b"\x00\xff"}, "set": {"BS": [b"a", b"b"]}, "map": {"M": {"B": {"S": "no bytes"}}}}

    assert loads(dumps(value)) == value
    assert with_base64(value)["blob"] == {"B": "AP8="}
    assert key_text({"pk": {"S": "1"}, "sk": {"S": "2"}}) == key_text({"sk": {"S": "2"}, "pk": {"S": "1"}})


def test_the_change_log_is_needed_only_if_the_engine_did_not_save_after_it(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert not change_log.needs_replay(home), "a first run knows nothing"
    home.change_log.write_text('[{"pk": {"S": "a"}}, null]\n')
    assert change_log.needs_replay(home), "killed before it ever saved"
    home.engine_state.mkdir()
    (home.engine_state / "dynamodb.json").write_text("{}")
    os.utime(home.engine_state / "dynamodb.json", (time.time() + 5, time.time() + 5))
    assert not change_log.needs_replay(home), "stopped in order"
    assert home.change_log.read_text() == ""


def test_an_interrupted_deployment_leaves_what_was_saved_before_it(tmp_path: Path) -> None:
    home = Home(tmp_path)
    for folder, text in ((home.engine_state, "half"), (home.engine_state_backup, "whole")):
        folder.mkdir(parents=True)
        (folder / "lambda.json").write_text(text)

    deploy.undo_interrupted(home)
    deploy.undo_interrupted(home)

    assert (home.engine_state / "lambda.json").read_text() == "whole"
    assert not home.engine_state_backup.exists()


def test_one_copy_at_a_time_and_the_engine_of_a_killed_one_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Home(tmp_path)
    with exclusive(first) as lock:
        with pytest.raises(CommandError, match="already runs"), exclusive(first):
            pytest.fail("two copies")
        # Killed, a copy gives up its own lock and leaves an engine that has inherited the other.
        engine = subprocess.Popen(["sleep", "60"], pass_fds=[lock])
    try:
        monkeypatch.setattr("earnest.local.home._SAVING_SECONDS", 0.5)
        monkeypatch.setattr("earnest.local.home._SILENT_SECONDS", 0.1)
        with pytest.raises(CommandError, match="of a killed copy still holds"), exclusive(first):
            pytest.fail("an engine that still saves")
    finally:
        engine.kill()
        engine.wait()
    with exclusive(first):
        pass


def test_whoever_waits_for_the_engine_tries_again_but_for_calls_that_must_not_be_repeated(tmp_path: Path) -> None:
    engine = Engine("http://127.0.0.1:9", None, tmp_path)  # type: ignore[arg-type]
    for once, attempts in ((False, RetryPolicy().attempts), (True, 1)):
        config = engine.client("ssm", once=once).meta.config
        assert config.retries == {"mode": "standard", "total_max_attempts": attempts}


def test_the_template_is_read_with_its_short_tags() -> None:
    assert ttl_attribute() == "ttl"
    assert resources()["DependenciesLayer"]["Metadata"]["BuildMethod"] == "makefile"


class AliveEngine:
    """An engine that runs, until it has been asked so often."""

    def __init__(self, checks: int = 1000) -> None:
        self.checks = checks

    def check_alive(self) -> None:
        self.checks -= 1
        if self.checks < 0:
            raise CommandError("The engine ended by itself (1)")


def failing(*errors: Exception) -> Callable[[], None]:
    left = list(errors)

    def call() -> None:
        if left:
            raise left.pop(0)

    return call


TIMED_OUT = httpx.ReadTimeout("timed\nout")


def test_demo_data_that_get_no_answer_are_asked_for_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    demo.patiently(AliveEngine(), "an offer", failing(TIMED_OUT, ServiceUnavailable("busy"), TIMED_OUT))  # type: ignore[arg-type]
    assert capsys.readouterr().out.count("trying again") == 3


@pytest.mark.parametrize(
    ("engine", "errors", "says"),
    [
        (
            AliveEngine(),
            [TIMED_OUT] * 8,
            "(an offer: timed out). The machine may be too busy: run the same command again",
        ),
        (
            AliveEngine(),
            [UserNotFoundError("no customer")],
            "(an offer: no customer). What is kept here may be of another",
        ),
        (AliveEngine(2), [TIMED_OUT] * 8, "The engine ended by itself"),
    ],
    ids=["silence", "a refusal", "no engine"],
)
def test_demo_data_that_cannot_be_created_are_a_line_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch, engine: AliveEngine, errors: list[Exception], says: str
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    with pytest.raises(CommandError) as told:
        demo.patiently(engine, "an offer", failing(*errors))  # type: ignore[arg-type]
    assert says in str(told.value)
    assert "\n" not in str(told.value)
