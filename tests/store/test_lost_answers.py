"""The network between us and DynamoDB: what was written is known again, whatever became of the answer."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError, ReadTimeoutError

from loyalty.domain.customers.journal import JournalRecord
from loyalty.domain.times import format_instant
from loyalty.store import keys, published, table
from tests.support.api import Api
from tests.support.backend import Answer
from tests.support.stream import deliver, removed
from tests.support.tables import Store

CUSTOMER = "ada"
WRITE, READ = "TransactWriteItems", "GetItem"

Fault = Callable[[Any, Callable[[], Any]], Any]


@dataclass
class Network:
    """Between the product's client and DynamoDB. `faults` are spent one a request of the operation, in order."""

    operation: str = ""
    faults: list[Fault] = field(default_factory=list)
    requests: list[dict[str, Any]] = field(default_factory=list)

    def breaks(self, operation: str, *faults: Fault) -> None:
        """From now on, the next requests of that operation go wrong like this."""
        self.operation, self.faults = operation, list(faults)
        self.requests.clear()

    def carry(self, request: Any, send: Callable[[], Any]) -> Any:
        """One request and its answer, or what becomes of it."""
        if _operation(request) != self.operation:
            return send()
        self.requests.append(json.loads(request.body))
        return self.faults.pop(0)(request, send) if self.faults else send()


def _operation(request: Any) -> str:
    target = request.headers["X-Amz-Target"]
    return (target.decode() if isinstance(target, bytes) else target).rpartition(".")[2]


def answer_lost(request: Any, send: Callable[[], Any]) -> Any:
    """It is done, and nobody hears of it."""
    send()
    raise ReadTimeoutError(endpoint_url=request.url)


def connection_cut(request: Any, send: Callable[[], Any]) -> Any:
    """It is done, and the connection ends before the answer."""
    send()
    raise ConnectionClosedError(endpoint_url=request.url)


def never_arrived(request: Any, _send: Callable[[], Any]) -> Any:
    """It is not done."""
    raise EndpointConnectionError(endpoint_url=request.url)


def refused(code: str, status: int = 400, **more: Any) -> Fault:
    """DynamoDB answers this instead of doing it."""

    def answer(request: Any, _send: Callable[[], Any]) -> Any:
        body = {"__type": f"com.amazonaws.dynamodb.v20120810#{code}", "message": "not now", **more}
        return AWSResponse(request.url, status, HTTPHeaders(), _Raw(json.dumps(body).encode()))

    return answer


def too_slow(request: Any, _send: Callable[[], Any]) -> Any:
    """Nobody answers in time, and it is not done."""
    raise ReadTimeoutError(endpoint_url=request.url)


