"""What clients do: the functions called as the gateway calls them, called again when no answer comes, and every answer
held against the books.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from loyalty import json as exact
from loyalty.domain.events.event import EventStatus
from loyalty.domain.times import format_instant, from_millis, parse_instant
from tests.simulation.books import Books, Known, redeemed_by
from tests.simulation.campaigns import CONFIGS
from tests.simulation.histories import BRAND, MINUTE, START, About, Action
from tests.simulation.wallets import Sums
from tests.simulation.world import Broken, World
from tests.support.backend import Answer
from tests.support.samples import sample

TRIES = 5

Json = dict[str, Any]

_ENDED = {
    "EventExpiredError": {EventStatus.EXPIRED},
    "EventCancelledError": {EventStatus.CANCELLED},
    "EventReversedError": {EventStatus.REVERSED},
    "EventResolvedError": {EventStatus.RESOLVED, EventStatus.REVERSED},
}
_NOT_ASKED = {"UserNotFoundError", "ValidationError", "IdempotencyMismatchError"}
# What a function may answer but success; whether it may be so is looked at where the books can tell.
_REFUSALS = {
    "emit_event": {"InsufficientBalanceError", "IdempotencyMismatchError", "ValidationError"},
    "track_events": {"IdempotencyMismatchError"},
    "track_event_v3": {"IdempotencyMismatchError"},
    "fulfill_event": {*_ENDED} - {"EventResolvedError"},
    "reverse_event": {"EventExpiredError"},
    "extend_hold": {*_ENDED, "ValidationError"},
    "patch_customer": {"UserNotFoundError", "IdentityTakenError"},
    "get_wallet": {"UserNotFoundError"},
    "list_transactions": {"UserNotFoundError"},
    "list_events": {"UserNotFoundError"},
    "preview_rewards": {"UserNotFoundError"},
    "delete_campaign": {"CampaignNotFoundError"},
    "list_offers": {"UserNotFoundError"},
    **dict.fromkeys(("create_hot_offer", "create_cold_offer"), _NOT_ASKED | {"OfferNotFoundError"}),
    **dict.fromkeys(("assign_hot_points", "assign_cold_points"), _NOT_ASKED),
}


@cache
def _sample(function: str) -> Json:
    return sample(function)


def gateway_event(
    function: str,
    body: object = None,
    *,
    path: dict[str, str] | None = None,
    query: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> Json:
    """The function's sample event with another request in it."""
    event = _sample(function)
    about = event["requestContext"]
    caller = {**about["authorizer"], "brand_id": BRAND, "scopes": "admin"}
    return {
        **event,
        "body": None if body is None else exact.dumps(body),
        "pathParameters": path,
        "queryStringParameters": query,
        "headers": headers or {},
        "requestContext": {**about, "authorizer": caller},
    }


