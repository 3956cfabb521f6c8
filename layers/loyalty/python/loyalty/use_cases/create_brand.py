"""Create a brand: the first thing in a new table."""

from loyalty.domain.program.brands import Brand
from loyalty.store import brands


def create_brand(brand_id: str, name: str) -> None:
    """Store a new brand; an existing one is left as it is."""
    brands.create_brand(Brand(brand_id, name))
