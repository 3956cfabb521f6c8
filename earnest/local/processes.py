"""Child processes that never outlive this one: each has its own group and gets a SIGTERM when this process dies."""

import contextlib
import ctypes
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from earnest.errors import CommandError

type Process = subprocess.Popen[bytes]

_PR_SET_PDEATHSIG = 1  # prctl(2)
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_TAIL_LINES = 15


def start(
    command: Sequence[str | Path],
    environment: Mapping[str, str],
    log: Path,
    folder: Path,
    inherited: Collection[int] = (),
) -> Process:
    """Start a child in a session of its own, so that Ctrl-C reaches only this process, which then stops it in order.

    Its output replaces the content of `log`; it inherits the file descriptors `inherited`. On Linux it gets a SIGTERM
    when this process dies, however it dies.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    parent = os.getpid()

    def prepare() -> None:
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        if _LIBC is not None:
            _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:  # this process died before the line above
                os.kill(os.getpid(), signal.SIGTERM)

    with log.open("wb") as output:
        return subprocess.Popen(  # noqa: S603  # nosec B603 - the callers name the programs, no shell reads them
            [str(word) for word in command],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=tuple(inherited),
            preexec_fn=prepare,  # noqa: PLW1509
        )


def stop(process: Process, patience: float) -> None:
    """End a child and all of its group: ask, wait up to `patience` seconds, then kill what is left."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(patience)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def run(command: Sequence[str | Path], environment: Mapping[str, str], log: Path, folder: Path) -> None:
    """Run a child to its end. Raises CommandError with the end of its log when it fails."""
    process = start(command, environment, log, folder)
    try:
        code = process.wait()
    finally:
        stop(process, patience=2)
    if code != 0:
        words = " ".join(Path(str(command[0])).name.split() + [str(word) for word in command[1:2]])
        raise CommandError(f"`{words}` failed ({code}); its whole output is in {log}:\n{tail(log)}")


def tail(log: Path) -> str:
    """Return the last lines of a log."""
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-_TAIL_LINES:])


def poll(seconds: float, patience: float) -> Iterator[None]:
    """Yield once per `seconds` until `patience` seconds have passed: for loops that wait for something."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        yield
        time.sleep(seconds)
