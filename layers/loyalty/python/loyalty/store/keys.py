"""The table in one chart; only this module builds keys.

| item           | pk                       | sk                         | ttl      | read by                         |
|----------------|--------------------------|----------------------------|----------|---------------------------------|
| api_key        | KEY#{digest}             | KEY                        |          | the authorizer                  |
| access_token   | KEY#{digest}             | KEY                        | its end  | the authorizer                  |
| brand          | BRAND#{brand}            | BRAND                      |          | each process, once a second     |
| reward         | BRAND#{brand}            | REWARD#{id}                |          | whoever changes or lists them   |
| campaign       | BRAND#{brand}            | CAMPAIGN#{id}              |          | whoever changes or lists them   |
| config_offer   | BRAND#{brand}            | CONFIG_OFFER#{id}          |          | whoever changes or lists them   |
| program_chunk  | BRAND#{brand}#PROGRAM#{program}#{number} | PROGRAM    | 30 days  | each process, once per program  |
| audit_record   | BRAND#{brand}#AUDIT      | AUDIT#{version}#{number}   |          | the audit; the next program     |
| webhook        | BRAND#{brand}            | WEBHOOK#{id}               |          | the feed, and each delivery     |
| delivery       | BRAND#{brand}#WEBHOOK#{id} | DELIVERY#{at}#{message}  | 7 days   | the webhook's list              |
| listed_key     | BRAND#{brand}            | KEY#{id}                   |          | the brand's list of keys        |
| budget         | BRAND#{brand}#BUDGET#{campaign}#{shard} | BUDGET      |          | emits with the campaign's type  |
| spent_budget   | BRAND#{brand}#SPENT#{campaign} | SPENT#{limit}        |          | the feed                        |
| event          | BRAND#{brand}#EVENT#{id} | EVENT                      |          | its id, or its idempotency key  |
| purchase       | BRAND#{brand}#PURCHASE#{id} | NUMBER#{store}#{day}    |          | its number in a shop or a day   |
| receipt        | BRAND#{brand}#EVENT#{id} | EXTENSION#{key}            |          | a repeated extension or part    |
| customer       | BRAND#{brand}#CUST#{id}  | STATE                      |          | all calls for the customer      |
| identity       | BRAND#{brand}#BY#{value} | {channel}                  |          | merging: who it belongs to      |
| journal_record | BRAND#{brand}#CUST#{id}  | RECORD#{sequence}          |          | the customer's history          |
| expired_lots   | BRAND#{brand}#CUST#{id}  | EXPIRED#{month}            |          | reversals                       |
| offer          | BRAND#{brand}#CUST#{id}  | OFFER#{rank}#{end}#{offer} |          | the customer's list, in order   |
| hold_deadline  | BRAND#{brand}#CUST#{id}  | DEADLINE#HOLD#{event}      | its end  | the stream, when TTL deletes it |
| lots_deadline  | BRAND#{brand}#CUST#{id}  | DEADLINE#LOTS              | next end | the stream, when TTL deletes it |
| offer_deadline | BRAND#{brand}#CUST#{id}  | DEADLINE#OFFER#{offer}     | its end  | the stream, when TTL deletes it |
| test_clock     | BRAND#{brand}#CLOCK      | CLOCK                      |          | a sandbox brand's calls         |
| sandbox_hold_deadline | BRAND#{brand}#DEADLINES | {instant}#HOLD#{event} | its end  | its clock, and the stream |
| sandbox_lots_deadline | BRAND#{brand}#DEADLINES | {instant}#LOTS#{customer} | next end | its clock, and the stream |
| sandbox_offer_deadline | BRAND#{brand}#DEADLINES | {instant}#OFFER#{customer} | its end | its clock, and the stream |
| sandbox_reminder_deadline | BRAND#{brand}#DEADLINES | {instant}#REMINDER#{customer} | due | clock, and the stream |
| report_day     | BRAND#{brand}#REPORT     | DAY#{day}#{reward}#{campaign} |       | reports                         |
| report_liability | BRAND#{brand}#REPORT   | LIABILITY#{reward}#{month} |          | reports                         |
| reminder       | BRAND#{brand}#CUST#{id}  | REMINDER#{end}             | its end + 7 days | the feed                |
| reminder_deadline | BRAND#{brand}#CUST#{id} | DEADLINE#REMINDER        | early | the stream, when TTL deletes it |
| trace          | BRAND#{brand}#TRACE#{id} | TRACE                      | 90 days  | its id, or its idempotency key  |
| customer_trace | BRAND#{brand}#CUST#{id}  | TRACE#{trace}              | 90 days  | the customer's export           |

Instead of an event, an event item can be a link to another one: a purchase with an idempotency key is found by both.
A purchase whose number is unique in the brand is an event item, or a link, with an id derived from the number; one
whose number is unique in a shop or on a day has an item that names its event. `latest` names the event that has the
number now, if the first one was cancelled or expired; `store` is a hash, as the shop's own id may be too long.
Deadlines of a sandbox brand are in the order of their instants, written as 17 digits, as its clock settles them in
that order; their ttl is when that instant comes in real time. One that has been moved stays, and settles nothing.
A program that is still the newest is published anew before its 30 days are over. Items without a ttl are kept for ever,
so a repeated event is recognised for ever. Ids contain no `#`, so no id can be mistaken for a part of another key.
A day's counters of a reward and a campaign whose ids have no room in one key have a hash of both in its place.
"""

