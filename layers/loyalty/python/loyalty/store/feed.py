"""Records of the journal by the keys that the table's stream names."""

from collections.abc import Iterable
from datetime import datetime

from loyalty.domain.customers.journal import RecordType
from loyalty.domain.events.event import Event
from loyalty.domain.feed.messages import FeedRecord, FeedReminder, SpentBudget
from loyalty.store import keys
from loyalty.store.budgets import load_spent
from loyalty.store.codec import Document
from loyalty.store.customers import journal_record_in
from loyalty.store.events import event_in
from loyalty.store.keys import Key
from loyalty.store.reminders import reminder_in
from loyalty.store.table import Item, WriteConflict, get_many, put, write

_SPENT = Document(SpentBudget)
# What these are announced as also depends on what the event was stored with.
_WITH_EVENT = (RecordType.FULFILLED, RecordType.RESCUED)


def load_feed(written: Iterable[Key]) -> list[FeedRecord]:
    """The journal records at those keys, in that order: one round trip, and one more if events were fulfilled.

    Items that are no journal records are left out: links, and what erasing a customer has deleted since.
    """
    wanted = [key for key in written if keys.is_journal_record(key)]
    items = get_many(wanted)
    found = [record_in(key, items[key]) for key in wanted if "document" in items.get(key, {})]
    event_keys = {key for one in found if (key := _event_key(one))}
    events = get_many(sorted(event_keys - items.keys())) | items
    return [
        one._replace(event=_first(one.brand_id, key, events[key])) if (key := _event_key(one)) in events else one
        for one in found
    ]


def key_of(found: FeedRecord) -> Key:
    """Where the record lies."""
    record = found.record
    if isinstance(record, Event):
        return keys.event(found.brand_id, record.event_id)
    return keys.journal_record(found.brand_id, found.customer_id, record.sequence)


def load_reminders(written: Iterable[Key]) -> list[FeedReminder]:
    """The reminders at those keys."""
    wanted = [key for key in written if keys.is_reminder(key)]
    items = get_many(wanted)
    return [
        FeedReminder(*_brand_and_id(key), reminder_in(items[key])) for key in wanted if "document" in items.get(key, {})
    ]


def save_spent_budgets(written: Iterable[Key], now: datetime) -> None:
    """Store which of the campaigns have spent their budgets whose shards are at those keys, once for each budget."""
    campaigns = dict.fromkeys((key.pk.split("#")[1], key.pk.split("#")[3]) for key in written if key.sk == "BUDGET")
    for brand_id, campaign_id in campaigns:
        if limits := load_spent(brand_id, campaign_id):
            key = keys.spent_budget(brand_id, campaign_id, f"{limits.amount:f}.{limits.times}")
            document = _SPENT.pack(SpentBudget(now, limits.amount, limits.times))
            try:
                write(put(key, {"document": document}, "attribute_not_exists(pk)", WriteConflict()))
            except WriteConflict:  # it was noted before, by this very write if its answer was lost
                continue


def load_spent_budgets(written: Iterable[Key]) -> list[tuple[str, str, SpentBudget]]:
    """The brand, the campaign and what was spent, of what is noted at those keys."""
    wanted = [key for key in written if key.sk.startswith(keys.SPENT)]
    items = get_many(wanted)
    return [(*_brand_and_id(key), spent_budget_in(items[key])) for key in wanted if "document" in items.get(key, {})]


def spent_budget_in(item: Item) -> SpentBudget:
    """What was spent, in that item."""
    return _SPENT.unpack(item["document"])


def _brand_and_id(key: Key) -> tuple[str, str]:
    _, brand_id, _, customer_id = key.pk.split("#")
    return brand_id, customer_id


def record_in(key: Key, item: Item) -> FeedRecord:
    """The journal record in the item at that key, without the event that it is about."""
    _, brand_id, kind, id_ = key.pk.split("#")
    if kind == "EVENT":
        event = _first(brand_id, key, item)
        return FeedRecord(brand_id, event.customer_id, event, is_moved="moved" in item)
    record = journal_record_in(int(key.sk.removeprefix(keys.RECORDS)), item)
    return FeedRecord(brand_id, id_, record, is_moved="moved" in item)


def _first(brand_id: str, key: Key, item: Item) -> Event:
    """The event as it was stored, whatever has happened to it since."""
    return event_in(
        brand_id, key.pk.split("#")[3], {name: item[name] for name in item if name != "ending"}
    ).first_answer()


def _event_key(found: FeedRecord) -> Key | None:
    record = found.record
    if isinstance(record, Event) or record.type not in _WITH_EVENT or record.event_id is None:
        return None
    return keys.event(found.brand_id, record.event_id)
