"""Webhooks: real receivers on loopback with the published verifier, which fail, hang, redirect and lie about names."""

import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

import pytest
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from earnest.commands.redrive import begun_anew
from loyalty import receivers
from loyalty.domain.feed.addresses import is_allowed, target_of
from loyalty.domain.feed.messages import MessageType
from loyalty.domain.feed.webhooks import MAX_DELIVERY_ATTEMPTS, pause_after
from loyalty.services import webhooks
from loyalty.settings import settings
from loyalty.store import webhooks as store
from loyalty.store.codec import to_digits
from tests.functions.test_change_feed import Feed
from tests.support.backend import Backend
from tests.support.documentation import DOCS, rows
from tests.support.samples import body_of, sample

Json = dict[str, Any]
post = receivers.post
resolve = receivers.resolve


class Receiver:
    """An HTTP server on this machine that verifies what it gets; `answer` says what to do with each request."""

    def __init__(self) -> None:
        self.secret = ""
        self.taken: list[tuple[str, str]] = []
        self.requests = 0
        self.status = iter(lambda: 204, None)
        self.wait = 0.0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver.requests += 1
                length = int(self.headers["Content-Length"])
                body = self.rfile.read(length).decode()
                if len(body) < length:  # whoever has no more time for an answer has none for the rest either
                    return
                time.sleep(receiver.wait)
                status = next(receiver.status)
                if status < 300:
                    Verifier(receiver.secret).verify(body, dict(self.headers))
                    receiver.taken.append((self.headers["webhook-id"], body))
                self.send_response(status)
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server.server_port}/hooks?a=1"