from datetime import timedelta
from typing import NamedTuple

# How long a trace can be read, and how long its idempotency key is recognised.
TRACES_KEPT = timedelta(days=90)
# How long a published program can be read; it is published again before half of that is over.
PROGRAMS_KEPT = timedelta(days=30)

REWARDS = "REWARD#"
CAMPAIGNS = "CAMPAIGN#"
KEYS = "KEY#"
CONFIG_OFFERS = "CONFIG_OFFER#"
OFFERS = "OFFER#"
AUDIT = "AUDIT#"
RECORDS = "RECORD#"
SPENT = "SPENT#"
REMINDERS = "REMINDER#"
REPORT_DAYS = "DAY#"
REPORT_LIABILITIES = "LIABILITY#"
WEBHOOKS = "WEBHOOK#"
DELIVERIES = "DELIVERY#"
NUMBERS = "NUMBER#"
HOLD_DEADLINES = "DEADLINE#HOLD#"
TRACES = "TRACE#"
EXPIRED_LOTS = "EXPIRED#"
OFFER_DEADLINES = "DEADLINE#OFFER#"
LOTS_DEADLINE = "DEADLINE#LOTS"
RECEIPTS = "EXTENSION#"
REMINDER_DEADLINE = "DEADLINE#REMINDER"


class Key(NamedTuple):
    """The primary key of one item."""

    pk: str
    sk: str


class Deadline(NamedTuple):
    """What a deadline item was for: the hold of an event, an offer, or, if it names neither, the customer's lots.

    It is for their end, or, if it `is_reminder`, for a reminder of what ends soon. That of a sandbox brand has its
    `instant`, in digits; it names an event without its customer, and for offers only the customer.
    """

    brand_id: str
    customer_id: str
    event_id: str | None
    offer_id: str | None = None
    instant: str | None = None
    is_reminder: bool = False


def api_key(digest: str) -> Key:
    """An API key, by the hash of its secret."""
    return Key(f"KEY#{digest}", "KEY")


def access_token(digest: str) -> Key:
    """An access token, by its hash; where a key would lie, so that the authorizer finds either with one read."""
    return Key(f"KEY#{digest}", "KEY")


def brand(brand_id: str) -> Key:
    """A brand's settings, and the version of its rules."""
    return Key(f"BRAND#{brand_id}", "BRAND")


def reward(brand_id: str, reward_id: str) -> Key:
    """A reward."""
    return Key(f"BRAND#{brand_id}", f"{REWARDS}{reward_id}")


def campaign(brand_id: str, campaign_id: str) -> Key:
    """A campaign."""
    return Key(f"BRAND#{brand_id}", f"{CAMPAIGNS}{campaign_id}")


def program_chunk(brand_id: str, program_id: str, number: int) -> Key:
    """One part of a published program."""
    return Key(f"BRAND#{brand_id}#PROGRAM#{program_id}#{number:010d}", "PROGRAM")


def audit_record(brand_id: str, version: int, number: int) -> Key:
    """One of the changes that made a version of the rules."""
    return Key(f"BRAND#{brand_id}#AUDIT", f"{AUDIT}{version:010d}#{number:010d}")


def webhook(brand_id: str, webhook_id: str) -> Key:
    """A webhook, with its secret."""
    return Key(f"BRAND#{brand_id}", f"{WEBHOOKS}{webhook_id}")


