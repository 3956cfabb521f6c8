"""Ids of events: random ones differ, derived ones are the same for the same parts and for no others."""

import re
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.domain import ids

ID = re.compile(r"[a-z2-7]{26}")
PARTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), min_size=1, max_size=4)


def test_fresh_ids_are_short_plain_and_never_the_same() -> None:
    many = {ids.random_id() for _ in range(1000)}
    assert len(many) == 1000
    assert all(ID.fullmatch(one) for one in many)


@given(PARTS)
def test_the_same_parts_always_give_the_same_id(parts: list[str]) -> None:
    assert ids.derived(*parts) == ids.derived(*parts)
    assert ID.fullmatch(ids.derived(*parts))


@given(PARTS, PARTS)
def test_different_parts_give_different_ids(some: list[str], others: list[str]) -> None:
    assert (ids.derived(*some) == ids.derived(*others)) == (some == others)


@pytest.mark.parametrize(
    ("some", "others"),
    list(combinations([["ab"], ["a", "b"], ["a\0b"], ["a", "", "b"], ["1:a", "b"], ["a\x001:b"], ["", "ab"]], 2)),
)
def test_parts_cannot_be_joined_to_look_like_others(some: list[str], others: list[str]) -> None:
    assert ids.derived(*some) != ids.derived(*others)


def test_an_id_is_for_ever_the_same() -> None:
    # Changing this would let every retry of an old request pay again.
    assert ids.derived("demo", "key", "till-7-4711") == "j3oukjez2rqswcfoxetl7xqcqu"
