"""Removals on their way to the function, kept in a file until it has taken them."""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from itertools import batched
from pathlib import Path
from typing import Any

from earnest.files import write_whole


@dataclass(eq=False)
class Parcel:
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
    """The parcels in the order in which they came, and the file that remembers them."""

    path: Path
    _parcels: list[Parcel] = field(default_factory=list)

    @classmethod
    def at(cls, path: Path) -> "Outbox":
        """Return the outbox as the last run left it."""
        kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else []
        return cls(path, [Parcel(**parcel) for parcel in kept])

    def add(self, parcels: Sequence[Parcel]) -> None:
        """Write parcels down, to be confirmed or dropped."""
        self._parcels += parcels
        self.save()

    def confirm(self, parcel: Parcel) -> None:
        """The parcel's item is known to be deleted: it can be delivered."""
        parcel.confirmed = True

    def drop(self, parcel: Parcel) -> None:
        """The parcel is delivered, or was not to be sent after all."""
        self._parcels.remove(parcel)

    def save(self) -> None:
        """Write down what was confirmed, dropped and postponed."""
        write_whole(self.path, json.dumps([asdict(parcel) for parcel in self._parcels]))

    def unconfirmed(self) -> list[Parcel]:
        """Return the parcels of deletions begun."""
        return [parcel for parcel in self._parcels if not parcel.confirmed]

    def due(self, most: int) -> list[list[Parcel]]:
        """Return what can be delivered now, in batches; what failed before goes alone, so that it delays no other."""
        now = time.time()
        ready = [parcel for parcel in self._parcels if parcel.confirmed and parcel.not_before <= now]
        fresh = [parcel for parcel in ready if parcel.attempts == 0]
        alone = [[parcel] for parcel in ready if parcel.attempts > 0]
        return [list(batch) for batch in batched(fresh, most, strict=False)] + alone
