"""Read the settings of a brand."""

from loyalty.domain.program.brands import Brand
from loyalty.store.brands import load_brand


def read_brand(brand_id: str) -> Brand:
    """The brand. Raises BrandNotFoundError."""
    return load_brand(brand_id)
