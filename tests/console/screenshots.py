"""Pictures of every screen, for people to look at: `make screenshots` puts them into .local/screenshots."""

from typing import Any

import pytest

from tests.support.console import Desk, World, places
from tests.support.project import ROOT

FOLDER = ROOT / ".local" / "screenshots"
LOOKS: dict[str, dict[str, Any]] = {
    "desktop": {},
    "desktop-dark": {"color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True},
    "phone-dark": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "color_scheme": "dark"},
}


@pytest.mark.parametrize("look", LOOKS)
def test_pictures(browser: Any, world: World, look: str) -> None:
    folder = FOLDER / look
    folder.mkdir(parents=True, exist_ok=True)
    with Desk.opened(browser, world, **LOOKS[look]) as desk:
        desk.go()
        desk.page.get_by_label("API key").wait_for()
        desk.page.screenshot(path=folder / "sign-in.png")
        desk.sign_in(world.admin_key)
        for name, place in places(world).items():
            desk.open(place)
            desk.page.screenshot(path=folder / f"{name.replace(' ', '-')}.png", full_page=True)
        desk.open(f"event/{world.events['mugs']}")
        desk.click("Take back…")
        desk.page.get_by_label("A part of it").check()
        desk.click("+ MUG")
        desk.page.get_by_role("dialog").locator("table").wait_for()
        desk.page.screenshot(path=folder / "take-back.png")
        desk.open("campaigns/mugs")
        desk.click("Try it…")
        desk.page.get_by_role("dialog").get_by_label("Guest").fill("ada")
        desk.page.keyboard.press("Enter")
        desk.page.locator("summary").nth(5).click()
        desk.page.screenshot(path=folder / "trial.png")
        desk.open("settings/webhooks")
        desk.click("Deliveries: crm")
        desk.click("Send a test message")
        desk.sees("answered 204")
        desk.page.screenshot(path=folder / "deliveries.png")
        desk.open("guest/kim/identities")
        desk.click("Split off…")
        desk.sees("It would get nothing back.")
        desk.page.screenshot(path=folder / "split-off.png")
        desk.open("guest/ada")
        desk.click("Erase…")
        desk.page.get_by_role("button", name="Save all of it").wait_for()
        desk.page.screenshot(path=folder / "erase.png")


@pytest.mark.parametrize("look", LOOKS)
def test_pictures_of_a_brand_to_test_with(browser: Any, world: World, look: str) -> None:
    folder = FOLDER / look
    folder.mkdir(parents=True, exist_ok=True)
    world.stack.backend.make_sandbox()
    with Desk.opened(browser, world, **LOOKS[look]) as desk:
        desk.sign_in(world.admin_key, "settings/clock")
        desk.page.get_by_label("Go on by").select_option("30 days")
        desk.click("Advance the clock")
        desk.sees("It has arrived")
        desk.page.screenshot(path=folder / "clock.png")


def test_pictures_of_the_readme(browser: Any, world: World) -> None:
    folder = FOLDER / "readme"
    folder.mkdir(parents=True, exist_ok=True)
    with Desk.opened(browser, world, viewport={"width": 1120, "height": 800}) as desk:
        desk.sign_in(world.admin_key)
        shown = {
            "guest": "guest/ada",
            "why": f"event/{world.events['last']}",
            "campaign": "campaigns/vip-double",
        }
        for name, place in shown.items():
            desk.open(place)
            desk.page.screenshot(path=folder / f"{name}.png")
