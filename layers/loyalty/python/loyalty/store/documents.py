"""How customers, events and entries lie in their documents: short names, times in milliseconds, lots as rows."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from loyalty.domain.customers.customer import Customer
from loyalty.domain.customers.journal import JournalRecord, RecordType
from loyalty.domain.events.event import Event, Status
from loyalty.domain.limits.budgets import BudgetAmount
from loyalty.domain.limits.usage import CustomerUsage, Usage
from loyalty.domain.offers import Offer, OfferRecord
from loyalty.domain.times import from_millis, to_millis
from loyalty.domain.wallet.lots import Balance, EntryType, Hold, LedgerEntry, Lot
from loyalty.domain.wallet.wallet import Wallet

_TYPES = {
    EntryType.ACCUMULATION: "A",
    EntryType.REDEMPTION: "R",
    EntryType.EXPIRATION: "E",
    EntryType.REVERSAL: "V",
} | {
    EntryType.RELEASE: "L",
    EntryType.TRANSFER: "T",
    EntryType.ADJUSTMENT: "J",
}
_BY_LETTER = {letter: type_ for type_, letter in _TYPES.items()}


def from_customer(customer: Customer) -> dict[str, Any]:
    """A customer's document; what the key and the version say is not in it."""
    wallet = customer.wallet
    document: dict[str, Any] = {
        "created": to_millis(customer.created_at),
        "chain": customer.previous,
        "alarm": _millis(customer.next_lot_expiry),
        "lots": _lots(wallet.lots.values()),
        "debts": wallet.debts,
        "holds": _holds(wallet.holds),
        "email": customer.email,
        "mobile": customer.mobile,
        "tags": customer.tags,
        "attributes": customer.attributes,
        "absorbed": customer.merged_ids,
        "progress": customer.usage.progress,
        "limits": customer.usage.limits,
        "owed": _shares(customer.usage.owed),
        "offers": _offers(customer.offers.values(), customer.customer_id),
    }
    return {name: value for name, value in document.items() if value}


def to_customer(brand_id: str, customer_id: str, version: int, document: dict[str, Any]) -> Customer:
    """The customer of that document."""
    lots = _read_lots(document.get("lots", ()))
    return Customer(
        brand_id,
        customer_id,
        from_millis(document["created"]),
        version,
        Wallet(
            {lot.key: lot for lot in lots},
            {reward_id: Decimal(debt) for reward_id, debt in document.get("debts", {}).items()},
            _read_holds(document.get("holds", {})),
        ),
        tuple(document.get("chain", ())),
        _instant(document.get("alarm")),
        document.get("email"),
        document.get("mobile"),
        document.get("tags", {}),
        document.get("attributes", {}),
        tuple(document.get("absorbed", ())),
        CustomerUsage(document.get("progress", {}), document.get("limits", {}), _read_shares(document.get("owed", {}))),
        {one.offer_id: one for one in _read_offers(document.get("offers", ()), customer_id)},
    )


def from_event(event: Event) -> dict[str, Any]:
    """The part of an event that is written once."""
    kept = ("customer_id", "brand_id", "type")
    document = {
        "customer": event.customer_id,
        "as": event.data["customer_id"] if event.data["customer_id"] != event.customer_id else None,
        "type": event.type,
        "data": {name: value for name, value in event.data.items() if name not in kept},
        "unevaluated": not event.evaluated,
        "standby": event.standby,
        "reserve": event.reserve,
        "issued": to_millis(event.issued_at),
        "recorded": to_millis(event.recorded_at),
        "print": event.fingerprint,
        "campaigns": event.campaigns,
        "pending": _lots(event.pending),
        "lines": _lines(event.entries, event.event_id),
        "closed": event.closed,
        "number": event.number,
        "previous": event.previous,
        "totals": _totals(event.totals_at_first),
        "deadline": _millis(event.first_deadline),
        "counts": _counts(event.usage),
        "tags": event.tags,
        "replaced": None if event.standby else event.replaced,
        "offers": _offers(event.offers, event.customer_id),
        "gives": [[one.offer.offer_id, one.offer.rank, from_offer(one)] for one in event.gives],
    }
    return {name: value for name, value in document.items() if value}


def from_ending(event: Event) -> dict[str, Any]:
    """The part of an event that its endings write."""
    return {
        "ended": _millis(event.ended_at),
        "resolved": _millis(event.resolved_at),
        "reason": event.reason,
        "totals": _totals(event.totals),
        **({"replaced": event.replaced} if event.replaced else {}),
    }


