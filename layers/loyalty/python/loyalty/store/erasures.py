"""Erasures: a customer's state is moved to a pseudonym in one step, then all else that names the customer.

Meanwhile the plan of the erasure lies in the place of the state, so that no call finds the customer or creates a new
one. The plan is deleted last.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from loyalty.domain.assignments.traces import AssignmentTrace
from loyalty.domain.customers.customer import Customer, RecordRef
from loyalty.domain.events.event import Event
from loyalty.domain.moving.erase import ErasurePlan, Names, erased_event, erased_offer, erased_record, erasure_record
from loyalty.store import keys
from loyalty.store.codec import Document, pack, unpack
from loyalty.store.customers import (
    customer_in,
    customer_item,
    customer_write,
    journal_item,
    journal_record_in,
    journal_write,
)
from loyalty.store.deadlines import lots_deadline_write
from loyalty.store.events import ending_attributes, event_in, event_item
from loyalty.store.offers import offer_item, offer_record_in
from loyalty.store.reports import COUNTED
from loyalty.store.table import (
    Item,
    Write,
    WriteConflict,
    add,
    delete,
    get,
    get_many,
    put,
    query,
    query_once,
    retry_on_conflict,
    transact,
    transact_in_parts,
    update,
    write,
)
from loyalty.store.traces import erase_trace, trace_write

_PLAN = Document(ErasurePlan)
_MAX_MOVED = 20
_MAX_MOVED_BYTES = 1_000_000
_MAX_COPIED = 50
_DEADLINES_PER_READ = 1_000
# More have no room in an expression. So many lots of one month can hardly expire while this lasts.
_MAX_ADDED = 400
_MOVED = (keys.RECORDS, keys.EXPIRED_LOTS, keys.OFFERS, "DEADLINE#", keys.REMINDERS, keys.TRACES)
_KEY = ("pk", "sk")


class ErasureState(NamedTuple):
    """A customer who is to be erased; or, if that has begun, the plan; neither if there is no such customer.

    `trace_id` is of the erasure that has begun, or was accepted. `customer_id` is where the state lies.
    """

    customer_id: str
    customer: Customer | None
    plan: ErasurePlan | None
    trace_id: str | None


def load_erasure(brand_id: str, customer_id: str) -> ErasureState:
    """The customer of that id, or the one that it was merged into, and how far the erasure is."""
    item = get(keys.customer(brand_id, customer_id))
    while item and "merged_into" in item:
        customer_id = str(item["merged_into"])
        item = get(keys.customer(brand_id, customer_id))
    if item is None:
        return ErasureState(customer_id, None, None, None)
    if "erased_by" in item:
        return ErasureState(customer_id, None, _PLAN.unpack(item["document"]), str(item["erased_by"]))
    customer = customer_in(brand_id, customer_id, item)
    return ErasureState(customer_id, customer, None, customer.erasure)


def save_accepted(customer: Customer, before: Customer, trace: AssignmentTrace) -> None:
    """Note the accepted erasure with the customer. WriteConflict if the customer, or the trace, has changed."""
    transact(customer_write(customer, before), trace_write(trace, None))


def copy_merged(erased: Sequence[Customer], survivor_id: str) -> None:
    """Store what stays of merged customers, who lead to the survivor. It may be done twice, before the switch."""
    transact_in_parts(
        (
            put(keys.customer(one.brand_id, one.customer_id), {**customer_item(one), "merged_into": survivor_id})
            for one in erased
        ),
        _MAX_COPIED,
    )


def save_switch(erased: Customer, before: Customer, plan: ErasurePlan, trace_id: str) -> None:
    """Store what stays of the customer, and the plan in the place of the state.

    WriteConflict if the customer changed since it was read.
    """
    brand_id = before.brand_id
    note: Item = {"erased_by": trace_id, "document": _PLAN.pack(plan)}
    old, new = (keys.customer(brand_id, one.customer_id) for one in (before, erased))
    writes = [
        put(old, note, "#version = :version", WriteConflict(), version=before.version),
        put(new, customer_item(erased), "attribute_not_exists(pk)", WriteConflict()),
    ]
    if erased.next_lot_expiry:
        writes.append(lots_deadline_write(brand_id, erased.customer_id, erased.next_lot_expiry))
    transact(*writes)


def save_plan(brand_id: str, plan: ErasurePlan, trace_id: str) -> None:
    """Note how far the erasure has come. WriteConflict if it has ended."""
    key = keys.customer(brand_id, plan.customer_ids[0])
    note = _PLAN.pack(plan)
    write(update(key, "SET #document = :note", "#erased_by = :trace_id", WriteConflict(), note=note, trace_id=trace_id))


def load_refs(brand_id: str, customer_id: str) -> tuple[RecordRef, ...]:
    """The newest records of the journal of a merged customer."""
    item = get(keys.customer(brand_id, customer_id))
    return customer_in(brand_id, customer_id, item).previous if item else ()


def delete_identities(brand_id: str, values: Sequence[str], customer_ids: Sequence[str]) -> None:
    """Delete the e-mail addresses and mobile numbers that belong to one of these ids."""
    by_key = [keys.identity(brand_id, one, "email" if "@" in one else "mobile") for one in values]
    items = get_many(by_key)
    own = (key for key, item in items.items() if item["customer_id"] in customer_ids)
    transact_in_parts(map(delete, own), _MAX_COPIED)


@retry_on_conflict
def forget_kept_apart(brand_id: str, other_id: str, customer_ids: Sequence[str]) -> None:
    """Remove these ids from `kept_apart` and the journal of a customer, and of the one that it was merged into."""
    key = keys.customer(brand_id, other_id)
    item = get(key)
    if item is None or "erased_by" in item:
        return
    before = customer_in(brand_id, other_id, item)
    apart = tuple(one for one in before.kept_apart if one not in customer_ids)
    if apart != before.kept_apart:
        more: Item = {name: item[name] for name in ("merged_into",) if name in item}
        after = replace(before, kept_apart=apart, version=before.version + 1)
        transact(customer_write(after, before, more))
    _forget_in_journal(brand_id, other_id, customer_ids)
    if "merged_into" in item:
        forget_kept_apart(brand_id, str(item["merged_into"]), customer_ids)


def _forget_in_journal(brand_id: str, other_id: str, customer_ids: Sequence[str]) -> None:
    """Remove these ids from the MERGED and UNMERGED records of a customer's journal."""
    partition = keys.customer(brand_id, other_id).pk
    for item in query(partition, keys.RECORDS):
        key = keys.Key(partition, str(item["sk"]))
        record = journal_record_in(int(key.sk.removeprefix(keys.RECORDS)), item)
        if record.other in customer_ids:
            document = journal_item(record._replace(other=None))["document"]
            condition = "#document = :before"
            write(
                update(
                    key,
                    "SET #document = :document",
                    condition,
                    WriteConflict(),
                    document=document,
                    before=item["document"],
                )
            )