class _Raw:
    """The body of an answer that no socket brought."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self) -> Iterator[bytes]:
        yield self._content


THROTTLED = refused("ProvisionedThroughputExceededException")
OVERLOADED = refused("InternalServerError", 500)
IN_CONFLICT = refused(
    "TransactionCanceledException",
    CancellationReasons=[{"Code": "None"}, {"Code": "TransactionConflict", "Message": "in conflict"}],
)
THROTTLED_INSIDE = refused(
    "TransactionCanceledException",
    CancellationReasons=[{"Code": "None"}, {"Code": "ThrottlingError", "Message": "too fast"}],
)


BUSY = {
    "throttled": THROTTLED,
    "slowed down": refused("ThrottlingException"),
    "limited": refused("RequestLimitExceeded"),
    "failed": OVERLOADED,
    "broken": refused("InternalFailure", 500),
    "too slow": too_slow,
    "unreachable": never_arrived,
}


@pytest.fixture
def network(store: Store, monkeypatch: pytest.MonkeyPatch) -> Network:
    between = Network()
    session = store.product._endpoint.http_session
    send = session.send
    monkeypatch.setattr(session, "send", lambda request: between.carry(request, lambda: send(request)))
    # The pauses between botocore's own tries.
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _seconds: None)
    return between


def entries(api: Api) -> list[str]:
    return [record.type.value for record in api.journal(CUSTOMER) if isinstance(record, JournalRecord)]


@pytest.mark.parametrize("fault", [answer_lost, connection_cut], ids=["lost", "cut"])
def test_an_answer_lost_once_is_asked_for_again_with_the_same_token(api: Api, network: Network, fault: Fault) -> None:
    network.breaks(WRITE, fault)
    answer = api.purchase(CUSTOMER, 100)
    assert answer.status == 201
    first, second = network.requests
    assert first == second
    assert first["ClientRequestToken"]
    assert api.points(CUSTOMER) == (100, 0, 0)
    api.assert_books_agree(CUSTOMER)


def test_when_every_answer_is_lost_the_caller_is_told_to_come_again(api: Api, network: Network) -> None:
    network.breaks(WRITE, *[answer_lost] * 3)
    answer = api.purchase(CUSTOMER, 100, key="a key")
    assert answer.refusal == (503, "ServiceUnavailable")
    assert answer.headers["Retry-After"] == "1"
    assert api.points(CUSTOMER) == (100, 0, 0)


@pytest.mark.parametrize("name", ["key", "purchase_id", "both"])
def test_the_call_again_finds_what_it_did_and_pays_once(api: Api, network: Network, name: str) -> None:
    order = {"value": 100, **({"purchase_id": "order-1"} if name != "key" else {})}
    key = "a key" if name != "purchase_id" else None
    network.breaks(WRITE, *[answer_lost] * 3)
    assert api.emit(CUSTOMER, order=order, key=key).status == 503
    again = api.emit(CUSTOMER, order=order, key=key)
    assert again.status == 201
    assert again.replayed
    assert api.event(again.data["id"]).data == again.data
    assert api.points(CUSTOMER) == (100, 0, 0)
    assert len(api.journal(CUSTOMER)) == 1
    api.assert_books_agree(CUSTOMER)


def test_what_never_arrived_is_done_by_the_call_again(api: Api, network: Network) -> None:
    network.breaks(WRITE, *[never_arrived] * 3)
    assert api.purchase(CUSTOMER, 100, key="a key").status == 503
    again = api.purchase(CUSTOMER, 100, key="a key")
    assert again.status == 201
    assert not again.replayed
    assert api.points(CUSTOMER) == (100, 0, 0)


def test_a_lost_answer_to_spending_spends_once(api: Api, network: Network) -> None:
    api.purchase(CUSTOMER, 100)
    network.breaks(WRITE, *[answer_lost] * 3)
    assert api.spend(CUSTOMER, 100, key="a key").status == 503
    # The balance is gone, and still the first answer outranks that.
    again = api.spend(CUSTOMER, 100, key="a key")
    assert (again.status, again.replayed) == (201, True)
    assert api.points(CUSTOMER) == (0, 0, 0)
    api.assert_books_agree(CUSTOMER)


@pytest.mark.parametrize("ending", ["fulfil", "reverse", "cancel"])
def test_an_ending_whose_answer_was_lost_happens_once(api: Api, network: Network, ending: str) -> None:
    event = api.purchase(CUSTOMER, 100, fulfilled=ending == "reverse").data["id"]
    acts: dict[str, Callable[[str], Answer]] = {"fulfil": api.fulfil, "reverse": api.reverse, "cancel": api.reverse}
    network.breaks(WRITE, *[answer_lost] * 3)
    assert acts[ending](event).status == 503
    again = acts[ending](event)
    assert again.status == 200
    assert again.data == api.event(event).data
    assert len(entries(api)) == 1
    assert api.points(CUSTOMER) == ((100 if ending == "fulfil" else 0), 0, 0)
    api.assert_books_agree(CUSTOMER)


def test_an_extension_to_a_time_whose_answer_was_lost_happens_once(api: Api, network: Network) -> None:
    event = api.purchase(CUSTOMER, 100, fulfilled=False).data["id"]
    until = format_instant(datetime.now(UTC) + timedelta(days=10))
    network.breaks(WRITE, *[answer_lost] * 3)
    assert api.extend(event, reserve_until=until).status == 503
    again = api.extend(event, reserve_until=until)
    assert (again.status, again.data["reservation_expires_at"]) == (200, until)
    assert entries(api) == ["EXTENDED"]
    api.assert_books_agree(CUSTOMER)


def test_the_first_answer_comes_again_whatever_happened_since(api: Api) -> None:
    api.purchase(CUSTOMER, 100)
    redeem = [{"id": "points", "amount": 100}]
    first = api.purchase(CUSTOMER, 50, fulfilled=False, redeem=redeem, key="a key")
    acts: list[Callable[[str], Answer]] = [lambda event: api.extend(event, reserve=1), api.fulfil]
    for act in acts:
        assert act(first.data["id"]).status == 200
        assert api.purchase(CUSTOMER, 50, fulfilled=False, redeem=redeem, key="a key").text == first.text
    assert api.call("delete_campaign", path={"id": "dollar"}).status in (200, 204)
    assert api.call("delete_reward", path={"id": "points"}).status in (200, 204)
    assert api.reverse(first.data["id"]).status == 200
    again = api.purchase(CUSTOMER, 50, fulfilled=False, redeem=redeem, key="a key")
    assert (again.text, again.replayed) == (first.text, True)


@pytest.mark.parametrize("fault", BUSY.values(), ids=BUSY)
@pytest.mark.parametrize("operation", [WRITE, "BatchGetItem"])
def test_a_busy_store_is_asked_again(api: Api, network: Network, operation: str, fault: Fault) -> None:
    network.breaks(operation, fault, fault)
    assert api.purchase(CUSTOMER, 100).status == 201
    assert len(network.requests) == 3
    assert api.points(CUSTOMER) == (100, 0, 0)


@pytest.mark.parametrize("fault", BUSY.values(), ids=BUSY)
def test_a_store_that_stays_busy_for_a_read_is_a_503(api: Api, network: Network, fault: Fault) -> None:
    api.purchase(CUSTOMER, 100)
    network.breaks(READ, *[fault] * 3)
    answer = api.wallet(CUSTOMER)
    assert answer.refusal == (503, "ServiceUnavailable")
    assert answer.headers["Retry-After"] == "1"
    assert api.wallet(CUSTOMER).status == 200


@pytest.mark.parametrize(
    "fault", [THROTTLED, IN_CONFLICT, THROTTLED_INSIDE], ids=["throttled", "in conflict", "throttled inside"]
)
def test_a_transaction_that_is_turned_away_is_decided_anew(api: Api, network: Network, fault: Fault) -> None:
    network.breaks(WRITE, *[fault] * 5)
    assert api.purchase(CUSTOMER, 100).status == 201
    assert not network.faults
    assert len(api.journal(CUSTOMER)) == 1
    assert api.points(CUSTOMER) == (100, 0, 0)


def test_a_store_that_stays_busy_for_writes_is_a_503(
    api: Api, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "RETRY_SECONDS", 0.2)
    network.breaks(WRITE, *[IN_CONFLICT] * 1000)
    answer = api.purchase(CUSTOMER, 100, key="a key")
    assert answer.refusal == (503, "ServiceUnavailable")
    network.breaks(WRITE)
    again = api.purchase(CUSTOMER, 100, key="a key")
    assert (again.status, again.replayed) == (201, False)
    assert api.points(CUSTOMER) == (100, 0, 0)


@pytest.mark.parametrize("fault", BUSY.values(), ids=BUSY)
def test_a_store_that_fails_every_write_is_a_503_and_the_call_again_is_one_event(
    api: Api, network: Network, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    monkeypatch.setattr(table, "RETRY_SECONDS", 0.2)
    network.breaks(WRITE, *[fault] * 1000)
    assert api.purchase(CUSTOMER, 100, key="a key").refusal == (503, "ServiceUnavailable")
    network.breaks(WRITE)
    assert api.purchase(CUSTOMER, 100, key="a key").status == 201
    assert api.points(CUSTOMER) == (100, 0, 0)
    api.assert_books_agree(CUSTOMER)


def test_a_batch_answered_in_part_is_asked_for_the_rest(api: Api, network: Network) -> None:
    api.purchase(CUSTOMER, 100)

    def in_part(request: Any, send: Callable[[], Any]) -> Any:
        answer = json.loads(send().content)
        ((name, asked),) = json.loads(request.body)["RequestItems"].items()
        (kept, *left) = asked["Keys"]
        found = [item for item in answer["Responses"][name] if item["sk"] == kept["sk"]]
        body = {
            "Responses": {name: found},
            "UnprocessedKeys": {name: {"Keys": left, "ConsistentRead": True}},
        }
        return AWSResponse(request.url, 200, HTTPHeaders(), _Raw(json.dumps(body).encode()))

    network.breaks("BatchGetItem", in_part)
    published._known.clear()  # so that the brand is read along
    answer = api.purchase(CUSTOMER, 100)
    assert answer.status == 201
    asked = [table["Keys"] for one in network.requests for table in one["RequestItems"].values()]
    assert [len(keys) for keys in asked] == [2, 1, 1]
    assert api.points(CUSTOMER) == (200, 0, 0)


def test_a_deadline_that_could_not_be_settled_is_delivered_again(api: Api, network: Network) -> None:
    now = datetime.now(UTC)
    held = api.emit_at(now - timedelta(days=2), CUSTOMER, fulfilled=False, order={"value": 10}).event_id
    record = removed(keys.hold_deadline(api.brand, CUSTOMER, held))
    network.breaks(READ, *[never_arrived] * 3)
    assert deliver(record) == [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]
    assert deliver(record) == []
    assert entries(api) == ["EXPIRED"]


def test_a_deadline_settled_without_an_answer_is_settled_once(api: Api, network: Network) -> None:
    now = datetime.now(UTC)
    held = api.emit_at(now - timedelta(days=2), CUSTOMER, fulfilled=False, order={"value": 10}).event_id
    record = removed(keys.hold_deadline(api.brand, CUSTOMER, held))
    network.breaks(WRITE, *[answer_lost] * 3)
    assert deliver(record) == [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}]
    assert deliver(record) == []
    assert entries(api) == ["EXPIRED"]
    api.assert_books_agree(CUSTOMER)
