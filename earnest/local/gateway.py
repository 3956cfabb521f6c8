"""Copies the template's gateway responses to the engine, which supports them but does not read them from templates."""

from typing import Any

from earnest import template
from earnest.local.engine import Engine

_LOCATIONS = {"Headers": "header", "Paths": "path", "QueryStrings": "querystring"}


def copy_responses(engine: Engine, api_id: str, stage: str) -> None:
    """Put every gateway response of the template's REST APIs on the deployed API and deploy that to its stage."""
    client = engine.client("apigateway")
    for name, response in _responses():
        client.put_gateway_response(
            restApiId=api_id,
            responseType=name,
            responseParameters=_parameters(response.get("ResponseParameters", {})),
            responseTemplates=response.get("ResponseTemplates", {}),
            **({"statusCode": str(response["StatusCode"])} if "StatusCode" in response else {}),
        )
    client.create_deployment(restApiId=api_id, stageName=stage)


def _responses() -> list[tuple[str, dict[str, Any]]]:
    apis = [item["Properties"] for item in template.resources().values() if item["Type"] == "AWS::Serverless::Api"]
    return [pair for api in apis for pair in api.get("GatewayResponses", {}).items()]


def _parameters(by_location: dict[str, dict[str, str]]) -> dict[str, str]:
    return {
        f"gatewayresponse.{_LOCATIONS[location]}.{name}": value
        for location, values in by_location.items()
        for name, value in values.items()
    }
