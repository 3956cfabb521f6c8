"""docs/braze.md and docs/brame.md against what is: headers, stage, codes with their statuses."""

import re
from collections.abc import Iterator

import pytest

from loyalty.domain.errors import LoyaltyError
from loyalty.store.keys import TRACES_KEPT
from tests.support.project import resources, routes, template
from tests.support.published import codes, operations
from tests.support.webhooks import PAGES, Webhook, rows, section, webhook

WEBHOOKS = [
    ("braze.md", "Offer"),
    ("braze.md", "Points"),
    ("braze.md", "Event"),
    ("brame.md", "Offer prize"),
    ("brame.md", "Points prize"),
]
each_webhook = pytest.mark.parametrize("hook", [webhook(*one) for one in WEBHOOKS], ids=[one[1] for one in WEBHOOKS])
ANSWERS = [
    (row[0].split(", "), row[1].strip("`"), row[2]) for row in rows("braze.md", "What each answer makes Braze do")
]


def ours(kind: type[LoyaltyError] = LoyaltyError) -> Iterator[tuple[str, int]]:
    """Every code of the functions with its status."""
    for one in kind.__subclasses__():
        yield one.__name__, one.status
        yield from ours(one)


def the_gateways() -> Iterator[tuple[str, int]]:
    """Every code that the gateway answers by itself, with its status."""
    (api,) = resources("AWS::Serverless::Api").values()
    for response in api["GatewayResponses"].values():
        (code,) = re.findall(r'"code": "(\w+)"', response["ResponseTemplates"]["application/json"])
        yield code, response["StatusCode"]


def test_every_webhook_of_the_pages_is_known_here() -> None:
    shown = [
        (page, title)
        for page in ("braze.md", "brame.md")
        for title in re.findall(r"^## (.+)\n\n\|[^\n]*\| value \|", (PAGES / page).read_text(), re.MULTILINE)
    ]
    assert shown == WEBHOOKS


@each_webhook
def test_a_webhook_is_posted_as_json_and_only_a_header_has_the_key(hook: Webhook) -> None:
    assert hook.method == "POST"
    assert hook.headers["Content-Type"] == "application/json"
    assert [value for name, value in hook.headers.items() if name != "Content-Type"] == ["YOUR-KEY"]
    assert "KEY" not in hook.body + hook.url
    assert hook.url == f"https://YOUR-HOST/{template()['Parameters']['Stage']['Default']}{hook.path}"


def test_the_page_has_each_code_with_its_status_that_a_webhook_can_be_answered() -> None:
    real = {**dict(ours()), **dict(the_gateways())}
    shown = {code: int(status) for (status, *_), code, _ in ANSWERS if code}
    assert shown == {code: real[code] for code in shown}
    described = [codes(webhook("braze.md", title).function) for title in ("Offer", "Points", "Event")]
    answered = {code for answers in described for found in answers.values() for code in found}
    assert shown.keys() == answered | {code for code, _ in the_gateways()}


def test_no_call_of_a_marketing_tool_is_answered_with_a_conflict_or_sent_elsewhere() -> None:
    called = {name for name, _, path in routes() if path.startswith(("/bulk-action/", "/integrations/", "/traces/"))}
    assert len(called) == 8
    answers = {int(status) for name in called for status in operations()[name]["responses"]}
    answers |= {status for _, status in the_gateways()}
    assert answers & {200, 202, 400, 503} == {200, 202, 400, 503}
    assert not [status for status in answers if status == 409 or 300 <= status < 400]


def test_the_pages_say_how_long_a_key_is_remembered() -> None:
    days = f"{TRACES_KEPT.days} days"
    assert days in section("braze.md", "Retries are safe")
    assert days in section("brame.md", "Points prize")


def test_the_page_says_of_each_status_what_braze_documents() -> None:
    for statuses, _, does in ANSWERS:
        for status in map(int, statuses):
            again = status in (408, 429) or status >= 500
            assert does == (
                "counts it as received" if status < 300 else "tries again" if again else "drops the message"
            )


def test_the_log_table_has_what_the_gateway_says_of_keys() -> None:
    (api,) = resources("AWS::Serverless::Api").values()
    refusal = api["GatewayResponses"]["UNAUTHORIZED"]["ResponseTemplates"]["application/json"]
    assert re.findall(r'"message": "([^"]*)"', refusal) == [
        text.strip("`") for text, what in rows("braze.md", "Reading the log") if what == "the header's name, or the key"
    ]
