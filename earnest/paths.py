"""Where the checkout is, from which everything here runs."""

import importlib
import site
from pathlib import Path
from typing import Any

from earnest.errors import CommandError

ROOT = Path(__file__).resolve().parent.parent
_ANALYSIS = ROOT / ".local" / "analysis" / "lib" / "python3.13" / "site-packages"


def use_analysis() -> None:
    """Let what `bin/setup analysis` has installed be imported; whoever only runs the stack needs none of it."""
    site.addsitedir(str(_ANALYSIS))


def analysis_module(name: str, what: str) -> Any:
    """A module of what `bin/setup analysis` installs. Raises CommandError, which says `what` needs it, without it."""
    use_analysis()
    try:
        return importlib.import_module(name)
    except ImportError:
        raise CommandError(f"{what} needs {name.partition('.')[0]}: run `bin/setup analysis` once.") from None
