"""What stands in Braze's log when a webhook of docs/braze.md was refused: as the page says, and nothing is stored."""

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from loyalty.domain.program.api_keys import ApiKey
from loyalty.store.api_keys import digest_of
from tests.support.api_keys import save_api_key
from tests.support.backend import Backend, Json
from tests.support.braze import ANA, SOMEBODY, but, replacing, sent_by_braze
from tests.support.builders import NOW
from tests.support.samples import sample
from tests.support.webhooks import rows, webhook

HOOKS = {title: webhook("braze.md", title) for title in ("Offer", "Points", "Event")}
USER: Json = {
    **ANA,
    "user": {**ANA["user"], "first_name": "Ana"},
    "event_properties": {"stars": 5, "product": "Espresso"},
}
EMPTY = "7e13456a-1304-5109-a117-af4de20b2487"


class Mistake(NamedTuple):
    """What is wrong: with the user, with the body, or with what the brand has set up or was sent before."""

    title: str
    user: dict[str, Json]
    edit: Callable[[str], str] = str
    before: Callable[[Backend], object] = lambda _: None
    default_reward: str | None = "points"


def attribute(**changes: Any) -> dict[str, Json]:
    return {"custom_attribute": changes}


def profile(**changes: Any) -> dict[str, Json]:
    return {"user": changes}


UNESCAPED = replacing("{{campaign.${name} | json_escape}}", "{{campaign.${name}}}")
MISTAKES = {
    "userId: is required, or email": Mistake("Offer", profile(user_id=None, email_address=None)),
    f"userId: must be a UUID, such as {SOMEBODY}": Mistake("Offer", profile(user_id="crm-7")),
    "userId: there is no customer with this id": Mistake("Points", profile(user_id=EMPTY)),
    "email: no customer has this e-mail address": Mistake(
        "Offer", profile(user_id=None, email_address="bo@example.com")
    ),
    "email: must be an e-mail address, such as ana@example.com": Mistake(
        "Points", profile(user_id=None, email_address="ana")
    ),
    "email: must be an e-mail address without a blank in it, such as ana@example.com": Mistake(
        "Offer", profile(user_id=None, email_address="ana ruiz@example.com")
    ),
    "customerId: is required": Mistake("Event", profile(user_id=None)),
    "configId: the config offer free-cofee does not exist": Mistake(
        "Offer", {}, replacing("free-coffee", "free-cofee")
    ),
    "configId: the config offer free-coffee is not active": Mistake(
        "Offer", {}, str, lambda backend: backend.call("put_config_offer", {"name": "Coffee", "active": False})
    ),
    "ruleParams.endDate: is required": Mistake("Offer", attribute(offer_ends=None)),
    "ruleParams.endDate: still is the placeholder yyyy-mm-dd: put a day in its place, such as 2026-01-31": Mistake(
        "Offer", {}, replacing("{{custom_attribute.${offer_ends} | date: '%Y-%m-%d'}}", "yyyy-mm-dd")
    ),
    "ruleParams.endDate: must be a day, such as 2026-01-31": Mistake("Offer", attribute(offer_ends="soon")),
    "ruleParams.endDate: must be on or after startDate": Mistake("Offer", attribute(offer_ends="2026-03-09")),
    "rank: must be a whole number": Mistake("Offer", {}, replacing('"rank": 1', '"rank": "1"')),
    "pointsEarned: is required": Mistake("Points", attribute(bonus_points="")),
    "pointsEarned: must be a number, without quotation marks around it": Mistake(
        "Points",
        {},
        replacing("{{custom_attribute.${bonus_points} | default: '\"\"'}}", '"{{custom_attribute.${bonus_points}}}"'),
    ),
    "pointsEarned: must not be 0": Mistake("Points", attribute(bonus_points=0)),
    "pointsEarned: must have at most 0 decimals, as the reward has": Mistake("Points", attribute(bonus_points=1.5)),
    "rewardId: is required, as the brand has no default_reward": Mistake("Points", {}, default_reward=None),
    "rewardId: the reward stars does not exist": Mistake(
        "Points", {}, replacing('"source"', '"rewardId": "stars",\n  "source"')
    ),
    "idempotencyKey: the same key came before with another body": Mistake(
        "Points", attribute(bonus_points=51), str, lambda backend: sent_by_braze(backend, HOOKS["Points"], USER)
    ),
    "body: must be JSON: Expecting value at line 7, column 19": Mistake("Points", attribute(bonus_points="fifty")),
    "body: must be JSON: Expecting ':' delimiter at line 14, column 10": Mistake(
        "Offer", {}, replacing('"rank": 1', '"rank" (optional): 1')
    ),
    "body: must be JSON: Expecting ',' delimiter or '}' at line 8, column 20": Mistake(
        "Offer", {"campaign": {"name": 'A "free" coffee'}}, UNESCAPED
    ),
    "body: must be JSON: Invalid control character '\\n' at line 9, column 23": Mistake(
        "Points", {"campaign": {"name": "Spring\nagain"}}, UNESCAPED
    ),
}
ABOUT_KEYS = {
    "the key is missing or not valid",
    "this key lacks the scope offers:write",
    "this key lacks the scope events:write",
}


