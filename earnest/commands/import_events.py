"""Sends a file, line by line: concurrently, each line once, resuming after an interruption."""

import hashlib
import queue
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import IO, Any

import httpx

from earnest.commands.client import ApiClient, Document, Response
from earnest.errors import CommandError
from earnest.files import write_atomically
from earnest.retries import RetryPolicy
from loyalty import json as exact
from loyalty.domain.times import MAX_REPORT_DELAY

_RETRYABLE = {408, 429, 500, 502, 503, 504}
_QUEUE_SIZE = 16
_LONGEST_LINE = 250_000
_UNAUTHORIZED = 401
_SHOWN = 10

RULE = (
    f"An event may have happened within the last {MAX_REPORT_DELAY / timedelta(hours=1):.0f} hours (issued_at; now if "
    "it has none): older ones are rejected, as campaigns, limits and expiry would take them for new."
)


@dataclass(frozen=True)
class Line:
    """A line of the file: its number, the offset of its end, its text, its idempotency key, and whose it is."""

    number: int
    end: int
    text: str
    idempotency_key: str
    customer: object


@dataclass
class Summary:
    """How many lines were sent, and with which result; `before` were sent by an earlier run."""

    sent: int = 0
    replayed: int = 0
    before: int = 0
    rejected: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def lines_of(file: IO[bytes]) -> Iterator[Line]:
    """Yield the lines that are not blank.

    The idempotency key comes from the line's content and how often that occurred before, not from its position or file:
    a file imported twice has the same keys, and two equal events in it have two.
    """
    occurrences: Counter[str] = Counter()
    end = 0
    for number, raw in enumerate(file, 1):
        end += len(raw)
        text = raw.decode("utf-8-sig" if number == 1 else "utf-8", "replace").strip()
        if text:
            hashed = digest(_canonical(text))
            occurrences[hashed] += 1
            yield Line(number, end, text, f"import-{hashed}-{occurrences[hashed]}", _customer(text))


def _canonical(text: str) -> str:
    try:
        return exact.canonical(exact.loads(text))
    except (ValueError, RecursionError):
        return text


def digest(text: str) -> str:
    """A short hash of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


@dataclass(frozen=True)
class Target:
    """What the lines of a file are, and where each goes: `request` has the path and the body of a line's object."""

    lines: Callable[[IO[bytes]], Iterator[Line]]
    request: Callable[[Document], tuple[str, Document]]
    query: Mapping[str, str] = field(default_factory=dict)
    has_key: bool = True
    adds_brand: bool = True


EVENTS = Target(lines_of, lambda body: ("/behavior/events", body))


def history(*, evaluate: bool) -> Target:
    """Where events of long ago go."""
    return Target(lines_of, lambda body: ("/behavior/history", body), {"evaluate": "true"} if evaluate else {})


