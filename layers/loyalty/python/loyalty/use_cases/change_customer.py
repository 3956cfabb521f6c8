"""Change what is known of a customer."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from loyalty import json
from loyalty.domain.customers.customer import Customer
from loyalty.domain.customers.identities import Identities
from loyalty.domain.errors import FieldProblem, IdentityTakenError, UserNotFoundError, ValidationError
from loyalty.store.customers import load_owners, load_with_identities, save_profile
from loyalty.store.table import WriteConflict, attempts
from loyalty.use_cases.identifying import find_merge, identities

MAX_KEPT_BYTES = 32_000


def change_customer(
    brand_id: str, customer_id: str, body: Mapping[str, Any], clock: Callable[[], datetime]
) -> Customer:
    """The customer with these changes: tags and attributes are merged, null removes; e-mail and mobile are replaced.

    An identity that was first seen with someone else merges the two if it is the brand's merging channel. One that is
    removed or replaced is the customer's no longer: it belongs to whoever it is seen with next. Raises
    UserNotFoundError, ValidationError, IdentityTakenError, ServiceUnavailable.
    """
    for _ in attempts():
        try:
            return _changed(brand_id, customer_id, body, clock())
        except WriteConflict:
            continue
    raise AssertionError("attempts() ends by raising")


def _changed(brand_id: str, customer_id: str, body: Mapping[str, Any], now: datetime) -> Customer:
    said = identities(brand_id, body)
    before, brand, known = load_with_identities(brand_id, customer_id, said, now)
    if before.version == 0:
        raise UserNotFoundError("there is no customer with this id")
    if identities(brand_id, body) != said:
        raise WriteConflict  # to be read again: the region has changed
    meeting = find_merge(brand, before, known, now)
    before = meeting.merge.survivor if meeting else before
    for name, who in known.items():
        if who and who not in before.ids:
            raise IdentityTakenError(f"{name}: belongs to another customer")
    after = replace(
        before,
        version=before.version + 1,
        email=said.email if "email" in body else before.email,
        mobile=said.mobile if "mobile" in body else before.mobile,
        tags=_with(before.tags, body.get("tags")),
        attributes=_with(before.attributes, body.get("attributes")),
    )
    _refuse_too_large(before, after, body)
    if meeting:  # what would be refused has merged nobody
        meeting.take_place()
        raise WriteConflict
    save_profile(after, before, said, known, load_owners(brand_id, _given_up(before, after)))
    return after


def _refuse_too_large(before: Customer, after: Customer, body: Mapping[str, Any]) -> None:
    """A customer's state is one item, with room for so much beside the wallet; less than before always fits."""
    was, size = (len(json.dumps([one.tags, one.attributes]).encode()) for one in (before, after))
    if size > max(was, MAX_KEPT_BYTES):
        most = f"must leave tags and attributes together within {MAX_KEPT_BYTES} bytes"
        raise ValidationError(*(FieldProblem(name, most) for name in ("tags", "attributes") if body.get(name)))


def _given_up(before: Customer, after: Customer) -> Identities:
    return Identities(
        before.email if before.email != after.email else None, before.mobile if before.mobile != after.mobile else None
    )


def _with(kept: Mapping[str, Any], changes: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in {**kept, **(changes or {})}.items() if value is not None}
