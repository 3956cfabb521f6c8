"""Removals on their way to the function, kept in a file until it has taken them."""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from itertools import batched
from pathlib import Path
from typing import Any

from earnest.files import write_atomically


@dataclass(eq=False)
class PendingRemoval:
    """A stream record; `confirmed` once its item is known to be deleted."""

    record: dict[str, Any]
    confirmed: bool = False
    attempts: int = 0
    not_before: float = 0.0

    def postpone(self, longest: float) -> None:
        """Count a failed delivery; the next one waits twice as long as the last, `longest` seconds at most."""
        self.attempts += 1
        self.not_before = time.time() + min(2.0 ** (self.attempts - 1), longest)


@dataclass
class Outbox:
    """The removals that are not delivered yet, oldest first, and the file that keeps them over a restart."""

    path: Path
    _removals: list[PendingRemoval] = field(default_factory=list)

    @classmethod
    def load(cls, path: Path) -> "Outbox":
        """Return the outbox as the file has it; empty if there is none."""
        kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
        return cls(path, [PendingRemoval(**removal) for removal in kept])

    def add(self, removals: Sequence[PendingRemoval]) -> None:
        """Write removals down before their items are deleted; each is then confirmed or dropped."""
        self._removals += removals
        self.save()

    def confirm(self, removal: PendingRemoval) -> None:
        """Note that the item is deleted: its removal can be delivered."""
        removal.confirmed = True

    def drop(self, removal: PendingRemoval) -> None:
        """Forget a removal: it is delivered, or its item was not deleted after all."""
        self._removals.remove(removal)

    def save(self) -> None:
        """Write the file anew, after removals were confirmed, dropped or postponed."""
        write_atomically(self.path, json.dumps([asdict(removal) for removal in self._removals]))

    def unconfirmed(self) -> list[PendingRemoval]:
        """Return the removals whose deletion was begun, with its outcome unknown."""
        return [removal for removal in self._removals if not removal.confirmed]

    def due(self, most: int) -> list[list[PendingRemoval]]:
        """Return what can be delivered now, in batches; one that failed before goes alone, so it delays no other."""
        now = time.time()
        ready = [removal for removal in self._removals if removal.confirmed and removal.not_before <= now]
        fresh = [removal for removal in ready if removal.attempts == 0]
        alone = [[removal] for removal in ready if removal.attempts > 0]
        return [list(batch) for batch in batched(fresh, most, strict=False)] + alone
