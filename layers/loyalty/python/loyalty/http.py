"""API Gateway's requests in, the contract's answers out; what an endpoint takes and answers is declared beside it.

The gateway has routed a request before it comes here, so there is no router. Events are read as plain dicts, because
Powertools' data classes are a tenth of a function's start: their package imports those of every event source.
"""

import base64
import binascii
import functools
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, cast
from urllib.parse import unquote

from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, ConfigDict

from loyalty import json
from loyalty.domain.errors import FieldProblem, Forbidden, LoyaltyError, PayloadTooLargeError, ValidationError, invalid
from loyalty.domain.schemas import MAX_ID_BYTES, Answer, Query, validate
from loyalty.sandbox import serving
from loyalty.settings import settings
from loyalty.telemetry import logger

MAX_BODY_BYTES = 200_000
MAX_DEPTH = 32
MAX_EXPONENT = 30
_BEYOND: int = 10 ** (MAX_EXPONENT + 1)
MAX_ID = 255
MAX_FIELDS = 100

# Each changes what some call means. Where it is not obeyed it is refused by name: nothing is accepted and ignored.
QUERY_PARAMETERS = (
    "cursor",
    "dry_run",
    "email",
    "evaluate",
    "from",
    "limit",
    "mobile",
    "purchase_id",
    "resolution",
    "status",
    "store_id",
    "to",
)
IDEMPOTENCY_KEY = "Idempotency-Key"
_NOT_TAKEN = "is not taken by this call"
_READING = ("GET", "HEAD")
_REPEATABLE = (*_READING, "DELETE")

_PARAMETER = re.compile(r"\{(\w+)\}")
_NOT_IN_IDS = re.compile(r"[#/]|^\.{1,2}$")

JSON = "application/json"
HTML = "text/html"

ADMIN = "admin"
EVENTS_WRITE = "events:write"
CUSTOMERS_READ = "customers:read"
OFFERS_WRITE = "offers:write"


class Request[B = None, Q = None](NamedTuple):
    """What a handler gets: the brand of the key, the checked body, the same as it was sent, and the rest checked.

    `key_id` is the id of the key that the call was made with, or that its token stands for.
    """

    brand_id: str
    body: B
    query: Q
    sent: Mapping[str, Any]
    path: Mapping[str, str]
    idempotency_key: str | None = None
    key_id: str = ""


class Response(NamedTuple):
    """An answer: `body` is written as JSON, None as nothing; `status` is the first that is declared if none is given.

    `replayed` says that it is the first answer to an earlier call.
    """

    body: Any = None
    status: int | None = None
    replayed: bool = False


class Contract(NamedTuple):
    """What is declared of an endpoint; OpenAPI is made of it.

    Any of `scopes`, or `admin`, lets a key use it. `answers` has the model of each success by its status, None for
    an empty one. `errors` are those of its service: what the edge refuses by itself goes without saying. An
    `optional_body` may be left out, which is the same as an empty object. A `read_only` call stores nothing, so that a
    dry run and an idempotency key change nothing of it; a GET always is. Its answers are JSON unless `media_type` says
    otherwise, which has no model.
    """

    scopes: tuple[str, ...]
    answers: Mapping[int, type[Answer] | None]
    body: type[BaseModel] | None = None
    query: type[Query] | None = None
    errors: tuple[type[LoyaltyError], ...] = ()
    idempotent: bool = False
    optional_body: bool = False
    read_only: bool = False
    media_type: str = JSON


class DocumentResponse(Answer):
    """A document whose form is a standard of its own."""

    model_config = ConfigDict(extra="allow")


Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


