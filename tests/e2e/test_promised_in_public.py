"""Promised in public and what it costs, in a browser: no fault for axe in any look."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec.structs import replace
from playwright.sync_api import BrowserContext, Page, expect

from makegood.bootstrap import Makegood
from makegood.ports.spend import Acquisition
from makegood.projections.figures import local
from makegood.runtime.spend import SpendRoom
from makegood.testing.clock import FakeClock
from makegood.testing.store_samples import case, ledger_line
from tests.e2e.conftest import follow, sign_in
from tests.e2e.screens import serving
from tests.e2e.test_accessibility import faults_of
from tests.unit.runtime.advertised_world import BOOK, heard

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(BOOK) as both:
        yield both


@pytest.fixture
def told(makegood: Makegood) -> None:
    for n in range(24):
        rating = "1 of 5" if n % 3 else ""
        text = "No car at the airport, and nobody there. " * (1 + n % 2)
        brand = ("northwind_cars", "northwind_vans")[n % 2]
        heard(makegood, str(n), text, rating=rating, brand=brand, url="https://example.social/1")
    heard(makegood, "other", "An hour at the counter.")
    makegood.voice.advertised.run_once()
    year = local(makegood.clock.now_ms(), "UTC").year - 1
    rows = [
        Acquisition(
            brand=brand, month=f"{year}-{month:02}", channel="search", cents=month * 111_100,
            currency="USD", customers=40,
        )
        for month in range(1, 13)
        for brand in ("northwind_cars", "northwind_vans")
    ]  # fmt: skip
    rows.append(replace(rows[0], brand="", channel="sponsoring", cents=90_000, currency="EUR"))
    SpendRoom(makegood.store, lambda: makegood.book, makegood.clock).take(rows, "anna")
    make_good(makegood, year)


def make_good(makegood: Makegood, year: int) -> None:
    """Let goodwill be given in every month, for enough cases that a mean can be told."""
    cases = [
        replace(
            case(f"{month}-{n}"), brand="northwind_cars", phase="made_whole", is_open=False,
            closed_ms=int(datetime(year, month, 2, tzinfo=UTC).timestamp() * 1000) + n,
            cost_cents=1_000 * (month + n % 5), currency="USD", friends=n % 2,
        )
        for month in range(1, 13)
        for n in range(30 if month % 2 else 3)
    ]  # fmt: skip
    lines = [
        replace(
            ledger_line(one.case[1:], one.case, at_ms=one.closed_ms), brand=one.brand,
            account="marketing" if n % 3 else "owed", cents=one.cost_cents,
        )
        for n, one in enumerate(cases)
    ]  # fmt: skip
    with makegood.store.writing() as writing:
        writing.project((cases[0].customer,), cases, lines, {})


def test_a_post_is_settled_in_one_press_with_no_fault(told: None, look: BrowserContext) -> None:
    page = look.new_page()
    sign_in(page, "kathy")
    page.goto("/desk/feelings/promises")
    expect(page.get_by_role("main")).to_contain_text("16 of 24 posts say that it was not so")
    picture(page, "promises")
    assert faults_of(page, least_px=40) == []
    follow(page.get_by_role("link", name="Your car is ready when you arrive"))
    follow(page.get_by_role("link", name="Unjudged", exact=True))
    picture(page, "promise")
    assert faults_of(page, least_px=40) == []
    first = page.get_by_role("article").first
    follow(first.get_by_role("button", name="Says it was so"))
    expect(page.get_by_role("status").first).to_contain_text("Written down, with your name")
    expect(page.get_by_role("main")).to_contain_text("for 7 are unjudged")
    follow(page.get_by_role("link", name="Other posts"))
    expect(page.get_by_role("article")).to_contain_text("An hour at the counter")
    assert faults_of(page, least_px=40) == []


def test_costs_are_drawn_with_their_table_and_no_fault(told: None, look: BrowserContext) -> None:
    page = look.new_page()
    sign_in(page, "kathy")
    page.goto("/desk/feelings/spend?months=24")
    expect(page.get_by_role("img", name="Making good and winning customers")).to_be_visible()
    expect(page.get_by_role("table")).to_contain_text("$1,111")
    expect(page.get_by_role("table")).to_contain_text("between $")
    expect(page.get_by_role("table")).to_contain_text("We cannot tell yet.")
    picture(page, "spend")
    assert faults_of(page, least_px=40) == []


def picture(page: Page, name: str) -> None:
    """Keep a picture where somebody wants to look at it."""
    if folder := os.environ.get("MAKEGOOD_SCREENSHOTS"):
        width = (page.viewport_size or {})["width"]
        dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        path = Path(folder) / f"{name}-{width}-{'dark' if dark else 'light'}.png"
        page.screenshot(path=path, full_page=True)
