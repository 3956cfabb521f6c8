"""JSON with exact numbers, and the one text that all ways to write a value share."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty import json

NUMBERS = st.integers(-(10**18), 10**18) | st.decimals(-(10**12), 10**12, places=4, allow_nan=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abcé", max_size=4), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10", 10),
        ("0.1", Decimal("0.1")),
        ("10.50", Decimal("10.50")),
        ("1e3", Decimal(1000)),
        ("123456789012345678901234567890.123456789", Decimal("123456789012345678901234567890.123456789")),
        ("true", True),
        ('"1"', "1"),
    ],
)
def test_numbers_are_read_exactly(text: str, value: object) -> None:
    read = json.loads(text)
    assert (read, type(read)) == (value, type(value))


def test_numbers_are_written_with_their_digits() -> None:
    assert json.dumps({"a": Decimal("10.50"), "b": 3, "é": None}) == '{"a":10.50,"b":3,"é":null}'


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1,]", "{'a': 1}", "NaN", "Infinity", "[-Infinity]", "nul", "01", "1 2", '"\t"', "1" * 5000],
    ids=lambda text: text[:12],
)
def test_what_is_no_json_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        json.loads(text)


@pytest.mark.parametrize("text", ["1e9999999999999999999", "[1E-9999999999999999999]"])
def test_a_number_beyond_all_numbers_is_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        json.loads(text)


@given(VALUES)
def test_what_is_written_is_read_back(value: Any) -> None:
    assert json.loads(json.dumps(value)) == value


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("10", "10.0"),
        ("10", "1e1"),
        ("1000", "1E+3"),
        ("0.5", "0.500"),
        ("0", "0.00"),
        ("0", "-0.0"),
        ('{"a": 1, "b": [1.0, {"c": 2, "d": 3}]}', '{"b":[1,{"d":3.0,"c":2}],"a":1}'),
        ('"é"', '"\\u00e9"'),
    ],
)
def test_all_ways_to_write_a_value_share_one_text(one: str, other: str) -> None:
    assert json.canonical(json.loads(one)) == json.canonical(json.loads(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1", '"1"'),
        ("1", "true"),
        ("0", "false"),
        ("0", "null"),
        ("[1, 2]", "[2, 1]"),
        ("[[1], 2]", "[1, [2]]"),
        ('{"a": 1}', '{"a": 1, "b": null}'),
        ("0.1", "0.10000000000000001"),
        ("1234567890123456789012345678901", "1234567890123456789012345678902"),
        ("0.123456789012345678901234567891", "0.123456789012345678901234567892"),
    ],
)
def test_different_values_have_different_texts(one: str, other: str) -> None:
    assert json.canonical(json.loads(one)) != json.canonical(json.loads(other))


@given(VALUES)
def test_writing_and_reading_keeps_the_text(value: Any) -> None:
    assert json.canonical(json.loads(json.dumps(value))) == json.canonical(value)
