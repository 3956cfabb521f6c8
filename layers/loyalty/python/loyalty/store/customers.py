"""Customers, events and entries: read together, written together."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from loyalty.domain import ids
from loyalty.domain.customers.customer import Customer, Ref
from loyalty.domain.customers.identities import Identities
from loyalty.domain.customers.journal import JournalRecord, RecordType
from loyalty.domain.events.emit import EmitDecision
from loyalty.domain.events.event import Event, Status
from loyalty.domain.events.lifecycle import Change
from loyalty.domain.limits.budgets import BudgetReservation
from loyalty.domain.money import ZERO
from loyalty.domain.offers import Offer
from loyalty.domain.program.brands import Brand
from loyalty.domain.rules.ruleset import Ruleset
from loyalty.domain.times import to_millis, to_ttl
from loyalty.domain.wallet.lots import LotKey
from loyalty.store import budgets, documents, keys
from loyalty.store.brands import found_brand, rules_at_hand, ruleset_of
from loyalty.store.budgets import Left
from loyalty.store.offers import offer_place, offer_writes
from loyalty.store.packing import pack, unpack
from loyalty.store.table import Item, Write, WriteConflict, delete, get, get_many, put, transact, update

if TYPE_CHECKING:  # named, not made here: the stream's function starts without them
    from loyalty.domain.customers.merging import Merge
    from loyalty.domain.events.replay import Record


_NOTHING_SAID = Identities()


class DuplicateEvent(Exception):
    """The event slot is taken: this request, or another with the same key, was recorded before."""


class EventChanged(Exception):
    """The event has ended, or moved its deadline, since it was read."""


def load_customer(brand_id: str, customer_id: str) -> Customer | None:
    """The customer of that id, or the one it was merged into, if there is one."""
    return resolved_customer(brand_id, customer_id, get(keys.customer(brand_id, customer_id)))


def load_known_customer(event: Event) -> Customer:
    """The customer of an event: stored in the same transaction as it, so always there."""
    customer = load_customer(event.brand_id, event.customer_id)
    assert customer is not None
    return customer


def load_with_brand(brand_id: str, customer_id: str, now: datetime) -> tuple[Customer, Brand]:
    """The customer, new if unknown, and the brand with the version of its rules: one round trip.

    An id that was merged into another takes one more.
    """
    customer, brand, _ = load_with_identities(brand_id, customer_id, Identities(), now)
    return customer, brand


def load_with_identities(
    brand_id: str, customer_id: str, said: Identities, now: datetime
) -> tuple[Customer, Brand, dict[str, str | None]]:
    """The same, and for each identity said, the id of the customer it was first seen with: one round trip."""
    places = _identity_places(brand_id, said)
    found = get_many([keys.customer(brand_id, customer_id), keys.brand(brand_id), *places.values()])
    item = found.get(keys.customer(brand_id, customer_id))
    customer = resolved_customer(brand_id, customer_id, item) or Customer(brand_id, customer_id, now)
    return customer, found_brand(found, brand_id), _first_seen_with(found, places)


def load_owners(brand_id: str, said: Identities) -> dict[keys.Key, str]:
    """By the place of each of these identities, the id it was first seen with; nothing is read if there are none."""
    places = list(_identity_places(brand_id, said).values())
    return {place: str(item["customer"]) for place, item in get_many(places).items()} if places else {}


class Loaded(NamedTuple):
    """All that decides on a customer's events, and a part of what the campaigns that may pay have left."""

    customer: Customer
    brand: Brand
    known: Mapping[str, str | None]
    rules: Ruleset
    left: Left


def load_for_events(
    brand_id: str, customer_id: str, types: Collection[str], shard: str, now: datetime, said: Identities = _NOTHING_SAID
) -> Loaded:
    """The customer, new if unknown, the brand and its rules, whom identities belong to, and one shard of each budget.

    One round trip. An id that was merged into another takes one more, and so do rules that have changed.
    """
    at_hand = rules_at_hand(brand_id)
    expected = at_hand.with_budget(types) if at_hand else []
    places = _identity_places(brand_id, said)
    asked = [keys.customer(brand_id, customer_id), keys.brand(brand_id), *places.values()]
    found = get_many([*asked, *budgets.places(brand_id, expected, [shard])])
    brand = found_brand(found, brand_id)
    rules = ruleset_of(brand)
    with_budget = rules.with_budget(types)
    if missing := [one for one in with_budget if one not in expected]:
        found |= get_many(budgets.places(brand_id, missing, [shard]))
    item = found.get(keys.customer(brand_id, customer_id))
    customer = resolved_customer(brand_id, customer_id, item) or Customer(brand_id, customer_id, now)
    known = _first_seen_with(found, places)
    return Loaded(customer, brand, known, rules, budgets.left_in(found, brand_id, with_budget, [shard]))


