"""Sending a file of events, one JSON object a line: many at once, each once, and again from where it stopped."""

import hashlib
import queue
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import httpx

from earnest.commands.client import ApiClient, Document, Response
from earnest.errors import CommandError
from earnest.files import write_atomically
from loyalty import json as exact

_WORTH_ANOTHER_TRY = {408, 429, 500, 502, 503, 504}
_WAITING_LINES = 16
_LONGEST_LINE = 250_000
_NOT_LET_IN = 401


@dataclass(frozen=True)
class Patience:
    """How often a call is tried, and the pauses between: they double, differ, and are never longer than `longest`."""

    tries: int = 8
    first: float = 0.5
    longest: float = 20.0

    def pause(self, attempt: int, asked: str | None) -> float:
        """Return how many seconds to wait after a failed try; what the stack asked for, if it did."""
        if asked and asked.isdigit():
            return min(self.longest, float(asked))
        return random.uniform(0.5, 1) * min(self.longest, self.first * float(2**attempt))  # noqa: S311  # nosec B311 - it spreads retries


@dataclass(frozen=True)
class Line:
    """A line of the file: its number, where it ends, its text, and what makes it this one and no other."""

    number: int
    end: int
    text: str
    mark: str


@dataclass
class Summary:
    """What became of the lines."""

    sent: int = 0
    replayed: int = 0
    before: int = 0
    rejected: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


def lines_of(file: IO[bytes]) -> Iterator[Line]:
    """Yield the lines that are not blank.

    A line's mark comes from what it says and how often it was said before, not from where it stands or in which file:
    the same event sent again is the same, and two equal visits are two.
    """
    times: Counter[str] = Counter()
    end = 0
    for number, raw in enumerate(file, 1):
        end += len(raw)
        text = raw.decode("utf-8-sig" if number == 1 else "utf-8", "replace").strip()
        if text:
            said = _digest(_canonical(text))
            times[said] += 1
            yield Line(number, end, text, f"import-{said}-{times[said]}")


def _canonical(text: str) -> str:
    try:
        return exact.canonical(exact.loads(text))
    except (ValueError, RecursionError):
        return text


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


