"""`earnest doctor` on a stack that moto keeps in memory: what is wrong is said, each thing in a line."""

import io
import random
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws
from moto.awslambda.models import LambdaBackend
from typer.testing import CliRunner

from earnest.commands import doctor
from earnest.commands.cli import app
from earnest.commands.client import Connection
from earnest.commands.doctor import Finding, Mark, Patient, examine_api, examine_items, examine_stack
from earnest.errors import CommandError
from earnest.paths import ROOT
from loyalty.domain.customers.customer import Customer
from loyalty.store import keys
from loyalty.store.codec import to_digits
from loyalty.store.customers import customer_item
from loyalty.store.table import to_wire
from tests.support.builders import NOW

STACK, NOWHERE = "earnest-test", Path("/nowhere/stack.json")
NESTED = f"arn:aws:cloudformation:us-east-1:123456789012:stack/{STACK}-Monitoring-1A2B/3c4d"
ALARMS = ("FailsAlarm", "SlowAlarm")
GIVEN_UP = ("WebhookMessagesSetAside", "RecordsNotAnnounced", "DeadlinesNotSettled")
QUEUES = ("HotRequests", "HotRequestsSetAside", "ColdRequests", "ColdRequestsSetAside", *GIVEN_UP)
OPENAPI = (ROOT / "functions/get_openapi/openapi.json").read_text()


class CloudFormation:
    """What CloudFormation says of the stack; moto's own needs packages that nothing else does."""

    def __init__(self, stacks: dict[str, list[tuple[str, str]]], outputs: dict[str, str]) -> None:
        self.resources = {
            stack: [{"ResourceType": kind, "PhysicalResourceId": name} for kind, name in resources]
            for stack, resources in stacks.items()
        }
        self.outputs = [{"OutputKey": key, "OutputValue": value} for key, value in outputs.items()]
        self.status = "UPDATE_COMPLETE"

    def describe_stacks(self, *, StackName: str) -> dict[str, Any]:  # noqa: N803 - as AWS has it
        if StackName != STACK:
            error: Any = {"Error": {"Code": "ValidationError", "Message": f"Stack with id {StackName} does not exist"}}
            raise ClientError(error, "DescribeStacks")
        return {"Stacks": [{"StackStatus": self.status, "Outputs": self.outputs}]}

    def get_paginator(self, name: str) -> Any:
        assert name == "list_stack_resources"
        return self

    def paginate(self, *, StackName: str) -> list[dict[str, Any]]:  # noqa: N803 - as AWS has it
        return [{"StackResourceSummaries": [one]} for one in self.resources[StackName]]


_make_client = boto3.client


@cache
def client(service: str) -> Any:
    """A client for all tests: to make one takes longer than all that is asked of it."""
    return _make_client(service)


def table_like(name: str, **more: Any) -> dict[str, Any]:
    keys_of = {"pk": "HASH", "sk": "RANGE"}
    return {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [{"AttributeName": one, "AttributeType": "S"} for one in keys_of],
        "KeySchema": [{"AttributeName": one, "KeyType": kind} for one, kind in keys_of.items()],
        **more,
    }


def make_sources(arns: list[str]) -> str:
    """A function that is called by these sources; its name."""
    trust = {"RoleName": "role", "AssumeRolePolicyDocument": "{}"}
    role = boto3.client("iam").create_role(**trust)["Role"]["Arn"]
    client, whole = boto3.client("lambda"), io.BytesIO()
    with zipfile.ZipFile(whole, "w") as file:
        file.writestr("handler.py", "")
    code = {"Code": {"ZipFile": whole.getvalue()}, "Handler": "handler.handler", "Runtime": "python3.13"}
    code["Environment"] = {"Variables": {"TABLE_NAME": "table"}}
    client.create_function(FunctionName="function", Role=role, MemorySize=512, Publish=True, **code)
    client.create_alias(FunctionName="function", Name="live", FunctionVersion="1")
    for arn in arns:
        more = {"StartingPosition": "TRIM_HORIZON"} if ":dynamodb:" in arn else {}
        client.create_event_source_mapping(EventSourceArn=arn, FunctionName="function", **more)
    return "function"


def make_alarm(name: str, **more: Any) -> None:
    alarm = {"MetricName": "5XXError", "Namespace": "AWS/ApiGateway", "Statistic": "Sum", "Period": 60}
    alarm |= {"EvaluationPeriods": 1, "Threshold": 0, "ComparisonOperator": "GreaterThanThreshold"}
    boto3.client("cloudwatch").put_metric_alarm(AlarmName=name, AlarmDescription="Calls end in 5xx", **alarm, **more)
    boto3.client("cloudwatch").set_alarm_state(AlarmName=name, StateValue="OK", StateReason="test")


