"""A few guests for the console, and somebody who looks at them in a browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from typing import Any

import httpx

from tests.functions.test_change_feed import Feed
from tests.support.http_backend import HttpBackend
from tests.support.project import ROOT

Json = dict[str, Any]

HOSTILE = "<img src=x onerror=\"document.title='hacked'\">"
TURNED = "\u202etxet denrut\u202c"
LONGEST = "n" * 255
LOADED_MS = 15_000
_AXE = ROOT / "console" / "node_modules" / "axe-core" / "axe.min.js"

_POINTS = {"reward_id": "points", "amount": 1, "per": {"field": "order.value", "every": 1}, "expires_in": "12/months"}
_DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
CAMPAIGNS: dict[str, Json] = {
    "a-point-a-dollar": {"name": "A point a dollar", "trigger": "PURCHASE", "rules": [{"effects": [_POINTS]}]},
    "vip-double": {
        "name": "Double points for VIPs",
        "trigger": "PURCHASE",
        "rules": [
            {
                "name": "VIPs with a real basket",
                "conditions": [
                    [
                        {"field": "customer.tags.vip", "operator": "eq", "value": True},
                        {"field": "order.value", "operator": "gte", "value": 20},
                    ]
                ],
                "effects": [{**_POINTS, "available_after": "14/days"}],
            }
        ],
        "limits": {"budget": 1000, "per_customer": {"times": 1, "period": "day"}},
    },
    "mugs": {
        "name": "Ten points for two mugs",
        "trigger": "PURCHASE",
        "rules": [
            {
                "name": "mugs",
                "conditions": [
                    [
                        {
                            "any_item": "order.products",
                            "where": [
                                [
                                    {"field": "sku", "operator": "eq", "value": "MUG"},
                                    {"field": "amount", "operator": "gte", "value": 2},
                                ]
                            ],
                        }
                    ]
                ],
                "effects": [{"reward_id": "points", "amount": 10}],
            },
            {
                "name": "the fifth visit",
                "conditions": [[{"operator": "count_gte", "value": 5, "within": "30/days"}]],
                "effects": [{"offer": "free-coffee", "valid_for": "30/days"}],
            },
        ],
    },
    "rainy-monday": {
        "name": "Rainy Monday",
        "trigger": "PURCHASE",
        "status": "PAUSED",
        "days_of_week": _DAYS[:1],
        "rules": [
            {
                "conditions": [[{"field": "metadata.weather", "operator": "eq", "value": "rain"}]],
                "effects": [{"reward_id": "points", "amount": 50}],
            }
        ],
    },
    "welcome": {
        "name": "100 points to begin with",
        "trigger": "REGISTRATION",
        "rules": [{"effects": [{"reward_id": "points", "amount": 100, "expires_in": "12/months"}]}],
    },
}


@dataclass
class World:
    """A stack with guests: its address, a key for everything, and the ids of what happened."""

    stack: HttpBackend
    admin_key: str
    events: dict[str, str] = field(default_factory=dict)
    trace: str = ""

    @property
    def url(self) -> str:
        """Where the console is."""
        return self.stack.base_url + "/"

    def call(self, method: str, path: str, body: Any = None, status: int = 200) -> Any:
        """What a call answers, which must have this status."""
        key = self.admin_key
        headers = {"Authorization": f"Bearer {key}", "x-api-key": key, "APIKey": key}
        answer = _client().request(method, self.stack.base_url + path, json=body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.text else None

    def points(self, customer: str) -> Json:
        """What a guest has of points."""
        totals = self.call("GET", f"/customers/{customer}/wallet")["data"]["totals"]
        found: Json = next(one for one in totals if one["reward_id"] == "points")
        return found


@cache
def _client() -> httpx.Client:
    return httpx.Client(trust_env=False, timeout=30)


def world_of(stack: HttpBackend) -> World:
    """The world on this stack, which has nothing yet: told once, and from then on written as it was."""
    clock = stack.backend
    if not _told:
        clock.set_up()
        told = _tell(stack)
        items = [{"PutRequest": {"Item": item}} for item in clock.stored()]
        _told.append((told, items))
        return told
    told, items = _told[0]
    for begin in range(0, len(items), _BATCH):
        clock.client.batch_write_item(RequestItems={clock.table: items[begin : begin + _BATCH]})
    return replace(told, stack=stack)


def _tell(stack: HttpBackend) -> World:
    """Let things happen to a few guests, in the month before now."""
    clock = stack.backend
    world = World(stack, stack.key("admin"))
    program = {
        "rewards": {
            "points": {"name": "Points", "type": "POINTS"},
            "credit": {"name": "Credit", "type": "DISCOUNT", "decimals": 2},
        },
        "config_offers": {
            "free-coffee": {"name": "A free coffee", "benefits": {"type": "PRODUCT", "sku": "COFFEE"}},
            "half-price-beans": {"name": "Beans at half price", "benefits": {"percent": 50}},
        },
        "campaigns": CAMPAIGNS,
    }
    clock.ago = timedelta(days=31)
    world.call("PUT", "/program", program)
    world.call("DELETE", "/campaigns/" + _SAMPLE_CAMPAIGN, status=204)
    world.call("PUT", "/brand", {"name": "Demo Coffee", "time_zone": "Europe/Berlin"})

    def emit(name: str, customer: str, days: float, kind: str = "PURCHASE", **more: Any) -> None:
        clock.ago = timedelta(days=days)
        body = {"brand_id": "demo", "customer_id": customer, "type": kind, **more}
        world.events[name] = world.call("POST", "/behavior/events", body, 201)["data"]["id"]

    def order(number: str, *lines: tuple[str, int, float]) -> Json:
        products = [{"sku": sku, "amount": amount, "value": value} for sku, amount, value in lines]
        value = sum(amount * value for _, amount, value in lines)
        return {"order": {"purchase_id": number, "value": value, "products": products, "channel_id": "till"}}

    emit("joined", "ada", 30, "REGISTRATION")
    world.call(
        "PATCH", "/customers/ada", {"email": "ada@example.com", "mobile": "+4915112345678", "tags": {"vip": True}}
    )
    emit("beans", "ada", 24, **order("D-1001", ("BEANS-1", 1, 18)))
    emit("mugs", "ada", 17, **order("D-1002", ("MUG", 2, 9), ("LATTE", 1, 4.5)))
    emit("spent", "ada", 9, **order("D-1003", ("LATTE", 1, 4)), redeem=[{"id": "points", "amount": 60}])
    emit("kettle", "ada", 6, **order("D-1004", ("KETTLE", 1, 80)))
    event = world.events["kettle"]
    world.call("POST", f"/behavior/events/{event}/reverse", {"reason": "The kettle came back unused"})
    emit("expired", "ada", 4, fulfilled=False, reserve=1, **order("D-1005", ("FILTERS", 3, 11)))
    emit("held", "ada", 0.3, fulfilled=False, reserve=7, **order("D-1006", ("GRINDER", 1, 75), ("BEANS-5", 2, 20)))
    emit("last", "ada", 0.1, **order("D-1007", ("LATTE", 1, 0.9)))
    clock.ago = timedelta()
    days = {"startDate": "2026-01-01", "endDate": "2099-12-31"}
    offer = {
        "userId": "ada",
        "source": "braze",
        "reference": "Spring",
        "configId": "half-price-beans",
        "ruleParams": days,
    }
    world.trace = world.call("POST", "/bulk-action/hot/create-offer", offer, 202)["traceId"]
    points = {"userId": "ada", "source": "console", "reference": "Sorry for the wait", "pointsEarned": 25}
    world.call("PUT", "/brand", {"default_reward": "points", "channel_merging": "email"})
    world.call("POST", "/bulk-action/hot/assign-points", {**points, "rewardId": "points"}, 202)
    world.call("PUT", "/webhooks/crm", {"url": "https://hooks.example.com/earnest", "events": ["event.resolved"]})
    for alias in ("kim", "kim-app"):
        visit = {"customerId": alias, "events": {"visit": {"page": "home"}}, "email": "kim@example.com"}
        world.call("POST", "/integrations/events", visit)
    emit(
        "hostile", HOSTILE.replace("/", ""), 0, HOSTILE, metadata={HOSTILE: HOSTILE, "turned": TURNED, "long": LONGEST}
    )
    emit(
        "turned",
        TURNED.replace("\u202e", "").replace("\u202c", "") or "x",
        0,
        **order(LONGEST[:200], (LONGEST[:200], 1, 3)),
    )
    emit("long", LONGEST, 0, **order("D-2001", (HOSTILE, 2, 3), (LONGEST, 1, 2)))
    Feed(clock).deliver()
    clock.carrier.to_webhooks.clear()  # nobody was told of what happened before
    return world


_SAMPLE_CAMPAIGN = "point-a-dollar"
_BATCH = 25  # as many as DynamoDB takes at once
_told: list[tuple[World, list[Json]]] = []


def places(world: World) -> dict[str, str]:
    """The screens by name, with an address of each."""
    return {
        "find": "guest",
        "timeline": "guest/ada",
        "wallet": "guest/ada/wallet",
        "offers of a guest": "guest/ada/offers",
        "identities": "guest/kim/identities",
        "hostile": f"guest/{LONGEST}",
        "why": f"event/{world.events['mugs']}",
        "what if": f"event/{world.events['last']}/what-if",
        "sent": f"event/{world.events['hostile']}/sent",
        "campaigns": "campaigns",
        "campaign": "campaigns/vip-double",
        "try": "campaigns/vip-double/try",
        "offers": "offers",
        "trace": f"offers/trace/{world.trace}",
        "overview": "overview",
        "brand": "settings/brand",
        "rewards": "settings/rewards",
        "keys": "settings/keys",
        "webhooks": "settings/webhooks",
        "audit": "settings/audit",
        "not found": "guest/nobody",
        "no such page": "nothing",
    }


class Desk:
    """Somebody who works with the console in a window of a browser."""

    def __init__(self, page: Any, world: World) -> None:
        self.page = page
        self.world = world
        self.complaints: list[str] = []
        page.set_default_timeout(LOADED_MS)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", self._hear)
        self.asked: list[Any] = []
        page.on("request", self._note)
        for ended in ("requestfinished", "requestfailed"):
            page.on(ended, self._forget)

    @classmethod
    @contextmanager
    def opened(cls, browser: Any, world: World, **how: Any) -> Iterator["Desk"]:
        """A window of its own, which knows nothing of others; whatever a page complains of fails the test."""
        how = {"viewport": {"width": 1280, "height": 860}, "locale": "en-GB", "reduced_motion": "reduce", **how}
        context = browser.new_context(**how)
        try:
            desk = cls(context.new_page(), world)
            yield desk
            assert desk.complaints == []
        finally:
            context.close()

    def _note(self, request: Any) -> None:
        self.asked.append(request)

    def _forget(self, request: Any) -> None:
        if request in self.asked:
            self.asked.remove(request)

    def _hear(self, said: Any) -> None:
        # A refused call is no mistake of the page; a policy that was broken or an exception is.
        if said.type in ("error", "warning") and not said.text.startswith("Failed to load resource"):
            self.complaints.append(said.text)

    def go(self, place: str = "") -> None:
        """Open a place of the console by its address."""
        self.page.goto(f"{self.world.url}#/{place}")

    def open(self, place: str) -> None:
        """Open a place, and wait until all of it is there."""
        self.go(place)
        quiet = 0
        while quiet < 3:
            self.page.wait_for_timeout(30)
            quiet = 0 if self.asked or self.page.locator(".loading").count() else quiet + 1

    def sign_in(self, key: str, place: str = "", *, keep: bool = False) -> None:
        """Open a place, and sign in there."""
        self.go(place)
        self.page.get_by_label("API key").fill(key)
        if keep:
            self.page.get_by_label("Keep it for this tab").check()
        self.page.get_by_role("button", name="Sign in").click()
        self.page.get_by_role("navigation", name="Sections").wait_for()

    def sees(self, text: str, *, exact: bool = False) -> None:
        """Wait for such a text, as long as a page may take."""
        self.page.get_by_text(text, exact=exact).first.wait_for()

    def click(self, name: str, role: str = "button") -> None:
        """Click the first button of that name, or link."""
        self.page.get_by_role(role, name=name).first.click()

    def fill(self, label: str, text: str) -> None:
        """Write into a field."""
        self.page.get_by_label(label, exact=True).fill(text)

    @property
    def text(self) -> str:
        """All that can be read on the page."""
        shown: str = self.page.locator("body").inner_text()
        return shown

    def problems_of_access(self) -> list[str]:
        """What axe finds wrong with the page as it is."""
        if not self.page.evaluate("() => 'axe' in window"):
            self.page.evaluate(_AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("() => axe.run()")["violations"]
        return [f"{one['id']}: {node['target']} {node['failureSummary']}" for one in found for node in one["nodes"]]

    def is_wider_than_its_window(self) -> bool:
        """Whether one has to scroll sideways."""
        wider: bool = self.page.evaluate("() => document.documentElement.scrollWidth > innerWidth")
        return wider
