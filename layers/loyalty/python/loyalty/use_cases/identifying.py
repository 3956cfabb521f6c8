"""What names a customer beside an id, read in the brand's way, and the merge that it may call for."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from loyalty.domain.customers.customer import Customer
from loyalty.domain.customers.identities import (
    Identities,
    digits_of,
    is_international,
    normalized_email,
    normalized_mobile,
)
from loyalty.domain.customers.merging import Merge, contradicted, merge, same_person
from loyalty.domain.errors import FieldProblem, ValidationError
from loyalty.domain.program.brands import Brand
from loyalty.store.brands import region_of
from loyalty.store.customers import load_customer, save_merge


def identities(brand_id: str, said: Mapping[str, Any]) -> Identities:
    """The e-mail and the mobile of a request in their one form. Raises ValidationError naming each that is none.

    A mobile without + is read in the brand's region, as last seen: whoever reads the brand anew asks again.
    """
    read: dict[str, str] = {}
    problems: list[FieldProblem] = []
    for name in ("email", "mobile"):
        if said.get(name):
            try:
                one = said[name]
                region = None if name == "email" or is_international(one) else region_of(brand_id)
                read[name] = normalized_email(one) if name == "email" else normalized_mobile(one, region)
                if region and read[name] != digits_of(one):
                    read["digits"] = digits_of(one)
            except ValueError as error:
                problems.append(FieldProblem(name, str(error)))
    if problems:
        raise ValidationError(*problems)
    return Identities(**read)


class PendingMerge(NamedTuple):
    """Two customers who turned out to be one person, and what becomes of them."""

    one: Customer
    other: Customer
    merge: Merge

    def take_place(self) -> None:
        """Store the merge. Raises WriteConflict when someone was faster."""
        # One transaction for both customers, their entries and the alias; what follows reads the survivor anew. A
        # failure in between leaves them merged, and the same request again finds them so.
        save_merge(self.merge, self.one, self.other)


def find_merge(brand: Brand, customer: Customer, known: Mapping[str, str | None], now: datetime) -> PendingMerge | None:
    """The customer and whoever else the brand's merging channel says is the same person.

    The channel decides alone. But if the request's other identity is known to be a third person's, its evidence
    contradicts itself: nobody is merged and nothing known changes hands.
    """
    channel = brand.channel_merging
    other_id = same_person(channel, customer, known)
    other = load_customer(brand.brand_id, other_id) if other_id else None
    if other is None or other.customer_id in customer.ids or contradicted(channel, customer, other, known):
        return None
    return PendingMerge(customer, other, merge(customer, other, now))
