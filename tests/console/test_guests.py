"""A guest: found, looked at, and put right, with a dry run before anything is done."""

import json
from typing import Any

from tests.support.console import HOSTILE, LONGEST, Desk


def test_a_guest_is_found_by_whatever_is_known_of_them(desk: Desk) -> None:
    for asked in ("ada", "ADA@example.com", "+49 151 12345678"):
        desk.go("guest")
        desk.fill("Find a guest", asked)
        desk.click("Find")
        desk.page.get_by_role("heading", name="ada", level=1).wait_for()


def test_an_order_is_found_by_its_number_and_nobody_is_said_to_be_nobody(desk: Desk) -> None:
    desk.fill("Find a guest", "D-1002")
    desk.page.keyboard.press("Enter")
    desk.sees("Why: every campaign")
    desk.page.go_back()
    desk.fill("Find a guest", "nobody@example.com")
    desk.page.keyboard.press("Enter")
    desk.sees("Nobody and nothing is known as nobody@example.com.")


def test_back_goes_back_and_each_tab_has_an_address(desk: Desk) -> None:
    desk.go("guest/ada")
    desk.click("Wallet", "link")
    desk.sees("What it consists of")
    desk.click("Offers", "link")
    desk.page.go_back()
    desk.sees("What it consists of")
    desk.page.go_back()
    desk.sees("order D-1002")
    desk.sees("2 × MUG, 1 × LATTE")
    desk.go("guest/kim")
    desk.sees("It moved nothing.")


def test_the_wallet_says_what_is_there_and_what_is_to_come(desk: Desk) -> None:
    points = desk.world.points("ada")
    desk.go("guest/ada/wallet")
    card = desk.page.get_by_role("region", name="Points", exact=True)
    card.wait_for()
    assert card.inner_text().split()[:3] == ["Points", str(points["available"]), "available"]
    assert str(points["pending"]) in card.inner_text()
    desk.page.get_by_role("img", name="changes of Points").wait_for()


def test_one_of_two_mugs_is_taken_back(desk: Desk) -> None:
    before = desk.world.points("ada")
    desk.go(f"event/{desk.world.events['mugs']}")
    desk.click("Take back…")
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_label("A part of it").check()
    dialog.get_by_role("button", name="+ MUG").click()
    dialog.get_by_role("cell", name="−").first.wait_for()
    assert desk.world.points("ada") == before
    assert dialog.get_by_role("button", name="Take back now").is_disabled()
    dialog.get_by_label("Reason").fill("One was broken")
    dialog.get_by_role("button", name="Take back now").click()
    dialog.get_by_text("Done.").wait_for()
    dialog.get_by_role("button", name="Close").last.click()
    event = desk.world.call("GET", f"/behavior/events/{desk.world.events['mugs']}")["data"]
    assert event["returned"] == [{"sku": "MUG", "amount": 1}]
    assert desk.world.points("ada")["available"] < before["available"]
    desk.sees("One was broken")


def test_a_promise_is_fulfilled_in_part(desk: Desk) -> None:
    desk.go("guest/ada")
    desk.click("Fulfil…")
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_label("A part of it").check()
    dialog.get_by_role("button", name="+ GRINDER").click()
    dialog.get_by_text("held → done").wait_for()
    dialog.get_by_role("button", name="Fulfil now").click()
    dialog.get_by_text("Done.").wait_for()
    event = desk.world.call("GET", f"/behavior/events/{desk.world.events['held']}")["data"]
    assert (event["status"], event["unfulfilled"]) == ("RESOLVED", [{"sku": "BEANS-5", "amount": 2}])


