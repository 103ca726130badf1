"""A customer says how it was, in a browser: no fault for axe, and it is heard."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, expect

from makegood.books.opening import read_book
from makegood.bootstrap import Makegood
from makegood.testing.clock import FakeClock
from tests.e2e.screens import serving
from tests.e2e.test_accessibility import faults_of
from tests.unit.portal.test_rating import flown, state

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(read_book("airline")[0]) as both:
        yield both


def test_a_customer_says_how_it_was_with_no_fault(
    look: BrowserContext, makegood: Makegood, clock: FakeClock
):
    page = look.new_page()
    page.goto(flown(makegood, clock))
    expect(page.get_by_role("heading", name="How was boarding?")).to_be_visible()
    assert faults_of(page, 15) == []
    how = page.locator("input[name=score]")
    how.and_(page.get_by_label("2", exact=True)).check()
    page.get_by_label("What would you like us to know?").fill("Nobody told us anything.")
    if folder := os.environ.get("SHOTS"):
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=f"{folder}/rating-{width}.png", full_page=True)
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_role("status")).to_contain_text("We have your answer")
    expect(how.and_(page.get_by_label("2", exact=True))).to_be_checked()
    assert faults_of(page, 15) == []
    assert state(makegood).surveys[0].score == 2
