"""Progress on the terminal: one line a step, with its duration when it is done."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import typer


def say(what: str, *, ends_line: bool = True) -> None:
    """Print to the terminal; if the terminal is closed, say nothing, so that the stack can still stop in order."""
    with suppress(OSError):
        typer.echo(what, nl=ends_line)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Print what is being done, and when the block ends how long it took."""
    started = time.monotonic()
    say(f"  {what} … ", ends_line=False)
    try:
        yield
    except BaseException:
        say("")
        raise
    say(f"{time.monotonic() - started:.1f} s")
