"""Examines a stack from outside: what answers, what is late or set aside, whom alarms page, what the table is made of.

It changes nothing. It reads with the operator's own credentials, a part of the table with `dynamodb:Scan`, which no
function may.
"""

import json
import random
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

import boto3
import httpx
from botocore.exceptions import BotoCoreError, ClientError

from earnest.commands.client import ApiClient, Connection
from earnest.commands.redrive import outputs, stack_and_client_options
from earnest.errors import CommandError
from earnest.paths import ROOT
from earnest.template import ttl_attribute
from loyalty.clock import now
from loyalty.domain.customers.customer import DEADLINE_LOST_AFTER
from loyalty.domain.events.event import EventStatus
from loyalty.store.codec import FORMAT, from_digits, read_any_format
from loyalty.store.customers import customer_in
from loyalty.store.table import Item, from_wire

_OPENAPI = ROOT / "functions/get_openapi/openapi.json"
_WELL = ("CREATE_COMPLETE", "UPDATE_COMPLETE")
_MAPPED_QUEUES = ("HotRequestsUrl", "ColdRequestsUrl")
# What was given up on, by the output that names its queue, and the command that makes up for it.
_SET_ASIDE = {
    "HotRequestsSetAsideUrl": "redrive",
    "ColdRequestsSetAsideUrl": "redrive",
    "WebhookMessagesSetAsideUrl": "redrive",
    "RecordsNotAnnouncedUrl": "redrive",
    "DeadlinesNotSettledUrl": "settle",
}
_UNREADABLE = "unreadable"
# What a version with SnapStart costs as long as it exists, in us-east-1: docs/production.md.
_SNAPSHOT_A_GB_MONTH = 0.0000015046 * 3600 * 730


class Mark(StrEnum):
    """How a finding is: well, worth knowing, or wrong."""

    WELL = "ok"
    NOTE = "note"
    WRONG = "WRONG"


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it is, and a sentence about it that names the remedy of what is wrong."""

    what: str
    mark: Mark
    says: str

    def __str__(self) -> str:
        return f"{self.mark:5}  {self.what}: {self.says}"


@dataclass(frozen=True)
class Patient:
    """A stack in AWS or on this machine: its name, its outputs, and clients that reach it."""

    name: str
    options: Mapping[str, Any]
    outputs: Mapping[str, str]

    @classmethod
    def of(cls, stack: str | None, connection_file: Path) -> Self:
        """Return the stack of that name in the account of the environment, or the one on this machine.

        Raises CommandError if there is no such stack.
        """
        name, options = stack_and_client_options(stack, connection_file)
        return cls(name, options, outputs(boto3.client("cloudformation", **options), name))

    @property
    def is_local(self) -> bool:
        """Whether it runs on this machine, where nobody is paged and no snapshot is paid for."""
        return "endpoint_url" in self.options

    def client(self, service: str) -> Any:
        """Return an AWS client for the stack's account and region."""
        return boto3.client(service, **self.options)

    def resources(self, kind: str) -> list[str]:
        """Return the physical ids of its resources of one type, those of the stacks nested in it included."""
        paginator, found = self.client("cloudformation").get_paginator("list_stack_resources"), []
        stacks = [self.name]
        while stacks:
            for page in paginator.paginate(StackName=stacks.pop()):
                for one in page["StackResourceSummaries"]:
                    if one["ResourceType"] == kind:
                        found.append(one["PhysicalResourceId"])
                    if one["ResourceType"] == "AWS::CloudFormation::Stack":
                        stacks.append(one["PhysicalResourceId"])
        return found


def examine(
    patient: Patient | None, url: str | None, key: str | None, connection_file: Path, sample: int
) -> Iterator[Finding]:
    """Yield all findings about a stack; about an API alone, if only its URL is given.

    Raises CommandError if there is neither, or none runs on this machine.
    """
    if patient is None:
        yield from examine_api(str(url), key)
        return
    if patient.is_local:
        local = Connection.of(url, key, None, connection_file)
        url, key = local.url, local.key
    yield from examine_api((url or patient.outputs["ApiUrl"]).rstrip("/"), key)
    yield from examine_stack(patient, sample)


