"""The list of mails set aside, at both widths and in both schemes."""

import pytest
from playwright.sync_api import BrowserContext, expect

from makegood.bootstrap import Makegood
from tests.e2e.conftest import sign_in
from tests.e2e.test_accessibility import faults_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture
def aside(makegood: Makegood) -> None:
    room = makegood.post.room
    room.take(b"To: help@cars.example\nSubject: Who am I\n\nA letter without a sender.")
    room.set_aside(
        b"From: Bo <bo@example.com>\n\n" + b"a long letter " * 6_000, "It is too large."
    )
    long_one = "a.very.long.name.of.somebody.at.a.long.domain.of.a.travel.agency@example.com"
    room.set_aside(f"From: {long_one}\n\nHello".encode(), "It could not be taken (OSError).")


def test_whoever_connects_reads_it_and_throws_one_away(look: BrowserContext, aside: None) -> None:
    page = look.new_page()
    sign_in(page, "omar")
    page.goto("/desk/connections/aside")
    assert faults_of(page, 40) == []
    page.get_by_text("What came").first.click()
    page.get_by_text("File it with a customer").first.click()
    assert faults_of(page, 40) == []
    page.get_by_role("button", name="Throw it away").first.click()
    expect(page.get_by_text("It was thrown away.")).to_be_visible()
    expect(page.get_by_role("article")).to_have_count(2)
    assert faults_of(page, 40) == []
