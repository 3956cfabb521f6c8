"""PATCH /customers/{id}: set e-mail, mobile, tags and attributes of a customer."""

from loyalty import http
from loyalty.clock import now
from loyalty.domain import responses
from loyalty.domain.shapes import Shape, mapping, record, text
from loyalty.services.customers import change_customer

REQUEST = Shape(
    record(optional={"email": text(), "mobile": text(64), "tags": mapping(), "attributes": mapping()}, closed=True)
)


def patch(request: http.Request) -> http.Response:
    """200 with the profile; what is not named stays, null removes."""
    customer = change_customer(request.brand_id, request.id("id"), request.body, now)
    return http.Response({"data": responses.customer(customer)})


handler = http.endpoint(patch, http.EVENTS_WRITE, body=REQUEST)
