"""The employee's page and root causes: at both widths, in both schemes, nothing wrong for axe."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from makegood.bootstrap import Makegood
from makegood.testing.clock import FakeClock
from tests.e2e.conftest import follow, sign_in
from tests.e2e.screens import case_of, introduce, no_car
from tests.e2e.test_accessibility import faults_of
from tests.unit.desk.test_root_causes import with_place

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

SHOTS = os.environ.get("MAKEGOOD_SHOTS", "")
"""A folder into which pictures of each page are put, to be looked at."""


def looked(page: Page, name: str, look: str) -> list[str]:
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}-{look}.png", full_page=True)
    return [f"{name}: {one}" for one in faults_of(page, 40)]


def test_an_employee_raises_takes_and_hands_over(
    look: BrowserContext, makegood: Makegood, request: pytest.FixtureRequest
):
    name = request.node.callspec.id
    introduce(makegood)
    page = look.new_page()
    sign_in(page, "mira", "**/desk/floor/")
    found = looked(page, "floor", name)
    page.get_by_label("A booking number, a room").fill("nobody at all")
    follow(page.get_by_role("button", name="Look"))
    found += looked(page, "floor-nobody", name)
    page.get_by_label("A booking number, a room").fill("ana@example.org")
    follow(page.get_by_role("button", name="Look"))
    found += looked(page, "floor-hit", name)
    page.get_by_label("in your own words").fill("The child seat was wet, and they have a baby.")
    page.get_by_label("I take care of it").check()
    follow(page.get_by_role("button", name="Raise it"))
    found += looked(page, "floor-mine", name)
    follow(page.get_by_role("link", name="Something went wrong"))
    for one in page.locator("details > summary").all():
        one.click()
    found += looked(page, "floor-case", name)
    page.get_by_label("What you said").fill("A dry seat within the hour.")
    page.get_by_label("In how many hours").fill("1")
    follow(page.get_by_role("button", name="Write it down"))
    page.get_by_text("My part is done").first.click()
    page.get_by_label("What you did").fill("Brought a dry seat.")
    follow(page.get_by_role("button", name="My part is done"))
    page.get_by_text("What you raised").wait_for()
    found += looked(page, "floor-raised", name)
    assert found == []


def test_root_causes_are_named_listed_and_answered(
    look: BrowserContext, makegood: Makegood, clock: FakeClock, request: pytest.FixtureRequest
):
    name = request.node.callspec.id
    page = look.new_page()
    sign_in(page, "omar")
    with_place(makegood)
    for who, place in (("ana", ""), ("ben", ""), ("jo", "airport")):
        introduce(makegood, f"user:{who}", f"{who.capitalize()} Ruiz")
        no_car(makegood, f"user:{who}", reservation=f"R-{who}")
        page.goto(f"/desk/cases/{case_of(makegood, f'user:{who}')}")
        page.get_by_text("Name the root cause").click()
        if place:
            page.get_by_label("Or a place").fill(place)
        else:
            page.get_by_label("A rule of the book").select_option("no_car")
        follow(page.get_by_role("button", name="This is behind it"))
        page.get_by_text("Something else", exact=True).first.wait_for()
    found = looked(page, "case-root", name)
    clock.advance(16 * 86_400_000)
    page.goto("/desk/team/root-causes")
    found += looked(page, "root-causes", name)
    follow(page.get_by_role("link", name="There was no car"))
    found += looked(page, "root-cause", name)
    page.get_by_label("What is changed").fill("Ten more cars at the airport since Monday.")
    follow(page.get_by_role("button", name="Answer"))
    page.get_by_text("Your answer stands").wait_for()
    found += looked(page, "root-causes-answered", name)
    assert found == []
