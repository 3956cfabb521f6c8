"""The gateway's events in, the contract's answers out."""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from loyalty import http
from loyalty.domain.errors import FieldProblem, LoyaltyError, ServiceUnavailable, UserNotFoundError, ValidationError
from loyalty.domain.pages import PageQuery
from loyalty.domain.schemas import Answer, DryRunQuery, Query, Request, Settings, Text
from loyalty.settings import settings
from loyalty.telemetry import count
from tests.support.project import CONTEXT
from tests.support.samples import request, sample


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The variables of a function in AWS, read anew for each test."""
    monkeypatch.setenv("TABLE_NAME", "none")
    settings.cache_clear()
    yield
    settings.cache_clear()


class Anything(Request):
    it: Any = None
    idempotency_key: str | None = None


class Named(Settings):
    name: Text


class Nothing(Answer):
    pass


Act = Callable[[http.Request[Any, Any]], http.Response]


def nothing(_: http.Request[Any, Any]) -> http.Response:
    return http.Response({})


def answered(act: Act, event: dict[str, Any] | None = None, *scopes: str, **declared: Any) -> Any:
    """Status, headers and parsed body of an answer."""
    handler = http.endpoint(*scopes, **{"answers": {200: Nothing}, **declared})(act)
    answer = handler(event or request("put_brand", scopes="admin"), CONTEXT)
    return answer["statusCode"], answer["headers"], json.loads(answer["body"]) if answer["body"] else None


def seen(event: dict[str, Any], **declared: Any) -> http.Request[Any, Any]:
    """The request that an endpoint's function is given."""
    asked: list[http.Request[Any, Any]] = []

    def act(request: http.Request[Any, Any]) -> http.Response:
        asked.append(request)
        return http.Response({})

    status, _, body = answered(act, event, **declared)
    assert status == 200, body
    return asked[0]


def refused(event: dict[str, Any], body: type[BaseModel] | None = Anything, **declared: Any) -> dict[str, str]:
    """What a request is refused for, by field; nothing if it is taken."""
    status, _, answer = answered(nothing, event, body=body, **declared)
    return {} if status == 200 else {one["field"]: one["message"] for one in answer["details"]["fields"]}


def raising(error: Exception) -> Act:
    """A function that ends so."""

    def act(_: http.Request[Any, Any]) -> http.Response:
        raise error

    return act


def sent(body: object) -> dict[str, Any]:
    """A request with that body."""
    return request("put_brand", body, scopes="admin")


def asking(query: type[Query], **text: str) -> Any:
    """What a query is read as."""
    return seen(request("get_brand", query=text), query=query).query


def test_a_function_is_given_the_brand_of_the_key_the_body_and_the_rest_checked() -> None:
    event = request("put_campaign", {"it": 1, "more": 2}, path={"id": "a"}, query={"limit": "5"}, brand="demo")
    asked = seen(event, body=Anything, query=PageQuery)
    assert (asked.brand_id, asked.body.it, asked.sent) == ("demo", 1, {"it": 1, "more": 2})
    assert (asked.path, asked.query.limit, asked.idempotency_key) == ({"id": "a"}, 5, None)


def test_a_request_may_lack_parameters_and_headers() -> None:
    asked = seen(request("get_brand", path=None, query=None, headers=None), query=PageQuery, idempotent=True)
    assert (asked.path, asked.query, asked.body, asked.idempotency_key) == ({}, PageQuery(), None, None)


def test_a_body_that_is_not_declared_is_not_read() -> None:
    assert seen(request("get_brand", "{", path=None)).sent == {}


