"""Functions in a container with their samples, by `sam local`: they do there what they do in this process.

The long form calls every function; the short one all that are no requests, and of the requests one of each method and
environment. Each function in its runtime, on the built layers alone: tests/integration/test_real_runtime.py.
"""

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple

import pytest

from tests.support.backend import Backend, Told
from tests.support.project import LONG, lambdas, routes
from tests.support.published import assert_described
from tests.support.sam_local.sam import Sam
from tests.support.sam_local.tables import Invoked, in_use, kinds, new_table
from tests.support.samples import sample

AT_ONCE = 2
BY_ITSELF = "emit_event"
LONG_AGO = timedelta(days=400)
EVERY = sorted({function for function, _, _ in routes()})
OTHERS = sorted(set(lambdas()) - set(EVERY))
OF_EACH_KIND = {(method, frozenset(lambdas()[function].variables)): function for function, method, _ in routes()}
REQUESTS = EVERY if LONG else sorted({BY_ITSELF, "get_console", "put_campaign", *OF_EACH_KIND.values()})
SETTLES = [
    name
    for name, function in lambdas().items()
    if any(event["Type"] == "DynamoDB" for event in function.properties.get("Events", {}).values())
]


class Invocation(NamedTuple):
    """A function on its way in a container, and the same world for this process."""

    answer: Future[Any]
    world: Backend
    twin: Backend


@pytest.fixture(scope="module")
def invocations(
    sam: Sam, emitted: Invoked, layered: Sam, request: pytest.FixtureRequest
) -> Iterator[dict[str, Invocation]]:
    """The functions of the tests that run, several at once: most of what a container takes is waiting.

    `sam local invoke` reads the template and makes the image, so it is asked for one of them alone, and first.
    """
    calls = [getattr(item, "callspec", None) for item in request.session.items if item.path == request.path]
    wanted = sorted({call.params["name"] for call in calls if call} | {"authorize"})
    worlds = {name: emitted.world if name == BY_ITSELF else _world(sam, name) for name in wanted}
    tables = {name: world.table for name, world in worlds.items()}
    with layered.invoking(tables) as invoke, ThreadPoolExecutor(AT_ONCE) as pool:

        def answer(name: str) -> Any:
            return emitted.answer if name == BY_ITSELF else invoke(name)

        answers = {name: pool.submit(answer, name) for name in wanted}
        yield {name: Invocation(answers[name], worlds[name], _world(sam, name)) for name in wanted}
        pool.shutdown(cancel_futures=True)


@pytest.mark.parametrize("name", REQUESTS)
def test_a_request_is_answered_in_a_container_as_it_is_here(invocations: dict[str, Invocation], name: str) -> None:
    call = invocations[name]
    answer = call.answer.result()
    assert answer.get("statusCode") in (200, 201, 202, 204), answer
    assert_described(name, answer["statusCode"], answer["body"])
    with in_use(call.twin):
        here = call.twin.run(name, sample(name))
    assert answer["statusCode"] == here["statusCode"]
    assert answer["headers"] == here["headers"]
    assert _outline(answer["body"]) == _outline(here["body"])
    assert kinds(call.world) == kinds(call.twin)


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_no_request_is_done_in_a_container_as_it_is_here(invocations: dict[str, Invocation], name: str) -> None:
    call = invocations[name]
    answer = call.answer.result()
    with in_use(call.twin):
        assert answer == call.twin.run(name, sample(name))
    assert "errorMessage" not in answer
    assert answer.get("batchItemFailures", []) == []
    assert kinds(call.world) == kinds(call.twin)


def test_the_authorizer_knows_the_key_of_its_sample(invocations: dict[str, Invocation]) -> None:
    key_id = sample("issue_token")["requestContext"]["authorizer"]["key_id"]
    told = {"brand_id": "demo", "scopes": "events:write", "key_name": "Till 7", "key_id": key_id, "sandbox": "true"}
    assert invocations["authorize"].answer.result()["context"] == told


@cache
def _told(sam: Sam, ago: timedelta) -> Told:
    """What is in a table where everything has happened that the samples are about."""
    backend = new_table(sam.engine, ago=ago)
    with in_use(backend):
        backend.tell()
        return Told.by(backend)


def _world(sam: Sam, function: str) -> Backend:
    """A table in which the function's sample can be carried out."""
    ago = LONG_AGO if function in SETTLES else timedelta()
    backend = new_table(sam.engine, ago=ago)
    with in_use(backend):
        if function != BY_ITSELF:
            _told(sam, ago).lay(backend)
        if function == "delete_reward":
            backend.call("delete_campaign")
        if function == "on_delivery_due":  # containers reach nobody; a message to whom is gone is done
            assert backend.call("delete_webhook").status == 204
    backend.wait(days=LONG_AGO.days if function in SETTLES else 0)
    return backend


def _outline(text: str) -> Any:
    """What a body consists of, without ids, times and amounts: those differ."""

    def outline(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: outline(one) for name, one in value.items()}
        return [outline(one) for one in value] if isinstance(value, list) else type(value)

    if text.startswith("<!doctype html>"):  # a page is the same to the letter
        return text
    return outline(json.loads(text)) if text else None
