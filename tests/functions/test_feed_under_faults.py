"""The feed under faults: a receiver that fails every third time, one that hangs, and functions that are killed.

The long form has 10,000 events, or as many as PROVE_SIZE says, on the table in memory.
"""

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest

from earnest.commands.redrive import begun_anew
from loyalty import receivers
from loyalty.domain.feed.webhooks import MAX_DELIVERY_ATTEMPTS, PAUSE_AFTER_HANGING
from loyalty.services import webhooks
from loyalty.store import table
from tests.functions.test_change_feed import Feed
from tests.functions.test_webhooks import Receiver, loopback, receiver, set_up
from tests.support.backend import Backend
from tests.support.figures import FIGURES, Progress, Record
from tests.support.http_backend import OfNow
from tests.support.memory import MemoryClient
from tests.support.project import LONG, SIZE
from tests.support.stream import written

__all__ = ["loopback", "receiver"]

EVENTS = SIZE or (10_000 if LONG else 100)
CUSTOMERS = EVENTS // 6
AT_ONCE = 10
TIMEOUT = 1 if LONG else 0.3
STORE = ("get_item", "batch_get_item", "put_item", "transact_write_items")
CARRIER = ("send_message", "send_message_batch", "put_events", "change_message_visibility")


class Killed(BaseException):
    """The function's process is gone."""


@dataclass
class Killer:
    """Ends a function before a call to something outside of it or right after that, at times."""

    dice: random.Random
    chance: float = 0.02
    kills: int = 0

    def wrap(self, act: Callable[..., Any]) -> Callable[..., Any]:
        """What `act` does, at times not or not heard of."""

        def acting(*args: Any, **kwargs: Any) -> Any:
            self._perhaps()
            done = act(*args, **kwargs)
            self._perhaps()
            return done

        return acting

    def survives(self, act: Callable[..., Any], *args: Any) -> bool:
        """Whether it was done without being killed or refused."""
        try:
            return act(*args) is not False
        except Killed:
            return False

    def until_survived(self, act: Callable[..., Any], *args: Any) -> int:
        """Do it again and again until it is done; how often that was."""
        return next(times for times in count(1) if self.survives(act, *args))

    def _perhaps(self) -> None:
        if self.dice.random() < self.chance:
            self.kills += 1
            raise Killed


@pytest.fixture
def in_memory(loopback: Backend, monkeypatch: pytest.MonkeyPatch) -> Backend:
    """The same backend on the table in memory, with a clock that goes: receivers refuse what was signed long ago."""
    client = MemoryClient()
    client.batch_write_item(RequestItems={"": [{"PutRequest": {"Item": item}} for item in loopback.stored()]})
    monkeypatch.setattr(table, "client", lambda: client)
    return OfNow(client, loopback.table, loopback.carrier)


