"""Balances of a CSV file, each customer's rows as one migration, and what became of the migrations."""

import csv
import io
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import IO

from earnest.commands.client import ApiClient, Document, path_of
from earnest.commands.import_events import Line, Target, digest
from earnest.errors import CommandError
from loyalty import json as exact

_OF_A_BALANCE = ("reward_id", "amount", "expiration_date", "issued_at")
_OF_A_CUSTOMER = ("customer_id", "email", "mobile")
_PREFIXES = ("tags.", "attributes.")
_WORDS = {"true": True, "false": False}
_PAUSE = 2.0
_ASKED_EACH = 8


@dataclass(frozen=True)
class Columns:
    """Which column of the file has what: by our name its own, where they differ; `reward_id` if no column has it.

    With `renamed`, columns that are not named are left out; without, one that is not known is refused. With `announce`,
    what is credited is announced.
    """

    source: str
    renamed: Mapping[str, str] = field(default_factory=dict)
    reward_id: str | None = None
    announce: bool = False

    @classmethod
    def of(cls, source: str, columns: Sequence[str], reward_id: str | None, *, announce: bool = False) -> "Columns":
        """The columns of options such as `amount=Points balance`. Raises CommandError."""
        renamed: dict[str, str] = {}
        for one in columns:
            name, equals, theirs = one.partition("=")
            if not (equals and theirs and _is_known(name)):
                raise CommandError(f"--column {one}: say NAME=THEIR COLUMN, NAME being one of {_known()}.")
            renamed[name] = theirs
        return cls(source, renamed, reward_id, announce)

    def names(self, header: Sequence[str]) -> dict[str, str]:
        """The file's column for each of our names that it has. Raises CommandError."""
        if self.renamed:
            if missing := [theirs for theirs in self.renamed.values() if theirs not in header]:
                raise CommandError(f"The file has no column {', '.join(missing)}; it has {', '.join(header)}.")
            found = dict(self.renamed)
        elif unknown := [name for name in header if not _is_known(name)]:
            raise CommandError(
                f"The file has columns that are not known: {', '.join(unknown)}. Known are {_known()}; --column says "
                "which of yours is which."
            )
        else:
            found = {name: name for name in header}
        if "customer_id" not in found:
            raise CommandError("The file needs a column customer_id, or --column customer_id=THEIR COLUMN.")
        if "amount" in found and "reward_id" not in found and not self.reward_id:
            raise CommandError("Of which reward? The file needs a column reward_id, or give --reward.")
        return found


def target(columns: Columns) -> Target:
    """Where the lines of a CSV file go."""
    return Target(lambda file: customers_of(file, columns), _request, has_key=False, adds_brand=False)


