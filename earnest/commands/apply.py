"""Campaigns as code: compares files with a stack, and changes the stack to what the files say."""

import difflib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from earnest.commands.client import ApiClient, Document, path_of
from earnest.commands.program_files import (
    KINDS,
    SCHEMA_FILE,
    Documents,
    Kind,
    Problem,
    ProgramFile,
    are_equal,
    file_name,
    file_text,
    read_folder,
    schema,
)
from earnest.commands.yaml import write
from earnest.errors import CommandError
from loyalty import json as exact
from loyalty.domain.limits.budgets import DEFAULT_SHARDS

# A body has 200 kB at most, and a transaction 100 writes, of which one is the brand's.
_MAX_BYTES = 190_000
_MAX_WRITES = 99
_PUNCTUATION = 50

_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


class InvalidFiles(CommandError):
    """Files have mistakes; each line of the message is one, with its position."""

    exit_code = 2


@dataclass(frozen=True)
class Change:
    """A reward, config offer or campaign to change; `before` is None to create it, `after` is None to delete it.

    `warnings` are fields that no request is known to have.
    """

    kind: Kind
    id: str
    before: Document | None
    after: Document | None
    warnings: tuple[Problem, ...] = ()

    def show(self, console: Console) -> None:
        """Print the change as a coloured diff."""
        verb, colour = ("create", "green") if self.before is None else ("change", "yellow")
        if self.after is None:
            verb, colour = "delete", "red"
        console.print(Text(f"{verb} {self.kind.name} {self.id}", style=f"bold {colour}"), soft_wrap=True)
        for line in self.lines():
            console.print(Text(f"  {line}", style=_COLOURS.get(line[0], "")), soft_wrap=True)
        for warning in self.warnings:
            console.print(Text(f"warning: {warning}", style="bold yellow"), soft_wrap=True)

    def lines(self) -> Iterator[str]:
        """Yield the lines that differ, as a unified diff of the two files."""
        before, after = ([] if one is None else write(one).splitlines() for one in (self.before, self.after))
        yield from list(difflib.unified_diff(before, after, lineterm="", n=2))[2:]

    @property
    def writes(self) -> int:
        """How many writes it takes of the transaction that makes it: itself, its audit, its budget's shards."""
        limits = (self.after or {}).get("limits") or {}
        shared = limits.get("budget") is not None or limits.get("per_campaign") is not None
        return 2 + (max(DEFAULT_SHARDS, limits.get("shards") or 0) if shared else 0)


def read_stack(stack: ApiClient) -> Documents:
    """Return the stack's rewards, config offers and campaigns by kind and id, with their defaults filled in."""
    found: Documents = {}
    for kind in KINDS:
        for document in stack.list_all(f"/{kind.path}"):
            id_ = document.pop("id")
            found[kind.name, id_] = kind.with_defaults(document)
    return found


def plan(folder: Path, existing: Documents, *, prune: bool) -> list[Change]:
    """Return the changes in an order that keeps references valid: rewards are created first and deleted last.

    Raises InvalidFiles with every mistake in the files.
    """
    wanted, problems = read_folder(folder, {} if prune else existing)
    if problems:
        raise InvalidFiles("\n".join(map(str, problems)))
    changes = [
        Change(file.kind, file.id, existing.get(key), file.document, file.warnings)
        for key, file in wanted.items()
        if not are_equal(existing.get(key), file.document)
    ]
    if prune:
        removed = [key for key in existing if key not in wanted]
        for kind in reversed(KINDS):
            changes += (Change(kind, id_, existing[name, id_], None) for name, id_ in removed if name == kind.name)
    return changes


def apply_changes(changes: Sequence[Change], stack: ApiClient) -> None:
    """Make all changes, as many in one call as it takes; what is deleted is deleted one by one, at the end.

    Raises CommandError at the first call that is refused; its message says how many changes were made.
    """
    done = 0
    try:
        for together in calls(changes):
            _make(together, stack)
            done += len(together)
    except CommandError as error:
        raise CommandError(
            f"{error}\n{done} of {len(changes)} changes are made; apply again makes the others."
        ) from None


def calls(changes: Sequence[Change]) -> Iterator[list[Change]]:
    """Yield the changes in their order, those together that one call takes by its size and by its writes."""
    together: list[Change] = []
    size = writes = 0
    for change in changes:
        more = len(exact.dumps(change.after).encode()) + len(change.id.encode()) + _PUNCTUATION
        alone = change.after is None or not together or together[-1].after is None
        if together and (alone or size + more > _MAX_BYTES or writes + change.writes > _MAX_WRITES):
            yield together
            together, size, writes = [], 0, 0
        together.append(change)
        size += more
        writes += change.writes
    if together:
        yield together


def _make(together: Sequence[Change], stack: ApiClient) -> None:
    (first, *more) = together
    path = path_of(first.kind.path, first.id)
    try:
        if first.after is None:
            stack.request("DELETE", path)
        elif not more:
            stack.request("PUT", path, first.after)
        else:
            program: dict[str, dict[str, Any]] = {}
            for change in together:
                program.setdefault(change.kind.plural, {})[change.id] = change.after
            stack.request("PUT", "/program", program)
    except CommandError as error:
        names = f"{first.kind.name} {first.id}" + (f" and {len(more)} more" if more else "")
        raise CommandError(f"{names}: {error}") from None


def export_files(folder: Path, existing: Documents) -> list[Path]:
    """Write everything in `existing` as files, and the JSON Schema for editors; return the files written.

    A file of the folder with equal content stays as it is, comments included; one with other content is overwritten in
    its place. Raises InvalidFiles if the folder has files that cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found, problems = read_folder(folder, existing)
    if problems:
        raise InvalidFiles("\n".join(map(str, problems)))
    written = [_write(folder / SCHEMA_FILE, schema_text())]
    for kind in KINDS:
        for key in sorted(key for key in existing if key[0] == kind.name):
            old = found.get(key)
            if old is None or not are_equal(old.document, existing[key]):
                written.append(_write_one(folder, kind, key[1], existing[key], old))
    return written


def schema_text() -> str:
    """Return the JSON Schema of a file as text."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _write_one(folder: Path, kind: Kind, id_: str, document: Document, old: ProgramFile | None) -> Path:
    file = old.file if old else folder / kind.path / file_name(id_)
    up = "../" * (len(file.relative_to(folder).parts) - 1)
    return _write(file, file_text(kind, id_, document, f"{up}{SCHEMA_FILE}"))


def _write(file: Path, content: str) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content, encoding="utf-8")
    return file
