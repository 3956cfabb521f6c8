"""What a function does to the table is what it may do: by its own policy, and within its boundary."""

from fnmatch import fnmatchcase
from typing import Any

import pytest

from tests.support.backend import Backend, Json
from tests.support.expanded import may_touch
from tests.support.project import FUNCTIONS, lambdas
from tests.support.samples import sample


def _touched(model: Any, params: Json) -> set[tuple[str, str]]:
    """The actions that IAM looks for in a call, each with the partition key that it is about."""
    if model.name == "TransactWriteItems":
        writes = [next(iter(one.items())) for one in params["TransactItems"]]
        return {(f"{kind}Item", _partition(write)) for kind, write in writes}
    if model.name == "BatchGetItem":
        return {("BatchGetItem", key["pk"]["S"]) for one in params["RequestItems"].values() for key in one["Keys"]}
    return {(model.name, _partition(params))}


def _partition(request: Json) -> str:
    item = request.get("Key") or request.get("Item")
    key: str = item["pk"]["S"] if item else request["ExpressionAttributeValues"][":pk"]["S"]
    return key


@pytest.mark.parametrize("sandbox", [False, True], ids=["live", "sandbox"])
@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_does_to_the_table_what_it_may(backend: Backend, function: str, sandbox: bool) -> None:
    backend.tell()
    backend.sandbox = sandbox
    found: set[tuple[str, str]] = set()

    def note(params: Json, model: Any, **_more: object) -> None:
        found.update(_touched(model, params))

    events = backend.client.meta.events
    events.register("before-parameter-build.dynamodb", note)
    try:
        backend.run(function, sample(function))
    finally:
        events.unregister("before-parameter-build.dynamodb", note)
    allowed = may_touch(lambdas()[function].logical_id)
    assert bool(found) == bool(allowed)
    for action, key in found:
        patterns = allowed.get(f"dynamodb:{action}", set())
        assert any(fnmatchcase(key, pattern) for pattern in patterns), f"{function} may not {action} {key}"
