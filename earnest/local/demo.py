"""Two demo brands: their keys, rewards, campaigns, offers and some past events; creating them again changes nothing."""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx
from botocore.exceptions import BotoCoreError, ClientError

from earnest.commands.create_brand import create_brand_with_key
from earnest.errors import CommandError
from earnest.files import write_atomically
from earnest.local import parameters
from earnest.local.engine import Engine
from earnest.local.home import Home
from earnest.local.progress import say, step
from earnest.retries import retry
from loyalty import json as exact_json
from loyalty.clock import now
from loyalty.domain.assignments.schemas import CreateOfferRequest
from loyalty.domain.errors import LoyaltyError, ServiceUnavailable
from loyalty.domain.events.schemas import EmitEventRequest
from loyalty.domain.program.changes import Author
from loyalty.domain.program.schemas import BrandSettings
from loyalty.domain.rules.schemas import ProgramSettings
from loyalty.domain.schemas import validate
from loyalty.services.assignment_requests import accept_offer
from loyalty.services.campaigns import put_program
from loyalty.services.events import emit_event
from loyalty.services.lifecycle import fulfil_event, reverse_event
from loyalty.services.program import change_brand
from loyalty.store.program import load_brand, load_campaigns, load_catalog

type Document = Mapping[str, Any]

_PARAMETER = "demo"
_TIMEOUT = 60.0  # a cold function of the engine takes seconds, on a busy machine more
_NO_ANSWER = (ServiceUnavailable, BotoCoreError, ClientError, httpx.HTTPError)
FULFIL = "fulfil"


@dataclass(frozen=True)
class PastEvent:
    """An event of the demo's history, and what becomes of it: nothing, FULFIL, or the reason why it is reversed."""

    key: str
    body: Document
    ending: str | None = None


@dataclass(frozen=True)
class DemoBrand:
    """A demo brand and everything in it."""

    brand_id: str
    name: str
    default_reward: str
    rewards: Mapping[str, Document]
    campaigns: Mapping[str, Document]
    history: Sequence[PastEvent]
    config_offers: Mapping[str, Document] = field(default_factory=dict)
    offers: Sequence[Document] = ()


def _purchase(customer: str, order: str, value: float, sku: str, **more: object) -> Document:
    products = [{"sku": sku, "amount": 1, "value": value}]
    bought = {"purchase_id": order, "value": value, "products": products, "channel_id": "till"}
    return {"customer_id": customer, "type": "PURCHASE", "order": bought, **more}


def _offer(customer: str, config: str, rank: int, start: str, end: str) -> Document:
    days = {"startDate": start, "endDate": end}
    about = {"source": "demo", "reference": "To begin with", "idempotencyKey": f"demo-{customer}-{config}"}
    return {"userId": customer, "configId": config, "ruleParams": days, "rank": rank, **about}


