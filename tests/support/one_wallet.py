"""One wallet as one caller at a time would see it: the sequential model that histories are held against."""

from dataclasses import dataclass, replace
from typing import NamedTuple

Totals = tuple[int, int, int]
"""What can be spent, what is held, what is promised."""


class Call(NamedTuple):
    """`earn` or `spend` an amount; `fulfil`, `reverse`, `extend`, `look` at the event of that number; `read` totals."""

    act: str
    about: int = 0


class Seen(NamedTuple):
    """What came back: the status, and the totals or the event's status where the call tells them."""

    status: int
    told: Totals | str | None = None


@dataclass(frozen=True)
class Held:
    """An event in standby: what it took, what it promises, and what became of it."""

    took: int
    promises: int
    status: str = "PENDING"


@dataclass(frozen=True)
class OneWallet:
    """The state of the model; applying a call to it changes nothing."""

    available: int = 0
    events: tuple[Held, ...] = ()

    @property
    def totals(self) -> Totals:
        """What a read of the wallet tells."""
        open_ = [one for one in self.events if one.status == "PENDING"]
        return self.available, sum(one.took for one in open_), sum(one.promises for one in open_)

    def hold(self, took: int, promises: int) -> "OneWallet":
        """With one more event in standby; it must be covered."""
        return replace(self, available=self.available - took, events=(*self.events, Held(took, promises)))

    def over(self, number: int) -> "OneWallet":
        """With the deadline of that event in standby past: what it took is back."""
        event = self.events[number]
        assert event.status == "PENDING"
        return self._with(number, replace(event, status="EXPIRED"), event.took)

    def after(self, call: Call) -> "tuple[OneWallet, Seen]":
        """The state after the call and what it answers."""
        if call.act == "read":
            return self, Seen(200, self.totals)
        if call.act == "earn":
            return _told(replace(self, available=self.available + call.about))
        if call.act == "spend":
            if self.available < call.about:
                return self, Seen(422)
            return _told(replace(self, available=self.available - call.about))
        return self._after_one(call)

    def _after_one(self, call: Call) -> "tuple[OneWallet, Seen]":
        event = self.events[call.about]
        if call.act == "look":
            return self, Seen(200, event.status)
        status, change = _ENDINGS[call.act, event.status]
        if status is None:
            return self, Seen(409)
        gain = change[0] * event.took + change[1] * event.promises
        return self._with(call.about, replace(event, status=status), gain), Seen(200, status)

    def _with(self, number: int, event: Held, gain: int) -> "OneWallet":
        events = (*self.events[:number], event, *self.events[number + 1 :])
        return replace(self, available=self.available + gain, events=events)


# For each act and status: the status after it, or none if it is refused; what comes back, in what was taken and
# what was promised.
_ENDINGS: dict[tuple[str, str], tuple[str | None, tuple[int, int]]] = {
    ("fulfil", "PENDING"): ("RESOLVED", (0, 1)),
    ("fulfil", "RESOLVED"): ("RESOLVED", (0, 0)),
    ("fulfil", "CANCELLED"): (None, (0, 0)),
    ("fulfil", "REVERSED"): (None, (0, 0)),
    ("fulfil", "EXPIRED"): (None, (0, 0)),
    ("reverse", "PENDING"): ("CANCELLED", (1, 0)),
    ("reverse", "RESOLVED"): ("REVERSED", (1, -1)),
    ("reverse", "CANCELLED"): ("CANCELLED", (0, 0)),
    ("reverse", "REVERSED"): ("REVERSED", (0, 0)),
    ("reverse", "EXPIRED"): (None, (0, 0)),
    ("extend", "PENDING"): ("PENDING", (0, 0)),
    **{("extend", ended): (None, (0, 0)) for ended in ("RESOLVED", "CANCELLED", "REVERSED", "EXPIRED")},
}


def _told(wallet: OneWallet) -> tuple[OneWallet, Seen]:
    return wallet, Seen(201, wallet.totals)
