"""The functions in this process behind HTTP on loopback, for what speaks HTTP alone: a browser.

Requests are made into events as the gateway makes them, the authorizer is asked first, and what is sent to a queue is
carried out at once. moto is for one thread, so one request is answered at a time.
"""

import json
import re
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from loyalty.services.api_keys import create_key
from tests.support.api import Api, function
from tests.support.backend import Backend
from tests.support.project import CONTEXT, published_routes, routes
from tests.support.samples import sample

Json = dict[str, Any]
Reply = tuple[int, dict[str, str], str]
"""Status, headers and body."""

STAGE = "/v1"
REFUSED = {401: "Unauthorized", 404: "RouteNotFound", 500: "InternalError"}


class Answering(Protocol):
    """What can be served."""

    base_url: str

    def answer(self, method: str, target: str, headers: dict[str, str], body: str) -> Reply:
        """Status, headers and body of the answer to a request."""

    def close(self) -> None:
        """No request comes any more."""


class HttpBackend:
    """A backend with an address."""

    def __init__(self, backend: Backend) -> None:
        self.backend = OfNow(backend.client, backend.table, backend.carrier)
        self.base_url = ""
        self._lock = threading.Lock()
        self._closed = False

    def key(self, *scopes: str, brand: str = "demo") -> str:
        """The secret of a new key with these scopes."""
        with self._lock:
            return create_key(brand, "A key", scopes, datetime.now(UTC)).secret

    def answer(self, method: str, target: str, headers: dict[str, str], body: str) -> Reply:
        """What the stack would answer: status, headers and body."""
        found = _routed(method, target, headers, body)
        if found is None:
            return _refused(404)
        with self._lock:
            return _refused(500) if self._closed else self._act(*found)

    def close(self) -> None:
        """Let no function begin any more: moto is about to be taken down, and a window may still be asking."""
        with self._lock:
            self._closed = True

    def _act(self, function: str, event: Json) -> Reply:
        if "authorizer" in sample(function)["requestContext"]:
            try:
                asked = {**sample("authorize"), "resource": event["resource"], "headers": event["headers"]}
                event["requestContext"]["authorizer"] = self.backend.run("authorize", asked)["context"]
            except Exception as error:
                if str(error) != "Unauthorized":
                    raise
                return _refused(401)
        answer = self.backend.run(function, event)
        carrier = self.backend.carrier
        if carrier.messages:
            self.backend.process_assignment()
        # What is not taken is put into the queue again, for later.
        waiting, carrier.to_webhooks = carrier.to_webhooks, []
        for body in waiting:
            self.backend.deliver_to_webhook(body)
        return answer["statusCode"], answer["headers"], answer["body"]


class HttpApi:
    """The API of one brand with an address, for many requests at once, whichever key they bring.

    The gateway keeps an authorizer's answers, so that is not asked here.
    """

    def __init__(self, api: Api) -> None:
        self.api = api
        self.base_url = ""

    def answer(self, method: str, target: str, headers: dict[str, str], body: str) -> Reply:
        """What the stack would answer to a key with every scope."""
        found = _routed(method, target, headers, body)
        if found is None:
            return _refused(404)
        name, event = found
        event["requestContext"]["authorizer"] = {"brand_id": self.api.brand, "scopes": "admin"}
        answer = function(name).handler(event, CONTEXT)
        return answer["statusCode"], answer["headers"], answer["body"]

    def close(self) -> None:
        """Nothing is to be taken down."""


@contextmanager
def served(backend: Backend) -> Iterator[HttpBackend]:
    """The backend on a free port of 127.0.0.1."""
    with serving(HttpBackend(backend)) as made:
        yield made


@contextmanager
def serving[T: Answering](made: T) -> Iterator[T]:
    """What answers requests on a free port of 127.0.0.1."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Without this an answer of two packets waits for the other side's acknowledgement.
        disable_nagle_algorithm = True

        def handle_one(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            sent = self.rfile.read(length).decode()
            try:
                status, headers, text = made.answer(self.command, self.path, dict(self.headers.items()), sent)
            except Exception:
                status, headers, text = _refused(500)
                self._send(status, headers, text)
                raise
            self._send(status, headers, text)

        def _send(self, status: int, headers: dict[str, str], text: str) -> None:
            data = text.encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_one  # noqa: N815 - as http.server calls them

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as http.server calls it
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    made.base_url = f"http://127.0.0.1:{server.server_address[1]}{STAGE}"
    try:
        yield made
    finally:
        made.close()
        server.shutdown()
        server.server_close()
        thread.join()


class OfNow(Backend):
    """A backend whose time is the real one, or so much before it, as what a browser makes of times has to be right."""

    ago = timedelta()

    def _clock(self) -> datetime:
        return datetime.now(UTC) - self.ago


@cache
def _patterns() -> list[tuple[str, re.Pattern[str], str, str]]:
    return [
        (method, re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path))), path, name)
        for name, method, path in (*routes(), *published_routes())
    ]


def _routed(method: str, target: str, headers: dict[str, str], body: str) -> tuple[str, Json] | None:
    """The function of a request, and the event that it gets."""
    parts = urlsplit(target)
    path = parts.path.removeprefix(STAGE) or "/"
    for one_method, pattern, resource, name in _patterns():
        if one_method == method and (found := pattern.fullmatch(path)):
            event = _event(method, path, resource, headers, body, parts.query)
            event["pathParameters"] = {key: unquote(value) for key, value in found.groupdict().items()} or None
            return name, event
    return None


def _event(method: str, path: str, resource: str, headers: dict[str, str], body: str, query: str) -> Json:
    """The event that the gateway makes of a request."""
    values = parse_qs(query, keep_blank_values=True)
    about = {"httpMethod": method, "resourcePath": resource, "path": STAGE + path, "stage": "v1"}
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": {name.lower(): value for name, value in headers.items()},
        "multiValueHeaders": {name.lower(): [value] for name, value in headers.items()},
        "queryStringParameters": {name: all_of[-1] for name, all_of in values.items()} or None,
        "multiValueQueryStringParameters": values or None,
        "stageVariables": None,
        "requestContext": {**about, "requestId": str(uuid.uuid4()), "identity": {"sourceIp": "127.0.0.1"}},
        "body": body or None,
        "isBase64Encoded": False,
    }


def _refused(status: int) -> Reply:
    """What the gateway answers by itself."""
    code = REFUSED[status]
    body = {"statusCode": status, "code": code, "message": code, "details": {"fields": []}, "requestId": "-"}
    return status, {"Content-Type": "application/json"}, json.dumps(body)