def test_a_hold_is_extended_and_what_has_expired_is_rescued(desk: Desk) -> None:
    held, expired = desk.world.events["held"], desk.world.events["expired"]
    before = desk.world.call("GET", f"/behavior/events/{held}")["data"]["reservation_expires_at"]
    desk.go("guest/ada")
    desk.click("Extend…")
    desk.click("Extend now")
    desk.sees("Done.")
    assert desk.world.call("GET", f"/behavior/events/{held}")["data"]["reservation_expires_at"] > before
    desk.page.keyboard.press("Escape")
    desk.click("Rescue…")
    desk.fill("Reason", "It arrived after all")
    desk.click("Rescue now")
    desk.sees("Done.")
    assert desk.world.call("GET", f"/behavior/events/{expired}")["data"]["status"] == "RESOLVED"


def test_points_are_corrected_with_a_reason(desk: Desk) -> None:
    points = desk.world.points("ada")["available"]
    for written, change in (("50", 50), ("−20", -20)):
        desk.go("guest/ada/wallet")
        desk.click("Correct points…")
        desk.page.get_by_label("Reward").select_option("Points")
        desk.fill("Points, such as 50 or -20", written)
        desk.page.get_by_role("dialog").get_by_role("cell", name=str(points + change), exact=True).wait_for()
        assert desk.world.points("ada")["available"] == points
        desk.fill("Reason", f"The till was down: {written}")
        desk.click("Correct now")
        desk.sees("Done.")
        points += change
        assert desk.world.points("ada")["available"] == points
        desk.page.keyboard.press("Escape")
        desk.click("Timeline", "link")
        desk.sees(f"The till was down: {written}")


def test_a_correction_that_is_refused_says_why(desk: Desk) -> None:
    desk.world.call("PUT", "/rewards/points", {"name": "Points", "allow_negative": False})
    desk.go("guest/ada/wallet")
    desk.click("Correct points…")
    desk.page.get_by_label("Reward").select_option("Points")
    desk.fill("Points, such as 50 or -20", "-100000")
    desk.fill("Reason", "Too much")
    desk.click("Correct now")
    desk.sees("It was not done: InsufficientBalanceError")


def test_who_was_merged_is_split_off(desk: Desk) -> None:
    desk.go("guest/kim/identities")
    desk.click("Split off…")
    desk.sees("It would get nothing back.")
    assert desk.world.call("GET", "/customers/kim-app")["data"]["customer_id"] == "kim"
    desk.fill("Reason", "They are sisters")
    desk.click("Split off now")
    desk.sees("is a guest of its own again")
    assert desk.world.call("GET", "/customers/kim-app")["data"]["customer_id"] == "kim-app"


def test_a_guest_is_erased_behind_a_typed_id_and_the_page_is_left(desk: Desk) -> None:
    desk.go("guest/kim-app")
    desk.click("Erase…")
    dialog = desk.page.get_by_role("dialog")
    submit = dialog.get_by_role("button", name="Erase for good")
    dialog.get_by_text("kim@example.com").wait_for()
    for typed, allowed in (("", False), ("kim-app", False), ("kim", True)):
        dialog.get_by_label("Type kim to erase it").fill(typed)
        assert submit.is_enabled() == allowed
    with desk.page.expect_download() as saved:
        dialog.get_by_role("button", name="Save all of it").click()
    assert json.loads(saved.value.path().read_text())["customer"]["email"] == "kim@example.com"
    submit.click()
    desk.page.get_by_role("status").get_by_text("kim has been erased.").wait_for()
    desk.page.get_by_role("heading", name="Guests", level=1).wait_for()
    assert "kim" not in desk.page.url
    desk.world.call("GET", "/customers/kim-app", status=404)
    desk.go("guest/kim")
    desk.page.get_by_role("alert").get_by_text("Not found.").wait_for()