def endpoint[B: BaseModel | None, Q: Query | None](
    *scopes: str,
    answers: Mapping[int, type[Answer] | None],
    body: type[B] | None = None,
    query: type[Q] | None = None,
    errors: Sequence[type[LoyaltyError]] = (),
    idempotent: bool = False,
    optional_body: bool = False,
    read_only: bool = False,
) -> Callable[[Callable[[Request[B, Q]], Response]], Handler]:
    """Make a function of a request a Lambda handler with this contract (see `Contract`).

    An `idempotent` endpoint takes an idempotency key. What would change the meaning of another call is refused where it
    is not declared.

    A LoyaltyError becomes the standard error body. Anything else is not caught: it fails the invocation and fires the
    alarm, and the gateway gives the caller the standard 500.
    """
    # Casts, because mypy takes them for types that may be NoneType.
    contract = Contract(
        scopes,
        answers,
        cast(Any, body),
        cast(Any, query),
        tuple(errors),
        idempotent,
        optional_body,
        read_only,
    )

    # Models defer building their validators; those of a request are built here, while the function starts.
    for model in (contract.body, contract.query):
        if model:
            model.model_rebuild()

    def decorate(act: Callable[[Request[B, Q]], Response]) -> Handler:
        @logger.inject_lambda_context(clear_state=True)
        @functools.wraps(act)
        def handle(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
            began = time.perf_counter()
            request_id, caller = event["requestContext"]["requestId"], event["requestContext"]["authorizer"]
            logger.append_keys(correlation_id=request_id, brand_id=caller["brand_id"])
            sandbox = "sandbox" in caller
            try:
                with serving(caller["brand_id"] if sandbox else None):
                    response = act(_read(event, contract))
                status = response.status or next(iter(answers))
                headers = {"Idempotency-Replayed": "true"} if response.replayed else {}
                answer, code = response.body, None
            except LoyaltyError as error:
                status, code = error.status, error.code
                headers = {"Retry-After": "1"} if status == 503 else {}
                answer = _error_body(error, request_id)
            duration = round((time.perf_counter() - began) * 1000)
            logger.info(_route(event), extra={"status": status, "code": code, "duration_ms": duration})
            text = "" if answer is None else json.dumps(answer)
            return _answer(status, text, request_id, headers | ({"Earnest-Sandbox": "true"} if sandbox else {}))

        vars(handle)["contract"] = contract
        return handle

    return decorate


def published(document: str, max_age: int, *, media_type: str = JSON, policy: str | None = None) -> Handler:
    """Make the Lambda handler that answers everyone, with a key or without, with this document for `max_age` s.

    It is JSON unless `media_type` says otherwise; `policy` is the Content-Security-Policy of a page.
    """
    headers = {"Cache-Control": f"public, max-age={max_age}"}
    if media_type != JSON:
        headers |= {"Content-Type": f"{media_type}; charset=utf-8", "X-Content-Type-Options": "nosniff"}
    if policy is not None:
        headers |= {"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer"}

    @logger.inject_lambda_context(clear_state=True)
    def handle(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
        logger.set_correlation_id(event["requestContext"]["requestId"])
        logger.info(_route(event), extra={"status": 200})
        return _answer(200, document, event["requestContext"]["requestId"], headers)

    vars(handle)["contract"] = Contract(
        (), {200: DocumentResponse if media_type == JSON else None}, media_type=media_type
    )
    return handle


def _route(event: dict[str, Any]) -> str:
    return f"{event['httpMethod']} {event['resource']}"


def _answer(status: int, text: str, request_id: str, headers: Mapping[str, str]) -> dict[str, Any]:
    every = {"Content-Type": JSON, "X-Request-Id": request_id}
    return {"statusCode": status, "headers": {**every, **headers}, "body": text}


def _read(event: dict[str, Any], contract: Contract) -> Request[Any, Any]:
    """The request, checked: first the key's scope, then the body, then all the rest."""
    caller = event["requestContext"]["authorizer"]
    held = caller["scopes"].split()
    if ADMIN not in held and not any(scope in held for scope in contract.scopes):
        raise Forbidden(f"this key lacks the scope {' or '.join(contract.scopes or (ADMIN,))}")
    sent = _parse(event, contract) if contract.body else {}
    body = validate(contract.body, sent) if contract.body else None
    problems: list[FieldProblem] = []
    path = _path(event, problems)
    problems += _not_taken(event, contract, sent)
    key = _idempotency_key(event, body, problems) if contract.idempotent else None
    query = None
    if contract.query:
        try:
            query = validate(contract.query, event.get("queryStringParameters") or {})
        except ValidationError as refusal:
            problems += refusal.fields
    if problems:
        raise ValidationError(*problems)
    return Request(caller["brand_id"], body, query, sent, path, key, caller.get("key_id", ""))


def _not_taken(event: dict[str, Any], contract: Contract, sent: Mapping[str, Any]) -> Iterator[FieldProblem]:
    """What the caller has given that this call would not obey, though another one does."""
    read_only = contract.read_only or event["httpMethod"] in _READING
    fields = contract.query.model_fields.items() if contract.query else ()
    declared = {field.alias or name for name, field in fields}
    for name in event.get("queryStringParameters") or {}:
        parameter = _PARAMETERS_BY_SPELLING.get(_normalized(name))
        if parameter and name not in declared and not (parameter == "dry_run" and read_only):
            yield FieldProblem(name, f"must be written {parameter}" if parameter in declared else _NOT_TAKEN)
    for name, values in (event.get("multiValueQueryStringParameters") or {}).items():
        if name in declared and len(set(values)) > 1:
            yield FieldProblem(name, "must be given once")
    if not (contract.idempotent or read_only or event["httpMethod"] in _REPEATABLE):
        if IDEMPOTENCY_KEY.lower() in _headers(event):
            yield FieldProblem(IDEMPOTENCY_KEY, _NOT_TAKEN)
        if sent.get("idempotencyKey"):
            yield FieldProblem("idempotencyKey", _NOT_TAKEN)
    not_taken: frozenset[str] = getattr(contract.body, "not_taken", frozenset())
    for name, value in sent.items():
        if value is not None and name in not_taken:
            yield FieldProblem(name, _NOT_TAKEN)
        elif value is not None and _normalized(name) == "dryrun" and not read_only:
            yield FieldProblem(name, "is not taken in a body: send it as the query parameter dry_run")


def _normalized(name: str) -> str:
    """A parameter's name without what people spell differently: case, underscores and hyphens."""
    return name.replace("_", "").replace("-", "").casefold()


_PARAMETERS_BY_SPELLING = {_normalized(name): name for name in QUERY_PARAMETERS}


def _headers(event: dict[str, Any]) -> dict[str, str]:
    """The headers by their names in lower case."""
    return {name.lower(): value for name, value in (event.get("headers") or {}).items()}


def _path(event: dict[str, Any], problems: list[FieldProblem]) -> dict[str, str]:
    """The parameters of the path, which all are ids."""
    given = event.get("pathParameters") or {}
    found = {}
    for name in {*_PARAMETER.findall(event["resource"]), *given}:
        text = given.get(name, "")
        # A REST API hands them over as they were sent, in percent encoding; local engines have decoded them, and what
        # is decoded twice is another's id: x%2541 is x%41, never xA.
        if settings().path_parameters != "decoded":
            # What is no UTF-8 becomes half characters, which no id has; U+FFFD in their place would be another's id.
            text = unquote(text, errors="surrogateescape")
        found[name] = text
        if not 0 < len(text) <= MAX_ID or _NOT_IN_IDS.search(text) or text != text.strip() or not text.isprintable():
            message = f"must be 1 to {MAX_ID} printable characters without #, / and blanks around them, and not . or .."
            problems.append(FieldProblem(name, message))
        elif len(text.encode()) > MAX_ID_BYTES:
            problems.append(FieldProblem(name, f"must be at most {MAX_ID_BYTES} bytes in UTF-8"))
    return found


def _idempotency_key(event: dict[str, Any], body: Any, problems: list[FieldProblem]) -> str | None:
    """The Idempotency-Key header, or else the body's idempotencyKey."""
    header: str | None = _headers(event).get(IDEMPOTENCY_KEY.lower())
    named: str | None = getattr(body, "idempotency_key", None)
    if header is not None and not 0 < len(header) <= MAX_ID:
        problems.append(FieldProblem(IDEMPOTENCY_KEY, f"must be 1 to {MAX_ID} characters"))
    elif header and named and header != named:
        problems.append(FieldProblem("idempotencyKey", "differs from the Idempotency-Key header"))
    return header or named


def _parse(event: dict[str, Any], contract: Contract) -> Any:
    """The body's JSON with exact numbers, and nothing in it that no store or reader takes."""
    raw = event.get("body") or ""
    if len(raw) > MAX_BODY_BYTES * 4 // 3 + 4:
        raise _too_large()
    try:
        data = base64.b64decode(raw) if event.get("isBase64Encoded") else raw.encode("utf-8", "surrogatepass")
        if len(data) > MAX_BODY_BYTES:
            raise _too_large()
        if contract.optional_body and not data.strip():
            return {}
        if not event.get("isBase64Encoded") and "\ufffd" in raw and not _has_length(event, len(data)):
            raise invalid("body", "must be in UTF-8")
        value = json.loads_noting_doubles(data.decode("utf-8", "surrogatepass"))
    except UnicodeDecodeError:
        raise invalid("body", "must be in UTF-8") from None
    except (ValueError, RecursionError, binascii.Error) as error:
        raise invalid("body", f"must be JSON: {_where(error)}") from None
    problems: list[FieldProblem] = []
    _inspect(value, "", 0, problems)
    if problems:
        raise ValidationError(*problems[:MAX_FIELDS])
    return value


def _has_length(event: dict[str, Any], length: int) -> bool:
    """Whether the body had this length when it was sent.

    The gateway puts U+FFFD in the place of bytes that are no UTF-8, which makes the text longer than it was. If nothing
    says how long it was, it is taken for that: a name with U+FFFD in it was garbled by somebody anyway.
    """
    return _headers(event).get("content-length") == str(length)


def _too_large() -> PayloadTooLargeError:
    return PayloadTooLargeError(f"body: must be at most {MAX_BODY_BYTES} bytes", [FieldProblem("body", "is too large")])


def _where(error: Exception) -> str:
    line, column = getattr(error, "lineno", None), getattr(error, "colno", None)
    if line:
        what = str(error).partition(": line ")[0].removesuffix(" at")
        return f"{what} at line {line}, column {column}"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


def _inspect(value: object, path: str, depth: int, problems: list[FieldProblem]) -> None:
    """Note what JSON allows and no store or reader does: doubled names, deep nesting, half characters, huge numbers."""
    if depth > MAX_DEPTH:
        problems.append(FieldProblem(path, f"is nested more than {MAX_DEPTH} levels deep"))
    elif isinstance(value, dict):
        doubled = value.names if isinstance(value, json.Doubled) else ()
        problems += [FieldProblem(f"{path}.{name}" if path else name, "stands there twice") for name in doubled]
        for name, inner in value.items():
            if not _is_text(name):
                problems.append(FieldProblem(path or "body", "has a name that is not valid text"))
            elif depth == MAX_DEPTH or not _is_plain(inner):
                _inspect(inner, f"{path}.{name}" if path else name, depth + 1, problems)
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            if depth == MAX_DEPTH or not _is_plain(inner):
                _inspect(inner, f"{path}.{i}" if path else str(i), depth + 1, problems)
    elif isinstance(value, str):
        if not _is_text(value):
            problems.append(FieldProblem(path or "body", "is not valid text"))
    elif isinstance(value, (int, Decimal)) and not isinstance(value, bool) and not _is_measured(value):
        problems.append(FieldProblem(path or "body", "is not a number within 30 digits and 30 decimals"))


def _is_plain(value: object) -> bool:
    """Whether it is what most values are: nothing, true, false, ASCII, or a number that is measured."""
    if isinstance(value, str):
        return value.isascii()
    return value is None or (isinstance(value, (int, Decimal)) and _is_measured(value))


def _is_text(value: str) -> bool:
    return value.isascii() or not any("\ud800" <= char <= "\udfff" for char in value)


def _is_measured(number: int | Decimal) -> bool:
    if isinstance(number, int):
        return -_BEYOND < number < _BEYOND
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -MAX_EXPONENT and number.adjusted() <= MAX_EXPONENT


def _error_body(error: LoyaltyError, request_id: str) -> dict[str, Any]:
    """An ErrorResponse."""
    return {
        "statusCode": error.status,
        "code": error.code,
        "message": error.message,
        "details": {"fields": [problem._asdict() for problem in error.fields]},
        "requestId": request_id,
    }
