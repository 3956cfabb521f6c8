"""Customers: read one by an id, or find one by an e-mail address or a mobile number."""

from loyalty.domain.customers.customer import Customer
from loyalty.domain.errors import UserNotFoundError
from loyalty.services.identities import parse_identities
from loyalty.store.customers import identity_keys, load_customer, load_owners


def read_customer(brand_id: str, customer_id: str) -> Customer:
    """The customer as stored, strongly consistent. Raises UserNotFoundError."""
    customer = load_customer(brand_id, customer_id)
    if customer is None:
        raise UserNotFoundError("there is no customer with this id")
    return customer


def find_customers(brand_id: str, email: str | None, mobile: str | None) -> list[Customer]:
    """The customer that this e-mail address or mobile number belongs to now, strongly consistent; empty if nobody.

    Raises ValidationError (email, mobile), BrandNotFoundError.
    """
    identities = parse_identities(brand_id, email, mobile)
    owners = load_owners(brand_id, identities)
    # In the order of `identity_keys`: the owner of the number in E.164 comes before that of its bare digits.
    owner = next((owners[key] for key in identity_keys(brand_id, identities).values() if key in owners), None)
    found = load_customer(brand_id, owner) if owner else None
    return [found] if found else []
