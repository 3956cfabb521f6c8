"""Every function that answers requests: its sample, its scopes, and what it refuses before it does anything."""

from typing import Any

import pytest

from loyalty.http import QUERY_PARAMETERS
from tests.support.backend import Backend
from tests.support.project import routes
from tests.support.published import operations
from tests.support.samples import body_of, request, sample

WRITE, READ, OFFERS, ADMIN = "events:write", "customers:read", "offers:write", "admin"
SCOPES = {
    "emit_event": {WRITE},
    "get_event": {WRITE, READ},
    "find_events": {WRITE, READ},
    "explain_event": {WRITE, READ},
    "fulfill_event": {WRITE},
    "reverse_event": {WRITE},
    "rescue_event": set(),
    "extend_hold": {WRITE},
    "get_customer": {READ},
    "find_customers": {READ},
    "get_wallet": {READ},
    "list_events": {READ},
    "list_transactions": {READ},
    "list_offers": {READ},
    "patch_customer": {WRITE},
    "unmerge_customer": set(),
    "export_customer": set(),
    "migrate_customer": set(),
    "erase_customer": set(),
    "record_history": set(),
    "track_events": {WRITE},
    "track_event_v3": {WRITE},
    "preview_rewards": {WRITE},
    "get_brand": set(),
    "get_test_clock": set(),
    "advance_test_clock": set(),
    "put_brand": set(),
    "get_reward": set(),
    "list_rewards": set(),
    "put_reward": set(),
    "delete_reward": set(),
    "get_campaign": set(),
    "list_campaigns": set(),
    "list_audit": set(),
    "put_program": set(),
    "put_campaign": set(),
    "try_campaign": set(),
    "delete_campaign": set(),
    "create_key": set(),
    "list_keys": set(),
    "revoke_key": set(),
    "get_config_offer": set(),
    "list_config_offers": set(),
    "put_config_offer": set(),
    "delete_config_offer": set(),
    "put_webhook": set(),
    "get_webhook": set(),
    "delete_webhook": set(),
    "list_webhooks": set(),
    "list_deliveries": set(),
    "send_test_message": set(),
    "get_points_report": set(),
    "get_set_aside": set(),
    "create_hot_offer": {OFFERS},
    "create_cold_offer": {OFFERS},
    "assign_hot_points": {OFFERS},
    "assign_cold_points": {OFFERS},
    "get_trace": {OFFERS},
    "issue_token": {WRITE, READ, OFFERS},
}
TEST_CLOCK = {"get_test_clock", "advance_test_clock"}
PUBLIC = {"get_openapi", "get_docs", "get_console"}
WITH_A_BODY = [name for name in SCOPES if sample(name)["body"]]
WITH_AN_ID = [name for name in SCOPES if sample(name)["pathParameters"]]
READ_ONLY = {name for name in SCOPES if sample(name)["httpMethod"] == "GET"} | {"preview_rewards", "try_campaign"}
DELETES = {name for name in SCOPES if sample(name)["httpMethod"] == "DELETE"}
each_function = pytest.mark.parametrize("function", SCOPES)


@pytest.fixture
def told(backend: Backend) -> Backend:
    """A backend where the sample event has happened, and whose brand has the samples' key."""
    backend.tell()
    return backend


def taken(function: str, where: str) -> set[str]:
    """The names that a function is described to take in its query or its headers."""
    return {one["name"] for one in operations()[function].get("parameters", ()) if one["in"] == where}


def test_the_table_has_every_function_that_answers_requests() -> None:
    assert set(SCOPES) == {function for function, _, _ in routes()} - PUBLIC


@each_function
def test_a_sample_is_a_request_as_the_gateway_sends_it(function: str) -> None:
    event = sample(function)
    about = event["requestContext"]
    path = event["resource"]
    for name, value in (event["pathParameters"] or {}).items():
        path = path.replace(f"{{{name}}}", value)
    assert (event["path"], about["path"]) == (path, f"/{about['stage']}{path}")
    assert (about["httpMethod"], about["resourcePath"]) == (event["httpMethod"], event["resource"])
    assert event["multiValueHeaders"] == {name: [value] for name, value in event["headers"].items()}
    marks = {"sandbox"} if function in TEST_CLOCK else set()
    told = {"principalId", "brand_id", "scopes", "key_name", "key_id", "integrationLatency"}
    assert set(about["authorizer"]) == told | marks
    assert about["authorizer"]["brand_id"] == "demo"