class Clients:
    """All callers of one brand, and what they know: the events that came of each of their calls."""

    def __init__(self, world: World, books: Books) -> None:
        self.world = world
        self.books = books
        self.made: dict[int, list[str]] = {}
        self.traces: dict[int, str] = {}
        self.accepted: set[str] = set()
        self.answers: dict[str, Json] = {}
        self.bodies: dict[tuple[str, str], tuple[str, list[str]]] = {}

    def act(self, action: Action) -> None:
        """Do it, with what the client sends at the same time again."""
        acts: Callable[[Action], None] = getattr(self, action.kind)
        for place, wait in enumerate(action.about.get("echo", ())):
            self.world.start(
                f"echo {place} of {action.number}", self.world.now + wait, lambda: acts(action), skew=action.skew
            )
        acts(action)

    def call(self, function: str, body: object = None, *, again: bool = True, **request: Any) -> Answer | None:
        """The answer, asked for a few times if it can be asked again; None if none came, or 503 to the last."""
        for attempt in range(TRIES if again else 1):
            if attempt:
                self.world.pause(self.world.task.random.choice([0, 20, 1000, 30_000, MINUTE]))
            response = self.world.invoke(function, gateway_event(function, body, **request))
            if response is None:
                continue
            answer = Answer(response["statusCode"], response["body"], response["headers"])
            if answer.status != 503:
                return self._checked(function, answer)
        return None

    def _checked(self, function: str, answer: Answer) -> Answer:
        if answer.status >= 400:
            status, code = answer.refusal
            if status >= 500 or code not in _REFUSALS.get(function, ()):
                raise Broken("no call is refused without reason", f"{function}: {answer.text}")
        return answer

    def set_up(self, brand: Json, rewards: Json, campaigns: Json) -> None:
        """The brand as it begins."""
        for function, name, body in [
            *(("put_reward", name, reward) for name, reward in rewards.items()),
            *(("put_config_offer", name, {"name": name, "benefits": {"percent": 10}}) for name in CONFIGS),
            *(("put_campaign", name, campaign) for name, campaign in campaigns.items()),
        ]:
            self._set(function, body, path={"id": name})
        self._set("put_brand", brand)

    def _set(self, function: str, body: object = None, **request: Any) -> None:
        self.call(function, body, **request)

    # Each of these is one kind of action.

    def emit(self, action: Action) -> None:
        about = action.about
        body = _body_of(about)
        named = [self.books.traces[trace].offer_id for trace in self._traces_of(about) if trace in self.books.traces]
        named += self._gifts_of(about)
        for offer_id in filter(None, named):
            body.setdefault("redeem", []).append({"id": offer_id, "amount": 1})
        if about.get("dry_run"):
            self._dry_run(body)
            return
        key = about.get("key")
        safe = bool(key or about.get("purchase"))
        began = self.world.now
        answer = self.call("emit_event", body, headers={"Idempotency-Key": key} if key else None, again=safe)
        if answer is None:
            return
        if answer.status >= 400:
            self._check_emit_refusal(answer, body, began)
            return
        event = answer.data
        self.made[action.number] = [event["id"]]
        keys = [("key", key)] if key else []
        keys += [("purchase", about["purchase"])] if about.get("purchase") else []
        self._check_receipts(keys, body, [event["id"]])
        self._check_first_answer(event)

    def _traces_of(self, about: About) -> list[str]:
        return [self.traces[number] for number in about.get("offers", ()) if number in self.traces]

    def _gifts_of(self, about: About) -> list[str]:
        """The offers that campaigns gave for the events of those calls; if hasty, those that are promised as well."""
        made = [event_id for number in about.get("gifts", ()) for event_id in self.made.get(number, ())]
        promised = [one.offer.offer_id for event_id in made for one in self.books.events[event_id].event.granted_offers]
        return [one for one in promised if about["hasty"] or one in self.books.shelf.offers]

    def _dry_run(self, body: Json) -> None:
        commits = self.world.task.commits
        answer = self.call("emit_event", body, query={"dry_run": "true"})
        if self.world.task.commits != commits:
            raise Broken("a dry run stores nothing", body)
        if answer and answer.status == 200 and answer.data["id"] in self.books.events:
            raise Broken("a dry run records no event", answer.text)

    def _check_emit_refusal(self, answer: Answer, body: Json, began: int) -> None:
        _, code = answer.refusal
        if code == "InsufficientBalanceError":
            wanted = redeemed_by(body)
            instants = [from_millis(at + self.world.task.skew) for at in (began, self.world.now)]
            purses = list(self.books.purses_since(body["customer_id"], began))
            if all(
                _settled_available(purse, reward, now) >= amount
                for purse in purses
                for now in instants
                for reward, amount in wanted.items()
            ):
                raise Broken("what is available can be spent", (answer.text, wanted, purses))
        if code == "ValidationError":
            named = {one["field"] for one in answer.body["details"]["fields"]}
            if not {name for name in named if not name.startswith("redeem.")} <= {"issued_at", "reserve_until"}:
                raise Broken("no call is refused without reason", answer.text)

    def _check_receipts(self, keys: list[tuple[str, str]], body: Json, ids: list[str]) -> None:
        text = exact.canonical(body)
        for key in keys:
            known = self.bodies.setdefault(key, (text, ids))
            if known[0] != text:
                raise Broken("a key that came with one body is refused with another", (key, known, text))
            if known[1] != ids:
                raise Broken("the same request again has the same events", (key, known, ids))

    def _check_first_answer(self, event: Json) -> None:
        known = self.books.events.get(event["id"])
        if known is None:
            raise Broken("what is accepted is recorded", event)
        if self.answers.setdefault(event["id"], event) != event:
            raise Broken("a retry has the first answer", (self.answers[event["id"]], event))
        told = _sums_told(event["result"]["wallet"]["totals"])
        if told != known.first_sums:
            raise Broken("the first answer tells the totals after the event", (told, known.first_sums))

    def batch(self, action: Action) -> None:
        about = action.about
        key = about["key"]
        name = "playerUniqueId" if about.get("v3") else "customerId"
        events = {one: ({"price": 5} if one == "REVIEW" else None) for one in about["names"]}
        body: Json = {name: about["customer"], "events": events}
        body |= {channel: about[channel] for channel in ("email", "mobile") if channel in about}
        if key:
            body["idempotencyKey"] = key
        function = "track_event_v3" if about.get("v3") else "track_events"
        answer = self.call(function, body, again=bool(key))
        if answer is None or answer.status >= 400:
            return
        ids = [event["eventId"] for event in answer.body["events"]]
        self.made[action.number] = ids
        if unknown := [one for one in ids if one not in self.books.events]:
            raise Broken("what is accepted is recorded", unknown)
        del body[name]
        body.pop("idempotencyKey", None)
        if key:
            self._check_receipts([("key", key)], {**body, "customer": about["customer"]}, ids)

    def offer(self, action: Action) -> None:
        self._ask(action, f"create_{action.about['lane']}_offer")

    def points(self, action: Action) -> None:
        self._ask(action, f"assign_{action.about['lane']}_points")

    def _ask(self, action: Action, function: str) -> None:
        """Ask for an offer or for points: what is accepted has a trace."""
        about, key = action.about, action.about["key"]
        body = about["body"] | ({"idempotencyKey": key} if key else {})
        answer = self.call(function, body, again=bool(key))
        if answer is None or answer.status >= 400:
            return
        trace_id = answer.body["traceId"]
        self.accepted.add(trace_id)
        self.traces[action.number] = trace_id
        self._check_receipts([(action.kind, key)] if key else [], about["body"], [trace_id])

    def trace(self, action: Action) -> None:
        if trace_id := self.traces.get(action.about["of"]):
            self.check_trace(trace_id)

    def check_trace(self, trace_id: str) -> str | None:
        """Read what has become of a request, which must be what the books say it was meanwhile; its status."""
        before = self.books.traces.get(trace_id)
        answer = self.call("get_trace", path={"traceId": trace_id})
        if answer is None:
            return None
        told = answer.data
        after = self.books.traces.get(trace_id)
        if told["status"] not in {one.status for one in (before, after) if one}:
            raise Broken("a trace tells what has become of its request", (told, before, after))
        status: str = told["status"]
        return status

    def offers(self, action: Action) -> None:
        self.pages("list_offers", action.about["customer"], action.about["limit"])

    def config(self, action: Action) -> None:
        settings = {"name": "Something", "benefits": {"percent": 10}, "active": action.about["active"]}
        self._set("put_config_offer", settings, path={"id": action.about["id"]})

    def _event_of(self, action: Action) -> str | None:
        """One of the events of the call that this one is about."""
        ids = self.made.get(action.about["of"])
        return ids[action.number % len(ids)] if ids else None

    def fulfil(self, action: Action) -> None:
        self._end(action, "fulfill_event", None, {EventStatus.RESOLVED, EventStatus.REVERSED})

    def reverse(self, action: Action) -> None:
        self._end(action, "reverse_event", {"reason": "brought back"}, {EventStatus.CANCELLED, EventStatus.REVERSED})

    def extend(self, action: Action) -> None:
        about = action.about
        until = {"reserve_until": _time(about["until"])} if "until" in about else {"reserve": about["reserve"]}
        self._end(action, "extend_hold", until, {*EventStatus} - {EventStatus.EXPIRED})

    def _end(self, action: Action, function: str, body: object, ends: set[EventStatus]) -> None:
        """Change an event, and hold the answer against all that it has been since the call began."""
        event_id = self._event_of(action)
        if event_id is None:
            return
        began = self.world.now
        answer = self.call(function, body, path={"id": event_id})
        if answer is None:
            return
        known = self.books.events[event_id]
        if answer.status == 200:
            self._check_event(answer.data, known, began)
            if EventStatus(answer.data["status"]) not in ends:
                raise Broken("a change that is accepted has happened", (function, answer.text, known.was))
            return
        _, code = answer.refusal
        seen = self._been(known, began)
        if EventStatus.PENDING in seen and not self.books.held(known.event):
            seen.add(EventStatus.EXPIRED)  # a faster clock has seen its end, and given back what it took
        if code in _ENDED and not seen & _ENDED[code]:
            raise Broken("a refusal tells the truth", (function, answer.text, known.was))

    def _been(self, known: Known, since: int) -> set[EventStatus]:
        """What the event was, to anyone who looked since then."""
        seen: set[EventStatus] = set()
        instants = [from_millis(at + self.world.task.skew) for at in (since, self.world.now)]
        for place, was in enumerate(known.was):
            later = known.was[place + 1].since if place + 1 < len(known.was) else self.world.now + 1
            if later >= since:
                seen |= {was.at(now) for now in instants}
        return seen

    def _check_event(self, told: Json, known: Known, began: int) -> None:
        status = EventStatus(told["status"])
        if status not in self._been(known, began):
            raise Broken("a read tells what was so while it lasted", (told, known.was))
        until = told["reservation_expires_at"]
        if status is EventStatus.PENDING and parse_instant(until) <= from_millis(began + self.world.task.skew):
            raise Broken("no hold outlives its deadline in any read", (told, self.world.clock()))

    def read_event(self, action: Action) -> None:
        event_id = self._event_of(action)
        if event_id is None:
            return
        began = self.world.now
        answer = self.call("get_event", path={"id": event_id})
        if answer:
            self._check_event(answer.data, self.books.events[event_id], began)

    def wallet(self, action: Action) -> None:
        self.check_wallet(action.about["customer"])

    def check_wallet(self, customer: str) -> Answer | None:
        """Read a wallet, which must be one that the customer had meanwhile."""
        began = self.world.now
        answer = self.call("get_wallet", path={"id": customer})
        if answer is None:
            return None
        purses = list(self.books.purses_since(customer, began))
        if answer.status == 404:
            if not any(purse.debts or purse.lots or purse.holds for purse in purses):
                return answer
            if all(purse.debts or purse.lots for purse in purses):
                raise Broken("a customer who has something is found", customer)
            return answer
        told = _sums_told(answer.data["totals"])
        possible = [purse.sums(self.world.clock()) for purse in purses]
        if told not in possible:
            raise Broken("a wallet that is read is one that was", (customer, told, possible))
        return answer

    def ledger(self, action: Action) -> None:
        self.pages("list_transactions", action.about["customer"], action.about["limit"])

    def events(self, action: Action) -> None:
        self.pages("list_events", action.about["customer"], action.about["limit"])

    def pages(self, function: str, customer: str, limit: int) -> list[Json] | None:
        """A whole list, page by page; None if it could not be read to its end."""
        found: list[Json] = []
        query = {"limit": str(limit)}
        while True:
            answer = self.call(function, path={"id": customer}, query=query)
            if answer is None or answer.status >= 400:
                return None
            found += answer.body["data"]
            if answer.body["next_cursor"] is None:
                break
            query = {"limit": str(limit), "cursor": answer.body["next_cursor"]}
        if len({one["id"] for one in found}) < len(found):
            raise Broken("a list shows nothing twice", (function, customer, [one["id"] for one in found]))
        return found

    def preview(self, action: Action) -> None:
        commits = self.world.task.commits
        body = {"customerId": action.about["customer"], "events": dict.fromkeys(action.about["names"])}
        self.call("preview_rewards", body)
        if self.world.task.commits != commits:
            raise Broken("a preview stores nothing", body)

    def customer(self, action: Action) -> None:
        about = dict(action.about)
        self._set("patch_customer", about, path={"id": about.pop("customer")})

    def campaign(self, action: Action) -> None:
        self._set("put_campaign", action.about["document"], path={"id": action.about["id"]})

    def drop_campaign(self, action: Action) -> None:
        self._set("delete_campaign", path={"id": action.about["id"]})

    def reward(self, action: Action) -> None:
        self._set("put_reward", action.about["settings"], path={"id": action.about["id"]})

    def brand(self, action: Action) -> None:
        self._set("put_brand", action.about["settings"])


