"""What one check has to say, and how the tools are run."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
TOOLS = ROOT / ".local" / "checks" / "bin"
PATIENCE_SECONDS = 300


@dataclass(frozen=True)
class Report:
    """A check's outcome: what is wrong, and one line for the case that nothing is.

    It is not `known` if what the check asks did not answer: then the line says that nothing is known.
    """

    tool: str
    failures: Sequence[str]
    summary: str
    known: bool = True

    def __str__(self) -> str:
        """Lines for people."""
        lines = [f"{len(self.failures)} to mend", *map(str, self.failures)] if self.failures else [self.summary]
        return f"{self.tool}: " + "\n  ".join(lines)


def run(tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a tool of the checks' own environment in the checkout; its output and exit code are the caller's."""
    return subprocess.run(  # noqa: S603  # nosec B603 - the programs are ours, the arguments are constants
        [str(TOOLS / tool), *arguments], cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS
    )
