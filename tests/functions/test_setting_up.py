"""put_, get_, list_ and delete_ of the brand, its rewards and its campaigns."""

import json
import random
import string
from collections.abc import Iterator
from typing import Any

import pytest

from loyalty.domain.program.config_offers import ConfigOffer
from loyalty.domain.program.rewards import Reward
from loyalty.services.program import create_brand
from loyalty.store.program import config_offer_edit, reward_edit
from loyalty.store.table import transact
from tests.support.backend import Backend
from tests.support.samples import body_of

KINDS = {
    "reward": "RewardNotFoundError",
    "campaign": "CampaignNotFoundError",
    "config_offer": "OfferNotFoundError",
}
each_kind = pytest.mark.parametrize("kind", KINDS)


def pages(backend: Backend, kind: str, limit: int) -> Iterator[list[dict[str, Any]]]:
    """A list of the brand's, page by page."""
    query = {"limit": str(limit)}
    while True:
        page = backend.call(f"list_{kind}s", query=query).body
        yield page["data"]
        if page["next_cursor"] is None:
            return
        query = {"limit": str(limit), "cursor": page["next_cursor"]}


def listed(backend: Backend, kind: str, limit: int = 100) -> list[str]:
    """The ids of a whole list."""
    return [one["id"] for page in pages(backend, kind, limit) for one in page]


@each_kind
def test_what_is_put_is_got_and_listed(backend: Backend, kind: str) -> None:
    put = backend.call(f"put_{kind}")
    assert put.status == 200
    assert put.data == backend.call(f"get_{kind}").data
    assert backend.call(f"list_{kind}s").body == {"data": [put.data], "next_cursor": None}
    shown = json.loads(put.text)["data"]
    assert {name: shown[name] for name in body_of(f"put_{kind}")} == body_of(f"put_{kind}")


@each_kind
def test_putting_the_same_twice_leaves_one(backend: Backend, kind: str) -> None:
    first = backend.call(f"put_{kind}").data
    assert backend.call(f"put_{kind}").data == first
    assert len(listed(backend, kind)) == 1


@each_kind
def test_putting_replaces_the_whole(backend: Backend, kind: str) -> None:
    body = body_of(f"put_{kind}")
    least = {"name": "New"} if kind != "campaign" else {name: body[name] for name in ("name", "trigger", "rules")}
    replaced = backend.call(f"put_{kind}", least).data
    if kind == "reward":
        assert replaced == {
            "id": "points",
            "name": "New",
            "type": "POINTS",
            "decimals": 0,
            "allow_negative": True,
            "attributes": {},
            "expires_in": None,
        }
    elif kind == "config_offer":
        assert replaced == {"id": "free-coffee", "name": "New", "benefits": {}, "active": True}
    else:
        assert "start_date" not in replaced
        assert replaced["status"] == "RUNNING"


@each_kind
def test_what_is_not_there_is_not_found(empty: Backend, kind: str) -> None:
    create_brand("demo", "Demo")
    with empty.nothing_changes():
        assert empty.call(f"get_{kind}").refusal == (404, KINDS[kind])
        assert empty.call(f"delete_{kind}").refusal == (404, KINDS[kind])
    assert empty.call(f"list_{kind}s").body == {"data": [], "next_cursor": None}


