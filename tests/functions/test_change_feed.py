"""on_record_written: what every record of the journal is announced as, told again in the same words."""

from typing import Any

import pytest

from loyalty.services.program import create_brand
from tests.functions.test_erasing import erase, tell_all, work
from tests.support.backend import Backend
from tests.support.samples import body_of, sample
from tests.support.stream import written

Json = dict[str, Any]


class Feed:
    """The records that a backend has stored and not yet told, and what the bus has heard."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self.seen: set[tuple[str, str]] = set()

    def new(self) -> list[tuple[str, str]]:
        """The keys of journal records that have not been delivered, in the order of the journal."""
        stored = {(item["pk"]["S"], item["sk"]["S"]) for item in self.backend.stored()}
        found = sorted(one for one in stored - self.seen if one[1] == "EVENT" or one[1].startswith("RECORD#"))
        self.seen |= stored
        return found

    def deliver(self, keys: list[tuple[str, str]] | None = None) -> list[Json]:
        """Deliver what is new; the messages that the bus then has more."""
        before = len(self.backend.carrier.said)
        keys = self.new() if keys is None else keys
        assert self.backend.run("on_record_written", written(*keys)) == {"batchItemFailures": []}
        said = self.backend.carrier.said[before:]
        assert all(kind == one["type"] for kind, one in said)
        return [one for _, one in said]

    def told(self) -> list[tuple[str, Any]]:
        """Type and totals or offers of what is new."""
        return [(one["type"], _gist(one["data"])) for one in self.deliver()]


def _gist(data: Json) -> Any:
    totals = [(one["reward_id"], one["amount"]) for one in data.get("totals", ())]
    return totals or [one["offer_id"] for one in data.get("offers", ())] or data.get("event_id")


@pytest.fixture
def feed(backend: Backend) -> Feed:
    """The feed of a backend that has nothing to tell yet."""
    found = Feed(backend)
    assert found.deliver() == []
    return found


def test_a_purchase_makes_a_customer_known_is_stored_resolved_and_earns(feed: Feed) -> None:
    event = feed.backend.emit().data
    created, stored, resolved, granted = feed.deliver()
    assert created["type"] == "customer.created"
    assert created["data"] == {"brand_id": "demo", "customer_id": "ana", "sequence": 1}
    assert (stored["type"], stored["data"]["status"]) == ("event.stored", "RESOLVED")
    assert resolved["data"]["event_id"] == event["id"]
    assert resolved["data"]["rewarding_campaigns"] == event["rewarding_campaigns"]
    assert resolved["timestamp"] == event["resolved_at"]
    assert granted["type"] == "points.granted"
    assert granted["data"]["totals"] == [{"reward_id": "points", "amount": 100}]
    (accumulation,) = event["result"]["accumulations"]
    (entry,) = granted["data"]["entries"]
    assert {name: entry[name] for name in ("reward_id", "amount", "campaign_id", "expiration_date")} == {
        name: accumulation[name] for name in ("reward_id", "amount", "campaign_id", "expiration_date")
    }


def test_what_is_told_again_has_the_same_id_and_the_same_words_whatever_has_happened_since(feed: Feed) -> None:
    backend = feed.backend
    event_id = backend.emit(fulfilled=False).data["id"]
    keys = feed.new()
    first = feed.deliver(keys)
    assert backend.call("fulfill_event", None, path={"id": event_id}).status == 200
    fulfilled = feed.new()
    told = feed.deliver(fulfilled)
    assert backend.call("reverse_event", path={"id": event_id}).status == 200
    assert feed.deliver(keys) == first
    assert feed.deliver(fulfilled) == told
    ids = [one["id"] for one in (*first, *told)]
    assert len(set(ids)) == len(ids)
    assert not [one for one in ids if "." in one]


def test_a_hold_is_told_from_its_reservation_to_its_end(feed: Feed) -> None:
    backend = feed.backend
    backend.emit()
    feed.deliver()
    held = backend.emit(fulfilled=False, redeem=[{"id": "points", "amount": 30}]).data["id"]
    assert feed.told() == [("event.stored", held), ("points.reserved", [("points", -30)])]
    backend.call("fulfill_event", None, path={"id": held})
    assert feed.told() == [
        ("event.resolved", held),
        ("points.granted", [("points", 100)]),
        ("points.spent", [("points", -30)]),
    ]
    backend.call("reverse_event", path={"id": held})
    assert feed.told() == [("event.reversed", held), ("points.reversed", [("points", -70)])]
    other = backend.emit(fulfilled=False, redeem=[{"id": "points", "amount": 30}]).data["id"]
    feed.deliver()
    backend.call("reverse_event", path={"id": other})
    assert feed.told() == [("event.cancelled", other), ("points.released", [("points", 30)])]


def test_a_part_that_shipped_spends_its_share_alone(feed: Feed) -> None:
    backend = feed.backend
    backend.emit()
    order = {"value": 100, "products": [{"sku": "A", "amount": 2, "value": 50}]}
    held = backend.emit(fulfilled=False, order=order, redeem=[{"id": "points", "amount": 30}]).data["id"]
    feed.deliver()
    shipped = {"products": [{"sku": "A", "amount": 1}]}
    assert backend.call("fulfill_event", shipped, path={"id": held}).status == 200
    told = dict(feed.told())
    assert told["points.released"] == [("points", 15)]
    assert told["points.spent"] == [("points", -15)]


def test_an_expired_hold_and_expired_points_are_told(feed: Feed) -> None:
    backend = feed.backend
    event = sample("get_event")["pathParameters"]["id"]
    assert backend.call("emit_event").status == 201
    feed.deliver()
    backend.wait(days=8)
    assert backend.deliver(f"DEADLINE#HOLD#{event}") == []
    assert next(one for one, _ in feed.told()) == "event.expired"
    backend.emit()
    feed.deliver()
    backend.wait(days=400)
    assert backend.deliver("DEADLINE#LOTS") == []
    assert feed.told() == [("points.expired", [("points", -100)])]


def test_an_offer_is_told_when_it_is_assigned_redeemed_and_expired(feed: Feed) -> None:
    backend = feed.backend
    backend.emit()
    feed.deliver()
    ids = []
    for reference in ("one", "other"):
        backend.call("create_hot_offer", _offer(reference))
        assert backend.process_assignment() == []
        ((kind, (offer,)),) = feed.told()
        assert kind == "offer.assigned"
        ids.append(offer)
    backend.emit(type="SPEND", redeem=[{"id": ids[0], "amount": 1}])
    assert ("offer.redeemed", [ids[0]]) in feed.told()
    backend.wait(days=400)
    assert backend.deliver(f"DEADLINE#OFFER#{ids[1]}") == []
    told = dict(feed.told())
    assert told["offer.expired"] == [ids[1]]


def _offer(reference: str) -> Json:
    days = {"startDate": "2026-03-10", "endDate": "2026-03-20"}
    return {"userId": "ana", "source": "brame", "reference": reference, "configId": "free-coffee", "ruleParams": days}


def test_assigned_points_are_told_with_the_request_they_came_from(feed: Feed) -> None:
    backend = feed.backend
    backend.emit()
    feed.deliver()
    for amount, type_ in ((7, "points.granted"), (-5, "points.deducted")):
        body = {"userId": "ana", "pointsEarned": amount, "source": "s", "reference": "r", "rewardId": "points"}
        trace = backend.call("assign_cold_points", body).body["traceId"]
        assert backend.process_assignment() == []
        (told,) = feed.deliver()
        assert told["type"] == type_
        assert told["data"]["totals"] == [{"reward_id": "points", "amount": amount}]
        assert (told["data"]["source"], told["data"]["reference"], told["data"]["trace_id"]) == ("s", "r", trace)


def test_a_merge_and_its_undoing_are_told_once_each_and_move_no_points(feed: Feed) -> None:
    backend = feed.backend
    backend.live()
    told = [one for one in feed.deliver() if one["type"].startswith("customer.merged")]
    assert [one["data"]["merged_customer_id"] for one in told] == ["kim-app"]
    assert told[0]["data"]["customer_id"] == "kim"
    assert backend.call("unmerge_customer").status == 200
    (split,) = feed.deliver()
    assert (split["type"], split["data"]["unmerged_customer_id"]) == ("customer.unmerged", "kim-app")


def test_a_budget_that_is_spent_is_told_once_until_another_is_set(feed: Feed) -> None:
    backend = feed.backend

    def set_budget(budget: int) -> None:
        effects = [{"reward_id": "points", "amount": 5}]
        campaign = {"name": "Flash", "trigger": "FLASH", "rules": [{"effects": effects}], "limits": {"budget": budget}}
        assert backend.call("put_campaign", campaign, path={"id": "flash"}).status == 200

    def shards() -> list[tuple[str, str]]:
        stored = ((item["pk"]["S"], item["sk"]["S"]) for item in backend.stored())
        return [one for one in stored if one[1] == "BUDGET" and "#flash#" in one[0]]

    def spent() -> list[tuple[str, str]]:
        return [(item["pk"]["S"], item["sk"]["S"]) for item in backend.stored() if item["sk"]["S"].startswith("SPENT#")]

    set_budget(10)
    first = backend.emit(type="FLASH").data["id"]
    assert feed.deliver(shards()) == []
    assert spent() == []
    backend.emit(type="FLASH")
    feed.deliver(shards())
    (told,) = feed.deliver(spent())
    assert told["type"] == "campaign.budget_spent"
    assert told["data"] == {"brand_id": "demo", "campaign_id": "flash", "budget": 10, "times": None}
    backend.call("reverse_event", path={"id": first})
    backend.emit(type="FLASH")
    backend.wait(days=1)
    feed.deliver(shards())
    assert feed.deliver(spent()) == [told]
    set_budget(15)
    backend.emit(type="FLASH")
    feed.deliver(shards())
    assert sorted(one["data"]["budget"] for one in feed.deliver(spent())) == [10, 15]


def test_links_and_records_that_are_gone_are_told_nobody(feed: Feed) -> None:
    backend = feed.backend
    create_brand("demo", "Demo Coffee")
    backend.emit(order={"purchase_id": "T-1", "value": 5}, key="till")
    keys = feed.new()
    assert len([one for one in keys if one[1] == "EVENT"]) == 2
    assert [one["type"] for one in feed.deliver(keys)].count("event.stored") == 1
    assert feed.deliver([("BRAND#demo#CUST#nobody", "RECORD#0000000007")]) == []


def test_a_message_that_nobody_could_carry_is_shortened_and_says_by_how_much(feed: Feed) -> None:
    """Ids may have 250 characters, and each of these is 14 characters in the queue."""
    backend, gift = feed.backend, "\U0001f381" * 240
    for number in range(20):
        assert backend.call("put_reward", {"name": "Gift"}, path={"id": f"{gift}{number}"}).status == 200
    effects = [{"reward_id": f"{gift}{number}", "amount": number + 1} for number in range(20)]
    gifts = {"name": "Gifts", "trigger": "GIFTS", "rules": [{"effects": effects}]}
    assert backend.call("put_campaign", gifts, path={"id": gift}).status == 200
    assert backend.call("put_webhook", {**body_of("put_webhook"), "events": ["*"]}).status == 200
    backend.emit(type="GIFTS")
    keys = feed.new()
    told = feed.deliver(keys)
    (granted,) = (one["data"] for one in told if one["type"] == "points.granted")
    assert granted["entries_left_out"] == 20 - len(granted["entries"]) > 0
    assert len(granted["totals"]) == 20
    assert max(len(body) for body in backend.carrier.to_webhooks) < 256_000
    assert feed.deliver(keys) == told


def test_a_bus_that_does_not_answer_is_asked_again(feed: Feed) -> None:
    feed.backend.emit()
    keys = feed.new()
    feed.backend.carrier.broken = True
    with pytest.raises(Exception, match="event bus"):
        feed.deliver(keys)
    feed.backend.carrier.broken = False
    assert len(feed.deliver(keys)) == 4


def test_the_sample_is_about_records_of_a_journal(feed: Feed) -> None:
    assert feed.backend.call("emit_event").status == 201
    feed.seen.clear()
    named = {one["dynamodb"]["Keys"]["pk"]["S"] for one in sample("on_record_written")["Records"]}
    assert named & {pk for pk, _ in feed.new()}


def test_what_moves_in_is_told_to_nobody(feed: Feed) -> None:
    backend = feed.backend
    for function in ("migrate_customer", "record_history"):
        assert backend.call(function).status < 300
    assert backend.process_assignment() == []
    assert feed.deliver() == []


def test_what_had_come_due_is_told_even_if_history_is_imported_then(feed: Feed) -> None:
    backend = feed.backend
    later = [{"effects": [{"reward_id": "points", "amount": 5, "available_after": "1/days"}]}]
    campaign = {"name": "Later", "trigger": "VISIT", "rules": later}
    assert backend.call("put_campaign", campaign, path={"id": "later"}).status == 200
    backend.emit()
    backend.emit(type="VISIT")
    backend.spend(30, fulfilled=False)
    feed.deliver()
    backend.wait(days=2)
    body = {"customer_id": "ana", "brand_id": "demo", "type": "PURCHASE", "issued_at": "2026-01-10T12:00:00Z"}
    answer = backend.call("record_history", {**body, "order": {"value": 70}}, headers={}, query={"evaluate": "true"})
    assert answer.data["result"]["accumulations"]
    assert feed.told() == [("points.vested", [("points", 5)]), ("points.released", [("points", 30)])]


def test_what_moves_in_is_told_if_that_is_asked_for(feed: Feed) -> None:
    backend = feed.backend
    balances = [
        {"reward_id": "points", "amount": 70, "expiration_date": "2027-12-31"},
        {"reward_id": "points", "amount": -90},
    ]
    body = {"source": "old-shop", "balances": balances, "announce": True}
    trace = backend.call("migrate_customer", body, path={"id": "eva"}).body["traceId"]
    assert backend.call("migrate_customer", body, path={"id": "eva"}).replayed
    for other in ({**body, "announce": False}, {"source": "old-shop", "balances": balances}):
        refused = backend.call("migrate_customer", other, path={"id": "eva"})
        assert refused.refusal == (422, "IdempotencyMismatchError")
    assert backend.process_assignment() == []
    keys = feed.new()
    told = feed.deliver(keys)
    assert [(one["type"], _gist(one["data"])) for one in told] == [
        ("customer.created", None),
        ("points.granted", [("points", 70)]),
        ("points.deducted", [("points", -90)]),
    ]
    assert {(one["data"]["source"], one["data"]["trace_id"]) for one in told[1:]} == {("old-shop", trace)}
    assert feed.deliver(keys) == told


def test_an_erasure_is_told_once_under_the_pseudonym_and_nothing_that_it_moved(feed: Feed) -> None:
    backend = feed.backend
    assert backend.call("put_brand", {"remind_before": "14/days"}).status == 200
    tell_all(backend)
    trace = erase(backend)
    work(backend)
    told = [one for one in feed.deliver() if one["data"]["customer_id"] == f"erased-{trace}"]
    (erased,) = told
    assert erased["type"] == "customer.erased"
    partition = f"BRAND#demo#CUST#erased-{trace}"
    stored = [item["sk"]["S"] for item in backend.stored() if item["pk"]["S"] == partition]
    last = max(one for one in stored if one.startswith("RECORD#"))
    assert erased["data"] == {
        "brand_id": "demo",
        "customer_id": f"erased-{trace}",
        "sequence": int(last.removeprefix("RECORD#")),
        "trace_id": trace,
    }
    assert feed.deliver([(partition, last)]) == [erased]
    assert "DEADLINE#REMINDER" not in {item["sk"]["S"] for item in backend.stored()}, "nobody is reminded"
    backend.carrier.messages.clear()
    erase(backend, f"erased-{trace}")
    work(backend)
    again = [one["type"] for one in feed.deliver() if "erased-" in one["data"]["customer_id"]]
    assert again == ["customer.erased"], "a pseudonym can be erased as well, which is told of it alone"