def _settled_available(purse: Any, reward: str, now: datetime) -> Decimal:
    available: Decimal = purse.sums(now).get(reward, (Decimal(0),))[0]
    return available


def _sums_told(totals: list[Json]) -> Sums:
    told = {
        one["reward_id"]: (Decimal(one["available"]), Decimal(one["reserved"]), Decimal(one["pending"]))
        for one in totals
    }
    return {reward: three for reward, three in told.items() if any(three)}


def _body_of(about: About) -> Json:
    """The body of an emit."""
    body: Json = {"customer_id": about["customer"], "brand_id": BRAND, "type": about["type"]}
    holders: dict[str, Json] = {"event": body}
    if about["type"] == "PURCHASE":
        first, *others = [{"sku": sku} for sku in about.get("skus", ["A1"])]
        product, shipping, order = first, {"value": 0}, {"value": about["value"]}
        order |= {"store_id": about["store"]} if "store" in about else {}
        holders |= {"order": order, "product": product, "shipping": shipping}
        order |= {"purchase_id": about["purchase"]} if "purchase" in about else {}
        body["order"] = order
    for place, reward, amount in about.get("redeem", ()):
        holders.get(place, body).setdefault("redeem", []).append({"id": reward, "amount": amount})
    if "order" in holders:
        holders["order"] |= {"products": [product, *others], "shipping": shipping}
    if about.get("fulfilled") is False:
        body["fulfilled"] = False
    if "until" in about:
        body["reserve_until"] = _time(about["until"])
    if "reserve" in about:
        body["reserve"] = about["reserve"]
    if "issued" in about:
        body["issued_at"] = _time(about["issued"])
    return body


def _time(after_start: int) -> str:
    return format_instant(from_millis(START + after_start))
