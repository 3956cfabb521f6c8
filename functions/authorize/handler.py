"""Lambda authorizer: whose key a call carries, in the header its section of the API uses."""

from loyalty.authorizer import authorizer
from loyalty.clock import now
from loyalty.domain.program.api_keys import ApiKey
from loyalty.services.api_keys import authenticate

HEADERS = {"integrations": "apikey", "bulk-action": "x-api-key", "traces": "x-api-key"}


@authorizer(HEADERS)
def handler(secret: str) -> ApiKey | None:
    """The key of that secret if it is good now."""
    return authenticate(secret, now())
