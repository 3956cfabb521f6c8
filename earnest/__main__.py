"""`python -m earnest` is the `earnest` command."""

import signal

# Until there is something to stop, Ctrl-C just ends this.
signal.signal(signal.SIGINT, signal.SIG_DFL)

from earnest.commands.cli import app  # noqa: E402  (importing takes a while)

app(prog_name="earnest")
