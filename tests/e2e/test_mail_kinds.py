"""The tab of mail kinds in a real browser: readable on a phone, and one click is enough."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from makegood.bootstrap import Makegood
from tests.e2e.conftest import sign_in
from tests.e2e.test_accessibility import faults_of
from tests.unit.gate.mail_kinds_world import CHEERY, CONFIRMATION, STRANGE, mail, to

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture
def seen(makegood: Makegood) -> None:
    knows = makegood.mail_kinds
    for guest in range(3):
        found = knows.classify(mail(STRANGE, guest, "The stand, {0}"), recipients=to(guest))
        knows.note_held(found, 1)
        knows.classify(mail(CHEERY, guest, "Good morning {0}"), recipients=to(guest))
        knows.classify(mail(CONFIRMATION, guest, "Your booking NW{1}"), recipients=to(guest))
        knows.classify(mail(CHEERY, guest, "x"), recipients=to(guest), user="campaigns-cars")
    knows.classify(mail("Just a word, {0} {1} {2}.", 0, "For you"), recipients=to(0))
    knows.tend()


def test_the_tab_has_no_fault(seen: None, look: BrowserContext):
    page = look.new_page()
    sign_in(page, "omar")
    for show in ("waiting", "all"):
        page.goto(f"/desk/connections/mail?show={show}")
        assert faults_of(page, 40) == []


def test_one_click_says_what_a_kind_is(seen: None, page: Page):
    sign_in(page, "omar")
    page.goto("/desk/connections/mail")
    kind = page.get_by_role("article", name="stand")
    expect(kind).to_contain_text("A hold would have spared 3 recipients.")
    kind.get_by_role("button", name="Promotional").click()
    expect(page.get_by_role("status")).to_contain_text("such mails are promotional")
    page.get_by_role("link", name="All").click()
    said = page.get_by_role("article", name="stand")
    expect(said).to_contain_text("Omar Haddad said so")
    said.get_by_role("button", name="Take back").click()
    expect(page.get_by_role("article", name="stand")).to_contain_text("took back")
