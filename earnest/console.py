"""The console: `make console` builds the page that the function `get_console` publishes, from `console/`.

Never deployed, and `make run` needs no Node: what is built is committed beside the function.
"""

import subprocess
from pathlib import Path

from earnest.errors import CommandError
from earnest.paths import ROOT

SOURCE = ROOT / "console"
PUBLISHED = ROOT / "functions" / "get_console"
BUILT = ("console.html", "policy.txt", "licences.txt")


def build(folder: Path) -> str:
    """Make everything of `BUILT` in this folder; how large it is. Raises CommandError if the types are wrong."""
    if not (SOURCE / "node_modules").exists():
        raise CommandError("what builds the console is not there: run bin/setup console")
    _run(SOURCE / "node_modules" / ".bin" / "tsc", "--project", ".")
    return _run("node", "build.mjs", folder)


def _run(*command: str | Path) -> str:
    """What a program says. Raises CommandError with it if it fails."""
    done = subprocess.run(  # noqa: S603  # nosec B603 - our own programs, and no shell
        command, cwd=SOURCE, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise CommandError(done.stdout + done.stderr)
    return done.stdout


if __name__ == "__main__":
    print(build(PUBLISHED), end="")  # noqa: T201