@pytest.fixture
def ana(backend: Backend) -> Backend:
    """A backend that knows ana."""
    backend.emit(SOMEBODY, type="VISIT")
    return backend


def test_the_page_lists_these_messages() -> None:
    listed = [text.strip("`") for text, _ in rows("braze.md", "Reading the log")]
    assert sorted(listed) == sorted({*MISTAKES, *ABOUT_KEYS})


@pytest.mark.parametrize("title", HOOKS)
def test_without_a_mistake_each_is_accepted(ana: Backend, title: str) -> None:
    ana.call("put_brand", {"default_reward": "points"})
    assert sent_by_braze(ana, HOOKS[title], USER).status in (200, 202)


@pytest.mark.parametrize("message", MISTAKES)
def test_a_mistake_is_answered_as_the_page_says_and_nothing_is_stored(ana: Backend, message: str) -> None:
    mistake = MISTAKES[message]
    ana.call("put_brand", {"default_reward": mistake.default_reward})
    mistake.before(ana)
    ana.carrier.messages.clear()
    with ana.nothing_changes():
        answer = sent_by_braze(ana, HOOKS[mistake.title], but(USER, **mistake.user), mistake.edit)
    assert answer.body["message"] == message
    assert ana.carrier.messages == []
    explained = [row for row in rows("braze.md", "What each answer makes Braze do") if answer.body["code"] in row[1]]
    assert [row[0] for row in explained] == [str(answer.refusal[0])]


def test_all_that_is_wrong_is_told_at_once(ana: Backend) -> None:
    user = but(USER, user={"user_id": "crm-7"}, campaign={"name": ""}, custom_attribute={"offer_ends": "yyyy-mm-dd"})
    answer = sent_by_braze(ana, HOOKS["Offer"], user, replacing('"rank": 1', '"rank": 0'))
    assert sorted(answer.fields) == ["rank", "ruleParams.endDate", "userId"]


@pytest.mark.parametrize(
    ("was", "now", "where"),
    [
        ('"rank": 1,', '"rank": 1, (optional)', "line 14, column 14"),
        ('"rank": 1,', '"rank": (optional),', "line 14, column 11"),
        ('"email": ', '"email" (optional): ', "line 6, column 11"),
        (
            '{{campaign.${name} | json_escape}}",',
            '{{campaign.${name} | json_escape}}" (optional),',
            "line 8, column 25",
        ),
        ('{% endif %}"\n}', '{% endif %}"\n}\n(optional)', "line 17, column 1"),
    ],
)
def test_optional_left_in_the_json_is_found_by_line_and_column(ana: Backend, was: str, now: str, where: str) -> None:
    with ana.nothing_changes():
        answer = sent_by_braze(ana, HOOKS["Offer"], USER, replacing(was, now))
    assert answer.refusal == (400, "ValidationError")
    assert answer.body["message"].endswith(f"at {where}")


@pytest.mark.parametrize(("title", "scopes"), [("Offer", "events:write"), ("Event", "offers:write customers:read")])
def test_a_key_without_the_scope_is_told_which(ana: Backend, title: str, scopes: str) -> None:
    with ana.nothing_changes():
        answer = sent_by_braze(ana, HOOKS[title], USER, scopes=scopes)
    assert answer.refusal == (403, "Forbidden")
    assert answer.body["message"] in ABOUT_KEYS


@pytest.mark.parametrize("title", HOOKS)
def test_the_header_of_the_page_is_the_one_the_key_is_looked_for_in(empty: Backend, title: str) -> None:
    hook = HOOKS[title]
    save_api_key("braze", digest_of("YOUR-KEY"), ApiKey("demo", "Braze", ("offers:write", "events:write"), NOW))
    event = {**sample("authorize"), "resource": hook.path, "headers": hook.headers}
    assert empty.run("authorize", event)["principalId"] == "demo"
    wrong = [{name: value + "x" for name, value in hook.headers.items()}, {"Authorization": "Bearer YOUR-KEY"}]
    for headers in wrong:
        with pytest.raises(Exception, match=r"^Unauthorized$"):
            empty.run("authorize", {**event, "headers": headers})