class Import:
    """One run over one file."""

    def __init__(
        self,
        file: Path,
        stack: ApiClient,
        target: Target = EVENTS,
        *,
        at_once: int = 8,
        retries: RetryPolicy | None = None,
    ) -> None:
        self.file = file
        self._target = target
        self.progress = file.with_name(f"{file.name}.progress")
        self.rejections = file.with_name(f"{file.name.removesuffix('.jsonl').removesuffix('.csv')}.rejected.jsonl")
        self.summary = Summary()
        self.traces: dict[str, int] = {}  # what a queue has taken: the number of the line by the id of its trace
        self._stack = stack
        self._retries = retries or RetryPolicy()
        self._queues: list[queue.Queue[Line | None]] = [queue.Queue(_QUEUE_SIZE) for _ in range(at_once)]
        self._workers: list[threading.Thread] = []
        self._finished = 0
        self._stopped: list[tuple[int, str]] = []  # the number of the line, 0 if it is about none, and the problem
        self._rejected: list[tuple[int, int]] = []  # the number of the line, and where its rejection begins

    def run(self, on_progress: Any = lambda _: None) -> Summary:
        """Send the lines that no earlier run has sent. Raises CommandError if it had to stop; run again to go on.

        What a queue has taken is remembered beside the file until `forget`, so that the next run also waits for it.

        Lines of one customer are sent in the file's order by one thread, so that points are earned before they are
        spent. A line is recorded as sent after it was; an interruption between the two costs one replay and pays
        nothing twice, because a line keeps its idempotency key. `on_progress` is called from several threads, with the
        number of bytes processed.
        """
        before = self._sent_before()
        with (
            self.file.open("rb") as file,
            self.progress.open("a", encoding="utf-8") as progress,
            self.rejections.open("wb") as rejections,
        ):
            self._workers = [
                threading.Thread(target=self._work, args=(lines, progress, rejections, on_progress), daemon=True)
                for lines in self._queues
            ]
            for worker in self._workers:
                worker.start()
            try:
                self._distribute(self._target.lines(file), before, on_progress)
                self._finish()
            except KeyboardInterrupt:
                self._stopped.append((0, "Interrupted."))  # requests under way are awaited; a second Ctrl-C ends that
                self._finish()
        self._put_rejections_in_order()
        if self._finished < len(self._queues):
            raise CommandError(
                f"Something went wrong on this side; {self.summary.sent} sent; run again to go on from there."
            )
        if self._stopped:
            # Several threads may have stopped: the first in the file is what to look at.
            raise CommandError(f"{min(self._stopped)[1]}\n{self.summary.sent} sent; run again to go on from there.")
        if not self.traces:
            self.forget()
        return self.summary

    def forget(self) -> None:
        """Forget what was sent: the next run over the file sends all of it again."""
        self.progress.unlink(missing_ok=True)

    def _finish(self) -> None:
        """Wait until the lines that were distributed are sent."""
        for index in range(len(self._queues)):
            self._put(index, None)
        for worker in self._workers:
            worker.join()

    def first_rejections(self) -> Iterator[str]:
        """Yield a line for each of the first rejected lines in the file's order: file, line, and what is wrong."""
        if self.summary.rejected:
            with self.rejections.open(encoding="utf-8") as rejections:
                for text in islice(rejections, _SHOWN):
                    one = exact.loads(text)
                    why = f"{one['status']} {one['code']}: {one['message']}" if one["status"] else one["message"]
                    yield f"{self.file.name}:{one['line']}: {why}"
        if self.summary.rejected > _SHOWN:
            yield f"and {self.summary.rejected - _SHOWN} more"

    def _put_rejections_in_order(self) -> None:
        """Threads reject lines as they come to them; whoever mends the file goes through it from its beginning."""
        if not self._rejected:
            self.rejections.unlink()
            return
        ordered = self.rejections.with_name(f"{self.rejections.name}.draft")
        # Bytes, as the places that were noted are: there may be too many rejections to keep them all in memory.
        with self.rejections.open("rb") as rejections, ordered.open("wb") as file:
            for _, place in sorted(self._rejected):
                rejections.seek(place)
                file.write(rejections.readline())
        ordered.replace(self.rejections)

    def _sent_before(self) -> dict[str, str]:
        """The idempotency keys of lines that were sent, each with its trace id, "" if it has none."""
        if not self.progress.exists():
            return {}
        # An incomplete last line is dropped, so that nothing is appended to it.
        complete = self.progress.read_text(encoding="utf-8").split("\n")[:-1]
        write_atomically(self.progress, "".join(f"{key}\n" for key in complete))
        return {key: trace_id for key, _, trace_id in (one.partition(" ") for one in complete)}

    def _distribute(self, lines: Iterator[Line], before: Mapping[str, str], on_progress: Any) -> None:
        for line in lines:
            if self._stopped:
                break
            if line.idempotency_key in before:
                self.summary.before += 1
                if trace_id := before[line.idempotency_key]:
                    self.traces[trace_id] = line.number
                on_progress(line.end)
                continue
            index = int(digest(str(line.customer)), 16) % len(self._queues)
            self._put(index, line)

    def _put(self, index: int, line: Line | None) -> None:
        while self._workers[index].is_alive():
            with suppress(queue.Full):
                self._queues[index].put(line, timeout=1)
                return

    def _work(
        self, lines: "queue.Queue[Line | None]", progress: IO[str], rejections: IO[bytes], on_progress: Any
    ) -> None:
        # Once stopped it still takes lines, so that `_distribute` is never blocked by a full queue.
        for line in iter(lines.get, None):
            if self._stopped:
                continue
            self._send(line, progress, rejections)
            on_progress(line.end)
        with self.summary.lock:
            self._finished += 1

    def _send(self, line: Line, progress: IO[str], rejections: IO[bytes]) -> None:
        body, problem = self._body(line)
        response = None if problem else self._send_with_retries(line, body)
        with self.summary.lock:
            if response is not None and 200 <= response.status < 300:
                self.summary.sent += 1
                self.summary.replayed += response.headers.get("Idempotency-Replayed") == "true"
                trace_id = response.body.get("traceId", "") if isinstance(response.body, dict) else ""
                if trace_id:
                    self.traces[trace_id] = line.number
                progress.write(f"{line.idempotency_key} {trace_id}".rstrip() + "\n")
                progress.flush()
            elif response is not None or problem:
                self.summary.rejected += 1
                self._rejected.append((line.number, rejections.tell()))
                rejections.write(exact.dumps(_rejection(line, body, response, problem)).encode() + b"\n")
                rejections.flush()

    def _body(self, line: Line) -> tuple[Document, str | None]:
        if len(line.text) > _LONGEST_LINE:
            return {}, f"is longer than {_LONGEST_LINE} characters"
        try:
            body = exact.loads(line.text)
        except (ValueError, RecursionError) as error:
            return {}, f"is not JSON: {error}"
        if not isinstance(body, dict):
            return {}, "is not a JSON object"
        if not self._target.has_key and not body["customer_id"]:
            return {}, "has no customer_id"
        if self._target.adds_brand and self._stack.connection.brand_id:
            body.setdefault("brand_id", self._stack.connection.brand_id)
        return body, None

    def _send_with_retries(self, line: Line, body: Document) -> Response | None:
        """Return the stack's response; None, with the whole run stopped, if there is none or the key is refused."""
        # An event that brings an idempotency key in its body is sent without a second one.
        has_key = self._target.has_key and not body.get("idempotencyKey")
        headers = {"Idempotency-Key": line.idempotency_key} if has_key else {}
        query = {"query": self._target.query} if self._target.query else {}
        path, content = self._target.request(body)
        problem = ""
        for attempt in range(self._retries.attempts):
            retry_after = None
            try:
                response = self._stack.send("POST", path, content, headers=headers, **query)
            except httpx.HTTPError as error:
                problem = f"{self._stack.connection.url} does not answer: {error or type(error).__name__}"
            else:
                problem, retry_after = response.error, response.headers.get("Retry-After")
                if response.status == _UNAUTHORIZED:
                    break
                if response.status not in _RETRYABLE:
                    return response
            time.sleep(self._retries.pause(attempt, retry_after))
        self._stopped.append((line.number, f"{self.file.name}:{line.number}: {problem}"))
        return None


def _customer(text: str) -> object:
    try:
        body = exact.loads(text)
    except (ValueError, RecursionError):
        return None
    return body.get("customer_id") if isinstance(body, dict) else None


def _rejection(line: Line, body: Document, response: Response | None, problem: str | None) -> Document:
    if response is None:
        return {"line": line.number, "status": None, "message": problem, "event": line.text}
    body_of_error = response.body if isinstance(response.body, dict) else {}
    error = {name: body_of_error.get(name) for name in ("code", "message", "details")}
    return {"line": line.number, "status": response.status, **error, "event": body}
