"""What leaves for a queue or a bus, and what their refusals mean."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from loyalty import json, queue
from loyalty.domain.errors import ServiceUnavailable
from loyalty.settings import Settings


class Recorder:
    """A client that keeps what it was asked, and answers as it is told."""

    def __init__(self, answer: Any = None) -> None:
        self.asked: dict[str, Any] = {}
        self.answer = answer

    def send_message(self, **asked: Any) -> Any:
        self.asked = asked
        if isinstance(self.answer, Exception):
            raise self.answer

    def put_events(self, **asked: Any) -> Any:
        self.asked = asked
        return self.answer


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "settings", lambda: Settings("table", queue_url="url", event_bus="bus"))


def use(monkeypatch: pytest.MonkeyPatch, client: Recorder) -> Recorder:
    monkeypatch.setattr(queue, "sqs", lambda: client)
    monkeypatch.setattr(queue, "event_bridge", lambda: client)
    return client


def test_a_message_is_json_that_every_queue_takes_in_the_group_of_its_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    client = use(monkeypatch, Recorder())
    said = {"reference": "Grüße \uffff \x00 \U0001f600"}
    queue.send(said, "demo")
    assert (client.asked["QueueUrl"], client.asked["MessageGroupId"]) == ("url", "demo")
    assert client.asked["MessageBody"].isascii()
    assert json.loads(client.asked["MessageBody"]) == said


@pytest.mark.parametrize(
    ("sender", "group"),
    [("demo", "demo"), ("a shop", "a_shop"), ("Käse", "K_se"), ("x" * 300, "x" * 128), ("a\nb", "a_b")],
)
def test_a_group_has_a_name_that_the_queue_takes(sender: str, group: str) -> None:
    assert queue.message_group(sender) == group


def test_a_queue_that_refuses_means_send_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, Recorder(ClientError({"Error": {"Code": "ServiceUnavailable"}}, "SendMessage")))
    with pytest.raises(ServiceUnavailable):
        queue.send({}, "demo")


def test_an_end_is_said_on_the_stacks_own_bus(monkeypatch: pytest.MonkeyPatch) -> None:
    client = use(monkeypatch, Recorder({"FailedEntryCount": 0}))
    queue.publish("OfferAssignment", {"status": "ASSIGNED"})
    (entry,) = client.asked["Entries"]
    assert (entry["EventBusName"], entry["Source"], entry["DetailType"]) == ("bus", "earnest", "OfferAssignment")
    assert json.loads(entry["Detail"]) == {"status": "ASSIGNED"}


def test_a_bus_that_does_not_take_an_event_means_say_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, Recorder({"FailedEntryCount": 1}))
    with pytest.raises(ServiceUnavailable):
        queue.publish("OfferAssignment", {})
