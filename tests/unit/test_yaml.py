"""YAML of the plain kind: exact numbers, strings as they were written, and a place for everything."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earnest.commands.yaml import Position, UnreadableYaml, read, write

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["no", "yes", "010", "1e3", "1.5", "12:30", "2026-01-31", "~", "null", "<<", "=", "", "# x", "a: b", "0x1f", "1_0"]
)
NUMBERS = st.integers(-(10**15), 10**15) | st.decimals(-(10**6), 10**6, places=4)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(TEXTS, JSON, min_size=1, max_size=4))
def test_what_is_written_reads_back_as_the_same(value: dict[str, Any]) -> None:
    assert read(write(value)).value == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("010", "010"),
        ("12:30", "12:30"),
        ("2026-01-31", "2026-01-31"),
        ("'5'", "5"),
        ("5", 5),
        ("0.1", Decimal("0.1")),
        ("1e3", Decimal(1000)),
        ("true", True),
        ("~", None),
        ("", None),
    ],
)
def test_a_word_is_what_json_would_make_of_it(text: str, value: object) -> None:
    found = read(f"a: {text}\n").value["a"]
    assert (found, type(found)) == (value, type(value))


def test_everything_has_its_place_and_what_is_missing_that_of_what_lacks_it() -> None:
    document = read("name: x\nrules:\n  - effects:\n    - amount: 1\n")
    assert document.position_of("rules") == Position(2, 1)
    assert document.position_of("rules.0.effects.0.amount") == Position(4, 7)
    assert document.position_of("rules.0.effects.0.reward_id") == Position(4, 7)
    assert document.position_of("trigger") == Position(1, 1)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("", (1, 1), "is empty"),
        ("a: 1\na: 2\n", (2, 1), "a stands there twice"),
        ("a: [1\n", (2, 1), "expected ',' or ']'"),
        ("a: 1\n b: 2\n", (2, 3), "not allowed here"),
        ("a: !!python/object:os.system x\n", (1, 4), "is not known here"),
        ("a: &b [*b]\n", (1, 4), "nested more than 32 levels"),
        ("b: {<<: {a: 1}}\n", (1, 5), "<< is not known here"),
        ("? [a]\n: 1\n", (1, 3), "a name must be a string"),
        ("a: 1\n---\na: 2\n", (2, 1), "but found another document"),
        ("a: " + "9" * 50 + "\n", (1, 4), "is not a number within"),
        ("a: " + "[" * 40 + "]" * 40 + "\n", (1, 36), "nested more than 32 levels"),
        ("a: " + "[" * 5000, (1, 1), "recursion"),
    ],
)
def test_what_cannot_be_meant_is_refused_where_it_stands(text: str, place: tuple[int, int], message: str) -> None:
    with pytest.raises(UnreadableYaml) as refused:
        read(text)
    assert message in str(refused.value)
    assert refused.value.position == Position(*place)


def test_a_text_that_multiplies_itself_is_refused() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 9)]
    with pytest.raises(UnreadableYaml, match="has more than 100000 values"):
        read("\n".join(lines))
