"""Offers and points from marketing tools: accepted, queued, carried out once, traced, and made known."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from loyalty.domain.assignments.traces import MAX_ATTEMPTS
from loyalty.services import assignment_requests, assignments
from loyalty.store import keys, traces
from tests.support.backend import Answer, Backend
from tests.support.builders import NOW
from tests.support.published import request_form
from tests.support.samples import body_of, sample

SOMEBODY = "6d13456a-1304-5109-a117-af4de20b2487"
SPEEDS = ("hot", "cold")
each_speed = pytest.mark.parametrize("speed", SPEEDS)


@pytest.fixture
def ana(backend: Backend) -> Backend:
    """A backend that knows the customer of the samples, who has 100 points."""
    backend.emit("ana")
    return backend


def offer(backend: Backend, speed: str = "hot", **changes: Any) -> Answer:
    """The answer to the sample's request for an offer, without its key and with these changes; None takes away."""
    body = {**body_of(f"create_{speed}_offer"), "idempotencyKey": None, **changes}
    return backend.call(f"create_{speed}_offer", {name: value for name, value in body.items() if value is not None})


def points(backend: Backend, amount: object = 50, speed: str = "hot", **changes: Any) -> Answer:
    """The same for points."""
    body = {**body_of(f"assign_{speed}_points"), "idempotencyKey": None, "pointsEarned": amount, **changes}
    return backend.call(f"assign_{speed}_points", {name: value for name, value in body.items() if value is not None})


def trace_of(answer: Answer) -> str:
    """The trace id of an accepted request."""
    assert answer.status == 202, answer.text
    assert list(answer.body) == ["traceId"]
    return str(answer.body["traceId"])


def steps(backend: Backend, trace_id: str) -> list[str]:
    """What a trace's timeline says."""
    return [step["what"] for step in backend.trace(trace_id)["timeline"]]


def offers(backend: Backend, customer: str = "ana") -> list[str]:
    """The ids of a customer's offers."""
    return [one["id"] for one in backend.everything("list_offers", customer)]


@each_speed
def test_an_offer_is_accepted_then_assigned_and_its_trace_tells(ana: Backend, speed: str) -> None:
    trace = trace_of(offer(ana, speed))
    assert offers(ana) == []
    assert (ana.trace(trace)["status"], steps(ana, trace)) == ("QUEUED", ["accepted", "queued"])
    ana.wait(seconds=2)
    assert ana.process_assignment() == []
    (assigned,) = ana.everything("list_offers")
    told = ana.trace(trace)
    assert (told["status"], told["reason"], told["offerId"]) == ("ASSIGNED", None, assigned["id"])
    assert steps(ana, trace) == ["accepted", "queued", "attempt 1", "assigned"]
    assert told["configId"] == assigned["config_id"] == "free-coffee"
    assert (assigned["trace_id"], assigned["source"], assigned["status"]) == (trace, told["source"], "active")


def test_the_example_of_rbis_page_is_taken_as_it_is_once_its_placeholders_are_days(backend: Backend) -> None:
    example = {
        "userId": SOMEBODY,
        "source": "brame",
        "reference": "Campaign Prize #2",
        "configId": "1ac7eb33-1e04-40ea-b6f2-38af6bb4bf7a",
        "ruleParams": {"startDate": "yyyy-mm-dd", "endDate": "yyyy-mm-dd"},
    }
    refused = backend.call("create_hot_offer", example)
    assert (refused.refusal, sorted(refused.fields)) == (
        (400, "ValidationError"),
        ["ruleParams.endDate", "ruleParams.startDate"],
    )
    example["ruleParams"] = {"startDate": "2026-03-10", "endDate": "2026-03-11"}
    assert backend.call("create_hot_offer", example).refusal == (404, "UserNotFoundError")
    backend.emit(SOMEBODY)
    assert backend.call("create_hot_offer", example).refusal == (404, "OfferNotFoundError")
    assert backend.call("put_config_offer", {"name": "A prize"}, path={"id": str(example["configId"])}).status == 200
    trace = trace_of(backend.call("create_hot_offer", example))
    assert backend.process_assignment() == []
    told = backend.trace(trace)
    assert {name: told[name] for name in example} == example
    assert (told["status"], offers(backend, SOMEBODY)) == ("ASSIGNED", [told["offerId"]])


