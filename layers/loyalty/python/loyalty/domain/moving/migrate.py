"""What a customer brings along from another product, as a pure decision."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from loyalty.domain.assignments.traces import AssignmentRequest, AssignmentTrace, done
from loyalty.domain.customers.customer import Customer
from loyalty.domain.customers.identities import Identities
from loyalty.domain.customers.merging import with_identities
from loyalty.domain.events import changes
from loyalty.domain.events.changes import Change
from loyalty.domain.times import parse_instant
from loyalty.domain.wallet.lots import Lot

MAX_MIGRATED_LOTS = 500


class Migration(NamedTuple):
    """The change of the customer, and the trace after it."""

    change: Change
    trace: AssignmentTrace


def migrate(
    request: AssignmentRequest,
    trace: AssignmentTrace,
    attempt: int,
    customer: Customer,
    identities: Identities,
    owners: Mapping[str, str | None],
    now: datetime,
) -> Migration:
    """Give the customer lots, debts, tags, attributes and identities. Raises TooManyLotsError.

    `owners` has, by channel, the customer that an identity belongs to: what is another's stays theirs, and the trace
    says so.
    """
    fields = request.fields
    customer = with_identities(customer, identities, owners)
    customer = replace(
        customer,
        tags={**customer.tags, **fields.get("tags", {})},
        attributes={**customer.attributes, **fields.get("attributes", {})},
    )
    change = changes.migrate(customer, [_lot(one, now) for one in fields["balances"]], now)
    origin = {
        "trace_id": request.trace_id,
        "source": fields["source"],
        "announced": bool(fields.get("announce")),  # a message of the release before does not say it
    }
    others = [name for name, owner in owners.items() if owner and owner not in customer.ids and name != "digits"]
    left_out = f"; another customer has the {' and the '.join(others)}, which was left out" if others else ""
    ended = done(trace, attempt, now, f"migrated {len(fields['balances'])} balances{left_out}")
    return Migration(change._replace(record=change.record._replace(**origin)), ended)


def _lot(balance: Mapping[str, Any], now: datetime) -> Lot:
    issued_at, expires_at = (
        parse_instant(balance[name]) if balance.get(name) else None for name in ("issued_at", "expires_at")
    )
    return Lot(balance["reward_id"], Decimal(balance["amount"]), None, issued_at or now, expires_at)