def test_a_field_that_no_request_is_known_to_have_is_a_warning(backend: Backend) -> None:
    document = body_of("put_campaign")
    assert backend.call("put_campaign", document).body["warnings"] == []
    line = [[{"field": "skuu", "operator": "eq", "value": "A"}, {"field": "tags.x", "operator": "exists"}]]
    document["rules"] = [
        {
            "conditions": [
                [
                    {"field": "order.valeu", "operator": "gte", "value": 1},
                    {"field": "metadata.anything", "operator": "exists"},
                    {"field": "customer.attributes.anything", "operator": "exists"},
                    {"any_item": "order.products", "where": line},
                ],
                [{"field": "weather.sky", "operator": "eq", "value": "blue"}, {"operator": "count_gte", "value": 2}],
                [{"field": "order.products.value", "operator": "total_gte", "value": 2, "where": line}],
            ],
            "effects": [
                {"reward_id": "points", "amount": 1, "per": {"field": "order.discounted_valu", "every": 1}},
                {"reward_id": "points", "percent": 1, "of": "order.products.value", "where": line},
            ],
        }
    ]
    answer = backend.call("put_campaign", document)
    assert answer.status == 200
    assert answer.data["rules"] == document["rules"]
    unknown = "no request is known to have"
    sku = f"{unknown} order.products.skuu; did you mean order.products.sku?"
    assert {one["field"]: one["message"] for one in answer.body["warnings"]} == {
        "rules.0.conditions.0.0.field": f"{unknown} order.valeu; did you mean order.value?",
        "rules.0.conditions.0.3.where.0.0.field": sku,
        "rules.0.conditions.1.0.field": f"{unknown} weather",
        "rules.0.conditions.2.0.where.0.0.field": sku,
        "rules.0.effects.0.per.field": f"{unknown} order.discounted_valu; did you mean order.discounted_value?",
        "rules.0.effects.1.where.0.0.field": sku,
    }
    assert backend.call("get_campaign").status == 200


@pytest.mark.parametrize(
    ("settings", "decimals"),
    [
        ({}, 0),
        ({"type": "POINTS"}, 0),
        ({"type": "DISCOUNT"}, 2),
        ({"type": "GIFT_CARD"}, 2),
        ({"type": "GIFT_CARD", "decimals": None}, 2),
        ({"type": "GIFT_CARD", "decimals": 0}, 0),
        ({"type": "PRODUCT"}, 0),
        ({"type": "PRODUCT", "decimals": 0}, 0),
        ({"type": "POINTS", "decimals": 3}, 3),
    ],
    ids=str,
)
def test_money_has_cents_and_a_product_comes_in_pieces(
    backend: Backend, settings: dict[str, Any], decimals: int
) -> None:
    assert backend.call("put_reward", {"name": "New", **settings}).data["decimals"] == decimals


def test_half_a_product_is_refused(backend: Backend) -> None:
    with backend.nothing_changes():
        answer = backend.call("put_reward", {"name": "New", "type": "PRODUCT", "decimals": 2})
        assert answer.refusal == (400, "ValidationError")
    assert answer.fields == ["decimals"]


def test_a_campaign_is_deleted_and_then_its_reward_and_a_config_offer(backend: Backend) -> None:
    for kind in ("campaign", "reward", "config_offer"):
        answer = backend.call(f"delete_{kind}")
        assert (answer.status, answer.text) == (204, "")
        assert backend.call(f"get_{kind}").status == 404
        assert backend.call(f"delete_{kind}").status == 404


def test_a_reward_that_a_campaign_grants_is_not_deleted(backend: Backend) -> None:
    with backend.nothing_changes():
        answer = backend.call("delete_reward")
    assert answer.refusal == (409, "RewardInUseError")
    assert "point-a-dollar" in answer.body["message"]


def test_the_brands_default_reward_is_one_it_has_and_keeps(backend: Backend) -> None:
    backend.call("delete_campaign")
    assert backend.call("put_brand", {"default_reward": "points"}).data["default_reward"] == "points"
    with backend.nothing_changes():
        assert backend.call("delete_reward").refusal == (409, "RewardInUseError")
        assert backend.call("put_brand", {"default_reward": "pounds"}).fields == ["default_reward"]


def test_a_brand_can_be_without_a_default_again(backend: Backend) -> None:
    backend.call("delete_campaign")
    backend.call("put_brand", {"default_reward": "points", "default_region": "DE"})
    assert backend.call("put_brand", {"name": "Demo", "enabled": None}).data["default_reward"] == "points"
    changed = backend.call("put_brand", {"default_reward": None, "default_region": None}).data
    assert (changed["default_reward"], changed["default_region"]) == (None, None)
    assert backend.call("get_brand").data == changed
    assert backend.call("delete_reward").status == 204


def test_a_promise_outlives_its_campaign_and_its_reward(backend: Backend) -> None:
    backend.call("emit_event")
    backend.call("delete_campaign")
    backend.call("delete_reward")
    assert backend.call("fulfill_event").status == 200
    assert backend.points() == (42, 0, 0)


