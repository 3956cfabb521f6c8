"""Between the functions and the store: a proxy that passes most calls on, and throttles, fails or cuts off the rest."""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3

from earnest.local.engine import REGION
from tests.support.faults.kills import CALLERS
from tests.support.faults.load import PATIENCE_SECONDS, Figures, load
from tests.support.stack import Stack

# What it answers instead of passing the call on.
REFUSALS = {
    "ThrottlingException": 400,
    "ProvisionedThroughputExceededException": 400,
    "RequestLimitExceeded": 400,
    "InternalServerError": 500,
}
CUT = "connection cut after the call was done"
SECONDS_AN_EMIT = 1
BEHIND_IT = ("EmitEvent", "FulfillEvent", "ReverseEvent")


class Proxy(ThreadingHTTPServer):
    """Fails a share of the calls to a port of this machine; `done` counts what became of all."""

    daemon_threads = True

    def __init__(self, port: int, share: float, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.behind = port
        self.share = share
        self.chance = random.Random(seed)
        self.done: Counter[str] = Counter()

    def drawn(self) -> str:
        """What becomes of the next call."""
        fault = self.chance.choice([*REFUSALS, CUT]) if self.chance.random() < self.share else "passed on"
        self.done[fault] += 1
        return fault


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Proxy

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fault = self.server.drawn()
        if fault in REFUSALS:
            refusal = {"__type": f"com.amazonaws.dynamodb.v20120810#{fault}", "message": "not now"}
            self._answer(REFUSALS[fault], json.dumps(refusal).encode(), "application/x-amz-json-1.0")
            return
        behind = HTTPConnection("127.0.0.1", self.server.behind, timeout=60)
        try:
            behind.request("POST", self.path, body, dict(self.headers))
            answer = behind.getresponse()
            said = answer.read()
        finally:
            behind.close()
        if fault == CUT:
            self.close_connection = True
            return
        self._answer(answer.status, said, answer.headers["Content-Type"])

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def fail_the_store(stack: Stack, share: float, emits: int, seed: int = 1) -> tuple[Figures, Counter[str]]:
    """Callers at work until so many events are emitted, while a share of the calls to the store fail.

    AssertionError if anything is lost or doubled.
    """
    with _between(stack, share, seed) as proxy:
        with load(stack, CALLERS, seed) as under:
            give_up = time.monotonic() + SECONDS_AN_EMIT * emits + PATIENCE_SECONDS
            while under.going and under.emitted < emits and time.monotonic() < give_up:
                time.sleep(0.1)
        figures = under.figures()
        assert figures.events >= emits, "too slow"
        return figures, proxy.done


@contextmanager
def _between(stack: Stack, share: float, seed: int) -> Iterator[Proxy]:
    """The proxy between the functions and the store while the context lasts: versions of their own for the alias."""
    client = boto3.client(
        "lambda",
        endpoint_url=f"http://127.0.0.1:{stack.port}",
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    with Proxy(stack.port, share, seed) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        before: dict[str, str] = {}
        try:
            for name in _names(client):
                before[name] = client.get_alias(FunctionName=name, Name="live")["FunctionVersion"]
                kept = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
                wanted = {**kept, "AWS_ENDPOINT_URL_DYNAMODB": f"http://127.0.0.1:{proxy.server_port}"}
                client.update_function_configuration(FunctionName=name, Environment={"Variables": wanted})
                version = client.publish_version(FunctionName=name)["Version"]
                client.update_alias(FunctionName=name, Name="live", FunctionVersion=version)
                client.update_function_configuration(FunctionName=name, Environment={"Variables": kept})
            yield proxy
        finally:
            for name, version in before.items():
                client.update_alias(FunctionName=name, Name="live", FunctionVersion=version)
            client.close()
            proxy.shutdown()


def _names(client: Any) -> list[str]:
    pages = client.get_paginator("list_functions").paginate()
    names = [one["FunctionName"] for page in pages for one in page["Functions"]]
    found = [name for name in names if any(f"-{one}-" in name for one in BEHIND_IT)]
    assert len(found) == len(BEHIND_IT), names
    return found
