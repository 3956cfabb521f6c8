"""The short way from a boto3 client to moto: what is asked of items reaches moto's DynamoDB as it is.

The long way goes through endpoint rules, a signature, HTTP, and JSON in both directions: nine tenths of a call. What
the client checks is checked here too, its events are emitted, and an error is what moto makes of it. What is asked of
whole tables goes the long way.
"""

from collections.abc import Callable
from functools import cache
from types import SimpleNamespace
from typing import Any

from botocore import xform_name
from botocore.exceptions import ParamValidationError
from botocore.validate import ParamValidator
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.responses import DynamoHandler
from werkzeug.exceptions import HTTPException

Json = dict[str, Any]
Form = Callable[[Any], Any]

OPERATIONS = frozenset(
    (
        *("GetItem", "BatchGetItem", "Query", "Scan"),
        *("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"),
    )
)


class _Validator(ParamValidator):
    """Sees at once that text, a number or bytes are right, as nearly all values are."""

    def _validate(self, params: Any, shape: Any, errors: Any, name: str) -> None:
        if shape.name != "AttributeValue" or not _is_plain(params):
            super()._validate(params, shape, errors, name)  # type: ignore[misc]  # it has no types


def _is_plain(value: Any) -> bool:
    if not isinstance(value, dict) or len(value) != 1:
        return False
    ((kind, plain),) = value.items()
    return isinstance(plain, _PLAIN.get(kind, ()))


_PLAIN: dict[str, Any] = {"S": str, "N": str, "B": bytes}


def shorten(client: Any) -> None:
    """Let a client of DynamoDB go the short way."""
    the_long_way, validator = client._make_api_call, _Validator()

    def call(name: str, params: Json) -> Json:
        if name not in OPERATIONS:
            long: Json = the_long_way(name, params)
            return long
        model = client.meta.service_model.operation_model(name)
        context: Json = {}
        params = client._emit_api_params(params, model, context)
        report = validator.validate(params, model.input_shape)
        if report.has_errors():
            raise ParamValidationError(report=report.generate_report())
        status, answer = _answer(client, model, params)
        http = SimpleNamespace(status_code=status)
        client.meta.events.emit(
            f"after-call.dynamodb.{name}", http_response=http, parsed=answer, model=model, context=context
        )
        if status >= 300:
            raise client.exceptions.from_code(answer["Error"]["Code"])(answer, name)
        return answer

    client._make_api_call = call


def _answer(client: Any, model: Any, params: Json) -> tuple[int, Json]:
    handler = DynamoHandler()
    handler.current_account, handler.region = DEFAULT_ACCOUNT_ID, client.meta.region_name
    handler.body = handler.params = _copy(params)
    try:
        result = getattr(handler, xform_name(model.name))().result
    except HTTPException as error:
        sent = {
            "status_code": error.code,
            "headers": dict(error.get_headers()),
            "body": str(error.description).encode(),
        }
        parser = client._response_parser
        refusal = parser.parse(sent, model.output_shape)
        client._endpoint._add_modeled_error_fields(sent, refusal, model, parser)
        return int(error.code or 500), refusal
    answer: Json = _form(model.output_shape)(result)
    return 200, {**answer, "ResponseMetadata": {"HTTPStatusCode": 200, "RetryAttempts": 0}}


def _copy(sent: Any) -> Any:
    """A copy, as moto keeps what it is given."""
    if isinstance(sent, dict):
        return {name: _copy(one) for name, one in sent.items()}
    return [_copy(one) for one in sent] if isinstance(sent, list | tuple) else sent


@cache
def _form(shape: Any) -> Form:
    """Makes what a shape describes of what moto has for it, which may have more, or nothing in its place."""
    if shape.name == "AttributeValue":
        return _attribute
    if shape.type_name == "structure":
        members = {name: _form(member) for name, member in shape.members.items()}
        return lambda had: {
            name: members[name](one) for name, one in had.items() if name in members and one is not None
        }
    if shape.type_name == "map":
        inner = _form(shape.value)
        return lambda had: {name: inner(one) for name, one in had.items()}
    if shape.type_name == "list":
        inner = _form(shape.member)
        return lambda had: [inner(one) for one in had]
    return str if shape.type_name == "string" else _as_it_is


def _attribute(had: Json) -> Json:
    ((kind, value),) = had.items()
    if kind == "M":
        return {kind: {name: _attribute(one) for name, one in value.items()}}
    if kind == "L":
        return {kind: [_attribute(one) for one in value]}
    return {kind: list(value) if isinstance(value, list) else value}


def _as_it_is(had: Any) -> Any:
    return had
