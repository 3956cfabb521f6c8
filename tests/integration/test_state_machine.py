"""Random calls on one customer, over HTTP on the deployed stack, each answered as the sequential model says."""

import time
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from tests.support.figures import Record, answers
from tests.support.one_wallet import Call, OneWallet, Seen
from tests.support.project import LONG
from tests.support.stack import Stack

AMOUNTS = st.integers(1, 40)
# How long a hold lives whose end is waited for, and for how many of them in a history.
HELD, MAX_WAITS = timedelta(seconds=1.5), 2 if LONG else 1
MACHINES, STEPS = (60, 30) if LONG else (12, 15)


class Lifecycle(RuleBasedStateMachine):
    """A customer of its own for every run; `emits` is what each emit said first, for its retry."""

    api: httpx.Client
    events = Bundle("events")
    emits = Bundle("emits")

    def __init__(self) -> None:
        super().__init__()
        self.customer = f"machine-{uuid.uuid4()}"
        self.model = OneWallet()
        self.ids: list[str] = []
        self.waits = 0
        self.earn(50)

    def emit(self, body: dict[str, Any], key: str | None = None) -> httpx.Response:
        whole = {"brand_id": "demo", "customer_id": self.customer, "type": "PURCHASE", **body}
        return self.api.post("/behavior/events", json=whole, headers={"Idempotency-Key": key} if key else {})

    def expect(self, call: Call, answer: httpx.Response) -> None:
        self.model, wanted = self.model.after(call)
        seen = Seen(answer.status_code)
        if answer.status_code < 300:
            data = answer.json()["data"]
            seen = Seen(answer.status_code, totals(data) if call.act in ("earn", "spend") else data["status"])
        assert seen == wanted, answer.text

    @rule(target=emits, amount=AMOUNTS)
    def earn(self, amount: int) -> tuple[dict[str, Any], str, httpx.Response]:
        body, key = {"metadata": {"pay": amount}}, str(uuid.uuid4())
        answer = self.emit(body, key)
        self.expect(Call("earn", amount), answer)
        return body, key, answer

    @rule(amount=AMOUNTS)
    def spend(self, amount: int) -> None:
        answer = self.emit({"redeem": [{"id": "test-points", "amount": amount}], "metadata": {"pay": 0}})
        self.expect(Call("spend", amount), answer)

    @rule(target=events, takes=AMOUNTS, earns=AMOUNTS)
    def hold(self, takes: int, earns: int) -> int:
        return self.held(takes, earns)

    def held(self, takes: int, earns: int, **more: Any) -> int:
        body = {"redeem": [{"id": "test-points", "amount": takes}], "metadata": {"pay": earns}, "fulfilled": False}
        covered = takes <= self.model.available
        answer = self.emit({**body, **more} if covered else {**body, **more, "redeem": []})
        self.model = self.model.hold(takes if covered else 0, earns)
        assert (answer.status_code, totals(answer.json()["data"])) == (201, self.model.totals)
        self.ids.append(answer.json()["data"]["id"])
        return len(self.ids) - 1

    @precondition(lambda self: self.waits < MAX_WAITS)
    @rule(target=events, takes=AMOUNTS, earns=AMOUNTS)
    def hold_until_it_is_over(self, takes: int, earns: int) -> int:
        until = datetime.now(UTC) + HELD
        event = self.held(takes, earns, reserve_until=until.isoformat())
        # Whatever is asked next comes after the deadline, and mostly before anything is removed.
        time.sleep(max(0, (until - datetime.now(UTC)).total_seconds()))
        self.model = self.model.over(event)
        self.waits += 1
        return event

    @rule(event=events)
    def extend(self, event: int) -> None:
        answer = self.api.patch(f"/behavior/events/{self.ids[event]}/reserve", json={"reserve": 1})
        self.expect(Call("extend", event), answer)

    @rule(event=events)
    def fulfil(self, event: int) -> None:
        self.expect(Call("fulfil", event), self.api.patch(f"/behavior/events/{self.ids[event]}/fulfill"))

    @rule(event=events)
    def reverse(self, event: int) -> None:
        url = f"/behavior/events/{self.ids[event]}/reverse"
        self.expect(Call("reverse", event), self.api.post(url, json={"reason": "brought back"}))

    @rule(emitted=emits)
    def retry(self, emitted: tuple[dict[str, Any], str, httpx.Response]) -> None:
        body, key, first = emitted
        again = self.emit(body, key)
        assert (again.status_code, again.text) == (first.status_code, first.text)
        assert again.headers["Idempotency-Replayed"] == "true"
        other = self.emit({**body, "metadata": {"pay": 99}}, key)
        assert (other.status_code, other.json()["code"]) == (422, "IdempotencyMismatchError")

    @invariant()
    def the_wallet_is_the_models(self) -> None:
        data = self.api.get(f"/customers/{self.customer}/wallet").json()["data"]
        assert totals({"result": {"wallet": data}}) == self.model.totals

    def teardown(self) -> None:
        lines = self.api.get(f"/customers/{self.customer}/transactions", params={"limit": 100}).json()
        assert lines["next_cursor"] is None
        assert sum(line["amount"] for line in lines["data"]) == self.model.available
        for id_, event in zip(self.ids, self.model.events, strict=True):
            assert self.api.get(f"/behavior/events/{id_}").json()["data"]["status"] == event.status


def totals(data: dict[str, Any]) -> tuple[int, int, int]:
    found = {one["reward_id"]: one for one in data["result"]["wallet"]["totals"]}
    one = found.get("test-points", {"available": 0, "reserved": 0, "pending": 0})
    return one["available"], one["reserved"], one["pending"]


def test_any_order_of_calls_is_answered_as_the_model_says(stack: Stack, record_property: Record) -> None:
    shape = settings(
        max_examples=MACHINES,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    statuses: Counter[int] = Counter()
    with stack.client() as api:
        api.event_hooks["response"].append(lambda answer: statuses.update([answer.status_code]))
        run_state_machine_as_test(type("Run", (Lifecycle,), {"api": api}), settings=shape)
    for figure in answers(f"state machine, {MACHINES} histories", statuses):
        record_property(*figure)
    assert set(statuses) == {200, 201, 409, 422}
