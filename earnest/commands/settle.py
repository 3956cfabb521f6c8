"""Settles whatever is overdue in a table: what the stream gave up on, and what no record of the stream was ever about.

Functions may not scan; this runs with the operator's own credentials.
"""

import json
import os
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3

from earnest.commands.create_brand import use_table
from earnest.commands.redrive import outputs, stack_and_client_options
from earnest.errors import CommandError
from earnest.files import write_atomically
from loyalty.clock import now
from loyalty.domain.errors import LoyaltyError
from loyalty.domain.events.event import EventStatus
from loyalty.domain.times import format_instant, parse_instant
from loyalty.sandbox import serving
from loyalty.services.deadlines import settle_customer
from loyalty.services.lifecycle import expire_event
from loyalty.services.reminders import plan_reminder
from loyalty.store.api_keys import is_sandbox
from loyalty.store.codec import UnknownFormatError, to_digits
from loyalty.store.customers import customer_in
from loyalty.store.table import Item, from_wire, to_wire

_ITEMS_PER_SEGMENT = 5_000
_MAX_SEGMENTS = 4_000
_NOTES_COUNT_FOR = timedelta(days=1)
_BATCH = 10
_CAN_BE_OVERDUE = "sk = :customer OR (sk = :event AND #status = :pending AND #deadline BETWEEN :any AND :now)"


@dataclass(frozen=True)
class Target:
    """The table of a stack, and the queue of what the stream gave up on, if the stack has one."""

    table: str
    queue_url: str | None
    sqs: Any


@dataclass
class Summary:
    """How many events and customers had something overdue, and what could not be settled."""

    events: int = 0
    customers: int = 0
    failed: list[str] = field(default_factory=list)
    acknowledged: int = 0


@dataclass
class Notes:
    """What a run keeps in a file, so that the next one goes on: when it began, and the segments that are settled."""

    file: Path
    segments: int
    began: datetime
    done: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, file: Path, segments: int) -> "Notes":
        """Those of an interrupted run of the last day, or new ones."""
        if file.exists():
            noted = json.loads(file.read_text(encoding="utf-8"))
            began = parse_instant(noted["began"])
            if began > now() - _NOTES_COUNT_FOR:
                return cls(file, noted["segments"], began, set(noted["done"]))
        return cls(file, segments, now())

    def save(self) -> None:
        """Write them."""
        noted = {"segments": self.segments, "began": format_instant(self.began), "done": sorted(self.done)}
        write_atomically(self.file, json.dumps(noted))


def use_stack(stack: str | None, connection_file: Path) -> Target:
    """Let the layer's functions use the table of a stack in AWS, or of the one on this machine if none is named.

    Raises CommandError if there is no such stack.
    """
    name, options = stack_and_client_options(stack, connection_file)
    found = outputs(boto3.client("cloudformation", **options), name)
    if options:
        os.environ |= {
            "AWS_ENDPOINT_URL": options["endpoint_url"],
            "AWS_DEFAULT_REGION": options["region_name"],
            "AWS_ACCESS_KEY_ID": options["aws_access_key_id"],
            "AWS_SECRET_ACCESS_KEY": options["aws_secret_access_key"],
        }
    use_table(found["TableName"])
    os.environ["QUEUE_URL"] = found.get("WebhookMessagesUrl", "")  # where reminders wait that are due soon
    return Target(found["TableName"], found.get("DeadlinesNotSettledUrl"), boto3.client("sqs", **options))