class Import:
    """One run over one file. `on_progress` hears how many bytes of it are done with, from several threads."""

    def __init__(self, file: Path, stack: ApiClient, *, at_once: int = 8, patience: Patience | None = None) -> None:
        self.file = file
        self.progress = file.with_name(f"{file.name}.progress")
        self.rejections = file.with_name(f"{file.name.removesuffix('.jsonl')}.rejected.jsonl")
        self.summary = Summary()
        self._stack = stack
        self._patience = patience or Patience()
        self._queues: list[queue.Queue[Line | None]] = [queue.Queue(_WAITING_LINES) for _ in range(at_once)]
        self._workers: list[threading.Thread] = []
        self._finished = 0
        self._stopped: list[str] = []

    def run(self, on_progress: Any = lambda _: None) -> Summary:
        """Send what was not sent before. Raises CommandError if the stack stopped answering; run again to go on.

        Lines of one customer are sent one after the other in the file's order, by the same thread: what is earned is
        there before it is spent. A line is noted as sent after it was; whatever ends this between the two costs one
        replay and pays nothing twice, because each line has the idempotency key that it had the first time.
        """
        before = self._sent_before()
        with (
            self.file.open("rb") as file,
            self.progress.open("a", encoding="utf-8") as progress,
            self.rejections.open("w", encoding="utf-8") as rejections,
        ):
            self._workers = [
                threading.Thread(target=self._work, args=(one, progress, rejections, on_progress), daemon=True)
                for one in self._queues
            ]
            for worker in self._workers:
                worker.start()
            try:
                self._share_out(lines_of(file), before, on_progress)
            except KeyboardInterrupt:
                self._stopped.append("Interrupted.")  # what is on its way is waited for; interrupted again, it is not
            for mine in range(len(self._queues)):
                self._put(mine, None)
            for worker in self._workers:
                worker.join()
        if not self.summary.rejected:
            self.rejections.unlink()
        if self._finished < len(self._queues):
            raise CommandError(
                f"Something went wrong on this side; {self.summary.sent} sent; run again to go on from there."
            )
        if self._stopped:
            raise CommandError(f"{self._stopped[0]}\n{self.summary.sent} sent; run again to go on from there.")
        self.progress.unlink()
        return self.summary

    def _sent_before(self) -> set[str]:
        if not self.progress.exists():
            return set()
        # A half line at the end is no line, and must not become one by what is appended.
        whole = self.progress.read_text(encoding="utf-8").split("\n")[:-1]
        write_atomically(self.progress, "".join(f"{mark}\n" for mark in whole))
        return set(whole)

    def _share_out(self, lines: Iterator[Line], before: set[str], on_progress: Any) -> None:
        for line in lines:
            if self._stopped:
                break
            if line.mark in before:
                self.summary.before += 1
                on_progress(line.end)
                continue
            mine = int(_digest(str(_customer(line.text))), 16) % len(self._queues)
            self._put(mine, line)

    def _put(self, mine: int, line: Line | None) -> None:
        while self._workers[mine].is_alive():
            with suppress(queue.Full):
                self._queues[mine].put(line, timeout=1)
                return

    def _work(self, mine: "queue.Queue[Line | None]", progress: IO[str], rejections: IO[str], on_progress: Any) -> None:
        # When stopped it goes on taking lines, so that whoever shares them out never waits for it in vain.
        for line in iter(mine.get, None):
            if self._stopped:
                continue
            self._send(line, progress, rejections)
            on_progress(line.end)
        with self.summary.lock:
            self._finished += 1

    def _send(self, line: Line, progress: IO[str], rejections: IO[str]) -> None:
        body, problem = self._body(line)
        answer = None if problem else self._persist(line, body)
        with self.summary.lock:
            if answer is not None and 200 <= answer.status < 300:
                self.summary.sent += 1
                self.summary.replayed += answer.headers.get("Idempotency-Replayed") == "true"
                progress.write(f"{line.mark}\n")
                progress.flush()
            elif answer is not None or problem:
                self.summary.rejected += 1
                rejections.write(exact.dumps(_rejection(line, body, answer, problem)) + "\n")
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
        if self._stack.connection.brand_id:
            body.setdefault("brand_id", self._stack.connection.brand_id)
        return body, None

    def _persist(self, line: Line, body: Document) -> Response | None:
        """Return the stack's answer; None, and the whole run stopped, if it has none or does not let us in."""
        # An event that names its own key, or its purchase, is protected by that; a second name would not hurt it.
        headers = {} if body.get("idempotencyKey") else {"Idempotency-Key": line.mark}
        why = ""
        for attempt in range(self._patience.tries):
            asked = None
            try:
                answer = self._stack.send("POST", "/behavior/events", body, headers=headers)
            except httpx.HTTPError as error:
                why = f"{self._stack.connection.url} does not answer: {error or type(error).__name__}"
            else:
                why, asked = answer.error, answer.headers.get("Retry-After")
                if answer.status == _NOT_LET_IN:
                    break
                if answer.status not in _WORTH_ANOTHER_TRY:
                    return answer
            time.sleep(self._patience.pause(attempt, asked))
        self._stopped.append(f"Line {line.number}: {why}")
        return None


def _customer(text: str) -> object:
    try:
        body = exact.loads(text)
    except (ValueError, RecursionError):
        return None
    return body.get("customer_id") if isinstance(body, dict) else None


def _rejection(line: Line, body: Document, answer: Response | None, problem: str | None) -> Document:
    if answer is None:
        return {"line": line.number, "status": None, "message": problem, "event": line.text}
    refusal = answer.body if isinstance(answer.body, dict) else {}
    why = {name: refusal.get(name) for name in ("code", "message", "details")}
    return {"line": line.number, "status": answer.status, **why, "event": body}
