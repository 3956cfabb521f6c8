"""Exports: all that is kept of a customer, in one answer or, if that has no room for it, in several.

It consists of pages of several lists; a cursor names the list and the position that the next answer goes on from.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from loyalty import json
from loyalty.domain.assignments.responses import trace_response
from loyalty.domain.customers.customer import Customer
from loyalty.domain.customers.journal import JournalRecord
from loyalty.domain.customers.responses import customer_response, offer_response
from loyalty.domain.events.event import Event
from loyalty.domain.events.explanations import explanation_response
from loyalty.domain.events.lifecycle import event_as_of
from loyalty.domain.events.responses import event_response
from loyalty.domain.moving.responses import record_response
from loyalty.domain.rules.explanation import explain
from loyalty.domain.wallet.responses import wallet_response
from loyalty.domain.wallet.transaction_responses import transaction_response
from loyalty.services.customers import read_customer
from loyalty.services.history import JournalReader, list_transactions
from loyalty.services.offers import list_offers
from loyalty.services.paging import MAX_BYTES, decode, encode, invalid_cursor
from loyalty.store.customers import load_merged, load_owner_ids
from loyalty.store.explanations import load_evaluations
from loyalty.store.traces import list_trace_ids, load_traces

# A page takes ten round trips at most; so many pages are read in a few seconds.
_MAX_LIST_PAGES = 40
_RECORDS_PER_PAGE = 25
_ENTRIES_PER_PAGE = 100
_TRACES_PER_PAGE = 50
# A page that has no room in the answer is read again for the next one, so pages are short.
_MAX_PAGE_BYTES = 500_000

Json = dict[str, Any]


class ListPage(NamedTuple):
    """What one page of a list adds to an export, and from where the list goes on; None at its end."""

    lists: dict[str, list[Json]]
    position: Any


def export_customer(brand_id: str, customer_id: str, cursor: str | None, now: datetime) -> Json:
    """An ExportPageResponse as of now, strongly consistent. Raises UserNotFoundError, ValidationError (cursor)."""
    customer = read_customer(brand_id, customer_id)
    list_id = ("export", brand_id, customer_id)
    section, position = (next(iter(_SECTIONS)), None) if cursor is None else _decode(cursor, list_id)
    data: Json = {"customer": None, "wallet": None, "identities": []}
    if cursor is None:
        wallet = wallet_response(customer.wallet, now)
        data = {"customer": customer_response(customer), "wallet": wallet, "identities": _identities(customer)}
    data |= {name: [] for name in ("events", "records", "transactions", "offers", "traces")}
    size = len(json.dumps(data))
    for i in range(_MAX_LIST_PAGES):
        page = _SECTIONS[section](customer, position, now)
        size += len(json.dumps(page.lists))
        if i and size > MAX_BYTES:
            break
        for name, items in page.lists.items():
            data[name] += items
        section, position = (section, page.position) if page.position is not None else (_after(section), None)
        if not section:
            return {"data": data, "next_cursor": None}
    return {"data": data, "next_cursor": encode([section, position], list_id)}


def _decode(cursor: str, list_id: tuple[str, ...]) -> tuple[str, Any]:
    match decode(cursor, list_id):
        case [str(section), position] if section in _SECTIONS:
            return section, position
    raise invalid_cursor()


def _after(section: str) -> str:
    names = [*_SECTIONS, ""]
    return names[names.index(section) + 1]


def _identities(customer: Customer) -> list[Json]:
    """The identities that are the customer's; another may have been first with one that a profile shows."""
    everyone = [customer, *(load_merged(customer).values() if customer.merged_ids else ())]
    values = [value for one in everyone for value in (one.email, one.mobile, *one.former) if value]
    named = [("email" if "@" in value else "mobile", value) for value in dict.fromkeys(values)]
    owners = load_owner_ids(customer.brand_id, named)
    return [{"channel": channel, "value": value} for channel, value in named if owners.get(value) in customer.ids]


def _history(customer: Customer, position: Any, now: datetime) -> ListPage:
    """Events and all other records of the journal, with the traces of points that were assigned."""
    journal = JournalReader(customer, position)
    events: list[Event] = []
    records: list[JournalRecord] = []
    size = 0
    for step in journal:
        if isinstance(step.record, Event):
            events.append(event_as_of(step.record, customer, now))
            size += len(json.dumps(step.record.data))
        else:
            records.append(step.record)
        if len(events) + len(records) >= _RECORDS_PER_PAGE or size > _MAX_PAGE_BYTES:
            break
    evaluations = load_evaluations(customer.brand_id, [event.event_id for event in events])
    exported = [
        {
            **event_response(event),
            "explanation": explanation_response(event, explain(*evaluations[event.event_id])),
        }
        for event in events
    ]
    traces = _traces_of(customer, (record.trace_id for record in records), now)
    return ListPage(
        {"events": exported, "records": [*map(record_response, records)], "traces": traces}, journal.position or None
    )


def _transactions(customer: Customer, position: Any, now: datetime) -> ListPage:
    page = list_transactions(customer.brand_id, customer.customer_id, position, _ENTRIES_PER_PAGE, now)
    entries = [
        transaction_response(one.entry_id, one.entry, one.at, one.trace_id, one.source, one.reference)
        for one in page.items
    ]
    return ListPage({"transactions": entries}, page.next_cursor)


def _offers(customer: Customer, position: Any, now: datetime) -> ListPage:
    """Offers, with the traces of those that marketing tools have assigned."""
    page = list_offers(customer.brand_id, customer.customer_id, None, position, _ENTRIES_PER_PAGE, now)
    offers = [offer_response(one.record, one.status, one.held_by) for one in page.items]
    traces = _traces_of(customer, (one.record.trace_id for one in page.items), now)
    return ListPage({"offers": offers, "traces": traces}, page.next_cursor)


def _traces(customer: Customer, position: Any, now: datetime) -> ListPage:
    """The traces that nothing else of the customer names: of requests that failed, or were delayed."""
    number, after = (0, "") if position is None else _place(position)
    customer_ids = (customer.customer_id, *customer.merged_ids)
    if number >= len(customer_ids):
        raise invalid_cursor()
    trace_ids, goes_on_after = list_trace_ids(customer.brand_id, customer_ids[number], after, _TRACES_PER_PAGE)
    next_position = [number, goes_on_after] if goes_on_after else [number + 1, ""]
    is_last = not goes_on_after and number + 1 == len(customer_ids)
    return ListPage({"traces": _traces_of(customer, trace_ids, now)}, None if is_last else next_position)


def _place(position: Any) -> tuple[int, str]:
    match position:
        case [int(number), str(after)] if number >= 0:
            return number, after
    raise invalid_cursor()


def _traces_of(customer: Customer, trace_ids: Iterable[str | None], now: datetime) -> list[Json]:
    wanted = [trace_id for trace_id in trace_ids if trace_id]
    return [trace_response(trace) for trace in load_traces(customer.brand_id, wanted, now)]


_SECTIONS: dict[str, Callable[[Customer, Any, datetime], ListPage]] = {
    "history": _history,
    "transactions": _transactions,
    "offers": _offers,
    "traces": _traces,
}
