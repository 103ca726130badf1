"""The screens about people and the umbrella when there is nothing on them, and in each language.

Each at both widths and in both schemes: nothing wrong for axe, nothing cut off, and by keyboard
every control is reached in the order of the page, with a focus that can be seen.
"""

import os
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from makegood.bootstrap import Makegood
from makegood.messages.ids import RepId
from tests.e2e.conftest import follow, sign_in
from tests.e2e.screens import confirm_offers, introduce, no_car, portal_path, profile_of
from tests.e2e.test_accessibility import faults_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

SHOTS = os.environ.get("MAKEGOOD_SHOTS", "")
"""A folder into which pictures of each page are put, to be looked at."""
EMPTY = {
    "accounts": "umbrella/accounts",
    "no-such-account": "umbrella/accounts?q=nobody",
    "places": "umbrella/places",
    "redirects": "umbrella/redirects",
    "redirects-all": "umbrella/redirects?show=all",
    "walks": "umbrella/walks",
    "links": "umbrella/links",
    "links-linked": "umbrella/links?show=linked",
    "links-apart": "umbrella/links?show=apart",
    "talks": "team/talks",
    "silent": "team/silent",
    "customers": "team/customers",
    "waiting": "team/customers?list=waiting",
    "roster": "team/roster",
    "routing": "team/routing",
    "hellos": "team/hellos",
    "leaving": "team/leaving",
    "experiments": "team/experiments",
    "apart": "team/apart",
    "reputation": "team/reputation",
    "of-our-rules": "team/reputation/rules",
    "of-people": "team/reputation/people",
    "appeals": "team/reputation/appeals",
    "root-causes": "team/root-causes",
    "floor": "floor/",
}
_STOPS = """() => {
  const seen = [...document.querySelectorAll(
    'main :is(a[href], button, input:not([type=hidden]), select, textarea, summary)')]
    .filter(one => one.checkVisibility({visibilityProperty: true}) && !one.closest('.trap')
      && one.tabIndex >= 0 && !one.disabled);
  seen.forEach((one, n) => one.dataset.stop = n);
  return seen.map(one => one.type === 'radio' ? `radio ${one.name}` : one.dataset.stop);
}"""
_FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || !one.dataset.stop) return null;
  const shown = getComputedStyle(one).outlineStyle !== 'none'
    || getComputedStyle(one.closest('label') || one).outlineStyle !== 'none';
  return [one.type === 'radio' ? `radio ${one.name}` : one.dataset.stop, shown, one.outerHTML];
}"""


def looked(page: Page, name: str, least_px: int = 40) -> list[str]:
    """Give what is wrong with a page; with a folder to put it in, take its picture."""
    if SHOTS:
        width = page.evaluate("innerWidth")
        dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
        file = f"looks-{name}-{width}-{'dark' if dark else 'light'}.png"
        page.screenshot(path=Path(SHOTS) / file, full_page=True)
    return [f"{name}: {one}" for one in faults_of(page, least_px)]


def lost_by_keyboard(page: Page) -> list[str]:
    """Walk a page by Tab; give what is not reached, out of order, or of no visible focus."""
    wanted = list(dict.fromkeys(page.evaluate(_STOPS)))
    met: list[str] = []
    wrong: list[str] = []
    page.evaluate("document.activeElement.blur()")
    for _ in range(4 * len(wanted) + 60):  # the head of the page, and the parts of a date
        page.keyboard.press("Tab")
        found = page.evaluate(_FOCUSED)
        if found is None:
            if len(met) == len(wanted):
                break
            continue
        stop, shown, html = found
        if stop not in met:
            met.append(stop)
            wrong += [] if shown else [f"no focus to be seen: {html[:120]}"]
    return wrong + ([] if met == wanted else [f"reached {met}, there are {wanted}"])


def test_no_empty_page_has_a_fault(look: BrowserContext):
    page = look.new_page()
    sign_in(page, "omar")
    found = []
    for name, path in EMPTY.items():
        page.goto(f"/desk/{path}")
        found += looked(page, f"empty-{name}")
    assert found == []


@pytest.fixture
def people(makegood: Makegood) -> dict[str, str]:
    """The pages of a customer who has chosen nobody, and of one who was let down."""
    introduce(makegood, "user:zoe", "Zoë Wolfeschlegelsteinhausenbergerdorff", language="de")
    introduce(makegood)
    no_car(makegood)
    confirm_offers(makegood)
    makegood.leavings.begin(RepId("vera"), makegood.clock.now_ms() - 1, "omar")
    page = f"/p/{makegood.links.person_token(profile_of('user:zoe'), '')}"
    return {"person": page, "case": portal_path(makegood), "tell": "/tell/northwind_cars"}


@pytest.mark.parametrize("language", ["de", "es"])
def test_no_customer_s_page_has_a_fault_in_their_language(
    look: BrowserContext, people: dict[str, str], language: str
):
    page = look.new_page()
    found = []
    for name, path in people.items():
        page.goto(f"{path}?lang={language}")
        for one in page.locator("details").all():
            one.evaluate("one => { one.open = true }")
        found += looked(page, f"{name}-{language}", 48)
        found += [f"{name}: {one}" for one in lost_by_keyboard(page)]
        assert page.locator("html").get_attribute("lang") == language
    page.goto(f"{people['person']}?lang={language}")
    for place in ("first", "second"):  # the same person twice is refused, in words
        page.locator(f"#{place}").select_option("kathy")
    follow(page.locator("form:has(#first) button"))
    assert page.get_by_role("alert").is_visible()
    assert page.locator("#second").input_value() == "kathy"
    assert looked(page, f"person-refused-{language}", 48) + found == []


def test_a_desk_s_pages_are_walked_through_by_keyboard(look: BrowserContext, makegood: Makegood):
    introduce(makegood)
    page = look.new_page()
    sign_in(page, "omar")
    found = []
    for name in ("accounts", "places", "links", "customers", "roster", "leaving", "reputation"):
        page.goto(f"/desk/{EMPTY[name]}")
        found += [f"{name}: {one}" for one in lost_by_keyboard(page)]
    page.goto("/desk/team/roster/of/kathy")
    found += looked(page, "row") + lost_by_keyboard(page)
    assert found == []