@each_speed
@pytest.mark.parametrize(("amount", "left"), [(50, 150), (-30, 70), (-130, -30)])
def test_points_are_added_or_taken(ana: Backend, speed: str, amount: int, left: int) -> None:
    trace = trace_of(points(ana, amount, speed))
    assert ana.process_assignment() == []
    assert ana.points()[0] == left
    assert {type_ for type_, _ in ana.ledger()[1:]} == {"ADJUSTMENT"}
    assert sum(amount for _, amount in ana.ledger()) == left
    assert ana.trace(trace)["status"] == "ASSIGNED"


@pytest.mark.parametrize("amount", [50, -130])
def test_a_line_of_assigned_points_says_which_request_it_came_from(ana: Backend, amount: int) -> None:
    held = ana.spend(20, fulfilled=False, reserve_until="2026-03-10T12:30:00Z").data["id"]
    ana.wait(hours=1)
    trace = trace_of(points(ana, amount, source="braze", reference="birthday"))
    assert ana.process_assignment() == []
    told = [
        (line["type"], line["event_id"], line["trace_id"], line["source"], line["reference"])
        for line in ana.everything("list_transactions")
    ]
    assigned = [line for line in told if line[0] == "ADJUSTMENT"]
    assert set(assigned) == {("ADJUSTMENT", None, trace, "braze", "birthday")}
    assert ("RELEASE", held, None, None, None) in told
    assert all(line[1] and line[2:] == (None, None, None) for line in told if line not in assigned)


def test_points_expire_as_the_reward_says_with_the_day_in_the_brands_zone(ana: Backend) -> None:
    ana.call("put_reward", {"name": "Points", "expires_in": "30/days"})
    ana.call("put_brand", {"time_zone": "Europe/Berlin"})
    trace_of(points(ana, 7))
    ana.process_assignment()
    lots = ana.call("get_wallet").data["lines"]
    # The clocks go forward within the thirty days.
    assert [one["expiration_date"] for one in lots if one["campaign_id"] is None] == ["2026-04-09T22:00:00.000Z"]


def test_points_without_a_reward_are_of_the_brands_default(ana: Backend) -> None:
    assert points(ana, rewardId=None).fields == ["rewardId"]
    ana.call("put_brand", {"default_reward": "points"})
    trace = trace_of(points(ana, 5, rewardId=None))
    ana.process_assignment()
    assert (ana.points()[0], ana.trace(trace)["rewardId"]) == (105, "points")


def test_what_would_leave_a_debt_that_is_not_allowed_fails_and_moves_nothing(ana: Backend) -> None:
    ana.call("put_reward", {"name": "Points", "allow_negative": False})
    trace = trace_of(points(ana, -101))
    before = ana.ledger()
    assert ana.process_assignment() == []
    told = ana.trace(trace)
    assert told["status"] == "FAILED"
    assert told["reason"] == "InsufficientBalanceError: points: 101 to be taken, 100 available"
    assert steps(ana, trace)[-1] == f"failed: {told['reason']}"
    assert ana.ledger() == before
    assert ana.carrier.said == [("PointsAssignment", ana.carrier.said[0][1])]
    assert ana.carrier.said[0][1]["errorDescription"] == told["reason"]


def _erase(backend: Backend) -> None:
    key = keys.customer("demo", "ana")
    backend.client.delete_item(TableName=backend.table, Key={"pk": {"S": key.pk}, "sk": {"S": key.sk}})


def _fill(backend: Backend) -> None:
    backend.carrier.messages.clear()
    for _ in range(100):
        trace_of(offer(backend))
    assert backend.process_assignment() == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda b: b.call("put_config_offer", {"name": "Coffee", "active": False}), "is not active any more"),
        (lambda b: b.call("delete_config_offer"), "has been deleted"),
        (lambda b: b.wait(days=15), "the offer ended with 2026-03-24, before it could be assigned"),
        (_erase, "the customer is no longer there"),
        (_fill, "the customer has 100 offers that have not ended"),
    ],
    ids=["not active", "deleted", "over", "nobody", "a hundred"],
)
def test_what_can_never_be_assigned_fails_for_a_reason_and_is_not_tried_again(
    ana: Backend, change: Any, reason: str
) -> None:
    trace = trace_of(offer(ana, ruleParams={"startDate": "2026-03-10", "endDate": "2026-03-24"}))
    (message,) = ana.carrier.messages
    change(ana)
    ana.carrier.said.clear()
    assert ana.process_assignment(message) == []
    told = ana.trace(trace)
    assert (told["status"], told["offerId"]) == ("FAILED", None)
    assert told["reason"].endswith(reason)
    assert [(name, said["status"]) for name, said in ana.carrier.said] == [("OfferAssignment", "FAILED")]


