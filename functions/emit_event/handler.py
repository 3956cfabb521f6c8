"""POST /behavior/events: a shop or a till says what a customer did; campaigns pay or promise what it earns."""

from decimal import Decimal

from loyalty import http, telemetry
from loyalty.clock import now
from loyalty.domain import responses
from loyalty.domain.shapes import Shape, amount, flag, identifier, instant, listing, mapping, record, tags, text, whole
from loyalty.services.events import emit_event

NOT_NEGATIVE = amount(ge=Decimal(0))
REDEEM = listing(record({"id": identifier(), "amount": amount(gt=Decimal(0))}), max_length=100)
MONEY = {
    "value": NOT_NEGATIVE,
    "discounted_value": NOT_NEGATIVE,
    "redeem": REDEEM,
    "metadata": mapping(),
    "tags": tags(),
}
PRODUCT = record(optional=MONEY | {"sku": text(), "amount": NOT_NEGATIVE})
ORDER = record(
    optional=MONEY
    | {"purchase_id": identifier(), "products": listing(PRODUCT, max_length=500), "shipping": record(optional=MONEY)}
    | {"payment_method": text(), "channel_id": text(), "store_id": text()}
)
HOLD = {"fulfilled": flag(), "reserve": whole(1, 365), "reserve_until": instant()}
REQUEST = Shape(
    record(
        {"customer_id": identifier(), "brand_id": identifier(), "type": identifier()},
        HOLD
        | {
            "order": ORDER,
            "product": PRODUCT,
            "redeem": REDEEM,
            "metadata": mapping(),
            "tags": tags(),
            "issued_at": instant(),
        }
        | {"platform": text(), "referral_code": text(), "idempotencyKey": text()},
    ),
    either=("reserve", "reserve_until"),
)


def emit(request: http.Request) -> http.Response:
    """201 with the event; 200 and nothing stored for a dry run; a retry gets the first answer again, and is told so."""
    dry_run = request.flag("dry_run")
    emitted = emit_event(request.brand_id, request.body, request.sent, request.key_given, now, dry_run=dry_run)
    if dry_run:
        return http.Response(responses.quoted(emitted.event, emitted.evaluation))
    if emitted.replayed:
        return http.Response({"data": responses.event(emitted.event)}, 201, {"Idempotency-Replayed": "true"})
    telemetry.count_event(emitted.event)
    return http.Response({"data": responses.event(emitted.event)}, 201)


handler = http.endpoint(emit, http.EVENTS_WRITE, body=REQUEST)
