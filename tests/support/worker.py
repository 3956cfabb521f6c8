"""A worker of the queue as a process of its own: a batch a line in, and a line out for each when it is done."""

import json
import os
import sys
from pathlib import Path
from unittest import mock

from loyalty import queue
from tests.support.project import CONTEXT, load_function


class Bus:
    """A bus that nobody listens to, but the file that `SAID_IN` names."""

    def put_events(self, **said: object) -> dict[str, int]:
        """Take events."""
        if path := os.environ.get("SAID_IN"):
            with Path(path).open("a", encoding="utf-8") as file:
                file.write(json.dumps(said) + "\n")
        return {"FailedEntryCount": 0}


def main() -> None:
    """Carry out batches until there are no more."""
    answers, sys.stdout = sys.stdout, sys.stderr  # the function logs to standard output
    handler = load_function("on_cold_offer_requested").handler
    with mock.patch.object(queue, "event_bridge", Bus):
        for line in sys.stdin:
            answers.write(json.dumps(handler(json.loads(line), CONTEXT)) + "\n")
            answers.flush()


if __name__ == "__main__":
    main()
