"""The whole table in one chart; nobody else knows a key.

| item           | pk                       | sk                         | ttl      | read by                         |
|----------------|--------------------------|----------------------------|----------|---------------------------------|
| api_key        | KEY#{digest}             | KEY                        |          | the authorizer                  |
| brand          | BRAND#{brand}            | BRAND                      |          | everyone, with the customer     |
| reward         | BRAND#{brand}            | REWARD#{id}                |          | rules, once per version         |
| campaign       | BRAND#{brand}            | CAMPAIGN#{id}              |          | rules, once per version         |
| config_offer   | BRAND#{brand}            | CONFIG_OFFER#{id}          |          | rules, once per version         |
| listed_key     | BRAND#{brand}            | KEY#{id}                   |          | the brand's list of keys        |
| budget         | BRAND#{brand}#BUDGET#{campaign}#{shard} | BUDGET      |          | emits its campaign listens to   |
| event          | BRAND#{brand}#EVENT#{id} | EVENT                      |          | its id, or the key it came with |
| customer       | BRAND#{brand}#CUST#{id}  | STATE                      |          | everything about a customer     |
| identity       | BRAND#{brand}#BY#{value} | {channel}                  |          | who was first seen with it      |
| journal_record | BRAND#{brand}#CUST#{id}  | RECORD#{sequence}          |          | the journal                     |
| expired_lots   | BRAND#{brand}#CUST#{id}  | EXPIRED#{month}            |          | reversals: what ended unspent   |
| offer          | BRAND#{brand}#CUST#{id}  | OFFER#{rank}#{end}#{offer} |          | its list, in this order         |
| hold_deadline  | BRAND#{brand}#CUST#{id}  | DEADLINE#HOLD#{event}      | its end  | the stream, when removed        |
| lots_deadline  | BRAND#{brand}#CUST#{id}  | DEADLINE#LOTS              | next end | the stream, when removed        |
| offer_deadline | BRAND#{brand}#CUST#{id}  | DEADLINE#OFFER#{offer}     | its end  | the stream, when removed        |
| trace          | BRAND#{brand}#TRACE#{id} | TRACE                      | 90 days  | its id, or the key it came with |

An event slot may hold a pointer to the event instead: a purchase that came with an idempotency key as well is
protected by both. What has no ttl is kept for ever, so a retry is recognised for ever. Ids hold no `#`, so no id can
reach into another's keys.
"""

from datetime import timedelta
from typing import NamedTuple

# How long it can be seen what became of a request, and how long its idempotency key makes it the same request.
TRACES_KEPT = timedelta(days=90)

REWARDS = "REWARD#"
CAMPAIGNS = "CAMPAIGN#"
KEYS = "KEY#"
CONFIG_OFFERS = "CONFIG_OFFER#"
OFFERS = "OFFER#"
HOLD_DEADLINES = "DEADLINE#HOLD#"
OFFER_DEADLINES = "DEADLINE#OFFER#"


class Key(NamedTuple):
    """The primary key of one item."""

    pk: str
    sk: str


class Deadline(NamedTuple):
    """What a removed deadline item was about: an event's hold, an offer, or if neither is named the customer's lots."""

    brand_id: str
    customer_id: str
    event_id: str | None
    offer_id: str | None = None


def api_key(digest: str) -> Key:
    """One API key, by the hash of its secret."""
    return Key(f"KEY#{digest}", "KEY")


def brand(brand_id: str) -> Key:
    """A brand's settings and the version of its rules."""
    return Key(f"BRAND#{brand_id}", "BRAND")


def reward(brand_id: str, reward_id: str) -> Key:
    """One reward."""
    return Key(f"BRAND#{brand_id}", f"{REWARDS}{reward_id}")


def campaign(brand_id: str, campaign_id: str) -> Key:
    """One campaign."""
    return Key(f"BRAND#{brand_id}", f"{CAMPAIGNS}{campaign_id}")


def listed_key(brand_id: str, key_id: str) -> Key:
    """One API key of the brand, by its id."""
    return Key(f"BRAND#{brand_id}", f"{KEYS}{key_id}")


def budget(brand_id: str, campaign_id: str, shard: str) -> Key:
    """One shard of what a campaign has left: of its budget, and of its times."""
    return Key(f"BRAND#{brand_id}#BUDGET#{campaign_id}#{shard}", "BUDGET")


def config_offer(brand_id: str, config_id: str) -> Key:
    """One config offer."""
    return Key(f"BRAND#{brand_id}", f"{CONFIG_OFFERS}{config_id}")


def event(brand_id: str, event_id: str) -> Key:
    """One event, or the pointer to it."""
    return Key(f"BRAND#{brand_id}#EVENT#{event_id}", "EVENT")


def customer(brand_id: str, customer_id: str) -> Key:
    """A customer's state."""
    return Key(f"BRAND#{brand_id}#CUST#{customer_id}", "STATE")


def identity(brand_id: str, value: str, channel: str) -> Key:
    """Whom an e-mail address or a mobile number was first seen with."""
    return Key(f"BRAND#{brand_id}#BY#{value}", channel)


def journal_record(brand_id: str, customer_id: str, sequence: int) -> Key:
    """One record of a customer's journal that is not an event."""
    return Key(f"BRAND#{brand_id}#CUST#{customer_id}", f"RECORD#{sequence:010d}")


def expired_lots(brand_id: str, customer_id: str, month: str) -> Key:
    """How much of each lot of a month ended unspent, an attribute a lot."""
    return Key(f"BRAND#{brand_id}#CUST#{customer_id}", f"EXPIRED#{month}")


def offer(brand_id: str, customer_id: str, rank: int, end: str, offer_id: str) -> Key:
    """The record of one offer, by rank and then by its end, which is a time as text."""
    return Key(f"BRAND#{brand_id}#CUST#{customer_id}", f"{OFFERS}{rank:010d}#{end}#{offer_id}")


def hold_deadline(brand_id: str, customer_id: str, event_id: str) -> Key:
    """The end of one hold."""
    return Key(f"BRAND#{brand_id}#CUST#{customer_id}", f"{HOLD_DEADLINES}{event_id}")


def lots_deadline(brand_id: str, customer_id: str) -> Key:
    """The end of the next lot."""
    return Key(f"BRAND#{brand_id}#CUST#{customer_id}", "DEADLINE#LOTS")


def offer_deadline(brand_id: str, customer_id: str, offer_id: str) -> Key:
    """The end of one offer."""
    return Key(f"BRAND#{brand_id}#CUST#{customer_id}", f"{OFFER_DEADLINES}{offer_id}")


def trace(brand_id: str, trace_id: str) -> Key:
    """What has become of a request of a marketing tool."""
    return Key(f"BRAND#{brand_id}#TRACE#{trace_id}", "TRACE")


def read_deadline(key: Key) -> Deadline | None:
    """What a deadline item is about; None if the key is not one of those."""
    if not key.sk.startswith("DEADLINE#"):
        return None
    _, brand_id, _, customer_id = key.pk.split("#")
    if key.sk.startswith(OFFER_DEADLINES):
        return Deadline(brand_id, customer_id, None, key.sk.removeprefix(OFFER_DEADLINES))
    return Deadline(brand_id, customer_id, key.sk.removeprefix(HOLD_DEADLINES) if "#HOLD#" in key.sk else None)
