"""The API of one brand, called in this process: real handlers, real use cases, the store that the test provides."""

import sys
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache
from threading import Barrier
from types import ModuleType
from typing import Any

from loyalty import json
from loyalty.clock import now
from loyalty.domain.events.event import Event
from loyalty.domain.events.replay import Record, replay
from loyalty.domain.events.schemas import EmitEventRequest
from loyalty.domain.schemas import validate
from loyalty.services.events import emit_event
from loyalty.services.history import JournalReader
from loyalty.services.program import create_brand
from loyalty.store.customers import load_customer
from tests.support.backend import Answer, Json
from tests.support.project import CONTEXT, load_function

THREADS = 24

A_POINT_A_DOLLAR: Json = {
    "name": "A point a dollar",
    "trigger": "PURCHASE",
    "rules": [
        {
            "effects": [
                {
                    "reward_id": "points",
                    "amount": 1,
                    "per": {"field": "order.value", "every": 1},
                    "expires_in": "12/months",
                }
            ]
        }
    ],
}


@dataclass(frozen=True)
class Api:
    """One brand's API. Each has a brand of its own, so tests share a table and nothing else."""

    brand: str = field(default_factory=lambda: f"brand-{uuid.uuid4().hex[:8]}")
    sandbox: bool = False

    def set_up(self, **campaigns: Json) -> "Api":
        """The brand, a reward `points`, and these campaigns; a point a dollar if none are given."""
        create_brand(self.brand, "A brand", sandbox=self.sandbox)
        assert self.put_reward("points").status == 200
        for name, campaign in (campaigns or {"dollar": A_POINT_A_DOLLAR}).items():
            assert self.put_campaign(name, campaign).status == 200
        return self

    def call(
        self,
        name: str,
        body: object = None,
        *,
        path: dict[str, str] | None = None,
        query: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Call a function as the gateway does for a key of this brand with every scope."""
        caller = {"brand_id": self.brand, "scopes": "admin"} | ({"sandbox": "true"} if self.sandbox else {})
        about = {"requestId": uuid.uuid4().hex, "authorizer": caller}
        answer = function(name).handler(
            {
                "httpMethod": "ANY",
                "resource": f"/{name}",
                "pathParameters": path,
                "queryStringParameters": query,
                "headers": headers,
                "body": None if body is None else json.dumps(body),
                "isBase64Encoded": False,
                "requestContext": about,
            },
            CONTEXT,
        )
        return Answer(answer["statusCode"], answer["body"], answer["headers"])

    def put_reward(self, reward: str, **settings: object) -> Answer:
        """Create or replace a reward."""
        return self.call("put_reward", {"name": reward, **settings}, path={"id": reward})

    def put_campaign(self, campaign: str, document: Json) -> Answer:
        """Create or replace a campaign."""
        return self.call("put_campaign", document, path={"id": campaign})

    def emit(self, customer: str, *, key: str | None = None, dry_run: bool = False, **more: Any) -> Answer:
        """Emit an event, a purchase if nothing else is said; `more` is the rest of its body."""
        body = {"customer_id": customer, "brand_id": self.brand, "type": "PURCHASE", **more}
        headers = {"Idempotency-Key": key} if key else {}
        return self.call("emit_event", body, headers=headers, query={"dry_run": "true"} if dry_run else None)

    def emit_at(self, instant: datetime, customer: str, **more: Any) -> Event:
        """Emit an event as if it were that instant."""
        body = {"customer_id": customer, "brand_id": self.brand, "type": "PURCHASE", **more}
        sent = json.loads(json.dumps(body))
        return emit_event(self.brand, validate(EmitEventRequest, sent), sent, None, lambda: instant).event

    def purchase(self, customer: str, value: object, **more: Any) -> Answer:
        """Emit a purchase of that value."""
        return self.emit(customer, order={"value": value}, **more)

    def spend(self, customer: str, amount: object, **more: Any) -> Answer:
        """Emit an event that redeems so many points and earns none."""
        redeem = [{"id": "points", "amount": amount}]
        return self.emit(customer, type="REDEEM", redeem=redeem, **more)

    def fulfil(self, event: str) -> Answer:
        """Fulfil an event."""
        return self.call("fulfill_event", path={"id": event})

    def reverse(self, event: str) -> Answer:
        """Reverse an event."""
        return self.call("reverse_event", {"reason": "brought back"}, path={"id": event})

    def extend(self, event: str, **until: object) -> Answer:
        """Extend the hold of an event."""
        return self.call("extend_hold", until, path={"id": event})

    def event(self, event: str) -> Answer:
        """Read an event."""
        return self.call("get_event", path={"id": event})

    def wallet(self, customer: str) -> Answer:
        """Read a wallet."""
        return self.call("get_wallet", path={"id": customer})

    def points(self, customer: str) -> tuple[int, int, int]:
        """What the wallet says of `points`: available, reserved, pending."""
        (total,) = (one for one in self.wallet(customer).data["totals"] if one["reward_id"] == "points")
        return total["available"], total["reserved"], total["pending"]

    def now(self) -> datetime:
        """The present."""
        return now()

    def pages(self, folder: str, customer: str, limit: int) -> Iterator[list[Json]]:
        """A list of a customer's, page by page; each is read when it is asked for."""
        cursor = None
        while True:
            query = {"limit": str(limit)} | ({"cursor": cursor} if cursor else {})
            page = self.call(folder, path={"id": customer}, query=query).body
            yield page["data"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def everything(self, folder: str, customer: str) -> list[Json]:
        """A whole list of a customer's, newest first."""
        return [one for page in self.pages(folder, customer, 100) for one in page]

    def journal(self, customer: str) -> list[Record]:
        """The customer's journal, oldest first."""
        stored = load_customer(self.brand, customer)
        assert stored
        return [step.record for step in JournalReader(stored, reads=sys.maxsize)][::-1]

    def assert_books_agree(self, customer: str) -> None:
        """The journal is complete, replaying it gives the stored wallet, and the ledger's lines add up to it."""
        stored = load_customer(self.brand, customer)
        assert stored
        records = self.journal(customer)
        assert [record.sequence for record in records] == list(range(1, stored.version + 1))
        assert replay(records) == stored.wallet
        for total in self.wallet(customer).data["totals"]:
            lines = (line for line in self.everything("list_transactions", customer))
            amounts = [line["amount"] for line in lines if line["reward_id"] == total["reward_id"]]
            assert sum(map(Decimal, amounts)) == total["available"]


@cache
def function(name: str) -> ModuleType:
    """A function's module, loaded once as in a warm function."""
    return load_function(name)


def deliver(*bodies: str, attempt: int = 1) -> list[Json]:
    """Hand a batch to a worker; what it could not carry out."""
    records = [
        {"messageId": str(i), "body": body, "attributes": {"ApproximateReceiveCount": str(attempt)}}
        for i, body in enumerate(bodies)
    ]
    answer = function("on_cold_offer_requested").handler({"Records": records}, CONTEXT)
    failures: list[Json] = answer["batchItemFailures"]
    return failures


def at_once[T](calls: Sequence[Callable[[], T]]) -> list[T]:
    """Make these calls in 24 threads that start together; what each returned, in their order."""
    together = min(THREADS, len(calls))
    gate = Barrier(together)

    def go(place: int, call: Callable[[], T]) -> T:
        if place < together:
            gate.wait()
        return call()

    with ThreadPoolExecutor(together) as pool:
        return list(pool.map(go, range(len(calls)), calls))
