"""Files that the ledger is written into: CSV, or Parquet if pyarrow is there. A file is whole, or not there."""

import csv
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import IO, Any

from earnest.commands.ledger import Row, RowWriter
from earnest.errors import CommandError
from earnest.paths import analysis_module
from loyalty.domain.times import format_instant

FORMATS = ("parquet", "csv")

ROWS_PER_GROUP = 50_000
"""How many rows are in memory before they are written."""

_INSTANTS = ("created_at", "issued_at", "expiration_date", "available_from")
_AMOUNTS = ("amount", "debt")
_REQUIRED = ("id", "brand_id", "customer_id", "type", "reward_id", "amount", "debt", "reserved", "issued_at")


def format_of(file: Path, given: str | None) -> str:
    """The format of a file, by what was given or else by its name. Raises CommandError if it is none of ours."""
    name = given or file.suffix.lower().removeprefix(".")
    if name not in FORMATS:
        raise CommandError(f"Which format? {' or '.join(FORMATS)}: by --format, or by the end of the file's name.")
    return name


@contextmanager
def ledger_file(file: Path, format_: str) -> Iterator[RowWriter]:
    """What writes rows into the file, which is there when all of them are; readable by its owner only.

    Raises CommandError if what writes the format is not installed, or there is no such folder.
    """
    if not file.parent.is_dir() or file.is_dir():
        raise CommandError(f"{file}: name a file in a folder that is there.")
    opened = _WRITERS[format_]()
    draft = file.with_name(f".{file.name}.{os.getpid()}.draft")
    try:
        with open(draft, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as output:
            writer = opened(output)
            try:
                yield writer
            finally:
                writer.close()
            output.flush()
            os.fsync(output.fileno())
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


class _CsvRows:
    """Rows as CSV: amounts exact, times as the API writes them, and nothing for what a row has not."""

    def __init__(self, output: IO[bytes]) -> None:
        self._output = output
        self._write([Row._fields])

    def write(self, rows: list[Row]) -> None:
        """Add rows."""
        self._write(map(_as_text, rows))

    def close(self) -> None:
        """Nothing is left to be written."""

    def _write(self, lines: Iterable[Sequence[str]]) -> None:
        text = StringIO(newline="")
        csv.writer(text).writerows(lines)
        self._output.write(text.getvalue().encode())


def _as_text(row: Row) -> list[str]:
    named = row._asdict()
    named |= {name: f"{named[name]:f}" for name in _AMOUNTS}
    named |= {name: format_instant(named[name]) for name in _INSTANTS if named[name]}
    named["reserved"] = str(row.reserved).lower()
    return ["" if value is None else value for value in named.values()]


class _ParquetRows:
    """Rows as Parquet, a row group at a time."""

    def __init__(self, output: IO[bytes], pyarrow: Any, parquet: Any) -> None:
        self._table = pyarrow.table
        self._schema = _schema(pyarrow)
        self._file = parquet.ParquetWriter(output, self._schema, compression="zstd")
        self._rows: list[Row] = []

    def write(self, rows: list[Row]) -> None:
        """Add rows; they are written when they fill a row group."""
        self._rows += rows
        while len(self._rows) >= ROWS_PER_GROUP:
            self._write_group()

    def close(self) -> None:
        """Write what is left, and the end of the file."""
        if self._rows:
            self._write_group()
        self._file.close()

    def _write_group(self) -> None:
        group, self._rows = self._rows[:ROWS_PER_GROUP], self._rows[ROWS_PER_GROUP:]
        columns = dict(zip(Row._fields, map(list, zip(*group, strict=True)), strict=True))
        self._file.write_table(self._table(columns, schema=self._schema), row_group_size=ROWS_PER_GROUP)


def _schema(pyarrow: Any) -> Any:
    """The columns: amounts are decimals of 38 digits, 4 of them after the point; times are instants in UTC."""
    special = {
        **dict.fromkeys(_AMOUNTS, pyarrow.decimal128(38, 4)),
        **dict.fromkeys(_INSTANTS, pyarrow.timestamp("ms", tz="UTC")),
        "reserved": pyarrow.bool_(),
    }
    return pyarrow.schema(
        [
            pyarrow.field(name, special.get(name, pyarrow.string()), nullable=name not in _REQUIRED)
            for name in Row._fields
        ]
    )


def _open_parquet() -> Callable[[IO[bytes]], _ParquetRows]:
    pyarrow, parquet = (analysis_module(name, "Parquet, unlike CSV,") for name in ("pyarrow", "pyarrow.parquet"))
    return lambda output: _ParquetRows(output, pyarrow, parquet)


_WRITERS: dict[str, Callable[[], Callable[[IO[bytes]], Any]]] = {"parquet": _open_parquet, "csv": lambda: _CsvRows}
