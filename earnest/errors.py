"""What `earnest` says in one line, instead of a traceback, when it cannot do what was asked."""


class Refusal(Exception):
    """One clear line for the person at the terminal; the command prints it and exits with `exit_code`."""

    exit_code = 1
