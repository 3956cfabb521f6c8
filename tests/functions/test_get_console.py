"""get_console: the console as a page, for anyone; it runs what it brought along, and reaches this stack alone."""

import base64
import gzip
import hashlib
import re

import pytest

from tests.support.backend import Backend

MOST_BYTES = 250_000


@pytest.fixture
def page(empty: Backend) -> str:
    return empty.call("get_console").text


def test_it_is_answered_without_a_key_and_may_be_kept(empty: Backend) -> None:
    with empty.nothing_changes():
        answer = empty.call("get_console")
    assert answer.status == 200
    assert answer.text.startswith("<!doctype html>")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert len(gzip.compress(answer.text.encode())) <= MOST_BYTES


def test_its_policy_allows_its_script_its_style_and_calls_of_this_stack_and_nothing_else(empty: Backend) -> None:
    answer = empty.call("get_console")
    policy = {name: values for name, *values in map(str.split, answer.headers["Content-Security-Policy"].split(";"))}
    for part in ("script", "style"):
        ((attributes, content),) = re.findall(rf"<{part}([^>]*)>(.*?)</{part}>", answer.text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert (attributes, policy[f"{part}-src"]) == ("", [f"'sha256-{digest}'"])
    assert policy["connect-src"] == ["'self'"]
    assert policy["img-src"] == ["data:"]
    nothing = ("default-src", "base-uri", "form-action", "frame-ancestors", "trusted-types")
    assert all(policy[name] == ["'none'"] for name in nothing)
    assert policy["require-trusted-types-for"] == ["'script'"]
    assert not re.search(r"https?:|unsafe|\*", answer.headers["Content-Security-Policy"])


def test_nothing_of_it_lies_elsewhere(page: str) -> None:
    markup = re.sub(r"<(script|style)>.*?</\1>", "", page, flags=re.DOTALL)
    assert not re.search(r"(src|href)=\"(?!data:)", markup)
    assert not re.search(r"@import|url\(", page)
    # Addresses in the script are names of XML and of documents, which nothing loads.
    assert set(re.findall(r"https?://[\w.]+", page)) <= {"http://www.w3.org", "https://json", "https://yaml.org"}
