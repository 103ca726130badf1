"""What customers wrote, in a browser: settled by one click, with nothing wrong for axe."""

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from makegood.bootstrap import Makegood
from makegood.messages.facts import FailureRaised
from makegood.ports.training import Figures, Training
from makegood.ports.triage import KeptModel
from tests.e2e.conftest import follow, sign_in
from tests.e2e.test_accessibility import faults_of
from tests.unit.desk.test_written import POST, brands, posted, wrote

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def test_what_customers_wrote_is_settled_by_one_click_with_no_fault(
    look: BrowserContext, makegood: Makegood
) -> None:
    ana = wrote(makegood, "e1", text="The car that we booked does not start, and it is raining.")
    wrote(makegood, "e2", who="ben", urgent=True, verdict="nothing", channel="help_desk")
    posted(makegood)
    page = look.new_page()
    sign_in(page, "kathy")
    page.goto("/desk/")
    expect(page.get_by_text("messages of customers cannot wait")).to_be_visible()
    picture(page, "queue")
    assert faults_of(page, least_px=40) == []
    follow(page.get_by_text("messages of customers cannot wait"))
    expect(page.locator(f"#item-{POST}")).to_be_visible()
    picture(page, "list")
    assert faults_of(page, least_px=40) == []
    follow(page.get_by_role("button", name=re.compile("I have seen it")).first)
    expect(page.locator("#item-e2")).to_have_count(0)
    follow(page.get_by_role("button", name=re.compile("Yes, make it a failure")))
    expect(page.locator("#item-e1")).to_have_count(0)
    with makegood.store.reading() as reading:
        assert any(isinstance(one.body, FailureRaised) for one in reading.history(ana))
        assert len(reading.cases_of([ana])) == 1


def test_the_model_and_its_trainings_with_no_fault(
    look: BrowserContext, makegood: Makegood
) -> None:
    assert brands(makegood)
    figures = Figures(
        question="kind", learned=310, is_taken=True, held=104, before=88, after=93, only_before=2,
        only_after=7, opened=41, opened_right=40, left_out=("lost",),
        why="Of 104 held-out labels the new model has 93 (95 % interval 82 to 95 in 100) right, "
        "the one in use 88.",
    )  # fmt: skip
    worse = "It took more than 30 min (`longest` of the rule book), and was ended."
    with makegood.store.writing() as writing:
        now_ms = makegood.clock.now_ms()
        writing.put_triage_model(KeptModel(name="4f1c", at_ms=now_ms - 9_000_000, content=b"x"))
        writing.put_training(Training(at_ms=now_ms - 90_000_000, outcome="failed", why=worse))
        writing.put_training(
            Training(
                at_ms=now_ms - 9_000_000, outcome="taken", why="", labels=420, took_ms=95_000,
                model="4f1c", figures=(figures,),
            )
        )  # fmt: skip
    page = look.new_page()
    sign_in(page, "kathy")
    page.goto("/desk/written/model")
    expect(page.get_by_text("420 labels, by night")).to_be_visible()
    picture(page, "model")
    assert faults_of(page, least_px=40) == []


def picture(page: Page, name: str) -> None:
    """Keep a picture where somebody wants to look at it."""
    if folder := os.environ.get("MAKEGOOD_SCREENSHOTS"):
        width = (page.viewport_size or {})["width"]
        dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        file = f"written-{name}-{width}-{'dark' if dark else 'light'}.png"
        page.screenshot(path=Path(folder) / file, full_page=True)