DEMO = DemoBrand(
    brand_id="demo",
    name="Demo Coffee",
    default_reward="points",
    rewards={
        "points": {"name": "Points", "type": "POINTS", "decimals": 0},
        "credit": {"name": "Credit", "type": "DISCOUNT", "decimals": 2},
        "coffee": {"name": "A free coffee", "type": "PRODUCT", "decimals": 0, "attributes": {"sku": "COFFEE"}},
    },
    campaigns={
        "a-point-a-dollar": {
            "name": "A point a dollar",
            "trigger": "PURCHASE",
            "rules": [
                {
                    "name": "spend",
                    "effects": [
                        {
                            "reward_id": "points",
                            "amount": 1,
                            "per": {"field": "order.value", "every": 1},
                            "expires_in": "12/months",
                        }
                    ],
                }
            ],
        },
        "double-beans": {
            "name": "Beans earn double",
            "trigger": "PURCHASE",
            "rules": [
                {
                    "name": "beans",
                    "conditions": [
                        [{"field": "order.products.sku", "operator": "in", "value": ["BEANS-1", "BEANS-5"]}]
                    ],
                    "effects": [
                        {
                            "reward_id": "points",
                            "amount": 1,
                            "per": {"field": "order.value", "every": 1},
                            "expires_in": "12/months",
                        }
                    ],
                }
            ],
        },
        "welcome": {
            "name": "100 points to begin with",
            "trigger": "REGISTRATION",
            "rules": [{"name": "welcome", "effects": [{"reward_id": "points", "amount": 100}]}],
        },
        "survey-coffee": {
            "name": "A coffee for your opinion",
            "trigger": "SURVEY",
            "rules": [
                {
                    "name": "answered",
                    "conditions": [[{"field": "metadata.score", "operator": "between", "value": [0, 10]}]],
                    "effects": [{"reward_id": "coffee", "amount": 1, "expires_in": "30/days"}],
                }
            ],
        },
        "review": {
            "name": "20 points for a review",
            "trigger": "write_review",
            "rules": [{"name": "written", "effects": [{"reward_id": "points", "amount": 20}]}],
        },
        "rainy-monday": {
            "name": "50 points on a rainy Monday (paused)",
            "trigger": "PURCHASE",
            "status": "PAUSED",
            "rules": [
                {
                    "name": "rain",
                    "conditions": [[{"field": "metadata.weather", "operator": "eq", "value": "rain"}]],
                    "effects": [{"reward_id": "points", "amount": 50}],
                }
            ],
        },
    },
    history=[
        PastEvent("ana-joins", {"customer_id": "ana", "type": "REGISTRATION"}),
        PastEvent("ana-buys", _purchase("ana", "D-1001", 42.5, "LATTE")),
        PastEvent("ana-buys-beans", _purchase("ana", "D-1002", 18, "BEANS-1")),
        PastEvent("ana-answers", {"customer_id": "ana", "type": "SURVEY", "metadata": {"score": 9}}),
        PastEvent("ana-spends", _purchase("ana", "D-1003", 5, "MUG", redeem=[{"id": "points", "amount": 60}])),
        PastEvent("luis-joins", {"customer_id": "luis", "type": "REGISTRATION"}),
        PastEvent("luis-collects", _purchase("luis", "D-1004", 120, "GRINDER", fulfilled=False, reserve=7), FULFIL),
        PastEvent("luis-orders", _purchase("luis", "D-1005", 75, "BEANS-5", fulfilled=False, reserve=30)),
        PastEvent(
            "mia-returns",
            _purchase("mia", "D-1006", 80, "KETTLE"),
            "The kettle came back unused",
        ),
        PastEvent(
            "mia-cancels",
            _purchase("mia", "D-1007", 33, "FILTERS", fulfilled=False, reserve=7),
            "Cancelled before it was shipped",
        ),
    ],
    config_offers={
        "free-coffee": {"name": "A free coffee", "benefits": {"type": "PRODUCT", "sku": "COFFEE"}},
        "half-price-beans": {"name": "Beans at half price", "benefits": {"type": "DISCOUNT", "percent": 50}},
    },
    offers=[
        _offer("ana", "free-coffee", 1, "2026-01-01", "2099-12-31"),
        _offer("ana", "half-price-beans", 2, "2026-01-01", "2098-12-31"),
        _offer("luis", "half-price-beans", 1, "2098-01-01", "2098-12-31"),
    ],
)

OTHER = DemoBrand(
    brand_id="other",
    name="Other Books",
    default_reward="stars",
    rewards={"stars": {"name": "Stars", "type": "POINTS", "decimals": 0, "allow_negative": False}},
    campaigns={
        "a-star-a-ten": {
            "name": "A star for every ten",
            "trigger": "PURCHASE",
            "rules": [
                {
                    "name": "tens",
                    "effects": [
                        {"reward_id": "stars", "amount": 1, "per": {"field": "order.value", "every": 10}},
                    ],
                }
            ],
        }
    },
    history=[PastEvent("ana-reads", _purchase("ana", "B-1", 64, "NOVEL"))],
)

BRANDS = (DEMO, OTHER)


def keys(home: Home) -> dict[str, str]:
    """Return the brands' admin keys by brand, the same ones for as long as the state is kept."""
    if not home.keys.exists():
        made = {brand.brand_id: f"ek_{brand.brand_id}_{secrets.token_urlsafe(32)}" for brand in BRANDS}
        write_atomically(home.keys, json.dumps(made, indent=2) + "\n")
    kept: dict[str, str] = json.loads(home.keys.read_text(encoding="utf-8"))
    return kept


def is_complete(engine: Engine) -> bool:
    """Return whether the engine's state already has all of the demo data."""
    return parameters.get(engine, _PARAMETER) is not None


