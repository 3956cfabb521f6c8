"""The change feed: every record of the journal is told to whoever wants to know, from the table's stream.

A record is told at least once: whatever fails, the stream delivers it again. A message is made from its record alone,
so it is then told with the same id and the same content, and receivers know it by its id.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from loyalty import json
from loyalty.domain.feed.messages import Message, message_of_reminder, message_of_spent_budget, messages_of
from loyalty.queue import publish_all
from loyalty.services.reminders import plan_reminders
from loyalty.services.reports import count_records
from loyalty.services.webhooks import send_to_webhooks
from loyalty.store.feed import load_feed, load_reminders, load_spent_budgets, save_spent_budgets
from loyalty.store.keys import Key


def announce(written: Sequence[tuple[str, str]], clock: Callable[[], datetime]) -> None:
    """Tell webhooks and the stack's event bus all that the records at these keys say, and count it for reports.

    Raises ServiceUnavailable.
    """
    keys = [Key(pk, sk) for pk, sk in written]
    records = load_feed(keys)
    messages = [message for record in records for message in messages_of(record)]
    messages += map(message_of_reminder, load_reminders(keys))
    messages += [message_of_spent_budget(*one) for one in load_spent_budgets(keys)]
    send_to_webhooks(messages)
    publish_all([(message.type, _detail(message)) for message in messages])
    count_records(records)
    save_spent_budgets(keys, clock())
    plan_reminders([one for one in records if not one.is_moved], clock)


def _detail(message: Message) -> str:
    return json.dumps({"id": message.id, **message.payload})