def test_a_body_may_come_in_base64() -> None:
    event = {**sent(base64.b64encode('{"it": "é"}'.encode()).decode()), "isBase64Encoded": True}
    assert seen(event, body=Anything).sent == {"it": "é"}


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        (None, {"body": "must be JSON: Expecting value at line 1, column 1"}),
        ("", {"body": "must be JSON: Expecting value at line 1, column 1"}),
        ('{"it": ', {"body": "must be JSON: Expecting value at line 1, column 8"}),
        ('{"it": 1}}', {"body": "must be JSON: Extra data at line 1, column 10"}),
        ('{"it": "a\nb"}', {"body": "must be JSON: Invalid control character '\\n' at line 1, column 10"}),
        ('{"it": "a\\x"}', {"body": "must be JSON: Invalid \\X escape sequence 'x' at line 1, column 11"}),
        ('{\n"it": "a', {"body": "must be JSON: Unterminated string starting at line 2, column 7"}),
        ('{"it": NaN}', {"body": "must be JSON: NaN is not a JSON number"}),
        ('{"it": -Infinity}', {"body": "must be JSON: -Infinity is not a JSON number"}),
        ("[" * 50_000, {"body": "must be JSON: nested too deeply"}),
        ("[]", {"body": "must be an object"}),
        ('[{"it": 1}]', {"body": "must be an object"}),
        ('"it"', {"body": "must be an object"}),
        ("5", {"body": "must be an object"}),
        ("null", {"body": "must be an object"}),
        ('{"it": 1e400}', {"it": "is not a number within 30 digits and 30 decimals"}),
        ('{"it": 1e-400}', {"it": "is not a number within 30 digits and 30 decimals"}),
        ('{"it": [0, {"n": -1e31}]}', {"it.1.n": "is not a number within 30 digits and 30 decimals"}),
        ('{"it": 10000000000000000000000000000000}', {"it": "is not a number within 30 digits and 30 decimals"}),
        ('{"it": "\\ud800"}', {"it": "is not valid text"}),
        ('{"it": {"a": ["\\udc00x"]}}', {"it.a.0": "is not valid text"}),
        ('{"it": {"\\ud800": 1}}', {"it": "has a name that is not valid text"}),
        ('{"\\ud800": 1}', {"body": "has a name that is not valid text"}),
        ('"\\ud800"', {"body": "is not valid text"}),
        (
            '{"it": 1e400, "more": "\\ud800"}',
            {"it": "is not a number within 30 digits and 30 decimals", "more": "is not valid text"},
        ),
    ],
    ids=lambda one: str(one)[:30],
)
def test_a_body_is_refused_for_what_no_store_or_reader_takes(body: str | None, wrong: dict[str, str]) -> None:
    assert refused(sent(body)) == wrong


def test_a_body_in_another_encoding_is_refused_and_not_stored_as_question_marks() -> None:
    latin = '{"it": "Müller"}'.encode("latin-1")
    replaced = latin.decode("utf-8", "replace")
    wrong = {"body": "must be in UTF-8"}
    assert refused({**sent(replaced), "headers": {"Content-Length": str(len(latin))}}) == wrong
    assert refused({**sent(replaced), "headers": None}) == wrong
    assert refused({**sent(base64.b64encode(latin).decode()), "isBase64Encoded": True}) == wrong


def test_the_character_that_stands_for_others_may_be_sent() -> None:
    text = '{"it": "M\ufffdller"}'
    assert refused({**sent(text), "headers": {"content-length": str(len(text.encode()))}}) == {}
    assert refused(sent('{"it": "M\\ufffdller"}')) == {}


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-8"])
def test_a_body_is_json_whatever_the_content_type_says(kind: str) -> None:
    assert seen({**sent('{"it": "é"}'), "headers": {"Content-Type": kind}}, body=Anything).sent == {"it": "é"}


@pytest.mark.parametrize("number", ["1e9999999999999999999", "1e-9999999999999999999", "9" * 5000])
def test_a_number_beyond_all_numbers_is_refused(number: str) -> None:
    assert list(refused(sent(f'{{"it": {number}}}'))) == ["body"]


@pytest.mark.parametrize(
    "it",
    [
        "1e30",
        "1e-30",
        "-9999999999999999999999999999999",
        "0.000000000000000000000000000001",
        '"\\ud83d\\ude00"',
        '"é"',
    ],
)
def test_numbers_within_measure_and_whole_characters_are_taken(it: str) -> None:
    assert refused(sent(f'{{"it": {it}}}')) == {}


def test_a_body_is_nested_at_most_32_levels_deep() -> None:
    assert refused(sent('{"it": ' * 32 + "1" + "}" * 32)) == {}
    path = ".".join(["it"] * 33)
    assert refused(sent('{"it": ' * 33 + "1" + "}" * 33)) == {path: "is nested more than 32 levels deep"}


