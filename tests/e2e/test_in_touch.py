"""Who leaves, hellos and experiments in a browser: both widths, both schemes, and the words."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from makegood.bootstrap import Makegood
from makegood.core.decide import Asker
from makegood.messages.facts import GotInTouch, PersonChosen, Touchpoint
from makegood.messages.hello_facts import HelloAllowed, WishNoted
from makegood.messages.ids import RepId
from makegood.testing.clock import FakeClock
from tests.e2e.conftest import follow, sign_in
from tests.e2e.looked_at import faults_on
from tests.e2e.screens import MINUTE_MS, customer_of, introduce, profile_of, take

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
DAY_MS = 24 * 60 * MINUTE_MS
KATHY, OMAR = RepId("kathy"), RepId("omar")


@pytest.fixture
def paths(makegood: Makegood, clock: FakeClock) -> dict[str, str]:
    """Every page about keeping in touch, with something on it."""
    acts = makegood.acts
    names = {"user:ana": "Ana Reyes", "user:bo": "Bo Wolfeschlegelsteinhausen"}
    for name, said in names.items():
        introduce(makegood, name, said)
        customer = customer_of(makegood, name)
        wanted = PersonChosen(choices=(KATHY, OMAR) if name == "user:ana" else (OMAR,))
        acts.act(customer, wanted, Asker(), message_id=f"{name}/choose")
        acts.act(customer, HelloAllowed(allowed=True), Asker(), message_id=f"{name}/allow")
    bo, ana = customer_of(makegood, "user:bo"), customer_of(makegood, "user:ana")
    texts = {"bo/wish": "I would like to drive the new motor home once."}
    acts.act(bo, WishNoted(words="bo/wish"), Asker(), message_id="wish", texts=texts)
    facts = {"reservation": "M7", "brand": "northwind_cars", "branch": "Harbour"}
    take(makegood, "user:bo", Touchpoint(name="Car Returned", properties=facts), "back")
    touch = GotInTouch(channel="page", words="ana/words")
    acts.act(ana, touch, Asker(), message_id="touch", texts={"ana/words": "It clicks."})
    clock.advance(3 * DAY_MS)
    makegood.intake.advance([ana, bo], clock.now_ms())
    assert makegood.hellos.give() == 1
    makegood.leavings.begin(KATHY, clock.now_ms() + 30 * DAY_MS, "omar")
    assert makegood.leavings.go_on() == 1
    page = f"/p/{makegood.links.person_token(profile_of('user:ana'), '')}"
    other = f"/p/{makegood.links.person_token(profile_of('user:bo'), '')}"
    return {
        "leaves": page,
        "leaves, de": f"{page}?lang=de",
        "leaves, es": f"{page}?lang=es",
        "stays": other,
        "hellos": "/desk/team/hellos",
        "leaving": "/desk/team/leaving?rep=kathy",
        "experiments": "/desk/team/experiments",
        "customer": f"/desk/customers/{ana}",
    }


def test_no_page_about_keeping_in_touch_has_a_fault(look: BrowserContext, paths: dict[str, str]):
    page = look.new_page()
    sign_in(page, "omar")
    assert faults_on(page, paths) == {}


def test_one_click_says_yes_to_who_comes_after_without_a_script(
    plain_page: Page, paths: dict[str, str]
):
    plain_page.goto(paths["leaves"])
    follow(plain_page.get_by_role("button", name="Yes, Omar Haddad please"))
    assert plain_page.get_by_text("Omar Haddad is your person").is_visible()
    assert plain_page.get_by_text("leaves us").count() == 0


def test_a_rep_says_a_hello_by_keyboard(page: Page, paths: dict[str, str]):
    sign_in(page, "omar")
    page.goto(paths["hellos"])
    button = page.get_by_role("button", name="I have said it")
    expect(button).to_have_count(1)
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_count(0)
