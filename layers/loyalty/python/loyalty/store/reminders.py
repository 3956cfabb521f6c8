"""Reminders that were due, and the deadline of each customer's next notice."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from loyalty.domain.feed.reminders import EARLY, Reminder
from loyalty.domain.times import to_ttl
from loyalty.store import keys
from loyalty.store.codec import Document, to_digits
from loyalty.store.table import Item, WriteConflict, integer_in, put, write

_REMINDER = Document(Reminder)
# A reminder is kept until its lots have expired, and a week more, so that it is announced once.
REMINDERS_KEPT = timedelta(days=7)


class _AlreadyStored(Exception):
    """There is a reminder of this expiry."""


def save_reminder(brand_id: str, customer_id: str, reminder: Reminder) -> None:
    """Store a reminder, which the feed then announces; one of the same expiry that is stored already stays as it is."""
    key = keys.reminder(brand_id, customer_id, to_digits(reminder.expires_at))
    item: Item = {"document": _REMINDER.pack(reminder), "ttl": to_ttl(reminder.expires_at + REMINDERS_KEPT)}
    try:
        write(put(key, item, "attribute_not_exists(pk)", _AlreadyStored()))
    except _AlreadyStored:  # by an earlier call, or by this write if its response was lost: the stream has it then
        return


def reminder_in(item: Item) -> Reminder:
    """The reminder in that item."""
    return _REMINDER.unpack(item["document"])


def has_early_deadline(items: Mapping[keys.Key, Item], key: keys.Key, due: datetime) -> bool:
    """Whether the deadline at that key, among these items, is early enough for a notice that is due then."""
    return key in items and integer_in(items[key], "ttl") <= to_ttl(due - EARLY)


def save_notice_deadline(key: keys.Key, due: datetime) -> None:
    """Set the deadline of a customer's next notice, EARLY before it is due, unless there is an earlier one."""
    ttl = to_ttl(due - EARLY)
    try:
        write(put(key, {"ttl": ttl}, "attribute_not_exists(pk) OR #ttl > :ttl", WriteConflict(), ttl=ttl))
    except WriteConflict:  # there is an earlier one; when that is removed, the next one is planned
        return
