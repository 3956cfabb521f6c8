"""The functions as a client sees them: the sample events in, changed where a test cares, and their answers out."""

import json
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import batched
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from loyalty import clock
from loyalty import json as exact
from loyalty.domain.times import format_instant
from loyalty.services.api_keys import create_key
from loyalty.services.program import create_brand
from loyalty.store import keys, published, rulesets
from loyalty.store.program import BRAND, load_brand
from loyalty.store.table import to_wire
from tests.support.builders import NOW
from tests.support.project import CONTEXT, load_function
from tests.support.published import assert_described
from tests.support.samples import MERGING, body_of, request, sample

Json = dict[str, Any]
StoreCalls = list[tuple[str, int]]


@dataclass(frozen=True)
class Answer:
    """What a client gets."""

    status: int
    text: str
    headers: dict[str, str]

    @property
    def body(self) -> Json:
        """The body, its numbers exact."""
        parsed: Json = exact.loads(self.text)
        return parsed

    @property
    def data(self) -> Any:
        """What the body is about."""
        assert self.status < 300, self.text
        return self.body["data"]

    @property
    def replayed(self) -> bool:
        """Whether it says of itself that it is the first answer again."""
        return self.headers.get("Idempotency-Replayed") == "true"

    @property
    def refusal(self) -> tuple[int, str]:
        """Status and code of an error, which must have the standard body."""
        body = self.body
        assert list(body) == ["statusCode", "code", "message", "details", "requestId"]
        assert body["statusCode"] == self.status >= 400
        assert body["message"]
        assert body["requestId"] == self.headers["X-Request-Id"]
        assert self.headers["Content-Type"] == "application/json"
        assert all(one["message"] for one in body["details"]["fields"])
        return self.status, body["code"]

    @property
    def fields(self) -> list[str]:
        """The fields that an error names."""
        return [one["field"] for one in self.body["details"]["fields"]]


