"""How customers feel, in a browser: both widths, both schemes, no fault for axe."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from makegood.books.opening import read_book
from makegood.bootstrap import Makegood
from makegood.testing.clock import FakeClock
from tests.e2e.conftest import follow, sign_in
from tests.e2e.looked_at import faults_on
from tests.e2e.screens import serving
from tests.unit.desk.test_feelings import BRAND, ROOT, TOUCH, keep

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(read_book("airline")[0]) as both:
        yield both


def some_weeks(makegood: Makegood, clock: FakeClock) -> None:
    for weeks_ago in range(13):
        many = 12 if weeks_ago == 5 else 90
        keep(makegood, clock, many, weeks_ago=weeks_ago, good=60 + 25 * (weeks_ago < 4))
        keep(makegood, clock, 40, weeks_ago=weeks_ago, good=70, touch="Lounge Visited")
        keep(makegood, clock, 33, weeks_ago=weeks_ago, good=50, brand="a_brand_no_book_has")
    keep(makegood, clock, 5, why="hold", score=-1, asked=False, replied=False)


def test_the_pages_have_no_fault(look: BrowserContext, makegood: Makegood, clock: FakeClock):
    some_weeks(makegood, clock)
    page = look.new_page()
    sign_in(page, "omar")
    assert faults_on(
        page,
        {
            "feelings": ROOT,
            "feelings of a brand": ROOT + BRAND,
            "feelings of a brand, by month": f"{ROOT}{BRAND}&by=month",
            "feelings after a touchpoint": ROOT + TOUCH,
        },
    ) == {}  # fmt: skip


def test_the_pages_without_an_answer_have_no_fault(look: BrowserContext):
    page = look.new_page()
    sign_in(page, "omar")
    assert faults_on(page, {"no feelings": ROOT, "no feelings of a brand": ROOT + BRAND}) == {}


def test_from_all_to_a_brand_to_a_touchpoint(page: Page, makegood: Makegood, clock: FakeClock):
    some_weeks(makegood, clock)
    sign_in(page, "omar")
    page.goto(ROOT)
    follow(page.get_by_role("link", name="Meridian").first)
    expect(page.get_by_role("img", name="By week: each figure with its range")).to_be_visible()
    follow(page.get_by_role("link", name="Leg Flown"))
    expect(page.get_by_role("heading", level=1, name="Leg Flown")).to_be_visible()
    follow(page.get_by_role("link", name="Months"))
    expect(page.get_by_role("img", name="By month: each figure with its range")).to_be_visible()
