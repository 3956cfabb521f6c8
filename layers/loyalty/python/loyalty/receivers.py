"""HTTP to webhooks, without server-side request forgery: the address that was checked is the one that is connected to.

A name is resolved once for each attempt, all its addresses are checked, and the connection is made to one of those, so
DNS rebinding gains nothing. No proxy, no redirection, and five seconds for all of it.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

from loyalty.domain.feed.addresses import Target, is_allowed, target_of
from loyalty.settings import settings

_MAX_ADDRESSES = 2


class Reply(NamedTuple):
    """The status that a receiver answered, or why there is none; `hung` if it let us wait."""

    status: int | None = None
    error: str | None = None
    hung: bool = False


class Refused(Exception):
    """The URL leads to an address where no webhook may go, or to none; the text says so."""


def target(url: str) -> Target:
    """What the URL names, if a webhook may have it. Raises ValueError."""
    return target_of(url, loopback=_loopback())


def refuse_if_private(wanted: Target, seconds: float) -> None:
    """Raise Refused if the name has an address where no webhook may go. One that has none yet may have one later."""
    resolving = _Attempt()
    try:
        _within(seconds, lambda: _addresses(wanted), resolving)
    except (TimeoutError, OSError):
        return


def post(url: str, headers: Mapping[str, str], body: str, seconds: float) -> Reply:
    """Send a body to a URL; returns the status of the answer, or in words why there is none."""
    attempt = _Attempt()
    try:
        return _within(seconds, lambda: _post(target(url), headers, body.encode(), seconds, attempt), attempt)
    except TimeoutError:
        return Reply(error=f"no answer within {seconds:.0f} seconds", hung=True)
    except (Refused, ValueError) as refusal:
        return Reply(error=f"the URL {refusal}")
    except ssl.SSLError as error:
        return Reply(error=f"no trusted connection: {error.reason or 'TLS failed'}")
    except socket.gaierror:
        return Reply(error="the name of the host has no address")
    except (OSError, http.client.HTTPException) as error:
        return Reply(error=f"the connection failed: {type(error).__name__}")


class _Attempt:
    """What is under way, so that it can be ended from another thread: nothing is sent once it was given up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._given_up = False
        self._socket: socket.socket | None = None

    def connected(self, made: socket.socket) -> None:
        """Note what it is connected by. Raises TimeoutError if it was given up."""
        with self._lock:
            self._socket = made
            if self._given_up:
                made.close()
                raise TimeoutError

    def give_up(self) -> None:
        """End it, whatever it waits for."""
        with self._lock:
            self._given_up = True
            if self._socket is not None:
                try:
                    self._socket.shutdown(socket.SHUT_RDWR)
                except OSError:  # it has ended by itself
                    return


def _within[T](seconds: float, act: Callable[[], T], attempt: _Attempt) -> T:
    """What `act` returns or raises, if that takes no longer. Raises TimeoutError.

    In a thread, because neither the resolver nor a receiver that answers byte by byte knows a limit for all of it.
    """
    results: list[T] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            results.append(act())
        except Exception as error:  # noqa: BLE001 - it is raised where it is waited for
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if results:
        return results[0]
    if errors:
        raise errors[0]
    attempt.give_up()
    raise TimeoutError


def _post(wanted: Target, headers: Mapping[str, str], body: bytes, seconds: float, attempt: _Attempt) -> Reply:
    connection = http.client.HTTPConnection(wanted.host, wanted.port, timeout=seconds)
    try:
        connection.sock = _connect(wanted, seconds, attempt)
        connection.request("POST", wanted.path, body, {"Host": wanted.authority, **headers})
        return Reply(connection.getresponse().status)
    finally:
        connection.close()


def _connect(wanted: Target, seconds: float, attempt: _Attempt) -> socket.socket:
    """A connection to the first of its addresses that answers. Raises Refused, OSError, TimeoutError."""
    failure: OSError = ConnectionError("no address")
    for address in _addresses(wanted)[:_MAX_ADDRESSES]:
        try:
            raw = socket.create_connection((address, wanted.port), seconds)
        except OSError as error:
            failure = error
            continue
        try:
            return _secure(raw, wanted, attempt)
        except BaseException:
            raw.close()
            raise
    raise failure


def _secure(raw: socket.socket, wanted: Target, attempt: _Attempt) -> socket.socket:
    """The connection, with TLS if the URL is https, once the address at its other end has been checked."""
    _refuse(str(raw.getpeername()[0]))
    attempt.connected(raw)
    if not wanted.is_encrypted:
        return raw
    secured = _tls().wrap_socket(raw, server_hostname=wanted.host, do_handshake_on_connect=False)
    try:
        attempt.connected(secured)
        secured.do_handshake()
    except BaseException:
        secured.close()
        raise
    return secured


def _addresses(wanted: Target) -> list[str]:
    """All addresses of a host. Raises Refused if a webhook may not go to one of them, and OSError if there are none."""
    addresses = resolve(wanted.host, wanted.port)
    for address in addresses:
        _refuse(address)
    return addresses


def resolve(host: str, port: int) -> list[str]:
    """All addresses of a host. Raises OSError if there are none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


def _refuse(address: str) -> None:
    if not is_allowed(address.partition("%")[0], loopback=_loopback()):
        raise Refused("leads to a private, local or reserved address")


def _loopback() -> bool:
    return settings().webhook_targets == "loopback"


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()