def customers_of(file: IO[bytes], columns: Columns) -> Iterator[Line]:
    """Yield a line for each customer of the file: all their rows, wherever they stand, as the body of one request."""
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    text_file = io.TextIOWrapper(file, "utf-8-sig", "replace", newline="")
    rows = csv.DictReader(text_file)
    names = columns.names([*(rows.fieldnames or ())])
    found: dict[str, tuple[int, Document]] = {}
    for row in rows:
        values = {name: (row.get(theirs) or "").strip() for name, theirs in names.items()}
        customer_id = values["customer_id"]
        announce = {"announce": True} if columns.announce else {}
        first = (rows.line_num, {"customer_id": customer_id, "source": columns.source, **announce})
        _, body = found.setdefault(customer_id, first)
        _add(body, {name: value for name, value in values.items() if value}, columns.reward_id)
    text_file.detach()  # whoever opened the file closes it
    for i, (number, body) in enumerate(found.values(), 1):
        text = exact.canonical(body)
        yield Line(number, size * i // len(found), text, f"import-{digest(text)}-1", body["customer_id"])


def _add(body: Document, values: Mapping[str, str], reward_id: str | None) -> None:
    """Add a row to the request of its customer."""
    for name in ("email", "mobile"):
        if name in values:
            body[name] = values[name]
    for name, value in values.items():
        for prefix in _PREFIXES:
            if name.startswith(prefix):
                body.setdefault(prefix[:-1], {})[name.removeprefix(prefix)] = _WORDS.get(value.lower(), value)
    amount = _amount(values.get("amount", ""))
    if amount:  # what has nothing is no balance; its row may still have a profile
        balance = {name: values[name] for name in _OF_A_BALANCE if name in values}
        body.setdefault("balances", []).append({"reward_id": reward_id, **balance, "amount": amount})


def _amount(text: str) -> Decimal | str | None:
    """The amount; as text if it is none, which the stack then refuses by its place."""
    try:
        number = Decimal(text) if text else None
    except InvalidOperation:
        return text
    return number if number is None or number.is_finite() else text


def _request(body: Document) -> tuple[str, Document]:
    rest = {name: value for name, value in body.items() if name != "customer_id"}
    return path_of("customers", str(body["customer_id"]), "migrate"), rest


def _is_known(name: str) -> bool:
    return name in (*_OF_A_CUSTOMER, *_OF_A_BALANCE) or any(
        name.startswith(prefix) and name != prefix for prefix in _PREFIXES
    )


def _known() -> str:
    return ", ".join((*_OF_A_CUSTOMER, *_OF_A_BALANCE, *(f"{prefix}NAME" for prefix in _PREFIXES)))


@dataclass
class Outcome:
    """How many requests are done, how many wait, and why others failed, each by its line."""

    done: int = 0
    waiting: int = 0
    failed: list[tuple[int, str]] = field(default_factory=list)


def await_traces(
    stack: ApiClient,
    traces: Mapping[str, int],
    on_progress: Callable[[int], object] = lambda _: None,
    *,
    at_once: int = 8,
    patience: float = 900,
    pause: float = _PAUSE,
) -> Outcome:
    """Ask what has become of requests, given the line of each trace id, until none has ended for `patience` s.

    They end about in the order in which they were sent: so the first ones are asked for, and more only while some of
    these have ended. Of each one that has ended that is one call, and few of those that wait are asked for in vain.
    """
    outcome = Outcome()
    first, late = deque(traces), deque[str]()
    last = time.monotonic()
    with ThreadPoolExecutor(at_once) as pool:
        while (first or late) and time.monotonic() - last < patience:
            for waiting in (first, late):
                while waiting:
                    asked = [waiting.popleft() for _ in range(min(_ASKED_EACH * at_once, len(waiting)))]
                    answers = dict(zip(asked, pool.map(lambda one: _trace(stack, one), asked), strict=True))
                    queued = [one for one, trace in answers.items() if trace["status"] == "QUEUED"]
                    if len(queued) == len(asked):
                        late.extend(asked) if waiting is late else first.extendleft(reversed(asked))
                        break
                    late.extend(queued)
                    for one, trace in answers.items():
                        _note(outcome, traces[one], trace)
                    last = time.monotonic()
                    on_progress(len(traces) - len(first) - len(late))
            if first or late:
                time.sleep(pause)
    outcome.waiting = len(first) + len(late)
    outcome.failed.sort()
    return outcome


def _note(outcome: Outcome, number: int, trace: Document) -> None:
    if trace["status"] == "DONE":
        outcome.done += 1
    elif trace["status"] != "QUEUED":
        outcome.failed.append((number, str(trace["reason"])))


def _trace(stack: ApiClient, trace_id: str) -> Document:
    headers = {"x-api-key": stack.connection.key}
    response = stack.send("GET", path_of("traces", trace_id), headers=headers)
    if response.status >= 500 or response.status == 429:
        return {"status": "QUEUED"}
    if response.status != 200:
        raise CommandError(f"GET /traces/{trace_id} was answered {response.error}")
    found: Document = response.body["data"]
    return found