def load_for_reversal(event: Event, now: datetime) -> tuple[Customer, Brand, dict[LotKey, Decimal]]:
    """The event's customer, the brand, and what ended unspent of the lots the event granted: one round trip.

    Where such a lot is gone or dead by now it takes one more, after the first: what ends in between changes the
    customer's version, so the decision is refused and made again. A merged customer's lots may have ended under any id.
    """
    customer, brand = load_with_brand(event.brand_id, event.customer_id, now)
    # A lot that is gone may have been spent, or a faster clock saw it end.
    lots = customer.wallet.lots
    dead = [one.key for one in event.granted if one.expires_at and not (one.is_active(now) and one.key in lots)]
    months = {_month(lot) for lot in dead}
    items = get_many([keys.expired_lots(event.brand_id, one, month) for one in customer.ids for month in months])
    expired = {lot: sum((Decimal(str(item.get(_spell(lot), 0))) for item in items.values()), ZERO) for lot in dead}
    return customer, brand, expired


def load_event(brand_id: str, event_id: str) -> Event | None:
    """The event in that slot, or the one its pointer names."""
    item = get(keys.event(brand_id, event_id))
    while item and "event" in item:
        event_id = str(item["event"])
        item = get(keys.event(brand_id, event_id))
    return _event(brand_id, event_id, item) if item else None


def load_explanation(brand_id: str, event_id: str) -> tuple[Event, Mapping[str, Any], Sequence[Any]] | None:
    """The event of that id, with the book and the trace of its evaluation; empty if no campaign listened."""
    event = load_event(brand_id, event_id)
    item = get(keys.event(brand_id, event.event_id)) if event else None
    if event is None or item is None:
        return None
    return (event, unpack(item["book"]), unpack(item["trace"])) if "book" in item else (event, {}, ())


def load_records(brand_id: str, customer_id: str, refs: Sequence[Ref]) -> "list[Record]":
    """Records of the customer's journal, in the order asked for: one round trip."""
    places = [
        keys.event(brand_id, ref) if isinstance(ref, str) else keys.entry(brand_id, customer_id, ref) for ref in refs
    ]
    found = get_many(places)
    return [
        _record(brand_id, ref, found[place])
        for ref, place in zip(refs, places, strict=True)
        if "doc" in found.get(place, {})
    ]


def save_event(emission: EmitDecision, before: Customer, also: str | None) -> None:
    """Store a new event and the customer it leaves behind; `also` is a second slot that shall point to it.

    Raises Recorded if a slot is taken, WriteConflict if the customer changed meanwhile.
    """
    _save_events([emission], before, also, emission.budget)


def save_pointer(event: Event, also: str) -> None:
    """Let one more slot point to a stored event; Recorded if it is taken."""
    transact(_pointer(event, also))


def save_batch(
    emissions: Sequence[EmitDecision],
    before: Customer,
    budget: BudgetReservation,
    said: Identities,
    known: Mapping[str, str | None],
) -> None:
    """Store events of one customer, and whom each identity was first seen with, all or nothing.

    Raises Recorded if the first slot is taken, WriteConflict if the customer changed or somebody else was first meanwhile.
    """
    _save_events(emissions, before, None, budget, *_first_seen(emissions[-1].customer, said, known))


def save_profile(
    customer: Customer,
    before: Customer,
    said: Identities,
    known: Mapping[str, str | None],
    given_up: Mapping[keys.Key, str],
) -> None:
    """Store what is known of a customer, to whom what is `given_up` points no longer.

    WriteConflict if the customer, or whom an identity belongs to, changed meanwhile.
    """
    ours = [(place, who) for place, who in given_up.items() if who in customer.ids]
    gone = [delete(place, "#customer = :who", WriteConflict(), who=who) for place, who in ours]
    transact(_save_customer(customer, before), *_first_seen(customer, said, known), *gone)


def _first_seen(customer: Customer, said: Identities, known: Mapping[str, str | None]) -> list[Write]:
    places = _identity_places(customer.brand_id, said)
    # A mobile that is known by its digits alone is from now on known in full as well, to belong to the same customer.
    in_full = {"mobile"} if known.get("digits") else ()
    return [
        put(place, {"customer": known[name] or customer.customer_id}, "attribute_not_exists(pk)", WriteConflict())
        for name, place in places.items()
        if name != "digits" and (known[name] is None or name in in_full)
    ]


