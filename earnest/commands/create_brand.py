"""The first brand and key of a table: the two things that no API call can make, for lack of a key."""

import os
from datetime import UTC, datetime

from loyalty.services.api_keys import create_key
from loyalty.services.program import create_brand


def use_table(table: str) -> None:
    """Point the layer's functions at a table, in the account or engine that the AWS environment means."""
    os.environ["TABLE_NAME"] = table


def create_brand_with_key(brand_id: str, name: str, key_name: str, secret: str | None = None) -> str:
    """Create the brand unless it exists, and an admin key for it; return the key's secret, which nobody stores."""
    create_brand(brand_id, name)
    return create_key(brand_id, key_name, ["admin"], datetime.now(UTC), secret=secret).secret
