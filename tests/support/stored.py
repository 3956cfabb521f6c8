"""What the store makes of state: written to an item and read back."""

from loyalty.domain.customers.customer import Customer
from loyalty.domain.customers.journal import JournalRecord
from loyalty.domain.events.event import Event
from loyalty.store.customers import customer_in, customer_item, journal_item, journal_record_in
from loyalty.store.events import ending_attributes, event_in, event_item


def customer_again(customer: Customer) -> Customer:
    """The customer after it was stored and read."""
    return customer_in(customer.brand_id, customer.customer_id, customer_item(customer))


def journal_record_again(record: JournalRecord) -> JournalRecord:
    """The journal record after it was stored and read."""
    return journal_record_in(record.sequence, journal_item(record))


def event_again(event: Event, *, ended: bool = True) -> Event:
    """The event after it was stored, ended too if `ended`, and read."""
    item = event_item(event.first_answer())
    return event_in(event.brand_id, event.event_id, item | ending_attributes(event) if ended else item)
