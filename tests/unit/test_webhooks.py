"""The webhooks of docs/braze.md as Braze renders them: always JSON, with or without what is known of the user."""

import json
from datetime import UTC, datetime
from itertools import combinations
from typing import Any

import pytest

from tests.support.builders import NOW
from tests.support.liquid import Aborted, render
from tests.support.webhooks import webhook

BODIES = {title: webhook("braze.md", title).body for title in ("Offer", "Points", "Event")}
ANA: dict[str, dict[str, Any]] = {
    "user": {
        "user_id": "6d13456a-1304-4109-a117-af4de20b2487",
        "braze_id": "5f1a",
        "email_address": "ana@example.com",
        "first_name": "Ana",
    },
    "custom_attribute": {"offer_ends": datetime(2026, 12, 31, 9, tzinfo=UTC), "bonus_points": 50},
    "event_properties": {"stars": 5, "product": "Espresso"},
    "campaign": {"name": "Spring", "dispatch_id": "d-1"},
}
KNOWN = [(kind, name) for kind, names in ANA.items() for name in names]
each_webhook = pytest.mark.parametrize("title", BODIES)


def rendered(title: str, now: datetime = NOW, /, **changes: dict[str, Any]) -> dict[str, Any]:
    """The body for ana of whom this is otherwise."""
    user = {kind: {**known, **changes.get(kind, {})} for kind, known in ANA.items()}
    body: dict[str, Any] = json.loads(render(BODIES[title], now=now, **user))
    return body


def test_an_offer_of_whom_all_is_known() -> None:
    assert rendered("Offer") == {
        "userId": "6d13456a-1304-4109-a117-af4de20b2487",
        "email": "",
        "source": "braze",
        "reference": "Spring",
        "configId": "free-coffee",
        "ruleParams": {"startDate": "2026-03-10", "endDate": "2026-12-31"},
        "rank": 1,
        "idempotencyKey": "offer-d-1-5f1a",
    }


def test_points_of_whom_all_is_known() -> None:
    assert rendered("Points") == {
        "userId": "6d13456a-1304-4109-a117-af4de20b2487",
        "email": "",
        "pointsEarned": 50,
        "source": "braze",
        "reference": "Spring",
        "idempotencyKey": "points-d-1-5f1a",
    }


@each_webhook
@pytest.mark.parametrize("nothing", [None, ""], ids=["missing", "empty"])
def test_whatever_is_missing_the_body_is_json(title: str, nothing: str | None) -> None:
    whole = rendered(title)
    for count in (1, 2, len(KNOWN)):
        for missing in combinations(KNOWN, count):
            changes: dict[str, dict[str, Any]] = {}
            for kind, name in missing:
                changes.setdefault(kind, {})[name] = nothing
            assert rendered(title, **changes).keys() == whole.keys()


@each_webhook
@pytest.mark.parametrize("text", ['"Ana"', "An\\a", "Ana\n\r\tRuiz\x00\x1f", "Ana 😀", "{{ x }}{% if %}", "\u2028"])
def test_whatever_a_text_holds_the_body_is_json_and_holds_it(title: str, text: str) -> None:
    texts = {"first_name": text, "email_address": text}
    body = rendered(title, user=texts, event_properties={"product": text}, campaign={"name": text})
    if title == "Event":
        assert (body["email"], body["events"]["write_review"]["author"]) == (text, text)
        assert body["events"]["write_review"]["product"] == text
    else:
        assert body["reference"] == text
        assert rendered(title, user={**texts, "user_id": None})["email"] == text


@pytest.mark.parametrize("title", ["Offer", "Points"])
@pytest.mark.parametrize("nothing", [None, ""])
def test_whoever_has_no_external_id_is_found_by_e_mail_and_only_then(title: str, nothing: str | None) -> None:
    body = rendered(title, user={"user_id": nothing})
    assert (body["userId"], body["email"]) == ("", "ana@example.com")
    assert body["idempotencyKey"] == rendered(title)["idempotencyKey"]


def test_the_first_day_is_the_brands_and_not_utcs() -> None:
    late = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)
    assert rendered("Offer", late)["ruleParams"]["startDate"] == "2026-03-11"


@pytest.mark.parametrize("end", ["soon", "yyyy-mm-dd", ""])
def test_a_last_day_that_is_no_day_is_sent_as_it_is(end: str) -> None:
    assert rendered("Offer", custom_attribute={"offer_ends": end})["ruleParams"]["endDate"] == end


@each_webhook
def test_a_key_is_of_one_dispatch_and_one_user_and_one_kind(title: str) -> None:
    def key(dispatch: str | None = "d-1", braze_id: str | None = "5f1a") -> str:
        sent: str = rendered(title, campaign={"dispatch_id": dispatch}, user={"braze_id": braze_id})["idempotencyKey"]
        return sent

    assert key() == rendered(title, user={"user_id": None, "email_address": "new@example.com"})["idempotencyKey"]
    assert len({key(), key("d-2"), key(braze_id="77c0"), *(rendered(one)["idempotencyKey"] for one in BODIES)}) == 5
    assert {key(None), key(""), key("dispatch_id_for_unsent_campaign"), key(braze_id=None)} == {""}


def test_the_renderer_is_brazes_where_it_differs_from_other_liquid() -> None:
    now = datetime(2021, 8, 4, 9, tzinfo=UTC)
    user: dict[str, Any] = {"custom_attribute": {"Brands Viewed": "x", "at": now}}
    cases = {
        "{{custom_attribute.${Brands Viewed}}}{{ custom_attribute.${none} }}.": "x.",
        "{% if ${first_name} == 'Ana' %}yes{% endif %}{{${first_name} | upcase}}": "yesANA",
        "{{custom_attribute.${at} | time_zone: 'America/Los_Angeles' | date: '%H:%M'}}": "02:00",
        "{{ 'now' | date: '%Y-%m-%d %H:%M' }}": "2021-08-04 09:00",
        "{{custom_attribute.${none} | date: '%Y-%m-%d'}}{{'soon' | date: '%Y'}}": "soon",
        "{{'a\"b\\' | json_escape}}": 'a\\"b\\\\',
        "costs $5 {a} ${": "costs $5 {a} ${",
    }
    assert {text: render(text, {"first_name": "Ana"}, now, **user) for text in cases} == cases
    with pytest.raises(Aborted, match=r"^it's off$"):
        render(
            "{% if ${first_name} == 'Ana' %}{% abort_message(\"it's off\") %}{% endif %}", {"first_name": "Ana"}, now
        )
