"""The prizes of docs/brame.md: as they are sent when the placeholders are replaced, and when they are not."""

import pytest

from tests.support.backend import Answer, Backend
from tests.support.webhooks import rows, webhook

OFFER, POINTS = (webhook("brame.md", title) for title in ("Offer prize", "Points prize"))
SOMEBODY = "6d13456a-1304-5109-a117-af4de20b2487"
PLAYED = {"LOYALTY-ID": SOMEBODY, "PLAY-ID": "6553", '"yyyy-mm-dd"': '"2026-03-10"'}


@pytest.fixture
def ana(backend: Backend) -> Backend:
    """A backend that knows the guest, and what points are if nobody says."""
    backend.call("put_brand", {"default_reward": "points"})
    backend.emit(SOMEBODY, type="VISIT")
    return backend


def won(backend: Backend, hook: str, **left: str) -> Answer:
    """The answer to a prize whose placeholders are replaced, or otherwise where that is said."""
    prize = OFFER if hook == "Offer" else POINTS
    body = prize.body
    for placeholder, value in {**PLAYED, **{name.replace("_", "-"): value for name, value in left.items()}}.items():
        body = body.replace(placeholder, value)
    return backend.call(prize.function, body, headers=prize.headers)


@pytest.mark.parametrize("hook", ["Offer", "Points"])
def test_a_prize_is_in_the_guests_account_once_though_it_is_sent_twice(ana: Backend, hook: str) -> None:
    first, again = won(ana, hook), won(ana, hook)
    assert (first.status, again.replayed, again.body) == (202, True, first.body)
    assert ana.process_assignment() == []
    told = ana.trace(first.body["traceId"])
    assert (told["status"], told["source"]) == ("ASSIGNED", "brame")
    if hook == "Offer":
        (offer,) = ana.everything("list_offers", SOMEBODY)
        assert (offer["id"], offer["reference"], offer["status"]) == (told["offerId"], "Campaign Prize #2", "active")
    else:
        assert ana.points(SOMEBODY)[0] == 100


def test_a_template_that_is_left_as_it_is_is_refused_with_all_there_is_to_replace(ana: Backend) -> None:
    with ana.nothing_changes():
        answer = ana.call(OFFER.function, OFFER.body, headers=OFFER.headers)
    assert answer.refusal == (400, "ValidationError")
    assert sorted(answer.fields) == ["ruleParams.endDate", "ruleParams.startDate", "userId"]


@pytest.mark.parametrize(
    ("left", "code"),
    [
        ({"LOYALTY_ID": SOMEBODY.replace("6", "7")}, "UserNotFoundError"),
        ({"LOYALTY_ID": "{{player}}"}, "ValidationError"),
        ({"free_coffee": "free-tea"}, "OfferNotFoundError"),
        ({"PLAY_ID": "PLAY-ID"}, "IdempotencyMismatchError"),
    ],
)
def test_a_prize_that_does_not_arrive_is_explained_by_the_page(ana: Backend, left: dict[str, str], code: str) -> None:
    ana.emit("7d13456a-1304-5109-a117-af4de20b2480", type="VISIT")
    won(ana, "Offer", PLAY_ID="PLAY-ID", LOYALTY_ID="7d13456a-1304-5109-a117-af4de20b2480")
    with ana.nothing_changes():
        answer = won(ana, "Offer", **left)
    assert answer.refusal[1] == code
    shown = [row[0] for row in rows("brame.md", "If a prize does not arrive")]
    assert f"{answer.status} `{code}`" in shown
