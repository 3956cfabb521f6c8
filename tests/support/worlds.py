"""Brands of their own on the deployed stack, in which every sample request of `events/` can be carried out."""

import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import boto3
import httpx
import pytest

from earnest import openapi
from earnest.local.processes import poll
from loyalty.domain.program.changes import Author
from loyalty.domain.times import format_instant
from loyalty.services.api_keys import create_key, revoke_key
from loyalty.services.program import create_brand
from loyalty.settings import settings
from loyalty.store import table
from tests.support.project import resources
from tests.support.samples import MERGING, body_of, sample
from tests.support.stack import ANSWER_SECONDS, PLAIN, Stack

LINES_PER_ANSWER = 10_000
ROUTES = {route.function: route for route in openapi.routes() if route.operation == route.function}
_HEADERS = {
    name: authorizer["Identity"]["Headers"][0]
    for api in resources("AWS::Serverless::Api").values()
    for name, authorizer in api["Auth"]["Authorizers"].items()
}
# What has to have happened before every sample can be carried out, what is there twice so that lists have a second
# page, and what must not happen before the others.
_FIRST = (
    "put_reward",
    "put_campaign",
    "put_config_offer",
    "emit_event",
    "track_events",
    "create_hot_offer",
    "create_key",
    "put_webhook",
)
_TWICE = ("put_reward", "put_campaign", "put_config_offer", "put_webhook")
_LAST = (
    "erase_customer",
    "delete_campaign",
    "delete_reward",
    "delete_config_offer",
    "delete_webhook",
    "advance_test_clock",
)


@dataclass(frozen=True)
class World:
    """A brand with a key of every scope."""

    stack: Stack
    brand: str
    key: str
    names: Mapping[str, str]

    def ask(
        self,
        function: str,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        ids: Mapping[str, str] | None = None,
        body: str | None = None,
    ) -> httpx.Response:
        """Send a function's sample request in this brand, with its key or another, with its ids or others."""
        asked = sample(function)
        path = ROUTES[function].path
        for name, value in (self.ids(function) if ids is None else ids).items():
            path = path.replace(f"{{{name}}}", value)
        content = asked["body"] and asked["body"].replace('"demo"', f'"{self.brand}"')
        sent = {
            "Content-Type": "application/json",
            **header_of(function, self.key if key is None else key),
            **({} if headers is None else headers),
        }
        url = self.stack.card["base_url"] + path
        params = asked["queryStringParameters"] if query is None else dict(query)
        wanted = content if body is None else body
        return _http().request(ROUTES[function].method, url, params=params, headers=sent, content=wanted)

    def ids(self, function: str) -> Mapping[str, str]:
        """What the path of the function's sample names, as it is called in this brand."""
        section = ROUTES[function].path.split("/")[1]
        ids = sample(function)["pathParameters"] or {}
        return {name: self.names.get(function, self.names.get(section, value)) for name, value in ids.items()}

    def items(self) -> list[Any]:
        """Everything of the brand in the table."""
        pages = _client(self.stack, "dynamodb").get_paginator("scan").paginate(TableName=_table(self.stack))
        mine = (f"BRAND#{self.brand}#", f"BRAND#{self.brand}")
        found = [item for page in pages for item in page["Items"] if _is_of(item["pk"]["S"], *mine)]
        return sorted(found, key=lambda item: (item["pk"]["S"], item["sk"]["S"]))

    def key_with(self, *scopes: str, name: str = "A key", disabled: bool = False, expired: bool = False) -> str:
        """Another key of the brand."""
        now = datetime.now(UTC)
        made, ends = (now - timedelta(days=1), now - timedelta(seconds=1)) if expired else (now, None)
        with store_of(self.stack):
            new = create_key(self.brand, name, scopes, made, ends)
            if disabled:
                revoke_key(self.brand, new.key_id, Author("", now))
        return new.secret


def bare_world(stack: Stack, prefix: str, *, sandbox: bool = False) -> World:
    """A brand where nothing has happened."""
    brand = f"{prefix}-{uuid.uuid4().hex[:8]}"
    with store_of(stack):
        create_brand(brand, "A brand", sandbox=sandbox)
        key = create_key(brand, "Admin", ["admin"], datetime.now(UTC))
    return World(stack, brand, key.secret, {"keys": key.key_id})


