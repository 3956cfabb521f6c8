"""How soon a phone shows the console: the figures of docs/console.md, from loopback, its processor slowed down 4 times.

`.venv/bin/python -m pytest -q -s tests/console/first_paint.py`, on a machine that does nothing else; no test, as it
says more of the machine than of the page.
"""

import statistics
from typing import Any

from tests.support.console import Desk, World

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "device_scale_factor": 3}
SLOWER = 4
TIMES = 9
_PAINTED = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


def test_the_first_paint(browser: Any, world: World) -> None:
    painted, usable = [], []
    for _ in range(TIMES):
        with Desk.opened(browser, world, **PHONE) as desk:
            devtools = desk.page.context.new_cdp_session(desk.page)
            devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
            desk.go()
            desk.page.wait_for_function("() => document.querySelector('input')")
            usable.append(desk.page.evaluate("() => performance.now()"))
            desk.page.wait_for_function(_PAINTED)
            painted.append(desk.page.evaluate(_PAINTED))
    for name, times in (("first paint", painted), ("the key can be typed", usable)):
        print(f"\n{name}: {statistics.median(times):.0f} ms ({min(times):.0f} to {max(times):.0f})")  # noqa: T201
