"""How a customer feels, in a browser: the card comes after the page, and nothing is cut off."""

import os
from pathlib import Path

import pytest
from msgspec.structs import replace
from playwright.sync_api import BrowserContext, Page, expect

from makegood.bootstrap import Makegood
from makegood.messages.facts import Answered
from makegood.messages.ids import CaseId
from makegood.ports.voice import Post
from makegood.testing.clock import FakeClock
from tests.e2e.conftest import follow, sign_in
from tests.e2e.screens import (
    carry_out,
    case_of,
    confirm_offers,
    customer_of,
    introduce,
    no_car,
    profile_of,
    take,
)
from tests.e2e.test_accessibility import faults_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
ANA = "user:ana"
DAY_MS = 86_400_000
FIRST_DRAWING_MS = 60_000
"""The first drawing of a process waits for what draws it to load, longer on a busy machine."""


def shoot(page: Page, name: str) -> None:
    if folder := os.environ.get("MAKEGOOD_SHOTS"):
        width = page.evaluate("innerWidth")
        dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        file = f"felt-{name}-{width}-{'dark' if dark else 'light'}.png"
        page.screenshot(path=Path(folder) / file, full_page=True)


@pytest.fixture
def ana(makegood: Makegood, clock: FakeClock) -> str:
    """Somebody who was let down, said so, was helped, said so, and was let down again."""
    introduce(makegood)
    praise = Post(post="a" * 32, source="reviews", network="review", author="ana",
                  at_ms=clock.now_ms(), heard_ms=clock.now_ms(), state="old", rating="5 of 5",
                  brand="northwind_cars", text="On time and kind.")  # fmt: skip
    with makegood.store.writing() as writing:
        writing.put_post(replace(praise, profile=profile_of(ANA), matched="consent"))
    clock.advance(40 * DAY_MS)
    no_car(makegood)
    case = CaseId(case_of(makegood))
    clock.advance(DAY_MS)
    take(makegood, ANA, Answered(case=case, answer="not_yet"), "not yet")
    clock.advance(2 * DAY_MS)
    confirm_offers(makegood)
    carry_out(makegood)
    clock.advance(10 * DAY_MS)
    take(makegood, ANA, Answered(case=case, answer="good"), "good")
    clock.advance(60 * DAY_MS)
    no_car(makegood, branch="Harbour", reservation="R2")
    clock.advance(20 * DAY_MS)
    return f"/desk/customers/{customer_of(makegood, ANA)}"


def test_the_card_comes_after_the_page_and_everything_has_a_page_of_its_own(
    look: BrowserContext, ana: str
):
    page = look.new_page()
    sign_in(page, "omar")
    page.goto(ana)
    card = page.locator("#feelings")
    said = "Has not said since we let them down. Before that: happy."
    expect(card).to_contain_text(said, timeout=FIRST_DRAWING_MS)
    expect(card.locator("[role=img]:visible")).to_have_count(1)
    assert faults_of(page, 40) == []
    shoot(page, "card")
    follow(card.get_by_role("link", name="Everything under the line"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Ana Ruiz")
    assert faults_of(page, 40) == []
    shoot(page, "page")
    follow(page.get_by_role("link", name="In the timeline: Said that it is good again."))
    expect(page.locator("li:target")).to_contain_text("it is good again")


def test_without_javascript_a_link_leads_to_it(plain_page: Page, ana: str):
    sign_in(plain_page, "omar")
    plain_page.goto(ana)
    follow(plain_page.get_by_role("link", name="What they said, and what happened"))
    expect(plain_page.locator("[role=img]:visible")).to_have_count(1)