def test_a_deleted_reward_fails_its_points(ana: Backend) -> None:
    ana.call("put_reward", {"name": "Stars"}, path={"id": "stars"})
    trace = trace_of(points(ana, rewardId="stars"))
    assert ana.call("delete_reward", path={"id": "stars"}).status == 204
    ana.process_assignment()
    assert ana.trace(trace)["reason"] == "the reward stars has been deleted"


def test_a_message_that_comes_ten_times_is_carried_out_and_made_known_once(ana: Backend) -> None:
    trace_of(offer(ana))
    trace_of(points(ana))
    both = list(ana.carrier.messages)
    assert ana.process_assignment(*both, *reversed(both), *both * 4) == []
    assert len(offers(ana)) == 1
    assert ana.points()[0] == 150
    assert [name for name, _ in ana.carrier.said] == ["OfferAssignment", "PointsAssignment"]


def test_without_a_key_twice_is_two_with_a_key_once(ana: Backend) -> None:
    assert trace_of(offer(ana)) != trace_of(offer(ana))
    keyed = offer(ana, idempotencyKey="k1")
    again = offer(ana, idempotencyKey="k1")
    assert trace_of(keyed) == trace_of(again)
    assert (keyed.replayed, again.replayed) == (False, True)
    ana.process_assignment()
    assert len(offers(ana)) == 3


def test_a_key_answers_whatever_has_changed_since_and_refuses_another_body(ana: Backend) -> None:
    trace = trace_of(offer(ana, idempotencyKey="k1"))
    ana.call("delete_config_offer")
    assert trace_of(offer(ana, idempotencyKey="k1")) == trace_of(
        offer(ana, "cold", source="brame", idempotencyKey="k1")
    )
    assert trace_of(offer(ana, idempotencyKey="k1")) == trace
    assert offer(ana, idempotencyKey="k1", source="braze").refusal == (422, "IdempotencyMismatchError")
    assert points(ana, idempotencyKey="k1").refusal == (422, "IdempotencyMismatchError")


def test_a_key_is_good_for_as_long_as_its_trace(ana: Backend) -> None:
    trace = trace_of(points(ana, idempotencyKey="k1"))
    ana.process_assignment()
    ana.wait(days=89, hours=23)
    assert trace_of(points(ana, idempotencyKey="k1")) == trace
    ana.wait(hours=1)
    assert ana.call("get_trace", path={"traceId": trace}).refusal == (404, "TraceNotFoundError")
    trace_of(points(ana, 5, idempotencyKey="k1"))
    assert ana.process_assignment() == []
    assert ana.points()[0] == 155


