"""Visible progress: one line per step, with its seconds when it is done."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import typer


def say(what: str, *, ends_line: bool = True) -> None:
    """Print to the terminal; if that is gone, what goes on must not stop for it."""
    with suppress(OSError):
        typer.echo(what, nl=ends_line)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Show that `what` goes on, and how long it took when it is done."""
    started = time.monotonic()
    say(f"  {what} … ", ends_line=False)
    try:
        yield
    except BaseException:
        say("")
        raise
    say(f"{time.monotonic() - started:.1f} s")