def _save_events(
    emissions: Sequence[EmitDecision], before: Customer, also: str | None, budget: BudgetReservation, *more: Write
) -> None:
    # Event slots come first: that a request was recorded before outranks what happened to the wallet since.
    writes = [_event_slot(one) for one in emissions]
    customer = emissions[-1].customer
    if also:
        writes.append(_pointer(emissions[0].event, also))
    writes.append(_save_customer(customer, before))
    writes += budgets.change(customer.brand_id, budget)
    writes += [_hold_deadline(one.event) for one in emissions if one.event.deadline]
    given = [record for one in emissions if not one.event.standby for record in one.event.gives]
    writes += [write for record in given for write in offer_writes(customer.brand_id, record)]
    transact(*writes, *more, *_lots_deadline(customer, before))


def _pointer(event: Event, slot: str) -> Write:
    place = keys.event(event.brand_id, slot)
    return put(place, {"event": event.event_id}, "attribute_not_exists(pk)", DuplicateEvent())


def _event_slot(emission: EmitDecision) -> Write:
    event, evaluation = emission.event, emission.evaluation
    item: Item = {
        "status": event.status.value,
        "deadline": to_millis(event.deadline) if event.deadline else 0,
        "doc": pack(documents.from_event(event)),
    }
    if evaluation and evaluation.campaigns:
        # The same for all events until the rules change, so it is packed once.
        kept = evaluation.book.kept
        if "packed" not in kept:
            kept["packed"] = pack(evaluation.book.document)
        item |= {"book": kept["packed"], "trace": pack(list(evaluation.trace))}
    return put(keys.event(event.brand_id, event.event_id), item, "attribute_not_exists(pk)", DuplicateEvent())


def save_merge(merged: "Merge", one: Customer, other: Customer) -> None:
    """Store a merge: the survivor, the alias that stays of the other, and an entry for both, all or nothing.

    Raises WriteConflict if either changed since it was read: two requests that merge the same pair end as one merge.
    """
    before = {customer.customer_id: customer for customer in (one, other)}
    survivor, merged_ids = merged.survivor, merged.merged_ids
    transact(
        _save_customer(survivor, before[survivor.customer_id]),
        _save_customer(merged_ids, before[merged_ids.customer_id], {"alias": survivor.customer_id}),
        _entry(survivor, merged.taken_over),
        _entry(merged_ids, merged.given_up),
        *_lots_deadline(survivor, before[survivor.customer_id]),
    )


def load_chains(customer: Customer) -> dict[str, tuple[Ref, ...]]:
    """The newest records of each id of the customer; an absorbed one's history is kept under its own."""
    places = {keys.customer(customer.brand_id, one): one for one in customer.merged_ids}
    found = get_many(list(places)) if places else {}
    chains = {one: tuple(unpack(found[place]["doc"]).get("chain", ())) for place, one in places.items()}
    return {customer.customer_id: customer.previous, **chains}


def _identity_places(brand_id: str, said: Identities) -> dict[str, keys.Key]:
    channels = {"digits": "mobile"}
    return {
        name: keys.identity(brand_id, value, channels.get(name, name))
        for name, value in said._asdict().items()
        if value
    }


def _first_seen_with(found: Mapping[keys.Key, Item], places: Mapping[str, keys.Key]) -> dict[str, str | None]:
    known = {name: str(found[place]["customer"]) if place in found else None for name, place in places.items()}
    digits = known.pop("digits", None)
    return {**known, "mobile": digits, "digits": digits} if digits and known["mobile"] is None else known


def save_change(change: Change, before: Customer, was: Event | None, *more: Write) -> None:
    """Store what one act changed and what else is given, all of it or nothing; of refusals `more` come first.

    Raises Ended if the event is no longer as the decision saw it, WriteConflict if the customer is not.
    """
    customer, entry, event = change.customer, change.entry, change.event
    writes: list[Write] = [*more]
    if event and was:
        writes.append(_save_ending(event, was, entry.at))
    writes.append(_save_customer(customer, before))
    writes.append(_entry(customer, entry))
    if event and entry.kind is RecordType.EXTENDED:
        writes.append(_hold_deadline(event))
    writes += _expired_lots(customer, change.expired)
    writes += budgets.change(customer.brand_id, change.budget)
    writes += [_offer_noted(customer.brand_id, offer) for offer in change.noted]
    writes += [write for record in change.given for write in offer_writes(customer.brand_id, record)]
    transact(*writes, *_lots_deadline(customer, before))


