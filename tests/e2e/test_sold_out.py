"""Sold out, in a real browser: a house answers on a telephone, and the desk sees it.

Each page at both widths and in both schemes without a finding of axe; the house's page without
JavaScript. Names and houses are synthetic.
"""

import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from makegood.books.opening import read_book
from makegood.bootstrap import Makegood
from makegood.effects.links import Links
from makegood.messages.facts import Touchpoint
from makegood.messages.ids import CommandId
from makegood.runtime.places import import_places
from makegood.runtime.walks import read_arrivals
from makegood.testing.clock import FakeClock
from tests.e2e.conftest import follow, sign_in
from tests.e2e.screens import (
    BASE_URL,
    KEY,
    case_of,
    customer_of,
    introduce,
    portal_path,
    profile_of,
    serving,
    take,
)
from tests.e2e.test_accessibility import faults_of
from tests.integration.mail_server import MailServer

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

SHOTS = os.environ.get("MAKEGOOD_SHOTS", "")  # a folder to look at them; none in CI
PLACES = """place,brand,name,kind,near,rank,address,directions,contact_email,contact_phone
harbour,quillmere_grand,Grand Harbour,hotel,,4,1 Pier Road,,desk@harbour.example.com,
lakeside,fernlight,Fernlight Lakeside,hotel,harbour:900,4,2 Lake Street,Ten minutes along the water,desk@lakeside.example.com,+1 312 555 0170
oldtown,oakrow,Oakrow Old Town,hotel,harbour:2500,4,3 Mill Lane,,desk@oldtown.example.com,
"""  # noqa: E501
ARRIVALS = """reservation,user,name,hour,nights,children,guests,medical,needs_access,walked_days_ago,local,flexible,volunteer,hotel
R1,u1,Ana Ruiz,23,1,0,2,no,no,900,no,no,,Grand Harbour
R2,u2,Ben Roth,15,1,0,1,no,no,900,yes,yes,,Grand Harbour
R3,u3,Cleo Marsh,16,3,2,4,no,no,900,no,no,,Grand Harbour
R4,u4,Dov Adler,16,1,0,1,yes,no,900,yes,yes,,Grand Harbour
R5,u5,Eve Lang,18,2,0,1,no,no,900,no,yes,yes,Grand Harbour
R6,,,17,1,0,1,,no,,no,yes,,Grand Harbour
"""  # noqa: E501
ASKED = {
    "enquiry": "E1", "hotel": "Grand Harbour", "brand": "quillmere_grand", "rate_cents": 24_000,
    "arrival": "2026-01-01", "expected": "19:00",
}  # fmt: skip


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    text, _ = read_book("hotel-group")
    with MailServer() as mail, serving(book=text, smtp=f"smtp://127.0.0.1:{mail.port}") as both:
        yield both


def settle(makegood: Makegood) -> None:
    while not makegood.worker.run_once().is_idle:
        pass


@pytest.fixture
def house(makegood: Makegood) -> str:
    """The address of the page on which Fernlight Lakeside answers."""
    import_places(makegood.store, io.StringIO(PLACES), makegood.book.brands)
    introduce(
        makegood, "user:keiko", "Keiko Ito", agreement="Meridian", agreed_rate_cents=18_900,
        agreed_until="2026-03-31",
    )  # fmt: skip
    body = Touchpoint(name="Enquiry Turned Away", properties=dict(ASKED))
    take(makegood, "user:keiko", body, "turned-away")
    settle(makegood)
    return house_path(makegood)


def house_path(makegood: Makegood) -> str:
    with makegood.store.reading() as reading:
        (row,) = reading.redirects(limit=1)
    links = Links(KEY, BASE_URL, makegood.clock)
    return links.place_url(row.profile, row.case, CommandId(row.row)).removeprefix(BASE_URL)


def guest_path(makegood: Makegood) -> str:
    return portal_path(makegood, "user:keiko")


def says_yes(page: Page, house: str) -> None:
    page.goto(house)
    page.locator("#name").fill("Mai Sato")
    follow(page.get_by_role("button", name="Yes, we expect them"))
    expect(page.locator("h1")).to_contain_text("Thank you")


def looked(page: Page, name: str, look: BrowserContext) -> list[str]:
    """Give what is wrong with a page; with a folder to put it in, take its picture."""
    if SHOTS:
        size = page.viewport_size or {"width": 0}
        dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        file = f"{name}-{size['width']}-{'dark' if dark else 'light'}.png"
        page.screenshot(path=str(Path(SHOTS) / file), full_page=True)
    least_px = 44 if name.startswith(("house", "guest")) else 24
    return [f"{name}: {one}" for one in faults_of(page, least_px)]


