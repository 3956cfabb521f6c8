"""API Gateway's proxy events in, the contract's answers out."""

import base64
import binascii
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any
from urllib.parse import unquote

from loyalty import json, telemetry
from loyalty.domain.errors import FieldProblem, Forbidden, LoyaltyError, PayloadTooLargeError, ValidationError, invalid

MAX_BODY_BYTES = 200_000
MAX_DEPTH = 32
_LARGEST_EXPONENT = 30
MAX_ID = 255
MAX_ID_BYTES = 1000
MAX_PAGE = 100
DEFAULT_PAGE = 25

ADMIN = "admin"
EVENTS_WRITE = "events:write"
CUSTOMERS_READ = "customers:read"
OFFERS_WRITE = "offers:write"

Body = dict[str, Any]
Check = Callable[[object], Body]


@dataclass(frozen=True)
class Request:
    """What a handler gets: the brand of the key, the checked body, the same as it was sent, and the rest as text."""

    brand_id: str
    body: Body = field(default_factory=dict)
    sent: Body = field(default_factory=dict)
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def id(self, name: str) -> str:
        """A path parameter that is an id; ValidationError if it can be none."""
        value = self.path.get(name, "")
        if not 0 < len(value) <= MAX_ID or "#" in value or value != value.strip() or not value.isprintable():
            raise invalid(name, f"must be 1 to {MAX_ID} printable characters without # and blanks around them")
        if len(value.encode()) > MAX_ID_BYTES:
            raise invalid(name, f"must be at most {MAX_ID_BYTES} bytes in UTF-8")
        return value

    def flag(self, name: str) -> bool:
        """A query parameter that is true or false; false if absent."""
        value = self.query.get(name, "false").lower()
        if value not in ("true", "false"):
            raise invalid(name, "must be true or false")
        return value == "true"

    def choice[T: StrEnum](self, name: str, values: type[T]) -> T | None:
        """A query parameter that is one of these values; None if absent."""
        value = self.query.get(name)
        if value is not None and value not in {one.value for one in values}:
            raise invalid(name, f"must be one of {', '.join(values)}")
        return None if value is None else values(value)

    @property
    def limit(self) -> int:
        """How many items a page shall have: 1 to 100, 25 if not said."""
        text = self.query.get("limit", str(DEFAULT_PAGE))
        if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= MAX_PAGE):
            raise invalid("limit", f"must be a whole number from 1 to {MAX_PAGE}")
        return int(text)

    @property
    def cursor(self) -> str | None:
        """Where the page before ended."""
        return self.query.get("cursor")

    @property
    def key_given(self) -> str | None:
        """The Idempotency-Key header, or the body's idempotencyKey; ValidationError if both are given and differ."""
        header, named = self.idempotency_key, self.body.get("idempotencyKey")
        if header and named and header != named:
            raise invalid("idempotencyKey", "differs from the Idempotency-Key header")
        return header or named

    @property
    def idempotency_key(self) -> str | None:
        """The Idempotency-Key header: 1 to 255 characters."""
        key = self.headers.get("idempotency-key")
        if key is not None and not 0 < len(key) <= MAX_ID:
            raise invalid("Idempotency-Key", f"must be 1 to {MAX_ID} characters")
        return key


@dataclass(frozen=True)
class Response:
    """An answer; `body` is written as JSON, None as nothing."""

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


def endpoint(
    act: Callable[[Request], Response], *scopes: str, body: Check | None = None, unique: bool = False
) -> Handler:
    """The Lambda handler of an act: any of `scopes` (or `admin`) lets a key use it, `body` checks what it takes.

    If `unique`, a name that stands twice in an object of the JSON text is refused.

    A LoyaltyError becomes the standard error body. Anything else is not caught: it fails the invocation and fires the
    alarm, and the gateway gives the caller the standard 500.
    """

    def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
        began = time.perf_counter()
        about = event.get("requestContext") or {}
        request_id = about.get("requestId", "")
        try:
            response = act(_request(event, scopes, body, json.loads_noting_doubles if unique else json.loads))
        except LoyaltyError as error:
            response = _refusal(error, request_id)
        telemetry.log(
            f"{event.get('httpMethod')} {event.get('resource')}",
            status=response.status,
            code=response.body["code"] if response.status >= 400 else None,
            correlation_id=request_id,
            brand_id=(about.get("authorizer") or {}).get("brand_id"),
            duration_ms=round((time.perf_counter() - began) * 1000),
        )
        return {
            "statusCode": response.status,
            "headers": {"Content-Type": "application/json", "X-Request-Id": request_id, **response.headers},
            "body": "" if response.body is None else json.dumps(response.body),
        }

    # What is published of an endpoint is read off its handler.
    vars(handle).update(scopes=scopes, body=body)
    return handle


