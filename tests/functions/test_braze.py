"""docs/braze.md, webhook by webhook: rendered for all kinds of users, and sent to the function that its URL names."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from loyalty.domain.api_keys import ApiKey
from loyalty.store.api_keys import digest_of, save_api_key
from tests.builders import NOW
from tests.functions.backend import Answer, Backend, Json
from tests.liquid import Aborted, render
from tests.samples import sample
from tests.webhooks import Webhook, blocks, rows, webhook

PAGE = "braze.md"
EVENT = webhook(PAGE, "Event")
ANA: Json = {
    "user": {"user_id": "ana", "braze_id": "5f1a", "email_address": "ana@example.com", "first_name": "Ana"},
    "event_properties": {"stars": 5, "product": "Espresso"},
    "campaign": {"name": "Reviews", "dispatch_id": "d-1"},
}
TEXTS = ['Ana "Nani" Ruiz', "Ana\nRuiz\t", "C:\\Ana", "Ana 😀 Ruíz", "'", "</script>", "{{ana}}", "\u2028\x7f", "%7B"]


def sent_by_braze(backend: Backend, hook: Webhook, user: Json, edit: Callable[[str], str] = str, **call: Any) -> Answer:
    """The answer to a webhook of the page as it is rendered for a user, with what a marketer changed in it."""
    body = render(edit(hook.body), **{"now": backend.now, **user})
    return backend.call(hook.function, body, headers=hook.headers, **call)


def but(user: Json, /, **changes: Json) -> Json:
    """A user of whom some attributes are others, or missing if None."""
    return {
        kind: {name: value for name, value in {**known, **changes.get(kind, {})}.items() if value is not None}
        for kind, known in user.items()
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


MISTAKES: dict[str, tuple[Json, Callable[[str], str]]] = {
    "customerId: is required": ({"user": {"user_id": None}}, str),
    "email: must be an e-mail address without a blank in it, such as ana@example.com": (
        {"user": {"email_address": "ana ruiz@example.com"}},
        str,
    ),
    "body: must be JSON: Expecting value at line 8, column 16": ({"event_properties": {"stars": "five"}}, str),
    "body: must be JSON: Expecting ',' delimiter or '}' at line 9, column 20": (
        {"event_properties": {"product": '"Espresso"'}},
        lambda body: body.replace("${product} | json_escape", "${product}"),
    ),
}
ABOUT_KEYS = {"the key is missing or not valid", "this key lacks the scope events:write"}


def test_the_page_lists_these_messages() -> None:
    listed = {text.strip("`") for text, _ in rows(PAGE, "Reading the log")}
    assert listed == {*MISTAKES, *ABOUT_KEYS}


@pytest.mark.parametrize("message", MISTAKES)
def test_a_mistake_is_answered_as_the_page_says_and_nothing_is_stored(backend: Backend, message: str) -> None:
    changes, edit = MISTAKES[message]
    with backend.nothing_changes():
        answer = sent_by_braze(backend, EVENT, but(ANA, **changes), edit)
    assert (answer.status, answer.body["message"]) == (400, message)


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
    assert was in EVENT.body
    with backend.nothing_changes():
        answer = sent_by_braze(backend, EVENT, ANA, lambda body: body.replace(was, now))
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
        but(ANA, campaign={"dispatch_id": "dispatch_id_for_unsent_campaign"}),
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
        answer = sent_by_braze(backend, EVENT, ANA, lambda body: body.replace("write_review", "visit"))
    assert answer.refusal == (422, "IdempotencyMismatchError")
    (advice,) = (row[3] for row in rows(PAGE, "What each answer makes Braze do") if answer.body["code"] in row[1])
    assert "own word in front" in advice


def test_a_key_without_the_scope_is_told_which(backend: Backend) -> None:
    with backend.nothing_changes():
        answer = sent_by_braze(backend, EVENT, ANA, scopes="offers:write")
    assert (answer.refusal, answer.body["message"]) == ((403, "Forbidden"), "this key lacks the scope events:write")


@pytest.mark.parametrize("title", ["Offer", "Points", "Event"])
def test_the_header_of_the_page_is_the_one_the_key_is_looked_for_in(empty: Backend, title: str) -> None:
    hook = webhook(PAGE, title)
    save_api_key("braze", digest_of("YOUR-KEY"), ApiKey("demo", "Braze", ("offers:write", "events:write"), NOW))
    event = {**sample("authorize"), "resource": hook.path, "headers": hook.headers}
    assert empty.run("authorize", event)["principalId"] == "demo"
    wrong = [{name: value + "x" for name, value in hook.headers.items()}, {"Authorization": "Bearer YOUR-KEY"}]
    for headers in wrong:
        with pytest.raises(Exception, match=r"^Unauthorized$"):
            empty.run("authorize", {**event, "headers": headers})