class Carrier:
    """Queues that keep what was sent until it is delivered, and a bus that keeps what was said."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.said: list[tuple[str, Json]] = []
        self.to_webhooks: list[str] = []
        self.hidden: dict[str, int] = {}
        self.set_aside: dict[str, int] = {}
        self.delayed: list[tuple[str, int]] = []
        self.broken = False

    def send_message(self, **message: Any) -> None:
        """Take a message; one that is put off is apart from the others."""
        self._answer()
        body = message["MessageBody"]
        if "DelaySeconds" in message and body.startswith(('{"brand_id"', '{"reminder"')) and '"due"' in body:
            self.delayed.append((body, message["DelaySeconds"]))
        else:
            self.messages.append(body)

    def send_message_batch(self, *, Entries: list[dict[str, str]], **_queue: str) -> Json:  # noqa: N803 - as AWS has it
        """Take messages for webhooks."""
        self._answer()
        assert len(Entries) <= 10
        self.to_webhooks += [one["MessageBody"] for one in Entries]
        return {"Successful": [{"Id": one["Id"]} for one in Entries]}

    def change_message_visibility(self, **asked: Any) -> None:
        """Hide a message."""
        self._answer()
        self.hidden[asked["ReceiptHandle"]] = asked["VisibilityTimeout"]

    def get_queue_attributes(self, *, QueueUrl: str, AttributeNames: list[str]) -> Json:  # noqa: N803 - as AWS has it
        """Tell how many messages were set aside in a queue."""
        self._answer()
        return {"Attributes": {name: str(self.set_aside.get(QueueUrl, 0)) for name in AttributeNames}}

    def put_events(self, *, Entries: list[dict[str, str]]) -> Json:  # noqa: N803 - as AWS has it
        """Take events."""
        self._answer()
        self.said += [(one["DetailType"], exact.loads(one["Detail"])) for one in Entries]
        return {"FailedEntryCount": 0}

    def _answer(self) -> None:
        if self.broken:
            raise EndpointConnectionError(endpoint_url="http://127.0.0.1")


class Backend:
    """Every function, on one table, at one time that passes only when told to, or by a tick with every look at it.

    `now` is real time; with `sandbox`, the authorizer says of every call that its brand is one to test with.
    """

    def __init__(self, client: Any, table: str, carrier: Carrier) -> None:
        self.client = client
        self.table = table
        self.carrier = carrier
        self.now = NOW
        self.tick = timedelta()
        self.sandbox = False

    def set_up(self) -> None:
        """The brand of the sample events with all it has set up; written at once when its items are known."""
        if not _furniture:
            create_brand("demo", "Demo Coffee")
            for function in ("put_reward", "put_campaign", "put_config_offer"):
                assert self.call(function).status == 200
            _furniture.extend(self.stored())
        else:
            self.put(_furniture)

    def begin_anew(self) -> None:
        """Be as after `set_up`, whatever has happened."""
        self.remove(self.stored())
        self.set_up()
        self.now = NOW

    def tell(self) -> None:
        """Let happen what the samples are about: the sample event, and a key that is the samples' own."""
        self.once(Backend.live)

    def once(self, act: "Act") -> None:
        """Let that happen right after `set_up`; what it leaves is laid down at once when that is known."""
        untouched = (self.now, self.tick, self.sandbox) == (NOW, timedelta(), False) and self._as_set_up()
        if untouched and act in _told:
            _told[act].lay(self)
            return
        act(self)
        if untouched:
            _told[act] = Told.by(self)

    def live(self) -> None:
        """Let happen what `tell` tells, whether it is known what that leaves or not."""
        self.make_sandbox()
        assert self.call("emit_event").status == 201
        assert self.call("create_hot_offer").status < 300
        assert self.emit("noa").status == 201
        self.tell_of_one_that_has_expired()
        create_key("demo", "Till 7", ["events:write"], self.now, secret="ek_demo_example")
        for function, body in MERGING:
            assert self.call(function, body, headers={}).status == 200
        assert self.call("put_webhook").status == 200
        assert self.run("on_delivery_due", sample("on_delivery_due")) == {"batchItemFailures": []}

    def _as_set_up(self) -> bool:
        return self.stored() == _furniture

    def make_sandbox(self) -> None:
        """Let the brand be one to test with, as if it had been made so: the samples of its clock need that."""
        brand = load_brand("demo")._replace(sandbox=True)
        self.client.update_item(
            TableName=self.table,
            Key=to_wire(keys.brand("demo")._asdict()),
            UpdateExpression="SET document = :document",
            ExpressionAttributeValues=to_wire({":document": BRAND.pack(brand)}),
        )

    def tell_of_one_that_has_expired(self) -> None:
        """An hour ago, the event that the sample of `rescue_event` is about was held for half an hour."""
        self.now -= timedelta(hours=1)
        until = format_instant(self.now + timedelta(minutes=30))
        held = self.emit("lee", key="till-7-4712", type="PICKED_UP", fulfilled=False, reserve_until=until)
        assert held.status == 201
        self.now += timedelta(hours=1)

    def wait(self, **length: float) -> None:
        """Let time pass."""
        self.now += timedelta(**length)

    def run(self, function: str, event: Json) -> Any:
        """What the Lambda runtime gets back for that event."""
        module = _loaded(function)
        with pytest.MonkeyPatch.context() as patch:
            for one in (clock, module):
                patch.setattr(one, "real_now", self._clock, raising=one is clock)
            event = json.loads(json.dumps(event))
            if self.sandbox and "authorizer" in event.get("requestContext", {}):
                event["requestContext"]["authorizer"]["sandbox"] = "true"
            return module.handler(event, CONTEXT)

    def call(self, function: str, *args: Any, **changes: Any) -> Answer:
        """The answer to a function's sample request, with these changes (see `tests.support.samples.request`).

        Fails unless the answer is one that the published description has.
        """
        answer = self.run(function, request(function, *args, **changes))
        assert_described(function, answer["statusCode"], answer["body"])
        return Answer(answer["statusCode"], answer["body"], answer["headers"])

    def emit(
        self, customer: str = "ana", *, key: str | None = None, dry_run: bool = False, brand: str = "demo", **body: Any
    ) -> Answer:
        """The answer to an event, a purchase of 100 that is fulfilled at once if nothing else is said."""
        whole = {"customer_id": customer, "brand_id": brand, "type": "PURCHASE", "order": {"value": 100}, **body}
        headers = {"Idempotency-Key": key} if key else {}
        query = {"dry_run": "true"} if dry_run else None
        return self.call("emit_event", whole, headers=headers, query=query, brand=brand)

    def spend(self, amount: float, customer: str = "ana", **more: Any) -> Answer:
        """The answer to an event that redeems points and earns none."""
        return self.emit(customer, type="SPEND", redeem=[{"id": "points", "amount": amount}], **more)

    def deliver(self, *sort_keys: str) -> list[str]:
        """Deliver removals of these items of ana's, the sample's two if none are named; which of them failed."""
        batch = sample("on_deadline_passed")
        if sort_keys:
            first = batch["Records"][0]
            batch["Records"] = [json.loads(json.dumps(first)) for _ in sort_keys]
            for i, (record, sort_key) in enumerate(zip(batch["Records"], sort_keys, strict=True)):
                record["dynamodb"]["Keys"]["sk"]["S"] = sort_key
                record["dynamodb"]["SequenceNumber"] = str(i)
        keys = {one["dynamodb"]["SequenceNumber"]: one["dynamodb"]["Keys"]["sk"]["S"] for one in batch["Records"]}
        failures = self.run("on_deadline_passed", batch)["batchItemFailures"]
        return [keys[one["itemIdentifier"]] for one in failures]

    def process_assignment(self, *bodies: str, attempt: int = 1) -> list[str]:
        """Deliver these messages, all that were sent if none are given; the bodies of those that failed."""
        batch = sample("on_cold_offer_requested")
        first = batch["Records"][0]
        batch["Records"] = []
        delivered = bodies or tuple(self.carrier.messages)
        if not bodies:
            self.carrier.messages.clear()
        for i, body in enumerate(delivered):
            attributes = {**first["attributes"], "ApproximateReceiveCount": str(attempt)}
            batch["Records"].append({**first, "messageId": str(i), "body": body, "attributes": attributes})
        failures = self.run("on_cold_offer_requested", batch)["batchItemFailures"]
        return [delivered[int(one["itemIdentifier"])] for one in failures]

    def advance(self, **length: float) -> datetime:
        """Let the test clock go so far, and settle what ends on the way; the time that it is then."""
        to = datetime.fromisoformat(self.call("get_test_clock").data["now"]) + timedelta(**length)
        assert self.call("advance_test_clock", {"to": format_instant(to)}).status == 202
        for _ in range(20):
            assert self.process_assignment() == []
            if self.call("get_test_clock").data["status"] == "ready":
                return to
        raise AssertionError("the clock does not arrive")

    def deliver_to_webhook(self, body: str, receives: int = 1, receipt: str = "a receipt") -> bool:
        """Deliver a message to a webhook; whether it was taken, and not put off."""
        before = len(self.carrier.delayed)
        return self.deliver_message(body, receives, receipt) and len(self.carrier.delayed) == before

    def deliver_message(self, body: str, receives: int = 1, receipt: str = "a receipt") -> bool:
        """Deliver a message of webhooks' queue; whether that is then done with it."""
        batch = sample("on_delivery_due")
        (record,) = batch["Records"]
        attributes = {**record["attributes"], "ApproximateReceiveCount": str(receives)}
        batch["Records"] = [{**record, "body": body, "attributes": attributes, "receiptHandle": receipt}]
        return not self.run("on_delivery_due", batch)["batchItemFailures"]

    def trace(self, trace_id: str) -> Json:
        """What has become of a request."""
        found: Json = self.call("get_trace", path={"traceId": trace_id}).data
        return found

    def points(self, customer: str = "ana") -> tuple[int, int, int]:
        """What the wallet says of points: available, reserved, pending."""
        totals = self.call("get_wallet", path={"id": customer}).data["totals"]
        (one,) = (total for total in totals if total["reward_id"] == "points")
        return one["available"], one["reserved"], one["pending"]

    def ledger(self, customer: str = "ana") -> list[tuple[str, int]]:
        """Type and amount of every line of the ledger, oldest first."""
        lines = self.everything("list_transactions", customer)
        return [(line["type"], line["amount"]) for line in reversed(lines)]

    def everything(self, function: str, customer: str = "ana", limit: int = 100) -> list[Json]:
        """A whole list of a customer's, page by page."""
        found: list[Json] = []
        query = {"limit": str(limit)}
        while True:
            page = self.call(function, path={"id": customer}, query=query).body
            assert set(page) == {"data", "next_cursor"}
            found += page["data"]
            if page["next_cursor"] is None:
                return found
            assert len(page["data"]) <= limit
            assert page["next_cursor"] != query.get("cursor"), "a cursor that leads nowhere"
            query = {"limit": str(limit), "cursor": page["next_cursor"]}

    def put(self, items: Iterable[Json]) -> None:
        """Store these items as they are."""
        for batch in batched(items, 25, strict=False):
            writes = [{"PutRequest": {"Item": item}} for item in batch]
            answer = self.client.batch_write_item(RequestItems={self.table: writes})
            assert not answer["UnprocessedItems"]

    def remove(self, items: Iterable[Json]) -> None:
        """Delete these items."""
        places = [{name: item[name] for name in ("pk", "sk")} for item in items]
        for batch in batched(places, 25, strict=False):
            deletions = [{"DeleteRequest": {"Key": place}} for place in batch]
            self.client.batch_write_item(RequestItems={self.table: deletions})

    def stored(self) -> list[Json]:
        """Every item of the table."""
        items: list[Json] = self.client.scan(TableName=self.table)["Items"]
        return sorted(items, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))

    @contextmanager
    def nothing_changes(self) -> Iterator[None]:
        """Whoever stores anything within this fails."""
        before = self.stored()
        yield
        assert self.stored() == before

    @contextmanager
    def store_calls(self) -> Iterator[StoreCalls]:
        """Every call to the store within this: its name, and the number of its items."""
        calls: StoreCalls = []

        def note(params: Json, model: Any, **_more: object) -> None:
            keys = [key for table in params.get("RequestItems", {}).values() for key in table["Keys"]]
            calls.append((model.name, len(keys or params.get("TransactItems", "1"))))

        events = self.client.meta.events
        events.register("before-parameter-build.dynamodb", note)
        try:
            yield calls
        finally:
            events.unregister("before-parameter-build.dynamodb", note)

    def _clock(self) -> datetime:
        self.now += self.tick
        return self.now


