"""The chart of the table cannot lie: it is parsed, and each row is compared with what its function gives."""

import inspect
import re
from datetime import timedelta

import pytest

from loyalty.domain.feed.webhooks import DELIVERIES_KEPT
from loyalty.domain.schemas import MAX_ID_BYTES
from loyalty.store import keys
from tests.support.documentation import DOCS, rows


def _rows() -> list[dict[str, str]]:
    lines = [line for line in (keys.__doc__ or "").splitlines() if line.startswith("|")]
    names, _, *rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [dict(zip(names, row, strict=True)) for row in rows]


ROWS = _rows()
JUST_END = ("trace", "customer_trace", "access_token", "program_chunk", "delivery", "reminder")
KEY_FUNCTIONS = {
    name
    for name, one in inspect.getmembers(keys, inspect.isfunction)
    if inspect.signature(one).return_annotation is keys.Key
}


def test_every_key_function_has_a_row_and_every_row_a_function() -> None:
    assert {row["item"] for row in ROWS} == KEY_FUNCTIONS
    assert len(ROWS) == len(KEY_FUNCTIONS) > 5


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["item"])
def test_a_row_says_what_its_function_gives(row: dict[str, str]) -> None:
    function = getattr(keys, row["item"])
    parameters = list(inspect.signature(function).parameters.values())
    values = [7 if one.annotation is int else f"<{one.name}>" for one in parameters]
    places = re.findall(r"\{\w+\}", f"{row['pk']} {row['sk']}")
    assert len(places) == len(values), "the chart names each parameter once"
    pk, sk = row["pk"], row["sk"]
    for place, value in zip(places, values, strict=True):
        spelled = f"{value:010d}" if isinstance(value, int) else value
        pk, sk = (pk.replace(place, spelled, 1), sk) if place in pk else (pk, sk.replace(place, spelled, 1))
    assert function(*values) == keys.Key(pk, sk)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["item"])
def test_exactly_the_items_with_a_ttl_are_deadlines_but_those_which_just_end(row: dict[str, str]) -> None:
    function = getattr(keys, row["item"])
    values = [7 if one.annotation is int else one.name for one in inspect.signature(function).parameters.values()]
    assert (keys.read_deadline(function(*values)) is not None) == (bool(row["ttl"]) and row["item"] not in JUST_END)


@pytest.mark.parametrize(
    ("item", "kept"),
    [
        ("trace", keys.TRACES_KEPT),
        ("customer_trace", keys.TRACES_KEPT),
        ("program_chunk", keys.PROGRAMS_KEPT),
        ("delivery", DELIVERIES_KEPT),
    ],
)
def test_the_chart_says_how_long_what_just_ends_is_kept(item: str, kept: timedelta) -> None:
    (row,) = (row for row in ROWS if row["item"] == item)
    assert row["ttl"] == f"{kept.days} days"


def test_a_deadline_is_read_back_from_its_key() -> None:
    assert keys.read_deadline(keys.hold_deadline("b", "c", "e")) == keys.Deadline("b", "c", "e")
    assert keys.read_deadline(keys.lots_deadline("b", "c")) == keys.Deadline("b", "c", None)
    assert keys.read_deadline(keys.offer_deadline("b", "c", "o")) == keys.Deadline("b", "c", None, "o")


def test_the_documentation_shows_the_same_chart() -> None:
    shown = [row for row in rows(DOCS / "table.md") if len(row) == len(ROWS[0])]
    assert [[cell.strip("`") for cell in row] for row in shown] == [
        list(ROWS[0]),
        *(list(row.values()) for row in ROWS),
    ]


@pytest.mark.parametrize("name", sorted(KEY_FUNCTIONS - {"report_day"}))  # which has a hash where ids have no room
def test_the_longest_ids_have_room_in_a_key(name: str) -> None:
    """DynamoDB has 2,048 bytes for a partition key and 1,024 for a sort key."""
    longest = "😀" * (MAX_ID_BYTES // 4) + "x" * (MAX_ID_BYTES % 4)
    of_clients = ("customer_id", "reward_id", "campaign_id", "config_id", "webhook_id", "purchase_id", "value")
    ours = {"brand_id": "b" * 64, "instant": "9" * 17, "end": "9" * 17, "day": "2026-01-31", "month": "2026-01"}
    make = getattr(keys, name)
    key = make(
        **{
            one.name: 1
            if one.annotation is int
            else longest
            if one.name in of_clients
            else ours.get(one.name, "x" * 26)
            for one in inspect.signature(make).parameters.values()
        }
    )
    assert len(key.pk.encode()) <= 2048
    assert len(key.sk.encode()) <= 1024
