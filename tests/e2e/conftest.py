"""A real browser in front of real pages."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, sync_playwright

from makegood.bootstrap import Makegood
from makegood.testing.clock import FakeClock
from tests.e2e.live_server import running
from tests.e2e.screens import PASSWORD, serving

# The browser is driven by a loop in this thread, which Django takes for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

WIDTHS = (1440, 390)
SCHEMES = ("light", "dark")


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving() as both:
        yield both


@pytest.fixture
def makegood(served: tuple[Makegood, FakeClock]) -> Makegood:
    return served[0]


@pytest.fixture
def clock(served: tuple[Makegood, FakeClock]) -> FakeClock:
    return served[1]


@pytest.fixture
def address(makegood: Makegood) -> Iterator[str]:
    with running() as at:
        yield at


@pytest.fixture(scope="module")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(params=[(w, s) for w in WIDTHS for s in SCHEMES], ids=lambda p: f"{p[0]}-{p[1]}")
def look(
    request: pytest.FixtureRequest, browser: Browser, address: str
) -> Iterator[BrowserContext]:
    """Each width in each scheme."""
    width, scheme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        base_url=address,
        reduced_motion="reduce",
    )
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A page at a desk's width."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, base_url=address)
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def plain_page(browser: Browser, address: str) -> Iterator[Page]:
    """A telephone's width without JavaScript."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, base_url=address, java_script_enabled=False
    )
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def sign_in(page: Page, name: str = "kathy", to: str = "**/desk/") -> None:
    page.goto("/accounts/login/")
    page.get_by_label("Sign-in name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(to)


def follow(act: Locator) -> None:
    """Press what leads to another page and wait until it is there; a click alone does not wait."""
    with act.page.expect_navigation():
        act.click()
