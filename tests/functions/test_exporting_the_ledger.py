"""The ledger as a file: each line once, from the table or from an export of it, and the sums that wallets have."""

import csv
import gzip
import importlib
import json
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from earnest.commands import cli, ledger_files
from earnest.commands.settle import Target
from earnest.local.dynamodb_json import dumps
from earnest.paths import use_analysis
from tests.functions.test_erasing import ANA, erase, tell_all, work
from tests.functions.test_moving import migrated, points
from tests.functions.test_reports import wallets
from tests.functions.test_verifying import said
from tests.support.backend import Backend
from tests.support.project import ROOT

use_analysis()

Json = dict[str, Any]
COMMAND = ("export-ledger", "--at-once", "1")  # moto is for one thread


@pytest.fixture
def told(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> Backend:
    """A brand with merged customers, one who is erased, a hold that is open, a debt, returns and expired points."""
    tell_all(backend)
    assert backend.call("put_reward", {"name": "Euros", "decimals": 2}, path={"id": "euros"}).status == 200
    backend.wait(minutes=1)
    balances = [points(12), points(-40), points(7.25, reward_id="euros")]
    assert migrated(backend, "eva", balances=balances)["status"] == "DONE"
    luis = backend.emit("luis").data["id"]
    backend.spend(30, "luis")
    assert backend.call("reverse_event", path={"id": luis}).status == 200
    backend.emit("noa")
    backend.emit("noa", fulfilled=False, redeem=[{"id": "points", "amount": 20}])
    monkeypatch.setattr(cli, "use_stack", lambda *_: Target(backend.table, None, None))
    monkeypatch.setattr(cli, "table_client", lambda: backend.client)
    return backend


def ledger(backend: Backend, *customers: str) -> Counter[tuple[str, str, Decimal]]:
    """What the lists of these customers show, but for what is due and not settled."""
    lines = [line for customer in customers for line in backend.everything("list_transactions", customer)]
    return Counter(
        (str(line["id"]), str(line["type"]), Decimal(str(line["amount"])))
        for line in lines
        if not line["id"].startswith("due.")
    )


def in_csv(file: Path) -> list[Json]:
    """The rows of a file."""
    with file.open(newline="") as lines:
        return list(csv.DictReader(lines))


def lines_in(rows: list[Json]) -> Counter[tuple[str, str, Decimal]]:
    """The lines of the ledger among these rows."""
    return Counter(
        (str(row["id"]), str(row["type"]), Decimal(row["amount"])) for row in rows if row["type"] != "RESERVED"
    )


def export_to_s3(backend: Backend, folder: Path, **summary: str) -> Path:
    """The folder of an export of the table to S3, as AWS documents it: two files of items, and one that is empty."""
    place = folder / "AWSDynamoDB" / "01693685827463-2d8752fd"
    (place / "data").mkdir(parents=True)
    items, manifest = backend.stored(), []
    for name, some in {"asdl123.json.gz": items[::2], "fd7s8g9.json.gz": items[1::2], "empty.json.gz": []}.items():
        with gzip.open(place / "data" / name, "wt") as file:
            file.writelines(f'{{"Item":{dumps(item)}}}\n' for item in some)
        key = f"some-prefix/AWSDynamoDB/01693685827463-2d8752fd/data/{name}"
        manifest.append(json.dumps({"itemCount": len(some), "md5Checksum": "…", "etag": "…", "dataFileS3Key": key}))
    (place / "manifest-files.json").write_text("\n".join(manifest) + "\n")
    said_of_it = {"version": "2023-08-01", "outputFormat": "DYNAMODB_JSON", "exportType": "FULL_EXPORT", **summary}
    (place / "manifest-summary.json").write_text(json.dumps(said_of_it))
    return place


def test_each_line_is_in_the_file_once_and_the_sums_are_those_of_the_wallets(told: Backend, tmp_path: Path) -> None:
    file = tmp_path / "ledger.csv"
    assert said(*COMMAND, str(file))[0] == 0
    before = in_csv(file)
    assert lines_in(before) == ledger(told, ANA, "planted-apart-7733", "eva", "luis", "noa")
    assert sum(Decimal(row["amount"]) for row in before) == wallets(told)
    held = [row for row in before if row["type"] == "RESERVED" and row["customer_id"] == "noa"]
    assert sum(Decimal(row["amount"]) for row in held) == 20
    (debt,) = [row for row in before if row["debt"] != "0" and row["customer_id"] == "eva"]
    assert (debt["type"], debt["source"], bool(debt["trace_id"])) == ("MIGRATION", "old-shop", True)
    by_customer: Counter[str] = Counter()
    for row in before:
        by_customer[row["customer_id"]] += Decimal(row["amount"])  # type: ignore[assignment]
    assert by_customer["planted-app-7731"] == 0, "what a merged customer had is their survivor's"
    trace = erase(told)
    work(told)
    assert said(*COMMAND, "--brand", "demo", str(file))[0] == 0
    after = in_csv(file)
    assert sum(Decimal(row["amount"]) for row in after) == wallets(told)
    assert lines_in(after) == ledger(told, f"erased-{trace}", "planted-apart-7733", "eva", "luis", "noa")
    assert "planted-app" not in file.read_text()
    assert ANA not in file.read_text()
    assert said(*COMMAND, "--brand", "another", str(file))[1].startswith("0 rows in")
    assert [one.name for one in tmp_path.iterdir()] == ["ledger.csv"]


def test_duckdb_reads_what_an_export_to_s3_has_as_the_documentation_says(
    told: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import duckdb  # noqa: PLC0415 - not there before its folder is

    monkeypatch.setattr(ledger_files, "ROWS_PER_GROUP", 5)
    monkeypatch.setattr(cli, "use_stack", lambda *_: pytest.fail("no stack is needed"))
    monkeypatch.chdir(tmp_path)
    export = export_to_s3(told, tmp_path)
    code, answer = said("export-ledger", "--from-export", ".", "ledger.parquet")
    assert (code, answer.endswith("rows in ledger.parquet.")) == (0, True), answer
    text = (ROOT / "docs" / "moving.md").read_text()
    outstanding, months = re.findall(r"```sql\n(.*?)```", text, re.DOTALL)
    with duckdb.connect() as database:
        found = dict(database.sql(outstanding).fetchall())
        groups = database.sql("SELECT count(DISTINCT row_group_id) FROM parquet_metadata('ledger.parquet')").fetchall()
        columns = {name: type_ for name, type_, *_ in database.sql("DESCRIBE FROM 'ledger.parquet'").fetchall()}
        rows = database.sql("SELECT id, type, amount FROM 'ledger.parquet' WHERE type <> 'RESERVED'").fetchall()
        assert [reward for _, reward, *_ in database.sql(months).fetchall()]
    assert sum(found.values()) == wallets(told)
    assert found["euros"] == Decimal("7.25")
    assert groups[0][0] > 3
    assert Counter(rows) == ledger(told, ANA, "planted-apart-7733", "eva", "luis", "noa")
    assert (columns["amount"], columns["created_at"]) == ("DECIMAL(38,4)", "TIMESTAMP WITH TIME ZONE")
    table = re.findall(r"^\| (`.*?) \|", text[text.index("### The ledger") : text.index("- **Sums.**")], re.MULTILINE)
    assert {name for cell in table for name in re.findall(r"`(\w+)`", cell)} == set(columns)
    (export / "data" / "empty.json.gz").unlink()
    assert "empty.json.gz is missing, of 3 files" in said("export-ledger", "--from-export", ".", "again.csv")[1]
    assert not (tmp_path / "again.csv").exists()


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        ({"outputFormat": "ION"}, "in the format ION; export it as DYNAMODB_JSON"),
        ({"exportType": "INCREMENTAL_EXPORT"}, "an export of changes alone"),
        ("cut off", "it is damaged after"),
        ("an item less", "were exported"),
        ("not begun", "there is no manifest-files.json"),
        ("two", "there are 2 exports"),
    ],
)
def test_an_export_that_is_not_whole_or_another_kind_is_a_sentence_and_no_file(
    backend: Backend, tmp_path: Path, damage: Any, says: str
) -> None:
    place = export_to_s3(backend, tmp_path, **(damage if isinstance(damage, dict) else {}))
    data = place / "data" / "asdl123.json.gz"
    match damage:
        case "cut off":
            data.write_bytes(data.read_bytes()[:-20])
        case "an item less":
            lines = gzip.decompress(data.read_bytes()).splitlines(keepends=True)
            data.write_bytes(gzip.compress(b"".join(lines[1:])))
        case "not begun":
            (place / "manifest-files.json").unlink()
        case "two":
            (tmp_path / "manifest-files.json").write_text("")
    code, problem = said("export-ledger", "--from-export", str(tmp_path), str(tmp_path / "ledger.csv"))
    assert (code, says in problem) == (1, True), problem
    assert not [one for one in tmp_path.iterdir() if "ledger" in one.name]


def test_what_cannot_be_written_is_said_before_anything_is_read(
    backend: Backend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "use_stack", lambda *_: pytest.fail("it must not get there"))
    assert "Which format? parquet or csv" in said("export-ledger", str(tmp_path / "ledger.xlsx"))[1]
    assert "in a folder that is there" in said("export-ledger", str(tmp_path / "none" / "ledger.csv"))[1]

    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", missing)
    code, problem = said("export-ledger", str(tmp_path / "ledger.parquet"))
    assert (code, "CSV, needs pyarrow: run `bin/setup analysis` once." in problem) == (1, True), problem
