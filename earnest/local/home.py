"""The folder of a stack on one machine: the paths in it, and the locks that let one process at a time use it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from filelock import FileLock, Timeout

from earnest.errors import CommandError
from earnest.local.processes import poll
from earnest.local.progress import step

_SAVING_SECONDS = 120.0  # as long as a copy that is stopped in order waits for it
_SILENT_SECONDS = 2.0


@dataclass(frozen=True)
class Home:
    """The folder of one stack: its state, its build, its logs, and how to reach it.

    The environments (`ROOT/.local/engine`, `ROOT/.local/sam`) belong to the checkout and are shared by all homes.
    """

    folder: Path

    @property
    def state(self) -> Path:
        """All that `--fresh` deletes: the engine's state, the keys, removals not delivered yet."""
        return self.folder / "state"

    @property
    def engine_state(self) -> Path:
        """The state that the engine saves when it is stopped."""
        return self.state / "engine"

    @property
    def engine_state_backup(self) -> Path:
        """A copy of the saved state, made before a deployment and deleted after it."""
        return self.state / "engine-backup"

    @property
    def deployed(self) -> Path:
        """The ids of the deployed API, table and function, for whoever wants to look into them."""
        return self.state / "deployed.json"

    @property
    def keys(self) -> Path:
        """The demo brands' keys."""
        return self.state / "keys.json"

    @property
    def outbox(self) -> Path:
        """TTL removals that the function has not processed yet."""
        return self.state / "undelivered.json"

    @property
    def change_log(self) -> Path:
        """The table's changes since the engine last saved its state."""
        return self.state / "table-changes.jsonl"

    @property
    def build(self) -> Path:
        """The output of `sam build`, and its cache."""
        return self.folder / "build"

    @property
    def logs(self) -> Path:
        """The logs of the engine and of SAM."""
        return self.folder / "logs"

    @property
    def scratch(self) -> Path:
        """The engine's temporary folder, where it unpacks functions; it leaves them there, so we delete it."""
        return self.folder / "scratch"

    @property
    def lock(self) -> Path:
        """The lock of the `earnest up` that runs."""
        return self.folder / "lock"

    @property
    def engine_lock(self) -> Path:
        """The lock that the engine inherits and so keeps until it has ended."""
        return self.folder / "engine.lock"

    @property
    def connection_file(self) -> Path:
        """`stack.json`, the URL and keys of the stack that runs; there is none when none runs."""
        return self.folder / "stack.json"


@contextmanager
def exclusive(home: Home) -> Iterator[int]:
    """Let one `earnest up` at a time use a home; yield the descriptor of the lock that its engine must inherit.

    When `earnest up` is killed, its engine still saves its state; the next one waits for that, for as long as the
    engine keeps its own lock. Raises CommandError if another copy runs, or if that engine does not end.
    """
    home.folder.mkdir(parents=True, exist_ok=True)
    try:
        lock = FileLock(home.lock, timeout=0).acquire()
    except Timeout:
        raise CommandError("Earnest already runs from this checkout: stop that copy first (Ctrl-C).") from None
    with lock, home.engine_lock.open("a") as engine_lock:
        if not _is_acquired_within(engine_lock, _SILENT_SECONDS):
            with step("Waiting until the engine of a killed copy has kept its state"):
                if not _is_acquired_within(engine_lock, _SAVING_SECONDS):
                    raise CommandError(f"The engine of a killed copy still holds {home.engine_lock}: end it first.")
        home.connection_file.unlink(missing_ok=True)
        yield engine_lock.fileno()


def _is_acquired_within(file: TextIO, seconds: float) -> bool:
    return any(_is_acquired(file) for _ in poll(0.1, seconds))


def _is_acquired(file: TextIO) -> bool:
    # filelock gives its descriptor to nobody, and this lock has to pass to a child process.
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