def load_journal(
    brand_id: str, customer_id: str, refs: Sequence[RecordRef]
) -> Iterator[tuple[Event | None, tuple[RecordRef, ...]]]:
    """These records of a journal in their order: the event, if one is that, and what names the records before it."""
    by_ref = {
        ref: keys.event(brand_id, ref) if isinstance(ref, str) else keys.journal_record(brand_id, customer_id, ref)
        for ref in refs
    }
    items = get_many(list(by_ref.values()))
    for ref, key in by_ref.items():
        item = items.get(key, {})
        if "document" in item:
            event = event_in(brand_id, ref, item) if isinstance(ref, str) else None
            yield event, event.previous if event else journal_record_in(int(ref), item).previous


@retry_on_conflict
def erase_event(brand_id: str, event_id: str, names: Names, fingerprint: Callable[[Mapping[str, object]], str]) -> None:
    """Erase an event and the receipts of its changes; does nothing if that was done before."""
    partition = keys.event(brand_id, event_id).pk
    items = {str(item["sk"]): item for item in query(partition, "E")}
    item = items.pop(keys.event(brand_id, event_id).sk)
    if event_in(brand_id, event_id, item).customer_id not in names:
        return
    # The event comes last: if it is erased, so are its receipts.
    for receipt in items.values():
        _erase_receipt(brand_id, event_id, item, receipt, names, fingerprint)
    first = event_in(brand_id, event_id, {name: value for name, value in item.items() if name != "ending"})
    values: Item = {
        "document": event_item(erased_event(first, names))["document"],
        "before": item["document"],
        "moved": 1,
    }
    expression, condition = "SET #document = :document, #moved = :moved", "#document = :before"
    if "ending" in item:
        expression, condition = f"{expression}, #ending = :ending", f"{condition} AND #ending = :ending_before"
        ended = erased_event(event_in(brand_id, event_id, item), names)
        values |= {"ending": ending_attributes(ended)["ending"], "ending_before": item["ending"]}
    else:
        condition += " AND attribute_not_exists(#ending)"
    write(
        update(
            keys.event(brand_id, event_id),
            f"{expression} REMOVE #snapshot, #trace",
            condition,
            WriteConflict(),
            **values,
        )
    )


def _erase_receipt(
    brand_id: str,
    event_id: str,
    item: Item,
    receipt: Item,
    names: Names,
    fingerprint: Callable[[Mapping[str, object]], str],
) -> None:
    sent = unpack(receipt["sent"])
    if "fingerprint" in sent:
        return
    answered = erased_event(event_in(brand_id, event_id, {**item, **receipt}), names)
    key = keys.Key(str(receipt["pk"]), str(receipt["sk"]))
    values = {
        "ending": ending_attributes(answered)["ending"],
        "sent": pack({"fingerprint": fingerprint(sent["body"])}),
        "before": receipt["sent"],
    }
    write(update(key, "SET #ending = :ending, #sent = :sent", "#sent = :before", WriteConflict(), **values))


