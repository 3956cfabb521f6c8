"""POST /behavior/events as it is usually written: Powertools' resolver with validation, pydantic, a boto3 table.

It takes and answers the same JSON as ours, and logs and counts the same; ours is measured beside it. A customer,
a brand and one campaign are all it knows: no holds, no redeeming, no lots that expire, no limits, no explanation.
"""

import hashlib
import os
import uuid
from datetime import UTC, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Annotated, Any

import boto3
from aws_lambda_powertools import Logger, Metrics, single_metric
from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response, content_types
from aws_lambda_powertools.event_handler.exceptions import ForbiddenError
from aws_lambda_powertools.event_handler.openapi.params import Header, Query
from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import ClientError
from pydantic import BaseModel, ConfigDict, Field, field_validator

Identifier = Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^#\s]([^#]*[^#\s])?$")]
Text = Annotated[str, Field(min_length=1, max_length=255)]
NotNegative = Annotated[Decimal, Field(ge=0, decimal_places=6, max_digits=30)]
Positive = Annotated[Decimal, Field(gt=0, decimal_places=6, max_digits=30)]
Tags = dict[str, Any] | list[str]


class Redemption(BaseModel):
    """A reward to be spent."""

    id: Identifier
    amount: Positive


class Priced(BaseModel):
    """What has a price, and can be paid with points."""

    model_config = ConfigDict(extra="allow")

    value: NotNegative | None = None
    discounted_value: NotNegative | None = None
    redeem: Annotated[list[Redemption], Field(max_length=100)] | None = None
    metadata: dict[str, Any] | None = None
    tags: Tags | None = None


class Product(Priced):
    """A line of an order."""

    sku: Text | None = None
    amount: NotNegative | None = None


class Shipping(Priced):
    """How an order is sent."""


class Order(Priced):
    """A purchase."""

    purchase_id: Identifier | None = None
    products: Annotated[list[Product], Field(max_length=500)] | None = None
    shipping: Shipping | None = None
    payment_method: Text | None = None
    channel_id: Text | None = None
    store_id: Text | None = None


