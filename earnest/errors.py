"""The error that the `earnest` command prints in one line, without a traceback."""


class CommandError(Exception):
    """A command cannot do what was asked; its message is printed, and `exit_code` returned."""

    exit_code = 1
