"""get_openapi: the description of the API, for anyone."""

import json

from tests.support.backend import Backend
from tests.support.published import description


def test_it_is_answered_without_a_key_and_may_be_kept(empty: Backend) -> None:
    with empty.nothing_changes():
        answer = empty.call("get_openapi")
    assert answer.status == 200
    assert json.loads(answer.text) == description()
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.headers["X-Request-Id"]
