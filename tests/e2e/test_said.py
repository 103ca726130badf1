"""What was said, in a browser: nothing wrong for axe, at both widths and in both schemes."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, expect

from makegood.bootstrap import Makegood
from makegood.testing.clock import FakeClock
from tests.e2e.conftest import sign_in
from tests.e2e.screens import customer_of, introduce, serving
from tests.e2e.test_accessibility import faults_of
from tests.unit.playbooks.said_book import TWO_BRANDS

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(TWO_BRANDS) as both:
        introduce(both[0])
        yield both


def test_a_promise_a_fee_and_a_redirect_are_on_the_page_with_no_fault(
    look: BrowserContext, makegood: Makegood
):
    page = look.new_page()
    sign_in(page, "omar")
    page.goto(f"/desk/customers/{customer_of(makegood, 'user:ana')}")
    forms = {
        "You need not pay it": {"What you said": "Ana, it is waived.", "Amount": "9"},
        "Tell what it costs: The fee": {"What it costs": "9", "Booking or order": "O1"},
        "Send to somebody else": {
            "Where to": "Harbour hotel",
            "Who accepts them": "Maria Silva",
            "The story": "Sold out; she travels with a child.",
        },
    }
    for title, fields in forms.items():
        page.locator("#say summary", has_text=title).click()
        form = page.locator("#say details[open]")
        for label, value in fields.items():
            form.get_by_label(label).fill(value)
        if form.get_by_label("Until when").count():
            form.get_by_label("Until when").fill("2026-01-01T18:00")
        form.locator("button").click()
        page.wait_for_url("**#said")
        page.reload()
    said = page.locator("#said")
    for words in ("Omar Haddad promised it: $9.", "told it: $9.", "sent them to Harbour hotel."):
        expect(said).to_contain_text(words)
    for summary in page.locator("#said summary, #say summary").all():
        summary.click()
    if folder := os.environ.get("SHOTS"):
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=f"{folder}/said-{width}.png", full_page=True)
    assert faults_of(page, 40) == []