@pytest.fixture
def loopback(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> Backend:
    """A backend that tells receivers on this machine, as its clock is the machine's."""
    monkeypatch.setenv("WEBHOOK_TARGETS", "loopback")
    settings.cache_clear()
    monkeypatch.setattr(receivers, "post", post)
    monkeypatch.setattr(receivers, "resolve", resolve)
    backend.now = datetime.now(UTC).replace(microsecond=0)
    return backend


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver that takes what it gets."""
    made = Receiver()
    yield made
    made.server.shutdown()
    made.server.server_close()


def set_up(backend: Backend, receiver: Receiver, webhook_id: str = "crm", events: list[str] | None = None) -> None:
    """Let a webhook lead to that receiver."""
    body = {"url": receiver.url, "events": events or ["*"]}
    receiver.secret = backend.call("put_webhook", body, path={"id": webhook_id}).data["secret"]
    store._known.clear()


def test_the_secret_is_told_once_and_nowhere_else(backend: Backend) -> None:
    new = backend.call("put_webhook").data
    assert new["secret"].startswith("whsec_")
    again = backend.call("put_webhook", {**body_of("put_webhook"), "events": ["event.expired"]}).data
    assert again["secret"] is None
    assert again["events"] == ["event.expired"]
    (stored,) = [item for item in backend.stored() if item["sk"]["S"] == "WEBHOOK#crm"]
    assert new["secret"].removeprefix("whsec_") in stored["document"].get("S", "") or "B" in stored["document"]
    for function in ("get_webhook", "list_webhooks", "list_audit"):
        assert new["secret"] not in backend.call(function).text
    audit = backend.call("list_audit").body["data"]
    assert [(one["kind"], one["id"]) for one in audit[:2]] == [("webhook", "crm")] * 2
    assert audit[0]["before"]["events"] == body_of("put_webhook")["events"]


def test_a_webhook_that_was_deleted_and_made_again_has_another_secret(backend: Backend) -> None:
    first = backend.call("put_webhook").data["secret"]
    assert backend.call("delete_webhook").status == 204
    assert backend.call("get_webhook").refusal == (404, "WebhookNotFoundError")
    assert backend.call("delete_webhook").refusal == (404, "WebhookNotFoundError")
    assert backend.call("put_webhook").data["secret"] not in (first, None)


def test_a_brand_has_ten_webhooks_at_most(backend: Backend) -> None:
    for i in range(10):
        assert backend.call("put_webhook", path={"id": f"w{i}"}).status == 200
    assert backend.call("put_webhook", path={"id": "w10"}).fields == ["id"]
    assert backend.call("put_webhook", path={"id": "w9"}).status == 200
    assert len(backend.call("list_webhooks", query={"limit": "100"}).body["data"]) == 10


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.com/",
        "ftp://hooks.example.com/",
        "hooks.example.com",
        "https://",
        "https:///hooks",
        "https://name:secret@hooks.example.com/",
        "https://hooks.example.com/#part",
        "https://hooks.example.com:0/",
        "https://hooks.example.com:99999/",
        "https://hooks.example.com/a b",
        "https://hooks.example.com\\@127.0.0.1/",
        "https://hooks.example.com/\u00e4",
        "https://127.0.0.1/",
        "https://10.1.2.3/",
        "https://172.16.0.1/",
        "https://192.168.0.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "https://[::1]/",
        "https://[fe80::1]/",
        "https://[fd00:ec2::254]/",
        "https://[::ffff:169.254.169.254]/",
        "https://[64:ff9b::a9fe:a9fe]/",
        "https://[2002:a9fe:a9fe::1]/",
    ],
)
def test_a_url_that_leads_nowhere_public_is_refused_at_write(backend: Backend, url: str) -> None:
    with backend.nothing_changes():
        answer = backend.call("put_webhook", {**body_of("put_webhook"), "url": url})
        assert answer.refusal == (400, "ValidationError")
        assert answer.fields == ["url"]


@pytest.mark.parametrize("address", ["127.0.0.1", "169.254.169.254", "10.0.0.1", "::1", "fd00:ec2::254"])
@pytest.mark.parametrize("host", ["localhost", "metadata.google.internal", "127.1", "2130706433", "rebind.example"])
def test_a_name_that_leads_to_a_private_address_is_refused_at_write(
    backend: Backend, monkeypatch: pytest.MonkeyPatch, host: str, address: str
) -> None:
    monkeypatch.setattr(receivers, "resolve", lambda *_: ["93.184.215.14", address])
    answer = backend.call("put_webhook", {**body_of("put_webhook"), "url": f"https://{host}/hooks"})
    assert answer.fields == ["url"]
    assert "private" in answer.body["message"]


def test_a_name_that_leads_elsewhere_by_the_time_of_delivery_is_not_connected_to(
    loopback: Backend, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the name said when it was set up, and whatever it says to whoever asks twice."""
    set_up(loopback, receiver)
    monkeypatch.setenv("WEBHOOK_TARGETS", "public")
    settings.cache_clear()
    answers = count()
    monkeypatch.setattr(receivers, "resolve", lambda *_: ["127.0.0.1"] if next(answers) else ["93.184.215.14"])
    url = f"https://rebind.example:{receiver.server.server_port}/"
    receivers.refuse_if_private(receivers.target(url), 1)
    reply = receivers.post(url, {}, "{}", 1)
    assert (reply.status, reply.error) == (None, "the URL leads to a private, local or reserved address")
    # Even a resolver that tells of a public address and a connection that leads to this machine.
    monkeypatch.setattr(receivers, "resolve", lambda *_: ["93.184.215.14"])
    connect = socket.create_connection
    port = receiver.server.server_port
    monkeypatch.setattr(socket, "create_connection", lambda *_: connect(("127.0.0.1", port)))
    assert "private" in (receivers.post(url, {}, "{}", 1).error or "")
    assert receiver.requests == 0


def test_what_stands_in_an_address_counts_as_an_address() -> None:
    for address in ("8.8.8.8", "2606:4700::1111"):
        assert is_allowed(address, loopback=False)
    for address in ("127.0.0.1", "::1"):
        assert is_allowed(address, loopback=True)
    for address in ("10.0.0.1", "169.254.169.254", "fe80::1"):
        assert not is_allowed(address, loopback=True)
    assert target_of("https://a.example:8443/x?y=1", loopback=False) == ("a.example", 8443, "/x?y=1", True)
    assert target_of("https://a.example:8443", loopback=False).authority == "a.example:8443"


def test_every_message_is_delivered_signed_and_verified_by_the_published_library(
    loopback: Backend, receiver: Receiver
) -> None:
    set_up(loopback, receiver)
    feed = Feed(loopback)
    loopback.emit(customer="Zoë")
    told = feed.deliver()
    for body in loopback.carrier.to_webhooks:
        assert loopback.deliver_to_webhook(body)
    assert [message_id for message_id, _ in receiver.taken] == [one["id"] for one in told]
    assert [json.loads(body)["type"] for _, body in receiver.taken] == [one["type"] for one in told]
    assert json.loads(receiver.taken[0][1])["data"]["customer_id"] == "Zoë"
    with pytest.raises(WebhookVerificationError):
        Verifier("whsec_" + "A" * 43 + "=").verify(receiver.taken[0][1], {})
    deliveries = loopback.call("list_deliveries").body["data"]
    assert {(one["delivered"], one["status"], one["error"]) for one in deliveries} == {(True, 204, None)}
    assert sorted(one["message_id"] for one in deliveries) == sorted(one["id"] for one in told)


def test_a_webhook_gets_what_it_wants_of_its_own_brand(loopback: Backend, receiver: Receiver) -> None:
    set_up(loopback, receiver, events=["points.granted", "event.expired"])
    loopback.call("put_webhook", {**body_of("put_webhook"), "url": receiver.url, "active": False}, path={"id": "off"})
    feed = Feed(loopback)
    loopback.emit()
    feed.deliver()
    queued = [json.loads(body) for body in loopback.carrier.to_webhooks]
    assert [(one["webhook_id"], one["type"]) for one in queued] == [("crm", "points.granted")]


def test_what_is_not_taken_is_put_off_longer_each_time_for_three_days_and_listed(
    loopback: Backend, receiver: Receiver
) -> None:
    set_up(loopback, receiver, events=["points.granted"])
    feed = Feed(loopback)
    loopback.emit()
    feed.deliver()
    (body,) = loopback.carrier.to_webhooks
    receiver.status = iter([500, 302, 404, 204])
    loopback.wait(minutes=-3)  # receivers take what was signed five minutes ago, or is within five minutes
    for attempt in (1, 2, 3):
        assert not loopback.deliver_to_webhook(body)
        body, delay = loopback.carrier.delayed.pop()
        assert delay == pause_after(attempt).total_seconds() <= 900
        loopback.wait(seconds=delay)
    assert loopback.deliver_to_webhook(body)
    assert receiver.requests == 4
    assert loopback.carrier.hidden == {}, "what is hidden is in flight, of which a queue has only so many"
    listed = loopback.call("list_deliveries").body["data"]
    assert [(one["attempt"], one["status"], one["delivered"]) for one in listed] == [
        (4, 204, True),
        (3, 404, False),
        (2, 302, False),
        (1, 500, False),
    ]
    assert [one["next_attempt_at"] is None for one in listed] == [True, False, False, False]
    pages = loopback.call("list_deliveries", query={"limit": "3"}).body
    rest = loopback.call("list_deliveries", query={"limit": "3", "cursor": pages["next_cursor"]}).body
    assert pages["data"] + rest["data"] == listed
    total = sum(pause_after(attempt).total_seconds() for attempt in range(1, MAX_DELIVERY_ATTEMPTS + 1))
    assert 3 * 86400 <= total <= 3.1 * 86400


def test_a_pause_that_is_longer_than_a_queue_delays_is_several(loopback: Backend, receiver: Receiver) -> None:
    set_up(loopback, receiver, events=["points.granted"])
    feed = Feed(loopback)
    loopback.emit()
    feed.deliver()
    (body,) = loopback.carrier.to_webhooks
    loopback.wait(seconds=-pause_after(4).total_seconds())
    began = loopback.now
    later = json.dumps({**json.loads(body), "attempt": 5, "due": to_digits(began + pause_after(4))})
    hops = 0
    while not loopback.deliver_to_webhook(later):
        (again, delay), hops = loopback.carrier.delayed.pop(), hops + 1
        assert json.loads(again) == json.loads(later)
        loopback.wait(seconds=delay)
    assert (loopback.now - began, hops) == (pause_after(4), 2)
    assert receiver.requests == 1


def test_a_message_of_a_webhook_that_is_not_there_is_dropped(backend: Backend) -> None:
    assert backend.run("on_delivery_due", sample("on_delivery_due")) == {"batchItemFailures": []}


def test_the_last_attempt_is_set_aside_and_what_was_deleted_is_dropped(loopback: Backend, receiver: Receiver) -> None:
    set_up(loopback, receiver, events=["points.granted"])
    feed = Feed(loopback)
    loopback.emit()
    feed.deliver()
    (body,) = loopback.carrier.to_webhooks
    receiver.status = iter([500])
    last = json.dumps({**json.loads(body), "attempt": MAX_DELIVERY_ATTEMPTS, "due": to_digits(loopback.now)})
    for receives in range(1, MAX_DELIVERY_ATTEMPTS + 1):
        assert not loopback.deliver_message(last, receives, receipt="last"), "the queue sets it aside"
        assert loopback.carrier.hidden["last"] == 0
    assert loopback.call("list_deliveries").body["data"][0]["next_attempt_at"] is None
    assert receiver.requests == 1, "nothing is sent meanwhile"
    assert json.loads(begun_anew(last)) == json.loads(body), "as it is put back"
    assert loopback.call("delete_webhook").status == 204
    assert loopback.deliver_to_webhook(body)
    assert receiver.requests == 1


def test_what_waits_is_sent_as_the_webhook_is_set_up_by_then(loopback: Backend, receiver: Receiver) -> None:
    set_up(loopback, receiver, events=["points.granted", "event.stored"])
    feed = Feed(loopback)
    loopback.emit()
    feed.deliver()
    waiting = list(loopback.carrier.to_webhooks)
    receiver.status = iter([500, 500])
    assert not any(loopback.deliver_to_webhook(body) for body in waiting)
    receiver.status = iter(lambda: 204, None)
    assert loopback.call("delete_webhook").status == 204
    set_up(loopback, receiver, events=["points.granted"])
    loopback.wait(seconds=10)
    assert all(loopback.deliver_to_webhook(body) for body, _ in loopback.carrier.delayed), "signed with the new secret"
    assert [json.loads(body)["type"] for _, body in receiver.taken] == ["points.granted"]


def test_a_receiver_that_hangs_is_left_after_its_time_and_does_not_delay_another(
    loopback: Backend, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhooks, "TIMEOUT_SECONDS", 0.3)
    other = Receiver()
    set_up(loopback, receiver, "hangs", ["points.granted"])
    set_up(loopback, other, "works", ["points.granted"])
    receiver.wait = 5
    feed = Feed(loopback)
    for _ in range(20):
        loopback.emit()
    feed.deliver()
    began = time.monotonic()
    taken = [loopback.deliver_to_webhook(body) for body in loopback.carrier.to_webhooks]
    assert time.monotonic() - began < 4, "only its first message was waited for"
    assert (taken.count(True), len(other.taken), receiver.requests) == (20, 20, 1)
    (listed,) = loopback.call("list_deliveries", path={"id": "hangs"}).body["data"]
    assert listed["error"] == "no answer within 0 seconds"
    other.server.shutdown()
    other.server.server_close()


def test_a_receiver_that_answers_byte_by_byte_has_no_more_time() -> None:
    listening = socket.create_server(("127.0.0.1", 0))

    def drip() -> None:
        connection, _ = listening.accept()
        with connection, suppress(OSError):
            for char in b"HTTP/1.1 200 OK\r\n" * 100:
                connection.send(bytes([char]))
                time.sleep(0.02)

    dripping = threading.Thread(target=drip, daemon=True)
    dripping.start()
    target = target_of(f"http://127.0.0.1:{listening.getsockname()[1]}/", loopback=True)
    attempt = receivers._Attempt()
    began = time.monotonic()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(receivers, "_loopback", lambda: True)
        with pytest.raises(TimeoutError):
            receivers._within(0.4, lambda: receivers._post(target, {}, b"{}", 0.4, attempt), attempt)
    assert time.monotonic() - began < 1
    dripping.join(10)
    listening.close()


def test_a_receiver_without_a_certificate_that_is_trusted_gets_nothing(loopback: Backend, receiver: Receiver) -> None:
    url = receiver.url.replace("http:", "https:")
    reply = receivers.post(url, {}, "{}", 2)
    assert reply.status is None
    assert "no trusted connection" in (reply.error or "") or "failed" in (reply.error or "")
    assert receiver.requests == 0
    assert receivers._tls().verify_mode is ssl.CERT_REQUIRED
    assert receivers._tls().check_hostname


def test_the_types_are_those_of_the_documentation_and_of_what_webhooks_can_want(backend: Backend) -> None:
    shown = {row[0].strip("`") for row in rows(DOCS / "feed.md") if "." in row[0]}
    assert {one.value for one in MessageType} <= shown
    assert backend.call("put_webhook", {**body_of("put_webhook"), "events": sorted(shown)}).status == 200
    assert backend.call("put_webhook", {**body_of("put_webhook"), "events": ["event.unheard"]}).fields == ["events.0"]


def test_a_test_message_goes_the_way_of_all_others_and_is_listed(loopback: Backend, receiver: Receiver) -> None:
    set_up(loopback, receiver, events=["event.expired"])
    with loopback.nothing_changes():
        answer = loopback.call("send_test_message")
    assert answer.status == 202
    (body,) = loopback.carrier.to_webhooks
    assert loopback.deliver_to_webhook(body)
    ((message_id, payload),) = receiver.taken
    assert message_id == answer.data["message_id"]
    sent = json.loads(payload)
    assert (sent["type"], sent["data"]) == ("webhook.test", {"brand_id": "demo", "webhook_id": "crm"})
    (listed,) = loopback.call("list_deliveries").body["data"]
    assert (listed["message_id"], listed["type"], listed["delivered"]) == (message_id, "webhook.test", True)
    # Each call is a message of its own.
    assert loopback.call("send_test_message", {}).data["message_id"] != message_id
    assert len(loopback.carrier.to_webhooks) == 2


def test_a_webhook_that_is_not_active_can_be_tested_and_is_told_of_nothing_else(
    loopback: Backend, receiver: Receiver
) -> None:
    set_up(loopback, receiver)
    loopback.call("put_webhook", {**body_of("put_webhook"), "url": receiver.url, "active": False})
    assert loopback.call("send_test_message").status == 202
    (body,) = loopback.carrier.to_webhooks
    assert loopback.deliver_to_webhook(body)
    assert not loopback.deliver_to_webhook(json.dumps({**json.loads(body), "type": "event.resolved"}))
    assert len(receiver.taken) == 1


def test_a_test_message_that_is_not_taken_is_listed_and_not_sent_again(loopback: Backend, receiver: Receiver) -> None:
    set_up(loopback, receiver)
    receiver.status = iter([500])
    loopback.call("send_test_message")
    (body,) = loopback.carrier.to_webhooks
    assert loopback.deliver_to_webhook(body), "the queue is rid of it"
    assert loopback.carrier.hidden == {}
    (listed,) = loopback.call("list_deliveries").body["data"]
    assert (listed["delivered"], listed["status"], listed["next_attempt_at"]) == (False, 500, None)


def test_a_test_message_does_not_go_where_no_webhook_may(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receivers, "post", post)
    assert backend.call("put_webhook").status == 200
    monkeypatch.setattr(receivers, "resolve", lambda *_: ["169.254.169.254"])
    assert backend.call("send_test_message").status == 202
    (body,) = backend.carrier.to_webhooks
    assert backend.deliver_to_webhook(body)
    (listed,) = backend.call("list_deliveries").body["data"]
    assert listed["error"] == "the URL leads to a private, local or reserved address"


def test_what_a_test_message_does_not_take_is_refused_and_who_is_not_there_is_a_404(backend: Backend) -> None:
    assert backend.call("send_test_message").refusal == (404, "WebhookNotFoundError")
    assert backend.call("put_webhook").status == 200
    assert backend.call("send_test_message", {"events": ["event.stored"]}).fields == ["events"]
    assert backend.call("send_test_message", headers={"Idempotency-Key": "k"}).fields == ["Idempotency-Key"]
    backend.carrier.broken = True
    assert backend.call("send_test_message").refusal == (503, "ServiceUnavailable")
    assert backend.carrier.to_webhooks == []
