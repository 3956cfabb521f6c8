"""What a function says about a call: one line, and nothing of the body, the path or the key."""

import json
from typing import Any

import pytest

from tests.support.backend import Backend
from tests.support.published import operations
from tests.support.samples import body_of, sample

NAME = "qzx7731"


@pytest.mark.parametrize("function", sorted(operations()))
def test_a_call_is_one_line_that_names_neither_customer_nor_key(
    backend: Backend, capfd: pytest.CaptureFixture[str], function: str
) -> None:
    backend.call("emit_event")
    capfd.readouterr()
    asked = sample(function)
    changes: dict[str, Any] = {"headers": {"Authorization": f"Bearer {NAME}", "Idempotency-Key": NAME}}
    if asked["pathParameters"]:
        changes["path"] = dict.fromkeys(asked["pathParameters"], NAME)
    if asked["body"]:
        changes["body"] = {name: NAME if isinstance(value, str) else value for name, value in body_of(function).items()}
    backend.call(function, **changes)
    backend.call(function, headers={"APIKey": NAME}, query={"cursor": NAME, "limit": NAME})
    if asked["body"]:
        backend.call(function, f'{{"email": "{NAME}"')
    lines = capfd.readouterr().err.splitlines()
    assert not [line for line in lines if NAME in line]
    told = [json.loads(line) for line in lines]
    called = [line for line in told if line.get("message") == f"{asked['httpMethod']} {asked['resource']}"]
    assert len(called) == (3 if asked["body"] else 2)
    known = {
        "timestamp",
        "level",
        "message",
        "function_name",
        "status",
        "code",
        "correlation_id",
        "brand_id",
        "duration_ms",
    }
    assert all(set(line) <= known for line in called)