def new_world(stack: Stack, prefix: str) -> World:
    """A brand where what the samples are about is there: reward, campaign, event, customer, a test clock."""
    world = bare_world(stack, prefix, sandbox=True)
    # First of all, as no function knows other settings of the brand yet.
    for function, body in MERGING:
        assert world.ask(function, body=json.dumps(body)).status_code == 200
    for function in _FIRST:
        answer = world.ask(function)
        assert answer.status_code < 300, answer.text
        if function == "emit_event":
            world = replace(world, names={**world.names, "behavior": answer.json()["data"]["id"]})
        if function == "create_hot_offer":
            world = replace(world, names={**world.names, "traces": answer.json()["traceId"]})
            _assign_another_offer(world)
        if function == "create_key":
            world = replace(world, names={**world.names, "keys": answer.json()["data"]["id"]})
    world = _with_one_that_expired(world)
    for function in _TWICE:
        assert world.ask(function, ids={"id": "second"}).status_code == 200
    bought = {"customer_id": "ana", "brand_id": world.brand, "type": "PURCHASE", "order": {"value": 10}}
    for customer in ("ana", "ana", "noa"):
        assert world.ask("emit_event", body=json.dumps({**bought, "customer_id": customer})).status_code == 201
    return world


def _with_one_that_expired(world: World) -> World:
    """The world with the event that the sample of `rescue_event` is about: its hold is over by the brand's clock."""
    now = datetime.now(UTC)
    until, later = (format_instant(now + timedelta(minutes=length)) for length in (10, 11))
    held = {"customer_id": "lee", "brand_id": world.brand, "type": "PICKED_UP", "fulfilled": False}
    answer = world.ask("emit_event", body=json.dumps({**held, "reserve_until": until}))
    assert answer.status_code == 201, answer.text
    assert world.ask("advance_test_clock", body=json.dumps({"to": later})).status_code == 202
    for _ in poll(0.2, 240.0):
        if world.ask("get_test_clock").json()["data"]["status"] == "ready":
            return replace(world, names={**world.names, "rescue_event": answer.json()["data"]["id"]})
    raise AssertionError("the clock is still on its way")


def _assign_another_offer(world: World) -> None:
    """One more than the sample's, so that their list has a second page; both are there then."""
    body = {**body_of("create_hot_offer"), "idempotencyKey": "another"}
    assert world.ask("create_hot_offer", body=json.dumps(body)).status_code == 202
    for _ in poll(0.2, 240.0):  # a delivery that comes to nothing is made again after three minutes
        if len(world.ask("list_offers", ids={"id": body["userId"]}).json()["data"]) == 2:
            return
    raise AssertionError("the offers were not assigned")


def in_order() -> list[str]:
    """Every function that answers requests, in an order in which one world can carry out all samples."""
    return sorted(ROUTES, key=lambda function: (_LAST.index(function) + 1 if function in _LAST else 0, function))


def header_of(function: str, key: str) -> dict[str, str]:
    """The header in which the route takes a key; none if it takes no key."""
    authorizer = ROUTES[function].authorizer
    if authorizer is None or not key:
        return {}
    return {_HEADERS[authorizer]: f"Bearer {key}" if _HEADERS[authorizer] == "Authorization" else key}


def logs_of(stack: Stack, since: float = 0.0) -> list[str]:
    """Every line that the stack's functions have logged since then.

    The local engine answers with the first 10,000 lines and names no next page, so the next one begins at the last
    line's time.
    """
    client = _client(stack, "logs")
    (group,) = (group["logGroupName"] for group in client.describe_log_groups()["logGroups"])
    lines: list[str] = []
    start = int(since * 1000)
    while True:
        events = client.filter_log_events(logGroupName=group, startTime=start)["events"]
        if len(events) < LINES_PER_ANSWER:
            return [*lines, *(event["message"] for event in events)]
        last = events[-1]["timestamp"]
        lines += [event["message"] for event in events if event["timestamp"] < last]
        start = last


@contextmanager
def store_of(stack: Stack) -> Iterator[None]:
    """Let the product's own store, in this process, be the stack's table."""
    with pytest.MonkeyPatch.context() as patch:
        client = _client(stack, "dynamodb")
        patch.setattr(table, "client", lambda: client)
        patch.setenv("TABLE_NAME", _table(stack))
        settings.cache_clear()
        yield
    settings.cache_clear()


@cache
def _http() -> httpx.Client:
    return httpx.Client(timeout=ANSWER_SECONDS, **PLAIN)


def _is_of(pk: str, prefix: str, whole: str) -> bool:
    return pk == whole or pk.startswith(prefix)


def _table(stack: Stack) -> str:
    name: str = json.loads((stack.home / "state" / "deployed.json").read_text())["table"]
    return name


@cache
def _client(stack: Stack, service: str) -> Any:
    return boto3.client(
        service,
        endpoint_url=f"http://127.0.0.1:{stack.port}",
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
