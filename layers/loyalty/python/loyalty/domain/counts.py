"""What an event counted beside points: progress, times, and shares of budgets. Undoing it takes exactly that off."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from loyalty.domain.funds import Share
from loyalty.domain.tallies import Tallies, added

NOTHING: Final[Mapping[str, Any]] = {}


class Counts(NamedTuple):
    """What was added to a customer's progress and limits, and what was taken from budgets, by campaign."""

    progress: Tallies = NOTHING
    limits: Tallies = NOTHING
    shares: Mapping[str, Share] = NOTHING

    @property
    def cells(self) -> int:
        """How many cells of a customer's progress it changes."""
        return sum(map(len, self.progress.values()))


def merged(one: Mapping[str, Share], other: Mapping[str, Share]) -> dict[str, Share]:
    """The shares of both, by campaign."""
    return {**one, **{name: one.get(name, Share()).plus(share) for name, share in other.items()}}


class Standing(NamedTuple):
    """What a customer has counted so far, and what is still owed to budgets: an undoing that had no room yet."""

    progress: Tallies = NOTHING
    limits: Tallies = NOTHING
    owed: Mapping[str, Share] = NOTHING

    def without(self, counts: Counts) -> "Standing":
        """As it is when an event that counted this is undone."""
        return Standing(
            added(self.progress, counts.progress, -1),
            added(self.limits, counts.limits, -1),
            merged(self.owed, counts.shares),
        )

    def joined(self, other: "Standing") -> "Standing":
        """What two customers have counted who are one."""
        return Standing(
            added(self.progress, other.progress), added(self.limits, other.limits), merged(self.owed, other.owed)
        )
