"""Lambda authorizer: whose key a call carries, in the header its section of the API uses."""

from typing import Any

from loyalty import telemetry
from loyalty.clock import now
from loyalty.services.api_keys import authenticate

BEARER = "bearer "
HEADERS = {"integrations": "apikey", "bulk-action": "x-api-key", "traces": "x-api-key"}


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """A policy for the whole stage with brand and scopes as context; raises what the gateway turns into its 401."""
    key = authenticate(_secret(event), now())
    telemetry.log("authorized" if key else "refused", brand_id=key.brand_id if key else None)
    if key is None:
        raise Exception("Unauthorized")  # noqa: TRY002 - exactly this text is the gateway's 401
    stage = "/".join(event["methodArn"].split("/")[:2])
    # Answers are kept for a while by header alone, so the policy must serve every route; handlers check the scopes.
    statement = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": f"{stage}/*"}
    return {
        "principalId": key.brand_id,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": {"brand_id": key.brand_id, "scopes": " ".join(key.scopes), "key_name": key.name},
    }


def _secret(event: dict[str, Any]) -> str:
    """Only the header of the route's own section counts: the gateway keeps the answer under that header."""
    parts = event["resource"].split("/")
    wanted = next((HEADERS[part] for part in parts if part in HEADERS), "authorization")
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    value: str = headers.get(wanted, "")
    if wanted != "authorization":
        return value
    return value[len(BEARER) :].strip() if value.lower().startswith(BEARER) else ""
