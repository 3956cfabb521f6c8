"""Tries a stack as its callers do: an event, a hold that expires, an offer and its trace; then it tidies up."""

import secrets
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import httpx

from earnest.commands.client import ApiClient, Document, path_of
from earnest.commands.verify import verify_wallet
from earnest.errors import CommandError
from loyalty.clock import now
from loyalty.domain.times import format_instant, parse_instant

type Step = tuple[str, float, str]
"""A step's name, how many seconds it took, and what came of it."""

_PREFIX = "smoke-"
_IN_FORCE_SECONDS = 2.0
_ASSIGNED_WITHIN = 60.0
_KINDS = ("campaigns", "config-offers", "rewards")  # a reward that a campaign grants cannot be deleted
_LEFT_OVER_AFTER = timedelta(hours=1)
_STAMP = "%Y%m%d%H%M%S"


class Smoke:
    """One run: what it sets up has an id of its own, so that runs at once do not meet, and a killed one can be told."""

    def __init__(self, api: ApiClient, *, hold_seconds: float, patience: float, pause: float = 1.0) -> None:
        self._api = api
        self._hold_seconds = hold_seconds
        self._patience = patience
        self._pause = pause
        self.id = f"{_PREFIX}{now():{_STAMP}}-{secrets.token_hex(3)}"
        # Whatever is written to a customer settles what is overdue, so nobody else's step may touch the hold's.
        self._guest = str(uuid.uuid4())
        self._brand_id = ""
        self._emitted: list[str] = []
        self._deadline = now()
        self._ahead = timedelta()
        self._trace_id = ""
        self.is_settled = False

    def run(self) -> Iterator[Step]:
        """Yield each step when it is done. Raises CommandError with one sentence if one is wrong.

        Whatever happens, what was set up is deleted, and what was paid is taken back; of a run that was killed, a run
        an hour later or more does it. The customers stay, with empty wallets.
        """
        steps: Mapping[str, Callable[[], str]] = {
            "set up": self._set_up,
            "emit": self._emit,
            "hold": self._hold,
            "expire": self._expire,
            "offer": self._offer,
            "trace": self._trace,
            "settle": self._settle,
            "verify": self._verify,
        }
        try:
            for name, act in steps.items():
                yield _timed(name, act)
        except BaseException:
            with suppress(CommandError):  # what went wrong first is told; a later run deletes what is left
                self._clean_up()
            raise
        yield _timed("clean up", self._clean_up)

    def _set_up(self) -> str:
        brand = self._call("GET", "/brand")["data"]
        self._brand_id = brand["brand_id"]
        self._delete_left_overs()
        self._call("PUT", path_of("rewards", self.id), {"name": "Smoke", "type": "POINTS"})
        self._call("PUT", path_of("config-offers", self.id), {"name": "Smoke"})
        effect = {"reward_id": self.id, "amount": 1, "per": {"field": "order.value", "every": 1}}
        campaign = {"name": "Smoke", "trigger": self.id, "rules": [{"effects": [effect]}]}
        self._call("PUT", path_of("campaigns", self.id), campaign)
        time.sleep(_IN_FORCE_SECONDS)
        if brand.get("sandbox"):
            self._ahead = parse_instant(self._call("GET", "/test-clock")["data"]["now"]) - now()
        note = "" if brand.get("sandbox") else ", which is no sandbox: its metrics count this run"
        return f"a reward, a campaign and a config offer of the brand {self._brand_id}{note}"

    def _now(self) -> datetime:
        """The brand's time: a sandbox may be ahead of real time."""
        return now() + self._ahead

    def _emit(self) -> str:
        first = self._event("emit", order={"value": 10})
        _expect(first["status"] == "RESOLVED", f"the event is {first['status']} and not RESOLVED")
        again = self._event("emit", order={"value": 10})
        _expect(again["id"] == first["id"], "the same event with the same Idempotency-Key was recorded twice")
        self._expect_balance(available=10)
        return "paid 10 points; sent again, it paid nothing"

    def _hold(self) -> str:
        until = format_instant(self._now() + timedelta(seconds=self._hold_seconds))
        redeem = [{"id": self.id, "amount": 4}]
        held = self._event("hold", order={"value": 5}, fulfilled=False, reserve_until=until, redeem=redeem)
        _expect(held["status"] == "PENDING", f"the event is {held['status']} and not PENDING")
        self._deadline = parse_instant(held["reservation_expires_at"])
        if self._now() < self._deadline:
            self._expect_balance(available=6, reserved=4, pending=5)
        return f"reserved 4 points for {self._hold_seconds:g} s"

    def _expire(self) -> str:
        while self._now() <= self._deadline:
            time.sleep(0.1)
        # The functions' clocks and this one are not the same; a second is more than they differ.
        time.sleep(1)
        event = self._call("GET", path_of("behavior", "events", self._emitted[-1]))["data"]
        _expect(event["status"] == "EXPIRED", f"the event is {event['status']} after its deadline, and not EXPIRED")
        late = self._send("PATCH", path_of("behavior", "events", event["id"], "fulfill"))
        _expect(late.status == 409, f"it can be fulfilled after its deadline: {late.status}")
        self._expect_balance(available=10)
        return "the points are back at the deadline, whether or not it is settled yet"

    def _offer(self) -> str:
        self._event("visit", customer_id=self._guest, type=f"{self.id}-visit")
        today = self._now().date()
        body = {
            "userId": self._guest,
            "source": "smoke",
            "configId": self.id,
            # In no time zone is today over tomorrow.
            "ruleParams": {"startDate": str(today - timedelta(days=1)), "endDate": str(today + timedelta(days=1))},
            "idempotencyKey": self.id,
        }
        self._trace_id = self._call("POST", "/bulk-action/hot/create-offer", body)["traceId"]
        return f"accepted as {self._trace_id}"

    def _trace(self) -> str:
        ends = time.monotonic() + _ASSIGNED_WITHIN
        while (trace := self._call("GET", path_of("traces", self._trace_id))["data"])["status"] == "QUEUED":
            _expect(time.monotonic() < ends, f"the request is still queued after {_ASSIGNED_WITHIN:g} s")
            time.sleep(self._pause)
        _expect(trace["status"] == "ASSIGNED", f"the request is {trace['status']}: {trace['reason']}")
        offers = self._call("GET", path_of("customers", self._guest, "offers"))["data"]
        _expect(bool(offers), "the request is ASSIGNED, but the customer has no offer")
        return "the queue's function has assigned the offer"

    def _settle(self) -> str:
        """Wait until the stream has settled the hold: until its release is a line of the ledger and not foreseen."""
        ends = time.monotonic() + self._patience
        while True:
            lines = self._call("GET", path_of("customers", self.id, "transactions"))["data"]
            self.is_settled = any(one["type"] == "RELEASE" and not one["id"].startswith("due.") for one in lines)
            late = (self._now() - self._deadline).total_seconds()
            if self.is_settled:
                return f"DynamoDB's TTL and the stream were {late:.0f} s late at most"
            if time.monotonic() > ends:
                return f"not yet, {late:.0f} s after the deadline; DynamoDB promises a few days"
            time.sleep(self._pause)

    def _verify(self) -> str:
        verified = verify_wallet(self._api, self.id)
        _expect(not verified.differences, "the wallet is not the sum of its ledger")
        return f"the wallet is the sum of its {verified.entries} lines"

    def _clean_up(self) -> str:
        for event_id in self._emitted:
            reversal = self._send("POST", path_of("behavior", "events", event_id, "reverse"), {"reason": "smoke test"})
            ended = reversal.status == 200 or reversal.body["code"] == "EventExpiredError"
            _expect(ended, f"the event {event_id} could not be reversed: {reversal.error}")
        self._delete(self.id)
        return f"the customers {self.id} and {self._guest} stay, with empty wallets"

    def _delete_left_overs(self) -> None:
        long_ago = f"{_PREFIX}{now() - _LEFT_OVER_AFTER:{_STAMP}}"
        found = {one["id"] for kind in _KINDS for one in self._api.list_all(f"/{kind}")}
        for id_ in sorted(one for one in found if one.startswith(_PREFIX) and one < long_ago):
            self._delete(id_)

    def _delete(self, id_: str) -> None:
        for kind in _KINDS:
            answer = self._send("DELETE", path_of(kind, id_))
            _expect(answer.status in (200, 204, 404), f"DELETE /{kind}/{id_} was answered {answer.error}")

    def _event(self, name: str, **more: Any) -> Document:
        body = {"brand_id": self._brand_id, "customer_id": self.id, "type": self.id, **more}
        event: Document = self._call("POST", "/behavior/events", body, {"Idempotency-Key": f"{self.id}-{name}"})["data"]
        if event["id"] not in self._emitted:
            self._emitted.append(event["id"])
        return event

    def _expect_balance(self, **wanted: int) -> None:
        wallet = self._call("GET", path_of("customers", self.id, "wallet"))["data"]
        totals: Document = next((one for one in wallet["totals"] if one["reward_id"] == self.id), {})
        expected = {"available": 0, "reserved": 0, "pending": 0, **wanted}
        found = {name: totals.get(name, 0) for name in expected}
        spelled = ", ".join(f"{name} {amount}" for name, amount in found.items())
        _expect(found == expected, f"the wallet has {spelled}; it should have {wanted}")

    def _call(self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> Any:
        answer = self._send(method, path, body, headers)
        _expect(200 <= answer.status < 300, f"{method} {path} was answered {answer.error}")
        return answer.body

    def _send(self, method: str, path: str, body: object = None, headers: Mapping[str, str] | None = None) -> Any:
        # Marketing tools send their key in a header of their own; the others ignore it.
        key = {"x-api-key": self._api.connection.key}
        try:
            return self._api.send(method, path, body, headers={**key, **(headers or {})})
        except httpx.HTTPError as error:
            raise CommandError(f"{self._api.connection.url} does not answer: {error}") from None


def _timed(name: str, act: Callable[[], str]) -> Step:
    began = time.monotonic()
    try:
        says = act()
    except CommandError as error:
        raise CommandError(f"{name}: {error}") from None
    return name, time.monotonic() - began, says


def _expect(holds: bool, otherwise: str) -> None:  # noqa: FBT001 - it reads as a sentence
    if not holds:
        raise CommandError(otherwise)
