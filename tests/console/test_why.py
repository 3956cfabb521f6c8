"""Why an event did what it did, and what it would have done otherwise."""

from tests.support.console import Desk


def test_each_campaign_is_a_sentence_with_what_was_wanted_and_found(desk: Desk) -> None:
    desk.go(f"event/{desk.world.events['last']}")
    desk.sees("It did not fire: order.value was 0.9, it has to be at least 20.")
    condition = desk.page.locator("li.failed", has_text="order.value").first
    assert " ".join(condition.inner_text().split()) == "✕ order.value at least 20 found 0.9"
    assert desk.page.locator("li.held", has_text="customer.tags.vip").first.inner_text().startswith("✓")


def test_what_if_shows_what_a_change_would_do_and_stores_nothing(desk: Desk) -> None:
    before = desk.world.points("ada")
    desk.go(f"event/{desk.world.events['last']}/what-if")
    text = desk.page.get_by_label("The event", exact=True)
    text.fill(text.input_value().replace("0.9", "50"))
    desk.click("Try it")
    desk.sees("It granted 50 points.")
    desk.page.get_by_role("cell", name="+50").first.wait_for()
    assert desk.world.points("ada") == before


def test_what_is_no_json_or_not_accepted_is_said_where_it_is(desk: Desk) -> None:
    desk.go(f"event/{desk.world.events['last']}/what-if")
    text = desk.page.get_by_label("The event", exact=True)
    whole = text.input_value()
    text.fill("{")
    desk.click("Try it")
    desk.sees("This is not JSON")
    text.fill(whole.replace("0.9", '"much"'))
    desk.click("Try it")
    desk.page.get_by_role("alert").get_by_text("order.value").wait_for()