def make_stack() -> CloudFormation:
    """A stack that lacks nothing."""
    stream = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    dynamodb, sqs, sns = (boto3.client(service) for service in ("dynamodb", "sqs", "sns"))
    dynamodb.create_table(**table_like("table", StreamSpecification=stream, DeletionProtectionEnabled=True))
    ttl = {"Enabled": True, "AttributeName": "ttl"}
    dynamodb.update_time_to_live(TableName="table", TimeToLiveSpecification=ttl)
    recovery = {"PointInTimeRecoveryEnabled": True}
    dynamodb.update_continuous_backups(TableName="table", PointInTimeRecoverySpecification=recovery)
    urls = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in QUEUES}
    topic = sns.create_topic(Name="pages")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sms", Endpoint="+491701234567")
    for name in ALARMS:
        make_alarm(name, AlarmActions=[topic])
    arns = [f"arn:aws:sqs:us-east-1:123456789012:{name}" for name in ("HotRequests", "ColdRequests")]
    arns.append(dynamodb.describe_table(TableName="table")["Table"]["LatestStreamArn"])
    own, nested = ALARMS
    stacks = {
        NESTED: [("AWS::CloudWatch::Alarm", nested)],
        STACK: [
            ("AWS::CloudFormation::Stack", NESTED),
            ("AWS::Lambda::Function", make_sources(arns)),
            ("AWS::CloudWatch::Alarm", own),
        ],
    }
    outputs = {f"{name}Url": url for name, url in urls.items()}
    return CloudFormation(stacks, {**outputs, "TableName": "table", "ApiUrl": "https://api.example/v1"})


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> Iterator[Patient]:
    """The stack, in AWS as far as anyone can tell."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    # Nothing is called: moto would want docker for it.
    for call in ("send_sqs_batch", "send_dynamodb_items"):
        monkeypatch.setattr(LambdaBackend, call, lambda *_: True)
    with mock_aws():
        monkeypatch.setattr(boto3, "client", client)
        cloudformation = make_stack()
        monkeypatch.setattr(
            boto3, "client", lambda service: cloudformation if service == "cloudformation" else client(service)
        )
        yield Patient.of(STACK, NOWHERE)


def put(patient: Patient, key: keys.Key, **attributes: Any) -> None:
    item = to_wire({**key._asdict(), **attributes})
    patient.client("dynamodb").put_item(TableName=patient.outputs["TableName"], Item=item)


def marks(patient: Patient) -> dict[str, Mark]:
    """The worst mark of each thing that was looked at."""
    worst: dict[str, Mark] = {}
    for finding in examine_stack(patient, 1000):
        if worst.get(finding.what) is not Mark.WRONG:
            worst[finding.what] = finding.mark
    return worst


def wrong(patient: Patient) -> list[str]:
    return [str(one) for one in examine_stack(patient, 1000) if one.mark is Mark.WRONG]


def test_a_stack_that_lacks_nothing_is_well(patient: Patient) -> None:
    found = marks(patient)
    assert set(found.values()) == {Mark.WELL}, list(examine_stack(patient, 10))
    assert list(found) == [
        "stack",
        "table",
        "event sources",
        "messages set aside",
        "alarms",
        "versions",
        "deadlines",
        "items",
    ]


def test_what_was_set_aside_is_said_with_its_remedy(patient: Patient) -> None:
    for name in ("ColdRequestsSetAside", *GIVEN_UP):
        patient.client("sqs").send_message(QueueUrl=patient.outputs[f"{name}Url"], MessageBody="{}")
    cold, *others = wrong(patient)
    assert "about 1 in ColdRequestsSetAside" in cold
    assert [one.rpartition(" ")[2] for one in (cold, *others)] == ["redrive`", "redrive`", "redrive`", "settle`"]


def test_alarms_that_fire_and_those_that_page_nobody(patient: Patient) -> None:
    cloudwatch = patient.client("cloudwatch")
    name, other = patient.resources("AWS::CloudWatch::Alarm")
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="test")
    assert [one for one in wrong(patient) if f"{name} fires: Calls end in 5xx" in one]
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="test")
    cloudwatch.delete_alarms(AlarmNames=[other])
    make_alarm(other)
    assert wrong(patient) == ["WRONG  alarms: 1 of 2 have no topic; deploy with AlarmTopicArn"]


def test_a_topic_that_nobody_has_subscribed_to_pages_nobody(patient: Patient) -> None:
    sns = patient.client("sns")
    (one,) = sns.list_subscriptions()["Subscriptions"]
    sns.unsubscribe(SubscriptionArn=one["SubscriptionArn"])
    (says,) = wrong(patient)
    assert says.startswith("WRONG  alarms: nobody has subscribed to arn:aws:sns:")


def test_a_table_as_it_is_restored_lacks_what_a_restore_does_not_bring(patient: Patient) -> None:
    client = patient.client("dynamodb")
    client.create_table(**table_like("restored"))
    other = Patient(patient.name, patient.options, {**patient.outputs, "TableName": "restored"})
    table, sources, _ = wrong(other)
    assert table.startswith("WRONG  table: restored lacks a stream, so that nothing is settled, TTL, so that nothing")
    assert "deletion protection, point-in-time recovery; docs/operations.md" in table
    assert sources == "WRONG  event sources: not read: the table's stream (no function); deploy the stack again"


def test_a_queue_whose_function_is_off_is_said(patient: Patient) -> None:
    client = patient.client("lambda")
    for mapping in client.list_event_source_mappings()["EventSourceMappings"]:
        if "HotRequests" in mapping["EventSourceArn"]:
            client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
    (says,) = wrong(patient)
    assert says == "WRONG  event sources: not read: HotRequests (disabled); deploy the stack again"


def test_versions_that_nothing_calls_are_counted_with_what_they_cost(patient: Patient) -> None:
    client = patient.client("lambda")
    (function,) = patient.resources("AWS::Lambda::Function")
    client.update_function_code(FunctionName=function, ZipFile=b"another")
    client.publish_version(FunctionName=function)
    client.update_alias(FunctionName=function, Name="live", FunctionVersion="2")
    (note,) = [one for one in examine_stack(patient, 10) if one.mark is Mark.NOTE]
    # Half a GB.
    assert note.says.startswith("1 that nothing calls keep snapshots for up to $1.98 a month")


def test_a_function_whose_version_has_another_table_is_wrong(patient: Patient) -> None:
    """Attaching a restored table changes the functions, and calls go to what was published before."""
    other = Patient(patient.name, patient.options, {**patient.outputs, "TableName": "restored"})
    patient.client("dynamodb").create_table(**table_like("restored"))
    assert [one for one in wrong(other) if "1 functions, such as function, use another table than the stack's" in one]


def test_what_is_overdue_is_told_from_what_waits_for_ttl(patient: Patient) -> None:
    now = datetime.now(UTC)

    def found() -> Finding:
        every = examine_items(patient.client("dynamodb"), patient.outputs["TableName"], 1000)
        return next(one for one in every if one.what == "deadlines")

    held = {"status": "PENDING", "document": '{"format":1}'}
    put(patient, keys.event("demo", "e1"), **held, deadline=to_digits(now + timedelta(minutes=1)))
    assert (found().mark, found().says) == (Mark.WELL, "none of 1 items is overdue")
    put(patient, keys.hold_deadline("demo", "ana", "e0"), ttl=int((now - timedelta(hours=5)).timestamp()))
    assert (found().mark, found().says) == (Mark.NOTE, "1 of 2 items wait for DynamoDB's TTL, the longest 5 h")
    put(patient, keys.event("demo", "e2"), **held, deadline=to_digits(now - timedelta(days=1)))
    assert found().mark is Mark.NOTE
    put(patient, keys.event("demo", "e3"), **held, deadline=to_digits(now - timedelta(days=3)))
    assert found().mark is Mark.WRONG
    assert found().says == "1 of 4 items ended over 2 days ago and are not settled; run `earnest settle`"
    lost = Customer("demo", "ben", NOW, next_lot_expiry=now - timedelta(days=4))
    put(
        patient, keys.customer("demo", "ben"), **{k: v for k, v in customer_item(lost).items() if k not in ("pk", "sk")}
    )
    assert found().says.startswith("2 of 5 items ended")
    put(patient, keys.customer("demo", "eva"), erased_by="t1", document='{"format":1,"customer_ids":["eva"]}')
    assert found().says.startswith("2 of 6 items ended")


def test_a_format_that_this_release_does_not_read_is_said(patient: Patient) -> None:
    put(patient, keys.customer("demo", "ana"), version=1, document='{"format":2}')
    put(patient, keys.event("demo", "e1"), document=b"no zlib")
    put(patient, keys.program_chunk("demo", "p", 0), document=b"a part")
    put(patient, keys.customer("demo", "ben"), version=1, document='{"format":1,"wallet":"damaged"}')
    (says,) = wrong(patient)
    assert "of 4 items, 1 in format 2, 2 in format unreadable; this checkout reads 1" in says


def test_no_more_is_read_than_was_asked_for(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    for i in range(30):
        put(patient, keys.event("demo", f"e{i}"), status="RESOLVED", document='{"format":1}')
    monkeypatch.setattr(random, "randrange", lambda _: 0)
    client, table = patient.client("dynamodb"), patient.outputs["TableName"]
    (_, items) = examine_items(client, table, 7)
    number, parts = re.findall(r"\d+", items.says)[:2]
    assert (0 < int(number) <= 7, parts) == (True, "5"), "as many parts as make each so large"


def test_what_may_not_be_looked_at_is_said_and_the_rest_goes_on(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = Patient(patient.name, patient.options, {**patient.outputs, "TableName": "gone"})
    found = marks(gone)
    assert (found["table"], found["event sources"], found["items"]) == (Mark.WRONG,) * 3
    assert (found["stack"], found["alarms"]) == (Mark.WELL, Mark.WELL)


def test_a_stack_that_is_not_there_is_one_line(patient: Patient) -> None:
    done = CliRunner().invoke(app, ["doctor", "--stack", "none"])
    assert done.exit_code == 1
    assert len(done.output.splitlines()) == 1
    assert "none does not exist" in done.output


class Http:
    """An API, and how it answers `GET /brand`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.status, self.openapi = 200, OPENAPI
        self.keys: list[str] = []
        whole = httpx.Client

        def mocked(**options: Any) -> httpx.Client:
            return whole(**{**options, "transport": httpx.MockTransport(self.answer)})

        monkeypatch.setattr(httpx, "Client", mocked)

    def answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/openapi.json":
            return httpx.Response(200, text=self.openapi)
        if request.url.host == "silent.example":
            raise httpx.ConnectError("nobody there")
        self.keys.append(f"{request.url.host} {request.headers['Authorization']}")
        body = {"data": {"brand_id": "demo"}} if self.status == 200 else {"code": "Unauthorized", "message": "no"}
        return httpx.Response(self.status, json=body)


