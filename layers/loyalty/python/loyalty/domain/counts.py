"""What an event counted beside points: progress, times, and shares of budgets. Undoing it takes exactly that off."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from loyalty.domain.funds import Share
from loyalty.domain.tallies import Tallies, added


@dataclass(frozen=True)
class Counts:
    """What was added to a customer's progress and limits, and what was taken from budgets, by campaign."""

    progress: Tallies = field(default_factory=dict)
    limits: Tallies = field(default_factory=dict)
    shares: Mapping[str, Share] = field(default_factory=dict)


def merged(one: Mapping[str, Share], other: Mapping[str, Share]) -> dict[str, Share]:
    """The shares of both, by campaign."""
    return {**one, **{name: one.get(name, Share()).plus(share) for name, share in other.items()}}


@dataclass(frozen=True)
class Standing:
    """What a customer has counted so far, and what is still owed to budgets: an undoing that had no room yet."""

    progress: Tallies = field(default_factory=dict)
    limits: Tallies = field(default_factory=dict)
    owed: Mapping[str, Share] = field(default_factory=dict)

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
