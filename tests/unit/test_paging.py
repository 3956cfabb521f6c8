"""Pages and their cursors."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.domain.errors import ValidationError
from loyalty.services.paging import decode, decode_id, encode, page_of
from loyalty.settings import settings

OF = ("events", "demo", "ana")

PLACES = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=255),
    st.integers(0, 10**9),
    st.tuples(st.none() | st.integers(1, 10**9) | st.text("abc234", max_size=26), st.integers(0, 500)).map(list),
)


@pytest.fixture(autouse=True)
def _stack(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A stack of its own."""
    monkeypatch.setenv("TABLE_NAME", "none")
    _on("arn:aws:cloudformation:eu-west-1:123456789012:stack/earnest/6b2a", monkeypatch)
    yield
    settings.cache_clear()


def _on(stack: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STACK_ID", stack)
    settings.cache_clear()


def cursor_of(text: str) -> str:
    """That text as a cursor, whether it is one or not."""
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


NOT_JSON = ["{", "NaN", "[" * 99999, "1e9999999999999999999", '"\\ud800"', '["\\udfff", 0]']


@pytest.mark.parametrize(
    ("items", "limit", "shown", "more"),
    [
        ("", 3, "", None),
        ("ab", 3, "ab", None),
        ("abc", 3, "abc", None),
        ("abcd", 3, "abc", "c"),
        ("abcd", 1, "a", "a"),
    ],
)
def test_a_page_ends_with_a_cursor_if_there_is_more(items: str, limit: int, shown: str, more: str | None) -> None:
    page = page_of(((item, item.upper()) for item in items), limit, OF)
    assert page.items == list(shown.upper())
    assert (page.next_cursor and decode(page.next_cursor, OF)) == more


def test_a_page_reads_no_further_than_it_has_to() -> None:
    items = iter(range(1, 100))
    page_of(((item, item) for item in items), 3, OF)
    assert next(items) == 5


@given(PLACES)
def test_a_cursor_names_its_place_and_fits_a_url(place: Any) -> None:
    cursor = encode(place, OF)
    assert decode(cursor, OF) == place
    assert set(cursor) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@pytest.mark.parametrize(
    "cursor",
    ["", "!", "a", "not a cursor", "Ä", "ab=c", "_____w", *map(cursor_of, NOT_JSON)],
    ids=lambda cursor: cursor[:24],
)
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(ValidationError, match="is not a cursor of this list") as refusal:
        decode(cursor, OF)
    assert [one.field for one in refusal.value.fields] == ["cursor"]


@pytest.mark.parametrize("place", [5, None, [], ["a", 1], {"a": 1}, True, "a" * 256, "a#b"], ids=str)
def test_a_list_by_id_takes_only_a_cursor_that_names_an_id(place: object) -> None:
    with pytest.raises(ValidationError):
        decode_id(encode(place, OF), OF)


def test_a_list_by_id_begins_at_the_beginning_and_goes_on_after_an_id() -> None:
    assert decode_id(None, OF) == ""
    assert decode_id(encode("points", OF), OF) == "points"


@pytest.mark.parametrize(
    "of",
    [
        ("transactions", "demo", "ana"),
        ("events", "other", "ana"),
        ("events", "demo", "ben"),
        ("events", "demo"),
        ("events", "demo", "ana", ""),
        ("events", "demoana", ""),
    ],
    ids=str,
)
def test_a_cursor_is_good_for_its_own_list_alone(of: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError):
        decode(encode("e1", OF), of)


def test_a_cursor_is_good_on_its_own_stack_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    cursor = encode("e1", OF)
    assert decode(cursor, OF) == "e1"
    _on("arn:aws:cloudformation:eu-west-1:123456789012:stack/earnest/6b2b", monkeypatch)
    with pytest.raises(ValidationError):
        decode(cursor, OF)


def test_no_letter_of_a_cursor_can_be_another() -> None:
    for place in ("e1", "e12", "e123"):
        cursor = encode(place, OF)
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
        altered = [cursor[:i] + letter + cursor[i + 1 :] for i in range(len(cursor)) for letter in letters]
        altered += [cursor[:-1], cursor + "A", cursor + "=", cursor * 2, cursor[1:], f" {cursor}"]
        for one in {*altered} - {cursor}:
            with pytest.raises(ValidationError):
                decode(one, OF)
