"""Shows what the functions of a stack log, on this machine or in AWS: their one log group, oldest line first."""

import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3

from earnest.commands.redrive import stack_and_client_options
from earnest.errors import CommandError

_PAUSE_SECONDS = 1.0
# What every line has, and what the words in front of a line say already.
_KNOWN = {"level", "message", "timestamp", "service", "function_name", "function_arn", "function_request_id"}
_KNOWN |= {"cold_start", "function_memory_size", "location"}


def read_logs(stack: str | None, connection_file: Path, since: float, *, follow: bool) -> Iterator[str]:
    """Yield the lines logged since that time, in seconds since 1970; if `follow`, wait for more and never end.

    Raises CommandError if there is no such stack.
    """
    name, options = stack_and_client_options(stack, connection_file)
    client = boto3.client("logs", **options)
    try:
        yield from lines(client, f"/aws/lambda/{name}", int(since * 1000), follow=follow)
    except client.exceptions.ResourceNotFoundException:
        raise CommandError(f"The stack {name} has no log group; nothing has run there yet.") from None


def lines(client: Any, group: str, since: int, *, follow: bool) -> Iterator[str]:
    """Yield the lines of a log group since that instant in milliseconds, each once.

    Where an answer is cut off without naming the next one, as on the local engine, the next request begins at the time
    of the last line; so it does to follow.
    """
    seen: set[object] = set()
    while True:
        request = {"logGroupName": group, "startTime": since}
        found: list[Mapping[str, Any]] = []
        while True:
            answer = client.filter_log_events(**request)
            found += answer["events"]
            if "nextToken" not in answer:
                break
            request["nextToken"] = answer["nextToken"]
        new = [event for event in found if _identity(event) not in seen]
        yield from (event["message"].rstrip("\n") for event in new)
        if found:
            since = max(event["timestamp"] for event in found)
            seen = {_identity(event) for event in found if event["timestamp"] == since}
        if not new and not follow:
            return
        if not new:
            time.sleep(_PAUSE_SECONDS)


def of_function(line: str, function: str | None) -> bool:
    """Whether a line is one of that function, by its name in the template; of any, if none is named."""
    name = _parsed(line).get("function_name") or _parsed(line).get("functionName") or ""
    return function is None or function.lower() in str(name).lower().split("-")


def shown(line: str) -> str:
    """A line for people: time, function, level, message, and what else it says; one that is no JSON as it is."""
    parsed = _parsed(line)
    if "message" not in parsed:
        return line
    name = str(parsed.get("function_name", "")).split("-")
    rest = " ".join(f"{key}={value}" for key, value in parsed.items() if key not in _KNOWN)
    words = (parsed.get("timestamp", ""), name[1] if len(name) > 1 else name[0], parsed.get("level", ""))
    return " ".join(str(word) for word in (*words, parsed["message"], rest) if word)


def _identity(event: Mapping[str, Any]) -> object:
    return event.get("eventId") or (event["timestamp"], event.get("logStreamName"), event["message"])


def _parsed(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
