"""The customer claims what they spent, in a browser: nothing wrong for axe, and it is told."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, expect

from makegood.bootstrap import Makegood
from makegood.core.decide import Asker
from makegood.messages.facts import FailureRaised
from makegood.messages.ids import RepId
from makegood.testing.clock import FakeClock
from tests.e2e.screens import customer_of, introduce, portal_path, serving
from tests.e2e.test_accessibility import faults_of
from tests.unit.playbooks.claim_book import CLAIMING

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(CLAIMING) as both:
        introduce(both[0])
        raised = FailureRaised(failure="parcel_late", about="O1", brand="acme")
        asker = Asker(rep=RepId("kathy"), role="rep")
        both[0].acts.act(customer_of(both[0], "user:ana"), raised, asker, message_id="raised")
        yield both


def test_a_claim_is_filed_and_its_no_is_appealed_with_no_fault(
    look: BrowserContext, makegood: Makegood
):
    page = look.new_page()
    page.goto(portal_path(makegood))
    for amount, kind in (("95.00", "taxi"), ("8.00", "alcohol")):
        page.locator("summary", has_text="The taxi that you took").click()
        page.get_by_label("How much, in USD").fill(amount)
        page.get_by_label("What for, in one word").fill(kind)
        page.get_by_label("Number of the receipt").fill(f"receipt {kind}")
        page.get_by_role("button", name="Claim it").click()
        expect(page.locator(".notice.ok")).to_contain_text("We have what you told us.")
    told = page.locator("section[aria-labelledby=claims]")
    expect(told).to_contain_text("$80 is on its way back to you.")
    expect(told).to_contain_text("Drinks are not what we pay for.")
    page.locator("summary", has_text="The taxi that you took").click()
    if folder := os.environ.get("SHOTS"):
        width = page.viewport_size["width"] if page.viewport_size else 0
        page.screenshot(path=f"{folder}/claims-{width}.png", full_page=True)
    assert faults_of(page, 40) == []
