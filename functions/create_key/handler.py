"""POST /keys: create an API key of the key's own brand."""

from loyalty import http
from loyalty.clock import now
from loyalty.domain import responses
from loyalty.domain.program.api_keys import SCOPES
from loyalty.domain.shapes import Shape, choice, instant, listing, record, text
from loyalty.services.api_keys import create_key

REQUEST = Shape(
    record(
        {"name": text(), "scopes": listing(choice(*SCOPES), len(SCOPES), min_length=1)},
        {"expires_at": instant()},
        closed=True,
    )
)


def create(request: http.Request) -> http.Response:
    """201 with the key and its secret, which is told this once."""
    body = request.body
    new = create_key(request.brand_id, body["name"], body["scopes"], now(), body.get("expires_at"))
    return http.Response({"data": {**responses.api_key(new.key_id, new.key), "secret": new.secret}}, 201)


handler = http.endpoint(create, body=REQUEST)
