"""Who answers for a rule and does not work at the desk: their page, at each width and scheme."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext

from makegood.bootstrap import Makegood
from makegood.ports.reputation import RuleAnswer
from makegood.testing.clock import FakeClock
from tests.e2e.conftest import sign_in
from tests.e2e.screens import serving
from tests.e2e.test_everyones_job import looked
from tests.unit.desk.test_root_causes import with_place
from tests.unit.runtime.test_asking_owners import BOOK, DAY_MS, HELEN, MIRA, behind

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(BOOK) as both:
        with both[0].store.writing() as writing:
            writing.put_reps([MIRA, HELEN])
        yield both


def test_an_owner_reads_what_is_theirs_and_answers(
    look: BrowserContext, makegood: Makegood, clock: FakeClock, request: pytest.FixtureRequest
):
    name = request.node.callspec.id
    with_place(makegood)
    for who in ("ana", "ben"):
        behind(makegood, who)
    now_ms = clock.now_ms()
    asked = RuleAnswer(rule="no_car", owner="mira", asked_ms=now_ms, due_ms=now_ms + DAY_MS)
    with makegood.store.writing() as writing:
        writing.put_rule_answer(asked)
    clock.advance(16 * DAY_MS)
    page = look.new_page()
    sign_in(page, "mira", "**/desk/floor/")
    found = looked(page, "floor-owner", name)
    page.get_by_role("link", name="What you answer for").click()
    found += looked(page, "floor-answers", name)
    page.get_by_label("Why it is so, or what will change").fill("Ten more cars are on order.")
    page.get_by_role("button", name="Answer").click()
    page.get_by_text("Your answer is shown").wait_for()
    page.get_by_role("link", name="There was no car").click()
    found += looked(page, "floor-answer", name)
    page.get_by_label("What is changed, or why it stays").fill("Ten more cars since Monday.")
    page.get_by_role("button", name="Answer").click()
    page.get_by_text("Your answer stands").wait_for()
    found += looked(page, "floor-answered", name)
    assert found == []