def test_a_campaign_that_is_deleted_and_written_again_counts_anew_and_for_itself(backend: Backend) -> None:
    document = body_of("put_campaign") | {"limits": {"per_customer": {"times": 1}}}
    document["rules"][0]["conditions"] = [[{"operator": "count_gte", "value": 2}]]

    def emitted() -> tuple[str, str]:
        event = backend.emit()
        (said,) = backend.call("explain_event", path={"id": event.data["id"]}).data["campaigns"]
        return event.data["id"], said["outcome"]

    def outcomes(count: int) -> list[str]:
        return [emitted()[1] for _ in range(count)]

    backend.call("put_campaign", document)
    assert outcomes(1) == ["ProgressOnly"]
    old, outcome = emitted()
    assert (outcome, *outcomes(1)) == ("Rewarded", "LimitReached")
    backend.call("put_campaign", document | {"name": "Changed, and still the same"})
    assert outcomes(1) == ["LimitReached"]
    backend.call("delete_campaign")
    backend.call("put_campaign", document)
    assert outcomes(1) == ["ProgressOnly"]
    backend.call("reverse_event", path={"id": old})
    assert outcomes(3) == ["Rewarded", "LimitReached", "LimitReached"]


@each_kind
def test_brands_do_not_share(backend: Backend, kind: str) -> None:
    create_brand("other", "Other")
    assert backend.call(f"get_{kind}", brand="other").status == 404
    assert backend.call(f"list_{kind}s", brand="other").body["data"] == []
    with backend.nothing_changes():
        assert backend.call(f"delete_{kind}", brand="other").status == 404


def test_a_campaign_cannot_grant_another_brands_reward(backend: Backend) -> None:
    create_brand("other", "Other")
    with backend.nothing_changes():
        answer = backend.call("put_campaign", brand="other")
    assert (answer.refusal, answer.fields) == ((400, "ValidationError"), ["rules.0.effects.0.reward_id"])


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
@each_kind
def test_a_list_read_page_by_page_is_whole_and_by_id(backend: Backend, kind: str, limit: int) -> None:
    for one in ("campaign", "reward", "config_offer"):
        backend.call(f"delete_{one}")
    ids = ["a", "a-b", "aa", "b", "B", "z z", "ü", "日本", "😀"]
    if kind == "campaign":
        backend.call("put_reward")
    for one in ids:
        assert backend.call(f"put_{kind}", path={"id": one}).status == 200
    assert listed(backend, kind, limit) == sorted(ids, key=str.encode)


def test_a_reward_with_any_id_can_be_granted(backend: Backend) -> None:
    for reward in ("😀", "ñandú", "a b", "x" * 255):
        backend.call("put_reward", path={"id": reward})
        document = body_of("put_campaign")
        document["rules"][0]["effects"][0]["reward_id"] = reward
        assert backend.call("put_campaign", document).status == 200
        assert backend.emit().data["result"]["accumulations"][0]["reward_id"] == reward


@pytest.mark.parametrize("letter", ["x", "ж", "語"], ids=["Latin", "Cyrillic", "Japanese"])
def test_points_with_the_longest_ids_expire_like_any_others(backend: Backend, letter: str) -> None:
    longest = letter * 255
    document = body_of("put_campaign")
    document["rules"][0]["effects"][0] |= {"reward_id": longest, "expires_in": "1/hour"}
    assert backend.call("put_reward", path={"id": longest}).status == 200
    assert backend.call("put_campaign", document, path={"id": longest}).status == 200
    backend.call("delete_campaign")
    backend.emit()
    backend.wait(hours=2)
    assert backend.deliver("DEADLINE#LOTS") == []
    assert backend.ledger()[-1] == ("EXPIRATION", -100)


@each_kind
def test_an_id_of_more_bytes_than_a_key_can_have_is_refused(backend: Backend, kind: str) -> None:
    with backend.nothing_changes():
        answer = backend.call(f"put_{kind}", path={"id": "😀" * 255})
    assert (answer.refusal, answer.fields) == ((400, "ValidationError"), ["id"])


