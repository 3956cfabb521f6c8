"""The ledger as rows: from a walk through the table, or from the files of a point-in-time export of it to S3.

Functions may not scan; this runs with the operator's own credentials. Each item is read once, and makes its own rows,
so only a few items and the rows of one row group are in memory at a time.
"""

import gzip
import json
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import batched
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from earnest.errors import CommandError
from earnest.local.dynamodb_json import loads
from loyalty.domain.customers.customer import Customer
from loyalty.domain.wallet.lots import Lot
from loyalty.services.history import Transaction, transactions_of
from loyalty.store.codec import UnknownFormatError
from loyalty.store.customers import customer_in, journal_record_in
from loyalty.store.events import event_in
from loyalty.store.keys import RECORDS
from loyalty.store.table import Item, from_wire

RESERVED = "RESERVED"
"""The type of rows that are no lines of the ledger: what an open hold has reserved, and is outstanding still."""

_ITEMS_PER_SEGMENT = 5_000
_MAX_SEGMENTS = 4_000
_ITEMS_AT_ONCE = 200
_FILES = "manifest-files.json"
_SUMMARY = "manifest-summary.json"


class Row(NamedTuple):
    """A line of the ledger, or what an open hold has reserved. Its names are those of the file's columns."""

    id: str
    brand_id: str
    customer_id: str
    type: str
    reward_id: str
    amount: Decimal
    debt: Decimal
    reserved: bool
    created_at: datetime | None
    event_id: str | None
    campaign_id: str | None
    trace_id: str | None
    source: str | None
    reference: str | None
    issued_at: datetime
    expiration_date: datetime | None
    available_from: datetime | None


class RowWriter(Protocol):
    """What rows are written to."""

    def write(self, rows: list[Row]) -> None:
        """Add them to the file."""


class Source(Protocol):
    """What the ledger is read from, in parts."""

    @property
    def parts(self) -> int:
        """How many there are."""

    def read(self, part: int) -> Iterator[list[Item]]:
        """The items of a part, a few at a time."""


