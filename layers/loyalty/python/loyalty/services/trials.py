"""Trials: what a campaign would have made of a customer's last events, before it runs."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from loyalty import json
from loyalty.domain.errors import UserNotFoundError
from loyalty.domain.events.event import Event
from loyalty.domain.events.trial import Tried, try_campaign
from loyalty.domain.program.program import Program
from loyalty.domain.rules.campaigns import Campaign, read_stored
from loyalty.domain.rules.schemas import DEFAULT_TRIED_EVENTS, TrialRequest
from loyalty.domain.schemas import validate
from loyalty.services.history import JournalReader
from loyalty.store.customers import load_with_program

# Of eight round trips one reads the customer and one a program that this process does not have; a merged customer and
# the newest records under each of its ids take one more each.
_READS = 6
_READS_IF_MERGED = 4


class Trial(NamedTuple):
    """What a campaign would have made of events, newest first.

    It is `complete` if these are all of its type that the customer has; `passed_over` is how many of other types were
    read on the way.
    """

    tried: list[Tried]
    complete: bool
    passed_over: int


def run_trial(brand_id: str, campaign_id: str, request: TrialRequest, sent: Mapping[str, Any], now: datetime) -> Trial:
    """Try a campaign on the last events of its trigger's type of a customer; nothing is stored.

    It is checked against what the brand has set up, as when it is put. Eight round trips at most, so that of a customer
    who did much else it may be fewer events than asked for.

    Raises ValidationError with every invalid field, BrandNotFoundError, UserNotFoundError.
    """
    customer, program = load_with_program(brand_id, request.customer_id, now)
    campaign = validate(TrialRequest, sent, program.catalog).campaign
    if not customer.version:
        raise UserNotFoundError("there is no customer with this id")
    journal = JournalReader(customer, reads=_READS_IF_MERGED if customer.merged_ids else _READS)
    events: list[Event] = []
    passed_over = 0
    for event in (step.record for step in journal if isinstance(step.record, Event)):
        if event.type != campaign.trigger:
            passed_over += 1
            continue
        events.append(event)
        if len(events) == (request.last or DEFAULT_TRIED_EVENTS):
            break
    complete = not journal.position
    multiplying = list(_multiplying(program, events))
    tried = try_campaign(
        campaign_id, campaign, events, customer, program.brand, program.catalog, multiplying, complete=complete
    )
    return Trial(tried, complete, passed_over)


def _multiplying(program: Program, events: Iterable[Event]) -> Iterator[str]:
    """Which of the campaigns that granted something for these events multiply what others grant."""
    for campaign_id in {lot.campaign_id for event in events for lot in event.promised_lots if lot.campaign_id}:
        stored = program.campaigns.get(campaign_id)
        read = read_stored(json.loads(stored.text)) if stored else None
        if isinstance(read, Campaign) and read.multiplies:
            yield campaign_id
