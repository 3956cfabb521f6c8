"""Documents: what is stored comes back, and a release reads what those before it and after it have written."""

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.store.codec import FORMAT, Document, UnknownFormatError, decode, encode, pack, read_any_format, unpack

AT = datetime(2026, 1, 31, 9, 30, 0, 7000, tzinfo=UTC)

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
AMOUNTS = st.decimals(-(10**15), 10**15, places=4)
TIMES = st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | AMOUNTS | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text("abcé"), JSON, max_size=3)


class Color(StrEnum):
    RED = "R"
    BLUE = "B"


class Coin(NamedTuple):
    color: Color
    amount: Decimal
    minted_at: datetime | None
    marks: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[Color, datetime | None]:
        return self.color, self.minted_at


@dataclass(frozen=True)
class Purse:
    owner: str
    opened_at: datetime
    coins: Mapping[tuple[Color, datetime | None], Coin] = field(default_factory=dict)
    spare: tuple[Coin, ...] = ()
    by_name: Mapping[str, Coin] = field(default_factory=dict)
    best: Coin | None = None
    notes: Mapping[str, Any] = field(default_factory=dict)
    number: str | int = 0
    full: bool = False
    version: int = 0


COINS = st.builds(Coin, st.sampled_from(Color), AMOUNTS, st.none() | TIMES, st.lists(TEXT, max_size=3).map(tuple))
PURSES = st.builds(
    Purse,
    TEXT,
    TIMES,
    st.lists(COINS, max_size=3).map(lambda coins: {coin.key: coin for coin in coins}),
    st.lists(COINS, max_size=3).map(tuple),
    st.dictionaries(TEXT, COINS, max_size=3),
    st.none() | COINS,
    st.dictionaries(TEXT, JSON, max_size=3),
    TEXT | st.integers(),
    st.booleans(),
)
PURSE = Document(Purse, beside=("version",))


@given(OBJECTS)
def test_any_object_comes_back_from_its_attribute(document: dict[str, Any]) -> None:
    assert unpack(pack(document)) == document


@given(PURSES)
def test_any_state_comes_back_from_its_document(purse: Purse) -> None:
    assert PURSE.unpack(PURSE.pack(purse), version=0) == purse


@given(PURSES)
def test_the_order_of_a_mapping_comes_back(purse: Purse) -> None:
    kept = PURSE.unpack(PURSE.pack(purse))
    assert list(kept.coins) == list(purse.coins)
    assert list(kept.by_name) == list(purse.by_name)


def test_numbers_come_back_exactly() -> None:
    document = {"a": Decimal("0.10"), "b": Decimal("1E+3"), "c": 10**25, "d": Decimal("123456789012345.6789")}
    kept = unpack(pack(document))
    assert kept == document
    assert str(kept["a"]) == "0.10"


def test_names_and_times_can_be_read_by_eye() -> None:
    purse = Purse("ana", AT, {(Color.RED, None): Coin(Color.RED, Decimal("0.10"), None)}, version=7)
    assert PURSE.pack(purse) == (
        f'{{"format":{FORMAT},"owner":"ana","opened_at":20260131093000007,"coins":[{{"color":"R","amount":0.10}}]}}'
    )


def test_the_format_is_in_every_document() -> None:
    for document in (
        pack({"a": 1}),
        pack({"a": "x" * 1000}),
        PURSE.pack(Purse("", AT)),
        PURSE.pack_part(Purse("", AT)),
    ):
        assert read_any_format(document)["format"] == FORMAT


@pytest.mark.parametrize("text", ['{"a":1}', '{"format":0}', '{"format":2,"a":1}', '{"format":"1"}'])
def test_another_format_is_refused(text: str) -> None:
    with pytest.raises(UnknownFormatError):
        unpack(text)


def test_what_is_long_is_compressed() -> None:
    assert isinstance(pack({"a": "x" * 200}), str)
    compressed = pack({"a": "x" * 1000})
    assert isinstance(compressed, bytes)
    assert len(compressed) < 100


def test_what_was_compressed_in_this_format_is_read_for_ever() -> None:
    """The dictionary is a part of the format: with another one, nothing that is stored can be read."""
    stored = b64decode(
        "ePkVcwLwQ5GDFiMEIsgALTqMzAwMjQ0NLI0hBXGtDgH9hnj1GxLUb4RXvxFB/cZ49RsT1G+CV78JQf2mePWb1sbWAgBO4ntX"
    )
    lots = [{"reward_id": "points", "amount": i, "issued_at": 20260131093000000 + i} for i in range(6)]
    assert unpack(stored) == {"lots": lots}


