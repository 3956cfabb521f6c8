"""Restoring to a point in time with the commands of docs/operations.md, on a copy in the place of what is restored.

DynamoDB Local has neither point-in-time recovery nor deletion protection. What DynamoDB restores is known: the items,
without a stream, TTL or protection. Attaching the table is the deployment's: tests/contracts/test_template.py.
"""

import shlex
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest

from earnest.commands.doctor import Mark, examine_items
from earnest.commands.settle import Settlement
from tests.support.api import Api
from tests.support.documentation import DOCS, blocks
from tests.support.dynamodb_local import Engine
from tests.support.overdue import A_MINUTE
from tests.support.tables import Item, Store, new_table

NOT_THERE = {"restore-table-to-point-in-time", "update-continuous-backups"}


def commands(table: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The page's calls of DynamoDB for a restored table, as boto3 takes them."""
    lines = [line for block in blocks(DOCS / "operations.md", "sh") for line in block.splitlines()]
    for line in lines:
        if not line.startswith("aws dynamodb ") or " NEW" not in line or " wait " in line:
            continue
        words = shlex.split(line)
        options: dict[str, Any] = {}
        for name, value in zip(words[3:], [*words[4:], "--"], strict=True):
            if name.startswith("--"):
                key = "".join(word.capitalize() for word in name[2:].split("-"))
                options[key] = True if value.startswith("--") else _spelled_out(value.replace("NEW", table))
        yield words[2], options


def _spelled_out(value: str) -> Any:
    """A value of the command line: true, text, or `A=b,C=d`."""
    if value in ("true", "false"):
        return value == "true"
    if "=" not in value:
        return value
    return {name: _spelled_out(one) for name, _, one in (part.partition("=") for part in value.split(","))}


@pytest.fixture
def restored(engine: Engine, product: Any, store: Store) -> Iterator[Store]:
    """A table as DynamoDB restores it, with nothing but its keys of what the template gives; empty until copied to."""
    with new_table(engine, product) as made:
        off = {"Enabled": False, "AttributeName": "ttl"}
        made.look.update_time_to_live(TableName=made.name, TimeToLiveSpecification=off)
        yield made


def test_the_commands_turn_on_what_a_restored_table_lacks(restored: Store) -> None:
    look, name = restored.look, restored.name
    assert "LatestStreamArn" not in look.describe_table(TableName=name)["Table"]
    known, done = boto3.client("dynamodb", "us-east-1").meta, set()
    for command, options in commands(name):
        method = command.replace("-", "_")
        operation = known.method_to_api_mapping[method]
        assert set(options) - {"Query"} <= set(known.service_model.operation_model(operation).input_shape.members), (
            command
        )
        done.add(command)
        if command in NOT_THERE or command.startswith("describe"):
            continue
        if "DeletionProtectionEnabled" not in options:
            getattr(look, method)(**options)
    assert {"restore-table-to-point-in-time", "update-time-to-live", "update-continuous-backups"} <= done
    table = look.describe_table(TableName=name)["Table"]
    assert table["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    assert table["LatestStreamArn"]
    ttl = look.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    assert (ttl["TimeToLiveStatus"], ttl["AttributeName"]) == ("ENABLED", "ttl")


def test_a_restored_table_answers_as_the_first_did_and_what_ended_since_is_settled(
    store: Store, restored: Store, api: Api, tmp_path: Path
) -> None:
    with store.in_use():
        assert api.put_campaign("flash", A_MINUTE).status == 200
        first = api.emit("ann", key="k1", order={"value": 100})
        redeem = [{"id": "points", "amount": 60}]
        api.emit_at(before(days=8), "ann", order={"value": 5}, fulfilled=False, redeem=redeem)
        api.emit_at(before(days=8), "ben", type="FLASH")
        whole = store.items(api.brand)
        wallets = {customer: api.wallet(customer).data for customer in ("ann", "ben")}
    for item in kept(whole):
        restored.look.put_item(TableName=restored.name, Item=item)
    with restored.in_use():
        again = api.emit("ann", key="k1", order={"value": 100})
        assert (again.status, again.body, again.replayed) == (201, first.body, True)
        assert {customer: api.wallet(customer).data for customer in wallets} == wallets
        marks = {one.what: one.mark for one in examine_items(restored.look, restored.name, 1000)}
        assert marks == {"deadlines": Mark.WRONG, "items": Mark.WELL}
        Settlement(restored.product, restored.name, tmp_path / "notes.json").run()
        marks = {one.what: one.mark for one in examine_items(restored.look, restored.name, 1000)}
        assert marks == {"deadlines": Mark.WELL, "items": Mark.WELL}
        for customer in wallets:
            api.assert_books_agree(customer)
        assert api.emit("ann", order={"value": 1}).status == 201
    assert kept(store.items(api.brand)) == kept(whole), "the old table stays as it was"


def kept(items: list[Item]) -> list[Item]:
    """What TTL leaves: it takes the deadlines, whose instants are past, whenever it comes by."""
    return [item for item in items if not item["sk"]["S"].startswith("DEADLINE#")]


def before(**length: float) -> datetime:
    return datetime.now(UTC) - timedelta(**length)
