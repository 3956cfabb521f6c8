"""The offer's and the points' webhook of docs/braze.md, rendered for all kinds of users, accepted and carried out."""

from collections.abc import Iterator
from itertools import chain, combinations
from typing import Any

import pytest

from tests.support.backend import Backend, Json
from tests.support.braze import ANA, SOMEBODY, TEXTS, UNSENT, but, replacing, sent_by_braze
from tests.support.webhooks import webhook

HOOKS = {title: webhook("braze.md", title) for title in ("Offer", "Points")}
KNOWN = [(kind, name) for kind, names in ANA.items() for name in names]
each_webhook = pytest.mark.parametrize("title", HOOKS)


@pytest.fixture
def ana(backend: Backend) -> Backend:
    """A backend that knows ana by her id and by her e-mail."""
    backend.call("put_brand", {"time_zone": "Europe/Berlin", "default_reward": "points"})
    known = {"customerId": SOMEBODY, "email": "ana@example.com", "events": {"visit": {}}}
    assert backend.call("track_events", known).status == 200
    return backend


def given(backend: Backend) -> tuple[int, int]:
    """How many offers ana has, and how many points."""
    assert backend.process_assignment() == []
    totals = backend.call("get_wallet", path={"id": SOMEBODY}).data["totals"]
    return len(backend.everything("list_offers", SOMEBODY)), sum(one["available"] for one in totals)


def missing(title: str, absent: set[str]) -> set[str]:
    """The fields that an answer must name if these attributes are not known."""
    needed = {
        "Offer": {"offer_ends": "ruleParams.endDate"},
        "Points": {"bonus_points": "pointsEarned"},
    }
    nobody = {"userId"} if {"user_id", "email_address"} <= absent else set()
    return nobody | {field for name, field in needed[title].items() if name in absent}


def test_an_offer_with_every_attribute_is_assigned_as_it_was_meant(ana: Backend) -> None:
    answer = sent_by_braze(ana, HOOKS["Offer"], ANA)
    assert (answer.status, list(answer.body)) == (202, ["traceId"])
    assert given(ana) == (1, 0)
    (offer,) = ana.everything("list_offers", SOMEBODY)
    assert (offer["config_id"], offer["status"], offer["rank"]) == ("free-coffee", "active", 1)
    assert (offer["source"], offer["reference"]) == ("braze", "Spring")
    assert (offer["starts_at"], offer["ends_at"]) == ("2026-03-09T23:00:00.000Z", "2026-12-31T23:00:00.000Z")
    told = ana.trace(answer.body["traceId"])
    assert (told["status"], told["offerId"]) == ("ASSIGNED", offer["id"])


@pytest.mark.parametrize("amount", [50, "50", -3])
def test_points_with_every_attribute_are_assigned_as_they_were_meant(ana: Backend, amount: object) -> None:
    answer = sent_by_braze(ana, HOOKS["Points"], but(ANA, custom_attribute={"bonus_points": amount}))
    assert answer.status == 202
    assert given(ana) == (0, int(str(amount)))
    told = ana.trace(answer.body["traceId"])
    assert (told["status"], told["rewardId"], told["reference"]) == ("ASSIGNED", "points", "Spring")


def subsets() -> Iterator[tuple[tuple[str, str], ...]]:
    """Every choice among what is known of ana."""
    return chain.from_iterable(combinations(KNOWN, count) for count in range(len(KNOWN) + 1))


@each_webhook
@pytest.mark.parametrize("nothing", [None, ""], ids=["missing", "empty"])
def test_whatever_is_not_known_it_is_accepted_or_the_answer_names_all_that_is_missing(
    ana: Backend, title: str, nothing: str | None
) -> None:
    for number, absent in enumerate(subsets()):
        changes: dict[str, Json] = {"campaign": {"dispatch_id": f"d-{number}"}}
        for kind, name in absent:
            changes.setdefault(kind, {})[name] = nothing
        before = len(ana.carrier.messages)
        answer = sent_by_braze(ana, HOOKS[title], but(ANA, **changes))
        wanted = missing(title, {name for _, name in absent})
        if wanted:
            assert answer.refusal == (400, "ValidationError")
            assert set(answer.fields) == wanted
            assert all(f"{field}: is required" in answer.body["message"] for field in wanted)
        else:
            assert answer.status == 202, answer.text
        assert len(ana.carrier.messages) == before + (not wanted)
    # An id, an address or both, and what the webhook needs; the other attributes may be known or not.
    assert given(ana) == {"Offer": (3 * 2**4, 0), "Points": (0, 50 * 3 * 2**4)}[title]