def test_what_has_its_default_is_left_out() -> None:
    assert encode(Purse("", AT)) == {"owner": "", "opened_at": 20260131093000007}
    assert encode(Coin(Color.BLUE, Decimal(0), None)) == {"color": "B", "amount": 0}


class CoinOfTheNextRelease(NamedTuple):
    color: Color
    amount: Decimal
    minted_at: datetime | None
    country: str | None
    marks: tuple[str, ...] = ()
    weight: Decimal = Decimal(1)


@dataclass(frozen=True)
class PurseOfTheNextRelease:
    owner: str
    opened_at: datetime
    spare: tuple[CoinOfTheNextRelease, ...] = ()
    owners: tuple[str, ...] = ("nobody",)
    version: int = 0


NEXT = Document(PurseOfTheNextRelease, beside=("version",))


@given(PURSES)
def test_fields_that_the_next_release_adds_have_their_defaults(purse: Purse) -> None:
    coins = tuple(
        CoinOfTheNextRelease(one.color, one.amount, one.minted_at, None, one.marks, Decimal(1)) for one in purse.spare
    )
    assert NEXT.unpack(PURSE.pack(purse)) == PurseOfTheNextRelease(purse.owner, purse.opened_at, coins, ("nobody",))


@given(
    st.lists(st.builds(CoinOfTheNextRelease, st.sampled_from(Color), AMOUNTS, TIMES, TEXT, st.just(("m",)), AMOUNTS))
)
def test_fields_that_the_next_release_has_written_are_ignored(coins: list[CoinOfTheNextRelease]) -> None:
    written = NEXT.pack(PurseOfTheNextRelease("ana", AT, tuple(coins), ("ana", "luis"), 8))
    spare = tuple(Coin(one.color, one.amount, one.minted_at, one.marks) for one in coins)
    assert PURSE.unpack(written, version=8) == Purse("ana", AT, spare=spare, version=8)


def test_a_missing_field_that_cannot_be_nothing_is_an_error() -> None:
    with pytest.raises(TypeError, match="opened_at"):
        decode(Purse, {"owner": "ana"})
    with pytest.raises(TypeError, match="amount"):
        PURSE.unpack(pack({"owner": "ana", "opened_at": 20260131093000007, "spare": [{"color": "R"}]}))


def test_a_default_is_made_anew_for_each() -> None:
    one, other = (decode(Purse, {"owner": "ana", "opened_at": 20260131093000007}) for _ in range(2))
    assert one.coins is not other.coins


def test_a_part_replaces_what_the_document_says_even_by_a_default() -> None:
    before = Purse("ana", AT, best=Coin(Color.RED, Decimal(1), AT), full=True, number="seven")
    after = Purse("ana", AT + timedelta(days=1), best=None, full=False, number=7)
    part = PURSE.pack_part(after, "best", "full")
    assert unpack(part) == {"best": None, "full": False}
    assert PURSE.unpack(PURSE.pack(before), part) == Purse("ana", AT, number="seven")


def test_what_is_beside_a_document_is_not_in_it_and_outranks_it() -> None:
    assert "version" not in unpack(PURSE.pack(Purse("ana", AT, version=3)))
    assert PURSE.unpack(pack({"owner": "ana", "opened_at": 20260131093000007, "version": 1}), version=3).version == 3


@given(TIMES)
def test_times_are_in_the_order_of_their_digits(at: datetime) -> None:
    digits = encode(Purse("", at))["opened_at"]
    assert f"{digits:017}" == at.strftime("%Y").zfill(4) + at.strftime("%m%d%H%M%S%f")[:-3]
    assert decode(Purse, {"owner": "", "opened_at": digits}).opened_at == at


def test_times_of_other_zones_are_stored_in_utc() -> None:
    there = AT.astimezone(timezone(timedelta(hours=-11)))
    assert encode(Purse("", there)) == encode(Purse("", AT))


class Unwritable(NamedTuple):
    weight: float


def test_what_json_cannot_hold_exactly_is_refused_before_anything_is_stored() -> None:
    with pytest.raises(TypeError, match="float"):
        Document(Unwritable)