def test_an_erasure_tells_of_open_holds_is_followed_and_may_fail(desk: Desk) -> None:
    steps = ["QUEUED", "QUEUED", None, "FAILED"]

    def answer(route: Any) -> None:
        status = steps.pop(0) if steps else "FAILED"
        if status is None:
            route.abort()
        else:
            about = {"traceId": "t-1", "status": status, "reason": "another request erases this customer"}
            route.fulfill(json={"data": {**about, "offerId": None, "timeline": []}})

    desk.page.route("**/traces/*", answer)
    desk.page.route(
        "**/customers/ada",
        lambda route: (
            route.fulfill(status=202, json={"traceId": "t-1"})
            if route.request.method == "DELETE"
            else route.continue_()
        ),
    )
    desk.go("guest/ada")
    desk.click("Erase…")
    desk.sees("One event is still held.")
    desk.page.get_by_role("dialog").get_by_role("textbox").fill("ada")
    desk.click("Erase for good")
    desk.sees("It is being erased.")
    desk.sees("It was not erased: another request erases this customer.")
    desk.page.keyboard.press("Escape")
    desk.sees("order D-1002")


def test_an_erasure_waits_for_all_that_is_kept_and_tells_what_is_refused(desk: Desk) -> None:
    exported = desk.world.call("GET", "/customers/ada/export")["data"]
    event, refused = exported["events"][-1], {"statusCode": 503, "code": "ServiceUnavailable", "message": "try again"}
    failing = [True]

    def answer(route: Any) -> None:
        page = int(route.request.url.partition("cursor=")[2] or 0)
        if page == 5 and failing[0]:
            route.fulfill(status=503, json=refused)
            return
        data = {**exported, "events": [{**event, "id": f"e{page}-{i}"} for i in range(1000)]}
        rest: dict[str, list[Any]] = (
            {name: [] for name in ("transactions", "offers", "traces", "records", "identities")} if page else {}
        )
        route.fulfill(json={"data": {**data, **rest}, "next_cursor": str(page + 1) if page < 9 else None})

    def forbid(route: Any) -> None:
        if route.request.method != "DELETE":
            route.continue_()
            return
        message = "this key lacks the scope admin"
        route.fulfill(status=403, json={"statusCode": 403, "code": "Forbidden", "message": message})

    desk.page.route("**/customers/ada/export*", answer)
    desk.page.route("**/customers/ada", forbid)
    desk.go("guest/ada")
    desk.click("Erase…")
    dialog = desk.page.get_by_role("dialog")
    dialog.get_by_role("alert").get_by_text("The stack is in trouble.").wait_for()
    dialog.get_by_role("textbox").fill("ada")
    assert dialog.get_by_role("button", name="Erase for good").is_disabled()
    failing[0] = False
    dialog.get_by_role("button", name="Try again").click()
    dialog.get_by_text("10,000", exact=True).wait_for()
    dialog.get_by_role("button", name="Erase for good").click()
    dialog.get_by_role("alert").get_by_text("This key lacks the scope admin").wait_for()
    assert desk.world.call("GET", "/customers/ada")["data"]["customer_id"] == "ada"


def test_two_windows_that_take_the_same_thing_back_take_it_once(desk: Desk, browser: Any) -> None:
    before = desk.world.points("ada")["available"]
    event = desk.world.events["beans"]
    with Desk.opened(browser, desk.world) as other:
        other.sign_in(desk.world.admin_key, f"event/{event}")
        desk.go(f"event/{event}")
        for window in (desk, other):
            window.click("Take back…")
            window.fill("Reason", "Twice at once")
            window.page.get_by_role("button", name="Take back now").wait_for()
            window.page.get_by_role("dialog").get_by_text("done → reversed").wait_for()
        desk.click("Take back now")
        other.click("Take back now")
        desk.sees("Done.")
        other.sees("Done.")
    assert desk.world.points("ada")["available"] == before - 18


def test_a_button_pressed_twice_and_an_answer_that_is_lost_do_it_once(desk: Desk) -> None:
    before = desk.world.points("ada")["available"]
    lost: list[Any] = []

    def lose(route: Any) -> None:
        if "dry_run" not in route.request.url and not lost:
            lost.append(route.fetch())
            route.abort()
        else:
            route.continue_()

    desk.page.route("**/reverse*", lose)
    desk.go(f"event/{desk.world.events['mugs']}")
    desk.click("Take back…")
    desk.page.get_by_label("So much of its value").check()
    desk.fill("Value that is given back", "9")
    desk.fill("Reason", "A scratch")
    desk.page.get_by_role("dialog").get_by_role("cell", name="available").wait_for()
    desk.page.get_by_role("button", name="Take back now").dblclick()
    desk.sees("Done.")
    assert len(lost) == 1
    event = desk.world.call("GET", f"/behavior/events/{desk.world.events['mugs']}")["data"]
    assert event["returned_value"] == 9
    assert desk.world.points("ada")["available"] < before


