"""Whatever is sent: no 5xx, the standard body with the fields named, nothing written by what is refused."""

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from loyalty.store import published, rulesets
from tests.support.backend import Backend
from tests.support.corpora import Asked, at_random, everything
from tests.support.figures import Record, answers
from tests.support.project import LONG
from tests.support.published import assert_described, operations
from tests.support.samples import request, sample

pytestmark = pytest.mark.usefixtures("quiet")

FUNCTIONS = sorted(operations())
SEED = 1
# The short form asks a part of what is made systematically, another part of it for each function.
EVERY = 1 if LONG else 23
AT_RANDOM = 400 if LONG else 20
MAX_ACCEPTED = 100
INSIDES = (
    "Traceback",
    "pydantic",
    "loyalty.",
    ".py",
    "botocore",
    "DynamoDB",
    "dict[",
    "NoneType",
    "BRAND#",
    "earnest-test",
)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_nothing_that_is_sent_breaks_a_function(backend: Backend, function: str, record_property: Record) -> None:
    backend.tell()
    asked = [*everything(function, FUNCTIONS.index(function) % EVERY, EVERY)]
    asked += at_random(function, AT_RANDOM, SEED)
    statuses: Counter[int] = Counter()
    accepted = 0
    with writes(backend) as written:
        for one in asked:
            written.clear()
            statuses[_answer(backend, one, written)] += 1
            accepted += bool(written)
            if accepted == MAX_ACCEPTED:
                _assert_readable(backend)
                _begin_anew(backend)
                accepted = 0
    for figure in answers(function, statuses):
        record_property(*figure)
    assert max(statuses) < 500
    _assert_readable(backend)


def _answer(backend: Backend, one: Asked, written: list[str]) -> int:
    changes: dict[str, Any] = {"headers": {}, **one.changes}
    event = request(one.function, **changes) | one.event
    try:
        answer = backend.run(one.function, event)
    except Exception as error:
        error.add_note(f"{one.function}: {one.about}; the event: {json.dumps(event)[:2000]}")
        raise
    status, text = answer["statusCode"], answer["body"]
    told = f"{one.function}: {one.about}: {status} {text[:500]}"
    assert status < 500, told
    assert_described(one.function, status, text)
    if status >= 400:
        body = json.loads(text)
        assert body["message"], told
        sent = json.dumps(event, ensure_ascii=False)
        assert not [word for word in INSIDES if word in text and word not in sent], told
        if body["code"] in ("ValidationError", "PayloadTooLargeError"):
            assert body["details"]["fields"], told
            assert all(problem["field"] and problem["message"] for problem in body["details"]["fields"]), told
        assert not written, told
    elif status == 202:
        # A message that cannot be dealt with would come again and again.
        assert backend.process_assignment() == [], told
    elif one.function == "emit_event":
        event_id = json.loads(text)["data"]["id"]
        assert not written or backend.call("get_event", path={"id": event_id}).status == 200, told
    return int(status)


@contextmanager
def writes(backend: Backend) -> Iterator[list[str]]:
    """The writes that the store has carried out."""
    done: list[str] = []

    def note(http_response: Any, model: Any, **_more: object) -> None:
        if http_response.status_code == 200 and model.name in (
            "TransactWriteItems",
            "PutItem",
            "UpdateItem",
            "DeleteItem",
        ):
            done.append(model.name)

    events = backend.client.meta.events
    events.register("after-call.dynamodb", note)
    try:
        yield done
    finally:
        events.unregister("after-call.dynamodb", note)


def _begin_anew(backend: Backend) -> None:
    """An empty table again, as the samples need it: moto goes through all of a table for every query."""
    schema = backend.client.describe_table(TableName=backend.table)["Table"]
    backend.client.delete_table(TableName=backend.table)
    names = ("AttributeDefinitions", "KeySchema")
    backend.client.create_table(
        TableName=backend.table, BillingMode="PAY_PER_REQUEST", **{name: schema[name] for name in names}
    )
    rulesets._compiled.clear()
    published._known.clear()
    backend.set_up()
    backend.tell()


def _assert_readable(backend: Backend) -> None:
    """Whatever was accepted can be read again, and the books of the sample's customer agree."""
    for function in FUNCTIONS:
        if sample(function)["httpMethod"] == "GET" and not sample(function)["pathParameters"]:
            takes = {one["name"] for one in operations()[function].get("parameters", ()) if one["in"] == "query"}
            pages = {"limit": "100"} if "limit" in takes else {}
            answer = backend.call(function, query={**(sample(function)["queryStringParameters"] or {}), **pages})
            assert answer.status in (200, 404), answer.text
    wallet = backend.call("get_wallet")
    if wallet.status == 200:
        sums = {one["reward_id"]: one["available"] for one in wallet.data["totals"]}
        lines = backend.everything("list_transactions")
        backend.everything("list_events")
        for reward, available in sums.items():
            assert sum(line["amount"] for line in lines if line["reward_id"] == reward) == available
