"""Who may come in, what they then see, and what happens when their key ends."""

from typing import Any

import pytest

from tests.support.console import Desk, World


@pytest.fixture
def door(browser: Any, world: World) -> Any:
    """A window in which nobody has signed in."""
    with Desk.opened(browser, world) as opened:
        yield opened


def _enter(door: Desk, key: str) -> None:
    door.fill("API key", key)
    door.click("Sign in")


def test_a_wrong_key_is_refused_in_words(door: Desk) -> None:
    for key in ("ek_demo_wrong", "ключ", "a b", "x" * 3000):
        door.go()
        door.page.reload()
        _enter(door, key)
        door.page.get_by_role("alert").get_by_text("This key is not valid").wait_for()
        assert door.page.get_by_label("API key").input_value() == key


def test_an_empty_key_is_asked_for(door: Desk) -> None:
    door.go()
    door.click("Sign in")
    door.sees("Paste a key first.")


def test_a_deep_link_leads_to_its_place_after_signing_in(door: Desk) -> None:
    door.sign_in(door.world.admin_key, "guest/ada/wallet")
    door.sees("What it consists of")
    assert door.page.url.endswith("#/guest/ada/wallet")


def test_the_key_is_kept_nowhere_unless_that_is_ticked(door: Desk) -> None:
    door.sign_in(door.world.admin_key)
    kept = "() => JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
    assert door.world.admin_key not in door.page.evaluate(kept)
    door.page.reload()
    door.page.get_by_label("API key").wait_for()
    door.sign_in(door.world.admin_key, keep=True)
    assert door.page.evaluate("() => [{...localStorage}, document.cookie]") == [{}, ""]
    door.page.reload()
    door.page.get_by_role("navigation", name="Sections").wait_for()
    door.click("Sign out")
    assert door.world.admin_key not in door.page.evaluate(kept)
    door.page.reload()
    door.page.get_by_label("API key").wait_for()


def test_a_key_that_is_revoked_in_use_leads_back_to_the_door_and_says_why(door: Desk) -> None:
    world = door.world
    made = world.call("POST", "/keys", {"name": "Counter", "scopes": ["customers:read"]}, 201)["data"]
    door.sign_in(made["secret"], "guest/ada/wallet", keep=True)
    door.sees("What it consists of")
    world.call("DELETE", f"/keys/{made['id']}", status=204)
    door.page.evaluate("() => { location.hash = '#/guest/ada/timeline' }")
    door.page.get_by_role("alert").get_by_text("does not work any more").wait_for()
    assert made["secret"] not in door.page.evaluate("() => JSON.stringify({...sessionStorage})")


@pytest.mark.parametrize(
    ("scopes", "shown", "hidden"),
    [
        (["customers:read"], [], ["Take back…", "Rescue…", "Correct points…", "Erase…"]),
        (["customers:read", "events:write"], ["Take back…", "Fulfil…"], ["Rescue…", "Erase…"]),
        (["admin"], ["Take back…", "Rescue…", "Erase…"], []),
    ],
)
def test_scopes_decide_what_is_shown(door: Desk, scopes: list[str], shown: list[str], hidden: list[str]) -> None:
    door.sign_in(door.world.stack.key(*scopes), "guest/ada")
    door.sees("order D-1002")
    names = door.page.get_by_role("button").all_inner_texts()
    assert set(shown) <= set(names)
    assert not set(hidden) & set(names)


def test_a_place_beyond_the_scopes_says_which_one_it_needs(door: Desk) -> None:
    door.sign_in(door.world.stack.key("events:write"), "guest/ada")
    door.sees("This key lacks the scope customers:read.")


def test_a_stack_that_does_not_answer_says_nothing_about_the_key(door: Desk) -> None:
    door.go()
    door.page.route("**/auth/authorize", lambda route: route.abort())
    _enter(door, door.world.admin_key)
    door.page.get_by_role("alert").get_by_text("cannot be reached").wait_for()
    door.page.unroute("**/auth/authorize")
    door.click("Sign in")
    door.page.get_by_role("navigation", name="Sections").wait_for()
