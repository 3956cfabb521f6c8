"""Braze, as it calls the functions: a webhook of docs/braze.md is rendered for a user and sent where its URL says."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tests.support.backend import Answer, Backend, Json
from tests.support.liquid import render
from tests.support.webhooks import Webhook

SOMEBODY = "6d13456a-1304-5109-a117-af4de20b2487"
ANA: Json = {
    "user": {"user_id": SOMEBODY, "braze_id": "5f1a", "email_address": "ana@example.com"},
    "custom_attribute": {"offer_ends": datetime(2026, 12, 31, 9, tzinfo=UTC), "bonus_points": 50},
    "campaign": {"name": "Spring", "dispatch_id": "d-1"},
}
TEXTS = ['Ana "Nani" Ruiz', "Ana\nRuiz\t", "C:\\Ana", "Ana 😀 Ruíz", "'", "</script>", "{{ana}}", "\u2028\x7f", "%7B"]
UNSENT = "dispatch_id_for_unsent_campaign"


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


def replacing(was: str, now: str) -> Callable[[str], str]:
    """What a marketer changes in a body, which must be there."""

    def edit(body: str) -> str:
        assert was in body, was
        return body.replace(was, now)

    return edit
