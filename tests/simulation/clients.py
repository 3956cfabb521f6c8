"""The clients: they call the functions as the gateway does, retry without an answer, and check every answer."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from loyalty import json as exact
from loyalty.domain.events.event import EventStatus
from loyalty.domain.times import format_instant, from_millis, parse_instant
from tests.simulation.campaigns import CONFIG_OFFERS
from tests.simulation.histories import BRAND, MINUTE, START, Action, Arguments
from tests.simulation.invariants import InvariantChecker, ModelEvent, redemptions_in
from tests.simulation.model.wallet import ZERO, Balances, ModelWallet
from tests.simulation.sandbox import CAMPAIGN, SANDBOX
from tests.simulation.simulator import InvariantViolation, Simulator
from tests.support.backend import Answer
from tests.support.samples import sample

MAX_ATTEMPTS = 5
_SETTINGS = {"put_reward", "put_config_offer", "put_campaign", "put_brand", "delete_campaign"}

Json = dict[str, Any]

_STATUSES_OF_CODES = {
    "EventExpiredError": {EventStatus.EXPIRED},
    "EventCancelledError": {EventStatus.CANCELLED},
    "EventReversedError": {EventStatus.REVERSED},
    "EventResolvedError": {EventStatus.RESOLVED, EventStatus.REVERSED},
    "EventPendingError": {EventStatus.PENDING},
}
_ASSIGNMENT_REFUSALS = {"UserNotFoundError", "ValidationError", "IdempotencyMismatchError"}
# The errors that a function may answer with. Whether one is right is checked where the model can tell.
_REFUSALS = {
    "emit_event": {"InsufficientBalanceError", "IdempotencyMismatchError", "ValidationError"},
    "track_events": {"IdempotencyMismatchError"},
    "track_event_v3": {"IdempotencyMismatchError"},
    "fulfill_event": {*_STATUSES_OF_CODES, "MoreThanLeftError", "ValidationError", "IdempotencyMismatchError"}
    - {"EventPendingError"},
    "reverse_event": {*_STATUSES_OF_CODES, "MoreThanLeftError", "ValidationError"}
    - {"EventResolvedError", "EventPendingError"},
    "extend_hold": {*_STATUSES_OF_CODES, "ValidationError"} - {"EventPendingError"},
    "rescue_event": {
        *_STATUSES_OF_CODES,
        "PurchaseReplacedError",
        "InsufficientBalanceError",
        "LimitReachedError",
        "BudgetSpentError",
    }
    - {"EventExpiredError"},
    "patch_customer": {"UserNotFoundError", "IdentityTakenError"},
    "get_wallet": {"UserNotFoundError"},
    "list_transactions": {"UserNotFoundError"},
    "list_events": {"UserNotFoundError"},
    "preview_rewards": {"UserNotFoundError"},
    "delete_campaign": {"CampaignNotFoundError"},
    "advance_test_clock": {"ValidationError"},
    "list_offers": {"UserNotFoundError"},
    **dict.fromkeys(("create_hot_offer", "create_cold_offer"), _ASSIGNMENT_REFUSALS | {"OfferNotFoundError"}),
    **dict.fromkeys(("assign_hot_points", "assign_cold_points"), _ASSIGNMENT_REFUSALS),
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
    brand: str = BRAND,
) -> Json:
    """The function's sample event with another request in it."""
    event = _sample(function)
    context = event["requestContext"]
    caller = {**context["authorizer"], "brand_id": brand, "scopes": "admin"}
    caller.pop("sandbox", None)
    if brand == SANDBOX:
        caller["sandbox"] = "true"
    return {
        **event,
        "body": None if body is None else exact.dumps(body),
        "pathParameters": path,
        "queryStringParameters": query,
        "headers": headers or {},
        "requestContext": {**context, "authorizer": caller},
    }