def examine_api(url: str, key: str | None) -> Iterator[Finding]:
    """Yield whether a stack answers, with which release, and whether the key, if there is one, is valid."""
    with ApiClient(Connection(url, key or "")) as api:
        try:
            began = now()
            described = api.send("GET", "/openapi.json")
        except httpx.HTTPError as error:
            yield Finding("API", Mark.WRONG, f"{url} does not answer: {error}")
            return
        took = (now() - began) // timedelta(milliseconds=1)
        if described.status != 200:
            yield Finding("API", Mark.WRONG, f"{url}/openapi.json was answered {described.error}")
            return
        yield Finding("API", Mark.WELL, f"{url} answers, in {took} ms")
        yield _release(described.body)
        if not key:
            yield Finding("key", Mark.NOTE, "not tried; set EARNEST_KEY")
            return
        # Any key may ask, and what a valid one may not see is a 403.
        asked = api.send("GET", "/brand")
        if asked.status in (200, 403):
            whose = f" of the brand {asked.body['data']['brand_id']}" if asked.status == 200 else ", without admin"
            yield Finding("key", Mark.WELL, f"valid{whose}")
        else:
            yield Finding("key", Mark.WRONG, f"GET /brand was answered {asked.error}")


def examine_stack(patient: Patient, sample: int) -> Iterator[Finding]:
    """Yield what there is to say of a stack's resources; of the table's items, `sample` at most are read.

    What AWS refuses to show is a finding too, and the other examinations go on.
    """
    examinations: Mapping[str, Callable[[Patient], Iterator[Finding]]] = {
        "stack": _stack,
        "table": examine_table,
        "event sources": _event_sources,
        "messages set aside": _set_aside,
        "alarms": _alarms,
        "versions": _versions,
        "items": lambda one: examine_items(one.client("dynamodb"), one.outputs["TableName"], sample),
    }
    for what, examination in examinations.items():
        try:
            yield from examination(patient)
        except (BotoCoreError, ClientError) as error:
            yield Finding(what, Mark.WRONG, f"could not be looked at: {error}")


def examine_table(patient: Patient) -> Iterator[Finding]:
    """Yield what the table lacks of what the template gives it: a restored one has none of it at first."""
    client, name = patient.client("dynamodb"), patient.outputs["TableName"]
    table = client.describe_table(TableName=name)["Table"]
    lacks = []
    if not table.get("StreamSpecification", {}).get("StreamEnabled"):
        lacks.append("a stream, so that nothing is settled")
    ttl = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    # On one machine, a process of its own plays the TTL service, whatever the engine has been told.
    is_on = ttl["TimeToLiveStatus"] in ("ENABLED", "ENABLING") and ttl.get("AttributeName") == ttl_attribute()
    if not is_on and not patient.is_local:
        lacks.append("TTL, so that nothing is settled")
    if not table.get("DeletionProtectionEnabled") and not patient.is_local:
        lacks.append("deletion protection")
    backups = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    recovery = backups.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus")
    if recovery != "ENABLED" and not patient.is_local:
        lacks.append("point-in-time recovery")
    if lacks:
        yield Finding("table", Mark.WRONG, f"{name} lacks {', '.join(lacks)}; docs/operations.md has the commands")
    else:
        yield Finding("table", Mark.WELL, f"{name} has about {table['ItemCount']:,} items, and what it needs")


