"""The letter to management in a browser: no fault for axe, one page of paper, a plain mail."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page

from makegood.bootstrap import Makegood
from tests.e2e.conftest import sign_in
from tests.e2e.monday_firm import letter_of_forty
from tests.e2e.screens import introduce, no_car
from tests.e2e.test_accessibility import faults_of

LETTERS = "/desk/feelings/letters"


def pages_of(page: Page) -> int:
    """Print a page as a person would, and count the sheets."""
    return len(re.findall(rb"/Type\s*/Page(?!s)", page.pdf(prefer_css_page_size=True)))


def some_trouble(makegood: Makegood) -> None:
    for n in range(6):
        introduce(makegood, f"user:{n}", f"Ana {n}")
        no_car(makegood, f"user:{n}", reservation=f"R-{n}")


def test_no_page_about_letters_has_a_fault(look: BrowserContext, makegood: Makegood):
    some_trouble(makegood)
    row = letter_of_forty(makegood, "de")
    page = look.new_page()
    sign_in(page, "omar")
    for path in (LETTERS, f"{LETTERS}/preview", f"{LETTERS}/{row.letter}"):
        page.goto(path)
        assert faults_of(page, 24) == [], path


@pytest.mark.parametrize("language", ["en", "de", "es"])
def test_the_letter_of_forty_brands_prints_on_one_page(
    page: Page, makegood: Makegood, language: str
):
    row = letter_of_forty(makegood, language)
    sign_in(page, "omar")
    page.goto(f"{LETTERS}/{row.letter}")
    assert page.locator(".letter tbody tr").count() > 30
    assert "34" in page.locator(".letter").inner_text()
    assert pages_of(page) == 1


def test_the_letter_of_a_small_firm_prints_on_one_page(page: Page, makegood: Makegood):
    some_trouble(makegood)
    sign_in(page, "omar")
    page.goto(f"{LETTERS}/preview")
    assert pages_of(page) == 1


def test_the_mail_fits_a_telephone_and_needs_nothing_from_elsewhere(
    look: BrowserContext, makegood: Makegood
):
    row = letter_of_forty(makegood, "de")
    page = look.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.set_content(row.html)
    width, needed = page.evaluate("[innerWidth, document.documentElement.scrollWidth]")
    assert needed <= width
    assert asked == []
