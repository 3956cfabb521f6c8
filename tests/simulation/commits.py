"""What one transaction changed, read from the table's items with the product's own codec."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from loyalty.domain.assignments.traces import AssignmentTrace
from loyalty.domain.customers.customer import Customer
from loyalty.domain.customers.journal import JournalRecord
from loyalty.domain.events.event import Event
from loyalty.domain.program.brands import Brand
from loyalty.domain.times import from_millis
from loyalty.store import keys
from loyalty.store.codec import unpack
from loyalty.store.customers import customer_in, journal_record_in
from loyalty.store.events import event_in
from loyalty.store.keys import CAMPAIGNS, CONFIG_OFFERS, REWARDS, Key
from loyalty.store.program import brand_in, config_offer_in, reward_in
from loyalty.store.table import from_wire
from loyalty.store.traces import trace_in
from tests.simulation.dynamodb import ItemChange
from tests.simulation.histories import BRAND
from tests.simulation.model.evaluation import Ruleset


@dataclass
class Commit:
    """The events, journal records, customers and traces that one transaction wrote, by their ids.

    `changed` has events before and after; `merged_into` the customers that were merged into others, and `redirected`
    those that were merged into one of these before.
    """

    events: list[Event] = field(default_factory=list)
    changed: dict[str, tuple[Event, Event]] = field(default_factory=dict)
    records: dict[str, JournalRecord] = field(default_factory=dict)
    customers: dict[str, Customer] = field(default_factory=dict)
    merged_into: dict[str, str] = field(default_factory=dict)
    redirected: dict[str, str] = field(default_factory=dict)
    traces: dict[str, AssignmentTrace] = field(default_factory=dict)


def read_commit(changes: Sequence[ItemChange]) -> Commit:
    """The changes of one transaction, understood."""
    commit = Commit()
    for key, before, after in changes:
        parts = key.pk.split("#")
        if after is None or len(parts) < 4 or parts[2] == "BY":
            continue
        item = from_wire(after)
        if parts[2] == "EVENT" and "document" in item:
            event = event_in(BRAND, parts[3], item)
            if before is None:
                commit.events.append(event)
            else:
                commit.changed[event.event_id] = (event_in(BRAND, parts[3], from_wire(before)), event)
        elif parts[2] == "TRACE":
            trace = trace_in({Key(*key): item}, Key(*key), from_millis(0))
            assert trace
            commit.traces[parts[3]] = trace
        elif key.sk.startswith("RECORD#"):
            number = int(key.sk.removeprefix("RECORD#"))
            commit.records[parts[3]] = journal_record_in(number, item)
        elif key.sk == "STATE" and "merged_into" in (before or ()):
            commit.redirected[parts[3]] = str(item["merged_into"])
        elif key.sk == "STATE":
            commit.customers[parts[3]] = customer_in(BRAND, parts[3], item)
            if "merged_into" in item:
                commit.merged_into[parts[3]] = str(item["merged_into"])
    return commit


def read_brand(wire: Mapping[str, Any]) -> Brand:
    """The brand as its partition of the table has it, by sort key."""
    return brand_in({keys.brand(BRAND): from_wire(wire["BRAND"])}, BRAND)


def read_ruleset(wire: Mapping[str, Any]) -> Ruleset:
    """The brand's rules as its partition of the table has them, by sort key."""
    items = {sk: from_wire(item) for sk, item in wire.items()}
    campaigns = {
        sk.removeprefix(CAMPAIGNS): unpack(item["document"]) for sk, item in items.items() if sk.startswith(CAMPAIGNS)
    }
    rewards = [reward_in(item) for sk, item in items.items() if sk.startswith(REWARDS)]
    config_offers = [config_offer_in(item) for sk, item in items.items() if sk.startswith(CONFIG_OFFERS)]
    since = {name: int(str(items[f"{CAMPAIGNS}{name}"]["since_version"])) for name in campaigns}
    return Ruleset(
        enabled=brand_in({keys.brand(BRAND): items["BRAND"]}, BRAND).enabled,
        campaigns=campaigns,
        allow_negative={reward.reward_id: reward.allow_negative for reward in rewards},
        active_offers=frozenset(config_offer.config_id for config_offer in config_offers if config_offer.active),
        counter_ids={name: f"{name}#{version}" if version else name for name, version in since.items()},
    )
