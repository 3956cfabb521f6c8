"""A customer's profile: the contact data, tags and attributes that callers change."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from loyalty import json
from loyalty.domain.customers.customer import Customer
from loyalty.domain.customers.identities import Identities
from loyalty.domain.customers.schemas import PatchCustomerRequest
from loyalty.domain.errors import FieldProblem, IdentityTakenError, UserNotFoundError, ValidationError
from loyalty.services.identities import parse_identities, refuse_stale_region
from loyalty.services.merges import commit_merge, find_merge
from loyalty.store.customers import load_owners, load_with_identities, save_profile
from loyalty.store.table import retry_on_conflict

MAX_PROFILE_BYTES = 32_000


@retry_on_conflict
def change_customer(
    brand_id: str, customer_id: str, changes: PatchCustomerRequest, clock: Callable[[], datetime]
) -> Customer:
    """Change a customer: tags and attributes are merged, and null removes one; e-mail and mobile are replaced.

    An identity that belongs to another customer merges the two if it is of the brand's merging channel. One that is
    removed or replaced belongs to nobody until it is seen with a customer again. Raises UserNotFoundError,
    ValidationError, IdentityTakenError, ServiceUnavailable.
    """
    now = clock()
    identities = parse_identities(brand_id, changes.email, changes.mobile)
    before, program, owners = load_with_identities(brand_id, customer_id, identities, now)
    if before.version == 0:
        raise UserNotFoundError("there is no customer with this id")
    refuse_stale_region(brand_id, changes.email, changes.mobile, identities)
    pending = find_merge(program.brand, before, owners, now)
    before = pending.merge.survivor if pending else before
    for channel, owner in owners.items():
        if owner and owner not in before.ids:
            raise IdentityTakenError(f"{channel}: belongs to another customer")
    after = replace(
        before,
        version=before.version + 1,
        email=identities.email if "email" in changes.model_fields_set else before.email,
        mobile=identities.mobile if "mobile" in changes.model_fields_set else before.mobile,
        tags=_updated(before.tags, changes.tags),
        attributes=_updated(before.attributes, changes.attributes),
    )
    _refuse_too_large(before, after, changes)
    if pending:  # only now: a request that is refused must merge nobody
        commit_merge(pending)
    save_profile(after, before, identities, owners, load_owners(brand_id, _given_up(before, after)))
    return after


def _refuse_too_large(before: Customer, after: Customer, changes: PatchCustomerRequest) -> None:
    """A customer's state is one item of at most 400 kB. A profile over the limit may still be made smaller."""
    size_before, size = (len(json.dumps([one.tags, one.attributes]).encode()) for one in (before, after))
    if size > max(size_before, MAX_PROFILE_BYTES):
        problem = f"must leave tags and attributes together within {MAX_PROFILE_BYTES} bytes"
        raise ValidationError(
            *(FieldProblem(name, problem) for name in ("tags", "attributes") if getattr(changes, name))
        )


def _given_up(before: Customer, after: Customer) -> Identities:
    return Identities(
        before.email if before.email != after.email else None, before.mobile if before.mobile != after.mobile else None
    )


def _updated(before: Mapping[str, Any], changes: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in {**before, **(changes or {})}.items() if value is not None}
