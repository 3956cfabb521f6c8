"""The Lambda authorizer: the credential of a call in, an IAM policy with the brand and the scopes of its key out."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from aws_lambda_powertools.logging.correlation_paths import API_GATEWAY_REST
from aws_lambda_powertools.utilities.data_classes.api_gateway_authorizer_event import (
    APIGatewayAuthorizerRequestEvent,
    APIGatewayAuthorizerResponse,
)
from aws_lambda_powertools.utilities.typing import LambdaContext

from loyalty.domain.program.api_keys import AuthenticatedKey
from loyalty.telemetry import logger

_BEARER = "bearer "

Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


class Credential(NamedTuple):
    """The secret that a call carries, and whether it came as a bearer token."""

    secret: str
    bearer: bool


def authorizer(headers: Mapping[str, str]) -> Callable[[Callable[[Credential], AuthenticatedKey | None]], Handler]:
    """Decorate a function that finds the key of a credential: it becomes a Lambda authorizer.

    `headers` names the header of the secret for some sections of the API; all others take a bearer token, and only
    there is an access token valid. The policy is for the whole stage, with the brand, the scopes and the key as its
    context. Without a valid key it raises the exception that the gateway turns into its 401.
    """

    def decorate(authenticate: Callable[[Credential], AuthenticatedKey | None]) -> Handler:
        @logger.inject_lambda_context(correlation_id_path=API_GATEWAY_REST, clear_state=True)
        def handle(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
            request = APIGatewayAuthorizerRequestEvent(event)
            caller = authenticate(_credential(request, headers))
            logger.info(
                "authorized" if caller else "refused", extra={"brand_id": caller.key.brand_id if caller else None}
            )
            if caller is None:
                raise Exception("Unauthorized")  # noqa: TRY002 - exactly this text is the gateway's 401
            key = caller.key
            about = {"brand_id": key.brand_id, "scopes": " ".join(key.scopes), "key_name": key.name}
            about |= {"key_id": caller.key_id} | ({"sandbox": "true"} if caller.sandbox else {})
            # The gateway caches a policy by the header alone, so it allows every route; endpoints check scopes.
            policy = APIGatewayAuthorizerResponse.from_route_arn(request.method_arn, key.brand_id, about)
            policy.partition = request.parsed_arn.partition
            policy.allow_all_routes()
            return policy.asdict()

        return handle

    return decorate


def _credential(request: APIGatewayAuthorizerRequestEvent, headers: Mapping[str, str]) -> Credential:
    """The credential in the header of the route's own section: the gateway caches the policy under that header."""
    header = next((headers[part] for part in request.resource.split("/") if part in headers), None)
    if header:
        return Credential(request.headers.get(header, ""), bearer=False)
    value = request.headers.get("authorization", "")
    return Credential(value[len(_BEARER) :].strip() if value.lower().startswith(_BEARER) else "", bearer=True)