@pytest.fixture
def hanging() -> Iterator[Receiver]:
    """A receiver that lets everybody wait."""
    made = Receiver()
    made.wait = 5
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.mark.usefixtures("quiet")
def test_every_record_is_told_at_least_once_and_none_in_two_ways(
    in_memory: Backend,
    receiver: Receiver,
    hanging: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Record,
    progress: Progress,
) -> None:
    backend, carrier, dice = in_memory, in_memory.carrier, random.Random(7)
    began = time.monotonic()
    set_up(backend, receiver, "works")
    set_up(backend, hanging, "hangs", ["customer.created"])
    receiver.status = iter(lambda: 500 if dice.random() < 0.3 else 204, None)
    monkeypatch.setattr(webhooks, "TIMEOUT_SECONDS", TIMEOUT)
    monkeypatch.setattr(webhooks, "pause_after", lambda _: timedelta())
    for i in progress(range(EVENTS), "events"):
        made = backend.emit(f"c{i % CUSTOMERS}", fulfilled=i % 5 > 0)
        if i % 7 == 0:
            backend.call("reverse_event", path={"id": made.data["id"]})
    records = Feed(backend).new()
    dice.shuffle(records)  # those of a customer come from different shards of the stream
    killer = Killer(dice)
    for owner, names in ((carrier, CARRIER), (backend.client, STORE), (receivers, ("post",))):
        for name in names:
            monkeypatch.setattr(owner, name, killer.wrap(getattr(owner, name)))

    # The stream delivers a batch again until it is taken.
    batches = [records[start : start + AT_ONCE] for start in range(0, len(records), AT_ONCE)]
    for keys in progress(batches, f"batches of {AT_ONCE} records"):
        killer.until_survived(backend.run, "on_record_written", written(*keys))
    wanted = {one["id"]: one for _, one in carrier.said}
    assert all(one == wanted[one["id"]] for _, one in carrier.said), "one id, one content"
    created = {one["id"] for one in wanted.values() if one["type"] == "customer.created"}
    assert len(created) == CUSTOMERS

    sending = time.monotonic()
    deliveries, set_aside = delivered(backend, killer, progress)
    sent = time.monotonic() - sending
    assert {message_id for message_id, _ in receiver.taken} >= set(wanted) - {_id(one) for one in set_aside}
    waited_for = hanging.requests
    rests = sent / PAUSE_AFTER_HANGING.total_seconds()
    # Whoever is killed while it waits does not know that the receiver hangs.
    assert waited_for <= 1 + rests + 0.1 * len(created), "the others wait for it once in a while"

    # `earnest redrive`, when the receiver answers again.
    hanging.wait = 0
    webhooks._paused_until.clear()
    monkeypatch.setattr(webhooks, "TIMEOUT_SECONDS", 5)
    for body in progress(set_aside, "messages that were set aside"):
        deliveries += killer.until_survived(backend.deliver_to_webhook, begun_anew(body))

    for told, ids in ((receiver.taken, set(wanted)), (hanging.taken, created)):
        assert {message_id for message_id, _ in told} == ids, "none lost, none invented"
        assert len(set(told)) == len(ids), "none with two payloads"
    doubled = sum(count > 1 for count in Counter(message_id for message_id, _ in receiver.taken).values())
    assert doubled, "some came twice, as they may"
    _assert_counted_once(backend, killer)
    record_property(
        FIGURES,
        f"{EVENTS:,} events: {len(records):,} records, {len(wanted):,} messages, queued {len(carrier.to_webhooks):,} "
        f"times, {deliveries:,} deliveries, {receiver.requests:,} requests, {killer.kills:,} kills; lost 0, "
        f"two payloads 0, {doubled:,} came twice; a receiver that hangs was waited for {waited_for} times, "
        f"{len(set_aside):,} messages set aside and sent again; {timedelta(seconds=round(time.monotonic() - began))}",
    )


def delivered(backend: Backend, killer: Killer, progress: Progress) -> tuple[int, list[str]]:
    """How many deliveries a queue makes until it is empty, in any order, and what it sets aside in the end."""
    waiting = [(body, 1) for body in backend.carrier.to_webhooks]
    deliveries, set_aside = 0, list[str]()
    while waiting:
        killer.dice.shuffle(waiting)
        again: list[tuple[str, int]] = []
        for body, receives in progress(waiting, "messages"):
            deliveries += 1
            if killer.survives(backend.deliver_message, body, receives):
                continue
            if receives < MAX_DELIVERY_ATTEMPTS:
                again.append((body, receives + 1))
            else:
                set_aside.append(body)
        # What was put off, also by a function that was killed before the queue could forget the message.
        waiting = again + [(body, 1) for body, _ in backend.carrier.delayed]
        backend.carrier.delayed.clear()
    return deliveries, set_aside


def _assert_counted_once(backend: Backend, killer: Killer) -> None:
    """Reports say what the wallets have, however often a record came."""
    killer.chance = 0
    day = datetime.now(UTC).date().isoformat()
    report = backend.call("get_points_report", query={"from": day, "to": day}).data
    (points,) = (one for one in report["rewards"] if one["reward_id"] == "points")
    held = sum(sum(backend.points(f"c{number}")[:2]) for number in range(CUSTOMERS))
    assert points["outstanding"] == held > 0


def _id(body: str) -> str:
    return str(body.partition('"id":"')[2].partition('"')[0])
