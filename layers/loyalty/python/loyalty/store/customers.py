"""Customers: their state, their journal, and who an e-mail address or a mobile number belongs to."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from loyalty.domain.customers.customer import Customer, RecordRef
from loyalty.domain.customers.identities import Identities
from loyalty.domain.customers.journal import JournalRecord
from loyalty.domain.customers.merging import Merge
from loyalty.domain.errors import ServiceUnavailable
from loyalty.domain.program.program import Program
from loyalty.store import keys
from loyalty.store.codec import Document
from loyalty.store.deadlines import hold_deadline_write, lots_deadline_write
from loyalty.store.published import begin_refresh, finish_refresh
from loyalty.store.table import Item, Write, WriteConflict, delete, get, get_many, integer_in, put, transact, update

BEING_ERASED = "the customer is being erased; send this request again in a minute"
"""What calls about a customer are answered during the erasure; afterwards no customer has the id."""

_CUSTOMER = Document(Customer, beside=("brand_id", "customer_id", "version"))
_JOURNAL_RECORD = Document(JournalRecord, beside=("sequence",))


def load_customer(brand_id: str, customer_id: str) -> Customer | None:
    """The customer of that id, or the one that it was merged into."""
    return resolved_customer(brand_id, customer_id, get(keys.customer(brand_id, customer_id)))


def load_customers(brand_id: str, customer_ids: Iterable[str]) -> dict[str, Customer]:
    """The customers of these ids, or those that they were merged into, by the id: one round trip, two if merged."""
    found: dict[str, Customer] = {}
    pending = {customer_id: customer_id for customer_id in customer_ids}
    while pending:
        items = get_many([keys.customer(brand_id, now_id) for now_id in pending.values()])
        merged: dict[str, str] = {}
        for customer_id, now_id in pending.items():
            item = items.get(keys.customer(brand_id, now_id), {})
            if "merged_into" in item:
                merged[customer_id] = str(item["merged_into"])
            elif item:
                found[customer_id] = customer_in(brand_id, now_id, item)
        pending = merged
    return found


def load_with_program(brand_id: str, customer_id: str, now: datetime) -> tuple[Customer, Program]:
    """The customer, a new one if there is none, and the program.

    One round trip, and one more each if the customer has been merged, or there is no program that is new enough.
    """
    customer, program, _ = load_with_identities(brand_id, customer_id, Identities(), now)
    return customer, program


def load_with_identities(
    brand_id: str, customer_id: str, identities: Identities, now: datetime
) -> tuple[Customer, Program, dict[str, str | None]]:
    """The same, and the id of the customer that each identity belongs to, by channel."""
    refresh = begin_refresh(brand_id)
    identities_at = identity_keys(brand_id, identities)
    items = get_many([keys.customer(brand_id, customer_id), *refresh.keys, *identities_at.values()])
    item = items.get(keys.customer(brand_id, customer_id))
    customer = resolved_customer(brand_id, customer_id, item) or Customer(brand_id, customer_id, now)
    return customer, finish_refresh(refresh, items), owners_in(items, identities_at)


def load_owners(brand_id: str, identities: Identities) -> dict[keys.Key, str]:
    """The ids of the customers that these identities belong to, by the key of the identity."""
    items = get_many(list(identity_keys(brand_id, identities).values()))
    return {key: str(item["customer_id"]) for key, item in items.items()}


def load_merged(survivor: Customer) -> dict[str, Customer]:
    """All customers that have been merged into this one, directly or not, each as its merge left it."""
    by_key = {keys.customer(survivor.brand_id, one): one for one in survivor.merged_ids}
    items = get_many(list(by_key))
    return {one: customer_in(survivor.brand_id, one, items[key]) for key, one in by_key.items() if key in items}


def load_owner_ids(brand_id: str, named: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The ids of the customers that identities belong to, each given by its channel, by their values."""
    by_value = {value: keys.identity(brand_id, value, channel) for channel, value in named}
    items = get_many(list(by_value.values()))
    return {value: str(items[key]["customer_id"]) for value, key in by_value.items() if key in items}


def save_profile(
    customer: Customer,
    before: Customer,
    identities: Identities,
    owners: Mapping[str, str | None],
    given_up: Mapping[keys.Key, str],
) -> None:
    """Store a customer's profile and identities, and delete those identities of theirs that are given up.

    WriteConflict if the customer, or the owner of an identity, changed meanwhile.
    """
    own = {key: owner for key, owner in given_up.items() if owner in customer.ids}
    deletes = [delete(key, "#customer_id = :owner", WriteConflict(), owner=owner) for key, owner in own.items()]
    transact(customer_write(customer, before), *identity_writes(customer, identities, owners), *deletes)


def save_merge(merge: Merge, one: Customer, other: Customer) -> None:
    """Store both customers after a merge, and a journal record of each; all merged ids lead straight to the survivor.

    WriteConflict if either changed since it was read, so that two requests cannot merge the same pair twice.
    """
    before = {customer.customer_id: customer for customer in (one, other)}
    survivor, absorbed = merge.survivor, merge.absorbed
    transact(
        customer_write(survivor, before[survivor.customer_id]),
        customer_write(absorbed, before[absorbed.customer_id], {"merged_into": survivor.customer_id}),
        journal_write(survivor, merge.survivor_record),
        journal_write(absorbed, merge.absorbed_record),
        *(_redirect(survivor, merged_id) for merged_id in absorbed.merged_ids),
        *lot_deadline_writes(survivor, before[survivor.customer_id]),
    )


