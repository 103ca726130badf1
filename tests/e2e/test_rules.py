"""A service manager changes the rules in a real browser, and sees last year before it counts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from makegood.books.opening import read_book
from makegood.bootstrap import Makegood
from makegood.testing.clock import FakeClock
from tests.e2e.conftest import follow, sign_in
from tests.e2e.screens import introduce, no_car, serving
from tests.e2e.test_accessibility import faults_of

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    """A book that may be changed, and a year in which six people stood there without a car."""
    with serving(read_book("car-rental")[0]) as (makegood, clock):
        for number in range(6):
            reason = "too_late" if number % 2 else "no_vehicle"
            introduce(makegood, f"user:{number}", f"N {number}")
            no_car(makegood, f"user:{number}", reservation=f"R{number}", reason=reason)
        yield makegood, clock


def keep(page: Page, card: str, label: str, value: str) -> None:
    rule = page.locator(f"#r-{card}")
    rule.get_by_label(label, exact=True).fill(value)
    rule.get_by_role("button", name="Keep in the draft").click()
    expect(page.get_by_role("status")).to_contain_text("Kept in the draft")


def change_three(page: Page) -> None:
    page.goto("/desk/rules")
    keep(page, "remedies-ride_home", "Costs us USD", "75.00")
    keep(page, "plans-0", "A person calls within", "10m")
    keep(page, "failures-no_car", "Counts when", '!(event.reason in ["no_show", "too_late"])')


def activate(page: Page) -> None:
    page.goto("/desk/rules/draft")
    expect(page.locator("main")).to_contain_text("A ride home, and we pay · Costs us")
    page.get_by_role("button", name="See what it would have done").click()
    use = page.get_by_role("button", name="Make this the active rule book")
    expect(use).to_be_visible(timeout=30_000)  # shown by itself at the end
    expect(page.locator("main")).to_contain_text("Something changes for 3 of 6 customers")
    page.get_by_label("Why").fill("Rides cost less since May.")
    use.click()
    page.wait_for_url("**/desk/rules/history")


def test_from_the_book_to_last_year_and_into_use_and_back(page: Page, makegood: Makegood):
    before = makegood.shelf.latest().active
    sign_in(page, "omar")
    page.get_by_role("link", name="Rules").click()
    change_three(page)
    assert makegood.shelf.latest().active == before
    activate(page)
    expect(page.locator("main")).to_contain_text("Activated by Omar Haddad")
    expect(page.locator("main")).to_contain_text("Rides cost less since May.")
    assert makegood.shelf.latest().active != before
    page.get_by_label("Why").fill("They cost more after all.")
    page.get_by_role("button", name="Roll back").click()
    expect(page.locator("main")).to_contain_text("Rolled back by Omar Haddad")
    assert makegood.shelf.latest().active == before


def test_it_works_without_javascript(plain_page: Page, makegood: Makegood):
    sign_in(plain_page, "omar")
    change_three(plain_page)
    plain_page.goto("/desk/rules/draft")
    follow(plain_page.get_by_role("button", name="See what it would have done"))
    makegood.trials.wait()
    plain_page.goto("/desk/rules/draft")
    plain_page.get_by_label("Why").fill("Rides cost less since May.")
    plain_page.get_by_role("button", name="Make this the active rule book").click()
    expect(plain_page.locator("main")).to_contain_text("Activated by Omar Haddad")


def test_a_mistake_leads_to_its_line_in_the_text(page: Page, makegood: Makegood):
    sign_in(page, "omar")
    page.goto("/desk/rules")
    keep(page, "failures-no_car", "Counts when", 'event.reasons != "no_show"')
    field = page.locator("#r-failures-no_car").get_by_label("Counts when")
    expect(field).to_have_attribute("aria-invalid", "true")
    page.goto("/desk/rules/draft")
    lines = makegood.shelf.latest().now().text.splitlines()
    at = next(n for n, one in enumerate(lines, 1) if 'event.reason != "no_show"' in one)
    page.get_by_role("link", name=f"line {at}, column 11").click()
    page.wait_for_url(f"**/desk/rules/text?line={at}*")
    marked = page.evaluate(
        "(() => { const t = document.querySelector('textarea');"
        " return t.value.slice(t.selectionStart, t.selectionEnd); })()"
    )
    assert "event.reasons" in marked


def test_no_page_about_the_rules_has_a_fault(look: BrowserContext, makegood: Makegood):
    page = look.new_page()
    sign_in(page, "omar")
    page.goto("/desk/rules")
    found = {"clean": faults_of(page, 40)}
    keep(page, "failures-no_car", "Counts when", 'event.reasons != "no_show"')
    found["with a mistake"] = faults_of(page, 40)
    page.goto("/desk/rules/draft")
    found["draft with a mistake"] = faults_of(page, 40)
    page.goto("/desk/rules/text")
    found["text with a mistake"] = faults_of(page, 40)
    change_three(page)
    keep(page, "parameters", "Late minutes", "45")
    page.goto("/desk/rules/draft")
    found["an example that comes out otherwise"] = faults_of(page, 40)
    page.get_by_role("button", name="This is meant").click()
    expect(page.get_by_role("status")).to_contain_text("says what the draft does")
    found["draft"] = faults_of(page, 40)
    page.get_by_role("button", name="See what it would have done").click()
    makegood.trials.wait()
    page.goto("/desk/rules/draft")
    for summary in page.locator("summary").all():
        summary.click()
    found["last year"] = faults_of(page, 40)
    activate_page = page.get_by_label("Why")
    activate_page.fill("Rides cost less.")
    page.get_by_role("button", name="Make this the active rule book").click()
    page.wait_for_url("**/desk/rules/history")
    found["history"] = faults_of(page, 40)
    assert {name: faults for name, faults in found.items() if faults} == {}