@each_function
def test_a_sample_is_carried_out(told: Backend, function: str) -> None:
    if function == "delete_reward":
        told.call("delete_campaign")
    answer = told.call(function)
    assert answer.status in (200, 201, 202, 204), answer.text
    assert answer.headers["X-Request-Id"] == sample(function)["requestContext"]["requestId"]
    assert answer.headers["Content-Type"] == "application/json"


@each_function
def test_a_key_may_do_what_its_scopes_say_and_nothing_else(told: Backend, function: str) -> None:
    if function == "delete_reward":
        told.call("delete_campaign")
    allowed = SCOPES[function] | {ADMIN}
    with told.nothing_changes():
        for scopes in ("", " ".join({WRITE, READ, OFFERS, "administrator"} - allowed)):
            answer = told.call(function, scopes=scopes)
            assert answer.refusal == (403, "Forbidden")
            assert all(wanted in answer.body["message"] for wanted in SCOPES[function] or {ADMIN})
    for scope in allowed:
        assert told.call(function, scopes=f"none {scope}").status < 300


@pytest.mark.parametrize("function", WITH_AN_ID)
@pytest.mark.parametrize(
    "raw", ["a%23b", "x" * 256, "%20", "a%0A", "%00", "a%FF", "%ED%A0%80", ""], ids=lambda raw: raw[:9] or "empty"
)
def test_what_can_be_no_id_is_refused_in_the_path(empty: Backend, function: str, raw: str) -> None:
    (name,) = sample(function)["pathParameters"]
    with empty.nothing_changes():
        answer = empty.call(function, path={name: raw})
    assert (answer.refusal, answer.fields) == ((400, "ValidationError"), [name])


@pytest.mark.parametrize("function", WITH_A_BODY)
@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        (None, 400, "body"),
        ("{", 400, "body"),
        ("[]", 400, "body"),
        ('"text"', 400, "body"),
        ("null", 400, "body"),
        ("[" * 100_000, 400, "body"),
        ('{"x": NaN}', 400, "body"),
        ('{"x": Infinity}', 400, "body"),
        ('{"x": 1e400}', 400, "x"),
        ('{"x": 1e9999999999999999999}', 400, "body"),
        ('{"x": "\\ud800"}', 400, "x"),
        ('{"x": ' * 40 + "1" + "}" * 40, 400, ".".join("x" * 33)),
        (" " * 1_000_000, 413, "body"),
    ],
    ids=[
        "none",
        "broken",
        "an array",
        "a string",
        "null",
        "no end of arrays",
        "NaN",
        "Infinity",
        "1e400",
        "a number beyond all numbers",
        "half a character",
        "40 levels deep",
        "a megabyte",
    ],
)
def test_what_can_be_no_body_is_refused(
    empty: Backend, function: str, body: str | None, status: int, field: str
) -> None:
    if body is None and not operations()[function]["requestBody"]["required"]:
        return  # this call may come without a body
    with empty.nothing_changes():
        answer = empty.call(function, body)
    assert answer.refusal == (status, "ValidationError" if status == 400 else "PayloadTooLargeError")
    assert answer.fields == [field]


@each_function
def test_a_parameter_that_another_call_obeys_is_obeyed_or_refused_by_name(told: Backend, function: str) -> None:
    for name in (*QUERY_PARAMETERS, "dryRun", "DRY-RUN"):
        if name in taken(function, "query") or (function in READ_ONLY and "dry" in name.lower()):
            continue
        with told.nothing_changes():
            answer = told.call(function, query={**(sample(function)["queryStringParameters"] or {}), name: "true"})
        assert (answer.refusal, answer.fields) == ((400, "ValidationError"), [name])


@pytest.mark.parametrize("function", sorted(set(SCOPES) - READ_ONLY - DELETES))
def test_an_idempotency_key_is_obeyed_or_refused_by_name(told: Backend, function: str) -> None:
    if "Idempotency-Key" in taken(function, "header"):
        return
    with told.nothing_changes():
        answer = told.call(function, headers={"IDEMPOTENCY-KEY": "k"})
    assert (answer.refusal, answer.fields) == ((400, "ValidationError"), ["Idempotency-Key"])


@pytest.mark.parametrize("function", sorted(set(WITH_A_BODY) - READ_ONLY))
def test_a_dry_run_is_not_asked_for_in_a_body(told: Backend, function: str) -> None:
    for name in ("dry_run", "dryRun"):
        with told.nothing_changes():
            answer = told.call(function, {**body_of(function), name: True})
        assert (answer.refusal, answer.fields) == ((400, "ValidationError"), [name])


