"""A letter of ours with attachments, in a browser: no fault for axe, wide, narrow and dark."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from makegood.bootstrap import Makegood
from makegood.messages.ids import ProfileId
from tests.e2e.conftest import follow, sign_in
from tests.e2e.test_accessibility import faults_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
EML = Path("tests/mails/eml")
PAPER = {"name": "Kostenübersicht.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 x"}


def test_a_rep_writes_first_attaches_and_notes_with_no_fault(
    look: BrowserContext, makegood: Makegood
) -> None:
    customer = makegood.post.room.take((EML / "letter_en.eml").read_bytes()).customer
    page = look.new_page()
    sign_in(page, "kathy")
    page.goto(f"/desk/customers/{customer}")
    page.get_by_text("Write a letter").click()
    letter = page.locator("#first-letter")
    letter.get_by_label("What it is about").fill("Your bags are here")
    letter.get_by_label("Your letter").fill("Dear Ana,\n\nwe found them.")
    letter.locator("input[type=file]").set_input_files([PAPER])
    follow(letter.get_by_role("button", name="Attach it"))
    expect(page.get_by_role("link", name="Kostenübersicht.pdf")).to_be_visible()
    picture(page, "draft")
    assert faults_of(page, least_px=40) == []
    follow(page.locator("#first-letter").get_by_role("button", name="Send the letter"))
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    expect(page.get_by_role("link", name="Kostenübersicht.pdf")).to_be_visible()
    page.locator("#notes").get_by_label("A note").fill("She prefers to be called in the evening.")
    follow(page.locator("#notes").get_by_role("button", name="Keep the note"))
    expect(page.locator("#notes q")).to_have_text("She prefers to be called in the evening.")
    page.locator("article.letter").last.get_by_text("Note on this letter").click()
    picture(page, "sent")
    assert faults_of(page, least_px=40) == []
    follow(page.get_by_role("button", name="Undo"))
    expect(page.locator("#first-letter").get_by_label("What it is about")).to_have_value(
        "Your bags are here"
    )
    with makegood.store.reading() as reading:
        (row,) = reading.unsent_of([ProfileId(customer)])
    assert row.name == "Kostenübersicht.pdf"


def test_enter_in_the_subject_keeps_the_draft_and_sends_nothing(
    look: BrowserContext, makegood: Makegood
) -> None:
    customer = makegood.post.room.take((EML / "letter_en.eml").read_bytes()).customer
    page = look.new_page()
    sign_in(page, "kathy")
    page.goto(f"/desk/customers/{customer}")
    page.get_by_text("Write a letter").click()
    page.locator("#first-text").fill("We found them.")
    page.locator("#first-subject").fill("Your bags")
    with page.expect_navigation():
        page.locator("#first-subject").press("Enter")
    expect(page.locator("#first-subject")).to_have_value("Your bags")
    expect(page.locator("#first-text")).to_have_value("We found them.")
    with makegood.store.reading() as reading:
        found = reading.letters_of([ProfileId(customer)])
    assert {one.kind for one in found} == {"letter"}


def picture(page: Page, name: str) -> None:
    """Keep a picture where somebody wants to look at it."""
    if folder := os.environ.get("MAKEGOOD_SCREENSHOTS"):
        width = (page.viewport_size or {})["width"]
        dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        file = f"first-{name}-{width}-{'dark' if dark else 'light'}.png"
        page.screenshot(path=Path(folder) / file, full_page=True)
