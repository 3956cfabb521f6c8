"""`earnest show-item`: an item as people can read it."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner

from earnest.commands.cli import app
from earnest.commands.show_item import to_json
from loyalty.store.codec import pack
from loyalty.store.table import to_wire

TABLE = "loyalty-dev"
KEY = {"pk": "BRAND#demo#CUST#ana", "sk": "STATE"}
LOTS = [{"amount": Decimal("0.10"), "expires_at": 20270101000000000} for _ in range(99)]


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An AWS account with one table, in which there is one item."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("dynamodb")
        client.create_table(
            TableName=TABLE,
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in KEY],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            BillingMode="PAY_PER_REQUEST",
        )
        client.put_item(TableName=TABLE, Item=to_wire({**KEY, "version": 7, "document": pack({"lots": LOTS})}))
        yield


def test_documents_are_opened_and_times_are_text(account: None) -> None:
    shown = CliRunner().invoke(app, ["show-item", "--table", TABLE, *KEY.values()])
    assert shown.exit_code == 0
    lot = {"amount": 0.1, "expires_at": "2027-01-01T00:00:00.000Z"}
    assert json.loads(shown.output) == {**KEY, "version": 7, "document": {"format": 1, "lots": [lot] * 99}}
    assert '"amount": 0.10,' in shown.output


def test_an_item_that_is_not_there_is_said_in_one_line(account: None) -> None:
    shown = CliRunner().invoke(app, ["show-item", "--table", TABLE, KEY["pk"], "NOTHING"])
    assert (shown.exit_code, shown.output) == (1, f"{TABLE} has no item BRAND#demo#CUST#ana NOTHING.\n")


def test_without_a_table_it_is_that_of_the_stack_on_this_machine(tmp_path: Path) -> None:
    shown = CliRunner().invoke(app, ["show-item", *KEY.values(), "--home", str(tmp_path)])
    assert (shown.exit_code, shown.output.count("\n")) == (1, 1)
    assert "make run" in shown.output


def test_the_key_is_first_and_the_ttl_a_time() -> None:
    text = to_json({"ttl": 1767225600, "sk": "DEADLINE#LOTS", "pk": KEY["pk"]})
    assert json.loads(text) == {"pk": KEY["pk"], "sk": "DEADLINE#LOTS", "ttl": "2026-01-01T00:00:00.000Z"}
    assert text.index("pk") < text.index("sk") < text.index("ttl")


@pytest.mark.parametrize("name", ["data", "tags"])
def test_what_somebody_sent_is_shown_as_it_was_sent(name: str) -> None:
    document = pack({name: {"at": 20270101000000000}, "at": 20270101000000000, "no_time": 20271301000000000})
    shown = json.loads(to_json({**KEY, "document": document}))["document"]
    assert shown[name] == {"at": 20270101000000000}
    assert shown["at"] == "2027-01-01T00:00:00.000Z"
    assert shown["no_time"] == 20271301000000000


def test_a_document_of_another_format_is_shown_as_it_is() -> None:
    shown = json.loads(to_json({**KEY, "document": '{"format":99,"at":20270101000000000}'}))
    assert shown["document"] == {"format": 99, "at": "2027-01-01T00:00:00.000Z"}
