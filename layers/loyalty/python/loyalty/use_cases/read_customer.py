"""Read a customer: profile and wallet."""

from loyalty.domain.customers.customer import Customer
from loyalty.domain.errors import UserNotFoundError
from loyalty.store.customers import load_customer


def read_customer(brand_id: str, customer_id: str) -> Customer:
    """The customer as stored, strongly consistent. Raises UserNotFoundError."""
    customer = load_customer(brand_id, customer_id)
    if customer is None:
        raise UserNotFoundError("there is no customer with this id")
    return customer