def test_a_parameter_that_is_given_twice_with_two_values_is_refused(told: Backend) -> None:
    event = request("emit_event", query={"dry_run": "true"})
    event["multiValueQueryStringParameters"] = {"dry_run": ["false", "true"]}
    assert told.run("emit_event", event)["statusCode"] == 400


MALFORMED: list[tuple[str, dict[str, Any], list[str]]] = [
    *(
        (function, body, ["reason"])
        for function in ("reverse_event", "rescue_event")
        for body in ({}, {"reason": ""}, {"reason": None}, {"reason": 5}, {"reason": "x" * 501})
    ),
    ("rescue_event", {"reason": "late", "products": []}, ["products"]),
    ("extend_hold", {}, ["reserve"]),
    ("extend_hold", {"reserve": None}, ["reserve"]),
    ("extend_hold", {"reserve": 0}, ["reserve"]),
    ("extend_hold", {"reserve": 366}, ["reserve"]),
    ("extend_hold", {"reserve": "3"}, ["reserve"]),
    ("extend_hold", {"reserve": 1.5}, ["reserve"]),
    ("extend_hold", {"reserve": True}, ["reserve"]),
    ("extend_hold", {"reserve_until": "tomorrow"}, ["reserve_until"]),
    ("extend_hold", {"reserve_until": 1773144000}, ["reserve_until"]),
    ("extend_hold", {"reserve": 1, "reserve_until": "2026-03-19T12:00:00Z"}, ["reserve_until"]),
    ("put_brand", {"name": ""}, ["name"]),
    ("put_brand", {"brand_id": "mine"}, ["brand_id"]),
    ("put_brand", {"enabled": "yes"}, ["enabled"]),
    ("put_brand", {"enabled": 0}, ["enabled"]),
    ("put_brand", {"time_zone": "Berlin"}, ["time_zone"]),
    ("put_brand", {"time_zone": "../../etc/passwd"}, ["time_zone"]),
    ("put_brand", {"channel_merging": "phone", "sandbox": 1}, ["channel_merging", "sandbox"]),
    ("put_brand", {"sandbox": False}, ["sandbox"]),
    ("advance_test_clock", {}, ["to"]),
    ("advance_test_clock", {"to": "30/days"}, ["to"]),
    ("advance_test_clock", {"to": "2030-01-01T00:00:00Z", "by": "30/days"}, ["by"]),
    ("advance_test_clock", {"to": "2026-03-10T12:00:00Z"}, ["to"]),
    ("advance_test_clock", {"to": "2036-03-12T12:00:00Z"}, ["to"]),
    ("put_reward", {}, ["name"]),
    ("put_reward", {"name": "Points", "kind": "POINTS"}, ["kind"]),
    ("put_reward", {"name": "Points", "type": "MILES"}, ["type"]),
    ("put_reward", {"name": "Points", "decimals": 5}, ["decimals"]),
    ("put_reward", {"name": "Points", "decimals": -1}, ["decimals"]),
    ("put_reward", {"name": "Points", "decimals": "2"}, ["decimals"]),
    ("put_reward", {"name": "Points", "allow_negative": "no"}, ["allow_negative"]),
    ("put_reward", {"name": "Points", "attributes": []}, ["attributes"]),
    ("put_reward", {"id": "points", "name": 5}, ["name", "id"]),
    ("create_key", {}, ["name", "scopes"]),
    ("create_key", {"name": "x", "scopes": []}, ["scopes"]),
    ("create_key", {"name": "x", "scopes": ["admin", "root"]}, ["scopes.1"]),
    ("create_key", {"name": "x", "scopes": ["admin"], "brand_id": "other"}, ["brand_id"]),
    ("create_key", {"name": "x", "scopes": ["admin"], "expires_at": "2026-03-10T12:00:00Z"}, ["expires_at"]),
    ("create_key", {"name": "x", "scopes": ["admin"], "expires_at": "soon"}, ["expires_at"]),
    ("put_reward", {"name": "Points", "expires_in": "a year"}, ["expires_in"]),
    ("put_brand", {"default_reward": "pounds"}, ["default_reward"]),
    ("put_config_offer", {}, ["name"]),
    ("put_config_offer", {"name": 5, "benefits": [], "active": "yes"}, ["name", "benefits", "active"]),
    ("put_config_offer", {"name": "Coffee", "id": "coffee", "benefit": {}}, ["id", "benefit"]),
    ("put_campaign", {}, ["name", "trigger", "rules"]),
    ("put_campaign", {"name": "x", "trigger": "T", "rules": [], "budget": 5}, ["rules", "budget"]),
    (
        "put_campaign",
        {"name": "x", "trigger": "T", "rules": [{"effects": [{"reward_id": "pounds", "amount": 1}]}]},
        ["rules.0.effects.0.reward_id"],
    ),
    ("record_history", {"customer_id": "ana", "brand_id": "demo", "type": "VISIT"}, ["issued_at"]),
    (
        "record_history",
        {
            "customer_id": "ana",
            "brand_id": "demo",
            "type": "VISIT",
            "issued_at": "2024-05-01T10:00:00Z",
            "fulfilled": False,
            "reserve": 3,
            "redeem": [{"id": "points", "amount": 5}],
        },
        ["fulfilled", "reserve", "redeem.0"],
    ),
    ("migrate_customer", {}, ["source"]),
    ("migrate_customer", {"source": "s", "balance": []}, ["balance"]),
    ("migrate_customer", {"source": "s", "balances": [{}]}, ["balances.0.reward_id", "balances.0.amount"]),
    ("migrate_customer", {"source": "s", "email": "nobody", "balances": []}, ["email"]),
    (
        "migrate_customer",
        {
            "source": "s",
            "balances": [
                {"reward_id": "points", "amount": 0},
                {"reward_id": "points", "amount": "5"},
                {"reward_id": "points", "amount": 5, "expiration_date": "31.12.2099"},
                {"reward_id": "points", "amount": 5, "issued_at": "yesterday", "available_from": "2099-01-01"},
            ],
        },
        [
            "balances.0.amount",
            "balances.1.amount",
            "balances.2.expiration_date",
            "balances.3.issued_at",
            "balances.3.available_from",
        ],
    ),
    (
        "migrate_customer",
        {
            "source": "s",
            "balances": [
                {"reward_id": "pounds", "amount": 5},
                {"reward_id": "points", "amount": 0.5},
                {"reward_id": "points", "amount": 5, "expiration_date": "2026-03-09"},
                {"reward_id": "points", "amount": -5, "expiration_date": "2099-03-09"},
                {"reward_id": "points", "amount": 5, "issued_at": "2099-03-09T12:00:00Z"},
            ],
        },
        [
            "balances.0.reward_id",
            "balances.1.amount",
            "balances.2.expiration_date",
            "balances.3.expiration_date",
            "balances.4.issued_at",
        ],
    ),
    ("put_program", {"campaign": {}, "rewards": []}, ["campaign", "rewards"]),
    (
        "put_program",
        {
            "rewards": {"stars": {"name": "Stars", "decimal": 1}, "a#b": {"name": "x"}},
            "config_offers": {"coffee": {}},
            "campaigns": {"spring": {"name": "x", "trigger": "T", "rules": [{"effects": [{"amount": 1}]}]}},
        },
        [
            "rewards.stars.decimal",
            "rewards",
            "config_offers.coffee.name",
            "campaigns.spring.rules.0.effects.0.reward_id",
        ],
    ),
    (
        "put_program",
        {
            "rewards": {"stars": {"name": "Stars"}},
            "campaigns": {
                "spring": {
                    "name": "x",
                    "trigger": "T",
                    "rules": [{"effects": [{"reward_id": one, "amount": 1} for one in ("stars", "pounds")]}],
                }
            },
        },
        ["campaigns.spring.rules.0.effects.1.reward_id"],
    ),
]


@pytest.mark.parametrize(("function", "body", "fields"), MALFORMED)
def test_what_is_malformed_is_refused_by_its_fields(
    told: Backend, function: str, body: dict[str, Any], fields: list[str]
) -> None:
    with told.nothing_changes():
        answer = told.call(function, body)
    assert answer.refusal == (400, "ValidationError")
    assert sorted(answer.fields) == sorted(fields)


def test_headers_that_other_clients_send_are_harmless(told: Backend) -> None:
    more = {"secretKey": "s", "x-region": "eu", "x-user-datetime": "2026-03-10T12:00:00Z", "lang": "de"}
    for function in ("emit_event", "get_wallet"):
        headers = {**request(function)["headers"], **more}
        assert told.call(function, headers=headers).status < 300
