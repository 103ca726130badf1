"""Public voice in a browser: answered and matched, with nothing wrong for axe in any look."""

import os
from pathlib import Path

import pytest
from msgspec.structs import replace
from playwright.sync_api import BrowserContext, Page, expect

from makegood.bootstrap import Makegood
from makegood.playbooks.voice import Listening
from makegood.ports.searches import Placing, WatchedSearch
from makegood.ports.voice import HeardTo, Media
from makegood.sources.voice.heard import Heard
from tests.e2e.conftest import follow, sign_in
from tests.e2e.test_accessibility import faults_of
from tests.unit.runtime.voice.world import MINUTE_MS, known

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture
def heard(makegood: Makegood) -> None:
    now_ms = makegood.clock.now_ms()
    first = Heard(
        external="1",
        network="mastodon",
        author="ana@example.social",
        text="No car at the airport. Third branch, " + "no answer, " * 30,
        at_ms=now_ms - 90 * MINUTE_MS,
        language="en",
        url="https://example.social/@ana/1",
        media=(Media(url="https://files.example/desk.png", words="An empty desk"),),
    )
    second = replace(first, external="2", author="ben@example.social", text="Kein Auto.",
                     language="de", at_ms=now_ms - MINUTE_MS, media=())  # fmt: skip
    old = replace(second, external="3", author="caro@example.social", at_ms=1)
    source = Listening(id="hashtag", network="mastodon")
    makegood.voice.room.hear(source, [replace(first, text="No car."), second, old], 5)
    makegood.voice.room.hear(source, [first])  # its author edited it
    with makegood.store.writing() as writing:
        writing.put_heard_to(HeardTo(source="blog", wrong="It answered 503."))
    known(makegood)


def test_posts_are_answered_and_matched_with_no_fault(heard: None, look: BrowserContext) -> None:
    page = look.new_page()
    sign_in(page, "kathy")
    page.goto("/desk/voice")
    for one in page.locator("details").all():
        one.evaluate("it => { it.open = true }")
    picture(page, "voice-open")
    assert faults_of(page, least_px=40) == []
    ana = page.get_by_role("article", name="ana@example.social")
    expect(ana).to_contain_text("too late for")
    ana.get_by_label("Customer", exact=True).fill("email:ana@example.org")
    ana.get_by_label("They told us").check()
    follow(ana.get_by_role("button", name="It is theirs"))
    expect(page.get_by_role("status").first).to_contain_text("The handle is theirs")
    ana.locator("summary", has_text="I answered it there").click()
    ana.get_by_label("Link to your answer").fill("https://example.social/@firm/2")
    follow(ana.get_by_role("button", name="A person answered"))
    expect(ana).to_contain_text("answered after")
    picture(page, "voice-answered")
    assert faults_of(page, least_px=40) == []


@pytest.fixture
def watched(makegood: Makegood) -> None:
    today = makegood.clock.now_ms() // 86_400_000
    pages = [
        ("https://www.northwind.example/help", 1, 2, "Northwind: help"),
        ("https://stars.example/review/northwind-" + "long-" * 20, 6, 3, "Northwind: 1.9 of 5"),
        ("https://news.example/a", 3, 0, ""),
    ]
    with makegood.store.writing() as writing:
        row = WatchedSearch(search="a", query="northwind refund", engine="google", market="de",
                            newest_day=today, earlier_day=today - 1)  # fmt: skip
        writing.put_search(row)
        writing.put_search(replace(row, search="b", query="northwind complaints"))
        for back in range(40):
            day = today - back
            placed = [(url, max(1, was - back % 3) if back else now, title)
                      for url, was, now, title in pages if back or now]  # fmt: skip
            rows = [Placing(search="a", day=day, url=url, place=place, title=title)
                    for url, place, title in placed]  # fmt: skip
            fresh = Placing(search="a", day=day, url="https://new.example/", place=4)
            writing.put_placings(rows if back else [*rows, fresh])


def test_what_a_search_shows_has_no_fault(watched: None, look: BrowserContext) -> None:
    page = look.new_page()
    sign_in(page, "kathy")
    page.goto("/desk/voice/searches")
    picture(page, "searches")
    assert faults_of(page, least_px=40) == []
    follow(page.get_by_role("link", name="northwind refund"))
    expect(page.get_by_role("heading", name="Over time")).to_be_visible()
    page.locator("details").first.evaluate("it => { it.open = true }")
    picture(page, "search")
    assert faults_of(page, least_px=40) == []


def picture(page: Page, name: str) -> None:
    """Keep a picture where somebody wants to look at it."""
    if folder := os.environ.get("MAKEGOOD_SCREENSHOTS"):
        width = (page.viewport_size or {})["width"]
        dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        path = Path(folder) / f"{name}-{width}-{'dark' if dark else 'light'}.png"
        page.screenshot(path=path, full_page=True)
