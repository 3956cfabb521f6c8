"""Amounts are exact, short and rounded down."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.domain.money import full_multiples, has_decimals, normalize, round_down, times

AMOUNTS = st.decimals(-(10**11), 10**11, places=4, allow_nan=False)
POSITIVE = st.decimals("0.0001", 10**11, places=4, allow_nan=False)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("10", "10"),
        ("10.0", "10"),
        ("1E+1", "10"),
        ("10.50", "10.5"),
        ("0.0001", "0.0001"),
        ("1E-4", "0.0001"),
        ("-5.00", "-5"),
        ("0.00", "0"),
        ("0E+3", "0"),
        ("1E+14", "100000000000000"),
        ("123456789012345.6789", "123456789012345.6789"),
    ],
)
def test_a_number_has_one_plain_form(written: str, plain: str) -> None:
    assert str(normalize(Decimal(written))) == plain


@pytest.mark.parametrize(
    ("amount", "decimals", "cut"),
    [
        ("1.9999", 0, "1"),
        ("1.9999", 2, "1.99"),
        ("1.9999", 4, "1.9999"),
        ("0.9", 0, "0"),
        ("7", 2, "7"),
        ("7.10", 1, "7.1"),
        ("99999999999999999999999999999999.9", 0, "99999999999999999999999999999999"),
    ],
)
def test_a_promise_is_rounded_down(amount: str, decimals: int, cut: str) -> None:
    assert str(round_down(Decimal(amount), decimals)) == cut


@pytest.mark.parametrize(
    ("value", "every", "count"),
    [
        ("0", "1", 0),
        ("0.99", "1", 0),
        ("1", "1", 1),
        ("42.5", "1", 42),
        ("99.99", "10", 9),
        ("100", "10", 10),
        ("0.3", "0.1", 3),
        ("1", "0.0003", 3333),
        ("-5", "1", 0),
        ("999999999999999", "0.0001", 9999999999999990000),
    ],
)
def test_only_full_multiples_count(value: str, every: str, count: int) -> None:
    assert full_multiples(Decimal(value), Decimal(every)) == count


@pytest.mark.parametrize(
    ("amount", "decimals", "too_many"),
    [("1", 0, False), ("1.0", 0, False), ("1E+2", 0, False), ("1.5", 0, True), ("1.25", 2, False), ("1.255", 2, True)],
)
def test_trailing_zeros_are_no_decimals(amount: str, decimals: int, too_many: bool) -> None:
    assert has_decimals(Decimal(amount), decimals) == too_many


@given(AMOUNTS)
def test_tidying_changes_no_value_and_twice_is_once(amount: Decimal) -> None:
    assert normalize(amount) == amount
    assert str(normalize(normalize(amount))) == str(normalize(amount))


@given(POSITIVE, POSITIVE)
def test_multiples_fit_and_one_more_would_not(value: Decimal, every: Decimal) -> None:
    count = full_multiples(value, every)
    assert times(count, every) <= value < times(count + 1, every)


@given(AMOUNTS.filter(lambda amount: amount >= 0), st.integers(0, 4))
def test_rounding_down_loses_less_than_one_unit(amount: Decimal, decimals: int) -> None:
    cut = round_down(amount, decimals)
    assert cut <= amount < cut + Decimal(1).scaleb(-decimals)
