"""The card where it stands: in a frame of Zendesk's, 320 px wide, in both schemes."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Frame, Page

from makegood.bootstrap import Makegood
from makegood.effects.zendesk import ZendeskApp, ZendeskSettings
from makegood.messages.facts import FailureRaised
from makegood.testing.clock import FakeClock
from tests.e2e.live_server import running
from tests.e2e.screens import case_of, introduce, no_car, serving, take
from tests.vendors.zendesk import EMAIL, TOKEN, Account
from tests.vendors.zendesk import serving as vendor
from tests.vendors.zendesk_app import AUDIENCE, public_key, token

# What Zendesk's own script gives an app, as far as ours uses it.
_FRAMEWORK = """
window.ZAFClient = {init: () => ({
  get: async (name) => ({[name]: 7}),
  invoke: async (what, size) => { window.asked = [what, size]; },
})};
"""


@pytest.fixture
def zendesk() -> Iterator[tuple[Account, Makegood, FakeClock]]:
    with vendor(Account()) as account:
        settings = ZendeskSettings(
            url=account.url,
            email=EMAIL,
            token=TOKEN,
            app=ZendeskApp(public_key=public_key(), audience=AUDIENCE),
            allow_private=True,
        )
        with serving(zendesk=settings) as (makegood, clock), running() as address:
            account.app_url = f"{address}/embed/zendesk"
            account.app_token = lambda: token(clock.now_ms(), "127.0.0.1")
            account.add(7, "ana@example.org")
            yield account, makegood, clock


@pytest.fixture(params=["light", "dark"])
def page(request, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": 340, "height": 780}, color_scheme=request.param, reduced_motion="reduce"
    )
    context.set_default_timeout(15_000)
    context.route(
        "https://static.zdassets.com/**",
        lambda route: route.fulfill(body=_FRAMEWORK, content_type="text/javascript"),
    )
    page = context.new_page()
    page.scheme = request.param  # type: ignore[attr-defined]
    yield page
    context.close()


def opened(page: Page, account: Account) -> Frame:
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Content Sec" in said.text else 0)
    page.goto(f"{account.url}/agent/tickets/7")
    page.wait_for_selector("iframe")
    frame = page.frame(name="app")
    assert frame is not None
    frame.wait_for_selector('[aria-busy="false"]')
    assert refused == []
    return frame


def faults_of(frame: Frame) -> list[str]:
    found = Axe().run(frame).response["violations"]  # type: ignore[arg-type]
    wrong = [f"{one['id']}: {node['target']}" for one in found for node in one["nodes"]]
    width, needed = frame.evaluate("[innerWidth, document.documentElement.scrollWidth]")
    return wrong + ([f"{needed} px do not fit into {width}"] if needed > width else [])


def shot(page: Page, name: str, folder: Path) -> None:
    page.screenshot(path=folder / f"{name}-{page.scheme}.png")  # type: ignore[attr-defined]


def test_the_card_of_a_case_fits_and_has_no_fault(zendesk, page, tmp_path):
    account, makegood, clock = zendesk
    introduce(makegood)
    no_car(makegood)
    clock.advance(60_000)
    take(makegood, "user:ana", FailureRaised(failure="other", about="zendesk:7"), "raised")
    frame = opened(page, account)
    assert frame.get_by_role("heading", name="Ana Ruiz").is_visible()
    assert frame.get_by_text("marketing stopped").is_visible()
    link = frame.get_by_role("link", name="Open the case")
    assert link.get_attribute("href") == f"http://localhost:8000/desk/cases/{case_of(makegood)}"
    assert frame.evaluate("window.asked[0]") == "resize"
    assert faults_of(frame) == []
    frame.get_by_role("button", name="Look again").click()
    frame.wait_for_selector('[aria-busy="false"]')
    shot(page, "case", tmp_path)


def test_whom_we_do_not_know_is_said(zendesk, page, tmp_path):
    account, _, _ = zendesk
    frame = opened(page, account)
    assert frame.get_by_role("heading", name="Nobody we know").is_visible()
    assert faults_of(frame) == []
    shot(page, "nobody", tmp_path)


def test_another_site_cannot_frame_it(zendesk, page):
    account, makegood, _ = zendesk
    introduce(makegood)
    with vendor(Account()) as other:
        other.app_url, other.app_token = account.app_url, account.app_token
        page.goto(f"{other.url}/agent/tickets/7")
        page.wait_for_timeout(0)
        page.wait_for_load_state("networkidle")
        frame = page.frame(name="app")
        assert frame is None or "Makegood" not in frame.content()


def test_without_zendesks_framework_the_card_says_so(zendesk, page):
    account, _, _ = zendesk
    page.context.unroute("https://static.zdassets.com/**")
    page.context.route("https://static.zdassets.com/**", lambda route: route.abort())
    frame = opened(page, account)
    assert frame.get_by_text("could not be loaded").is_visible()
