"""Emit an event: one read, one pure decision, one transaction."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from loyalty.domain import ids
from loyalty.domain.errors import Forbidden, IdempotencyMismatchError, LoyaltyError, ServiceUnavailable
from loyalty.domain.events import Emission, Event, emit
from loyalty.domain.funds import ENDLESS, MOST_WRITES, Funds, first_shard
from loyalty.domain.listening import Evaluation
from loyalty.store.customers import Loaded, Recorded, load_event, load_for_events, save_emission, save_pointer
from loyalty.store.table import Contended, attempts
from loyalty.use_cases.funding import funded
from loyalty.use_cases.receipts import fingerprint_of


class Emitted(NamedTuple):
    """The event, and whether it is the first answer to an earlier call; if it is not, what campaigns made of it."""

    event: Event
    replayed: bool = False
    evaluation: Evaluation | None = None


def emit_event(
    brand_id: str,
    body: Mapping[str, Any],
    sent: Mapping[str, Any],
    key: str | None,
    clock: Callable[[], datetime],
    *,
    dry_run: bool = False,
) -> Emitted:
    """Record what a customer did, and pay or promise what it earns.

    `body` is the checked request, `sent` the same as it came, `key` its idempotency key. A request
    that was recorded before is answered as it was then, however much later and whatever has changed since.

    Raises Forbidden (another brand's id), ValidationError, InsufficientBalanceError, TooManyHoldsError,
    IdempotencyMismatchError, BrandNotFoundError, ServiceUnavailable.
    """
    if body["brand_id"] != brand_id:
        raise Forbidden("brand_id: this key belongs to another brand")
    slots = _slots(brand_id, body, key)
    event_id = slots[0] if slots else ids.fresh()
    fingerprint = fingerprint_of(sent)
    for _ in attempts():
        now = clock()
        try:
            loaded = load_for_events(brand_id, body["customer_id"], [body["type"]], first_shard(event_id), now)
            before = loaded.customer
            emission = funded(
                loaded,
                partial(_decide, body, sent, loaded, event_id=event_id, fingerprint=fingerprint, now=now),
                ENDLESS if dry_run else MOST_WRITES,
            )
            if not dry_run:
                # The event is its own receipt, in one transaction with what it does. A failure before it stored
                # nothing, and the same call again is the first; one after it lost only the answer, found below.
                save_emission(emission, before, slots[1] if len(slots) > 1 else None)
            return Emitted(emission.event, evaluation=emission.evaluation)
        except Contended:
            continue
        except Recorded as refusal:
            return Emitted(_first_answer(brand_id, slots or [event_id], fingerprint, refusal), replayed=bool(slots))
        except LoyaltyError as refusal:
            # A retry may come when the balance is spent or the time is past: the receipt outranks every refusal.
            if dry_run or isinstance(refusal, ServiceUnavailable):
                raise
            return Emitted(_first_answer(brand_id, slots, fingerprint, refusal), replayed=True)
    raise AssertionError("attempts() ends by raising")


def _decide(body: Mapping[str, Any], sent: Mapping[str, Any], loaded: Loaded, funds: Funds, **more: Any) -> Emission:
    return emit(body, sent, loaded.customer, loaded.brand, loaded.rules, funds=funds, **more)


def _first_answer(brand_id: str, slots: list[str], fingerprint: str, refusal: Exception) -> Event:
    for slot in slots:
        event = load_event(brand_id, slot)
        if event and event.fingerprint != fingerprint:
            raise IdempotencyMismatchError("the same key, or purchase, came before with another body")
        if event and slot != slots[0]:
            return _bound(brand_id, slots, event, refusal)
        if event:
            return event.first_answer()
    raise refusal


def _bound(brand_id: str, slots: list[str], event: Event, refusal: Exception) -> Event:
    """The first answer of a purchase that came without this key, which from now on is the purchase's as well."""
    for _ in attempts():
        try:
            # One write, after the event: a failure before it leaves the key free, and the same call binds it again.
            save_pointer(event, slots[0])
        except Contended:
            continue
        except Recorded:  # another request has just come with the key: it is first
            return _first_answer(brand_id, slots, event.fingerprint, refusal)
        return event.first_answer()
    raise AssertionError("attempts() ends by raising")


def _slots(brand_id: str, body: Mapping[str, Any], key: str | None) -> list[str]:
    """The event ids that make this request the same request: from its key, and from its purchase."""
    purchase = (body.get("order") or {}).get("purchase_id") if body["type"] == "PURCHASE" else None
    slots = [ids.derived(brand_id, "key", key)] if key else []
    return [*slots, ids.derived(brand_id, "purchase", purchase)] if purchase else slots