def _save_customer(customer: Customer, before: Customer, more: Item | None = None) -> Write:
    item: Item = {"version": customer.version, "doc": pack(documents.from_customer(customer)), **(more or {})}
    place = keys.customer(customer.brand_id, customer.customer_id)
    if before.version:
        return put(place, item, "#version = :version", WriteConflict(), version=before.version)
    return put(place, item, "attribute_not_exists(pk)", WriteConflict())


def _entry(customer: Customer, entry: JournalRecord) -> Write:
    place = keys.entry(customer.brand_id, customer.customer_id, entry.number)
    return put(place, {"doc": pack(documents.from_entry(entry))}, "attribute_not_exists(pk)", WriteConflict())


def _save_ending(event: Event, was: Event, now: datetime) -> Write:
    # The decision is restated: still the status and the deadline it saw, and on the same side of that deadline.
    condition = "#status = :was AND #deadline = :seen"
    values: Item = {"was": was.status.value, "seen": to_millis(was.deadline) if was.deadline else 0}
    if was.status is Status.PENDING:
        condition += " AND #deadline " + ("<= :now" if event.status is Status.EXPIRED else "> :now")
        values |= {"now": to_millis(now)}
    return update(
        keys.event(event.brand_id, event.event_id),
        "SET #status = :status, #deadline = :deadline, #ending = :ending",
        condition,
        EventChanged(),
        status=event.status.value,
        deadline=to_millis(event.deadline) if event.deadline else 0,
        ending=pack(documents.from_ending(event)),
        **values,
    )


def _hold_deadline(event: Event) -> Write:
    assert event.deadline is not None
    return put(keys.hold_deadline(event.brand_id, event.customer_id, event.event_id), {"ttl": to_ttl(event.deadline)})


def _offer_noted(brand_id: str, offer: Offer) -> Write:
    place = offer_place(brand_id, offer)
    used, recalled = offer.used_by or "", int(offer.recalled and not offer.used_by)
    return update(
        place, "SET #used = :used, #recalled = :recalled", "attribute_exists(pk)", used=used, recalled=recalled
    )


def _lots_deadline(customer: Customer, before: Customer) -> list[Write]:
    if customer.next_lot_expiry is None or customer.next_lot_expiry == before.next_lot_expiry:
        return []
    return [put(keys.lots_deadline(customer.brand_id, customer.customer_id), {"ttl": to_ttl(customer.next_lot_expiry)})]


def _expired_lots(customer: Customer, changes: Mapping[LotKey, Decimal]) -> list[Write]:
    # Guarded by the customer's version in the same transaction, so no sum can be read by two at once.
    months: dict[str, dict[str, Any]] = {}
    for lot, change in changes.items():
        months.setdefault(_month(lot), {})[_spell(lot)] = change
    return [
        update(
            keys.expired_lots(customer.brand_id, customer.customer_id, month),
            "ADD " + ", ".join(f"#{name} :{name}" for name in by_name),
            **by_name,
        )
        for month, by_name in months.items()
    ]


def _month(lot: LotKey) -> str:
    return lot.expires_at.strftime("%Y-%m") if lot.expires_at else ""


def _spell(lot: LotKey) -> str:
    """A short name for a lot: 60 bits, as an expression that names 90 of them may have 4 kB."""
    ends = str(to_millis(lot.expires_at) if lot.expires_at else 0)
    return ids.derived(lot.reward_id, lot.campaign_id or "", ends)[:12]


def resolved_customer(brand_id: str, customer_id: str, item: Item | None) -> Customer | None:
    """The customer in that item, or the one it was merged into, which takes one more round trip."""
    while item and "alias" in item:
        customer_id = str(item["alias"])
        item = get(keys.customer(brand_id, customer_id))
    return _customer(brand_id, customer_id, item) if item else None


def _customer(brand_id: str, customer_id: str, item: Item) -> Customer:
    return documents.to_customer(brand_id, customer_id, int(item["version"]), unpack(item["doc"]))


def _event(brand_id: str, event_id: str, item: Item) -> Event:
    ending = unpack(item["ending"]) if "ending" in item else None
    document = unpack(item["doc"])
    return documents.to_event(brand_id, event_id, str(item["status"]), int(item["deadline"]), document, ending)


def _record(brand_id: str, ref: Ref, item: Item) -> "Record":
    return _event(brand_id, ref, item) if isinstance(ref, str) else documents.to_entry(ref, unpack(item["doc"]))
