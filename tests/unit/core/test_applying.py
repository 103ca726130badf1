"""Facts of our own: applied once, never judged again; what is about nothing changes nothing."""

import pytest

from makegood.core.applying import SILENT_FACTS
from makegood.core.state import Phase
from makegood.messages import facts
from makegood.messages.ids import CaseId, RepId
from makegood.messages.money import Money
from tests.unit.core.day import Day

KATHY = RepId("kathy")


def about(case: CaseId) -> list[facts.Body]:
    return [
        facts.Chosen(case=case, offer="driver"),
        facts.Answered(case=case, answer="good"),
        facts.Granted(case=case, remedy="snack", cost=Money(900), by=KATHY),
        facts.Released(case=case, by=KATHY, reason="r"),
        facts.HandedOver(case=case, to=RepId("bo"), by=KATHY),
        facts.Called(case=case, by=KATHY, reached=True),
        facts.Opened(case=case),
        facts.Wrote(case=case, text="t"),
    ]


@pytest.mark.parametrize("body", about(CaseId("kforeign")), ids=lambda one: type(one).__name__)
def test_a_fact_about_a_case_that_is_not_known_changes_nothing(body):
    day = Day()
    day.no_car()
    before = day.state
    day.told(body)
    assert day.state is before


def test_a_fact_about_a_closed_case_changes_nothing():
    day = Day()
    day.no_car()
    day.told(facts.Answered(case=day.id, answer="good"))
    before = day.state
    for body in about(day.id):
        day.told(body)
    assert day.state == before


def test_each_friend_counts_once_for_a_look_and_once_for_joining_also_after_the_end():
    day = Day()
    day.no_car()
    day.told(facts.Answered(case=day.id, answer="good"))
    for joined in (False, False, True, True):
        day.told(facts.Referred(case=day.id, visitor="v1", joined=joined))
    day.told(facts.Referred(case=day.id, visitor="v2"))
    assert (day.case.referred, day.case.joined) == (("v1", "v2"), ("v1",))


def test_opening_the_page_stops_the_clock_of_an_unopened_offer():
    day = Day()
    day.no_car()
    for offer in ("ride_home", "driver"):
        day.told(facts.Confirmed(command=day.command(f"R1/no_car/confirm/{offer}")))
    day.told(facts.Opened(case=day.id))
    day.waits(14 * 60_000)
    assert day.case.phase is Phase.OFFERED


def test_words_from_the_customer_are_answered_by_a_person():
    day = Day()
    day.no_car()
    day.told(facts.Wrote(case=day.id, text="t"))
    assert day.case.phase is Phase.CALLING
    assert day.case.call is not None
    assert day.case.call.why == "wrote"


def test_the_silent_facts_are_those_that_only_the_timeline_shows():
    only = (facts.Noted, facts.NotedOnCustomer, facts.Unlinked, facts.Linked, facts.Triaged)
    assert only == SILENT_FACTS
