"""Undoing a merge: the absorbed customer is split off from the survivor again.

| of what the absorbed customer brought | after the split                                                       |
|---------------------------------------|-----------------------------------------------------------------------|
| lots                                  | go back as far as they are still there; what was spent stays spent    |
| debts                                 | go back as far as they are still owed; what was paid stays paid       |
| open holds                            | go back, so that their events can still be fulfilled                  |
| offers                                | go back, redeemed or not; one that a hold of the survivor has stays   |
| progress and limits                   | go back as far as they still count                                    |
| identities                            | are again theirs; the survivor no longer shows them                   |
| tags and attributes                   | are as they were; the survivor keeps what it has                      |

What was recorded since the merge stays with the survivor. The entries of both add up to zero: no point is made.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from loyalty.domain.customers.customer import Customer
from loyalty.domain.customers.journal import JournalRecord, RecordType
from loyalty.domain.limits.counters import Counters, add_counters
from loyalty.domain.limits.usage import CustomerUsage
from loyalty.domain.money import ZERO, normalize
from loyalty.domain.offers import Offer
from loyalty.domain.wallet.lots import EntryType, Hold, LedgerEntry, Lot
from loyalty.domain.wallet.update import WalletUpdate, merged_holds
from loyalty.domain.wallet.wallet import Wallet, apply_lot


class Unmerge(NamedTuple):
    """Both customers after the split, and the journal record of each; the entries of both add up to zero."""

    survivor: Customer
    split_off: Customer
    survivor_record: JournalRecord
    split_off_record: JournalRecord


def unmerge(
    survivor: Customer,
    absorbed: Customer,
    merged: JournalRecord,
    owners: Mapping[str, str],
    reason: str,
    now: datetime,
) -> Unmerge:
    """Split a customer off again, who is stored as the merge left them; `merged` is their record of it.

    `owners` has, by e-mail address and mobile number, the id that each belongs to.
    """
    outgoing = WalletUpdate(survivor.wallet, now)
    back = _withdraw(outgoing, merged)
    incoming = WalletUpdate(absorbed.wallet, now)
    incoming.transfer_in(back, absorbed.version + 1)
    offers = _offers_of(survivor, absorbed, outgoing.wallet)
    usage = _usage_of(survivor.usage, merged.usage)
    survivor_record = JournalRecord.of(RecordType.UNMERGED, survivor, outgoing)._replace(
        removed_offers=tuple(offers), reason=reason, other=absorbed.customer_id
    )
    split_off_record = JournalRecord.of(RecordType.UNMERGED, absorbed, incoming)._replace(
        opened_holds=merged_holds(back), updated_offers=tuple(offers.values()), reason=reason
    )
    remaining = tuple(one for one in survivor.merged_ids if one not in absorbed.ids)
    after = replace(
        survivor.with_record(survivor_record.sequence, outgoing),
        email=None if owners.get(survivor.email or "") in absorbed.ids else survivor.email,
        mobile=None if owners.get(survivor.mobile or "") in absorbed.ids else survivor.mobile,
        merged_ids=remaining,
        kept_apart=(*survivor.kept_apart, absorbed.customer_id, *absorbed.merged_ids),
        usage=survivor.usage._replace(
            progress=add_counters(survivor.usage.progress, usage.progress, -1),
            limits=add_counters(survivor.usage.limits, usage.limits if merged.usage is not None else {}, -1),
        ),
        offers={offer_id: offer for offer_id, offer in survivor.offers.items() if offer_id not in offers},
    )
    # The deadline of lots that the absorbed customer had before the merge may be over and deleted by now.
    split_off = replace(
        replace(absorbed, next_lot_expiry=None).with_record(split_off_record.sequence, incoming),
        email=absorbed.email if owners.get(absorbed.email or "") in absorbed.ids else None,
        mobile=absorbed.mobile if owners.get(absorbed.mobile or "") in absorbed.ids else None,
        kept_apart=(*absorbed.kept_apart, survivor.customer_id, *remaining),
        usage=usage,
        offers=offers,
    )
    return Unmerge(after, split_off, survivor_record, split_off_record)


def may_merge(one: Customer, other: Customer) -> bool:
    """Whether no admin has split these two: what they share is no evidence any more."""
    return other.ids.isdisjoint(one.kept_apart) and one.ids.isdisjoint(other.kept_apart)


def _withdraw(survivor: WalletUpdate, merged: JournalRecord) -> Wallet:
    """Take out of the survivor's wallet what is left of what the merge brought; returns it as a wallet.

    Both wallets keep all shortfalls, because points that make up for one may come back to either.
    """
    back = Wallet(shortfalls=survivor.wallet.shortfalls)
    for event_id in merged.closed_holds:
        hold: Hold | None = survivor.close_hold(event_id)
        if hold:
            back.holds[event_id] = hold
    for entry in merged.entries:
        if entry.type is not EntryType.TRANSFER:
            continue
        lot, reward_id = entry.lot.as_of(survivor.now), entry.lot.reward_id
        present = survivor.wallet.lots.get(lot.key)
        amount = min(-lot.amount, present.amount) if present and not lot.is_expired(survivor.now) else ZERO
        if amount > 0:
            moved = lot._replace(amount=amount)
            apply_lot(back, moved)
            apply_lot(survivor.wallet, moved._replace(amount=-amount))
            survivor.entries.append(LedgerEntry(EntryType.TRANSFER, moved._replace(amount=-amount)))
        owed = survivor.wallet.debts.get(reward_id, ZERO)
        debt = min(-entry.debt, owed)
        if debt > 0:
            back.debts[reward_id] = debt
            survivor.wallet.debts[reward_id] = normalize(owed - debt)
            empty = Lot(reward_id, ZERO, None, survivor.now, None)
            survivor.entries.append(LedgerEntry(EntryType.TRANSFER, empty, debt=-debt))
    return back


def _offers_of(survivor: Customer, absorbed: Customer, wallet: Wallet) -> dict[str, Offer]:
    """The absorbed customer's offers that the survivor has, without those in the holds that stay in this wallet."""
    return {
        offer_id: offer
        for offer_id, offer in survivor.offers.items()
        if offer.customer_id in absorbed.ids and offer_id not in wallet.held_offers
    }


def _usage_of(survivor: CustomerUsage, brought: CustomerUsage | None) -> CustomerUsage:
    """What goes back of the usage that the merge brought: as much of each counter as is still there.

    Merges of earlier releases did not note it. Then the limits are copied, so that no reward is granted once more.
    """
    if brought is None:
        return CustomerUsage(limits=survivor.limits)
    return CustomerUsage(
        _lesser(brought.progress, survivor.progress),
        _lesser(brought.limits, survivor.limits),
    )


def _lesser(brought: Counters, present: Counters) -> Counters:
    found = {
        name: {value: min(number, present[name].get(value, 0)) for value, number in values.items()}
        for name, values in brought.items()
        if name in present
    }
    counted = {
        name: {value: number for value, number in values.items() if number > 0} for name, values in found.items()
    }
    return {name: values for name, values in counted.items() if values}
