"""The change feed: every journal record is announced to webhooks and on the event bus, from the table's stream.

A record is announced at least once: after a failure the stream delivers it again. A message is made from its record
alone, so it then has the same id and the same content, and receivers recognise it by its id.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from loyalty import json
from loyalty.domain.feed.messages import FeedRecord, Message, message_of_reminder, message_of_spent_budget, messages_of
from loyalty.domain.reports.counting import counts_of
from loyalty.queue import publish_all
from loyalty.services.reminders import plan_reminders
from loyalty.services.webhooks import send_to_webhooks
from loyalty.store.feed import key_of, load_feed, load_reminders, load_spent_budgets, save_spent_budgets
from loyalty.store.keys import Key
from loyalty.store.published import load_program
from loyalty.store.reports import additions, count_once

# The bus and the queue take 256 kB. In the queue a message is a string in JSON, whose escapes may double its length.
_MAX_CHARACTERS = 100_000
# What is shortened in a message that is too long, in this order.
_LISTS = ("entries", "rewarding_campaigns", "offers", "totals")


def announce(written: Sequence[tuple[str, str]], clock: Callable[[], datetime]) -> None:
    """Announce the records at these keys to webhooks and on the stack's event bus, and count them for reports.

    Raises ServiceUnavailable.
    """
    keys = [Key(pk, sk) for pk, sk in written]
    records = load_feed(keys)
    messages = [message for record in records for message in messages_of(record)]
    messages += map(message_of_reminder, load_reminders(keys))
    messages += [message_of_spent_budget(*one) for one in load_spent_budgets(keys)]
    messages = [_shortened(message) for message in messages]
    send_to_webhooks(messages)
    publish_all([(message.type, _detail(message)) for message in messages])
    _count_for_reports(records)
    save_spent_budgets(keys, clock())
    plan_reminders([one for one in records if not one.is_moved], clock)


def _count_for_reports(records: Sequence[FeedRecord]) -> None:
    """Add to the counters what these records say, unless that was done before. Raises ServiceUnavailable."""
    found = []
    for one in records:
        counts = counts_of(one, load_program(one.brand_id).brand.tz)
        found += list(additions(one.brand_id, key_of(one), counts))
    count_once(found)


def _shortened(message: Message) -> Message:
    """The message, its lists cut if queue and bus would refuse it as too long; `…_left_out` counts what each lacks.

    What is cut depends on the message alone, so that it is the same whenever it is made.
    """
    data = dict(message.data)
    for name in _LISTS:
        excess = len(json.dumps_ascii(data)) - _MAX_CHARACTERS
        if excess <= 0:
            break
        kept = _cut(excess, data.get(name, ()))
        if left_out := len(data.get(name, ())) - len(kept):
            data |= {name: kept, f"{name}_left_out": left_out + data.get(f"{name}_left_out", 0)}
    return message._replace(data=data)


def _cut(excess: int, items: Sequence[Any]) -> list[Any]:
    """The list without its last items, so many that this saves `excess` characters; empty if that is not enough."""
    kept = list(items)
    while kept and excess > 0:
        excess -= len(json.dumps_ascii(kept.pop())) + 1
    return kept


def _detail(message: Message) -> str:
    return json.dumps({"id": message.id, **message.payload})
