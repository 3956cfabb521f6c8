"""The event's webhook of docs/braze.md, rendered for all kinds of users."""

import json

import pytest

from tests.support.backend import Backend, Json
from tests.support.braze import TEXTS, UNSENT, but, replacing, sent_by_braze
from tests.support.liquid import Aborted
from tests.support.webhooks import blocks, rows, webhook

PAGE = "braze.md"
EVENT = webhook(PAGE, "Event")
ANA: Json = {
    "user": {"user_id": "ana", "braze_id": "5f1a", "email_address": "ana@example.com", "first_name": "Ana"},
    "event_properties": {"stars": 5, "product": "Espresso"},
    "campaign": {"name": "Reviews", "dispatch_id": "d-1"},
}


def recorded(backend: Backend, customer: str = "ana") -> list[Json]:
    """The events of a customer, newest first."""
    return backend.everything("list_events", customer)


def test_an_event_with_every_attribute_is_recorded_as_it_was_meant(backend: Backend) -> None:
    answer = sent_by_braze(backend, EVENT, ANA)
    assert (answer.status, answer.body["success"]) == (200, True)
    (event,) = recorded(backend)
    assert event["type"] == "write_review"
    assert event["data"]["metadata"] == {"stars": 5, "product": "Espresso", "author": "Ana"}
    assert backend.call("get_customer").data["email"] == "ana@example.com"


@pytest.mark.parametrize(
    ("changes", "metadata"),
    [
        ({"event_properties": {"stars": None}}, {"product": "Espresso", "author": "Ana"}),
        ({"event_properties": {"stars": ""}}, {"product": "Espresso", "author": "Ana"}),
        ({"event_properties": {"product": None}}, {"stars": 5, "author": "Ana"}),
        ({"user": {"first_name": None}}, {"stars": 5, "product": "Espresso"}),
        ({"event_properties": {"stars": None, "product": ""}, "user": {"first_name": ""}}, {}),
        ({"event_properties": {"stars": 4.5}}, {"stars": 4.5, "product": "Espresso", "author": "Ana"}),
        ({"event_properties": {"stars": "4"}}, {"stars": 4, "product": "Espresso", "author": "Ana"}),
        ({"event_properties": {"stars": 0}}, {"stars": 0, "product": "Espresso", "author": "Ana"}),
    ],
)
def test_what_renders_empty_is_not_there(backend: Backend, changes: Json, metadata: Json) -> None:
    assert sent_by_braze(backend, EVENT, but(ANA, **changes)).status == 200
    assert json.loads(json.dumps(recorded(backend)[0]["data"]["metadata"], default=float)) == metadata


@pytest.mark.parametrize("nothing", [None, ""])
def test_a_user_without_e_mail_is_a_customer_all_the_same(backend: Backend, nothing: str | None) -> None:
    assert sent_by_braze(backend, EVENT, but(ANA, user={"email_address": nothing})).status == 200
    assert backend.call("get_customer").data["email"] is None


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_arrives_as_it_is(backend: Backend, text: str) -> None:
    user = but(ANA, user={"first_name": text}, event_properties={"product": text})
    assert sent_by_braze(backend, EVENT, user).status == 200
    assert recorded(backend)[0]["data"]["metadata"] == {"stars": 5, "product": text, "author": text}


def test_of_a_user_nothing_is_known_of_the_answer_says_what_is_missing(backend: Backend) -> None:
    with backend.nothing_changes():
        answer = sent_by_braze(backend, EVENT, {"user": {}})
    assert (answer.refusal, answer.body["message"]) == ((400, "ValidationError"), "customerId: is required")


@pytest.mark.parametrize(
    ("was", "now", "where"),
    [
        ("${stars} | default: '\"\"'}},", "${stars}}} (optional),", "line 8, column 18"),
        ('"author": ', '"author" (optional): ', "line 10, column 16"),
        ("}\n  },\n", "},\n  },\n", "line 11, column 6"),
    ],
)
def test_what_was_left_in_the_json_is_found_by_line_and_column(
    backend: Backend, was: str, now: str, where: str
) -> None:
    with backend.nothing_changes():
        answer = sent_by_braze(backend, EVENT, ANA, replacing(was, now))
    assert answer.refusal == (400, "ValidationError")
    assert answer.body["message"].endswith(f"at {where}")


def test_a_user_without_external_id_can_be_left_out(backend: Backend) -> None:
    (line,) = blocks(PAGE, "Sending nothing instead")
    with backend.nothing_changes(), pytest.raises(Aborted, match=r"^no loyalty id$"):
        sent_by_braze(backend, EVENT, but(ANA, user={"user_id": None}), lambda body: line + body)
    assert sent_by_braze(backend, EVENT, ANA, lambda body: line + body).status == 200


def test_a_message_that_braze_tries_again_is_recorded_once(backend: Backend) -> None:
    first = sent_by_braze(backend, EVENT, ANA)
    backend.wait(minutes=30)
    with backend.nothing_changes():
        again = sent_by_braze(backend, EVENT, ANA)
    assert (again.status, again.replayed, again.text) == (200, True, first.text)


@pytest.mark.parametrize(
    "other",
    [
        but(ANA, campaign={"dispatch_id": "d-2"}),
        but(ANA, user={"user_id": "bo", "braze_id": "77c0", "email_address": None}),
        but(ANA, campaign={"dispatch_id": UNSENT}),
        but(ANA, campaign={"dispatch_id": None}),
        but(ANA, user={"braze_id": None}),
    ],
    ids=["another dispatch", "another user", "a test", "no dispatch", "a user of no profile"],
)
def test_another_message_is_another_event(backend: Backend, other: Json) -> None:
    sent_by_braze(backend, EVENT, ANA)
    twice = [sent_by_braze(backend, EVENT, other) for _ in range(2)]
    assert [one.status for one in twice] == [200, 200]
    assert not twice[0].replayed
    with_a_key = bool(other["campaign"].get("dispatch_id", "").startswith("d-") and other["user"].get("braze_id"))
    assert twice[1].replayed is with_a_key


def test_two_messages_of_one_key_are_told_apart_in_words(backend: Backend) -> None:
    sent_by_braze(backend, EVENT, ANA)
    with backend.nothing_changes():
        answer = sent_by_braze(backend, EVENT, ANA, replacing("write_review", "visit"))
    assert answer.refusal == (422, "IdempotencyMismatchError")
    (advice,) = (row[3] for row in rows(PAGE, "What each answer makes Braze do") if answer.body["code"] in row[1])
    assert "own word in front" in advice
