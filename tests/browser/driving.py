"""Opening pages of the app in a real browser, and asking whether everybody can use them."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as PlaywrightTimeoutError

from tests.browser.waiting import until

CONNECTED = '[data-testid="stApp"][data-test-connection-state="CONNECTED"]'
SETTLED = '[data-testid="stApp"][data-test-script-state="notRunning"]'
OPEN_SECONDS = 45.0
LASTING_SECONDS = 6.0

SHELL = (
    '[data-testid="stHeader"]',
    '[data-testid="stToolbar"]',
    '[data-testid="stMainMenu"]',
    '[data-testid="stSidebarHeader"]',
    '[data-testid="stSidebarNav"]',
    '[data-testid="stSidebarCollapseButton"]',
    '[data-testid="stExpandSidebarButton"]',
    '[data-testid="stStatusWidget"]',
    '[data-testid="stDecoration"]',
)
"""Streamlit's own frame around the app: no code of ours can change its markup."""

SHELL_RULES = {
    "region": "Streamlit gives its frame no landmarks",
    "landmark-one-main": "Streamlit's main block is a section",
    "page-has-heading-one": "a heading may still be on its way",
}
"""Rules about the page as a whole, which only Streamlit could satisfy. None is serious."""


def open_page(page: Page, url: str, marker: str | Locator | None = None) -> None:
    """Go to `url` and wait until Streamlit is connected and `marker` can be seen.

    `marker` is a Playwright selector (CSS, `text=...`) or a locator. Without one the end of the
    script's first run is what is waited for.
    """
    limit = OPEN_SECONDS * 1000
    page.goto(url, timeout=limit)
    page.locator(CONNECTED).wait_for(state="attached", timeout=limit)
    if marker is None:
        page.locator(SETTLED).wait_for(state="attached", timeout=limit)
    else:
        wanted = page.locator(marker) if isinstance(marker, str) else marker
        wanted.first.wait_for(state="visible", timeout=limit)


def axe_violations(page: Page, *, least: str = "serious") -> list[str]:
    """What axe-core finds wrong, from impact `least` upward, Streamlit's own frame left out.

    Returns one line a violation: impact, rule, and the elements at fault.
    """
    ranks = ["minor", "moderate", "serious", "critical"]
    context = {"exclude": [[selector] for selector in SHELL]}
    answer = Axe().run(page, context=context).response
    return [
        _told(violation)
        for violation in answer["violations"]
        if ranks.index(violation["impact"] or "minor") >= ranks.index(least)
        and violation["id"] not in SHELL_RULES
    ]


def assert_accessible(page: Page) -> None:
    """Fail with axe-core's words when something of ours shuts somebody out.

    Streamlit lets an element fade while it is being drawn anew: too pale for a moment is not
    too pale, so what is found must last.
    """
    found: list[str] = []

    def is_clean() -> bool:
        found[:] = axe_violations(page)
        return not found

    try:
        until(is_clean, seconds=LASTING_SECONDS, what="no accessibility violations", every=0.5)
    except AssertionError:
        raise AssertionError("accessibility violations:\n" + "\n".join(found)) from None


def scrolls_sideways(page: Page) -> bool:
    """Whether the page is wider than its window."""
    script = """() => {
      const main = document.querySelector('[data-testid="stMain"]') ?? document.documentElement;
      return main.scrollWidth > main.clientWidth + 1
        || document.documentElement.scrollWidth > window.innerWidth + 1;
    }"""
    return bool(page.evaluate(script))


def zoom(page: Page, plot: Locator) -> None:
    """Drag over the curves as a person does to look closer, again if the page moved meanwhile."""
    reset = page.get_by_role("button", name="Reset zoom")

    def zoomed() -> bool:
        plot.scroll_into_view_if_needed()
        box = plot.bounding_box()
        assert box is not None
        y = box["y"] + 80
        page.mouse.move(box["x"] + 100, y)
        page.mouse.down()
        page.mouse.move(box["x"] + 250, y, steps=4)
        page.mouse.up()
        # The button alone does not tell that it was the steps that were zoomed.
        return _shows(reset) and plot.evaluate("node => node.layout.xaxis.autorange === false")

    until(zoomed, seconds=60, what="the zoom")


def choose(page: Page, label: str, option: str) -> None:
    """Take one of a list: type into it, since a long list shows only its beginning.

    A rerun of the page closes an open list; whoever sees that opens it again.
    """
    box = page.get_by_role("combobox", name=label)
    wanted = page.get_by_role("option", name=option).first

    def chosen() -> bool:
        box.click()
        box.fill(option)
        if not _shows(wanted):
            return False
        try:
            wanted.click(timeout=3000)
        except PlaywrightTimeoutError:
            return False
        return True

    until(chosen, seconds=60, what=f"{option} in the list {label}")


def _shows(wanted: Locator, seconds: float = 3.0) -> bool:
    try:
        wanted.wait_for(timeout=seconds * 1000)
    except PlaywrightTimeoutError:
        return False
    return True


def _told(violation: dict[str, Any]) -> str:
    places = [" ".join(map(str, node["target"])) for node in violation["nodes"]]
    return f"{violation['impact']}: {violation['id']} ({violation['help']}): {'; '.join(places)}"