class Clients:
    """All clients of one brand, and what they know: the ids of the events and traces that each call made."""

    def __init__(self, simulator: Simulator, checker: InvariantChecker) -> None:
        self.simulator = simulator
        self.checker = checker
        self.events: dict[int, list[str]] = {}
        self.traces: dict[int, str] = {}
        self.accepted: set[str] = set()
        self.first_answers: dict[str, Json] = {}
        self.requests: dict[tuple[str, str], tuple[str, list[str]]] = {}

    def act(self, action: Action) -> None:
        """Make a call, and its duplicates at about the same time."""
        call: Callable[[Action], None] = getattr(self, action.kind)
        for i, delay in enumerate(action.arguments.get("duplicates", ())):
            name = f"echo {i} of {action.number}"
            self.simulator.start(name, self.simulator.now + delay, lambda: call(action), skew=action.skew)
        call(action)

    def call(self, function: str, body: object = None, *, retry: bool = True, **request: Any) -> Answer | None:
        """The answer, after retries if they are safe; None if there was none, or 503 to the last attempt."""
        for attempt in range(MAX_ATTEMPTS if retry else 1):
            if attempt:
                self.simulator.sleep(self.simulator.task.random.choice([0, 20, 1000, 30_000, MINUTE]))
            version = self.checker.version
            response = self.simulator.invoke(function, gateway_event(function, body, **request))
            if response is None:
                continue
            answer = Answer(response["statusCode"], response["body"], response["headers"])
            if answer.status != 503:
                if (
                    function in _SETTINGS
                    and request.get("brand") != SANDBOX
                    and answer.status < 300
                    and self.checker.published < version
                ):
                    raise InvariantViolation("what was set up before a change is answered is in force", version)
                return self._checked(function, answer)
        return None

    def _checked(self, function: str, answer: Answer) -> Answer:
        if answer.status >= 400:
            status, code = answer.refusal
            if status >= 500 or code not in _REFUSALS.get(function, ()):
                raise InvariantViolation("a call is refused only for its reasons", f"{function}: {answer.text}")
        return answer

    def set_up(self, brand: Json, rewards: Json, campaigns: Json) -> None:
        """Create what the brand begins with."""
        for function, name, body in [
            *(("put_reward", name, reward) for name, reward in rewards.items()),
            *(("put_config_offer", name, {"name": name, "benefits": {"percent": 10}}) for name in CONFIG_OFFERS),
            *(("put_campaign", name, campaign) for name, campaign in campaigns.items()),
        ]:
            self.call(function, body, path={"id": name})
        self.call("put_brand", brand)

    # Each of the methods without an underscore from here on is one kind of action.

    def emit(self, action: Action) -> None:
        arguments = action.arguments
        body = _emit_body(arguments)
        for offer_id in [*self._assigned_offers(arguments), *self._campaign_offers(arguments)]:
            body.setdefault("redeem", []).append({"id": offer_id, "amount": 1})
        if arguments.get("dry_run"):
            self._dry_run(body)
            return
        key, purchase = arguments.get("key"), arguments.get("purchase")
        began = self.simulator.now
        headers = {"Idempotency-Key": key} if key else None
        answer = self.call("emit_event", body, headers=headers, retry=bool(key or purchase))
        if answer is None:
            return
        if answer.status >= 400:
            self._check_emit_refusal(answer, body, began)
            if not key and answer.refusal[1] == "IdempotencyMismatchError":
                self._check_number_refusal(answer, body, began)
            return
        event = answer.data
        self.events[action.number] = [event["id"]]
        self._check_idempotency([("key", key)] if key else [], body, [event["id"]])
        self._check_first_answer(event)
        if purchase and not key:
            self._check_number(body, event, began)

    def _assigned_offers(self, arguments: Arguments) -> list[str]:
        """The offers that were assigned by those calls."""
        trace_ids = [self.traces[number] for number in arguments.get("offers", ()) if number in self.traces]
        traces = [self.checker.traces[trace_id] for trace_id in trace_ids if trace_id in self.checker.traces]
        return [trace.offer_id for trace in traces if trace.offer_id]

    def _campaign_offers(self, arguments: Arguments) -> list[str]:
        """The offers that campaigns granted for the events of those calls, pending ones included if it says so."""
        numbers = arguments.get("campaign_offers", ())
        event_ids = [event_id for number in numbers for event_id in self.events.get(number, ())]
        events = [self.checker.events[event_id].event for event_id in event_ids]
        offer_ids = [granted.offer.offer_id for event in events for granted in event.granted_offers]
        return [one for one in offer_ids if arguments["pending_offers"] or one in self.checker.offers.offers]

    def _dry_run(self, body: Json) -> None:
        commits = self.simulator.task.commits
        answer = self.call("emit_event", body, query={"dry_run": "true"})
        if self.simulator.task.commits != commits:
            raise InvariantViolation("a dry run stores nothing", body)
        if answer and answer.status == 200 and answer.replayed is not (answer.data["id"] in self.checker.events):
            raise InvariantViolation(
                "a dry run records no event, and says if the event was recorded before", answer.text
            )

    def _check_emit_refusal(self, answer: Answer, body: Json, began: int) -> None:
        _, code = answer.refusal
        if code == "InsufficientBalanceError":
            requested = redemptions_in(body)
            times = [from_millis(at + self.simulator.task.skew) for at in (began, self.simulator.now)]
            wallets = list(self.checker.wallets_since(body["customer_id"], began))
            if all(
                _available(wallet, reward, now) >= amount
                for wallet in wallets
                for now in times
                for reward, amount in requested.items()
            ):
                raise InvariantViolation("what is available can be spent", (answer.text, requested, wallets))
        if code == "ValidationError":
            fields = {problem["field"] for problem in answer.body["details"]["fields"]}
            if not {name for name in fields if not name.startswith("redeem.")} <= {"issued_at", "reserve_until"}:
                raise InvariantViolation("a call is refused only for its reasons", answer.text)

    def _check_idempotency(self, keys: list[tuple[str, str]], body: Json, ids: list[str]) -> None:
        text = exact.canonical(body)
        for key in keys:
            first_text, first_ids = self.requests.setdefault(key, (text, ids))
            if first_text != text:
                raise InvariantViolation("a key is refused with another body", (key, first_text, text))
            if first_ids != ids:
                raise InvariantViolation("a repeated request has the first one's events", (key, first_ids, ids))

    def _check_first_answer(self, event: Json) -> None:
        model = self.checker.events.get(event["id"])
        if model is None:
            raise InvariantViolation("what is accepted is recorded", event)
        if self.first_answers.setdefault(event["id"], event) != event:
            raise InvariantViolation("a retry gets the first answer", (self.first_answers[event["id"]], event))
        balances = _balances(event["result"]["wallet"]["totals"])
        if balances != model.first_balances:
            raise InvariantViolation(
                "the first answer has the balances after the event", (balances, model.first_balances)
            )

    def _check_number(self, body: Json, event: Json, began: int) -> None:
        """A purchase is answered with the event of the same body that has its number."""
        model, purchases = self.checker.events[event["id"]], self.checker.purchases
        number = purchases.number(model.event.data, model.event.issued_at)
        if number is None or event["id"] not in purchases.holders_since(number, began):
            raise InvariantViolation("a purchase is answered with the event that has its number", (body, event))
        if exact.canonical(body) != exact.canonical(model.event.data):
            raise InvariantViolation("a number is refused with another body", (body, model.event.data))

    def _check_number_refusal(self, answer: Answer, body: Json, began: int) -> None:
        """A purchase is refused because another one has its number, in the same shop and on the same day."""
        issued = body.get("issued_at")
        reported = [parse_instant(issued)] if issued else []
        times = reported or [from_millis(at + self.simulator.task.skew) for at in (began, self.simulator.now)]
        numbers = {self.checker.purchases.number(body, at) for at in times}
        if not any(number in self.checker.purchases.holders for number in numbers):
            raise InvariantViolation("a purchase is refused only for its number", (answer.text, body))

    def batch(self, action: Action) -> None:
        arguments = action.arguments
        key = arguments["key"]
        field = "playerUniqueId" if arguments.get("v3") else "customerId"
        events = {name: ({"price": 5} if name == "REVIEW" else None) for name in arguments["names"]}
        body: Json = {field: arguments["customer"], "events": events}
        body |= {channel: arguments[channel] for channel in ("email", "mobile") if channel in arguments}
        if key:
            body["idempotencyKey"] = key
        function = "track_event_v3" if arguments.get("v3") else "track_events"
        answer = self.call(function, body, retry=bool(key))
        if answer is None or answer.status >= 400:
            return
        ids = [event["eventId"] for event in answer.body["events"]]
        self.events[action.number] = ids
        if unknown := [event_id for event_id in ids if event_id not in self.checker.events]:
            raise InvariantViolation("what is accepted is recorded", unknown)
        del body[field]
        body.pop("idempotencyKey", None)
        if key:
            self._check_idempotency([("key", key)], {**body, "customer": arguments["customer"]}, ids)

    def offer(self, action: Action) -> None:
        self._assign(action, f"create_{action.arguments['speed']}_offer")

    def points(self, action: Action) -> None:
        self._assign(action, f"assign_{action.arguments['speed']}_points")

    def _assign(self, action: Action, function: str) -> None:
        """Request an offer or points as marketing tools do."""
        arguments, key = action.arguments, action.arguments["key"]
        body = arguments["body"] | ({"idempotencyKey": key} if key else {})
        answer = self.call(function, body, retry=bool(key))
        if answer is None or answer.status >= 400:
            return
        trace_id = answer.body["traceId"]
        self.accepted.add(trace_id)
        self.traces[action.number] = trace_id
        self._check_idempotency([(action.kind, key)] if key else [], arguments["body"], [trace_id])

    def trace(self, action: Action) -> None:
        if trace_id := self.traces.get(action.arguments["of"]):
            self.read_trace(trace_id)

    def read_trace(self, trace_id: str) -> str | None:
        """The status of a trace, which must be one that it had during the call."""
        before = self.checker.traces.get(trace_id)
        answer = self.call("get_trace", path={"traceId": trace_id})
        if answer is None:
            return None
        after = self.checker.traces.get(trace_id)
        status: str = answer.data["status"]
        if status not in {trace.status for trace in (before, after) if trace}:
            raise InvariantViolation("a trace has its request's status", (answer.data, before, after))
        return status

    def offers(self, action: Action) -> None:
        self.read_list("list_offers", action.arguments["customer"], action.arguments["limit"])

    def config_offer(self, action: Action) -> None:
        settings = {"name": "Something", "benefits": {"percent": 10}, "active": action.arguments["active"]}
        self.call("put_config_offer", settings, path={"id": action.arguments["id"]})

    def _event_id(self, action: Action) -> str | None:
        """One of the events of the call that this one refers to."""
        ids = self.events.get(action.arguments["of"])
        return ids[action.number % len(ids)] if ids else None

    def fulfil(self, action: Action) -> None:
        self._change(action, "fulfill_event", None, {EventStatus.RESOLVED, EventStatus.REVERSED})

    def reverse(self, action: Action) -> None:
        self._change(action, "reverse_event", {"reason": "brought back"}, {EventStatus.CANCELLED, EventStatus.REVERSED})

    def ship(self, action: Action) -> None:
        """Fulfil what shipped of an order."""
        arguments = action.arguments
        final = {"order": {"value": arguments["value"]}} if "value" in arguments else None
        self._change_part(action, "fulfill_event", final or {"products": _goods(arguments)})

    def part(self, action: Action) -> None:
        """Reverse a part of an order."""
        arguments = action.arguments
        part = {"value": arguments["value"]} if "value" in arguments else {"products": _goods(arguments)}
        self._change_part(action, "reverse_event", {"reason": f"part {action.number}", **part})

    def _change_part(self, action: Action, function: str, body: Json) -> None:
        """A part is taken once if it has a key; without one it is not repeated."""
        key, event_id = action.arguments["key"], self._event_id(action)
        expected = {EventStatus.RESOLVED, EventStatus.REVERSED}
        answer = self._change(action, function, body, expected, key=key)
        if key and answer and answer.status == 200:
            first = self.first_answers.setdefault(f"{event_id} {key}", answer.data)
            if first != answer.data:
                raise InvariantViolation("a retry of a part gets the first answer", (first, answer.data))

    def extend(self, action: Action) -> None:
        arguments = action.arguments
        has_time = "until" in arguments
        body = {"reserve_until": _time(arguments["until"])} if has_time else {"reserve": arguments["reserve"]}
        self._change(action, "extend_hold", body, {*EventStatus} - {EventStatus.EXPIRED})

    def rescue(self, action: Action) -> None:
        commits, dry_run = self.simulator.task.commits, action.arguments.get("dry_run")
        query = {"dry_run": "true"} if dry_run else None
        if dry_run:
            if event_id := self._event_id(action):
                self.call("rescue_event", {"reason": "late"}, path={"id": event_id}, query=query)
            if self.simulator.task.commits != commits:
                raise InvariantViolation("a dry run stores nothing", action)
            return
        self._change(action, "rescue_event", {"reason": "late"}, {EventStatus.RESOLVED, EventStatus.REVERSED})

    def _change(
        self, action: Action, function: str, body: object, expected: set[EventStatus], key: str | None = ""
    ) -> Answer | None:
        """Change an event, and compare the answer with every status that the event had since the call began.

        A call whose key is None would happen twice if it were sent again.
        """
        event_id = self._event_id(action)
        if event_id is None:
            return None
        began = self.simulator.now
        headers = {"Idempotency-Key": key} if key else {}
        answer = self.call(function, body, path={"id": event_id}, headers=headers, retry=key is not None)
        if answer is None:
            return None
        model = self.checker.events[event_id]
        if answer.status == 200:
            if not answer.replayed:
                self._check_event(answer.data, model, began)
            if EventStatus(answer.data["status"]) not in expected:
                raise InvariantViolation("an accepted change has happened", (function, answer.text, model.states))
            return answer
        _, code = answer.refusal
        statuses = self._statuses_since(model, began)
        if EventStatus.PENDING in statuses and not self.checker.is_held(model.event):
            statuses.add(EventStatus.EXPIRED)  # a call with a faster clock has released its hold
        if code in _STATUSES_OF_CODES and not statuses & _STATUSES_OF_CODES[code]:
            raise InvariantViolation("a refusal names the event's status", (function, answer.text, model.states))
        return answer

    def _statuses_since(self, model: ModelEvent, since: int) -> set[EventStatus]:
        """Every status that a read which began then may have seen."""
        statuses: set[EventStatus] = set()
        times = [from_millis(at + self.simulator.task.skew) for at in (since, self.simulator.now)]
        for i, state in enumerate(model.states):
            until = model.states[i + 1].since if i + 1 < len(model.states) else self.simulator.now + 1
            if until >= since:
                statuses |= {state.status_at(now) for now in times}
        return statuses

    def _check_event(self, event: Json, model: ModelEvent, began: int) -> None:
        status = EventStatus(event["status"])
        if status not in self._statuses_since(model, began):
            raise InvariantViolation("an event that is read has a status of that time", (event, model.states))
        deadline = event["reservation_expires_at"]
        if status is EventStatus.PENDING and parse_instant(deadline) <= from_millis(began + self.simulator.task.skew):
            raise InvariantViolation("no read shows a hold after its deadline", (event, self.simulator.clock()))

    def read_event(self, action: Action) -> None:
        event_id = self._event_id(action)
        if event_id is None:
            return
        began = self.simulator.now
        answer = self.call("get_event", path={"id": event_id})
        if answer:
            self._check_event(answer.data, self.checker.events[event_id], began)

    def wallet(self, action: Action) -> None:
        self.read_wallet(action.arguments["customer"])

    def read_wallet(self, customer: str) -> Answer | None:
        """Read a wallet, which must be one that the customer had during the call."""
        began = self.simulator.now
        answer = self.call("get_wallet", path={"id": customer})
        if answer is None:
            return None
        wallets = list(self.checker.wallets_since(customer, began))
        if answer.status == 404:
            if not any(wallet.debts or wallet.lots or wallet.holds for wallet in wallets):
                return answer
            if all(wallet.debts or wallet.lots for wallet in wallets):
                raise InvariantViolation("a customer who has something is found", customer)
            return answer
        balances = _balances(answer.data["totals"])
        possible = [wallet.balances(self.simulator.clock()) for wallet in wallets]
        if balances not in possible:
            raise InvariantViolation("a wallet that is read is one of that time", (customer, balances, possible))
        return answer

    def transactions(self, action: Action) -> None:
        self.read_list("list_transactions", action.arguments["customer"], action.arguments["limit"])

    def list_events(self, action: Action) -> None:
        self.read_list("list_events", action.arguments["customer"], action.arguments["limit"])

    def read_list(self, function: str, customer: str, limit: int) -> list[Json] | None:
        """A whole list, page by page; None if a page could not be read."""
        rows: list[Json] = []
        query = {"limit": str(limit)}
        while True:
            answer = self.call(function, path={"id": customer}, query=query)
            if answer is None or answer.status >= 400:
                return None
            rows += answer.body["data"]
            if answer.body["next_cursor"] is None:
                break
            query = {"limit": str(limit), "cursor": answer.body["next_cursor"]}
        if len({row["id"] for row in rows}) < len(rows):
            raise InvariantViolation("a list has no row twice", (function, customer, [row["id"] for row in rows]))
        return rows

    def preview(self, action: Action) -> None:
        commits = self.simulator.task.commits
        body = {"customerId": action.arguments["customer"], "events": dict.fromkeys(action.arguments["names"])}
        self.call("preview_rewards", body)
        if self.simulator.task.commits != commits:
            raise InvariantViolation("a preview stores nothing", body)

    def customer(self, action: Action) -> None:
        arguments = dict(action.arguments)
        self.call("patch_customer", arguments, path={"id": arguments.pop("customer")})

    def campaign(self, action: Action) -> None:
        self.call("put_campaign", action.arguments["document"], path={"id": action.arguments["id"]})

    def delete_campaign(self, action: Action) -> None:
        self.call("delete_campaign", path={"id": action.arguments["id"]})

    def reward(self, action: Action) -> None:
        self.call("put_reward", action.arguments["settings"], path={"id": action.arguments["id"]})

    def brand(self, action: Action) -> None:
        self.call("put_brand", action.arguments["settings"])

    def set_up_sandbox(self) -> None:
        """Create what the brand to test with begins with."""
        self.call("put_reward", {"name": "Points"}, path={"id": "points"}, brand=SANDBOX)
        self.call("put_campaign", CAMPAIGN, path={"id": "short"}, brand=SANDBOX)

    def sandbox_now(self) -> datetime | None:
        """What time it is for the brand to test with; None without an answer."""
        answer = self.call("get_test_clock", brand=SANDBOX)
        return parse_instant(answer.data["now"]) if answer else None

    def sandbox_emit(self, action: Action) -> None:
        arguments = action.arguments
        now = self.sandbox_now()
        if now is None:
            return
        body: Json = {"customer_id": arguments["customer"], "brand_id": SANDBOX, "type": "VISIT"}
        if "hold" in arguments:
            until = now + timedelta(seconds=arguments["hold"])
            body |= {"fulfilled": False, "reserve_until": format_instant(until)}
        # Refused if the clock has passed that meanwhile.
        answer = self.call("emit_event", body, headers={"Idempotency-Key": f"lab {action.number}"}, brand=SANDBOX)
        if answer and answer.status < 300:
            self.events[action.number] = [answer.data["id"]]

    def sandbox_fulfil(self, action: Action) -> None:
        for event_id in self.events.get(action.arguments["of"], ()):
            self.call("fulfill_event", path={"id": event_id}, brand=SANDBOX)

    def sandbox_advance(self, action: Action) -> None:
        now = self.sandbox_now()
        if now is not None:
            to = format_instant(now + timedelta(seconds=action.arguments["seconds"]))
            # Refused if another advance is on its way further.
            self.call("advance_test_clock", {"to": to}, brand=SANDBOX)


