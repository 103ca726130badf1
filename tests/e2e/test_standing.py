"""Who this is, in a browser: at a glance, under the fold, and nothing wrong for axe."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, expect

from makegood.bootstrap import Makegood
from makegood.messages.facts import Identified, Requested, Touchpoint
from makegood.ports.arrivals import Arrival
from makegood.testing.clock import FakeClock
from tests.e2e.conftest import sign_in
from tests.e2e.screens import case_of, customer_of, introduce, serving, take
from tests.e2e.test_accessibility import faults_of
from tests.unit.playbooks.test_standing import BOOK

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

HOUR_MS = 3_600_000
RATES = [
    {"id": "Meridian Travel corporate rate 2026", "rate_cents": 12_900},
    {"id": "Late checkout at every house of the umbrella"},
]
LATE = {"order": "O1", "minutes": 60, "brand": "acme", "price_cents": 900}


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(BOOK) as both:
        makegood, clock = both
        introduce(
            makegood, tier="gold", since="2016-03-01", worth=250_000, pays="late", partner=True,
            sends_us=4_200_000, rates=RATES, followers=120_000,
        )  # fmt: skip
        clock.advance(HOUR_MS)
        body = Identified(traits={"tier": "silver"})
        makegood.intake.take(
            [
                Arrival(
                    source="loyalty programme",
                    message_id="l1",
                    identifier="user:ana",
                    time_ms=clock.now_ms(),
                    body=body,
                    body_digest=b"l" * 16,
                )
            ]
        )
        take(makegood, "user:ana", Touchpoint(name="Parcel Late", properties=LATE), "late")
        request = next(iter(makegood.book.requests))
        take(
            makegood,
            "user:ana",
            Requested(request=request, answer="person", within_ms=HOUR_MS),
            "q",
        )
        take(makegood, "anon:v1", Touchpoint(name="Parcel Late", properties=LATE), "late-2")
        yield both


@pytest.mark.parametrize("page_of", ["case", "customer", "prospect"])
def test_the_standing_is_seen_and_has_no_fault(
    look: BrowserContext, makegood: Makegood, page_of: str
):
    page = look.new_page()
    sign_in(page, "omar")
    page.goto(
        {
            "case": f"/desk/cases/{case_of(makegood)}",
            "customer": f"/desk/customers/{customer_of(makegood, 'user:ana')}",
            "prospect": f"/desk/cases/{case_of(makegood, 'anon:v1')}",
        }[page_of]
    )
    shown = page.locator(".standing").first
    if page_of == "prospect":
        expect(shown).to_contain_text("prospect: no purchase known")
    else:
        expect(shown).to_contain_text("tier: sources differ")
        shown.locator("summary").click()
        expect(shown).to_contain_text("Gold · rental")
    if page_of == "customer":
        page.locator("#asked summary", has_text="Answer it").click()
        expect(page.locator("#asked .standing")).to_contain_text("2 agreements")
    assert faults_of(page, 40) == []
    assert page.locator("main img").count() == 0