def _redirect(survivor: Customer, merged_id: str) -> Write:
    # Only a merge changes the item of a merged customer, and the version of the customer it led to guards that.
    key = keys.customer(survivor.brand_id, merged_id)
    return update(key, "SET #merged_into = :survivor", "attribute_exists(pk)", survivor=survivor.customer_id)


def load_latest_refs(customer: Customer) -> dict[str, tuple[RecordRef, ...]]:
    """The newest journal records under each id of the customer; those of a merged customer stay under its id."""
    merged = {merged_id: keys.customer(customer.brand_id, merged_id) for merged_id in customer.merged_ids}
    items = get_many(list(merged.values()))
    latest = {
        merged_id: customer_in(customer.brand_id, merged_id, items[key]).previous for merged_id, key in merged.items()
    }
    return {customer.customer_id: customer.previous, **latest}


def customer_write(customer: Customer, before: Customer, more: Item | None = None) -> Write:
    """Write a customer's state, with more attributes if given; WriteConflict if it is not as it was before."""
    item = {**customer_item(customer), **(more or {})}
    key = keys.customer(customer.brand_id, customer.customer_id)
    if before.version:
        return put(key, item, "#version = :version", WriteConflict(), version=before.version)
    return put(key, item, "attribute_not_exists(pk)", WriteConflict())


def journal_write(customer: Customer, record: JournalRecord) -> Write:
    """Write a new record of the customer's journal."""
    key = keys.journal_record(customer.brand_id, customer.customer_id, record.sequence)
    return put(key, journal_item(record), "attribute_not_exists(pk)", WriteConflict())


def lot_deadline_writes(customer: Customer, before: Customer) -> list[Write]:
    """Write the deadline of the lot that expires next, if it has changed."""
    if customer.next_lot_expiry is None or customer.next_lot_expiry == before.next_lot_expiry:
        return []
    return [lots_deadline_write(customer.brand_id, customer.customer_id, customer.next_lot_expiry)]


def deadline_writes(
    customer: Customer, before: Customer, now: datetime, room: int, settled: str | None = None
) -> list[Write]:
    """Write the deadline of the lot that expires next, if it has changed, and lost ones of holds that were released.

    Not that of the event which is `settled` with this change; and no more than there is `room` for in the transaction.
    """
    lots = lot_deadline_writes(customer, before)
    # Events of merged customers are found by their own id, whatever customer a deadline names.
    lost = [
        hold_deadline_write(customer.brand_id, customer.customer_id, event_id, now)
        for event_id in customer.lost_hold_deadlines(before, now)
        if event_id != settled
    ]
    return lots + lost[: max(0, room - len(lots))]


def identity_writes(customer: Customer, identities: Identities, owners: Mapping[str, str | None]) -> list[Write]:
    """Make the customer the owner of identities that belong to nobody; WriteConflict if somebody was faster.

    A mobile that was stored by its digits is also stored in E.164, for the same owner.
    """
    identities_at = identity_keys(customer.brand_id, identities)
    in_full = {"mobile"} if owners.get("digits") else ()
    return [
        put(key, {"customer_id": owners[name] or customer.customer_id}, "attribute_not_exists(pk)", WriteConflict())
        for name, key in identities_at.items()
        if name != "digits" and (owners[name] is None or name in in_full)
    ]


def identity_keys(brand_id: str, identities: Identities) -> dict[str, keys.Key]:
    """The key of each identity, by channel, and as `digits` that of the mobile before the brand had a region."""
    channels = {"digits": "mobile"}
    return {
        name: keys.identity(brand_id, value, channels.get(name, name))
        for name, value in identities._asdict().items()
        if value
    }


def owners_in(items: Mapping[keys.Key, Item], identities_at: Mapping[str, keys.Key]) -> dict[str, str | None]:
    """The owner of each identity among these items, by channel; None if it belongs to nobody."""
    owners = {name: str(items[key]["customer_id"]) if key in items else None for name, key in identities_at.items()}
    digits = owners.pop("digits", None)
    return {**owners, "mobile": digits, "digits": digits} if digits and owners["mobile"] is None else owners


def resolved_customer(brand_id: str, customer_id: str, item: Item | None) -> Customer | None:
    """The customer in that item, or the one that it was merged into, which takes one more round trip."""
    while item and "merged_into" in item:
        customer_id = str(item["merged_into"])
        item = get(keys.customer(brand_id, customer_id))
    return customer_in(brand_id, customer_id, item) if item else None


def customer_item(customer: Customer) -> Item:
    """A customer as an item."""
    return {"version": customer.version, "document": _CUSTOMER.pack(customer)}


def customer_in(brand_id: str, customer_id: str, item: Item) -> Customer:
    """The customer in that item. Raises ServiceUnavailable while the customer is being erased."""
    if "erased_by" in item:
        raise ServiceUnavailable(BEING_ERASED)
    version = integer_in(item, "version")
    return _CUSTOMER.unpack(item["document"], brand_id=brand_id, customer_id=customer_id, version=version)


def journal_item(record: JournalRecord) -> Item:
    """A journal record as an item."""
    return {"document": _JOURNAL_RECORD.pack(record)}


def journal_record_in(sequence: int, item: Item) -> JournalRecord:
    """The journal record in that item."""
    return _JOURNAL_RECORD.unpack(item["document"], sequence=sequence)
