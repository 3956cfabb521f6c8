"""Notices that no event causes: that points expire soon, and that vesting points have become available.

The feed plans them: from each record that it announces it sets the deadline of the customer's next notice, so an emit
writes nothing for them. DynamoDB removes deadlines up to two days late, so their ttl is two days early; one that is
removed too early waits in the queue of webhooks' messages, with a delay, until it is due. A sandbox brand has these
deadlines in its own partition, at their instant, where its test clock finds them.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from loyalty.domain.customers.customer import Customer
from loyalty.domain.customers.journal import JournalRecord, RecordType
from loyalty.domain.events.changes import vest_lots
from loyalty.domain.feed.messages import FeedRecord
from loyalty.domain.feed.reminders import EARLY, due_reminders, has_vested, next_notice
from loyalty.domain.program.brands import Brand
from loyalty.queue import put_off, send
from loyalty.sandbox import served, serving
from loyalty.store import keys
from loyalty.store.codec import from_digits, to_digits
from loyalty.store.customers import load_customer, load_customers
from loyalty.store.deadlines import save_sandbox_reminder
from loyalty.store.events import save_change
from loyalty.store.published import load_program
from loyalty.store.reminders import has_early_deadline, save_notice_deadline, save_reminder
from loyalty.store.table import get_many, retry_on_conflict


def plan_reminders(records: Iterable[FeedRecord], clock: Callable[[], datetime]) -> None:
    """Set the deadline of the next notice for these records' customers, where it is missing or too late."""
    by_brand: dict[str, set[str]] = {}
    for one in records:
        if isinstance(one.record, JournalRecord) and one.record.type is RecordType.ERASED:
            continue  # an erased customer is not reminded
        if load_program(one.brand_id).brand.remind_before is not None or _grants_vesting_points(one):
            by_brand.setdefault(one.brand_id, set()).add(one.customer_id)
    for brand_id, ids in by_brand.items():
        brand = load_program(brand_id).brand
        with serving(brand_id if brand.sandbox else None):
            found = {one.customer_id: one for one in load_customers(brand_id, sorted(ids)).values()}
            _plan(brand, found, clock())


def _grants_vesting_points(found: FeedRecord) -> bool:
    return any(entry.lot.available_from and entry.lot.amount > 0 for entry in found.record.entries)


def plan_reminder(customer: Customer, now: datetime) -> None:
    """Set the deadline of the next notice for a customer who has been read already."""
    _plan(load_program(customer.brand_id).brand, {customer.customer_id: customer}, now)


def _plan(brand: Brand, customers: Mapping[str, Customer], now: datetime) -> None:
    if served():
        for customer_id, customer in customers.items():
            if due := next_notice(customer.wallet, brand, now):
                save_sandbox_reminder(brand.brand_id, customer_id, due)
        return
    dues = {
        keys.reminder_deadline(brand.brand_id, customer_id): (customer, due)
        for customer_id, customer in customers.items()
        if (due := next_notice(customer.wallet, brand, now))
    }
    planned = get_many(list(dues))
    for key, (customer, due) in dues.items():
        if not has_early_deadline(planned, key, due):
            save_notice_deadline(key, due)
            if due - EARLY <= now:  # the deadline may be removed at any time from now on, but also too late
                _queue_notice(customer.brand_id, customer.customer_id, due)


def remind(brand_id: str, customer_id: str, clock: Callable[[], datetime]) -> None:
    """Store the notices that are due, each once, and set the deadline of the next. Raises ServiceUnavailable."""
    now = clock()
    brand = load_program(brand_id).brand
    customer = load_customer(brand_id, customer_id)
    if customer and has_vested(customer.wallet, now):
        customer = _vest(brand_id, customer_id, clock)
    if customer is None:
        return
    for reminder in due_reminders(customer.wallet, brand, now):
        save_reminder(brand_id, customer.customer_id, reminder)
    due = next_notice(customer.wallet, brand, now)
    if due is None:
        return
    if served():
        save_sandbox_reminder(brand_id, customer.customer_id, due)
    elif due - EARLY <= now:
        _queue_notice(brand_id, customer.customer_id, due)
    else:
        save_notice_deadline(keys.reminder_deadline(brand_id, customer.customer_id), due)


@retry_on_conflict
def _vest(brand_id: str, customer_id: str, clock: Callable[[], datetime]) -> Customer | None:
    """The customer after a VESTED record of lots that are available now, unless another record has them already."""
    customer = load_customer(brand_id, customer_id)
    change = vest_lots(customer, clock()) if customer else None
    if customer is None or change is None:
        return customer
    save_change(change, customer, None)
    return change.customer


def remind_in_time(message: Mapping[str, Any], clock: Callable[[], datetime]) -> None:
    """Process a message of `_queue_notice` when it is due; delay it again before that. Raises ServiceUnavailable."""
    pause = from_digits(message["due"]) - clock()
    if pause > timedelta():
        put_off({"reminder": message}, f"{message['brand_id']}.reminders", pause)
        return
    remind(message["brand_id"], message["customer_id"], clock)


def _queue_notice(brand_id: str, customer_id: str, due: datetime) -> None:
    reminder = {"brand_id": brand_id, "customer_id": customer_id, "due": to_digits(due)}
    send({"reminder": reminder}, f"{brand_id}.reminders")
