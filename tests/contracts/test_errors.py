"""Errors: the tree that is drawn is the tree that is, and docs/errors.md names every code with its status."""

import json
import re
from collections.abc import Iterator

import pytest

from loyalty.domain import errors
from loyalty.domain.errors import LoyaltyError
from tests.support.backend import Backend
from tests.support.documentation import DOCS, blocks, rows
from tests.support.project import resources

ERRORS = DOCS / "errors.md"


def _leaves(kind: type[LoyaltyError]) -> Iterator[type[LoyaltyError]]:
    for one in kind.__subclasses__():
        yield from _leaves(one) if one.__subclasses__() else (one,)


LEAVES = sorted(_leaves(LoyaltyError), key=lambda one: one.__name__)
KINDS = LoyaltyError.__subclasses__()


def test_kinds_carry_the_status_and_leaves_only_the_code() -> None:
    assert all("status" in vars(kind) for kind in KINDS)
    assert not [leaf for leaf in LEAVES if "status" in vars(leaf)]
    assert len({kind.status for kind in KINDS}) == len(KINDS)


@pytest.mark.parametrize("leaf", LEAVES, ids=lambda leaf: leaf.__name__)
def test_the_tree_shows_the_leaf_under_its_kind(leaf: type[LoyaltyError]) -> None:
    (kind,) = leaf.__bases__
    drawn = re.search(rf"[├└]── {kind.__name__} {leaf.status} ─+ (.*?)\n(?=[├└]|\n)", errors.__doc__ or "", re.DOTALL)
    assert drawn
    assert leaf.__name__ in re.findall(r"\w+", drawn[1])


def test_the_tree_shows_nothing_that_is_not_there() -> None:
    drawn = (errors.__doc__ or "").split("\n\n")[1]
    named = {word for word in re.findall(r"[A-Za-z]\w+", drawn) if word != "LoyaltyError"}
    assert named == {one.__name__ for one in (*KINDS, *LEAVES)}


def _gateway() -> set[tuple[str, int]]:
    (api,) = resources("AWS::Serverless::Api").values()
    found = set()
    for response in api["GatewayResponses"].values():
        body = response["ResponseTemplates"]["application/json"]
        code, status = re.search(r'"code": "(\w+)"', body), re.search(r'"statusCode": (\d+)', body)
        assert code
        assert status
        assert int(status[1]) == response["StatusCode"]
        assert re.sub(r'"[^"]*"', "", body).strip("{} ,:0123456789[]") == ""
        assert {"statusCode", "code", "message", "details", "requestId"} <= set(re.findall(r'"(\w+)":', body))
        found.add((code[1], response["StatusCode"]))
    return found


def test_the_gateway_answers_in_the_standard_body_for_all_it_refuses_itself() -> None:
    statuses = {status for _, status in _gateway()}
    assert {401, 403, 404, 413, 415, 429, 500, 503} <= statuses


def test_the_documentation_names_every_code_with_its_status() -> None:
    shown = {(code.strip("`"), status) for code, status, _ in rows(ERRORS) if code.startswith("`")}
    wanted = {(leaf.__name__, str(leaf.status)) for leaf in LEAVES} | {
        (code, str(status)) for code, status in _gateway()
    }
    assert shown == wanted


def test_the_body_that_the_documentation_shows_is_answered(backend: Backend) -> None:
    (shown,) = blocks(ERRORS, "json")
    assert backend.emit(order={"value": -1}).body == json.loads(shown)
