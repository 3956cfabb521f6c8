"""PUT /program: many rewards, config offers and campaigns in one change, all or none."""

from typing import Any, cast

import pytest

from earnest.commands.apply import Change, apply_changes, calls
from earnest.commands.client import ApiClient
from earnest.commands.program_files import KINDS
from earnest.errors import CommandError
from tests.support.backend import Backend


def visits(reward: str = "points", trigger: str = "VISIT", **limits: Any) -> dict[str, Any]:
    effects = [{"reward_id": reward, "amount": 1}]
    return {"name": "Visits", "trigger": trigger, "rules": [{"effects": effects}], "limits": limits or None}


def test_all_of_it_is_in_force_at_once_and_is_one_version(backend: Backend) -> None:
    program = {
        "rewards": {"stars": {"name": "Stars"}, "miles": {"name": "Miles", "decimals": 2}},
        "config_offers": {"tea": {"name": "Tea"}},
        "campaigns": {"one": visits("stars"), "two": visits("miles", budget=100)},
    }
    answer = backend.call("put_program", program)
    assert answer.data == {"rewards": ["stars", "miles"], "config_offers": ["tea"], "campaigns": ["one", "two"]}
    assert backend.emit(type="VISIT").data["rewarding_campaigns"] == ["one", "two"]
    assert backend.call("get_config_offer", path={"id": "tea"}).data["name"] == "Tea"
    assert backend.call("get_campaign", path={"id": "two"}).body["left"]["budget"] == 99
    audit = backend.call("list_audit", query={"limit": "5"}).body["data"]
    assert len({one["version"] for one in audit}) == 1
    assert [one["id"] for one in audit] == ["two", "one", "tea", "miles", "stars"]
    with backend.nothing_changes():
        assert backend.call("put_program", program).status == 200
        assert backend.call("put_program", {}).data == {"rewards": [], "config_offers": [], "campaigns": []}


def test_fields_that_no_request_is_known_to_have_are_warnings(backend: Backend) -> None:
    misspelt = {**visits(), "rules": [{"effects": [{"reward_id": "points", "percent": 5, "of": "order.valeu"}]}]}
    (warning,) = backend.call("put_program", {"campaigns": {"one": visits(), "two": misspelt}}).body["warnings"]
    assert warning["field"] == "campaigns.two.rules.0.effects.0.of"
    assert "did you mean order.value?" in warning["message"]


def test_money_in_one_program_has_cents(backend: Backend) -> None:
    backend.call("put_program", {"rewards": {"cash": {"name": "Cash", "type": "GIFT_CARD"}}})
    assert backend.call("get_reward", path={"id": "cash"}).data["decimals"] == 2


@pytest.mark.parametrize("id_", ["a/b", "..", "a#b", " a", ""])
@pytest.mark.parametrize("kind", ["rewards", "config_offers", "campaigns"])
def test_an_id_that_no_path_can_name_is_refused(backend: Backend, kind: str, id_: str) -> None:
    with backend.nothing_changes():
        answer = backend.call("put_program", {kind: {id_: visits() if kind == "campaigns" else {"name": "A"}}})
    assert (answer.status, [one["field"] for one in answer.body["details"]["fields"]]) == (400, [kind])


def test_what_is_not_named_stays(backend: Backend) -> None:
    before = backend.call("list_campaigns").body["data"]
    backend.call("put_program", {"campaigns": {"visits": visits()}})
    assert [one for one in backend.call("list_campaigns").body["data"] if one["id"] != "visits"] == before


def test_one_mistake_refuses_all_of_it_by_its_path(backend: Backend) -> None:
    program = {
        "rewards": {"stars": {"name": "Stars"}},
        "campaigns": {"one": visits("stars"), "two": visits("pounds"), "three": visits(shards=4)},
    }
    with backend.nothing_changes():
        answer = backend.call("put_program", program)
    assert answer.refusal == (400, "ValidationError")
    assert answer.fields == ["campaigns.three.limits.shards"]
    del program["campaigns"]["three"]
    assert backend.call("put_program", program).fields == ["campaigns.two.rules.0.effects.0.reward_id"]