def delivery(brand_id: str, webhook_id: str, at: int, message_id: str) -> Key:
    """An attempt to deliver a message to a webhook; `at` is a time in digits, so that sort keys are in its order."""
    return Key(f"BRAND#{brand_id}#WEBHOOK#{webhook_id}", f"{DELIVERIES}{at:010d}#{message_id}")


def listed_key(brand_id: str, key_id: str) -> Key:
    """An API key, by its id in the brand's list."""
    return Key(f"BRAND#{brand_id}", f"{KEYS}{key_id}")


def budget(brand_id: str, campaign_id: str, shard: str) -> Key:
    """One shard of a campaign's budget and of its number of times."""
    return Key(f"BRAND#{brand_id}#BUDGET#{campaign_id}#{shard}", "BUDGET")


def spent_budget(brand_id: str, campaign_id: str, limit: str) -> Key:
    """That a campaign's budget, as it was set, has been spent."""
    return Key(f"BRAND#{brand_id}#SPENT#{campaign_id}", f"{SPENT}{limit}")


def config_offer(brand_id: str, config_id: str) -> Key:
    """A config offer."""
    return Key(f"BRAND#{brand_id}", f"{CONFIG_OFFERS}{config_id}")


def event(brand_id: str, event_id: str) -> Key:
    """An event, or a link to one."""
    return Key(f"BRAND#{brand_id}#EVENT#{event_id}", "EVENT")


def purchase(brand_id: str, purchase_id: str, store: str, day: str) -> Key:
    """The number of a purchase within a shop, a business day, or both."""
    return Key(f"BRAND#{brand_id}#PURCHASE#{purchase_id}", f"{NUMBERS}{store}#{day}")


def receipt(brand_id: str, event_id: str, key: str) -> Key:
    """The receipt of a change of the event, by the hash of its idempotency key: extensions were the first of these."""
    return Key(f"BRAND#{brand_id}#EVENT#{event_id}", f"{RECEIPTS}{key}")


def customer(brand_id: str, customer_id: str) -> Key:
    """A customer's state."""
    return Key(f"BRAND#{brand_id}#CUST#{customer_id}", "STATE")


def identity(brand_id: str, value: str, channel: str) -> Key:
    """The customer that an e-mail address or a mobile number belongs to: who was first seen with it."""
    return Key(f"BRAND#{brand_id}#BY#{value}", channel)


def journal_record(brand_id: str, customer_id: str, sequence: int) -> Key:
    """A record of a customer's journal that is not an event."""
    return Key(f"BRAND#{brand_id}#CUST#{customer_id}", f"{RECORDS}{sequence:010d}")


def expired_lots(brand_id: str, customer_id: str, month: str) -> Key:
    """How much of each lot that expired in a month had not been spent: one attribute for each lot."""
    return Key(f"BRAND#{brand_id}#CUST#{customer_id}", f"{EXPIRED_LOTS}{month}")


def offer(brand_id: str, customer_id: str, rank: int, end: str, offer_id: str) -> Key:
    """The record of an offer; `end` is a time as text, so that the sort keys are in the order of the list."""
    return Key(f"BRAND#{brand_id}#CUST#{customer_id}", f"{OFFERS}{rank:010d}#{end}#{offer_id}")


def hold_deadline(brand_id: str, customer_id: str, event_id: str) -> Key:
    """The deadline of a hold."""
    return Key(f"BRAND#{brand_id}#CUST#{customer_id}", f"{HOLD_DEADLINES}{event_id}")


def lots_deadline(brand_id: str, customer_id: str) -> Key:
    """The expiry of the next lot."""
    return Key(f"BRAND#{brand_id}#CUST#{customer_id}", LOTS_DEADLINE)


def offer_deadline(brand_id: str, customer_id: str, offer_id: str) -> Key:
    """The end of an offer."""
    return Key(f"BRAND#{brand_id}#CUST#{customer_id}", f"{OFFER_DEADLINES}{offer_id}")


def test_clock(brand_id: str) -> Key:
    """The clock of a sandbox brand."""
    return Key(f"BRAND#{brand_id}#CLOCK", "CLOCK")


def sandbox_hold_deadline(brand_id: str, instant: str, event_id: str) -> Key:
    """The deadline of a hold of a sandbox brand."""
    return Key(f"BRAND#{brand_id}#DEADLINES", f"{instant}#HOLD#{event_id}")


