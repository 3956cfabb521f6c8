"""Prints an item of the table with its documents decoded and its times readable, which the AWS console cannot."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import simplejson

from earnest.commands.redrive import outputs, stack_and_client_options
from earnest.errors import CommandError
from loyalty.domain.times import format_instant
from loyalty.store.codec import from_digits, read_any_format
from loyalty.store.keys import Key
from loyalty.store.table import Item, from_wire, to_wire

# These hold data as clients sent it, so that a number in them is never a time.
_AS_SENT = frozenset(("data", "fields", "benefits", "attributes", "tags"))

_BEGINNING = '{"format":'
_DIGITS = len("20260131093000000")


def read_item(key: Key, table: str | None, connection_file: Path) -> Item:
    """Return the item of a table in the AWS account of the environment, or of the stack on this machine.

    Raises CommandError if there is none.
    """
    client, name = _client_of(table, connection_file)
    answer = client.get_item(TableName=name, Key=to_wire(key._asdict()), ConsistentRead=True)
    if "Item" not in answer:
        raise CommandError(f"{name} has no item {key.pk} {key.sk}.")
    return from_wire(answer["Item"])


def to_json(item: Item) -> str:
    """Return an item as JSON: the key first, documents decoded, times in RFC 3339."""
    ordered = {**{name: item[name] for name in Key._fields}, **dict(sorted(item.items()))}
    shown = {name: _shown(name, value) for name, value in ordered.items()}
    text: str = simplejson.dumps(shown, use_decimal=True, ensure_ascii=False, indent=2)
    return text


def _client_of(table: str | None, connection_file: Path) -> tuple[Any, str]:
    if table:
        return boto3.client("dynamodb"), table
    stack, options = stack_and_client_options(None, connection_file)
    name = outputs(boto3.client("cloudformation", **options), stack)["TableName"]
    return boto3.client("dynamodb", **options), name


def _shown(name: str, value: Any) -> Any:
    if isinstance(value, bytes) or (isinstance(value, str) and value.startswith(_BEGINNING)):
        return _shown(name, read_any_format(value))
    if name == "ttl":
        return format_instant(datetime.fromtimestamp(int(value), UTC))
    if isinstance(value, dict):
        return {key: field if key in _AS_SENT else _shown(key, field) for key, field in value.items()}
    if isinstance(value, list):
        return [_shown(name, element) for element in value]
    return _as_time(value) if type(value) is int and len(str(value)) == _DIGITS else value


def _as_time(number: int) -> str | int:
    try:
        return format_instant(from_digits(number))
    except ValueError:
        return number
