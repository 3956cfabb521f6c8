"""One copy at a time: two locks, one held by the command and one that its engine holds too."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from earnest.errors import Refusal
from earnest.local.home import Home
from earnest.local.processes import every

_SAVING_SECONDS = 30.0


@contextmanager
def only_copy(home: Home) -> Iterator[int]:
    """Hold the home's locks for the time of the block; yield the file descriptor that the engine is to keep.

    If the last copy was killed its engine may still be saving, and this waits for that. Raises Refusal if another
    copy runs.
    """
    home.folder.mkdir(parents=True, exist_ok=True)
    with home.lock.open("a") as ours, home.engine_lock.open("a") as engines:
        if not _is_locked(ours):
            raise Refusal("Earnest already runs from this checkout: stop that copy first (Ctrl-C).")
        if not any(_is_locked(engines) for _ in every(0.1, _SAVING_SECONDS)):
            raise Refusal(f"The engine of a killed copy still holds {home.engine_lock}: end it first.")
        home.card.unlink(missing_ok=True)
        yield engines.fileno()


def _is_locked(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
