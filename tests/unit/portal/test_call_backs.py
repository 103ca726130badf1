"""The customer's page says who calls them back, and until when; or that it is late."""

from collections.abc import Iterator

import pytest
from django.test import Client

from makegood.bootstrap import Makegood
from makegood.messages.ids import RepId
from makegood.testing.clock import FakeClock
from tests.e2e.calling import book_of_calls, hung_up, seat
from tests.e2e.screens import MINUTE_MS, customer_of, introduce, portal_path, serving
from tests.unit.desk.browsing import words_of


@pytest.fixture
def served() -> Iterator[tuple[Makegood, FakeClock]]:
    with serving(book_of_calls()) as both:
        seat(both[0])
        introduce(both[0])
        yield both


def test_the_customer_reads_who_calls_back_and_when_it_is_late(
    makegood: Makegood, clock: FakeClock
):
    hung_up(makegood)
    page = portal_path(makegood)
    shown = words_of(Client().get(page))
    assert "Kathy calls you by " in shown
    assert "Please call me" not in shown
    clock.advance(31 * MINUTE_MS)
    makegood.intake.advance([customer_of(makegood, "user:ana")], clock.now_ms())
    shown = words_of(Client().get(page))
    assert "calls you by" not in shown
    assert "Omar" in shown
    assert "late" in shown or "should have" in shown


def test_where_nobody_is_there_to_call_no_time_is_promised(makegood: Makegood):
    from msgspec.structs import replace

    with makegood.store.writing() as writing:
        rows = {row.rep: row for row in writing.reps()}
        away = [replace(rows[RepId(one)], present=False) for one in ("kathy", "omar")]
        writing.put_reps(away)
    hung_up(makegood)
    assert "calls you by" not in words_of(Client().get(portal_path(makegood)))
