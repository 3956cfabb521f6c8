"""Where the checkout is, from which everything here runs."""

import site
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_ANALYSIS = ROOT / ".local" / "analysis" / "lib" / "python3.13" / "site-packages"


def use_analysis() -> None:
    """Let what `bin/setup analysis` has installed be imported; whoever only runs the stack needs none of it."""
    site.addsitedir(str(_ANALYSIS))
