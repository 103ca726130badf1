"""Letters in a browser: answered by a key, with nothing wrong for axe, wide, narrow and dark."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from makegood.bootstrap import Makegood
from makegood.messages.ids import CustomerId
from makegood.messages.triage_facts import Triaged
from makegood.ports.triage import TriageRow
from tests.e2e.conftest import follow, sign_in
from tests.e2e.test_accessibility import faults_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
EML = Path("tests/mails/eml")


def test_letters_are_read_and_answered_with_no_fault(
    look: BrowserContext, makegood: Makegood
) -> None:
    raw = (EML / "html_only.eml").read_bytes()
    customer = makegood.post.room.take((EML / "letter_en.eml").read_bytes()).customer
    assert makegood.post.room.take(raw).customer == customer
    page = look.new_page()
    sign_in(page, "kathy")
    page.goto(f"/desk/customers/{customer}")
    expect(page.get_by_text("there was no car for me")).not_to_have_count(0)
    page.keyboard.press("r")
    box = page.locator("article.letter textarea").first
    expect(box).to_be_focused()
    with page.expect_response(re.compile("/draft$")):
        box.type("We are on our way.")
    picture(page, "customer")
    assert faults_of(page, least_px=40) == []
    page.get_by_role("button", name="Send the answer").first.click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    assert faults_of(page, least_px=40) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name=re.compile("This is a failure")).first.click()
    page.goto(f"/desk/cases/{case_of(makegood, customer)}")
    expect(page.get_by_text("there was no car for me")).not_to_have_count(0)
    picture(page, "case")
    assert faults_of(page, least_px=40) == []
    page.goto(f"/desk/customers/{customer}/letters")
    expect(page.get_by_text("there was no car for me")).not_to_have_count(0)
    picture(page, "all")
    assert faults_of(page, least_px=40) == []


def test_a_person_is_asked_what_a_letter_is_and_one_key_makes_the_failure(
    look: BrowserContext, makegood: Makegood
) -> None:
    customer = makegood.post.room.take((EML / "letter_en.eml").read_bytes()).customer
    with makegood.store.writing() as writing:
        (letter,) = writing.letters_of([CustomerId(customer)])
        said = Triaged(
            letter=letter.letter, kind="not_working", sure=712, verdict="ask", failure="other",
            urgent=True, language="en", intent="car missing", brand=letter.brand,
        )  # fmt: skip
        words = ("car", "airport", "waiting")
        row = TriageRow(letter=letter.letter, profile=letter.profile, said=said, words=words)
        writing.put_triaged(row)
    page = look.new_page()
    sign_in(page, "kathy")
    page.goto(f"/desk/customers/{customer}")
    expect(page.get_by_text("not working, 71 in 100")).to_be_visible()
    page.get_by_text("It is something else").click()
    picture(page, "triage")
    assert faults_of(page, least_px=40) == []
    page.get_by_text("It is something else").click()
    follow(page.get_by_role("button", name=re.compile("Yes, make it a failure")))
    expect(page.get_by_text("said by Kathy")).to_be_visible()
    picture(page, "triage-said")
    assert faults_of(page, least_px=40) == []
    assert case_of(makegood, customer)


def case_of(makegood: Makegood, customer: CustomerId) -> str:
    with makegood.store.reading() as reading:
        (row,) = reading.cases_of([customer])
    return row.case


def picture(page: Page, name: str) -> None:
    """Keep a picture where somebody wants to look at it."""
    if folder := os.environ.get("MAKEGOOD_SCREENSHOTS"):
        width = (page.viewport_size or {})["width"]
        dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        file = f"letters-{name}-{width}-{'dark' if dark else 'light'}.png"
        page.screenshot(path=Path(folder) / file, full_page=True)
