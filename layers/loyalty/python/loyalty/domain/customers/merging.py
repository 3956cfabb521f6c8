"""Merging two customers who turn out to be one person: the older one takes over all that the younger one has."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

from loyalty.domain.customers.customer import Customer
from loyalty.domain.customers.identities import Identities
from loyalty.domain.customers.journal import JournalRecord, RecordType
from loyalty.domain.limits.usage import CustomerUsage
from loyalty.domain.wallet.update import WalletUpdate, merged_holds
from loyalty.domain.wallet.wallet import MAX_LOTS, MAX_OPEN_HOLDS

MAX_MERGED_IDS = 80
MAX_MERGED_OFFERS = 300
MAX_FORMER_IDENTITIES = 100


class Merge(NamedTuple):
    """Both customers after the merge, and the journal record of each; the entries of both add up to zero."""

    survivor: Customer
    absorbed: Customer
    survivor_record: JournalRecord
    absorbed_record: JournalRecord


def merge(customer: Customer, other: Customer, now: datetime) -> Merge:
    """Merge two customers into the older one; of two created at the same time, into the one with the lesser id."""
    older, younger = sorted((customer, other), key=attrgetter("created_at", "customer_id"))
    outgoing = WalletUpdate(younger.wallet, now)
    brought = outgoing.wallet.copy()
    outgoing.transfer_out()
    incoming = WalletUpdate(older.wallet, now)
    incoming.transfer_in(brought, older.version + 1)
    absorbed_record = JournalRecord.of(RecordType.MERGED, younger, outgoing)._replace(
        removed_offers=tuple(younger.offers), usage=younger.usage
    )
    survivor_record = JournalRecord.of(RecordType.MERGED, older, incoming)._replace(
        opened_holds=merged_holds(younger.wallet),
        updated_offers=tuple(younger.offers.values()),
        other=younger.customer_id,
    )
    survivor = replace(
        older.with_record(survivor_record.sequence, incoming),
        email=older.email or younger.email,
        mobile=older.mobile or younger.mobile,
        tags={**younger.tags, **older.tags},
        attributes={**younger.attributes, **older.attributes},
        kept_apart=(*older.kept_apart, *younger.kept_apart),
        merged_ids=(*older.merged_ids, younger.customer_id, *younger.merged_ids),
        usage=older.usage.merged_with(younger.usage),
        offers={**older.offers, **younger.offers},
    )
    absorbed = replace(younger.with_record(absorbed_record.sequence, outgoing), usage=CustomerUsage(), offers={})
    return Merge(survivor, absorbed, survivor_record, absorbed_record)


def fits_in_one(customer: Customer, other: Customer) -> bool:
    """Whether one customer's state has room for what two have. If not, they stay two."""
    wallets = customer.wallet, other.wallet
    return (
        len(customer.merged_ids) + len(other.merged_ids) < MAX_MERGED_IDS
        and sum(len(wallet.holds) for wallet in wallets) <= MAX_OPEN_HOLDS
        and sum(len(wallet.lots) for wallet in wallets) <= MAX_LOTS
        and len(customer.offers) + len(other.offers) <= MAX_MERGED_OFFERS
    )


def same_person(channel: str, customer: Customer, owners: Mapping[str, str | None]) -> str | None:
    """The id of another customer who owns the identity of the brand's merging channel; None if there is none.

    `owners` has, by channel, the id of the customer that each identity of the request was first seen with.
    """
    owner = owners.get(channel)
    return owner if owner and owner not in customer.ids else None


def contradicted(channel: str, customer: Customer, other: Customer, owners: Mapping[str, str | None]) -> bool:
    """Whether the request's identity of the other channel belongs to a third customer, so that nobody is merged."""
    third = next((owner for name, owner in owners.items() if name != channel and owner), None)
    return third is not None and third not in customer.ids | other.ids


def with_identities(customer: Customer, identities: Identities, owners: Mapping[str, str | None]) -> Customer:
    """The customer with those identities that belong to nobody yet, or to the customer; replaced ones are noted."""
    own = {name for name in identities._fields if owners.get(name) is None or owners[name] in customer.ids}
    email = (identities.email if "email" in own else None) or customer.email
    mobile = (identities.mobile if "mobile" in own else None) or customer.mobile
    replaced = {(customer.email, email), (customer.mobile, mobile)}
    former = [before for before, after in sorted(replaced, key=str) if before and before != after]
    noted = tuple(one for one in customer.former if one not in (*former, email, mobile))
    return replace(customer, email=email, mobile=mobile, former=(*noted, *former)[-MAX_FORMER_IDENTITIES:])
