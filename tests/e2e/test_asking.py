"""One click in the mail in a browser, and the desk's figures: no fault for axe."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from makegood.books.opening import read_book
from makegood.bootstrap import Makegood
from makegood.testing.clock import FakeClock
from tests.e2e.conftest import sign_in
from tests.e2e.screens import serving
from tests.e2e.test_accessibility import faults_of
from tests.unit.desk.test_asking import keep, rows
from tests.unit.portal.test_rating import flown, state

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(read_book("airline")[0]) as both:
        yield both


def shoot(page: Page, name: str) -> None:
    if folder := os.environ.get("SHOTS"):
        width = page.viewport_size["width"] if page.viewport_size else 0
        dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        page.screenshot(
            path=f"{folder}/{name}-{width}-{'dark' if dark else 'light'}.png", full_page=True
        )


def test_one_click_counts_once_somebody_is_there(
    look: BrowserContext, makegood: Makegood, clock: FakeClock
):
    page = look.new_page()
    page.goto(f"{flown(makegood, clock)}?score=5")
    said = page.get_by_role("status")
    expect(said).to_contain_text("Your answer is chosen")
    group = page.get_by_role("group", name="Your answer, from “very bad” to “very good”")
    expect(group.get_by_label("5", exact=True)).to_be_checked()
    assert faults_of(page, 15) == []
    shoot(page, "clicked")
    assert state(makegood).surveys[0].score is None  # a program that runs scripts only looked
    page.keyboard.press("Shift")
    expect(said).to_contain_text("We have your answer")
    assert state(makegood).surveys[0].score == 5


def test_figures_and_lists_have_no_fault(
    look: BrowserContext, makegood: Makegood, clock: FakeClock
):
    keep(makegood, rows(clock, 40))
    keep(makegood, rows(clock, 3, unhappy="waits", why="hold"))
    page = look.new_page()
    sign_in(page, "omar")
    for name in ("", "/of/boarding", "/unhappy"):
        page.goto(f"/desk/team/asking{name}")
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert faults_of(page, 15) == []
        shoot(page, f"asking{name.replace('/', '-')}")
