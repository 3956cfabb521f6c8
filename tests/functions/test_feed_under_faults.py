"""The feed under faults: a receiver that fails every third time, and functions that are killed wherever they are."""

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from loyalty import receivers
from loyalty.domain.feed.webhooks import MAX_DELIVERY_ATTEMPTS
from tests.functions.test_change_feed import Feed
from tests.functions.test_webhooks import Receiver, loopback, receiver, set_up
from tests.support.backend import Backend
from tests.support.figures import FIGURES, Record
from tests.support.project import LONG
from tests.support.stream import written

__all__ = ["loopback", "receiver"]

EVENTS = 10_000 if LONG else 100


class Killed(BaseException):
    """The function's process is gone."""


def killed_at_times(dice: random.Random, act: Callable[..., Any]) -> Callable[..., Any]:
    """What `act` does, with a function that is killed before it or right after it, at times."""

    def acting(*args: Any, **kwargs: Any) -> Any:
        if dice.random() < 0.02:
            raise Killed
        done = act(*args, **kwargs)
        if dice.random() < 0.02:
            raise Killed
        return done

    return acting


def test_every_record_is_told_at_least_once_and_none_in_two_ways(
    loopback: Backend, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, record_property: Record
) -> None:
    dice = random.Random(7)
    set_up(loopback, receiver)
    receiver.status = iter(lambda: 500 if dice.random() < 0.3 else 204, None)
    feed = Feed(loopback)
    for i in range(EVENTS):
        made = loopback.emit(f"c{i % 17}", fulfilled=i % 5 > 0)
        if i % 7 == 0:
            loopback.call("reverse_event", path={"id": made.data["id"]})
    records = feed.new()
    carrier = loopback.carrier
    for name in ("send_message_batch", "put_events", "change_message_visibility"):
        monkeypatch.setattr(carrier, name, killed_at_times(dice, getattr(carrier, name)))
    monkeypatch.setattr(receivers, "post", killed_at_times(dice, receivers.post))

    # The stream delivers a batch again until it is taken.
    for start in range(0, len(records), 10):
        batch = written(*records[start : start + 10])
        while not _survives(loopback.run, "on_record_written", batch):
            pass
    wanted = {one["id"]: one for _, one in carrier.said}
    assert all(one == wanted[one["id"]] for _, one in carrier.said), "one id, one content"

    # The queue delivers a message again until it is deleted, in any order, and sets aside what came too often.
    waiting = [(body, 1) for body in carrier.to_webhooks]
    set_aside: list[tuple[str, int]] = []
    while waiting:
        dice.shuffle(waiting)
        again: list[tuple[str, int]] = []
        for body, attempt in waiting:
            if _survives(loopback.deliver_to_webhook, body, attempt):
                continue
            (again if attempt < MAX_DELIVERY_ATTEMPTS else set_aside).append((body, attempt + 1))
        waiting = again
    for body, _ in set_aside:  # `earnest redrive`
        while not _survives(loopback.deliver_to_webhook, body):
            pass

    assert {message_id for message_id, _ in receiver.taken} == set(wanted), "none lost, none invented"
    assert len(set(receiver.taken)) == len(wanted), "none with two payloads"
    doubled = sum(count > 1 for count in Counter(message_id for message_id, _ in receiver.taken).values())
    assert doubled, "some came twice, as they may"
    figure = f"{len(wanted)} messages of {len(records)} records, {receiver.requests} requests, {doubled} came twice"
    record_property(FIGURES, figure)


def _survives(act: Callable[..., Any], *args: Any) -> bool:
    """Whether it was done without being killed or refused."""
    try:
        return act(*args) is not False
    except Killed:
        return False