class EmitEventRequest(BaseModel):
    """What a customer did."""

    model_config = ConfigDict(extra="allow")

    customer_id: Identifier
    brand_id: Identifier
    type: Identifier
    fulfilled: bool | None = None
    reserve: Annotated[int, Field(ge=1, le=365)] | None = None
    reserve_until: datetime | None = None
    order: Order | None = None
    product: Product | None = None
    redeem: Annotated[list[Redemption], Field(max_length=100)] | None = None
    metadata: dict[str, Any] | None = None
    tags: Tags | None = None
    issued_at: datetime | None = None
    platform: Text | None = None
    referral_code: Text | None = None
    idempotency_key: Text | None = Field(None, alias="idempotencyKey")

    @field_validator("issued_at")
    @classmethod
    def _has_a_time_zone(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("must have a time zone")
        return value


class Movement(BaseModel):
    """An amount that an event has moved."""

    amount: Decimal
    reward_id: str
    campaign_id: str | None = None
    brand_id: str
    issued_at: datetime
    expiration_date: datetime | None = None
    available_from: datetime | None = None
    reservation_expires_at: datetime | None = None


class Balance(BaseModel):
    """What a customer has of one reward."""

    reward_id: str
    available: Decimal
    total: Decimal
    reserved: Decimal = Decimal(0)
    pending: Decimal = Decimal(0)
    next_expiration: datetime | None = None
    expiration_date: datetime | None = None


class Wallet(BaseModel):
    """What a customer has."""

    totals: list[Balance]


class Result(BaseModel):
    """What an event did."""

    accumulations: list[Movement]
    redemptions: list[Movement] = []
    offers: list[dict[str, Any]] = []
    wallet: Wallet


class PartOfLine(BaseModel):
    """So many of one line of an order."""

    sku: str | None
    amount: Decimal


class Event(BaseModel):
    """An event as it is answered."""

    id: str
    customer_id: str
    brand_id: str
    type: str
    status: str = "RESOLVED"
    evaluated: bool = True
    fulfilled: bool = True
    reserve: int = 1
    reservation_expires_at: datetime | None = None
    data: dict[str, Any]
    rewarding_campaigns: list[str]
    result: Result
    issued_at: datetime
    resolved_at: datetime | None = None
    cancelled_at: datetime | None = None
    expired_at: datetime | None = None
    reversed_at: datetime | None = None
    rescued_at: datetime | None = None
    reason: str | None = None
    unfulfilled: list[PartOfLine] = []
    returned: list[PartOfLine] = []
    returned_value: Decimal = Decimal(0)


class EmitEventResponse(BaseModel):
    """The answer."""

    data: Event


app = APIGatewayRestResolver(enable_validation=True)
logger = Logger(service="emit_event")
metrics = Metrics(namespace="Peer", service="emit_event")
dynamodb = boto3.resource("dynamodb")
table = dynamodb.Table(os.environ["TABLE_NAME"])


@app.post("/behavior/events")
def emit_event(
    request: EmitEventRequest,
    dry_run: Annotated[bool, Query()] = False,  # noqa: FBT002 - a parameter of the query, by name
    idempotency_key: Annotated[str | None, Header(alias="Idempotency-Key")] = None,
) -> Response[EmitEventResponse]:
    """201 with the event; 200 and nothing stored for a dry run."""
    caller = app.current_event.request_context.authorizer
    if not {"events:write", "admin"} & set(str(caller.get("scopes", "")).split()):
        raise ForbiddenError("this key lacks the scope events:write")
    if request.brand_id != caller.get("brand_id"):
        raise ForbiddenError("this key belongs to another brand")
    logger.append_keys(brand_id=request.brand_id)
    event = emit(request, idempotency_key or request.idempotency_key, dry_run=dry_run)
    if not dry_run:
        count(event)
    logger.info("event emitted", extra={"status": event.status})
    status = HTTPStatus.OK if dry_run else HTTPStatus.CREATED
    return Response(status.value, content_types.APPLICATION_JSON, EmitEventResponse(data=event))


@app.exception_handler(ClientError)  # type: ignore[untyped-decorator]
def unavailable(_error: ClientError) -> Response[dict[str, Any]]:
    """503 when DynamoDB refuses; a caller may try again."""
    logger.exception("DynamoDB refused")
    return Response(HTTPStatus.SERVICE_UNAVAILABLE.value, content_types.APPLICATION_JSON, {"message": "try again"})


@logger.inject_lambda_context(correlation_id_path=correlation_paths.API_GATEWAY_REST, clear_state=True)
@metrics.log_metrics(capture_cold_start_metric=True)
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The Lambda handler."""
    return app.resolve(event, context)


def count(event: Event) -> None:
    """Count the event by its status, and what it has granted by reward."""
    metrics.add_dimension("status", event.status)
    metrics.add_metric("Events", MetricUnit.Count, 1)
    for movement in event.result.accumulations:
        with single_metric("PointsGranted", MetricUnit.Count, float(movement.amount), namespace="Peer") as granted:
            granted.add_dimension("reward_id", movement.reward_id)


def emit(request: EmitEventRequest, idempotency_key: str | None, *, dry_run: bool) -> Event:
    """Read the brand and the customer, grant what its campaign grants, write customer and event in one transaction."""
    now = datetime.now(UTC)
    event_id = hashlib.sha256(idempotency_key.encode()).hexdigest() if idempotency_key else uuid.uuid4().hex
    brand_key = {"pk": f"PEER#BRAND#{request.brand_id}", "sk": "BRAND"}
    customer_key = {"pk": f"PEER#CUSTOMER#{request.brand_id}#{request.customer_id}", "sk": "STATE"}
    wanted = {table.name: {"Keys": [brand_key, customer_key], "ConsistentRead": True}}
    items = {item["pk"]: item for item in dynamodb.batch_get_item(RequestItems=wanted)["Responses"][table.name]}
    campaign = items[brand_key["pk"]]["campaign"]
    customer = items.get(customer_key["pk"], {**customer_key, "version": 0, "points": Decimal(0)})
    granted = Decimal(0)
    if request.type == campaign["trigger"] and request.order:
        granted = (request.order.value or Decimal(0)) * campaign["points_for_each"]
    after = {**customer, "version": customer["version"] + 1, "points": customer["points"] + granted}
    movement = Movement(
        amount=granted, reward_id="points", campaign_id=campaign["id"], brand_id=request.brand_id, issued_at=now
    )
    event = Event(
        id=event_id,
        customer_id=request.customer_id,
        brand_id=request.brand_id,
        type=request.type,
        data=request.model_dump(exclude_none=True),
        rewarding_campaigns=[campaign["id"]],
        result=Result(
            accumulations=[movement],
            wallet=Wallet(totals=[Balance(reward_id="points", available=after["points"], total=after["points"])]),
        ),
        issued_at=request.issued_at or now,
        resolved_at=now,
    )
    if dry_run:
        return event
    stored = {"pk": f"PEER#EVENT#{request.brand_id}#{event_id}", "sk": "EVENT", "document": event.model_dump_json()}
    table.meta.client.transact_write_items(
        TransactItems=[
            {
                "Put": {
                    "TableName": table.name,
                    "Item": after,
                    "ConditionExpression": "attribute_not_exists(pk) OR version = :seen",
                    "ExpressionAttributeValues": {":seen": customer["version"]},
                }
            },
            {"Put": {"TableName": table.name, "Item": stored, "ConditionExpression": "attribute_not_exists(pk)"}},
        ]
    )
    return event
