"""A customer on a telephone, without JavaScript."""

import pytest
from playwright.sync_api import Page, expect

from makegood.bootstrap import Makegood
from makegood.core.holds import Question
from makegood.messages.commands import MessageClass
from makegood.testing.clock import FakeClock
from tests.e2e.screens import (
    MINUTE_MS,
    carry_out,
    confirm_offers,
    introduce,
    no_car,
    portal_path,
    profile_of,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def test_choose_plan_b_say_it_is_good_and_read_what_happens_to_marketing(
    plain_page: Page, makegood: Makegood, clock: FakeClock
):
    introduce(makegood)
    no_car(makegood)
    clock.advance(31 * MINUTE_MS)
    no_car(makegood, branch="Harbour", reservation="R2", moved_from="R1")
    confirm_offers(makegood)
    page = plain_page
    page.goto(portal_path(makegood))
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Ana, we left you without a car. Twice."
    )
    page.get_by_label("A driver who takes you where you want to go").check()
    page.get_by_role("button", name="Choose this").click()
    expect(page.locator(".done")).to_contain_text("You chose: A driver")
    carry_out(makegood)
    page.reload()
    page.get_by_role("button", name="Yes, it is good again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ana, it is good again.")
    expect(page.locator("footer")).to_contain_text("stay stopped until")


def test_write_to_the_owner_in_spanish(plain_page: Page, makegood: Makegood):
    introduce(makegood, language="es")
    no_car(makegood)
    page = plain_page
    page.goto(portal_path(makegood))
    page.get_by_text("Escribir a Kathy").click()
    page.get_by_label("Su mensaje").fill("Estoy en la acera.")
    page.get_by_role("button", name="Enviar").click()
    expect(page.locator(".notice.ok")).to_have_text("Su mensaje ha llegado.")


def test_unsubscribe_in_one_click_and_take_it_back(plain_page: Page, makegood: Makegood):
    introduce(makegood)
    token = makegood.links.unsubscribe_token(profile_of("user:ana"), "northwind_cars", "mail")
    question = Question(brand="northwind_cars", message_class=MessageClass.PROMOTIONAL)
    page = plain_page
    page.goto(f"/u/{token}")
    assert makegood.gate.ask("user:ana", question).allowed
    page.get_by_role("button", name="No more offers from Northwind Cars by e-mail").click()
    expect(page.get_by_role("status")).to_contain_text("Done.")
    assert makegood.gate.ask("user:ana", question).reason == "unsubscribed"
    page.get_by_role("button", name="That was a mistake").click()
    expect(page.get_by_role("status")).to_contain_text("You get offers again.")
    assert makegood.gate.ask("user:ana", question).allowed


def test_opening_is_told_by_the_script_of_the_page(page: Page, makegood: Makegood):
    introduce(makegood)
    no_car(makegood)
    with page.expect_response(lambda answer: answer.url.endswith("/opened")) as told:
        page.goto(portal_path(makegood))
    assert told.value.status == 204


def test_a_friend_s_visit_counts_when_a_browser_shows_the_page(page: Page, makegood: Makegood):
    introduce(makegood)
    case = no_car(makegood)
    token = makegood.links.referral_token(profile_of("user:ana"), case)
    with page.expect_response(lambda answer: answer.url.endswith("/seen")) as told:
        page.goto(f"/r/{token}")
    assert told.value.status == 204
    page.get_by_label("Your e-mail address").fill("fay@example.org")
    page.get_by_role("button", name="I would like that").click()
    expect(page.get_by_role("status")).to_contain_text("gets in touch with you")
