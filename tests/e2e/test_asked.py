"""A rep asks for a customer in a browser: nothing wrong for axe, and a late answer is seen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from makegood.bootstrap import Makegood
from makegood.testing.clock import FakeClock
from tests.e2e.agency import AGENCY
from tests.e2e.conftest import follow, sign_in
from tests.e2e.screens import customer_of, introduce, serving
from tests.e2e.test_accessibility import faults_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(AGENCY) as both:
        introduce(both[0])
        yield both


def ask(page: Page, days: str) -> None:
    page.locator("#ask summary", has_text="move the date").click()
    form = page.locator("#ask details[open]")
    form.get_by_label("Days before").fill(days)
    form.get_by_label("Moves").fill("0")
    form.get_by_role("button", name="Ask").click()
    page.wait_for_url("**#asked")


def test_the_answer_is_on_the_page_with_no_fault(look: BrowserContext, makegood: Makegood):
    page = look.new_page()
    sign_in(page, "omar")
    page.goto(f"/desk/customers/{customer_of(makegood, 'user:ana')}")
    for days in ("2", ""):
        ask(page, days)
    asked = page.locator("#asked")
    expect(asked).to_contain_text("No: The coach is paid for already.")
    expect(asked).to_contain_text("A person answers within 4 hours.")
    for summary in page.locator("#asked summary, #ask summary").all():
        summary.click()
    assert faults_of(page, 40) == []
    follow(page.get_by_role("link", name="Asked 1"))
    expect(page.get_by_label("Requests, the most pressing first")).to_contain_text("move the date")
    assert faults_of(page, 40) == []
