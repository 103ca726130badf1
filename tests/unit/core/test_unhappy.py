"""Unhappy answers: a case that ends with what was learnt, a recovery, and answers in parts."""

import pytest

from makegood.core.decide import Asker, decide
from makegood.messages.facts import (
    Answered,
    Rated,
    Released,
    RootCauseNamed,
)
from makegood.testing.book import HOUR_MS
from tests.unit.core.day import Day
from tests.unit.core.test_asking_times import KATHY, close_it, learn, unhappy, with_two
from tests.unit.core.test_surveys import flies, last, rated


@pytest.fixture
def day() -> Day:
    return Day(with_two())


def test_a_case_of_an_unhappy_answer_is_not_closed_by_a_person_before_somebody_learnt(day: Day):
    unhappy(day)
    wanted = Released(case=day.case.id, by=KATHY.rep, reason="r")
    for body in (wanted, Answered(case=day.case.id, answer="good")):
        refused = decide(day.state, body, KATHY, day.now_ms, day.library).refused
        assert refused is not None
        assert refused.code == "cause_needed"
        assert "policy, process, person or outside" in refused.why
    day.told(RootCauseNamed(case=day.case.id, cause="", kind="person"))
    refused = decide(day.state, wanted, KATHY, day.now_ms, day.library).refused
    assert refused is not None
    assert "an action" in refused.why
    assert "root cause (" not in refused.why
    learn(day)
    assert decide(day.state, wanted, KATHY, day.now_ms, day.library).refused is None


def test_the_customer_closes_it_whatever_was_written_down(day: Day):
    unhappy(day)
    body = Answered(case=day.case.id, answer="good")
    assert decide(day.state, body, Asker(), day.now_ms, day.library).refused is None
    close_it(day)
    assert last(day).happy_ms == day.now_ms


def test_other_cases_are_closed_as_before(day: Day):
    day.happens("Rudeness Told", booking="B1", brand="meridian")
    wanted = Released(case=day.case.id, by=KATHY.rep, reason="r")
    assert decide(day.state, wanted, KATHY, day.now_ms, day.library).refused is None


def test_a_cause_alone_leaves_its_kind_and_action_and_nothing_takes_all_back(day: Day):
    unhappy(day)
    learn(day)
    day.told(RootCauseNamed(case=day.case.id, cause="other:a queue"))
    assert (day.case.root, day.case.root_kind) == ("other:a queue", "process")
    day.told(RootCauseNamed(case=day.case.id, cause=""))
    assert (day.case.root, day.case.root_kind, day.case.action) == ("", "", "")


def test_an_unknown_kind_is_refused(day: Day):
    unhappy(day)
    body = RootCauseNamed(case=day.case.id, cause="", kind="luck", action="x")  # type: ignore[arg-type]
    refused = decide(day.state, body, KATHY, day.now_ms, day.library).refused
    assert refused is not None
    assert refused.code == "no_such_kind"


def test_who_is_still_unhappy_after_the_case_was_closed_opens_it_again(day: Day):
    unhappy(day)
    learn(day)
    first = day.case.id
    day.told(Released(case=first, by=KATHY.rep, reason="r"))
    assert not day.case.is_open
    day.waits(HOUR_MS)
    day.told(rated(2))
    assert len(day.state.cases) == 2
    assert day.case.is_open
    assert day.case.reopens == first
    assert day.case.double
    assert day.case.call is not None
    assert not day.case.call.done_ms
    assert last(day).again_bad
    refused = decide(
        day.state,
        Released(case=day.case.id, by=KATHY.rep, reason="r"),
        KATHY,
        day.now_ms,
        day.library,
    ).refused
    assert refused is not None, "what was learnt of the first case is not enough for the second"


def test_a_happy_answer_after_an_unhappy_one_is_a_recovery_and_a_worse_one_takes_it_back(day: Day):
    unhappy(day)
    day.told(rated(5))
    assert last(day).happy_ms == day.now_ms
    day.told(rated(1))
    assert last(day).happy_ms == 0
    assert len(day.state.cases) == 1


def test_partial_answers_are_kept_and_each_may_be_changed(day: Day):
    flies(day)
    day.waits(2 * HOUR_MS)
    day.told(rated(4, question="treated"))
    assert (last(day).score, last(day).more) == (None, (("treated", 4),))
    assert day.withdrawn == [day.commands[-1].id]
    day.told(rated(7, question="easy"))
    day.told(rated(5))
    day.told(rated(2, question="treated"))
    assert last(day).score == 5
    assert dict(last(day).more) == {"treated": 2, "easy": 7}
    assert last(day).again == 1
    assert day.state.cases == ()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (rated(3, question="treeted"), "no_such_question"),
        (rated(6, question="treated"), "off_the_scale"),
        (rated(0, question="easy"), "off_the_scale"),
    ],
)
def test_an_answer_is_to_a_question_that_is_asked_on_its_own_scale(day: Day, body: Rated, code):
    decision = decide(day.state, body, Asker(), day.now_ms, day.library)
    assert decision.refused is not None
    assert decision.refused.code == code