@pytest.mark.parametrize("plain", [True, False], ids=["as text", "in base64"])
def test_a_body_has_at_most_200_000_bytes(plain: bool) -> None:
    def big(size: int) -> dict[str, Any]:
        body = '{"it": "' + "é" * ((size - 10) // 2) + '"}'
        assert len(body.encode()) == size
        raw = body if plain else base64.b64encode(body.encode()).decode()
        return {**sent(raw), "isBase64Encoded": not plain}

    assert refused(big(200_000)) == {}
    status, _, body = answered(nothing, big(200_002), body=Anything)
    assert (status, body["code"]) == (413, "PayloadTooLargeError")
    assert body["details"]["fields"] == [{"field": "body", "message": "is too large"}]


def test_a_body_of_a_megabyte_is_not_even_read() -> None:
    assert answered(nothing, sent("[" * 1_000_000), body=Anything)[0] == 413


@pytest.mark.parametrize("raw", ["%%%", "A", "/w=="], ids=["no base64", "half of it", "no UTF-8"])
def test_what_is_not_base64_of_text_is_refused(raw: str) -> None:
    assert list(refused({**sent(raw), "isBase64Encoded": True})) == ["body"]


@pytest.mark.parametrize(
    ("scopes", "wanted", "status"),
    [
        ("events:write", ("events:write",), 200),
        ("customers:read events:write", ("events:write",), 200),
        ("customers:read", ("events:write", "customers:read"), 200),
        ("admin", ("events:write",), 200),
        ("admin", (), 200),
        ("customers:read", ("events:write",), 403),
        ("events:write customers:read offers:write", (), 403),
        ("", ("events:write",), 403),
        ("events:writer", ("events:write",), 403),
    ],
)
def test_a_key_needs_one_of_the_scopes_or_admin(scopes: str, wanted: tuple[str, ...], status: int) -> None:
    got, _, body = answered(nothing, request("put_brand", scopes=scopes), *wanted)
    assert got == status
    if status == 403:
        assert body["code"] == "Forbidden"
        assert body["message"] == f"this key lacks the scope {' or '.join(wanted) or 'admin'}"


def test_a_key_without_the_scope_learns_nothing_about_its_body() -> None:
    assert answered(nothing, request("put_brand", "{", scopes=""), body=Anything)[0] == 403


@pytest.mark.parametrize(
    ("raw", "name"),
    [("ana", "ana"), ("a%20b", "a b"), ("x%2541", "x%41"), ("%C3%A9", "é"), ("a+b", "a+b"), ("x" * 255, "x" * 255)],
)
def test_an_id_in_the_path_is_read_as_it_was_meant(raw: str, name: str) -> None:
    assert seen(request("get_brand", path={"id": raw})).path == {"id": name}


@pytest.mark.parametrize(
    "raw", ["", "a%23b", "a%2Fb", ".", "%2E%2E", "%20a", "a%20", "a%0Ab", "%00", "x" * 256, "a%FF", "%ED%A0%80"]
)
def test_what_can_be_no_id_is_refused_in_the_path(raw: str) -> None:
    message = "must be 1 to 255 printable characters without #, / and blanks around them, and not . or .."
    assert refused(request("get_brand", path={"id": raw}), body=None) == {"id": message}


@pytest.mark.parametrize(("text", "name"), [("x%41", "x%41"), ("x%2541", "x%2541"), ("a b", "a b"), ("é", "é")])
def test_an_id_that_the_gateway_has_decoded_is_not_decoded_again(
    monkeypatch: pytest.MonkeyPatch, text: str, name: str
) -> None:
    monkeypatch.setenv("PATH_PARAMETERS", "decoded")
    settings.cache_clear()
    assert seen(request("get_brand", path={"id": text})).path == {"id": name}


def test_an_id_that_is_not_there_is_refused_as_well() -> None:
    event = {**request("get_brand", path=None), "resource": "/brand/{id}"}
    message = "must be 1 to 255 printable characters without #, / and blanks around them, and not . or .."
    assert refused(event, body=None) == {"id": message}


def test_an_id_in_the_path_has_at_most_990_bytes() -> None:
    message = "must be at most 990 bytes in UTF-8"
    assert refused(request("get_brand", path={"id": "%F0%9F%98%80" * 248}), body=None) == {"id": message}


@pytest.mark.parametrize(("text", "value"), [("true", True), ("TRUE", True), ("false", False), ("False", False)])
def test_a_flag_in_the_query_is_true_or_false(text: str, value: bool) -> None:
    assert asking(DryRunQuery, dry_run=text).dry_run is value


@pytest.mark.parametrize("text", ["", "1", "yes", "true ", "tru"])
def test_any_other_flag_is_refused(text: str) -> None:
    event = request("get_brand", query={"dry_run": text})
    assert refused(event, body=None, query=DryRunQuery) == {"dry_run": "must be true or false"}


def test_what_the_query_does_not_say_has_its_default() -> None:
    assert (asking(DryRunQuery).dry_run, asking(PageQuery).limit, asking(PageQuery).cursor) == (False, 25, None)


@pytest.mark.parametrize(("text", "value"), [("1", 1), ("100", 100), ("007", 7)])
def test_a_page_has_1_to_100_items(text: str, value: int) -> None:
    assert asking(PageQuery, limit=text).limit == value


@pytest.mark.parametrize("text", ["", "0", "101", "-1", "+1", "1.0", "1e1", "ten", "0001", "٣", " 5", "9" * 5000])
def test_any_other_limit_is_refused(text: str) -> None:
    event = request("get_brand", query={"limit": text})
    assert refused(event, body=None, query=PageQuery) == {"limit": "must be a whole number from 1 to 100"}


@pytest.mark.parametrize("name", ["Idempotency-Key", "idempotency-key", "IDEMPOTENCY-KEY"])
def test_the_idempotency_key_is_a_header_in_any_case(name: str) -> None:
    event = request("get_brand", headers={name: "k" * 255})
    assert seen(event, idempotent=True).idempotency_key == "k" * 255
    assert seen(event).idempotency_key is None


@pytest.mark.parametrize("key", ["", "k" * 256], ids=["empty", "too long"])
def test_an_idempotency_key_has_1_to_255_characters(key: str) -> None:
    event = request("get_brand", headers={"idempotency-key": key})
    assert refused(event, body=None, idempotent=True) == {"Idempotency-Key": "must be 1 to 255 characters"}
    assert refused(event, body=None) == {}


@pytest.mark.parametrize(
    ("header", "named", "key"), [("k", None, "k"), (None, "k", "k"), ("k", "k", "k"), (None, None, None)]
)
def test_the_idempotency_key_may_stand_in_the_body(header: str | None, named: str | None, key: str | None) -> None:
    headers = {"Idempotency-Key": header} if header else {}
    event = request("put_brand", {"idempotency_key": named}, headers=headers)
    assert seen(event, body=Anything, idempotent=True).idempotency_key == key


def test_two_idempotency_keys_are_refused() -> None:
    event = request("put_brand", {"idempotency_key": "a"}, headers={"Idempotency-Key": "b"})
    assert refused(event, idempotent=True) == {"idempotencyKey": "differs from the Idempotency-Key header"}


def test_everything_wrong_beside_the_body_is_named_at_once() -> None:
    event = request("put_brand", {}, path={"id": ""}, query={"limit": "0"}, headers={"Idempotency-Key": ""})
    assert list(refused(event, query=PageQuery, idempotent=True)) == ["id", "Idempotency-Key", "limit"]


def test_what_is_wrong_with_the_body_is_named_before_that() -> None:
    event = request("put_brand", {"name": 5, "more": 1}, path={"id": ""})
    assert refused(event, Named) == {"name": "must be a string", "more": "is not a known field"}


def test_a_name_that_stands_twice_is_refused() -> None:
    wrong = {"b": "stands there twice", "it.0.a": "stands there twice"}
    assert refused(sent('{"it": [{"a": 1, "a": 2}], "b": 1, "b": 1}')) == wrong


def test_a_refusal_has_the_one_body_that_all_errors_have() -> None:
    error = ValidationError(FieldProblem("order.value", "must be a number"), FieldProblem("type", "is required"))
    event = request("put_brand", scopes="admin")
    status, headers, body = answered(raising(error), event)
    assert (status, headers["Content-Type"]) == (400, "application/json")
    assert body == {
        "statusCode": 400,
        "code": "ValidationError",
        "message": "order.value: must be a number; type: is required",
        "details": {
            "fields": [
                {"field": "order.value", "message": "must be a number"},
                {"field": "type", "message": "is required"},
            ]
        },
        "requestId": event["requestContext"]["requestId"],
    }
    assert headers["X-Request-Id"] == body["requestId"]


@pytest.mark.parametrize(
    ("error", "status", "retry"),
    [(UserNotFoundError("there is none"), 404, None), (ServiceUnavailable("later"), 503, "1")],
    ids=["not found", "unavailable"],
)
def test_only_what_may_succeed_later_says_when_to_try_again(
    error: LoyaltyError, status: int, retry: str | None
) -> None:
    got, headers, body = answered(raising(error))
    assert (got, headers.get("Retry-After"), body["details"]) == (status, retry, {"fields": []})


def test_what_nobody_expected_fails_the_invocation() -> None:
    with pytest.raises(ZeroDivisionError):
        answered(raising(ZeroDivisionError()))


def test_an_answer_has_the_first_status_that_is_declared_unless_it_says_another() -> None:
    declared = {201: Nothing, 200: Nothing}
    assert answered(nothing, answers=declared)[0] == 201
    assert answered(lambda _: http.Response({}, 200), answers=declared)[0] == 200


def test_an_answer_may_have_no_body() -> None:
    status, headers, body = answered(lambda _: http.Response(), answers={204: None})
    assert (status, body, headers.get("Idempotency-Replayed")) == (204, None, None)


def test_the_first_answer_to_an_earlier_call_says_so() -> None:
    assert answered(lambda _: http.Response({}, replayed=True))[1]["Idempotency-Replayed"] == "true"


def test_what_is_declared_of_an_endpoint_is_read_off_its_handler() -> None:
    @http.endpoint("offers:write", answers={202: Nothing}, body=Anything, errors=(UserNotFoundError,), idempotent=True)
    def handler(_: http.Request[Anything]) -> http.Response:
        """202."""
        return http.Response({})

    declared = http.Contract(("offers:write",), {202: Nothing}, Anything, None, (UserNotFoundError,), idempotent=True)
    assert (vars(handler)["contract"], handler.__doc__) == (declared, "202.")


def test_an_answer_says_that_the_brand_is_one_to_test_with_and_nothing_of_it_is_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def counting(_: http.Request[Any, Any]) -> http.Response:
        count({"status": "RESOLVED"}, Events=1)
        return http.Response({})

    for sandbox in (True, False):
        event = request("put_brand", scopes="admin")
        event["requestContext"]["authorizer"] |= {"sandbox": "true"} if sandbox else {}
        _, headers, _ = answered(counting, event)
        assert headers.get("Earnest-Sandbox") == ("true" if sandbox else None)
        assert ('"Events"' in capsys.readouterr().out) is not sandbox
    event["requestContext"]["authorizer"] |= {"sandbox": "true", "scopes": ""}
    assert answered(counting, event)[1]["Earnest-Sandbox"] == "true"


def test_a_call_is_logged_in_one_line_without_what_it_was_about(capsys: pytest.CaptureFixture[str]) -> None:
    event = request("get_customer", path={"id": "ana"})
    answered(raising(UserNotFoundError("there is none")), event, "customers:read")
    (line,) = capsys.readouterr().out.splitlines()
    logged = json.loads(line)
    assert logged["message"] == "GET /customers/{id}"
    assert (logged["status"], logged["code"], logged["brand_id"]) == (404, "UserNotFoundError", "demo")
    assert logged["function_name"] == CONTEXT.function_name
    assert logged["correlation_id"] == event["requestContext"]["requestId"]
    assert "ana" not in line
    assert sample("get_customer")["headers"]["Authorization"] not in line
