"""get_docs: the API reference as a page, for anyone; it runs what it brought along and loads nothing else."""

import base64
import hashlib
import json
import re

from earnest.reference import REDOC
from tests.support.backend import Backend
from tests.support.published import description

_SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<content>.*?)</script>", re.DOTALL)


def _policy(text: str) -> dict[str, list[str]]:
    return {name: values for name, *values in (one.split() for one in text.split(";"))}


def test_it_is_answered_without_a_key_and_may_be_kept(empty: Backend) -> None:
    with empty.nothing_changes():
        answer = empty.call("get_docs")
    assert answer.status == 200
    assert answer.text.startswith("<!doctype html>")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    # Lambda's answers have at most 6 MB, with the escapes of JSON.
    assert len(json.dumps(answer.text)) < 3_000_000


def test_its_policy_allows_what_the_page_brings_along_and_nothing_else(empty: Backend) -> None:
    answer = empty.call("get_docs")
    policy = _policy(answer.headers["Content-Security-Policy"])
    scripts = [found for found in _SCRIPT.finditer(answer.text) if "application/json" not in found["attributes"]]
    hashes = [base64.b64encode(hashlib.sha256(one["content"].encode()).digest()).decode() for one in scripts]
    assert policy["script-src"] == [f"'sha256-{one}'" for one in hashes]
    assert [one["attributes"] for one in scripts] == ["", ""]
    assert policy["default-src"] == policy["base-uri"] == policy["form-action"] == ["'none'"]
    assert policy["frame-ancestors"] == ["'none'"]
    assert "connect-src" not in policy  # so it is the default: none
    assert all(one.startswith("'sha256-") for one in policy["style-src"])
    assert not re.search(r"https?:|unsafe|\*|'self'", answer.headers["Content-Security-Policy"])


def test_no_address_of_elsewhere_is_loaded(empty: Backend) -> None:
    page = _SCRIPT.sub("", empty.call("get_docs").text)
    assert not re.search(r"https?://|src=|href=|@import|url\(", page)
    assert "cdn.redoc.ly" not in empty.call("get_docs").text


def test_it_shows_every_operation_with_its_scopes(empty: Backend) -> None:
    (shown,) = (one["content"] for one in _SCRIPT.finditer(empty.call("get_docs").text) if one["attributes"])
    operations = {path: set(methods) for path, methods in json.loads(shown)["paths"].items()}
    assert operations == {path: set(methods) for path, methods in description()["paths"].items()}
    assert json.loads(shown)["components"] == description()["components"]
    emit = json.loads(shown)["paths"]["/behavior/events"]["post"]
    assert emit["description"].endswith("Scope: `events:write` or `admin`")


def test_the_bundle_is_the_one_that_was_looked_at_with_its_licence() -> None:
    bundle = (REDOC / "redoc.standalone.js").read_bytes()
    assert hashlib.sha256(bundle).hexdigest() == "dcaf76612bc4a3fbcc923a8966dee2f6146a5f32e5ce1b6f02dd60cbbf89500b"
    assert (REDOC / "LICENSE").read_text().startswith("The MIT License (MIT)")
    assert (REDOC / "redoc.standalone.js.LICENSE.txt").exists()
