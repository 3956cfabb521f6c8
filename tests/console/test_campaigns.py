"""Campaigns: written in a form of the schema, corrected where the API says so, tried, run and paused."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.console import CAMPAIGNS, HOSTILE, TURNED, Desk


def _stored(desk: Desk, campaign: str) -> dict[str, object]:
    found: dict[str, object] = desk.world.call("GET", f"/campaigns/{campaign}")["data"]
    return found


def test_the_list_says_what_runs_and_what_is_left(desk: Desk) -> None:
    desk.click("Campaigns", "link")
    row = desk.page.get_by_role("row", name="Double points for VIPs")
    row.get_by_text("of 1,000").wait_for()
    assert "running" in row.inner_text()
    assert "paused" in desk.page.get_by_role("row", name="Rainy Monday").inner_text()


def test_the_list_draws_what_was_granted_and_spent_in_the_last_month(desk: Desk) -> None:
    today = datetime.now(UTC).date()
    report = desk.world.call("GET", f"/reports/points?from={today - timedelta(days=31)}&to={today + timedelta(days=1)}")
    of = {one["campaign_id"]: one["periods"] for one in report["data"]["campaigns"]}
    days = [str(today - timedelta(days=29 - i)) for i in range(30)]
    desk.go("campaigns")
    row = desk.page.get_by_role("row", name="A point a dollar")
    granted, spent = (
        sum(one[name] for one in of["a-point-a-dollar"] if one["period"] >= days[0]) for name in ("granted", "redeemed")
    )
    shown = row.get_by_role("img", name=f"granted {granted:,g}, spent {spent:,g} Points", exact=True)
    shown.wait_for()
    assert len((shown.locator("polyline").first.get_attribute("points") or "").split()) == len(days)
    desk.page.get_by_role("row", name="Rainy Monday").get_by_text("nothing", exact=True).wait_for()


def test_the_list_is_there_without_its_reports(desk: Desk) -> None:
    problem = {"statusCode": 503, "code": "ServiceUnavailable", "message": "try again", "requestId": "r-1"}
    desk.page.route("**/reports/points*", lambda route: route.fulfill(status=503, json=problem))
    desk.go("campaigns")
    desk.page.get_by_role("row", name="Rainy Monday").wait_for()
    desk.page.get_by_role("alert").get_by_text("The stack is in trouble.").wait_for()
    desk.page.unroute("**/reports/points*")
    desk.click("Try again")
    desk.page.get_by_role("img", name="granted ").first.wait_for()


def test_a_double_points_weekend_for_vips_is_written(desk: Desk) -> None:
    desk.go("campaigns")
    desk.click("New campaign", "link")
    desk.page.get_by_label("Name", exact=True).and_(desk.page.locator(":focus")).wait_for()
    desk.page.keyboard.type("Double weekend")
    desk.page.get_by_label("From", exact=False).first.fill("2027-01-01")
    desk.page.get_by_label("Until", exact=False).first.fill("2027-01-03")
    desk.page.get_by_label("Budget", exact=False).first.fill("1000")
    desk.click("+ Conditions")
    desk.page.keyboard.type("customer.tags.vip")
    desk.page.get_by_label("Value", exact=True).first.fill("true")
    desk.page.get_by_role("group", name="Effect 1").get_by_label("Kind").select_option("Times what others grant")
    assert desk.page.get_by_label("Reward", exact=True).input_value() == "points"
    desk.fill("Times", "2")
    desk.click("Save")
    desk.page.get_by_role("heading", name="Double weekend", level=1).wait_for()
    assert _stored(desk, "double-weekend") == {
        "id": "double-weekend",
        "name": "Double weekend",
        "trigger": "PURCHASE",
        "status": "PAUSED",
        "start_date": "2027-01-01",
        "end_date": "2027-01-03",
        "limits": {"budget": 1000},
        "rules": [
            {
                "conditions": [[{"field": "customer.tags.vip", "operator": "eq", "value": True}]],
                "effects": [{"reward_id": "points", "multiply": 2}],
            }
        ],
    }


def test_whatever_is_added_gets_the_focus_and_it_is_never_lost(desk: Desk) -> None:
    focused = "() => document.activeElement.closest('[data-at]')?.dataset.at ?? document.activeElement.textContent"
    desk.go("campaigns/vip-double")
    for button, place in (("+ Per event", "limits.per_event.amount"), ("+ Effect", None)):
        desk.page.get_by_role("button", name=button, exact=True).first.press("Enter")
        desk.page.wait_for_timeout(100)
        assert desk.page.evaluate(focused) == (place or "rules.0.effects.1")
    desk.page.get_by_role("button", name="Remove: Effect 2").press("Enter")
    desk.page.wait_for_timeout(100)
    assert desk.page.evaluate(focused).endswith("+ Effect") or desk.page.evaluate(focused) == "rules.0.effects"


def test_every_mistake_is_at_its_field_in_the_words_of_the_api(desk: Desk) -> None:
    desk.go("campaigns/vip-double")
    desk.page.get_by_label("Amount", exact=True).fill("much")
    desk.page.get_by_label("Every", exact=True).fill("-1")
    desk.page.get_by_label("Reward", exact=True).fill("nonsense")
    desk.click("Save")
    desk.page.get_by_role("alert").get_by_text("Not accepted.").wait_for()
    marked = desk.page.locator("[aria-invalid=true]").all()
    assert len(marked) >= 2
    assert all(one.evaluate("one => one.closest('.field').querySelector('.message').textContent") for one in marked)
    assert _stored(desk, "vip-double")["rules"][0]["effects"][0]["amount"] == 1  # type: ignore[index]
    desk.page.get_by_label("Amount", exact=True).fill("2")
    desk.page.get_by_label("Every", exact=True).fill("1")
    desk.page.get_by_label("Reward", exact=True).fill("points")
    desk.click("Save")
    desk.sees("Saved.")
    assert _stored(desk, "vip-double")["rules"][0]["effects"][0]["amount"] == 2  # type: ignore[index]


def test_a_field_that_no_request_has_is_a_warning(desk: Desk) -> None:
    desk.go("campaigns/vip-double")
    desk.page.get_by_role("group", name="Condition 2").get_by_label("Field").fill("order.valeu")
    desk.click("Save")
    desk.sees("did you mean order.value?")


def test_saving_without_a_change_changes_nothing(desk: Desk) -> None:
    for campaign, told in CAMPAIGNS.items():
        before = _stored(desk, campaign)
        desk.go(f"campaigns/{campaign}")
        desk.page.get_by_role("heading", name=str(told["name"]), level=1).wait_for()
        desk.click("Save")
        desk.sees("Saved.")
        assert _stored(desk, campaign) == before


def test_a_campaign_is_tried_on_the_last_events_of_a_guest_before_it_runs(desk: Desk) -> None:
    before = desk.world.points("ada"), _stored(desk, "rainy-monday")
    desk.go("campaigns/rainy-monday")
    desk.page.get_by_role("group", name="Condition 1").get_by_label("Field").fill("order.value")
    desk.page.get_by_role("group", name="Condition 1").get_by_label("Operator").select_option("at least")
    desk.page.get_by_role("group", name="Condition 1").get_by_label("Value").fill("18")
    for day in ("Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"):
        desk.page.get_by_label(day).check()
    desk.click("Try it…")
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_label("Guest").fill("ada")
    desk.page.keyboard.press("Enter")
    # Five of ada's seven orders were worth as much, those that came to nothing included.
    dialog.get_by_text("It would have rewarded 5 of 7 events, with 250 Points in all.").wait_for()
    dialog.locator("summary").first.click()
    dialog.locator("li.failed", has_text="order.value").first.wait_for()
    desk.page.keyboard.press("Escape")
    desk.page.get_by_label("From", exact=False).first.fill("2099-01-01")
    desk.click("Try it…")
    dialog.get_by_text("It would have rewarded 5 of 7 events").wait_for()
    dialog.get_by_label("As if it had run at any time").uncheck()
    dialog.get_by_role("button", name="Try it").click()
    dialog.get_by_text("It would have rewarded 0 of 7 events").wait_for()
    assert not desk.problems_of_access()
    assert not desk.is_wider_than_its_window()
    desk.page.keyboard.press("Escape")
    assert (desk.world.points("ada"), _stored(desk, "rainy-monday")) == before


def test_what_is_wrong_with_a_campaign_that_is_tried_is_said_where_it_is(desk: Desk) -> None:
    desk.go("campaigns/-/new")
    desk.fill("Name", "Nearly")
    reward = desk.page.get_by_label("Reward", exact=True)
    reward.fill("nonsense")
    desk.click("Try it…")
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_label("Guest").fill("nobody")
    dialog.get_by_role("button", name="Try it").click()
    dialog.wait_for(state="detached")
    reward.and_(desk.page.locator("[aria-invalid=true]")).and_(desk.page.locator(":focus")).wait_for()
    reward.fill("points")
    desk.click("Try it…")
    dialog.get_by_role("alert").get_by_text("Not found.").wait_for()
    dialog.get_by_label("Guest").fill("kim")
    dialog.get_by_role("button", name="Try it").click()
    dialog.get_by_text("This guest has no event of the type PURCHASE.").wait_for()
    desk.world.call("GET", "/campaigns/nearly", status=404)


def test_a_trial_that_does_not_know_what_was_before_says_so(desk: Desk) -> None:
    def answer(route: Any) -> None:
        event = {"type": "PURCHASE", "issued_at": "2026-01-01T00:00:00Z", "matched": True, "certain": False}
        why = {"campaign_id": "mugs", "name": HOSTILE, "outcome": "Rewarded", "sentence": HOSTILE, "rules": []}
        effects = [{"reward_id": TURNED, "amount": 1, "expiration_date": None, "available_from": None}]
        events = [{**event, "event_id": f"e{i}", "effects": effects, "explanation": why} for i in range(25)]
        data = {
            "events": events,
            "granted": [{"reward_id": TURNED, "amount": 25}],
            "complete": False,
            "passed_over": 75,
        }
        route.fulfill(json={"data": data, "warnings": [{"field": "campaign.rules.0", "message": HOSTILE}]})

    desk.page.route("**/trial", answer)
    desk.go("campaigns/mugs/try")
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_label("Guest").fill("ada")
    dialog.get_by_role("button", name="Try it").click()
    dialog.get_by_text("The guest did more before these.").wait_for()
    dialog.get_by_text("75 events of other types lay between.").wait_for()
    assert dialog.get_by_text("not certain", exact=True).count() == 25
    assert not desk.is_wider_than_its_window()
    assert not desk.problems_of_access()
    desk.page.route("**/trial", lambda route: route.fulfill(status=503, json={"message": "try again"}))
    dialog.get_by_role("button", name="Try it").click()
    dialog.get_by_role("alert").get_by_text("The stack is in trouble.").wait_for()


def test_it_is_activated_and_paused(desk: Desk) -> None:
    desk.go("campaigns")
    desk.click("Activate: Rainy Monday")
    desk.page.get_by_role("button", name="Pause: Rainy Monday").wait_for()
    assert _stored(desk, "rainy-monday")["status"] == "RUNNING"
    desk.click("Pause: Rainy Monday")
    desk.page.get_by_role("button", name="Activate: Rainy Monday").wait_for()
    assert _stored(desk, "rainy-monday")["status"] == "PAUSED"


def test_it_is_copied_as_yaml_that_the_command_line_takes(desk: Desk) -> None:
    import yaml  # noqa: PLC0415

    desk.go("campaigns/mugs")
    desk.click("YAML")
    text = desk.page.get_by_label("mugs.yaml").input_value()
    assert yaml.safe_load(text) == {"kind": "campaign", **_stored(desk, "mugs")}


def test_it_is_deleted_behind_its_typed_name(desk: Desk) -> None:
    desk.go("campaigns/rainy-monday")
    desk.click("Delete…")
    dialog = desk.page.get_by_role("dialog")
    assert dialog.get_by_role("button", name="Delete").is_disabled()
    dialog.get_by_label("Type rainy-monday to delete it").fill("rainy-monday")
    dialog.get_by_role("button", name="Delete").click()
    desk.page.get_by_role("heading", name="Campaigns", level=1).wait_for()
    desk.world.call("GET", "/campaigns/rainy-monday", status=404)
