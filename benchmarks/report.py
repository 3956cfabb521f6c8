"""Tables of figures, for the terminal and for docs/figures.md."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from rich import box
from rich.console import Console
from rich.table import Table as RichTable

FIGURES = Path(__file__).parent.parent / "docs" / "figures.md"
_HEAD = """\
# Figures

What `make bench` measured last. Each is a count, or a ratio of two things measured in turn in the same run, so that
another machine should find about the same.
"""


_BARS = """\
```mermaid
%%{{init: {{"xyChart": {{"width": 900, "height": {height}, "showDataLabel": true}}}}}}%%
xychart-beta horizontal
    x-axis [{names}]
    y-axis "{title}" {lowest} --> {highest}
    bar [{values}]
    line [{bounds}]
```"""


class Bars(NamedTuple):
    """A picture of a table: each row's value in one column as a bar, its bound in another as a line."""

    value: str
    bound: str
    lowest: float = 0.0


@dataclass(frozen=True)
class Table:
    """One table: what it shows, its columns, its rows, and what a reader has to know; `bars` to look at it."""

    title: str
    columns: Sequence[str]
    note: str = ""
    rows: list[Sequence[str]] = field(default_factory=list)
    bars: Bars | None = None

    def add(self, *cells: object) -> None:
        """One more row."""
        self.rows.append([str(cell) for cell in cells])

    def show(self, console: Console) -> None:
        """Print it."""
        shown = RichTable(title=self.title, caption=self.note or None, box=box.SIMPLE_HEAD, title_justify="left")
        for i, column in enumerate(self.columns):
            shown.add_column(column, justify="right" if i else "left")
        for row in self.rows:
            shown.add_row(*row)
        console.print(shown)

    def markdown(self) -> str:
        """The same as Markdown."""
        lines = [f"### {self.title}", ""]
        if self.note:
            lines += [self.note, ""]
        if self.bars:
            lines += [self._picture(self.bars), ""]
        lines += [_row(self.columns), _row(["---"] + ["---:"] * (len(self.columns) - 1)), *map(_row, self.rows)]
        return "\n".join(lines)

    def _picture(self, bars: Bars) -> str:
        values, bounds = (self._numbers(column) for column in (bars.value, bars.bound))
        return _BARS.format(
            height=80 + 26 * len(self.rows),
            names=", ".join(f'"{row[0]}"' for row in self.rows),
            title=f"{bars.value} (bars) and its bound (line)",
            lowest=bars.lowest,
            highest=round(max(values + bounds) + 0.05, 2),
            values=", ".join(map(str, values)),
            bounds=", ".join(map(str, bounds)),
        )

    def _numbers(self, column: str) -> list[float]:
        at = self.columns.index(column)
        return [float(row[at].removeprefix("≤ ")) for row in self.rows]


def write(measured: dict[str, Sequence[Table]]) -> None:
    """Put these tables into docs/figures.md, in place of those of the same benchmarks; the others stay."""
    kept = dict(_sections(FIGURES.read_text(encoding="utf-8"))) if FIGURES.exists() else {}
    kept |= {name: "\n\n".join(table.markdown() for table in tables) for name, tables in measured.items()}
    text = "\n".join([_HEAD, *(f"## {name}\n\n{kept[name]}\n" for name in sorted(kept))])
    FIGURES.parent.mkdir(exist_ok=True)
    FIGURES.write_text(text, encoding="utf-8")


def _sections(text: str) -> list[tuple[str, str]]:
    _, *parts = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)
    return [(name, body.strip()) for name, body in zip(parts[::2], parts[1::2], strict=True)]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