def between_the_two_reads(monkeypatch: pytest.MonkeyPatch, use_case: Any, act: Callable[[], Answer]) -> None:
    """Let `act` happen once after the event was read and before its customer is."""
    load = use_case.load_customer_of
    acts = iter([act])

    def load_later(event: object) -> object:
        for one in acts:
            assert one().status < 300
        return load(event)

    monkeypatch.setattr(use_case, "load_customer_of", load_later)


def event_body(**changes: Any) -> Json:
    """The body of the sample event with these changes."""
    return {**body_of("emit_event"), **changes}


_furniture: list[Json] = []


Act = Callable[[Backend], None]


@dataclass(frozen=True)
class Told:
    """What is there when something has happened: items, what is in the queues, and what a process knows of a brand."""

    now: datetime
    items: list[Json]
    carried: Json
    known: dict[str, Any]
    compiled: dict[str, Any]

    @classmethod
    def by(cls, backend: Backend) -> "Told":
        """What is there now."""
        carried = deepcopy(vars(backend.carrier))
        return cls(backend.now, backend.stored(), carried, dict(published._known), dict(rulesets._compiled))

    def lay(self, backend: Backend) -> None:
        """Let the same be there."""
        backend.now = self.now
        backend.put(self.items)
        vars(backend.carrier).update(deepcopy(self.carried))
        published._known.update({brand: one._replace(checked_at=time.time()) for brand, one in self.known.items()})
        rulesets._compiled.update(self.compiled)


_told: dict[Act, Told] = {}


@cache
def _loaded(function: str) -> ModuleType:
    return load_function(function)
