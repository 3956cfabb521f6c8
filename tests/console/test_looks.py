"""Every screen as it looks: for screen readers, by keyboard, on a phone, in the dark."""

from typing import Any

import pytest

from tests.support.console import LONGEST, Desk, World, places

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


@pytest.mark.parametrize("look", [{}, {**PHONE, "color_scheme": "dark"}], ids=["desktop, light", "phone, dark"])
def test_no_screen_has_a_fault_of_access_or_is_too_wide(browser: Any, world: World, look: dict[str, Any]) -> None:
    faults = []
    with Desk.opened(browser, world, **look) as desk:
        desk.go()
        desk.page.get_by_label("API key").wait_for()
        faults += [("sign-in", one) for one in desk.problems_of_access()]
        desk.sign_in(world.admin_key)
        for name, place in places(world).items():
            desk.open(place)
            faults += [(name, one) for one in desk.problems_of_access()]
            if desk.is_wider_than_its_window():
                faults.append((name, "has to be scrolled sideways"))
    assert not faults


def test_dialogs_have_no_fault_of_access(desk: Desk) -> None:
    faults = []
    opened = [
        (f"event/{desk.world.events['mugs']}", "Take back…"),
        ("guest/ada/wallet", "Correct points…"),
        ("guest/kim/identities", "Split off…"),
        (f"guest/{LONGEST}", "Erase…"),
        ("settings/keys", "New key"),
        ("settings/webhooks", "Deliveries: crm"),
        ("campaigns/mugs", "YAML"),
    ]
    for place, button in opened:
        desk.open(place)
        desk.click(button)
        desk.page.get_by_role("dialog").wait_for()
        faults += [(button, one) for one in desk.problems_of_access()]
        desk.page.keyboard.press("Escape")
        desk.page.get_by_role("dialog").wait_for(state="detached")
    assert not faults


def test_it_is_worked_by_keyboard_alone(desk: Desk) -> None:
    keyboard = desk.page.keyboard
    desk.open(f"event/{desk.world.events['beans']}")
    desk.page.get_by_role("button", name="Take back…").focus()
    keyboard.press("Enter")
    desk.page.get_by_role("dialog").get_by_text("done → reversed").wait_for()
    for _ in range(12):
        keyboard.press("Tab")
        assert desk.page.evaluate(
            "() => document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
    keyboard.press("Escape")
    desk.page.get_by_role("dialog").wait_for(state="detached")
    assert desk.page.evaluate("() => document.activeElement.textContent") == "Take back…"


def test_the_first_thing_that_tab_reaches_skips_to_the_content(desk: Desk) -> None:
    desk.page.reload()
    desk.sign_in(desk.world.admin_key)
    desk.page.locator("a.skip").focus()
    desk.page.keyboard.press("Enter")
    assert desk.page.evaluate("() => document.activeElement.id") == "main"


def test_the_theme_follows_the_system_and_can_be_changed(browser: Any, world: World) -> None:
    with Desk.opened(browser, world, color_scheme="dark") as desk:
        desk.sign_in(world.admin_key)
        shown = "() => getComputedStyle(document.body).backgroundColor"
        dark = desk.page.evaluate(shown)
        desk.click("Change to the light theme")
        desk.page.wait_for_function(f"dark => ({shown})() !== dark", arg=dark)


def test_it_asks_nobody_but_its_own_stack(browser: Any, world: World) -> None:
    with Desk.opened(browser, world) as desk:
        asked: list[str] = []
        desk.page.on("request", lambda request: asked.append(request.url))
        desk.sign_in(world.admin_key)
        for place in places(world).values():
            desk.open(place)
        assert asked
        assert all(url.startswith((world.url, "data:")) for url in asked)