def test_hostile_names_are_text(desk: Desk) -> None:
    desk.go("guest/" + LONGEST)
    desk.sees("order D-2001")
    assert not desk.is_wider_than_its_window()
    desk.go(f"event/{desk.world.events['hostile']}")
    desk.sees("What it moved")
    assert HOSTILE in desk.page.get_by_role("heading", level=1).inner_text()
    desk.click("As it was sent", "link")
    desk.sees("onerror")
    assert desk.page.title() != "hacked"
    assert not desk.page.locator("img[src]").count()
    assert not desk.is_wider_than_its_window()


def test_a_slow_and_then_failing_stack_is_told_and_tried_again(desk: Desk) -> None:
    failing = [True]

    def answer(route: Any) -> None:
        if failing[0]:
            body = '{"statusCode": 503, "code": "ServiceUnavailable", "message": "try again", "requestId": "r-1"}'
            route.fulfill(status=503, body=body, headers={"Content-Type": "application/json"})
        else:
            route.continue_()

    desk.page.route("**/customers/ada/wallet", answer)
    desk.go("guest/ada/wallet")
    desk.page.get_by_role("status", name="").first.wait_for()
    desk.page.get_by_role("alert").get_by_text("The stack is in trouble.").wait_for()
    desk.sees("Request r-1")
    failing[0] = False
    desk.click("Try again")
    desk.sees("What it consists of")


def test_an_unknown_guest_is_not_found(desk: Desk) -> None:
    desk.go("guest/nobody")
    desk.page.get_by_role("alert").get_by_text("Not found.").wait_for()


def test_an_empty_page_that_has_a_next_is_read_on(desk: Desk) -> None:
    def answer(route: Any) -> None:
        if "cursor" not in route.request.url:
            route.fulfill(json={"data": [], "next_cursor": "next"})
        else:
            route.fulfill(json=desk.world.call("GET", "/customers/ada/offers"))

    desk.page.route("**/customers/ada/offers*", answer)
    desk.go("guest/ada/offers")
    desk.sees("Beans at half price")


def test_an_answer_that_comes_too_late_does_not_replace_what_is_shown(desk: Desk) -> None:
    waiting: list[Any] = []

    def hold(route: Any) -> None:
        waiting.append(route)

    desk.page.route("**/customers/ada", hold)
    desk.go("guest/ada")
    desk.page.wait_for_function("() => document.querySelector('.loading')")
    desk.go("guest/kim")
    desk.sees("kim@example.com")
    for route in waiting:
        route.continue_()
    desk.page.wait_for_timeout(200)
    assert "ada@example.com" not in desk.text


def test_a_long_history_is_read_page_by_page(desk: Desk) -> None:
    event = desk.world.call("GET", f"/behavior/events/{desk.world.events['beans']}")["data"]

    def answer(route: Any) -> None:
        cursor = route.request.url.partition("cursor=")[2]
        begin = int(cursor or 0)
        rows = [
            {**event, "id": f"e{begin + i}", "data": {"order": {"purchase_id": f"N-{begin + i}"}}} for i in range(50)
        ]
        route.fulfill(json={"data": rows, "next_cursor": str(begin + 50)})

    desk.page.route("**/customers/ada/events*", answer)
    desk.go("guest/ada")
    desk.sees("order N-49", exact=True)
    for page in range(2, 6):
        desk.click("Show more")
        desk.sees(f"order N-{page * 50 - 1}", exact=True)
    assert not desk.is_wider_than_its_window()
