"""Campaigns as code: what files and a stack differ in, and making the stack what the files say."""

import difflib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.text import Text

from earnest.commands.client import Document, Stack, place
from earnest.commands.program_files import (
    KINDS,
    SCHEMA_FILE,
    Kind,
    Name,
    Whole,
    Written,
    file_name,
    file_text,
    read_folder,
    same,
    schema,
)
from earnest.commands.yaml import write
from earnest.errors import Refusal

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


class Mistaken(Refusal):
    """The files cannot be meant; each line says where."""

    exit_code = 2


@dataclass(frozen=True)
class Change:
    """One thing that becomes another: `before` is None when it is new, `after` when it goes."""

    kind: Kind
    id: str
    before: Document | None
    after: Document | None

    def show(self, console: Console) -> None:
        """Print it as a difference of lines."""
        verb, colour = ("create", "green") if self.before is None else ("change", "yellow")
        if self.after is None:
            verb, colour = "delete", "red"
        console.print(Text(f"{verb} {self.kind.word} {self.id}", style=f"bold {colour}"), soft_wrap=True)
        for line in self.lines():
            console.print(Text(f"  {line}", style=_COLOURS.get(line[0], "")), soft_wrap=True)

    def lines(self) -> Iterator[str]:
        """Yield the lines that differ, as a unified diff of the two files."""
        before, after = ([] if one is None else write(one).splitlines() for one in (self.before, self.after))
        yield from list(difflib.unified_diff(before, after, lineterm="", n=2))[2:]

    def make(self, stack: Stack) -> None:
        """Make it so. Raises Refusal with the stack's words."""
        path = place(self.kind.path, self.id)
        if self.after is None:
            stack.ask("DELETE", path)
        else:
            stack.ask("PUT", path, self.after)


def what_is_there(stack: Stack) -> Whole:
    """Return everything of each kind on the stack, by kind and id, with its defaults in."""
    found: Whole = {}
    for kind in KINDS:
        for document in stack.everything(f"/{kind.path}"):
            id_ = document.pop("id")
            found[kind.word, id_] = kind.whole(document)
    return found


def plan(folder: Path, there: Whole, *, prune: bool) -> list[Change]:
    """Return what has to change, in the order in which it can: what is named first, what names it last to go.

    Raises Mistaken with every mistake in the files.
    """
    wanted, problems = read_folder(folder, {} if prune else there)
    if problems:
        raise Mistaken("\n".join(map(str, problems)))
    changes = [
        Change(one.kind, one.id, there.get(name), one.document)
        for name, one in wanted.items()
        if not same(there.get(name), one.document)
    ]
    if prune:
        gone = [name for name in there if name not in wanted]
        for kind in reversed(KINDS):
            changes += (Change(kind, id_, there[word, id_], None) for word, id_ in gone if word == kind.word)
    return changes


def make(changes: Sequence[Change], stack: Stack) -> None:
    """Make all changes. Raises Refusal at the first that the stack refuses; what was made stays, and is said."""
    for done, change in enumerate(changes):
        try:
            change.make(stack)
        except Refusal as refusal:
            raise Refusal(
                f"{change.kind.word} {change.id}: {refusal}\n"
                f"{done} of {len(changes)} changes are made; apply again makes the others."
            ) from None


def export(folder: Path, there: Whole) -> list[Path]:
    """Write everything there as files, and the schema that editors complete them with; return those written.

    A file of the folder that says the same already stays as it is, comments included; one that says something else is
    written over in its place. Raises Mistaken if the folder has files that cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    kept, problems = read_folder(folder, there)
    if problems:
        raise Mistaken("\n".join(map(str, problems)))
    written = [_write(folder / SCHEMA_FILE, schema_text())]
    for kind in KINDS:
        for name in sorted(name for name in there if name[0] == kind.word):
            mine = kept.get(name)
            if mine is None or not same(mine.document, there[name]):
                written.append(_write_one(folder, kind, name, there[name], mine))
    return written


def schema_text() -> str:
    """Return the schema's file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _write_one(folder: Path, kind: Kind, name: Name, document: Document, mine: Written | None) -> Path:
    file = mine.file if mine else folder / kind.path / file_name(name[1])
    up = "../" * (len(file.relative_to(folder).parts) - 1)
    return _write(file, file_text(kind, name[1], document, f"{up}{SCHEMA_FILE}"))


def _write(file: Path, content: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content, encoding="utf-8")
    return file
