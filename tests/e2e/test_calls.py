"""Telephone calls in a real browser: every page that shows them, both widths, both schemes."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from makegood.bootstrap import Makegood
from makegood.testing.clock import FakeClock
from tests.e2e.calling import book_of_calls, hung_up, says, seat
from tests.e2e.conftest import follow, sign_in
from tests.e2e.looked_at import faults_on
from tests.e2e.screens import MINUTE_MS, case_of, customer_of, introduce, portal_path, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(book_of_calls()) as both:
        yield both


@pytest.fixture
def paths(makegood: Makegood, clock: FakeClock) -> dict[str, str]:
    seat(makegood)
    introduce(makegood)
    for count in (1, 2, 3):
        says(makegood, "Call Transferred", transfers=count, agent="tom", queue="billing",
             message=f"t{count}")  # fmt: skip
    hung_up(makegood)
    words = ["Good day.", "Would you please shut up and listen to what I have to say to you."]
    says(makegood, "Call Transcribed", agent="tom", sentences=words)
    clock.advance(31 * MINUTE_MS)
    makegood.intake.advance([customer_of(makegood, "user:ana")], clock.now_ms())
    hung_up(makegood, call="C2", agent="a-stranger")
    hung_up(makegood, call="C3", agent="omar")
    hung_up(makegood, call="C4", agent="kathy")
    says(makegood, "Call Hung Up", call="C5", by="agent", answered=True, solved=False)
    says(makegood, "Call Transcribed", call="C6", agent="omar", sentences=words)
    wishes(makegood)
    return {
        "team": "/desk/team/",
        "whole roster": "/desk/team/roster",
        "queue": "/desk/",
        "call-backs": "/desk/team/call-backs?show=all",
        "customer": f"/desk/customers/{customer_of(makegood, 'user:ana')}",
        "case": f"/desk/cases/{case_of(makegood)}",
        "roster": "/desk/team/roster/of/tom",
        "the customer's own": portal_path(makegood),
    }


def wishes(makegood: Makegood) -> None:
    """The customer names a number and a time of tomorrow for all that is owed."""
    zone = ZoneInfo(makegood.book.timezone)
    later = datetime.fromtimestamp(makegood.clock.now_ms() / 1000, zone) + timedelta(days=1)
    sent = {"form": "f1", "number": "+1 212 555 0199", "from": f"{later:%Y-%m-%dT%H:%M}"}
    assert Client().post(f"{portal_path(makegood)}/back", sent).status_code == 302


def test_no_page_with_calls_has_a_fault(look: BrowserContext, paths: dict[str, str]):
    page = look.new_page()
    sign_in(page, "omar")
    assert faults_on(page, paths) == {}


def test_a_supervisor_says_that_they_called(page: Page, paths: dict[str, str]):
    sign_in(page, "omar")
    page.goto(paths["call-backs"])
    buttons = page.get_by_role("button", name="I reached them")
    before = buttons.count()
    follow(buttons.first)
    page.goto(paths["call-backs"])
    expect(page.get_by_role("button", name="I reached them")).to_have_count(before - 1)