def _available(wallet: ModelWallet, reward: str, now: datetime) -> Decimal:
    available: Decimal = wallet.balances(now).get(reward, (ZERO,))[0]
    return available


def _balances(totals: list[Json]) -> Balances:
    found = {
        one["reward_id"]: (Decimal(one["available"]), Decimal(one["reserved"]), Decimal(one["pending"]))
        for one in totals
    }
    return {reward: amounts for reward, amounts in found.items() if any(amounts)}


def _emit_body(arguments: Arguments) -> Json:
    """The body of an emit."""
    body: Json = {"customer_id": arguments["customer"], "brand_id": BRAND, "type": arguments["type"]}
    levels: dict[str, Json] = {"event": body}
    if arguments["type"] == "PURCHASE":
        first, *others = [
            {"sku": sku, "amount": amount, "metadata": {"weight": f"{amount}.50" if sku != "C3" else "heavy"}}
            for amount, sku in enumerate(arguments.get("skus", ["A1"]), 1)
        ]
        product, shipping, order = first, {"value": 0}, {"value": arguments["value"]}
        order |= {"store_id": arguments["store"]} if "store" in arguments else {}
        levels |= {"order": order, "product": product, "shipping": shipping}
        order |= {"purchase_id": arguments["purchase"]} if "purchase" in arguments else {}
        body["order"] = order
    for level, reward, amount in arguments.get("redeem", ()):
        levels.get(level, body).setdefault("redeem", []).append({"id": reward, "amount": amount})
    if "order" in levels:
        levels["order"] |= {"products": [product, *others], "shipping": shipping}
    if arguments.get("fulfilled") is False:
        body["fulfilled"] = False
    if "until" in arguments:
        body["reserve_until"] = _time(arguments["until"])
    if "reserve" in arguments:
        body["reserve"] = arguments["reserve"]
    if "issued" in arguments:
        body["issued_at"] = _time(arguments["issued"])
    return body


def _goods(arguments: Arguments) -> list[Json]:
    return [{"sku": sku, "amount": Decimal(amount)} for sku, amount in arguments["products"]]


def _time(after_start: int) -> str:
    return format_instant(from_millis(START + after_start))