@dataclass(frozen=True)
class TableSource:
    """A table, in segments that can be read at the same time."""

    client: Any
    table: str
    brand_id: str | None
    parts: int

    @classmethod
    def of(cls, client: Any, table: str, brand_id: str | None, at_once: int) -> "TableSource":
        """The table in as many segments as its size makes useful."""
        items = client.describe_table(TableName=table)["Table"]["ItemCount"]
        return cls(client, table, brand_id, max(at_once, min(_MAX_SEGMENTS, items // _ITEMS_PER_SEGMENT)))

    def read(self, part: int) -> Iterator[list[Item]]:
        """The items of a segment, a page at a time."""
        pages = self.client.get_paginator("scan").paginate(
            TableName=self.table,
            Segment=part,
            TotalSegments=self.parts,
            FilterExpression="begins_with(pk, :brand) AND (sk IN (:state, :event) OR begins_with(sk, :record))",
            ExpressionAttributeValues={
                ":brand": {"S": f"BRAND#{self.brand_id}#" if self.brand_id else "BRAND#"},
                ":state": {"S": "STATE"},
                ":event": {"S": "EVENT"},
                ":record": {"S": RECORDS},
            },
            ConsistentRead=True,
        )
        for page in pages:
            yield list(map(from_wire, page["Items"]))


@dataclass(frozen=True)
class ExportSource:
    """The files of a full export of a table to S3, in DynamoDB's JSON, wherever they were copied to."""

    files: tuple[Path, ...]
    counts: tuple[int, ...]
    brand_id: str | None

    @property
    def parts(self) -> int:
        """How many files there are."""
        return len(self.files)

    @classmethod
    def of(cls, folder: Path, brand_id: str | None) -> "ExportSource":
        """The export in that folder or below it. Raises CommandError if it is none, or not all of it is there."""
        manifests = sorted(folder.rglob(_FILES))
        if not manifests:
            raise CommandError(f"{folder}: there is no {_FILES}, which DynamoDB writes when an export is complete.")
        if len(manifests) > 1:
            raise CommandError(f"{folder}: there are {len(manifests)} exports; name the folder of one.")
        (manifest,) = manifests
        _refuse_other_kinds(manifest.with_name(_SUMMARY))
        try:
            named = [json.loads(line) for line in manifest.read_text(encoding="utf-8").splitlines() if line.strip()]
            wanted = {str(one["dataFileS3Key"]).rsplit("/", 1)[-1]: int(one["itemCount"]) for one in named}
        except (ValueError, KeyError, TypeError):
            raise CommandError(f"{manifest}: it is not as DynamoDB writes it.") from None
        files = [manifest.parent / "data" / name for name in wanted]
        missing = [file for file in files if not file.is_file()]
        if missing:
            raise CommandError(f"{missing[0]} is missing, of {len(wanted)} files that the export consists of.")
        return cls(tuple(files), tuple(wanted.values()), brand_id)

    def read(self, part: int) -> Iterator[list[Item]]:
        """The items of a file, some at a time. Raises CommandError if it is damaged, or cut off."""
        file, count = self.files[part], 0
        try:
            with gzip.open(file, "rt", encoding="utf-8") as opened:
                for lines in batched(opened, _ITEMS_AT_ONCE, strict=False):
                    items = [from_wire(loads(line)["Item"]) for line in lines]
                    count += len(items)
                    yield [item for item in items if _is_wanted(item, self.brand_id)]
        except (OSError, EOFError, zlib.error, ValueError, KeyError) as error:
            raise CommandError(f"{file}: it is damaged after {count} items ({type(error).__name__}).") from None
        if count != self.counts[part]:
            raise CommandError(f"{file}: it has {count} items, and {self.counts[part]} were exported.")


def _refuse_other_kinds(summary: Path) -> None:
    """Raise CommandError if the export is in another format, or is only of what has changed in a time."""
    if not summary.is_file():
        return
    try:
        said = json.loads(summary.read_text(encoding="utf-8"))
        format_, kind = said.get("outputFormat", "DYNAMODB_JSON"), said.get("exportType", "FULL_EXPORT")
    except (ValueError, AttributeError):
        raise CommandError(f"{summary}: it is not as DynamoDB writes it.") from None
    if format_ != "DYNAMODB_JSON":
        raise CommandError(f"{summary}: the export is in the format {format_}; export it as DYNAMODB_JSON.")
    if kind != "FULL_EXPORT":
        raise CommandError(f"{summary}: it is an export of changes alone ({kind}); make a full one.")


def _is_wanted(item: Item, brand_id: str | None) -> bool:
    pk, sk = str(item["pk"]), str(item["sk"])
    prefix = f"BRAND#{brand_id}#" if brand_id else "BRAND#"
    return pk.startswith(prefix) and (sk in ("STATE", "EVENT") or sk.startswith(RECORDS))


def export_ledger(
    source: Source, writer: RowWriter, *, at_once: int = 8, on_progress: Callable[[int], object] = lambda _: None
) -> int:
    """Write all rows of the source; returns how many. `on_progress` gets the number of parts that are done.

    Raises CommandError if an item cannot be read, or if it is interrupted.
    """
    stopping = threading.Event()
    lock = threading.Lock()
    done = rows_written = 0

    def walk(part: int) -> None:
        nonlocal done, rows_written
        for items in source.read(part):
            if stopping.is_set():
                return
            rows = [row for item in items for row in _rows_of(item)]
            with lock:  # one file, written in no particular order
                writer.write(rows)
                rows_written += len(rows)
        with lock:
            done += 1
            on_progress(done)

    with ThreadPoolExecutor(at_once) as pool:
        walks = [pool.submit(walk, part) for part in range(source.parts)]
        try:
            for one in walks:
                one.result()
        except BaseException as error:
            stopping.set()
            pool.shutdown(cancel_futures=True)
            if isinstance(error, KeyboardInterrupt):
                raise CommandError("Interrupted; nothing was written.") from None
            raise
    return rows_written


def _rows_of(item: Item) -> Iterable[Row]:
    """The rows of an item: lines of an event or of another record, and what the open holds of a customer reserve.

    None of what is no record: a link to an event, or the plan of an erasure.
    """
    if "document" not in item or "erased_by" in item:
        return []
    _, brand_id, kind, id_ = str(item["pk"]).split("#")
    sk = str(item["sk"])
    try:
        if sk == "STATE":
            return [*_reserved(customer_in(brand_id, id_, item))]
        if kind == "EVENT":
            first = {name: value for name, value in item.items() if name != "ending"}
            event = event_in(brand_id, id_, first).first_answer()
            return [_row(brand_id, event.customer_id, one) for one in transactions_of(event, event.customer_id)]
        record = journal_record_in(int(sk.removeprefix(RECORDS)), item)
        return [_row(brand_id, id_, one) for one in transactions_of(record, id_)]
    except UnknownFormatError as error:
        raise CommandError(f"{item['pk']!s} {sk}: {error}") from None


def _row(brand_id: str, customer_id: str, line: Transaction) -> Row:
    entry, lot = line.entry, line.entry.lot
    return Row(
        line.entry_id,
        brand_id,
        customer_id,
        entry.type.value,
        lot.reward_id,
        entry.amount,
        entry.debt,
        entry.reserved,
        line.at,
        entry.event_id,
        lot.campaign_id,
        line.trace_id,
        line.source,
        line.reference,
        lot.issued_at,
        lot.expires_at,
        lot.available_from,
    )


def _reserved(customer: Customer) -> Iterator[Row]:
    for event_id, hold in customer.wallet.holds.items():
        for i, lot in enumerate(hold.reserved):
            yield _reserved_row(customer, event_id, i, lot)


def _reserved_row(customer: Customer, event_id: str, number: int, lot: Lot) -> Row:
    return Row(
        id=f"{event_id}.reserved.{number}",
        brand_id=customer.brand_id,
        customer_id=customer.customer_id,
        type=RESERVED,
        reward_id=lot.reward_id,
        amount=lot.amount,
        debt=Decimal(0),
        reserved=True,
        created_at=None,
        event_id=event_id,
        campaign_id=lot.campaign_id,
        trace_id=None,
        source=None,
        reference=None,
        issued_at=lot.issued_at,
        expiration_date=lot.expires_at,
        available_from=lot.available_from,
    )
