"""What is written by hand of clients/python: the key's header, one idempotency key a call, and bounded retries."""

import json
import re
import time
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from types import ModuleType
from typing import Any

import anyio
import httpx
import pytest

from earnest_client import EarnestClient, client
from earnest_client.generated import AuthenticatedClient
from earnest_client.generated.api.batches_of_events import track_events
from earnest_client.generated.api.events import emit_event, get_event
from earnest_client.generated.api.marketing_tools import assign_hot_points, get_trace
from earnest_client.generated.api.reading import get_wallet
from earnest_client.generated.api.setting_up import create_key, delete_campaign, put_brand
from earnest_client.generated.errors import UnexpectedStatus
from earnest_client.generated.models import (
    AssignPointsRequest,
    BrandSettings,
    CreateApiKeyRequest,
    CreateApiKeyRequestScopesItem,
    EmitEventRequest,
    InsufficientBalanceError,
    TooManyRequests,
    TrackEventsV4RequestType0,
    UserNotFoundError,
    WalletDataResponse,
)
from earnest_client.generated.operations import OPERATIONS
from tests.support.published import description

URL, KEY = "https://stack/v1", "ek_demo"
PURCHASE = EmitEventRequest(brand_id="demo", customer_id="ada", type_="PURCHASE")
NEW_KEY = CreateApiKeyRequest(name="Till 7", scopes=[CreateApiKeyRequestScopesItem.EVENTSWRITE])
WALLET: dict[str, object] = {"data": {"totals": [], "lines": []}}
NOTHING = httpx.Response(204)

type Made = httpx.Response | httpx.TransportError
type Answers = Callable[..., "Script"]


def refusal(status: int, code: str, **headers: str) -> httpx.Response:
    body = {"statusCode": status, "code": code, "message": "no", "details": {"fields": []}, "requestId": "r"}
    return httpx.Response(status, json=body, headers={name.replace("_", "-"): text for name, text in headers.items()})


def throttled(**headers: str) -> httpx.Response:
    return refusal(429, "TooManyRequests", **headers)


def unavailable(**headers: str) -> httpx.Response:
    return refusal(503, "ServiceUnavailable", **headers)


def lost() -> httpx.TransportError:
    return httpx.ReadError("gone")


def wallet() -> httpx.Response:
    return httpx.Response(200, json=WALLET)


def finish[T](call: Coroutine[Any, Any, T]) -> T:
    """What a coroutine returns that waits for nothing; there is no loop, which would open a socket."""
    with pytest.raises(StopIteration) as done:
        call.send(None)
    value: T = done.value.value
    return value


class Script:
    """A client that gets these answers in turn, blocking or awaited, and what it sent and waited."""

    def __init__(self, answers: tuple[Made, ...], *, is_async: bool, waits: list[float], **options: Any) -> None:
        self.left = list(answers)
        self.sent: list[httpx.Request] = []
        self.waits = waits
        self.is_async = is_async
        transport = httpx.MockTransport(self._answer)
        self.client: AuthenticatedClient = EarnestClient(URL, KEY, httpx_args={"transport": transport}, **options)

    def call(self, endpoint: ModuleType, *args: object, **more: object) -> Any:
        if self.is_async:
            return finish(endpoint.asyncio_detailed(*args, client=self.client, **more))
        return endpoint.sync_detailed(*args, client=self.client, **more)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        # Copies: of the request as of then, and of an answer that sync and async tests share.
        self.sent.append(httpx.Request(request.method, request.url, headers=request.headers, content=request.content))
        assert self.left, "sent once too often"
        answer = self.left.pop(0)
        if isinstance(answer, httpx.Response):
            return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)
        raise answer

    @property
    def keys(self) -> list[str | None]:
        return [one.headers.get("Idempotency-Key") for one in self.sent]


@pytest.fixture(params=["sync", "async"])
def answers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Answers:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(time, "sleep", waits.append)
    monkeypatch.setattr(anyio, "sleep", sleep)
    monkeypatch.setattr(client, "uniform", lambda low, high: (low + high) / 2)
    return lambda *given, **options: Script(given, is_async=request.param == "async", waits=waits, **options)


def test_a_call_has_one_key_in_all_its_retries_and_the_next_call_another(answers: Answers) -> None:
    refused = refusal(422, "InsufficientBalanceError")
    script = answers(throttled(), unavailable(), refusal(500, "InternalError"), lost(), refused, refused)
    script.call(emit_event, body=PURCHASE)
    script.call(emit_event, body=PURCHASE)
    *retries, last = script.keys
    assert len(retries) == 5
    (key,) = set(retries)
    assert key
    assert re.fullmatch(r"[0-9a-f-]{36}", key)
    assert last not in (None, key)
    assert {one.content for one in script.sent} == {json.dumps(PURCHASE.to_dict(), separators=(",", ":")).encode()}


def test_a_key_that_the_caller_gives_is_the_key(answers: Answers) -> None:
    script = answers(unavailable(), throttled(), unavailable(), throttled(), retries=1)
    script.call(emit_event, body=PURCHASE, idempotency_key="mine")
    named = AssignPointsRequest(source="app", points_earned=5, user_id="ada", idempotency_key="mine")
    script.call(assign_hot_points, body=named)
    assert script.keys == ["mine", "mine", None, None]  # the body has the other one


def test_a_call_that_takes_no_idempotency_key_gets_none(answers: Answers) -> None:
    script = answers(wallet(), throttled(), NOTHING, retries=0)
    script.call(get_wallet, "ada")
    script.call(put_brand, body=BrandSettings(name="Demo"))
    script.call(delete_campaign, "c")
    assert script.keys == [None] * 3


