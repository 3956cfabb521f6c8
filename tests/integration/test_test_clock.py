"""The test clock over HTTP on the deployed stack, with its queue and its worker."""

import json
from datetime import timedelta
from typing import Any

from earnest.local.processes import poll
from loyalty.domain.times import format_instant, parse_instant
from tests.support.stack import Stack
from tests.support.worlds import World, bare_world


def ask(world: World, function: str, body: object = None, **ids: str) -> Any:
    """The data of an answer."""
    answer = world.ask(function, ids=ids, query={}, body=None if body is None else json.dumps(body))
    assert answer.status_code < 300, answer.text
    return answer.json()["data"]


def test_a_month_passes_in_seconds_and_what_ends_in_it_has_ended(stack: Stack) -> None:
    world = bare_world(stack, "clock", sandbox=True)
    ask(world, "put_reward", {"name": "Points"}, id="points")
    effect = {"reward_id": "points", "amount": 5, "expires_in": "20/days"}
    ask(world, "put_campaign", {"name": "V", "trigger": "V", "rules": [{"effects": [effect]}]}, id="v")
    body = {"customer_id": "ana", "brand_id": world.brand, "type": "V"}
    ask(world, "emit_event", body)
    held = ask(world, "emit_event", {**body, "fulfilled": False, "reserve": 10})
    month = format_instant(parse_instant(ask(world, "get_test_clock")["now"]) + timedelta(days=30))
    assert ask(world, "advance_test_clock", {"to": month})["to"] == month
    for _ in poll(0.2, 120.0):
        clock = ask(world, "get_test_clock")
        if clock["status"] == "ready":
            break
    assert (clock["status"], clock["now"] >= month) == ("ready", True)
    event = ask(world, "get_event", id=held["id"])
    assert (event["status"], event["expired_at"]) == ("EXPIRED", held["reservation_expires_at"])
    (total,) = ask(world, "get_wallet", id="ana")["totals"]
    assert (total["available"], total["pending"]) == (0, 0)
    lines = ask(world, "list_transactions", id="ana")
    assert [line["type"] for line in lines if line["amount"] < 0] == ["EXPIRATION"]
    assert ask(world, "emit_event", body)["issued_at"] > month
    live = bare_world(stack, "living")
    assert live.ask("advance_test_clock", ids={}).status_code == 403
