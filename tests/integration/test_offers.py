"""Offers and points end to end, over HTTP on the deployed stack, its queues and its workers."""

import json
import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import boto3
import httpx
import pytest

from earnest.local.processes import poll
from loyalty.domain.assignments.traces import MAX_ATTEMPTS
from loyalty.store import keys
from tests.support.project import ROOT
from tests.support.stack import ANSWER_SECONDS, IN_FORCE_SECONDS, Emit, Stack
from tests.support.worlds import logs_of

DAYS = {"startDate": "2026-01-01", "endDate": "2099-12-31"}
COLD, CUSTOMERS, HOT, SECONDS = 200, 20, 20, 90.0


@pytest.fixture
def marketing(stack: Stack) -> Iterator[httpx.Client]:
    """A client with the key in the header of marketing tools."""
    secret = stack.card["brands"]["demo"]["admin_key"]
    with httpx.Client(
        base_url=stack.card["base_url"], headers={"x-api-key": secret}, timeout=ANSWER_SECONDS, trust_env=False
    ) as api:
        yield api


def accepted(api: httpx.Client, speed: str, what: str, customer: str, **body: Any) -> str:
    """The trace id of an accepted request."""
    answer = api.post(f"/bulk-action/{speed}/{what}", json={"userId": customer, "source": "braze", **body})
    assert answer.status_code == 202, answer.text
    return str(answer.json()["traceId"])


def ended(api: httpx.Client, trace_id: str, seconds: float = 60.0) -> dict[str, Any]:
    """The trace when it has ended."""
    for _ in poll(0.1, seconds):
        trace: dict[str, Any] = api.get(f"/traces/{trace_id}").json()["data"]
        if trace["status"] != "QUEUED":
            return trace
    raise AssertionError(trace)