@pytest.fixture
def http(monkeypatch: pytest.MonkeyPatch) -> Http:
    return Http(monkeypatch)


def test_an_api_that_answers_and_a_key_that_is_valid(http: Http) -> None:
    found = {one.what: one for one in examine_api("https://api.example/v1", "ek_1")}
    assert {one.mark for one in found.values()} == {Mark.WELL}
    assert found["key"].says == "valid of the brand demo"
    http.status = 403
    *_, key = examine_api("https://api.example/v1", "ek_1")
    assert (key.mark, key.says) == (Mark.WELL, "valid, without admin")
    http.status = 401
    *_, key = examine_api("https://api.example/v1", "ek_1")
    assert (key.mark, key.says) == (Mark.WRONG, "GET /brand was answered 401 Unauthorized: no")
    http.openapi = "{}"
    _, release, key = examine_api("https://api.example/v1", None)
    assert (release.mark, key.mark) == (Mark.NOTE, Mark.NOTE)


def test_an_api_that_does_not_answer_is_wrong(http: Http) -> None:
    (says,) = examine_api("https://silent.example/x", "ek_1")
    assert says.mark is Mark.WRONG
    assert says.says.startswith("https://silent.example/x does not answer")


def test_the_exit_code_says_whether_something_is_wrong(patient: Patient, http: Http) -> None:
    done = CliRunner().invoke(app, ["doctor", "--stack", STACK], env={"EARNEST_KEY": "ek_1"})
    assert (done.exit_code, "WRONG" in done.output) == (0, False), done.output
    assert http.keys == ["api.example Bearer ek_1"]
    patient.client("sqs").send_message(QueueUrl=patient.outputs["HotRequestsSetAsideUrl"], MessageBody="{}")
    done = CliRunner().invoke(app, ["doctor", "--stack", STACK])
    assert done.exit_code == 1
    assert done.output.splitlines()[-1] == "1 thing wrong."


def test_an_api_alone_is_looked_at_by_its_url(http: Http) -> None:
    done = CliRunner().invoke(app, ["doctor", "--url", "https://loyalty.example/v1", "--key", "ek_1"])
    assert done.exit_code == 0, done.output
    assert [line.split(":")[0].split()[-1] for line in done.output.splitlines()] == ["API", "release", "key"]


def test_a_key_for_a_stack_in_aws_has_to_be_given_and_goes_to_that_stack(patient: Patient) -> None:
    with pytest.raises(CommandError, match="Set EARNEST_KEY to an admin key of a brand of earnest-test"):
        doctor.connection_of(patient, None, None, NOWHERE)
    assert doctor.connection_of(patient, None, "ek", NOWHERE) == Connection("https://api.example/v1", "ek")
    own = doctor.connection_of(patient, "https://loyalty.example/v1/", "ek", NOWHERE)
    assert own == Connection("https://loyalty.example/v1", "ek")
