"""What the functions log on the deployed stack: a line for each call, and nothing of whom it was about."""

import json
from typing import Any

from earnest.local.processes import poll
from tests.support.project import lambdas
from tests.support.samples import body_of, sample
from tests.support.stack import Stack
from tests.support.worlds import ROUTES, World, in_order, logs_of, new_world

# Each stands for something that a log has no business knowing, and is found whatever surrounds it.
CUSTOMER, EMAIL, MOBILE, NAME = "kundin-qzx7731", "qzx7732@example.com", "+4915112347733", "Qzx7734 Muster"
TAG, CARD, ODD_ID, PRODUCT = "qzx7735", "qzx7736-card", "qzx7737-nobody", "qzx7738-sku"
PERSONAL = (CUSTOMER, EMAIL, "qzx7732", MOBILE, MOBILE[1:], NAME, "Qzx7734", TAG, CARD, ODD_ID, PRODUCT)


def test_no_key_and_nothing_personal_is_ever_logged(stack: Stack) -> None:
    world = new_world(stack, "logged")
    narrow = world.key_with("offers:write")
    unknown = f"ek_{world.brand}_qzx7739{'x' * 30}"
    accepted = []

    def ask(function: str) -> None:
        body = _personal(function, world.brand)
        answer = world.ask(function, ids=_customers(function), body=body)
        if answer.status_code == 202:
            accepted.append(answer.json()["traceId"])
        world.ask(function)  # as the sample has it
        world.ask(function, ids=dict.fromkeys(world.ids(function), ODD_ID), body=body)
        world.ask(function, ids=dict.fromkeys(world.ids(function), f"%23{ODD_ID}"))
        world.ask(function, body=f'{{"customer_id": "{CUSTOMER}", "email": "{EMAIL}"')
        world.ask(function, body=json.dumps({"customer_id": [CUSTOMER], "email": {EMAIL: 1}, NAME: MOBILE}))
        world.ask(function, query={"cursor": ODD_ID, "limit": TAG, "dry_run": TAG})
        world.ask(function, key=narrow, body=body)

    *others, last = in_order()
    for function in ("emit_event", "patch_customer", *others):
        ask(function)
    for function in ("emit_event", "track_events"):
        world.ask(function, key=unknown)

    # What is asked for is carried out by other functions, and they log too.
    assert len(accepted) == 5
    for trace in accepted:
        _wait_until_over(world, trace)
    assert last == "advance_test_clock", "after which the traces are too old to be read"
    ask(last)
    lines = logs_of(stack)
    said = {(line.get("function_name"), line.get("message")) for line in map(_parsed, lines)}
    # A stack, a logical id, and what makes the name unique.
    told = {(name.split("-")[1], message) for name, message in said if name}
    for function, route in ROUTES.items():
        name = lambdas()[function].logical_id
        assert (name, f"{route.method.upper()} {route.path}") in told, f"{name} logs nothing"
    assert {"OnHotOfferRequested", "OnColdOfferRequested"} <= {name for name, _ in told}
    everything = "\n".join(lines)
    assert world.brand in everything
    for personal in PERSONAL:
        assert personal not in everything, next(line for line in lines if personal in line)
    for key in (world.key, narrow, unknown, *(one["admin_key"] for one in stack.card["brands"].values())):
        assert key not in everything
        assert key.split("_", 2)[2] not in everything  # what is secret of it may have such a mark in it too


def _parsed(line: str) -> dict[str, Any]:
    """A line as the object that it is; the engine's own lines are text."""
    parsed: dict[str, Any] = json.loads(line) if line.startswith("{") else {}
    return parsed


def _wait_until_over(world: World, trace: str) -> None:
    for _ in poll(0.2, 240.0):  # a delivery that comes to nothing is made again after three minutes
        if world.ask("get_trace", ids={"traceId": trace}).json()["data"]["status"] != "QUEUED":
            return
    raise AssertionError("a request was not carried out")


def _customers(function: str) -> dict[str, str] | None:
    """The ids of the sample's path, the customer's replaced; None if there are none to replace."""
    if not ROUTES[function].path.startswith("/customers/"):
        return None
    return dict.fromkeys(sample(function)["pathParameters"], CUSTOMER)


def _personal(function: str, brand: str) -> str | None:
    """The sample's body about a person who can be recognised."""
    if not sample(function)["body"]:
        return None
    body = body_of(function) | {"idempotencyKey": f"{CARD}-{function}"}
    for field, value in {
        **dict.fromkeys(("customer_id", "customerId", "playerUniqueId", "userId"), CUSTOMER),
        "email": EMAIL,
        "mobile": MOBILE,
        "reason": NAME,
        "tags": {TAG: NAME},
        "metadata": {"card": CARD},
        "brand_id": brand,
        "attributes": {"name": NAME},
        "order": {"purchase_id": CARD, "value": 5, "products": [{"sku": PRODUCT}]},
    }.items():
        if field in body or field in ("email", "mobile"):
            body[field] = value
    return json.dumps(body)
