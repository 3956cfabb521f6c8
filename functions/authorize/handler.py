"""Lambda authorizer: whose key a call carries, in the header its section of the API uses."""

from loyalty.authorizer import Credential, authorizer
from loyalty.clock import real_now
from loyalty.domain.program.api_keys import AuthenticatedKey
from loyalty.services.authentication import authenticate

HEADERS = {"integrations": "apikey", "bulk-action": "x-api-key", "traces": "x-api-key", "auth": "x-api-key"}


@authorizer(HEADERS)
def handler(credential: Credential) -> AuthenticatedKey | None:
    """The key of that secret, or of that token, if it is good now."""
    return authenticate(credential.secret, real_now(), bearer=credential.bearer)