def test_a_message_may_be_faster_than_the_record_of_its_acceptance(
    ana: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = ana.carrier.send_message

    def send_and_deliver(**message: str) -> None:
        send(**message)
        assert ana.process_assignment() == []

    monkeypatch.setattr(ana.carrier, "send_message", send_and_deliver)
    for key in (None, "k1"):
        trace = trace_of(offer(ana, idempotencyKey=key))
        assert steps(ana, trace) == ["accepted", "queued", "attempt 1", "assigned"]
    assert len(offers(ana)) == 2


def test_of_two_bodies_with_one_key_at_once_the_first_recorded_is_carried_out(
    ana: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = ana.carrier.send_message
    others: list[Answer] = []

    def send_after_another(**message: str) -> None:
        monkeypatch.setattr(ana.carrier, "send_message", send)
        others.append(points(ana, 1, idempotencyKey="k1"))
        send(**message)

    monkeypatch.setattr(ana.carrier, "send_message", send_after_another)
    late = points(ana, 1000, idempotencyKey="k1")
    assert late.refusal == (422, "IdempotencyMismatchError")
    trace_of(others[0])
    assert len(ana.carrier.messages) == 2
    assert ana.process_assignment(*reversed(ana.carrier.messages)) == []
    assert ana.points()[0] == 101


def test_a_crash_between_queue_and_record_loses_nothing_and_a_retry_doubles_nothing(
    ana: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(assignment_requests, "save_trace", crash)
        with pytest.raises(SystemExit):
            points(ana, idempotencyKey="k1")
    trace = trace_of(points(ana, idempotencyKey="k1"))
    assert len(ana.carrier.messages) == 2
    assert ana.process_assignment() == []
    assert (ana.points()[0], ana.trace(trace)["status"]) == (150, "ASSIGNED")


def test_a_queue_that_does_not_answer_is_a_503_and_nothing_is_recorded(ana: Backend) -> None:
    ana.carrier.broken = True
    with ana.nothing_changes():
        answer = offer(ana, idempotencyKey="k1")
    assert answer.refusal == (503, "ServiceUnavailable")
    assert answer.headers["Retry-After"]


def test_what_may_succeed_later_is_tried_again_then_set_aside_and_assigned_when_put_back(
    ana: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = trace_of(points(ana))
    (message,) = ana.carrier.messages
    with monkeypatch.context() as patch:
        patch.setattr(assignments, "load_to_assign", _broken)
        for attempt in range(1, MAX_ATTEMPTS + 1):
            assert ana.process_assignment(message, attempt=attempt) == [message]
    told = ana.trace(trace)
    tries = [f"attempt {i}: something went wrong on our side" for i in range(1, MAX_ATTEMPTS + 1)]
    tries.insert(-1, f"attempt {MAX_ATTEMPTS} begins, the last before it is set aside")
    assert told["status"] == "QUEUED"
    assert steps(ana, trace) == ["accepted", "queued", *tries, f"set aside after {MAX_ATTEMPTS} attempts"]
    assert ana.points()[0] == 100
    assert ana.process_assignment(message) == []
    assert (ana.trace(trace)["status"], ana.points()[0]) == ("ASSIGNED", 150)


def _broken(*_: object) -> None:
    raise ZeroDivisionError


def test_a_worker_that_is_killed_in_the_last_attempt_has_said_where_the_request_goes(
    ana: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise SystemExit

    trace = trace_of(points(ana))
    (message,) = ana.carrier.messages
    with monkeypatch.context() as patch:
        patch.setattr(assignments, "load_to_assign", killed)
        for attempt in range(1, MAX_ATTEMPTS + 1):
            with pytest.raises(SystemExit):
                ana.process_assignment(message, attempt=attempt)
    assert steps(ana, trace) == [
        "accepted",
        "queued",
        f"attempt {MAX_ATTEMPTS} begins, the last before it is set aside",
    ]
    assert ana.process_assignment(message) == []
    assert (ana.trace(trace)["status"], ana.points()[0]) == ("ASSIGNED", 150)
    with ana.nothing_changes():
        assert ana.process_assignment(message, attempt=MAX_ATTEMPTS) == []


def test_a_delay_that_is_noted_while_another_delivery_ends_the_request_does_not_take_it_back(
    ana: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    load = traces.load_trace
    trace = trace_of(points(ana))
    (message,) = ana.carrier.messages
    with monkeypatch.context() as patch:

        def load_before_another_ends_it(*about: Any) -> Any:
            found = load(*about)
            patch.undo()
            assert ana.process_assignment(message, attempt=2) == []
            return found

        patch.setattr(assignments, "load_to_assign", _broken)
        patch.setattr(assignments, "load_trace", load_before_another_ends_it)
        assert ana.process_assignment(message) == [message]
    assert steps(ana, trace) == ["accepted", "queued", "attempt 2", "assigned"]
    assert ana.points()[0] == 150


def test_one_that_fails_does_not_keep_the_others_of_its_batch(ana: Backend) -> None:
    trace_of(points(ana, 1))
    trace_of(points(ana, 2))
    one, two = ana.carrier.messages
    broken = json.dumps({**json.loads(two), "accepted_at": None})
    assert ana.process_assignment(one, "no JSON", broken, two) == ["no JSON", broken]
    assert ana.points()[0] == 103


def test_an_end_that_could_not_be_made_known_is_made_known_and_counted_when_the_message_comes_again(
    ana: Backend, capsys: pytest.CaptureFixture[str]
) -> None:
    trace = trace_of(offer(ana))
    (message,) = ana.carrier.messages
    ana.carrier.broken = True
    assert ana.process_assignment(message) == [message]
    assert ana.trace(trace)["status"] == "ASSIGNED"
    ana.carrier.broken = False
    for attempt in (2, 3):
        assert ana.process_assignment(message, attempt=attempt) == []
    assert len(ana.carrier.said) == len(offers(ana)) == len(metrics(capsys)) == 1
    assert steps(ana, trace) == ["accepted", "queued", "attempt 1", "assigned"]


def metrics(capsys: pytest.CaptureFixture[str]) -> list[Any]:
    """The metrics of assignments written since this was asked last."""
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line for line in lines if "Assignments" in line]


def test_an_end_that_two_deliveries_make_known_at_once_is_counted_once(
    ana: Backend, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    put_events = ana.carrier.put_events

    def said_by_another_first(**request: Any) -> Any:
        monkeypatch.setattr(ana.carrier, "put_events", put_events)
        assert ana.process_assignment(message) == []
        return put_events(**request)

    trace_of(points(ana))
    (message,) = ana.carrier.messages
    monkeypatch.setattr(ana.carrier, "put_events", said_by_another_first)
    assert ana.process_assignment(message) == []
    assert (len(ana.carrier.said), len(metrics(capsys)), ana.points()[0]) == (2, 1, 150)


def test_the_completion_event_says_who_what_and_how_long(ana: Backend, capsys: pytest.CaptureFixture[str]) -> None:
    trace = trace_of(offer(ana))
    ana.wait(seconds=1.5)
    ana.process_assignment()
    ((name, said),) = ana.carrier.said
    assert name == "OfferAssignment"
    assert said == {
        "status": "ASSIGNED",
        "partner": "brame",
        "durationMs": 1500,
        "engineId": offers(ana)[0],
        "reference": "Campaign Prize #2",
        "userId": "ana",
        "traceId": trace,
        "errorDescription": None,
    }
    (metric,) = metrics(capsys)
    assert (metric["kind"], metric["status"], metric["AssignmentMilliseconds"]) == (name, "ASSIGNED", [1500])


def test_a_customer_is_found_by_e_mail_whatever_its_case(ana: Backend) -> None:
    ana.call("patch_customer", {"email": "ana@example.com"}, path={"id": "ana"})
    trace_of(offer(ana, userId=None, email=" Ana@Example.com "))
    ana.process_assignment()
    assert len(offers(ana)) == 1
    refused = offer(ana, userId=None, email="ben@example.com")
    assert refused.refusal == (404, "UserNotFoundError")
    assert refused.body["message"] == "email: no customer has this e-mail address"


def test_where_both_are_given_the_id_decides_and_not_the_e_mail(ana: Backend) -> None:
    ana.emit("ben")
    ana.call("patch_customer", {"email": "ben@example.com"}, path={"id": "ben"})
    trace_of(offer(ana, email="ben@example.com"))
    ana.process_assignment()
    assert (len(offers(ana, "ana")), offers(ana, "ben")) == (1, [])
    assert offer(ana, userId=SOMEBODY, email="ben@example.com").refusal == (404, "UserNotFoundError")


def test_a_merged_customers_offers_and_points_go_to_the_survivor(ana: Backend) -> None:
    ana.call("put_brand", {"channel_merging": "email"})
    ana.call("patch_customer", {"email": "ana@example.com"}, path={"id": "ana"})
    ana.wait(days=1)
    ana.emit("anna")
    first, second = trace_of(offer(ana, userId="anna")), trace_of(points(ana, userId="anna"))
    ana.call("patch_customer", {"email": "ana@example.com"}, path={"id": "anna"})
    assert ana.process_assignment() == []
    assert {ana.trace(one)["status"] for one in (first, second)} == {"ASSIGNED"}
    assert offers(ana, "ana") == offers(ana, "anna") != []
    assert ana.points("ana")[0] == 250
    trace_of(offer(ana, userId="anna"))


def test_another_brands_trace_is_not_found(ana: Backend) -> None:
    trace = trace_of(offer(ana))
    refused = ana.call("get_trace", path={"traceId": trace}, brand="other")
    assert refused.refusal == (404, "TraceNotFoundError")


def test_an_empty_string_is_an_absent_value(ana: Backend) -> None:
    sent = {"email": "", "idempotencyKey": "", "rank": ""}
    request_form("create_hot_offer").validate({**body_of("create_hot_offer"), **sent})
    assert trace_of(offer(ana, **sent)) != trace_of(offer(ana, **sent))
    assert offer(ana, userId="", email="", reference="").fields == ["userId"]


def test_without_a_reference_an_offer_has_none(ana: Backend) -> None:
    body = {name: value for name, value in body_of("create_hot_offer").items() if name != "reference"}
    accepted = ana.call("create_hot_offer", body)
    assert accepted.status == 202
    assert ana.process_assignment() == []
    assert "reference" not in ana.trace(trace_of(accepted))
    (made,) = ana.everything("list_offers", body["userId"])
    assert made["reference"] is None


@pytest.mark.parametrize("stored", [str.lower, str.upper])
@pytest.mark.parametrize("asked", [str.lower, str.upper, str.title])
def test_a_uuid_has_no_case(backend: Backend, stored: Callable[[str], str], asked: Callable[[str], str]) -> None:
    user = "ab3d456a-1304-5109-a117-af4de20b24ef"
    backend.emit(stored(user), type="VISIT")
    for call in (offer, points):
        trace_id = trace_of(call(backend, userId=asked(user), idempotencyKey=call.__name__))
        assert backend.process_assignment() == []
        assert backend.trace(trace_id.upper()) == backend.trace(trace_id)
        assert backend.trace(trace_id)["status"] == "ASSIGNED"
    assert len(backend.everything("list_offers", stored(user))) == 1


def test_an_id_that_is_no_uuid_keeps_its_case(backend: Backend) -> None:
    backend.emit("Ana", type="VISIT")
    assert offer(backend, userId="Ana").status == 202
    assert offer(backend, userId="ana", idempotencyKey="k2").refusal[0] >= 400


def test_beside_other_mistakes_an_id_that_is_no_uuid_is_told_as_one(ana: Backend) -> None:
    assert sorted(offer(ana, userId="ana lopez", rank=0).fields) == ["rank", "userId"]


MISTAKES: list[tuple[dict[str, Any], list[tuple[str, str]]]] = [
    (
        {"ruleParams": {"startDate": "yyyy-mm-dd", "endDate": "yyyy-mm-dd"}},
        [
            (f"ruleParams.{day}", "still is the placeholder yyyy-mm-dd: put a day in its place, such as 2026-01-31")
            for day in ("startDate", "endDate")
        ],
    ),
    (
        {"ruleParams": {"startDate": "2026-05-22", "endDate": "2026-05-21"}},
        [("ruleParams.endDate", "must be on or after startDate")],
    ),
    (
        {"ruleParams": {"startDate": "22.05.2026", "endDate": "2026-02-30"}},
        [(f"ruleParams.{day}", "must be a day, such as 2026-01-31") for day in ("startDate", "endDate")],
    ),
    (
        {"userId": None, "email": "ana maria@example.com"},
        [("email", "must be an e-mail address without a blank in it, such as ana@example.com")],
    ),
    ({"userId": None, "email": "ana"}, [("email", "must be an e-mail address, such as ana@example.com")]),
    ({"userId": None}, [("userId", "is required, or email")]),
    ({"userId": "{{user_id}}"}, [("userId", f"must be a UUID, such as {SOMEBODY}")]),
    ({"rank": 0}, [("rank", "must be greater than or equal to 1")]),
    ({"rank": "1"}, [("rank", "must be a whole number")]),
    ({"configId": None, "source": None}, [("configId", "is required"), ("source", "is required")]),
    ({"ruleParams": "2026-05-21"}, [("ruleParams", "must be an object")]),
]


@pytest.mark.parametrize(("changes", "problems"), MISTAKES, ids=range(len(MISTAKES)))
def test_a_marketers_mistakes_are_told_all_at_once_so_that_they_can_be_mended(
    ana: Backend, changes: dict[str, Any], problems: list[tuple[str, str]]
) -> None:
    with ana.nothing_changes():
        answer = offer(ana, **{"userId": SOMEBODY, **changes})
    assert answer.refusal == (400, "ValidationError")
    told = [(one["field"], one["message"]) for one in answer.body["details"]["fields"]]
    assert sorted(told) == sorted(problems)
    assert ana.carrier.messages == []


def test_a_last_day_that_is_past_where_the_brand_is_is_accepted_and_ends_with_the_reason(ana: Backend) -> None:
    days = {"startDate": "2025-12-24", "endDate": "2026-03-10"}
    ana.wait(hours=11, minutes=59)
    ana.call("put_brand", {"time_zone": "Pacific/Auckland"})
    past = trace_of(offer(ana, ruleParams=days))
    assert ana.process_assignment() == []
    ana.call("put_brand", {"time_zone": "America/Los_Angeles"})
    live = trace_of(offer(ana, ruleParams=days))
    assert ana.process_assignment() == []
    assert [ana.trace(one)["status"] for one in (past, live)] == ["FAILED", "ASSIGNED"]
    assert "2026-03-10" in ana.trace(past)["reason"]
    assert len(ana.everything("list_offers")) == 1


def test_the_last_day_there_is_can_be_written_for_an_offer_without_an_end(ana: Backend) -> None:
    for zone in ("Pacific/Kiritimati", "UTC", "Pacific/Pago_Pago"):
        ana.call("put_brand", {"time_zone": zone})
        trace_of(offer(ana, ruleParams={"startDate": "2026-03-10", "endDate": "9999-12-31"}))
        assert ana.process_assignment() == []
    assert {one["ends_at"] for one in ana.everything("list_offers")} == {"9999-12-31T23:59:59.000Z"}


@pytest.mark.parametrize(
    ("worker", "requests", "points"),
    [
        ("on_hot_offer_requested", ["create_hot_offer"], 100),
        ("on_cold_offer_requested", ["create_cold_offer", "assign_cold_points"], 150),
    ],
)
def test_a_queues_sample_is_what_the_samples_of_requests_send_and_all_are_assigned(
    ana: Backend, worker: str, requests: list[str], points: int
) -> None:
    for function in requests:
        assert ana.call(function).status == 202
    assert [one["body"] for one in sample(worker)["Records"]] == ana.carrier.messages
    assert ana.run(worker, sample(worker)) == {"batchItemFailures": []}
    (assigned,) = ana.everything("list_offers")
    assert (assigned["status"], ana.points()[0]) == ("active", points)


@pytest.mark.parametrize(
    ("amount", "message"),
    [
        ("50", "must be a number, without quotation marks around it"),
        (0, "must not be 0"),
        (1.5, "must have at most 0 decimals, as the reward has"),
        (True, "must be a number"),
        (10**15, "must"),
    ],
)
def test_points_must_be_a_number_that_the_reward_can_have(ana: Backend, amount: object, message: str) -> None:
    ana.emit(SOMEBODY)
    answer = points(ana, amount, userId=SOMEBODY)
    (told,) = answer.body["details"]["fields"]
    assert told["field"] == "pointsEarned"
    assert told["message"].startswith(message)


def test_what_is_no_json_is_told_by_line_and_column(ana: Backend) -> None:
    text = '{\n  "userId": "ana",\n  "rank": 1 (optional)\n}'
    answer = ana.call("create_hot_offer", text)
    assert answer.refusal == (400, "ValidationError")
    assert "line 3, column 13" in answer.body["message"]


@pytest.mark.parametrize(
    ("day", "starts", "ends"),
    [
        ("2026-03-29", "2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z"),
        ("2026-10-25", "2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z"),
    ],
)
def test_a_day_is_the_brands_from_its_first_to_its_last_instant_when_the_clocks_change(
    ana: Backend, day: str, starts: str, ends: str
) -> None:
    ana.call("put_brand", {"time_zone": "Europe/Berlin"})
    trace_of(offer(ana, ruleParams={"startDate": day, "endDate": day}))
    ana.process_assignment()
    (assigned,) = ana.everything("list_offers")
    assert (assigned["starts_at"], assigned["ends_at"]) == (starts, ends)


def test_offers_from_here_are_redeemed_by_events_like_any(ana: Backend) -> None:
    trace_of(offer(ana))
    ana.process_assignment()
    (offer_id,) = offers(ana)
    held = ana.emit(fulfilled=False, redeem=[{"id": offer_id, "amount": 1}])
    assert held.status == 201
    assert ana.emit(redeem=[{"id": offer_id, "amount": 1}]).refusal == (422, "InsufficientBalanceError")
    ana.call("fulfill_event", path={"id": held.data["id"]})
    assert [one["status"] for one in ana.everything("list_offers")] == ["redeemed"]


def test_a_trace_leaves_the_table_in_ninety_days(ana: Backend) -> None:
    trace = trace_of(offer(ana))
    key = keys.trace("demo", trace)
    (item,) = (one for one in ana.stored() if one["pk"]["S"] == key.pk)
    assert int(item["ttl"]["N"]) == NOW.timestamp() + 90 * 86400
