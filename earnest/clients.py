"""The clients in `clients/`, as far as they are made from the description of the API; `make clients` writes them anew.

Never deployed. Each generator is a published one; what is added to what they make is one table, which says of each call
what a generator does not put where a client can ask for it: the header of the key, and whether a key makes it safe to
send again.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from earnest.errors import CommandError
from earnest.openapi import PUBLISHED
from earnest.paths import ROOT

CLIENTS = ROOT / "clients"
GENERATED = ("python/earnest_client/generated", "typescript/src/schema.d.ts", "typescript/src/operations.ts")

_PYTHON_TOOLS = ROOT / ".local" / "clients" / "bin"
_NODE_TOOLS = CLIENTS / "typescript" / "node_modules" / ".bin"
_LEFT_BY_TOOLS = ("__pycache__", ".ruff_cache")
_NOTICE = "Made from the description of the API by `make clients`; changes are lost."


@dataclass(frozen=True)
class Operation:
    """A call as a client has to send it: `key_header` is None if it needs no key."""

    method: str
    path: str
    key_header: str | None
    is_idempotent: bool


def operations() -> Iterator[Operation]:
    """Every call of the description."""
    description = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    schemes = description["components"]["securitySchemes"]
    for path, calls in description["paths"].items():
        for method, call in calls.items():
            headers = [_header(schemes[scheme]) for named in call["security"] for scheme in named]
            taken = {one["name"] for one in call.get("parameters", ()) if one["in"] == "header"}
            yield Operation(method.upper(), path, headers[0] if headers else None, "Idempotency-Key" in taken)


def generate(folder: Path) -> None:
    """Make everything of `GENERATED` below this folder. Raises CommandError if a generator leaves anything out."""
    package, schema, table = (folder / name for name in GENERATED)
    package.parent.mkdir(parents=True, exist_ok=True)
    schema.parent.mkdir(parents=True, exist_ok=True)
    config = CLIENTS / "python" / "generator.yaml"
    with TemporaryDirectory() as beside:
        plain = Path(beside) / PUBLISHED.name
        plain.write_text(json.dumps(_without_empty_texts(json.loads(PUBLISHED.read_text(encoding="utf-8")))))
        said = _run(
            _PYTHON_TOOLS / "openapi-python-client", "generate", "--path", plain, "--config", config,
            "--meta", "none", "--output-path", package,
        )  # fmt: skip
    if "WARNING" in said:
        raise CommandError(said)
    for leaving in _LEFT_BY_TOOLS:
        shutil.rmtree(package / leaving, ignore_errors=True)
    (package / "operations.py").write_text(_python_table(), encoding="utf-8")
    _run(
        _NODE_TOOLS / "openapi-typescript",
        PUBLISHED,
        "--root-types",
        "--root-types-no-schema-prefix",
        "--output",
        schema,
    )
    table.write_text(_typescript_table(), encoding="utf-8")


def write() -> None:
    """Put what is generated in the place of what was; nothing changes if a generator fails."""
    with TemporaryDirectory() as made:
        generate(Path(made))
        for name in GENERATED:
            if (CLIENTS / name).is_dir():
                shutil.rmtree(CLIENTS / name)
            shutil.move(Path(made) / name, CLIENTS / name)


def _without_empty_texts(part: Any) -> Any:
    """The description without the empty text as a form of its own, where it stands for what is not given.

    The generator makes the other forms unreachable behind it.
    """
    if isinstance(part, list):
        return [_without_empty_texts(inner) for inner in part if inner != {"const": ""}]
    if isinstance(part, dict):
        return {name: _without_empty_texts(inner) for name, inner in part.items()}
    return part


def _header(scheme: Mapping[str, Any]) -> str:
    return "Authorization" if scheme["type"] == "http" else str(scheme["name"])


def _python_table() -> str:
    lines = [
        f'"""What each call takes beside its body. {_NOTICE}"""',
        "",
        "# Method, path, the header of the key, whether it takes an Idempotency-Key.",
        "OPERATIONS: tuple[tuple[str, str, str | None, bool], ...] = (",
        *(
            f"    {(one.method, one.path, one.key_header, one.is_idempotent)!r},".replace("'", '"')
            for one in operations()
        ),
        ")",
    ]
    return "\n".join(lines) + "\n"


def _typescript_table() -> str:
    lines = [
        f"/** What each call takes beside its body. {_NOTICE} */",
        "export interface Operation {",
        "  keyHeader: string | null;",
        "  idempotent: boolean;",
        "}",
        "",
        "export const operations: Readonly<Record<string, Operation>> = {",
        *(
            f'  "{one.method} {one.path}": '
            f"{{ keyHeader: {json.dumps(one.key_header)}, idempotent: {json.dumps(one.is_idempotent)} }},"
            for one in operations()
        ),
        "};",
    ]
    return "\n".join(lines) + "\n"


def _run(program: Path, *arguments: str | Path) -> str:
    """What a generator says. Raises CommandError if it is not there, or fails."""
    if not program.exists():
        raise CommandError(f"{program.name} is not there: run bin/setup clients")
    # What it starts lies beside it: ruff, which orders what was generated.
    path = os.pathsep.join([str(program.parent), os.environ["PATH"]])
    done = subprocess.run(  # noqa: S603  # nosec B603 - our own programs, and no shell
        [program, *arguments], capture_output=True, text=True, check=False, env={**os.environ, "PATH": path}
    )
    said = done.stdout + done.stderr
    if done.returncode != 0:
        raise CommandError(said)
    return said


if __name__ == "__main__":
    write()
