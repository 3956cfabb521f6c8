"""Accept an offer for one customer."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from loyalty.domain.assignments.traces import Kind
from loyalty.domain.errors import OfferNotFoundError
from loyalty.domain.program.brands import Brand
from loyalty.domain.rules.ruleset import Ruleset
from loyalty.use_cases.accepting import Accepted, Request, accept


def accept_offer(brand_id: str, request: Request, clock: Callable[[], datetime]) -> Accepted:
    """Queue it, to be assigned in a moment.

    Raises ValidationError, UserNotFoundError, OfferNotFoundError, IdempotencyMismatchError, BrandNotFoundError,
    ServiceUnavailable.
    """
    return accept(brand_id, Kind.OFFER, request, clock, _named)


def _named(body: Mapping[str, Any], _brand: Brand, rules: Ruleset) -> Mapping[str, Any]:
    config = rules.config_offers.get(body["configId"])
    if config is None or not config.active:
        what = "is not active" if config else "does not exist"
        raise OfferNotFoundError(f"configId: the config offer {body['configId']} {what}")
    return body