def examine_items(client: Any, table: str, sample: int) -> Iterator[Finding]:
    """Yield what of a table's items is overdue, and the formats they are in; it reads `sample` of them at most.

    Those are the items of one part of the table, chosen by chance; a table that has fewer is read as a whole.
    """
    items = client.describe_table(TableName=table)["Table"]["ItemCount"]
    parts = max(1, -(-items // sample))
    seen = _Items(now())
    request = {"TableName": table, "TotalSegments": parts, "Segment": random.randrange(parts)}  # noqa: S311  # nosec B311 - it chooses a sample
    while seen.number < sample:
        page = client.scan(**request, Limit=min(1000, sample - seen.number))
        for item in map(from_wire, page["Items"]):
            seen.add(item)
        if "LastEvaluatedKey" not in page:
            break
        request["ExclusiveStartKey"] = page["LastEvaluatedKey"]
    of = f"of {seen.number:,} items" + (f" read, one part of {parts}" if parts > 1 else "")
    yield from seen.findings(of)


class _Items:
    """What was seen in items of the table."""

    def __init__(self, at: datetime) -> None:
        self.number = 0
        self._at = at
        self._formats: Counter[Any] = Counter()
        self._lost = 0
        self._waiting: list[datetime] = []

    def add(self, item: Item) -> None:
        """Look at one item."""
        self.number += 1
        if item["sk"] == "PROGRAM":  # a part of a document, which every month is written anew
            return
        formats = {one for value in item.values() if (one := _format_of(value)) is not None}
        self._formats.update(formats)
        of_sandbox = str(item["pk"]).split("#")[2:] == ["DEADLINES"]
        if of_sandbox or str(item["sk"]).startswith("DEADLINE#"):
            due = datetime.fromtimestamp(int(str(item["ttl"])), UTC)
            self._waiting += [due] if due < self._at else []
        elif formats <= {FORMAT}:
            try:
                self._lost += self._is_lost(item)
            except (KeyError, TypeError, ValueError):
                self._formats[_UNREADABLE] += 1

    def _is_lost(self, item: Item) -> bool:
        long_ago = self._at - DEADLINE_LOST_AFTER
        if item["sk"] == "EVENT" and item.get("status") == EventStatus.PENDING.value:
            return from_digits(int(str(item["deadline"]))) <= long_ago
        # Of a customer who is being erased there is only the plan of that.
        if item["sk"] == "STATE" and not item.keys() & {"merged_into", "erased_by"}:
            _, brand_id, _, customer_id = str(item["pk"]).split("#")
            return customer_in(brand_id, customer_id, item).has_overdue(long_ago)
        return False

    def findings(self, of: str) -> Iterator[Finding]:
        """Yield what that comes to."""
        days = DEADLINE_LOST_AFTER.days
        if self._lost:
            says = f"{self._lost:,} {of} ended over {days} days ago and are not settled; run `earnest settle`"
            yield Finding("deadlines", Mark.WRONG, says)
        elif self._waiting:
            oldest = self._at - min(self._waiting)
            says = f"{len(self._waiting):,} {of} wait for DynamoDB's TTL, the longest {_length(oldest)}"
            yield Finding("deadlines", Mark.NOTE if oldest > timedelta(hours=1) else Mark.WELL, says)
        else:
            yield Finding("deadlines", Mark.WELL, f"none {of} is overdue")
        unknown = {found: number for found, number in self._formats.items() if found != FORMAT}
        if unknown:
            each = ", ".join(
                f"{number:,} in format {found}"
                for found, number in sorted(unknown.items(), key=lambda one: str(one[0]))
            )
            says = f"{of}, {each}; this checkout reads {FORMAT}: use that of the release that is deployed"
            yield Finding("items", Mark.WRONG, says)
        else:
            yield Finding("items", Mark.WELL, f"{of}, all documents are in format {FORMAT}")


def _release(described: Any) -> Finding:
    if described == json.loads(_OPENAPI.read_text(encoding="utf-8")):
        return Finding("release", Mark.WELL, "its API is that of this checkout")
    return Finding("release", Mark.NOTE, "its API is not that of this checkout: another release is deployed")


def _stack(patient: Patient) -> Iterator[Finding]:
    (stack,) = patient.client("cloudformation").describe_stacks(StackName=patient.name)["Stacks"]
    status = stack["StackStatus"]
    if status in _WELL:
        yield Finding("stack", Mark.WELL, f"{patient.name} is {status}")
    elif status == "UPDATE_ROLLBACK_COMPLETE":
        yield Finding("stack", Mark.NOTE, f"{patient.name} serves the release before the one that was deployed last")
    elif status.endswith("_IN_PROGRESS"):
        yield Finding("stack", Mark.NOTE, f"{patient.name} is {status}")
    else:
        yield Finding("stack", Mark.WRONG, f"{patient.name} is {status}; CloudFormation's events say why")


def _event_sources(patient: Patient) -> Iterator[Finding]:
    """Whether the functions that nobody waits for are called: by the table's own stream, and by both queues."""
    table = patient.client("dynamodb").describe_table(TableName=patient.outputs["TableName"])["Table"]
    queues = {name.removesuffix("Url"): _arn(patient, patient.outputs[name]) for name in _MAPPED_QUEUES}
    sources = {"the table's stream": table.get("LatestStreamArn"), **queues}
    client, broken = patient.client("lambda"), []
    for what, arn in sources.items():
        found = client.list_event_source_mappings(EventSourceArn=arn)["EventSourceMappings"] if arn else []
        states = {one.get("State", "Enabled") for one in found}
        if "Enabled" not in states:
            broken.append(f"{what} ({', '.join(sorted(states)).lower() or 'no function'})")
    if broken:
        yield Finding("event sources", Mark.WRONG, f"not read: {', '.join(broken)}; deploy the stack again")
    else:
        yield Finding("event sources", Mark.WELL, f"{', '.join(sources)} are read")


def _set_aside(patient: Patient) -> Iterator[Finding]:
    sqs, found = patient.client("sqs"), {}
    for name in _SET_ASIDE:
        asked = sqs.get_queue_attributes(QueueUrl=patient.outputs[name], AttributeNames=["ApproximateNumberOfMessages"])
        found[name] = int(asked["Attributes"]["ApproximateNumberOfMessages"])
    if not any(found.values()):
        yield Finding("messages set aside", Mark.WELL, "none")
    for name, number in found.items():
        if number:
            says = (
                f"about {number:,} in {name.removesuffix('Url')}; mend the cause, then run `earnest {_SET_ASIDE[name]}`"
            )
            yield Finding("messages set aside", Mark.WRONG, says)


def _alarms(patient: Patient) -> Iterator[Finding]:
    names = patient.resources("AWS::CloudWatch::Alarm")
    client = patient.client("cloudwatch")
    alarms = [
        alarm
        for first in range(0, len(names), 100)
        for alarm in client.describe_alarms(AlarmNames=names[first : first + 100])["MetricAlarms"]
    ]
    for alarm in alarms:
        if alarm["StateValue"] == "ALARM":
            yield Finding("alarms", Mark.WRONG, f"{alarm['AlarmName']} fires: {alarm.get('AlarmDescription', '')}")
    mute = [alarm["AlarmName"] for alarm in alarms if not alarm.get("AlarmActions")]
    if patient.is_local:
        yield Finding("alarms", Mark.NOTE, f"{len(alarms)}, which page nobody on one machine")
    elif mute:
        yield Finding("alarms", Mark.WRONG, f"{len(mute)} of {len(alarms)} have no topic; deploy with AlarmTopicArn")
    else:
        topics = sorted({topic for alarm in alarms for topic in alarm["AlarmActions"]})
        unheard = [topic for topic in topics if not _is_heard(patient, topic)]
        if unheard:
            yield Finding("alarms", Mark.WRONG, f"nobody has subscribed to {', '.join(unheard)}")
        else:
            yield Finding("alarms", Mark.WELL, f"{len(alarms)}, which page {', '.join(topics)}")


def _versions(patient: Patient) -> Iterator[Finding]:
    """Whether calls lead to versions that use the stack's table, and how many are paid for that nothing calls."""
    client, old, memory, elsewhere = patient.client("lambda"), 0, 0, []
    for function in patient.resources("AWS::Lambda::Function"):
        aliases = client.list_aliases(FunctionName=function)["Aliases"]
        used = {alias["FunctionVersion"] for alias in aliases}
        used |= {
            version for one in aliases for version in one.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
        }
        for page in client.get_paginator("list_versions_by_function").paginate(FunctionName=function):
            for version in page["Versions"]:
                if version["Version"] in used:
                    table = version.get("Environment", {}).get("Variables", {}).get("TABLE_NAME")
                    elsewhere += [function] if table != patient.outputs["TableName"] else []
                elif version["Version"] != "$LATEST":
                    old, memory = old + 1, memory + version["MemorySize"]
    if elsewhere:
        says = (
            f"{len(elsewhere)} functions, such as {elsewhere[0]}, use another table than the stack's: raise its number"
        )
        yield Finding("versions", Mark.WRONG, f"{says} in the description of LoyaltyLayer, and deploy")
    if old and not patient.is_local:
        cost = memory / 1024 * _SNAPSHOT_A_GB_MONTH
        says = f"{old:,} that nothing calls keep snapshots for up to ${cost:,.2f} a month; docs/operations.md"
        yield Finding("versions", Mark.NOTE, says)
    elif not elsewhere:
        yield Finding("versions", Mark.WELL, "those that are called use the stack's table")


def _is_heard(patient: Patient, topic: str) -> bool:
    pages = patient.client("sns").get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    arns = [one["SubscriptionArn"] for page in pages for one in page["Subscriptions"]]
    return any(arn.startswith("arn:") for arn in arns)  # else it says that it waits to be confirmed


def _arn(patient: Patient, queue_url: str) -> str:
    asked = patient.client("sqs").get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])
    return str(asked["Attributes"]["QueueArn"])


def _format_of(value: object) -> object:
    """The format of a document; None for an attribute that is none."""
    if not isinstance(value, bytes) and not (isinstance(value, str) and value.startswith('{"format":')):
        return None
    try:
        return read_any_format(value).get("format")
    except (ValueError, zlib.error):
        return _UNREADABLE


def _length(time: timedelta) -> str:
    minutes = time // timedelta(minutes=1)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"


def connection_of(patient: Patient, url: str | None, key: str | None, connection_file: Path) -> Connection:
    """Return how to call the stack's API: at its own URL or another that leads to it, such as a domain.

    The stack on this machine has a key; for one in AWS, raises CommandError if none is given.
    """
    if patient.is_local:
        return Connection.of(url, key, None, connection_file)
    if key is None:
        raise CommandError(f"Which key? Set EARNEST_KEY to an admin key of a brand of {patient.name}.")
    return Connection((url or patient.outputs["ApiUrl"]).rstrip("/"), key)
