"""What is written by hand: the key in the header that each call takes, and retries that never do anything twice.

All else in this package is generated. A call is sent again after a 429, after any 5xx that a gateway or a function
answers when it could not do its work, and after a connection that broke; but only if that is harmless. It is, if the
call says by an idempotency key which one it is, if its method is repeatable by itself, or if nothing has been done yet.
"""

import json
import re
import time
import uuid
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from random import uniform
from typing import Any

import anyio
import httpx
from attrs import define, field

from earnest_client.generated import AuthenticatedClient
from earnest_client.generated.errors import UnexpectedStatus
from earnest_client.generated.operations import OPERATIONS

IDEMPOTENCY_KEY = "Idempotency-Key"

# API Gateway gives up on a function after 29 seconds.
_TIMEOUT = httpx.Timeout(30.0)
_FIRST_WAIT = 0.5
_NOT_DONE = {HTTPStatus.TOO_MANY_REQUESTS}
_MAY_BE_DONE = {
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_BROKEN = (*_NEVER_SENT, httpx.NetworkError, httpx.TimeoutException, httpx.RemoteProtocolError)
_REPEATABLE = ("GET", "PUT", "DELETE")

_OPERATIONS = [
    (method, re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))), key_header, is_idempotent)
    for method, path, key_header, is_idempotent in OPERATIONS
]


@define(repr=False)
class EarnestClient(AuthenticatedClient):
    """`EarnestClient(base_url, key)`: what every generated call takes as its `client`, in `with` or `async with`.

    Attributes:
        retries: How often a call is sent again at most.
        longest_wait: For how many seconds a retry is put off at most. Where the stack asks for more, its answer is
            returned at once.
    """

    raise_on_unexpected_status: bool = field(default=True, kw_only=True)
    _timeout: httpx.Timeout | None = field(default=_TIMEOUT, kw_only=True, alias="timeout")
    retries: int = field(default=4, kw_only=True)
    longest_wait: float = field(default=30.0, kw_only=True)

    def __repr__(self) -> str:
        """Where it leads, and not the key: it ends up in logs."""
        return f"EarnestClient({self._base_url!r})"

    def get_httpx_client(self) -> httpx.Client:
        """The client of the blocking calls."""
        if self._client is None:
            self._client = _Client(self, **self._settings())
        return self._client

    def get_async_httpx_client(self) -> httpx.AsyncClient:
        """The client of the calls that are awaited."""
        if self._async_client is None:
            self._async_client = _AsyncClient(self, **self._settings())
        return self._async_client

    def _settings(self) -> dict[str, Any]:
        return {
            "base_url": self._base_url,
            "cookies": self._cookies,
            "headers": self._headers,
            "timeout": self._timeout,
            "verify": self._verify_ssl,
            "follow_redirects": self._follow_redirects,
            **self._httpx_args,
        }


class _Client(httpx.Client):
    def __init__(self, earnest: EarnestClient, **settings: Any) -> None:
        super().__init__(**settings)
        self._earnest = earnest

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """The answer that the call got in the end, or the error that its last attempt ended in."""
        call = _Call(self._earnest, request, self.base_url)
        while True:
            try:
                response = super().send(request, **options)
                wait = call.wait_after(response)
            except _BROKEN as error:
                wait = call.wait_after_error(error)
                if wait is None:
                    raise
            else:
                if wait is None:
                    return response
            time.sleep(wait)


class _AsyncClient(httpx.AsyncClient):
    def __init__(self, earnest: EarnestClient, **settings: Any) -> None:
        super().__init__(**settings)
        self._earnest = earnest

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """The answer that the call got in the end, or the error that its last attempt ended in."""
        call = _Call(self._earnest, request, self.base_url)
        while True:
            try:
                response = await super().send(request, **options)
                wait = call.wait_after(response)
            except _BROKEN as error:
                wait = call.wait_after_error(error)
                if wait is None:
                    raise
            else:
                if wait is None:
                    return response
            await anyio.sleep(wait)


class _Call:
    """One call, however often it is sent: its headers are the same each time, so that it is recognised."""

    def __init__(self, earnest: EarnestClient, request: httpx.Request, base_url: httpx.URL) -> None:
        self._retries = earnest.retries
        self._longest_wait = earnest.longest_wait
        self._sent = 0
        key_header, is_idempotent = _taken_by(request, base_url)
        if key_header == "Authorization":
            request.headers.setdefault(key_header, f"Bearer {earnest.token}")
        elif key_header:
            request.headers.setdefault(key_header, earnest.token)
        if is_idempotent and not _names_a_key(request):
            request.headers.setdefault(IDEMPOTENCY_KEY, str(uuid.uuid4()))
        self._is_repeatable = is_idempotent or request.method in _REPEATABLE

    def wait_after(self, response: httpx.Response) -> float | None:
        """For how many seconds to wait before the call is sent again; None if this is its answer.

        Raises UnexpectedStatus for an error that does not come from the stack, such as the page of a proxy.
        """
        again = response.status_code in _NOT_DONE or (response.status_code in _MAY_BE_DONE and self._is_repeatable)
        wait = self._wait(_retry_after(response)) if again else None
        if wait is None and response.is_error and "json" not in response.headers.get("Content-Type", ""):
            raise UnexpectedStatus(response.status_code, response.content)
        return wait

    def wait_after_error(self, error: httpx.TransportError) -> float | None:
        """For how many seconds to wait before the call is sent again; None if it must not be."""
        return self._wait(0.0) if self._is_repeatable or isinstance(error, _NEVER_SENT) else None

    def _wait(self, asked_for: float) -> float | None:
        """What was asked for, and up to twice as long each time, spread so that not all come back at once."""
        self._sent += 1
        if self._sent > self._retries or asked_for > self._longest_wait:
            return None
        spread = uniform(0, _FIRST_WAIT * 2 ** (self._sent - 1))  # noqa: S311  # nosec B311 - a wait, and no secret
        return min(asked_for + spread, self._longest_wait)


def _taken_by(request: httpx.Request, base_url: httpx.URL) -> tuple[str | None, bool]:
    """In which header a call takes the key, and whether it takes an idempotency key."""
    path = "/" + request.url.raw_path.partition(b"?")[0].removeprefix(base_url.raw_path).decode("ascii")
    for method, pattern, key_header, is_idempotent in _OPERATIONS:
        if method == request.method and pattern.fullmatch(path):
            return key_header, is_idempotent
    return "Authorization", False


def _names_a_key(request: httpx.Request) -> bool:
    """Whether the body itself has the idempotency key."""
    body = json.loads(request.content or b"null")
    return isinstance(body, dict) and bool(body.get("idempotencyKey"))


def _retry_after(response: httpx.Response) -> float:
    """How many seconds the answer asks for; 0 if it does not say."""
    asked = response.headers.get("Retry-After", "")
    if asked.isdecimal():
        return float(asked)
    try:
        return max(0.0, (parsedate_to_datetime(asked) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 0.0
