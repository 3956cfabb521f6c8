"""Erasing a customer, as pure decisions: what stays of each thing under a pseudonym, and what is left to be done.

| of               | stays                                              | goes                                       |
|------------------|----------------------------------------------------|--------------------------------------------|
| the customer     | wallet, offers, what is due to budgets             | profile, ids, progress and limits          |
| an event         | amounts, lots, status, times; amounts of its order | all else that was sent, reasons, tags, why |
| a journal record | entries, holds, offers, the request's trace        | reasons, references                        |
| an offer         | what it was made of, times, which event used it    | the reference of who assigned it           |
| a trace          | what was wanted, its steps                         | who it was for, its key, the reference     |
| a receipt        | the amounts of the answer, a hash of the body      | the body, reasons                          |
| e-mail, mobile   |                                                    | whose they were                            |
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from loyalty.domain.customers.customer import MAX_PREVIOUS_RECORDS, Customer, RecordRef
from loyalty.domain.customers.journal import JournalRecord, RecordType
from loyalty.domain.events.event import Event
from loyalty.domain.limits.usage import CustomerUsage, Usage
from loyalty.domain.offers import Offer, OfferRecord

ERASED = "the customer is erased"
"""Why what was pending is cancelled."""

_AMOUNTS = ("value", "discounted_value", "amount")

Names = Mapping[str, str]
"""The pseudonym of each id of the customer."""


@dataclass(frozen=True)
class ErasurePlan:
    """How far an erasure has come.

    `customer_ids` are the customer's id and those merged into it; `identities` and `kept_apart` are what else names
    the customer. The journals of the first `walked` ids are done; `refs` are the next records of the one after them.
    Deadlines of a sandbox brand are looked through up to the sort key `deadlines`.
    """

    customer_ids: tuple[str, ...]
    identities: tuple[str, ...] = ()
    kept_apart: tuple[str, ...] = ()
    walked: int = 0
    refs: tuple[RecordRef, ...] = ()
    deadlines: str = ""


def pseudonyms(trace_id: str, customer_ids: tuple[str, ...]) -> Names:
    """A pseudonym for each of a customer's ids, made of the random id of the erasure."""
    return {one: f"erased-{trace_id}{f'-{i}' if i else ''}" for i, one in enumerate(customer_ids)}


def planned(customer: Customer, merged: Mapping[str, Customer]) -> ErasurePlan:
    """What has to be done to erase a customer, with those merged into it as their merges left them."""
    everyone = (customer, *merged.values())
    identities = [one for each in everyone for one in (each.email, each.mobile, *each.former) if one]
    apart = [one for each in everyone for one in each.kept_apart]
    return ErasurePlan(
        (customer.customer_id, *merged),
        tuple(dict.fromkeys(identities)),
        tuple(dict.fromkeys(apart)),
        refs=customer.previous,
    )


def erased_customer(customer: Customer, names: Names) -> Customer:
    """What stays of a customer."""
    return replace(
        customer,
        customer_id=names[customer.customer_id],
        email=None,
        mobile=None,
        tags={},
        attributes={},
        merged_ids=tuple(names[one] for one in customer.merged_ids if one in names),
        usage=CustomerUsage(pending_refunds=customer.usage.pending_refunds),
        offers={id_: _offer(offer, names) for id_, offer in customer.offers.items()},
        kept_apart=(),
        former=(),
        erasure=None,
    )


def erasure_record(erased: Customer, trace_id: str, now: datetime) -> tuple[Customer, JournalRecord]:
    """The pseudonym with the ERASED record that ends its erasure, and that record; its wallet does not change."""
    sequence = erased.version + 1
    record = JournalRecord(sequence, RecordType.ERASED, now, None, (), (), erased.previous, trace_id=trace_id)
    previous = (sequence, *erased.previous)[:MAX_PREVIOUS_RECORDS]
    return replace(erased, version=sequence, previous=previous), record


def erased_event(event: Event, names: Names) -> Event:
    """What stays of an event: it can still be reversed, and is still the receipt of its request."""
    customer_id = names[event.customer_id]
    rescue = event.rescue
    return event._replace(
        customer_id=customer_id,
        data=_data(event, customer_id),
        reason=None,
        tags={},
        replaced_tags={},
        usage=_usage(event.usage),
        redeemed_offers=tuple(_offer(offer, names) for offer in event.redeemed_offers),
        granted_offers=tuple(erased_offer(record, names) for record in event.granted_offers),
        parts=tuple(part._replace(reason=None, usage=_usage(part.usage)) for part in event.parts),
        rescue=rescue and rescue._replace(reason="", customer_id=names.get(rescue.customer_id, customer_id)),
    )


def erased_record(record: JournalRecord, names: Names) -> JournalRecord:
    """What stays of a record of the journal."""
    holds = {id_: hold._replace(usage=_usage(hold.usage)) for id_, hold in record.opened_holds.items()}
    return record._replace(
        opened_holds=holds,
        updated_offers=tuple(_offer(offer, names) for offer in record.updated_offers),
        reference=None,
        usage=None,
        reason=None,
        other=names.get(record.other) if record.other else None,
    )


def erased_offer(record: OfferRecord, names: Names) -> OfferRecord:
    """What stays of an offer; one that a campaign has given refers to the campaign."""
    reference = record.reference if record.source == "campaign" else None
    return record._replace(offer=_offer(record.offer, names), reference=reference)


def _offer(offer: Offer, names: Names) -> Offer:
    return offer._replace(customer_id=names.get(offer.customer_id, offer.customer_id))


def _usage(usage: Usage) -> Usage:
    """What is of the brand's budgets. Counters have the hashes of values that were sent."""
    return Usage(budgets=usage.budgets)


def _data(event: Event, customer_id: str) -> dict[str, Any]:
    data: dict[str, Any] = {"customer_id": customer_id, "brand_id": event.brand_id, "type": event.type}
    order = event.data.get("order")
    if isinstance(order, Mapping):
        products = order.get("products")
        lines = [_amounts(one, "sku") for one in products] if isinstance(products, list) else None
        data["order"] = {**_amounts(order), **({} if lines is None else {"products": lines})}
    return data


def _amounts(priced: Mapping[str, Any], *more: str) -> dict[str, Any]:
    """The numbers of an order or of one of its lines, without which a part of it could not be returned any more."""
    amounts = {name: priced[name] for name in _AMOUNTS if isinstance(priced.get(name), (int, Decimal))}
    return {**{name: priced[name] for name in more if isinstance(priced.get(name), str)}, **amounts}
