"""A rep at work, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from makegood.bootstrap import Makegood
from makegood.testing.clock import FakeClock
from tests.e2e.conftest import sign_in
from tests.e2e.screens import MINUTE_MS, confirm_offers, introduce, no_car

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture
def missing_car(makegood: Makegood, clock: FakeClock) -> str:
    """Ana was left without a car twice; Bo once."""
    introduce(makegood)
    case = no_car(makegood)
    introduce(makegood, "user:bo", "Bo Lindqvist")
    no_car(makegood, "user:bo")
    clock.advance(31 * MINUTE_MS)
    no_car(makegood, branch="Harbour", reservation="R2", moved_from="R1")
    confirm_offers(makegood)
    return case


def test_from_the_queue_to_the_case_a_ride_and_a_warm_handoff(page: Page, missing_car: str):
    sign_in(page)
    first = page.locator("a.case").first
    expect(first).to_contain_text("Ana Ruiz")
    expect(first).to_contain_text("second failure")
    first.click()
    expect(page.locator(".sentence")).to_contain_text("Ana was let down twice")
    page.get_by_role("button", name="Give it: A ride home, and we pay").click()
    expect(page.locator(".offer", has_text="A ride home")).to_contain_text("chosen, on its way")
    expect(page.locator(".limit")).to_contain_text("$95 of $350")
    page.locator("summary", has_text="Hand over warm").click()
    page.get_by_label("To", exact=True).select_option("omar")
    page.get_by_label("The story, so that Ana need not tell it again").fill("On the kerb.")
    page.get_by_role("button", name="Hand over", exact=True).click()
    expect(page.locator("main")).to_contain_text("Omar Haddad owns this.")
    expect(page.locator(".line")).to_contain_text("On the kerb.")


def test_the_desk_works_with_keys_alone(page: Page, missing_car: str):
    sign_in(page)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()
    page.keyboard.type("j1n")  # letters are letters while somebody types
    expect(page.locator("#search")).to_have_value("j1n")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/cases/*")
    page.keyboard.press("n")
    expect(page.get_by_label("Only colleagues read it")).to_be_focused()
    page.keyboard.type("She waits at Harbour.")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    expect(page.locator(".offer", has_text="A ride home")).to_contain_text("chosen, on its way")


def test_the_keys_can_be_switched_off(page: Page, missing_car: str):
    sign_in(page)
    page.keyboard.press("?")
    page.get_by_label("Switch the keys off in this browser").check()
    page.get_by_role("button", name="Close").click()
    page.keyboard.press("/")
    expect(page.locator("#search")).not_to_be_focused()


def test_what_somebody_writes_is_not_taken_away_by_a_live_update(
    page: Page, makegood: Makegood, missing_car: str
):
    sign_in(page)
    page.goto(f"/desk/cases/{missing_car}")
    page.keyboard.press("n")
    page.keyboard.type("Half a thought")
    no_car(makegood, branch="Station", reservation="R3", moved_from="R2")
    page.evaluate("window.dispatchEvent(new Event('makegood:look'))")
    expect(page.locator("#changed")).to_be_visible()
    expect(page.get_by_label("Only colleagues read it")).to_have_value("Half a thought")


def test_a_live_update_shows_what_happened_meanwhile(
    page: Page, makegood: Makegood, missing_car: str
):
    sign_in(page)
    page.goto(f"/desk/cases/{missing_car}")
    no_car(makegood, branch="Station", reservation="R3", moved_from="R2")
    page.evaluate("window.dispatchEvent(new Event('makegood:look'))")
    expect(page.locator(".sentence")).to_contain_text("let down three times")


def test_a_failure_is_raised_in_two_clicks(page: Page, makegood: Makegood):
    introduce(makegood, "user:bo", "Bo Lindqvist")
    sign_in(page)
    page.locator("#search").fill("bo lind")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Raise a failure for Bo Lindqvist").click()
    page.get_by_role("button", name="Raise it").click()
    page.wait_for_url("**/desk/cases/*")
    expect(page.locator("main")).to_contain_text("marketing held since")


def test_the_desk_works_without_javascript(plain_page: Page, missing_car: str):
    page = plain_page
    sign_in(page)
    page.locator("a.case").first.click()
    page.get_by_role("button", name="Promise it: Call me").click()
    expect(page.locator("main")).to_contain_text("Call me, on the phone with Kathy Moreno")
    page.locator("summary", has_text="Note").click()
    page.get_by_label("Only colleagues read it").fill("Calls at ten.")
    page.get_by_role("button", name="Keep the note").click()
    expect(page.locator(".line")).to_contain_text("Calls at ten.")


def test_on_a_telephone_the_ways_through_the_desk_stand_on_one_line(
    page: Page, makegood: Makegood
):
    sign_in(page, "omar")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/desk/rules")
    for part in ("nav", ".account"):
        tops = page.locator(f"header.top {part} a:visible, header.top {part} button:visible")
        assert tops.evaluate_all("all => new Set(all.map(one => one.offsetTop)).size") == 1, part
