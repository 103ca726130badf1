"""The tab of parked mail, as a supervisor sees it, at both widths and in both schemes."""

import pytest
from msgspec.structs import replace
from playwright.sync_api import BrowserContext, expect

from makegood.bootstrap import Makegood
from makegood.testing.clock import FakeClock
from makegood.testing.store_parking_conformance import parked_mail, waiting
from tests.e2e.conftest import sign_in
from tests.e2e.test_accessibility import faults_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

DAY_MS = 86_400_000


@pytest.fixture
def parked(makegood: Makegood, clock: FakeClock) -> None:
    now_ms = clock.now_ms()
    rows = [
        replace(
            waiting(who, at_ms=now_ms - number * 600_000),
            brand="northwind_cars",
            expires_ms=now_ms + 2 * DAY_MS,
            **changes,
        )
        for number, (who, changes) in enumerate(
            {
                "susanne.miller": {"classed_by": "signals", "message_class": "mixed"},
                "bo": {"rule": "campaign_tool", "attempts": 2},
                "j.okafor": {"classed_by": "none", "message_class": "", "reason": "unclassified"},
                "a.very.long.name.of.somebody.at.a.long.domain.of.a.travel.agency": {},
            }.items()
        )
    ]
    with makegood.store.writing() as writing:
        writing.park([parked_mail()], rows)


def test_a_supervisor_reads_it_and_releases_one(look: BrowserContext, parked: None):
    page = look.new_page()
    sign_in(page, "omar")
    page.goto("/desk/connections/parked")
    assert faults_of(page, 40) == []
    page.get_by_text("This one is a service message").first.click()
    assert faults_of(page, 40) == []
    page.get_by_role("textbox", name="Why").first.fill("It confirms a booking")
    page.get_by_role("button", name="Release it").first.click()
    expect(page.get_by_text("the gate sends it within seconds")).to_be_visible()