def test_the_table_says_of_every_call_what_the_description_says() -> None:
    wanted = {
        (method.upper(), path): any(one["name"] == "Idempotency-Key" for one in call.get("parameters", ()))
        for path, calls in description()["paths"].items()
        for method, call in calls.items()
    }
    assert {(method, path): is_idempotent for method, path, _, is_idempotent in OPERATIONS} == wanted


def test_each_section_gets_the_key_in_its_own_header_and_no_other(answers: Answers) -> None:
    script = answers(wallet(), throttled(), throttled(), retries=0)
    script.call(get_wallet, "a/b c")
    script.call(track_events, body=TrackEventsV4RequestType0.from_dict({"customerId": "ada", "events": {}}))
    script.call(get_trace, "t")
    sent = [[one.headers.get(name) for name in ("Authorization", "APIKey", "x-api-key")] for one in script.sent]
    assert sent == [["Bearer ek_demo", None, None], [None, "ek_demo", None], [None, None, "ek_demo"]]
    assert script.sent[0].url == "https://stack/v1/customers/a%2Fb%20c/wallet"


def test_retry_after_is_waited_for_and_then_a_little(answers: Answers) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=10), usegmt=True)
    script = answers(throttled(Retry_After="3"), unavailable(Retry_After=date), throttled(Retry_After="soon"), wallet())
    assert script.call(get_wallet, "ada").status_code == 200
    assert script.waits == [3.25, pytest.approx(10, abs=1.5), 1.0]


def test_retries_are_bounded_and_wait_up_to_twice_as_long_each_time(answers: Answers) -> None:
    script = answers(*[throttled() for _ in range(5)])
    assert isinstance(script.call(get_wallet, "ada").parsed, TooManyRequests)
    assert script.waits == [0.25, 0.5, 1, 2]
    script = answers(lost(), lost(), retries=1, longest_wait=0.1)
    with pytest.raises(httpx.ReadError) as failed:
        script.client.get_httpx_client().get("/customers/ada")
    assert (len(script.sent), script.waits[-1]) == (2, 0.1)
    assert failed.value.request.url == "https://stack/v1/customers/ada"


def test_an_answer_that_asks_for_a_longer_wait_than_allowed_comes_back_at_once(answers: Answers) -> None:
    script = answers(throttled(Retry_After="31"))
    assert script.call(get_wallet, "ada").status_code == 429
    assert script.waits == []


@pytest.mark.parametrize(
    ("trouble", "is_sent_again"),
    [
        (throttled(), True),
        (httpx.ConnectError("refused"), True),
        (httpx.ConnectTimeout("slow"), True),
        (unavailable(), False),
        (lost(), False),
        (httpx.ReadTimeout("slow"), False),
    ],
    ids=str,
)
def test_what_cannot_be_recognised_is_sent_again_only_if_nothing_was_done(
    answers: Answers, trouble: Made, is_sent_again: bool
) -> None:
    script = answers(trouble, throttled(Retry_After="99"))
    try:
        status = int(script.call(create_key, body=NEW_KEY).status_code)
    except httpx.TransportError:
        status = 0
    assert (status == 429, len(script.sent)) == (is_sent_again, 1 + is_sent_again)


@pytest.mark.parametrize("error", [httpx.UnsupportedProtocol("no"), httpx.LocalProtocolError("no")], ids=str)
def test_a_request_that_cannot_be_sent_at_all_fails_at_once(answers: Answers, error: httpx.TransportError) -> None:
    script = answers(error)
    with pytest.raises(type(error)):
        script.client.get_httpx_client().get("/customers/ada")
    assert len(script.sent) == 1


def test_answers_and_errors_have_types_of_their_own(answers: Answers) -> None:
    script = answers(
        wallet(),
        refusal(404, "UserNotFoundError"),
        refusal(422, "InsufficientBalanceError"),
        throttled(Retry_After="99"),
    )
    assert isinstance(script.call(get_wallet, "ada").parsed, WalletDataResponse)
    assert isinstance(script.call(get_wallet, "ada").parsed, UserNotFoundError)
    assert isinstance(script.call(emit_event, body=PURCHASE).parsed, InsufficientBalanceError)
    assert isinstance(script.call(get_event, "e").parsed, TooManyRequests)


def test_an_error_of_somebody_in_between_is_raised(answers: Answers) -> None:
    script = answers(httpx.Response(403, text="<html>"), httpx.Response(418, json={}))
    for status in (403, 418):
        with pytest.raises(UnexpectedStatus) as raised:
            script.call(get_wallet, "ada")
        assert raised.value.status_code == status


def test_a_request_that_is_made_of_json_keeps_what_it_has() -> None:
    body = {"source": "app", "pointsEarned": 5, "email": "ada@example.com", "reference": "r", "rewardId": "points"}
    assert AssignPointsRequest.from_dict(body).to_dict() == body


def test_a_client_does_not_show_its_key() -> None:
    assert repr(EarnestClient(URL, KEY)) == f"EarnestClient({URL!r})"


def test_a_client_with_other_headers_goes_on_retrying(answers: Answers) -> None:
    script = answers(throttled(), wallet())
    script.client = script.client.with_headers({"X-Till": "7"})
    assert script.call(get_wallet, "ada").status_code == 200
    assert [one.headers["X-Till"] for one in script.sent] == ["7", "7"]