def to_event(
    brand_id: str, event_id: str, status: str, deadline: int, document: dict[str, Any], ending: dict[str, Any] | None
) -> Event:
    """The event of those two parts and the attributes beside them."""
    standby = document.get("standby", False)
    recorded_at = from_millis(document["recorded"])
    sums = _read_totals(document.get("totals", ()))
    customer_id, type_ = document["customer"], document["type"]
    return Event(
        event_id=event_id,
        brand_id=brand_id,
        customer_id=customer_id,
        type=type_,
        data={
            "customer_id": document.get("as") or customer_id,
            "brand_id": brand_id,
            "type": type_,
            **document.get("data", {}),
        },
        evaluated=not document.get("unevaluated", False),
        standby=standby,
        reserve=document["reserve"],
        issued_at=from_millis(document["issued"]),
        recorded_at=recorded_at,
        fingerprint=document["print"],
        campaigns=tuple(document.get("campaigns", ())),
        pending=_read_lots(document.get("pending", ())),
        entries=_read_lines(document.get("lines", ()), event_id),
        closed=tuple(document.get("closed", ())),
        number=document["number"],
        previous=tuple(document.get("previous", ())),
        totals_at_first=sums,
        first_deadline=_instant(document.get("deadline")),
        status=Status(status),
        deadline=_instant(deadline),
        totals=_read_totals(ending["totals"]) if ending else sums,
        ended_at=_instant(ending["ended"]) if ending else None,
        resolved_at=_instant(ending["resolved"]) if ending else None if standby else recorded_at,
        reason=ending["reason"] if ending else None,
        replaced=(ending or {}).get("replaced") or document.get("replaced", {}),
        usage=_read_counts(document.get("counts", ())),
        tags=document.get("tags", {}),
        offers=_read_offers(document.get("offers", ()), customer_id),
        gives=tuple(
            to_offer(customer_id, rank, offer_id, None, given) for offer_id, rank, given in document.get("gives", ())
        ),
    )


def from_entry(entry: JournalRecord) -> dict[str, Any]:
    """A journal entry's document; its number is in the key."""
    document = {
        "kind": entry.kind,
        "at": to_millis(entry.at),
        "event": entry.event_id,
        "lines": _lines(entry.entries, entry.event_id),
        "closed": entry.closed,
        "previous": entry.previous,
        "deadline": _millis(entry.deadline),
        "opened": _holds(entry.opened),
        "offers": _offers(entry.offers, None),
        "gone": entry.gone,
    }
    return {name: value for name, value in document.items() if value}


def to_entry(number: int, document: dict[str, Any]) -> JournalRecord:
    """The entry of that document."""
    event_id = document.get("event")
    return JournalRecord(
        number,
        RecordType(document["kind"]),
        from_millis(document["at"]),
        event_id,
        _read_lines(document.get("lines", ()), event_id),
        tuple(document.get("closed", ())),
        tuple(document.get("previous", ())),
        _instant(document.get("deadline")),
        _read_holds(document.get("opened", {})),
        _read_offers(document.get("offers", ()), None),
        tuple(document.get("gone", ())),
    )


def from_offer(record: OfferRecord) -> dict[str, Any]:
    """An offer's record; whom it was assigned to, its rank and its id are in the key, who used it beside it."""
    document = {
        "config": record.offer.config_id,
        "starts": to_millis(record.offer.starts_at),
        "ends": to_millis(record.offer.ends_at),
        "name": record.name,
        "benefits": record.benefits,
        "at": to_millis(record.assigned_at),
        "source": record.source,
        "reference": record.reference,
        "trace": record.trace_id,
    }
    return {name: value for name, value in document.items() if value}


def to_offer(customer_id: str, rank: int, offer_id: str, used_by: str | None, document: dict[str, Any]) -> OfferRecord:
    """The record of that document."""
    starts, ends = from_millis(document["starts"]), from_millis(document["ends"])
    return OfferRecord(
        Offer(offer_id, document["config"], customer_id, starts, ends, rank, used_by),
        document["name"],
        from_millis(document["at"]),
        document.get("benefits", {}),
        document.get("source"),
        document.get("reference"),
        document.get("trace"),
    )