def test_a_house_answers_on_a_telephone_without_script(plain_page: Page, makegood, house):
    plain_page.goto(house)
    expect(plain_page.locator(".story")).to_contain_text("Keiko Ito stays with you instead of")
    says_yes(plain_page, house)
    settle(makegood)
    plain_page.goto(guest_path(makegood))
    choice = plain_page.locator(".choice", has_text="Mai Sato at Fernlight Lakeside keeps it")
    expect(choice).to_contain_text("You pay $189.")
    choice.locator("input").check()
    follow(plain_page.get_by_role("button", name="Choose this"))
    settle(makegood)
    expected = plain_page.locator(".expects")
    expect(expected).to_contain_text("Mai Sato at Fernlight Lakeside expects you")
    expect(expected).to_contain_text("2 Lake Street")
    plain_page.goto(house)
    plain_page.get_by_role("button", name="They are here").click()
    expect(plain_page.locator("h1")).to_contain_text("They are with you")


def test_no_page_of_it_has_a_fault(look: BrowserContext, makegood, clock, house):
    page = look.new_page()
    wrong = []
    page.goto(house)
    for one in page.locator("details").all():
        one.evaluate("one => one.open = true")
    wrong += looked(page, "house-asked", look)
    page.goto(guest_path(makegood))
    wrong += looked(page, "guest-asking", look)
    says_yes(page, house)
    settle(makegood)
    wrong += looked(page, "house-accepted", look)
    page.goto(guest_path(makegood))
    wrong += looked(page, "guest-choice", look)
    page.locator(".choice", has_text="Mai Sato").locator("input").check()
    follow(page.get_by_role("button", name="Choose this"))
    settle(makegood)
    page.goto(guest_path(makegood))
    wrong += looked(page, "guest-expected", look)
    page.goto(house)
    wrong += looked(page, "house-expected", look)
    page.locator("summary", has_text="I need to know").click()
    page.locator("#words").fill("Which bed?")
    follow(page.get_by_role("button", name="Ask", exact=True))
    sign_in(page, "omar")
    for path in ("places", "places/lakeside", "redirects", "redirects?show=all", "walks"):
        page.goto(f"/desk/umbrella/{path}")
        wrong += looked(page, f"desk-{re.sub('[^a-z]', '-', path)}", look)
    page.goto(f"/desk/cases/{case_of(makegood, 'user:keiko')}")
    page.locator("summary", has_text="Told twice").click()
    wrong += looked(page, "desk-case", look)
    assert wrong == []


def test_a_house_with_a_telephone_alone_is_rung_from_the_case(look, makegood, clock, house):
    """The first house does not answer; of the next there is a number alone."""
    rung = PLACES.replace("desk@oldtown.example.com,", ",+1 312 555 0171")
    import_places(makegood.store, io.StringIO(rung), makegood.book.brands)
    clock.advance(5 * 60_000)
    settle(makegood)
    page = look.new_page()
    sign_in(page, "omar")
    page.goto(f"/desk/cases/{case_of(makegood, 'user:keiko')}")
    asked = page.locator("details", has_text="Oakrow Old Town was asked")
    expect(asked.get_by_role("link", name="+1 312 555 0171")).to_be_visible()
    wrong = looked(page, "desk-ring", look)
    asked.get_by_label("Who there says so").fill("Ben Roth")
    asked.get_by_role("button", name="They may come").click()
    expect(page.locator("main")).to_contain_text("rang there")
    page.goto(f"/desk/customers/{customer_of(makegood, 'user:keiko')}")
    page.locator("summary", has_text="Somebody else asks").click()
    wrong += looked(page, "desk-raise", look)
    assert wrong == []


def test_the_ranking_has_its_reasons_and_a_person_decides(look: BrowserContext, makegood, house):
    rule = makegood.walks.rule_of("overbooked")
    guests = read_arrivals(io.StringIO(ARRIVALS), rule)
    row = makegood.walks.propose(rule, guests, 2, "quillmere_grand", "kathy")
    page = look.new_page()
    sign_in(page)
    page.goto(f"/desk/umbrella/walks/{row.walk}")
    wrong = looked(page, "desk-walk", look)
    rows = page.locator("tbody tr")
    expect(rows.nth(0)).to_contain_text("Eve Lang")
    expect(rows.nth(0)).to_contain_text("volunteer")
    expect(rows.nth(1)).to_contain_text("Ben Roth")
    expect(rows.nth(5)).to_contain_text("somebody is ill or needs care")
    page.get_by_label("R2 goes").uncheck()
    page.get_by_label("R1 goes").check()
    page.get_by_role("button", name="These go").click()
    expect(page.locator(".notice.alarm")).to_contain_text("say why")
    expect(page.get_by_label("R1 goes")).to_be_checked()
    page.get_by_label("Why, if it is another choice").fill("Ben sings here tonight")
    page.get_by_role("button", name="These go").click()
    expect(page.locator(".notice", has_text="Kathy Moreno decided")).to_be_visible()
    wrong += looked(page, "desk-walk-decided", look)
    assert wrong == []
    with makegood.store.reading() as reading:
        goes = {
            reading.customers_of([profile_of(f"user:{one}")]).popitem()[1] for one in ("u1", "u5")
        }
        cases = {row.customer for row in reading.cases() if row.line == "walked"}
    assert cases == goes
