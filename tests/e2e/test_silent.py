"""What is silent, in a real browser: both widths, both schemes, with something on it."""

import pytest
from playwright.sync_api import BrowserContext

from makegood.bootstrap import Makegood
from makegood.messages.ids import RepId
from tests.e2e.conftest import sign_in
from tests.e2e.looked_at import faults_on
from tests.unit.desk.test_silent import HOUR, NORM, keep, silent

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def test_the_page_of_what_is_silent_has_no_fault(look: BrowserContext, makegood: Makegood):
    now_ms = makegood.clock.now_ms()
    keep(
        makegood,
        silent(makegood, "ana", by_ms=now_ms - HOUR, brand="northwind"),
        silent(makegood, "bo", rep=RepId(""), norm=None),
        silent(makegood, "cy", rep=RepId("omar"), kind="promise", name="answer_overdue"),
        silent(makegood, "di", kind="request", name="waive_fee", channel="", norm=NORM),
    )
    page = look.new_page()
    sign_in(page, "kathy")
    assert faults_on(page, {"silent": "/desk/team/silent"}) == {}
    assert page.locator("article").count() == 4