def create(home: Home, engine: Engine, base_url: str) -> None:
    """Create what is missing by the layer, in this process, and read every brand over HTTP.

    A function's first call takes seconds on the local engine, on a busy machine half a minute, so nothing is created
    through one. What exists is left as it is, since its owner may have changed it; events and offers have idempotency
    keys, so that a second run duplicates nothing. Raises CommandError, with what to do next, if something is refused
    or does not answer.
    """
    secrets_by_brand = keys(home)
    # The one with offers comes last: their worker starts meanwhile, and would slow down all that follows.
    for brand in sorted(BRANDS, key=lambda brand: len(brand.offers)):
        for what, calls in stages(brand, secrets_by_brand[brand.brand_id]).items():
            with step(f"Demo brand {brand.brand_id}: {what}"):
                for call in calls:
                    patiently(engine, f"the brand {brand.brand_id}, {what}", call)
    check(home, engine, base_url)
    parameters.put(engine, _PARAMETER, "complete")


def stages(brand: DemoBrand, secret: str) -> dict[str, list[Callable[[], object]]]:
    """Return what creates a brand: stages by their names, in order, each with calls that may be repeated."""
    settings = f"{len(brand.rewards)} rewards, {len(brand.campaigns)} campaigns, {len(brand.config_offers)} offers"
    return {
        f"key, {settings}": [
            partial(create_brand_with_key, brand.brand_id, brand.name, "Demo", secret=secret),
            partial(_create_program, brand),
        ],
        f"{len(brand.history)} past events": [partial(_emit, brand, past_event) for past_event in brand.history],
        **({"offers of customers": [partial(_offer_to, brand, one) for one in brand.offers]} if brand.offers else {}),
    }


def check(home: Home, engine: Engine, base_url: str) -> None:
    """Read every demo brand with its key. Raises CommandError if one cannot be read."""
    with step("Reading both brands over HTTP: the first call of a function takes longest"):
        for brand_id, key in keys(home).items():
            patiently(engine, f"the brand {brand_id}, read over HTTP", partial(_read, base_url, key))


def _create_program(brand: DemoBrand) -> None:
    """All that the brand lacks, in one transaction, and its default reward, which must exist before."""
    catalog, campaigns = load_catalog(brand.brand_id), load_campaigns(brand.brand_id)
    author = Author("", now())
    missing: dict[str, Document] = {
        "rewards": {id_: one for id_, one in brand.rewards.items() if id_ not in catalog.rewards},
        "config_offers": {id_: one for id_, one in brand.config_offers.items() if id_ not in catalog.config_offers},
        "campaigns": {id_: one for id_, one in brand.campaigns.items() if id_ not in campaigns},
    }
    sent = _exact({name: some for name, some in missing.items() if some})
    put_program(brand.brand_id, validate(ProgramSettings, sent), sent, author)
    if load_brand(brand.brand_id).default_reward is None:
        change_brand(brand.brand_id, BrandSettings(default_reward=brand.default_reward), author)


def _emit(brand: DemoBrand, past_event: PastEvent) -> None:
    sent = _exact({"brand_id": brand.brand_id, **past_event.body})
    request = validate(EmitEventRequest, sent)
    event = emit_event(brand.brand_id, request, sent, f"demo-{past_event.key}", now).event
    if past_event.ending == FULFIL:
        fulfil_event(brand.brand_id, event.event_id, now)
    elif past_event.ending:
        reverse_event(brand.brand_id, event.event_id, past_event.ending, now)


def _offer_to(brand: DemoBrand, offer: Document) -> None:
    sent = _exact(offer)
    accept_offer(brand.brand_id, validate(CreateOfferRequest, sent), sent, offer["idempotencyKey"], now)


def _exact(document: Document) -> dict[str, Any]:
    """The document as a request's JSON is read: numbers are exact decimals."""
    exact: dict[str, Any] = exact_json.loads(json.dumps(document))
    return exact


def _read(base_url: str, key: str) -> None:
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=base_url, headers=headers, timeout=_TIMEOUT, trust_env=False) as api:
        api.get("/brand").raise_for_status()


def patiently(engine: Engine, what: str, call: Callable[[], object]) -> None:
    """Make a call until it is answered: all that is asked here may be asked twice. Raises CommandError."""

    def attempt() -> object:
        engine.check_alive()
        return call()

    try:
        retry(attempt, _NO_ANSWER, lambda _: say("no answer yet, trying again … ", ends_line=False))
    except _NO_ANSWER as error:
        raise CommandError(
            f"The demo data are not complete ({what}: {_in_one_line(error)}). "
            "The machine may be too busy: run the same command again, it goes on from here."
        ) from error
    except LoyaltyError as error:
        raise CommandError(
            f"The demo data were refused ({what}: {_in_one_line(error)}). "
            "What is kept here may be of another release: `make run STATE=fresh` begins anew."
        ) from error


def _in_one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