@retry_on_conflict
def move_some(brand_id: str, customer_id: str, names: Names, now: datetime) -> bool:
    """Move some items of one of the customer's ids to its pseudonym, as far as they stay; False if all are moved."""
    partition = keys.customer(brand_id, customer_id).pk
    for prefix in _MOVED:
        items, _ = query_once(partition, prefix, _MAX_MOVED)
        if items:
            writes: list[Write] = []
            size = 0
            for item in items:
                size += len(item.get("document", ""))  # type: ignore[arg-type]
                if writes and size > _MAX_MOVED_BYTES:
                    break
                writes += _moved(brand_id, item, names[customer_id], names, now)
            # One transaction removes each item and stores it anew: what is added up there is added once.
            transact(*writes)
            return True
    return False


def _moved(brand_id: str, item: Item, pseudonym: str, names: Names, now: datetime) -> list[Write]:
    old = keys.Key(str(item["pk"]), str(item["sk"]))
    new = keys.Key(keys.customer(brand_id, pseudonym).pk, old.sk)
    gone = delete(old, "attribute_exists(pk)", WriteConflict())
    others = {name: value for name, value in item.items() if name not in _KEY}
    if old.sk.startswith(keys.TRACES):
        erase_trace(brand_id, old.sk.removeprefix(keys.TRACES), pseudonym, now)
        return [gone]
    if old.sk.startswith((keys.HOLD_DEADLINES, keys.LOTS_DEADLINE, keys.REMINDER_DEADLINE, keys.REMINDERS)):
        return [gone]  # holds are settled, the deadline of lots was moved with the state, and reminders end
    if old.sk.startswith(keys.EXPIRED_LOTS):
        return [add(new, others) if len(others) <= _MAX_ADDED else put(new, others), gone]
    if old.sk.startswith(keys.RECORDS):
        record = journal_record_in(int(old.sk.removeprefix(keys.RECORDS)), item)
        if record.trace_id:
            erase_trace(brand_id, record.trace_id, pseudonym, now)
        notes = {name: value for name, value in item.items() if name.startswith(COUNTED)}
        others = {**journal_item(erased_record(record, names)), **notes, "moved": 1}
    elif old.sk.startswith(keys.OFFERS):
        offer = offer_record_in(item)
        if offer.trace_id:
            erase_trace(brand_id, offer.trace_id, pseudonym, now)
        others |= offer_item(erased_offer(offer, names))
    return [put(new, others), gone]


def move_sandbox_deadlines(brand_id: str, after: str, names: Names) -> str | None:
    """Rewrite some deadlines of a sandbox brand, those after a sort key, whose keys name one of these ids.

    Those of offers get the pseudonym. Those of lots and of reminders are deleted: `save_switch` has set the deadline of
    the pseudonym's lots, and it is not reminded. Returns the sort key up to which they are done, None at the end.
    """
    partition = keys.sandbox_hold_deadline(brand_id, "", "").pk
    items, has_more = query_once(partition, "", _DEADLINES_PER_READ, after or "0")
    writes: list[Write] = []
    for item in items:
        key = keys.Key(str(item["pk"]), str(item["sk"]))
        instant, kind, id_ = key.sk.split("#")
        if kind != "HOLD" and id_ in names:
            if kind == "OFFER":
                writes.append(put(keys.sandbox_offer_deadline(brand_id, instant, names[id_]), {"ttl": item["ttl"]}))
            writes.append(delete(key))
    transact_in_parts(writes, _MAX_COPIED)
    return str(items[-1]["sk"]) if has_more else None


def load_pseudonym(brand_id: str, customer_id: str) -> Customer | None:
    """What stays of the customer; None if it has been merged since, or erased once more."""
    item = get(keys.customer(brand_id, customer_id))
    if item is None or "merged_into" in item or "erased_by" in item:
        return None
    return customer_in(brand_id, customer_id, item)


def save_erased(
    brand_id: str,
    plan: ErasurePlan,
    erased: Customer | None,
    trace: AssignmentTrace,
    before: AssignmentTrace | None,
) -> None:
    """Delete the plan and the states of merged customers, so that no customer has their ids; the trace becomes DONE.

    `erased`, the pseudonym, gets the ERASED record, which the feed announces. WriteConflict if the trace or the
    pseudonym has changed, or the plan is gone.
    """
    first, *others = (keys.customer(brand_id, one) for one in plan.customer_ids)
    transact(
        delete(first, "#erased_by = :trace_id", WriteConflict(), trace_id=trace.request.trace_id),
        *map(delete, others),
        trace_write(trace, before),
        *(_last_record(erased, trace) if erased else ()),
    )


def _last_record(erased: Customer, trace: AssignmentTrace) -> list[Write]:
    after, record = erasure_record(erased, trace.request.trace_id, trace.steps[-1].at)
    return [customer_write(after, erased), journal_write(after, record)]