def _offers(offers: Iterable[Offer], own: str | None) -> list[list[Any]]:
    """Each offer as a row, at whose end is only what is not common: it is used, another id's, recalled."""
    rows: list[list[Any]] = []
    for one in offers:
        row = [one.offer_id, one.config_id, to_millis(one.starts_at), to_millis(one.ends_at), one.rank]
        more = [one.used_by or 0, one.customer_id if one.customer_id != own else 0, int(one.recalled)]
        while more and not more[-1]:
            more.pop()
        rows.append([*row, *more])
    return rows


def _read_offers(rows: Sequence[Sequence[Any]], own: str | None) -> tuple[Offer, ...]:
    offers: list[Offer] = []
    for row in rows:
        offer_id, config_id, starts, ends, rank, used_by, under, recalled = (*row, 0, 0, 0)[:8]
        between = (from_millis(starts), from_millis(ends))
        who = under or own or ""
        offers.append(Offer(offer_id, config_id, who, *between, rank, used_by or None, bool(recalled)))
    return tuple(offers)


def _holds(holds: Mapping[str, Hold]) -> dict[str, list[Any]]:
    return {
        event_id: [
            to_millis(hold.deadline),
            _lots(hold.reserved),
            _lots(hold.pending),
            _counts(hold.usage),
            hold.offers,
        ]
        for event_id, hold in holds.items()
    }


def _read_holds(rows: Mapping[str, Sequence[Any]]) -> dict[str, Hold]:
    return {
        event_id: Hold(from_millis(at), _read_lots(held), _read_lots(due), _read_counts(counts), tuple(offers))
        for event_id, (at, held, due, counts, offers) in rows.items()
    }


def _counts(counts: Usage) -> list[Any]:
    """Progress, limits and shares, as far as there are any."""
    parts: list[Any] = [counts.progress, counts.limits, _shares(counts.shares)]
    while parts and not parts[-1]:
        parts.pop()
    return parts


def _read_counts(parts: Sequence[Any]) -> Usage:
    progress, limits, shares = [*parts, {}, {}, {}][:3]
    return Usage(progress, limits, _read_shares(shares))


def _shares(shares: Mapping[str, BudgetAmount]) -> dict[str, list[Any]]:
    return {campaign_id: list(share) for campaign_id, share in shares.items()}


def _read_shares(rows: Mapping[str, Sequence[Any]]) -> dict[str, BudgetAmount]:
    return {campaign_id: BudgetAmount(Decimal(amount), times) for campaign_id, (amount, times) in rows.items()}


def _lots(lots: Iterable[Lot]) -> list[list[Any]]:
    return [
        [lot.reward_id, lot.amount, lot.campaign_id, to_millis(lot.issued_at), _millis(lot.expires_at)] for lot in lots
    ]


def _read_lots(rows: Sequence[Sequence[Any]]) -> tuple[Lot, ...]:
    return tuple(
        Lot(reward_id, Decimal(amount), campaign_id, from_millis(issued), _instant(expires))
        for reward_id, amount, campaign_id, issued, expires in rows
    )


def _lines(lines: Sequence[LedgerEntry], own: str | None) -> list[list[Any]]:
    """Each line as its letter, its lot, and what differs from the common case: another event, a debt, a hold."""
    return [
        [_TYPES[line.type], *lot, 0 if line.event_id == own else line.event_id, line.debt, int(line.held)]
        for line, lot in zip(lines, _lots(line.lot for line in lines), strict=True)
    ]


def _read_lines(rows: Sequence[Sequence[Any]], own: str | None) -> tuple[LedgerEntry, ...]:
    lots = _read_lots([row[1:6] for row in rows])
    return tuple(
        LedgerEntry(_BY_LETTER[row[0]], lot, own if row[6] == 0 else row[6], Decimal(row[7]), bool(row[8]))
        for row, lot in zip(rows, lots, strict=True)
    )


def _totals(sums: Sequence[Balance]) -> list[list[Any]]:
    return [[one.reward_id, one.available, one.reserved, one.pending, _millis(one.next_expiration)] for one in sums]


def _read_totals(rows: Sequence[Sequence[Any]]) -> tuple[Balance, ...]:
    return tuple(
        Balance(reward_id, Decimal(available), Decimal(reserved), Decimal(pending), _instant(ends))
        for reward_id, available, reserved, pending, ends in rows
    )


def _millis(instant: datetime | None) -> int:
    return to_millis(instant) if instant else 0


def _instant(millis: int | None) -> datetime | None:
    return from_millis(millis) if millis else None