def test_a_list_of_large_campaigns_is_whole(backend: Backend) -> None:
    letters = random.Random(7)  # what does not squeeze
    for i in range(9):
        values = ["".join(letters.choices(string.ascii_letters, k=100)) for _ in range(1700)]
        document = body_of("put_campaign")
        document["rules"][0]["conditions"] = [[{"field": "order.sku", "operator": "in", "value": values}]]
        assert backend.call("put_campaign", document, path={"id": f"large-{i}"}).status == 200
    assert len(listed(backend, "campaign")) == 10
    assert backend.emit(order={"value": 100, "sku": values[0]}).data["rewarding_campaigns"] == [
        "large-8",
        "point-a-dollar",
    ]


def test_a_brand_starts_with_what_it_has_not_said(backend: Backend) -> None:
    assert backend.call("get_brand").data == {
        "brand_id": "demo",
        "name": "Demo Coffee",
        "enabled": True,
        "time_zone": "UTC",
        "channel_merging": "none",
        "sandbox": False,
        "default_region": None,
        "default_reward": None,
        "remind_before": None,
        "purchase_ids": "unique",
    }


def test_settings_that_are_not_named_stay_as_they_are(backend: Backend) -> None:
    assert backend.call("put_brand").data["time_zone"] == "Europe/Berlin"
    changed = backend.call("put_brand", {"purchase_ids": "daily", "enabled": None}).data
    assert changed == {
        "brand_id": "demo",
        "name": "Demo Coffee",
        "enabled": True,
        "time_zone": "Europe/Berlin",
        "channel_merging": "none",
        "sandbox": False,
        "default_region": None,
        "default_reward": None,
        "remind_before": None,
        "purchase_ids": "daily",
    }
    assert backend.call("get_brand").data == changed


def test_days_begin_where_the_brand_is_from_the_next_event_on(backend: Backend) -> None:
    ends = backend.emit().data["result"]["accumulations"][0]["expiration_date"]
    backend.call("put_brand", {"time_zone": "Asia/Tokyo"})
    assert ends == "2027-03-11T00:00:00.000Z"
    assert backend.emit().data["result"]["accumulations"][0]["expiration_date"] == "2027-03-10T15:00:00.000Z"


@pytest.mark.parametrize(
    "function", ["get_brand", "put_brand", "put_reward", "put_campaign", "delete_reward", "delete_campaign"]
)
def test_a_brand_that_was_never_set_up_is_told_so(empty: Backend, function: str) -> None:
    with empty.nothing_changes():
        assert empty.call(function).refusal == (404, "BrandNotFoundError")


@each_kind
@pytest.mark.parametrize("text", ["", "!", "é", "NQ", "bnVsbA", "WyJhIiwgMV0", "ImEjYiI", "Ilx1ZDgwMCI"])
def test_a_made_up_cursor_is_refused(backend: Backend, kind: str, text: str) -> None:
    answer = backend.call(f"list_{kind}s", query={"cursor": text})
    assert (answer.refusal, answer.fields) == ((400, "ValidationError"), ["cursor"])


# Any byte as one of the hundred.
_PRINTABLE = (string.printable * 3)[:256].encode()


@pytest.mark.parametrize("kind", ["reward", "config_offer"])
def test_a_page_of_large_settings_takes_few_reads(backend: Backend, kind: str) -> None:
    chance, ids = random.Random(7), set(listed(backend, kind))
    for i in range(30):
        text = {"text": chance.randbytes(170_000).translate(_PRINTABLE).decode()}
        # Written alone, as nobody publishes 5 MB thirty times.
        if kind == "reward":
            edit = reward_edit("demo", Reward(f"large-{i:02}", "Large", attributes=text), None)
        else:
            edit = config_offer_edit("demo", ConfigOffer(f"large-{i:02}", "Large", text), None)
        assert edit
        transact(*edit.writes)
    read = pages(backend, kind, 100)
    found: list[str] = []
    while True:
        with backend.store_calls() as calls:
            page = next(read, None)
        if page is None:
            break
        assert len(calls) <= 8
        found += [one["id"] for one in page]
    assert found == sorted(ids | {f"large-{i:02}" for i in range(30)})