def sandbox_lots_deadline(brand_id: str, instant: str, customer_id: str) -> Key:
    """The expiry of a customer's next lot, of a sandbox brand."""
    return Key(f"BRAND#{brand_id}#DEADLINES", f"{instant}#LOTS#{customer_id}")


def sandbox_offer_deadline(brand_id: str, instant: str, customer_id: str) -> Key:
    """The end of a customer's offers that end then, of a sandbox brand."""
    return Key(f"BRAND#{brand_id}#DEADLINES", f"{instant}#OFFER#{customer_id}")


def sandbox_reminder_deadline(brand_id: str, instant: str, customer_id: str) -> Key:
    """When to remind a customer of what ends soon, of a sandbox brand."""
    return Key(f"BRAND#{brand_id}#DEADLINES", f"{instant}#REMINDER#{customer_id}")


def report_day(brand_id: str, day: str, reward_id: str, campaign_id: str) -> Key:
    """The counters of a reward and a campaign on one day."""
    return Key(f"BRAND#{brand_id}#REPORT", f"{REPORT_DAYS}{day}#{reward_id}#{campaign_id}")


def report_liability(brand_id: str, reward_id: str, month: str) -> Key:
    """What is outstanding of a reward and expires in a month."""
    return Key(f"BRAND#{brand_id}#REPORT", f"{REPORT_LIABILITIES}{reward_id}#{month}")


def reminder(brand_id: str, customer_id: str, end: int) -> Key:
    """That a customer was to be reminded of what ends at a time, in digits."""
    return Key(f"BRAND#{brand_id}#CUST#{customer_id}", f"{REMINDERS}{end:010d}")


def reminder_deadline(brand_id: str, customer_id: str) -> Key:
    """The time of a customer's next reminder, two days early."""
    return Key(f"BRAND#{brand_id}#CUST#{customer_id}", REMINDER_DEADLINE)


def trace(brand_id: str, trace_id: str) -> Key:
    """The trace of a marketing tool's request."""
    return Key(f"BRAND#{brand_id}#TRACE#{trace_id}", "TRACE")


def customer_trace(brand_id: str, customer_id: str, trace_id: str) -> Key:
    """Names the trace of a request for a customer, if nothing else of the customer does: it failed, or was delayed."""
    return Key(f"BRAND#{brand_id}#CUST#{customer_id}", f"{TRACES}{trace_id}")


def is_journal_record(key: Key) -> bool:
    """Whether a journal record lies at that key: an event, or a link to one, or any other record."""
    return key.sk == "EVENT" or key.sk.startswith(RECORDS)


def is_reminder(key: Key) -> bool:
    """Whether a reminder lies at that key."""
    return key.sk.startswith(REMINDERS)


def read_deadline(key: Key) -> Deadline | None:
    """What the deadline item with that key is for; None if it is another item.

    Raises ValueError if it is one of a newer release: the stream then delivers it again, until that has replaced this.
    """
    match key.pk.split("#"):
        case [_, brand_id, "DEADLINES"]:
            return _sandbox_deadline(brand_id, *key.sk.split("#"))
    if not key.sk.startswith("DEADLINE#"):
        return None
    _, brand_id, _, customer_id = key.pk.split("#")
    if key.sk.startswith(OFFER_DEADLINES):
        return Deadline(brand_id, customer_id, None, key.sk.removeprefix(OFFER_DEADLINES))
    if key.sk.startswith(HOLD_DEADLINES):
        return Deadline(brand_id, customer_id, key.sk.removeprefix(HOLD_DEADLINES))
    if key.sk == REMINDER_DEADLINE:
        return Deadline(brand_id, customer_id, None, is_reminder=True)
    if key.sk != LOTS_DEADLINE:
        raise ValueError("a deadline of a kind that this release does not know")
    return Deadline(brand_id, customer_id, None)


def _sandbox_deadline(brand_id: str, instant: str, kind: str, id_: str) -> Deadline:
    match kind:
        case "HOLD":
            return Deadline(brand_id, "", id_, instant=instant)
        case "LOTS":
            return Deadline(brand_id, id_, None, instant=instant)
        case "OFFER":
            return Deadline(brand_id, id_, None, "", instant)
        case "REMINDER":
            return Deadline(brand_id, id_, None, instant=instant, is_reminder=True)
    raise ValueError("a deadline of a kind that this release does not know")
