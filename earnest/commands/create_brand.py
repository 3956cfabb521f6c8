"""Creates the first brand and API key of a table: no API call can, since each needs a key."""

import os
from datetime import UTC, datetime

from earnest.errors import CommandError
from loyalty.domain.errors import ValidationError
from loyalty.services.api_keys import create_key
from loyalty.services.program import create_brand


def use_table(table: str) -> None:
    """Let the layer's functions use a table of the account, or the engine, that the AWS environment variables name."""
    os.environ["TABLE_NAME"] = table
    os.environ["POWERTOOLS_METRICS_DISABLED"] = "true"  # metrics are for CloudWatch, not for a terminal


def create_brand_with_key(
    brand_id: str, name: str, key_name: str, secret: str | None = None, *, sandbox: bool = False
) -> str:
    """Create the brand unless it exists, and an admin key for it; return the key's secret, which is stored nowhere.

    A `sandbox` is one to test with. Raises CommandError if the brand exists and is not as it is wanted in that.
    """
    try:
        create_brand(brand_id, name, sandbox=sandbox)
    except ValidationError as error:
        raise CommandError(f"The brand {brand_id} exists, and {error.message}") from None
    return create_key(brand_id, key_name, ["admin"], datetime.now(UTC), secret=secret).secret
