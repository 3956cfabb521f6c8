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
    lines = [line for written in capfd.readouterr() for line in written.splitlines()]
    assert not [line for line in lines if NAME in line]
    told = [json.loads(line) for line in lines]
    called = [line for line in told if line.get("message") == f"{asked['httpMethod']} {asked['resource']}"]
    assert len(called) == (3 if asked["body"] else 2)
    about_the_call = {"message", "status", "code", "correlation_id", "brand_id", "duration_ms"}
    about_the_line = {"timestamp", "level", "service"}
    about_the_function = {f"function_{what}" for what in ("name", "arn", "memory_size", "request_id")} | {"cold_start"}
    assert all(set(line) <= about_the_call | about_the_line | about_the_function for line in called)
    assert all(line["function_name"] and line["correlation_id"] for line in called)
