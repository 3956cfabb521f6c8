"""Offers, traces, the overview and the settings."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from loyalty import receivers
from loyalty.domain.times import format_instant
from tests.support.console import HOSTILE, Desk, World

DAY = timedelta(days=1)
BERLIN = ZoneInfo("Europe/Berlin")


def test_a_trace_is_found_with_its_timeline(desk: Desk) -> None:
    desk.go("offers")
    desk.fill("Find a request", desk.world.trace)
    desk.click("Find")
    desk.sees("assigned", exact=True)
    desk.sees("half-price-beans")
    desk.go("offers/trace/11111111-1111-4111-8111-111111111111")
    desk.page.get_by_role("alert").get_by_text("Not found.").wait_for()


def test_an_offer_is_given_and_its_mistakes_are_at_their_fields(desk: Desk) -> None:
    desk.go("offers")
    desk.page.get_by_label("Guest").fill("ada")
    desk.page.get_by_label("Until").fill("2020-01-01")
    desk.click("Give it")
    desk.page.get_by_label("Until").and_(desk.page.locator("[aria-invalid=true]")).wait_for()
    desk.page.get_by_label("Until").fill("2099-01-01")
    desk.page.get_by_label("Reason").fill("A birthday")
    desk.click("Give it")
    desk.page.get_by_role("heading", name="What became of a request").wait_for()
    offers = desk.world.call("GET", "/customers/ada/offers")["data"]
    assert ("free-coffee", "A birthday") in [(one["config_id"], one["reference"]) for one in offers]


def test_the_overview_has_what_is_left_and_what_was_changed(desk: Desk) -> None:
    desk.go("overview")
    desk.page.get_by_role("row", name="Double points for VIPs").get_by_text("of 1,000").wait_for()
    desk.sees("channel_merging")


def test_a_setting_of_the_brand_is_changed_and_others_stay(desk: Desk) -> None:
    before = desk.world.call("GET", "/brand")["data"]
    desk.go("settings/brand")
    desk.fill("Time zone", "Nowhere/Land")
    desk.click("Save")
    desk.page.get_by_label("Time zone").and_(desk.page.locator("[aria-invalid=true]")).wait_for()
    desk.fill("Time zone", "Asia/Tokyo")
    desk.page.get_by_label("Default reward").select_option("")
    desk.click("Save")
    desk.sees("Saved.")
    assert desk.world.call("GET", "/brand")["data"] == {**before, "time_zone": "Asia/Tokyo", "default_reward": None}


def test_a_new_key_tells_its_secret_once_and_is_revoked(desk: Desk) -> None:
    desk.go("settings/keys")
    desk.click("New key")
    desk.page.get_by_role("dialog").get_by_label("Name").fill("Counter")
    desk.page.get_by_label("customers:read").check()
    desk.click("Make the key")
    secret = desk.page.get_by_label("Secret").input_value()
    assert secret.startswith("ek_demo_")
    desk.page.get_by_role("dialog").get_by_role("button", name="Close").last.click()
    desk.click("Revoke: Counter")
    assert secret not in desk.page.content()
    desk.click("Revoke now")
    desk.page.get_by_role("row", name="Counter").get_by_text("revoked").wait_for()


def test_rewards_and_config_offers_are_set_up(desk: Desk) -> None:
    desk.go("settings/rewards")
    desk.click("New reward")
    desk.page.get_by_label("Id").fill("stars")
    desk.fill("Name", "Stars")
    desk.click("Save")
    desk.page.get_by_role("cell", name="Stars").first.wait_for()
    desk.click("Edit: Points")
    desk.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    desk.page.get_by_role("alert").wait_for()
    desk.go("offers")
    desk.click("Edit: A free coffee")
    desk.page.get_by_label("Benefits").fill('{"sku": "LATTE"}')
    desk.click("Save")
    desk.page.get_by_role("dialog").wait_for(state="detached")
    assert desk.world.call("GET", "/config-offers/free-coffee")["data"]["benefits"] == {"sku": "LATTE"}


def test_the_audit_says_who_changed_what(desk: Desk) -> None:
    desk.go("settings/audit")
    desk.sees("point-a-dollar")
    desk.sees("Europe/Berlin")


def test_the_overview_tells_what_points_have_done_and_what_is_outstanding(desk: Desk) -> None:
    def said(title: str) -> str:
        card = desk.page.locator("section.card", has=desk.page.get_by_role("heading", name=title, exact=True))
        shown: str = card.locator(".big").inner_text()
        return shown.replace(",", "").replace("−", "-")

    day = datetime.now(UTC).date()
    query = f"?from={day - timedelta(days=80)}&to={day + timedelta(days=1)}"
    report = desk.world.call("GET", "/reports/points" + query)["data"]
    (points,) = report["rewards"]
    desk.go("overview")
    desk.page.get_by_label("Time").select_option("the last 90 days")
    desk.page.get_by_role("img", name="Granted ").wait_for()
    assert float(said("Outstanding now")) == points["outstanding"]
    assert float(said("Open holds")) == report["open_holds"] == 1
    assert float(said("Held now")) == points["held"]
    for title, name in (
        ("Granted", "granted"),
        ("Spent", "redeemed"),
        ("Expired", "expired"),
        ("Taken back", "reversed"),
    ):
        assert float(said(title)) == sum(one[name] for one in points["periods"])
    desk.page.get_by_label("Time").select_option("the last 12 months")
    desk.page.get_by_role("img", name="What expires by month").wait_for()
    assert float(said("Outstanding now")) == points["outstanding"]


def test_the_clock_of_a_brand_to_test_with_is_advanced(browser: Any, world: World) -> None:
    world.stack.backend.make_sandbox()
    held = world.events["held"]
    with Desk.opened(browser, world) as desk:
        desk.sign_in(world.admin_key, "settings/brand")
        desk.click("Test clock", "link")
        desk.sees("real time")
        before = datetime.fromisoformat(world.call("GET", "/test-clock")["data"]["now"])
        on_its_way = {"now": format_instant(before), "status": "advancing", "to": format_instant(before + 9 * DAY)}
        seen: list[Any] = []

        def answer(route: Any) -> None:
            seen.append(route)
            route.fulfill(json={"data": on_its_way}) if len(seen) < 3 else route.continue_()

        desk.page.get_by_label("Go on by").select_option("so many days…")
        desk.fill("Days", "-1")
        desk.click("Advance the clock")
        desk.page.get_by_label("Days").and_(desk.page.locator("[aria-invalid=true]")).wait_for()
        desk.fill("Days", "9")
        desk.page.route("**/test-clock", answer)
        desk.click("Advance the clock")
        desk.page.get_by_role("progressbar").wait_for()
        desk.sees("It has arrived")
        now = datetime.fromisoformat(world.call("GET", "/test-clock")["data"]["now"]).astimezone(BERLIN)
        assert abs(now - before - 9 * DAY) < timedelta(minutes=1)
        assert world.call("GET", f"/behavior/events/{held}")["data"]["status"] == "EXPIRED"
        desk.sees(f"sandbox, {now.day} {now:%b %Y}")
        desk.page.get_by_label("Go on by").select_option("to the beginning of a day…")
        day = f"{now + 2 * DAY:%Y-%m-%d}"
        desk.page.get_by_label("Day", exact=True).fill(day)
        desk.click("Advance the clock")
        desk.page.get_by_text(re.compile("It has arrived.*, 00:00")).wait_for()
        midnight = datetime.fromisoformat(day).replace(tzinfo=BERLIN)
        assert world.call("GET", "/test-clock")["data"]["to"] == format_instant(midnight)
        assert not desk.problems_of_access()


def test_a_live_brand_has_no_clock_to_move(desk: Desk) -> None:
    desk.go("settings/clock")
    desk.page.get_by_label("Time zone").wait_for()
    assert desk.page.get_by_role("link", name="Test clock").count() == 0


def test_webhooks_are_set_up_and_tell_their_secret_once(desk: Desk) -> None:
    desk.go("settings/webhooks")
    desk.click("New webhook")
    desk.page.get_by_label("Id").fill("till")
    desk.page.get_by_label("Address").fill("http://127.0.0.1/hook")
    desk.page.get_by_label("Told of", exact=True).fill("event.resolved, nonsense")
    desk.click("Save")
    desk.page.get_by_label("Told of", exact=True).and_(desk.page.locator("[aria-invalid=true]")).wait_for()
    desk.page.get_by_label("Told of", exact=True).fill("event.resolved, points.granted")
    desk.click("Save")
    desk.page.get_by_label("Address").and_(desk.page.locator("[aria-invalid=true]")).wait_for()
    desk.page.get_by_label("Address").fill("https://hooks.example.com/till")
    desk.click("Save")
    secret = desk.page.get_by_label("Secret").input_value()
    assert secret.startswith("whsec_")
    desk.page.get_by_role("dialog").get_by_role("button", name="Close").last.click()
    desk.page.get_by_role("row", name="till").get_by_text("active").wait_for()
    assert secret not in desk.page.content()
    desk.click("Deliveries: till")
    desk.sees("Nothing has been sent in the last week.")
    desk.click("Send a test message")
    desk.sees("The receiver has taken it, and answered 204.")
    desk.page.get_by_role("row", name="webhook.test").get_by_text("taken").wait_for()
    assert not desk.problems_of_access()


def test_a_test_message_that_is_not_taken_says_why(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receivers, "post", lambda *_: receivers.Reply(status=410, error=HOSTILE))
    desk.go("settings/webhooks")
    desk.click("Deliveries: crm")
    desk.click("Send a test message")
    desk.page.get_by_role("status").get_by_text(f"It was not taken: {HOSTILE}.").wait_for()
    desk.page.keyboard.press("Escape")
    desk.go("overview")
    row = desk.page.get_by_role("row", name="crm")
    row.get_by_text("failing").wait_for()
    row.get_by_text("1 of 1").wait_for()
    assert row.get_by_text("set aside").count() == 0


def test_what_is_set_aside_is_told_with_what_to_do(desk: Desk) -> None:
    queues = [
        {"name": "hot_requests", "messages": 10_000, "command": "redrive"},
        {"name": "records_not_announced", "messages": 1, "command": "redrive"},
        {"name": "webhook_messages", "messages": 0, "command": "redrive"},
    ]
    for place in ("overview", "offers"):
        desk.open(place)
        desk.sees("Nothing is set aside.")
    desk.page.route("**/set-aside", lambda route: route.fulfill(json={"data": {"queues": queues}}))
    desk.click("Look again: What is set aside")
    row = desk.page.get_by_role("row", name="Requests for one guest")
    row.get_by_text("≈ 10,000").wait_for()
    row.get_by_text("earnest redrive").wait_for()
    desk.page.get_by_role("row", name="Changes that nobody was told of").wait_for()
    assert not desk.page.get_by_role("row", name="Messages to webhooks").count()
    assert not desk.problems_of_access()
    desk.page.route("**/set-aside", lambda route: route.fulfill(status=503, json={"message": "a queue did not answer"}))
    desk.click("Look again: What is set aside")
    desk.page.get_by_role("alert").get_by_text("A queue did not answer").wait_for()
