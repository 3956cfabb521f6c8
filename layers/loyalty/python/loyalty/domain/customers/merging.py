"""Two ids that turn out to be one person: the younger customer's wallet and history go over to the older one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from loyalty.domain.customers.customer import Customer
from loyalty.domain.customers.identities import Identities
from loyalty.domain.customers.journal import JournalRecord, RecordType
from loyalty.domain.limits.usage import CustomerUsage
from loyalty.domain.wallet.update import WalletUpdate


@dataclass(frozen=True)
class Merge:
    """The survivor and the absorbed customer after the merge, and the entry of each; their lines add up to nothing."""

    survivor: Customer
    absorbed: Customer
    survivor_record: JournalRecord
    absorbed_record: JournalRecord


def merge(one: Customer, other: Customer, now: datetime) -> Merge:
    """The older of two customers with all that both had; of two of the same age, the one with the lesser id."""
    older, younger = sorted((one, other), key=lambda customer: (customer.created_at, customer.customer_id))
    leaving = WalletUpdate(younger.wallet, now)
    leaving.transfer_out()
    arriving = WalletUpdate(older.wallet, now)
    arriving.transfer_in(younger.wallet)
    given_up = JournalRecord(
        younger.version + 1,
        RecordType.MERGED,
        now,
        None,
        tuple(leaving.entries),
        tuple(leaving.closed_holds),
        younger.previous,
        removed_offers=tuple(younger.offers),
    )
    taken_over = JournalRecord(
        older.version + 1,
        RecordType.MERGED,
        now,
        None,
        tuple(arriving.entries),
        (),
        older.previous,
        opened_holds=younger.wallet.holds,
        updated_offers=tuple(younger.offers.values()),
    )
    survivor = replace(
        older.with_record(taken_over.sequence, arriving),
        email=older.email or younger.email,
        mobile=older.mobile or younger.mobile,
        tags={**younger.tags, **older.tags},
        attributes={**younger.attributes, **older.attributes},
        merged_ids=(*older.merged_ids, younger.customer_id, *younger.merged_ids),
        usage=older.usage.merged_with(younger.usage),
        offers={**older.offers, **younger.offers},
    )
    absorbed = replace(younger.with_record(given_up.sequence, leaving), usage=CustomerUsage(), offers={})
    return Merge(survivor, absorbed, taken_over, given_up)


def same_person(channel: str, customer: Customer, known: Mapping[str, str | None]) -> str | None:
    """The id of another customer that the brand's merging channel says is this one; None if there is none.

    `known` says, by channel, whom an e-mail or a mobile of the request was first seen with.
    """
    other = known.get(channel)
    return other if other and other not in customer.ids else None


def contradicted(channel: str, one: Customer, other: Customer, known: Mapping[str, str | None]) -> bool:
    """Whether the request's other identity is known to be a third person's: then its evidence merges nobody."""
    third = next((who for name, who in known.items() if name != channel and who), None)
    return third is not None and third not in one.ids | other.ids


def with_identities(customer: Customer, said: Identities, known: Mapping[str, str | None]) -> Customer:
    """The customer with an e-mail or mobile that nobody else was seen with first."""
    mine = {name for name in said._fields if known.get(name) is None or known[name] in customer.ids}
    return replace(
        customer,
        email=(said.email if "email" in mine else None) or customer.email,
        mobile=(said.mobile if "mobile" in mine else None) or customer.mobile,
    )
