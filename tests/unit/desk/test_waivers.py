"""A waiver is said with an answer, and stands on the customer's page with who said so and why."""

from collections.abc import Iterator

import pytest

from makegood.bootstrap import Makegood
from makegood.messages.ids import CustomerId
from makegood.testing.clock import FakeClock
from tests.e2e.agency import AGENCY
from tests.e2e.screens import customer_of, introduce, serving
from tests.unit.desk.browsing import words_of
from tests.unit.desk.test_asked import ask, does

LOOKS = "      moves: request.moves\n"
FIRST = "      - id: in_good_time\n"
BOOK = (
    AGENCY.replace("requests:\n", "waivers: {move_fee: {en: The fee for moving}}\nrequests:\n", 1)
    .replace(LOOKS, f"{LOOKS}      waived: customer.waived.move_fee\n", 1)
    .replace(FIRST, f"      - {{id: let_off, when: {{waived: true}}, answer: allow}}\n{FIRST}", 1)
)


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(BOOK) as both:
        introduce(both[0])
        yield both


@pytest.fixture
def ana(makegood: Makegood) -> CustomerId:
    return customer_of(makegood, "user:ana")


def test_a_person_waives_with_a_reason_and_the_next_request_hears_yes(kathy, ana):
    asked = {"days_before": 9, "moves": 1, "tour_cents": 90_000}
    ask(kathy, ana, **asked)
    refused = does(kathy, ana, "settle", answer="allow", waives="move_fee")
    assert "A waiver needs a reason" in words_of(refused)
    words = words_of(
        does(kathy, ana, "settle", answer="allow", waives="move_fee", reason="We moved her first.")
    )
    assert "Waived for Ana The fee for moving lasting" in words
    assert "By Kathy Moreno" in words
    assert "We moved her first." in words
    assert "allowed what was asked and waived from now on: The fee for moving." in words
    words = words_of(ask(kathy, ana, about="T8", **asked))
    assert "May we move the date? Yes." in words


def test_a_waiver_for_once_leaves_the_page_when_it_is_used_up(kathy, ana):
    asked = {"days_before": 9, "moves": 1, "tour_cents": 90_000}
    ask(kathy, ana, **asked)
    words = words_of(
        does(kathy, ana, "settle", answer="allow", waives="move_fee once", reason="She was ill.")
    )
    assert "Waived for Ana The fee for moving the next time only" in words
    words = words_of(ask(kathy, ana, about="T8", **asked))
    assert "May we move the date? Yes." in words
    assert "Waived for Ana" not in words


def test_whoever_serves_other_brands_sees_that_it_stands_and_not_the_words(kathy, vera, ana):
    ask(kathy, ana, days_before=9, moves=1, tour_cents=90_000)
    does(kathy, ana, "settle", answer="allow", waives="move_fee", reason="She was ill.")
    words = words_of(vera.get(f"/desk/customers/{ana}"))
    assert "Waived for Ana The fee for moving" in words
    assert "She was ill." not in words