def test_what_one_transaction_cannot_hold_is_refused(backend: Backend) -> None:
    rewards = {f"reward-{i}": {"name": "A reward"} for i in range(50)}
    with backend.nothing_changes():
        answer = backend.call("put_program", {"rewards": rewards})
    assert (answer.refusal, answer.fields) == ((400, "ValidationError"), ["rewards"])
    assert "send fewer at once" in answer.body["message"]
    del rewards["reward-49"]
    assert backend.call("put_program", {"rewards": rewards}).status == 200


def test_budgets_of_one_trigger_are_counted_together(backend: Backend) -> None:
    for step in range(3):
        program = {f"visits-{step}-{i}": visits(budget=5) for i in range(9)}
        answer = backend.call("put_program", {"campaigns": program})
        assert answer.status == (200 if step < 2 else 400), answer.text
    assert answer.fields == ["campaigns"]
    assert backend.call("put_program", {"campaigns": {"visits-0-0": visits(budget=6)}}).status == 200


REWARD, CONFIG_OFFER, CAMPAIGN = KINDS
FUNCTIONS = {"/rewards": "put_reward", "/config-offers": "put_config_offer", "/campaigns": "put_campaign"}


class Stack:
    """What `earnest apply` speaks to; `requests` are what it asked for."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.requests: list[str] = []

    def request(self, method: str, path: str, body: Any = None) -> None:
        """Make a call, as the command line does it over HTTP."""
        self.requests.append(f"{method} {path}")
        folder, _, id_ = path.rpartition("/")
        function = "put_program" if path == "/program" else FUNCTIONS[folder].replace("put", method.lower())
        answer = self.backend.call(function, body, path={"id": id_} if folder else None)
        if answer.status >= 300:
            raise CommandError(answer.text)


def test_five_hundred_files_are_applied_in_a_dozen_calls(backend: Backend) -> None:
    stack = Stack(backend)
    stars = Change(REWARD, "stars", None, {"name": "Stars"})
    campaigns = [Change(CAMPAIGN, f"visits-{i:03}", None, visits("stars")) for i in range(499)]
    assert len(list(calls([stars, *campaigns]))) == 11
    apply_changes([stars, *campaigns[:120]], cast(ApiClient, stack))
    assert stack.requests == ["PUT /program"] * 3
    assert len(backend.emit(type="VISIT").data["rewarding_campaigns"]) == 120


def test_changes_are_made_together_as_far_as_a_call_takes_them(backend: Backend) -> None:
    one = Change(REWARD, "stars", None, {"name": "Stars"})
    large = Change(CONFIG_OFFER, "large", None, {"name": "Large", "benefits": {"text": "x" * 100_000}})
    limited = [Change(CAMPAIGN, f"limited-{i}", None, visits(f"T{i}", budget=5, shards=20)) for i in range(5)]
    gone = [Change(CAMPAIGN, "point-a-dollar", {}, None), Change(REWARD, "points", {}, None)]
    found = list(calls([one, large, large, *limited, *gone]))
    assert [len(together) for together in found] == [2, 5, 1, 1, 1]
    assert [change for together in found for change in together] == [one, large, large, *limited, *gone]
    stack = Stack(backend)
    apply_changes([one, *gone], cast(ApiClient, stack))
    assert stack.requests == ["PUT /rewards/stars", "DELETE /campaigns/point-a-dollar", "DELETE /rewards/points"]


def test_what_is_refused_says_what_was_made(backend: Backend) -> None:
    stars = Change(REWARD, "stars", None, {"name": "Stars"})
    gone = Change(CAMPAIGN, "nowhere", {}, None)
    with pytest.raises(CommandError, match=r"campaign nowhere: (.|\n)*1 of 2 changes are made"):
        apply_changes([stars, gone], cast(ApiClient, Stack(backend)))
    broken = Change(CAMPAIGN, "broken", None, visits("pounds"))
    with pytest.raises(CommandError, match=r"reward stars and 1 more: (.|\n)*campaigns.broken.rules(.|\n)*0 of 2"):
        apply_changes([stars, broken], cast(ApiClient, Stack(backend)))