def aws(stack: Stack, service: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=f"http://127.0.0.1:{stack.port}",
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def outputs(stack: Stack) -> dict[str, str]:
    found = aws(stack, "cloudformation").describe_stacks(StackName="earnest")["Stacks"][0]["Outputs"]
    return {one["OutputKey"]: one["OutputValue"] for one in found}


def test_an_offer_is_accepted_assigned_listed_and_redeemed(
    api: httpx.Client, marketing: httpx.Client, customer: str, emit: Emit
) -> None:
    emit(1)
    asked = {"configId": "free-coffee", "ruleParams": DAYS, "reference": "Prize", "idempotencyKey": customer}
    trace_id = accepted(marketing, "hot", "create-offer", customer, **asked)
    trace = ended(marketing, trace_id)
    assert trace["status"] == "ASSIGNED"
    assert [step["what"] for step in trace["timeline"]] == ["accepted", "queued", "attempt 1", "assigned"]
    assert accepted(marketing, "hot", "create-offer", customer, **asked) == trace_id
    (offer,) = api.get(f"/customers/{customer}/offers?status=active").json()["data"]
    assert (offer["id"], offer["trace_id"]) == (trace["offerId"], trace_id)
    held = emit(0, fulfilled=False, redeem=[{"id": offer["id"], "amount": 1}])
    assert api.get(f"/customers/{customer}/offers").json()["data"][0]["held_by"] == held["id"]
    api.patch(f"/behavior/events/{held['id']}/fulfill").raise_for_status()
    (offer,) = api.get(f"/customers/{customer}/offers?status=redeemed").json()["data"]
    assert offer["redeemed_by"] == held["id"]


def test_a_deduction_that_is_not_allowed_fails_for_a_reason(
    stack: Stack, marketing: httpx.Client, customer: str, emit: Emit
) -> None:
    emit(1)
    with stack.client() as api:
        api.put("/rewards/strict", json={"name": "Strict", "allow_negative": False}).raise_for_status()
        time.sleep(IN_FORCE_SECONDS)
    trace = ended(marketing, accepted(marketing, "cold", "assign-points", customer, pointsEarned=-5, rewardId="strict"))
    assert trace["status"] == "FAILED"
    assert trace["reason"] == "InsufficientBalanceError: strict: 5 to be taken, 0 available"


def test_a_mass_send_and_guests_meanwhile_all_get_theirs_once(
    api: httpx.Client, marketing: httpx.Client, customer: str, emit: Emit
) -> None:
    emit(0)
    many = [f"{customer}-{i}" for i in range(CUSTOMERS)]
    for one in many:
        emit(0, customer_id=one)
    point = {"pointsEarned": 1, "rewardId": "test-points"}
    began = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        sent = [
            pool.submit(accepted, marketing, "cold", "assign-points", many[i % CUSTOMERS], **point) for i in range(COLD)
        ]
        for _ in range(HOT):
            hot = accepted(marketing, "hot", "assign-points", customer, **point)
            assert ended(marketing, hot)["status"] == "ASSIGNED"
        traces = {one.result() for one in sent}
    assert len(traces) == COLD
    for trace in traces:
        assert ended(marketing, trace, SECONDS)["status"] == "ASSIGNED"
    assert time.monotonic() - began < SECONDS
    for who, count in ((customer, HOT), *((one, COLD // CUSTOMERS) for one in many)):
        totals = api.get(f"/customers/{who}/wallet").json()["data"]["totals"]
        assert [one["available"] for one in totals if one["reward_id"] == "test-points"] == [count]


def test_a_poisoned_request_is_set_aside_and_assigned_once_when_it_is_put_back(
    stack: Stack, api: httpx.Client, marketing: httpx.Client, customer: str, emit: Emit
) -> None:
    emit(1)
    sqs, table, told = aws(stack, "sqs"), aws(stack, "dynamodb"), outputs(stack)
    queue, set_aside = told["ColdRequestsUrl"], told["ColdRequestsSetAsideUrl"]
    key = keys.customer("demo", customer)
    place = {"TableName": told["TableName"], "Key": {"pk": {"S": key.pk}, "sk": {"S": key.sk}}}
    whole = table.get_item(**place)["Item"]["document"]
    change = {"UpdateExpression": "SET document = :document"}
    with delivered_again_soon(sqs, queue):
        table.update_item(**place, **change, ExpressionAttributeValues={":document": {"S": "broken"}})
        trace_id = accepted(marketing, "cold", "assign-points", customer, pointsEarned=5, rewardId="test-points")
        for _ in poll(0.5, 60.0):
            if waiting(sqs, set_aside):
                break
        trace = marketing.get(f"/traces/{trace_id}").json()["data"]
        assert trace["status"] == "QUEUED"
        assert trace["timeline"][-1]["what"] == f"set aside after {MAX_ATTEMPTS} attempts"
        table.update_item(**place, **change, ExpressionAttributeValues={":document": whole})
    command = [sys.executable, "-m", "earnest", "redrive", "--home", str(stack.home)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert "ColdRequests: 1 put back" in done.stdout
    assert ended(marketing, trace_id)["status"] == "ASSIGNED"
    totals = api.get(f"/customers/{customer}/wallet").json()["data"]["totals"]
    assert [one["available"] for one in totals if one["reward_id"] == "test-points"] == [6]
    assert waiting(sqs, set_aside) == 0


def waiting(sqs: Any, queue: str) -> int:
    """How many messages a queue holds."""
    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
    return sum(int(attributes[name]) for name in attributes if name.startswith("ApproximateNumberOfMessages"))


def test_what_is_no_request_at_all_is_set_aside_and_keeps_nobody_waiting(
    stack: Stack, marketing: httpx.Client, customer: str, emit: Emit
) -> None:
    emit(1)
    sqs, told = aws(stack, "sqs"), outputs(stack)
    queue, set_aside = told["HotRequestsUrl"], told["HotRequestsSetAsideUrl"]
    with delivered_again_soon(sqs, queue):
        sqs.send_message(QueueUrl=queue, MessageBody=json.dumps({"trace": "none"}), MessageGroupId="demo")
        trace_id = accepted(marketing, "hot", "assign-points", customer, pointsEarned=5, rewardId="test-points")
        assert ended(marketing, trace_id)["status"] == "ASSIGNED"
        for _ in poll(0.5, 60.0):
            if waiting(sqs, set_aside):
                break
    (message,) = sqs.receive_message(QueueUrl=set_aside)["Messages"]
    assert json.loads(message["Body"]) == {"trace": "none"}
    sqs.delete_message(QueueUrl=set_aside, ReceiptHandle=message["ReceiptHandle"])


def test_each_end_is_an_event_on_the_stacks_own_bus_and_a_metric(
    stack: Stack, api: httpx.Client, marketing: httpx.Client, customer: str, emit: Emit
) -> None:
    emit(1)
    trace_ids: dict[str, str] = {}
    began = time.time()
    with listening(stack) as heard:
        offer = {"configId": "free-coffee", "ruleParams": DAYS, "reference": "Prize"}
        trace_ids["OfferAssignment"] = accepted(marketing, "hot", "create-offer", customer, **offer)
        api.put("/rewards/strict", json={"name": "Strict", "allow_negative": False}).raise_for_status()
        time.sleep(IN_FORCE_SECONDS)
        taken = {"pointsEarned": -5, "rewardId": "strict"}
        trace_ids["PointsAssignment"] = accepted(marketing, "cold", "assign-points", customer, **taken)
        events: dict[str, dict[str, Any]] = {}
        for _ in poll(0.2, 60.0):
            # What comes of earlier tests may still be on its way, and an event of the journal has no such id.
            events |= {one["detail-type"]: one for one in heard() if one["detail"].get("userId") == customer}
            if events.keys() == trace_ids.keys():
                break
    (assigned,) = api.get(f"/customers/{customer}/offers").json()["data"]
    said = {
        "OfferAssignment": ("ASSIGNED", "Prize", assigned["id"], None),
        "PointsAssignment": ("FAILED", None, "strict", "InsufficientBalanceError: strict: 5 to be taken, 0 available"),
    }
    for kind, (status, reference, engine_id, error) in said.items():
        assert events[kind]["source"] == "earnest"
        detail = events[kind]["detail"]
        assert detail.pop("durationMs") >= 0
        assert detail == {
            "status": status,
            "partner": "braze",
            "engineId": engine_id,
            "reference": reference,
            "userId": customer,
            "traceId": trace_ids[kind],
            "errorDescription": error,
        }
    ends = Counter((kind, status) for kind, (status, *_) in said.items())
    for _ in poll(0.5, 30.0):
        if counted(stack, began) >= ends:
            return
    raise AssertionError(counted(stack, began))


def counted(stack: Stack, since: float) -> Counter[tuple[str, str]]:
    """How often the stack's workers have counted an end since then, by what was asked for and how it ended."""
    lines = [json.loads(line) for line in logs_of(stack, since) if '"Assignments"' in line]
    return Counter((one["kind"], one["status"]) for one in lines if one["Assignments"] == [1])


@contextmanager
def listening(stack: Stack) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """A queue on the stack's bus while the context lasts: what has come to it since it was asked last."""
    sqs, events, bus = aws(stack, "sqs"), aws(stack, "events"), outputs(stack)["CompletionsBusName"]
    name = f"listener-{uuid.uuid4().hex[:8]}"
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    events.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps({"source": ["earnest"]}))
    events.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": "queue", "Arn": arn}])

    def heard() -> list[dict[str, Any]]:
        found = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", [])
        for one in found:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=one["ReceiptHandle"])
        return [json.loads(one["Body"]) for one in found]

    try:
        yield heard
    finally:
        events.remove_targets(Rule=name, EventBusName=bus, Ids=["queue"])
        events.delete_rule(Name=name, EventBusName=bus)
        sqs.delete_queue(QueueUrl=queue)


@contextmanager
def delivered_again_soon(sqs: Any, queue: str) -> Iterator[None]:
    """Minutes between two deliveries are right for a worker, and long for a test."""
    timeout = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["VisibilityTimeout"])["Attributes"]
    sqs.set_queue_attributes(QueueUrl=queue, Attributes={"VisibilityTimeout": "1"})
    try:
        yield
    finally:
        sqs.set_queue_attributes(QueueUrl=queue, Attributes=timeout)


def test_another_brands_trace_is_not_found(stack: Stack, marketing: httpx.Client, customer: str, emit: Emit) -> None:
    emit(1)
    trace_id = accepted(marketing, "hot", "assign-points", customer, pointsEarned=5, rewardId="test-points")
    theirs = {"x-api-key": stack.card["brands"]["other"]["admin_key"]}
    answer = marketing.get(f"/traces/{trace_id}", headers=theirs)
    assert (answer.status_code, answer.json()["code"]) == (404, "TraceNotFoundError")