@each_webhook
def test_a_user_with_only_an_e_mail_is_found_by_it_whatever_its_case(ana: Backend, title: str) -> None:
    user = {**ANA, "user": {"braze_id": "5f1a", "email_address": " Ana@Example.com "}}
    assert sent_by_braze(ana, HOOKS[title], user).status == 202
    assert max(given(ana)) > 0


@each_webhook
@pytest.mark.parametrize("text", TEXTS)
def test_any_text_arrives_as_it_is(ana: Backend, title: str, text: str) -> None:
    answer = sent_by_braze(ana, HOOKS[title], but(ANA, campaign={"name": text}))
    assert answer.status == 202
    assert max(given(ana)) > 0
    assert ana.trace(answer.body["traceId"])["reference"] == text
    assert ana.carrier.said[-1][1]["reference"] == text


@each_webhook
def test_a_loyalty_id_may_be_a_custom_attribute(ana: Backend, title: str) -> None:
    user = but(ANA, user={"user_id": "crm-7"}, custom_attribute={"loyalty_id": SOMEBODY})
    edit = replacing("{{${user_id}}}", "{{custom_attribute.${loyalty_id}}}")
    assert sent_by_braze(ana, HOOKS[title], user).fields == ["userId"]
    assert sent_by_braze(ana, HOOKS[title], user, edit).status == 202
    assert max(given(ana)) > 0


@each_webhook
def test_a_message_that_braze_tries_again_is_carried_out_once(ana: Backend, title: str) -> None:
    first = sent_by_braze(ana, HOOKS[title], ANA)
    messages = list(ana.carrier.messages)
    once = given(ana)
    for _ in range(5):
        ana.wait(minutes=6)
        with ana.nothing_changes():
            again = sent_by_braze(ana, HOOKS[title], ANA)
        assert (again.status, again.replayed, again.text) == (202, True, first.text)
    assert ana.carrier.messages == []
    assert ana.process_assignment(*messages) == []
    assert given(ana) == once


@each_webhook
def test_a_message_whose_answer_was_lost_before_it_was_recorded_is_carried_out_once(
    ana: Backend, title: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def put_item(**_request: Any) -> Any:
        raise KeyboardInterrupt  # the process ends between queue and record

    with monkeypatch.context() as patch:
        patch.setattr(ana.client, "put_item", put_item)
        with pytest.raises(KeyboardInterrupt):
            sent_by_braze(ana, HOOKS[title], ANA)
    again = sent_by_braze(ana, HOOKS[title], ANA)
    assert (again.status, len(ana.carrier.messages)) == (202, 2)
    assert given(ana) == {"Offer": (1, 0), "Points": (0, 50)}[title]
    assert ana.trace(again.body["traceId"])["status"] == "ASSIGNED"


@each_webhook
@pytest.mark.parametrize(
    ("other", "has_a_key"),
    [
        (but(ANA, campaign={"dispatch_id": "d-2"}), True),
        (but(ANA, user={"braze_id": "77c0"}), True),
        (but(ANA, campaign={"dispatch_id": UNSENT}), False),
        (but(ANA, campaign={"dispatch_id": None}), False),
        (but(ANA, user={"braze_id": None}), False),
    ],
    ids=["another dispatch", "another user", "a test", "no dispatch", "a user of no profile"],
)
def test_another_message_is_another_assignment(ana: Backend, title: str, other: Json, has_a_key: bool) -> None:
    sent = [sent_by_braze(ana, HOOKS[title], one) for one in (ANA, other, other)]
    assert [one.replayed for one in sent] == [False, False, has_a_key]
    times = 2 if has_a_key else 3
    assert len({one.body["traceId"] for one in sent}) == times
    assert given(ana) == {"Offer": (times, 0), "Points": (0, 50 * times)}[title]


def test_an_offer_that_is_rendered_anew_after_midnight_is_refused_and_the_first_one_stays(ana: Backend) -> None:
    ana.wait(hours=10, minutes=50)
    assert sent_by_braze(ana, HOOKS["Offer"], ANA).status == 202
    ana.wait(minutes=15)
    answer = sent_by_braze(ana, HOOKS["Offer"], ANA)
    assert answer.refusal == (422, "IdempotencyMismatchError")
    assert given(ana) == (1, 0)


def test_a_key_is_remembered_as_long_as_its_trace(ana: Backend) -> None:
    first = sent_by_braze(ana, HOOKS["Points"], ANA)
    assert given(ana) == (0, 50)
    ana.wait(days=90, seconds=-1)
    assert sent_by_braze(ana, HOOKS["Points"], ANA).replayed
    ana.wait(seconds=1)
    again = sent_by_braze(ana, HOOKS["Points"], ANA)
    assert (again.status, again.replayed, again.body) == (202, False, first.body)
    assert given(ana) == (0, 100)