def published(document: str, max_age: int) -> Handler:
    """The Lambda handler that answers everyone, key or no key, with this JSON text, good for `max_age` seconds."""

    def handle(event: dict[str, Any], _context: Any) -> dict[str, Any]:
        request_id = (event.get("requestContext") or {}).get("requestId", "")
        telemetry.log(f"{event.get('httpMethod')} {event.get('resource')}", status=200, correlation_id=request_id)
        kept = {"Cache-Control": f"public, max-age={max_age}"}
        headers = {"Content-Type": "application/json", "X-Request-Id": request_id, **kept}
        return {"statusCode": 200, "headers": headers, "body": document}

    return handle


def _request(
    event: dict[str, Any], scopes: tuple[str, ...], check: Check | None, loads: Callable[[str], Any]
) -> Request:
    caller = event["requestContext"]["authorizer"]
    held = caller["scopes"].split()
    if ADMIN not in held and not any(scope in held for scope in scopes):
        raise Forbidden(f"this key lacks the scope {' or '.join(scopes or (ADMIN,))}")
    sent = _body(event, loads) if check else {}
    return Request(
        brand_id=caller["brand_id"],
        body=check(sent) if check else {},
        sent=sent,
        # What is no UTF-8 becomes half characters, which no id has; U+FFFD in their place would be another's id.
        path={
            name: unquote(value, errors="surrogateescape")
            for name, value in (event.get("pathParameters") or {}).items()
        },
        query=event.get("queryStringParameters") or {},
        headers={name.lower(): value for name, value in (event.get("headers") or {}).items()},
    )


def _body(event: dict[str, Any], loads: Callable[[str], Any]) -> Any:
    raw = event.get("body") or ""
    if len(raw) > MAX_BODY_BYTES * 4 // 3 + 4:
        raise _too_large()
    try:
        data = base64.b64decode(raw) if event.get("isBase64Encoded") else raw.encode("utf-8", "surrogatepass")
        if len(data) > MAX_BODY_BYTES:
            raise _too_large()
        value = loads(data.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError, binascii.Error) as error:
        raise invalid("body", f"must be JSON: {_where(error)}") from None
    problems: list[FieldProblem] = []
    _inspect(value, "", 0, problems)
    if problems:
        raise ValidationError(*problems[:MAX_PAGE])
    return value


def _too_large() -> PayloadTooLargeError:
    return PayloadTooLargeError(f"body: must be at most {MAX_BODY_BYTES} bytes", [FieldProblem("body", "is too large")])


def _where(error: Exception) -> str:
    line, column = getattr(error, "lineno", None), getattr(error, "colno", None)
    if line:
        what = str(error).partition(": line ")[0].removesuffix(" at")
        return f"{what} at line {line}, column {column}"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


def _inspect(value: object, path: str, depth: int, problems: list[FieldProblem]) -> None:
    """Note what JSON allows and no store or reader does: deep nesting, half characters, numbers beyond all measure."""
    if depth > MAX_DEPTH:
        problems.append(FieldProblem(path, f"is nested more than {MAX_DEPTH} levels deep"))
    elif isinstance(value, dict):
        doubled = value.names if isinstance(value, json.Doubled) else ()
        problems += [FieldProblem(f"{path}.{name}" if path else name, "stands there twice") for name in doubled]
        for name, inner in value.items():
            if not _is_text(name):
                problems.append(FieldProblem(path or "body", "has a name that is not valid text"))
            else:
                _inspect(inner, f"{path}.{name}" if path else name, depth + 1, problems)
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            _inspect(inner, f"{path}.{i}" if path else str(i), depth + 1, problems)
    elif isinstance(value, str):
        if not _is_text(value):
            problems.append(FieldProblem(path or "body", "is not valid text"))
    elif isinstance(value, int | Decimal) and not isinstance(value, bool) and not _is_measured(Decimal(value)):
        problems.append(FieldProblem(path or "body", "is not a number within 30 digits and 30 decimals"))


def _is_text(value: str) -> bool:
    return value.isascii() or not any("\ud800" <= char <= "\udfff" for char in value)


def _is_measured(number: Decimal) -> bool:
    digits = number.as_tuple()
    exponent = digits.exponent
    return isinstance(exponent, int) and exponent >= -_LARGEST_EXPONENT and number.adjusted() <= _LARGEST_EXPONENT


def _refusal(error: LoyaltyError, request_id: str) -> Response:
    return Response(
        {
            "statusCode": error.status,
            "code": error.code,
            "message": error.message,
            "details": {"fields": [one._asdict() for one in error.fields]},
            "requestId": request_id,
        },
        error.status,
        {"Retry-After": "1"} if error.status == 503 else {},
    )
