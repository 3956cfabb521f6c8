"""The TypeScript client with its tests, compiled by the compiler of its lock file."""

import json
import os
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.project import ROOT

TYPESCRIPT = ROOT / "clients" / "typescript"
TSC = str(TYPESCRIPT / "node_modules" / ".bin" / "tsc")
# Our own declarations are checked when the client is packed, in tests/contracts; those of the browser and of Node take
# longer than all that is ours.
_OTHERS_ARE_RIGHT = "--skipLibCheck"


@contextmanager
def compiled() -> Iterator[Path]:
    """The folder of what `test/` and `src/` become, where Node finds the packages; fails if the types are wrong."""
    assert (TYPESCRIPT / "node_modules").exists(), "`bin/setup clients` installs what the client needs"
    built = TYPESCRIPT / "build" / uuid.uuid4().hex
    try:
        run(TSC, "--project", "test", "--outDir", str(built), _OTHERS_ARE_RIGHT)
        yield built
    finally:
        shutil.rmtree(built, ignore_errors=True)


def check(*examples: str) -> None:
    """Fail if one of these programs, which import the client by its name, is not of strict types."""
    folder = TYPESCRIPT / "build" / uuid.uuid4().hex
    folder.mkdir(parents=True)
    options = {"noEmit": True, "rootDir": "../.."}
    settings = {"extends": "../../tsconfig.json", "compilerOptions": options, "include": ["."]}
    try:
        (folder / "tsconfig.json").write_text(json.dumps(settings))
        for i, example in enumerate(examples):
            (folder / f"example_{i}.ts").write_text(example.replace('"earnest-client"', '"../../src/index.js"'))
        run(TSC, "--project", str(folder), _OTHERS_ARE_RIGHT)
    finally:
        shutil.rmtree(folder)


def run(*command: str, **environment: str) -> str:
    """What a command prints that is run in the client's folder; fails with all it says if it fails."""
    done = subprocess.run(
        command,
        cwd=TYPESCRIPT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