class Settlement:
    """One walk through a table, in segments that several threads take one after the other."""

    def __init__(
        self,
        client: Any,
        table: str,
        notes: Path,
        *,
        at_once: int = 8,
        segments: int | None = None,
        dry_run: bool = False,
    ) -> None:
        self._client = client
        self._table = table
        items = client.describe_table(TableName=table)["Table"]["ItemCount"]
        segments = segments or max(at_once, min(_MAX_SEGMENTS, items // _ITEMS_PER_SEGMENT))
        self.notes = Notes(notes, segments, now()) if dry_run else Notes.of(notes, segments)
        self.walked = len(self.notes.done)
        self.summary = Summary()
        self._at_once = at_once
        self._sandboxes: dict[str, bool] = {}
        self._dry_run = dry_run
        self._stopping = threading.Event()
        self._lock = threading.Lock()

    def run(self, on_progress: Callable[[int], object] = lambda _: None) -> Summary:
        """Settle what is overdue in all segments that no interrupted run has done; `on_progress` gets their number.

        Whatever was settled stays settled, and is not settled twice. Raises CommandError if it is interrupted; the next
        run goes on from there.
        """
        if not self._dry_run:
            self.notes.save()
        left = [segment for segment in range(self.notes.segments) if segment not in self.notes.done]
        with ThreadPoolExecutor(self._at_once) as pool:
            walks = [pool.submit(self._walk, segment, on_progress) for segment in left]
            try:
                for walk in walks:
                    walk.result()
            except BaseException as error:
                self._stopping.set()  # what is being settled is awaited
                pool.shutdown(cancel_futures=True)
                if isinstance(error, KeyboardInterrupt):
                    done = f"{len(self.notes.done)} of {self.notes.segments} parts of the table are done"
                    raise CommandError(f"Interrupted. {done}; run again to go on from there.") from None
                raise
        if not self._dry_run:
            self.notes.file.unlink(missing_ok=True)
        return self.summary

    def _walk(self, segment: int, on_progress: Callable[[int], object]) -> None:
        request: dict[str, Any] = {
            "TableName": self._table,
            "Segment": segment,
            "TotalSegments": self.notes.segments,
            # What is found is only where to look: every decision reads strongly consistent.
            "FilterExpression": _CAN_BE_OVERDUE,
            "ExpressionAttributeNames": {"#status": "status", "#deadline": "deadline"},
            "ExpressionAttributeValues": to_wire(
                {
                    ":customer": "STATE",
                    ":event": "EVENT",
                    ":pending": EventStatus.PENDING.value,
                    ":any": 1,
                    ":now": to_digits(now()),
                }
            ),
        }
        settled = True
        while True:
            page = self._client.scan(**request)
            for item in map(from_wire, page["Items"]):
                if self._stopping.is_set():
                    return
                settled &= self._settle(item)
            if "LastEvaluatedKey" not in page:
                break
            request["ExclusiveStartKey"] = page["LastEvaluatedKey"]
        with self._lock:
            self.walked += 1
            if settled and not self._dry_run:
                self.notes.done.add(segment)
                self.notes.save()
            on_progress(self.walked)

    def _settle(self, item: Item) -> bool:
        """Settle what is overdue of an event or a customer; False if that failed."""
        _, brand_id, _, id_ = str(item["pk"]).split("#")
        try:
            # What is overdue by the clock of a sandbox brand that is ahead of real time is found by its customers.
            with serving(brand_id if self._is_sandbox(brand_id) else None):
                self._settle_in_its_time(brand_id, id_, item)
        except (LoyaltyError, UnknownFormatError) as error:
            self._count(failed=f"{item['pk']!s} {item['sk']!s}: {error}")
            return False
        return True

    def _settle_in_its_time(self, brand_id: str, id_: str, item: Item) -> None:
        if item["sk"] == "EVENT":
            if not self._dry_run:
                expire_event(brand_id, id_, now)
            self._count(events=1)
        elif "merged_into" not in item:
            customer = customer_in(brand_id, id_, item)
            if customer.has_overdue(now()):
                if not self._dry_run:
                    settle_customer(customer, now)
                self._count(customers=1)
            elif not self._dry_run:
                plan_reminder(customer, now())  # the brand may remind since a time after anything happened to them

    def _is_sandbox(self, brand_id: str) -> bool:
        if brand_id not in self._sandboxes:
            self._sandboxes[brand_id] = is_sandbox(brand_id)
        return self._sandboxes[brand_id]

    def _count(self, *, events: int = 0, customers: int = 0, failed: str | None = None) -> None:
        with self._lock:
            self.summary.events += events
            self.summary.customers += customers
            self.summary.failed += [failed] if failed else []


def acknowledge(target: Target, began: datetime) -> int:
    """Delete what the stream gave up on before that instant, as a walk that began then has settled it; how many."""
    if target.queue_url is None:
        return 0
    deleted = 0
    request = {"QueueUrl": target.queue_url, "MaxNumberOfMessages": _BATCH, "WaitTimeSeconds": 1}
    while found := target.sqs.receive_message(
        **request, VisibilityTimeout=60, MessageSystemAttributeNames=["SentTimestamp"]
    ).get("Messages"):
        for message in found:
            if _sent_at(message) < began:
                target.sqs.delete_message(QueueUrl=target.queue_url, ReceiptHandle=message["ReceiptHandle"])
                deleted += 1
    return deleted


def _sent_at(message: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(int(message["Attributes"]["SentTimestamp"]) / 1000, UTC)
