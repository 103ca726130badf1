"""Rows of answers follow merges, and are filled in for answers older than the rows."""

from makegood.messages.facts import Rated, Touchpoint
from makegood.ports.answers import AnswerCount, answer_id
from makegood.runtime.answer_rows import fill_answers
from makegood.testing.book import HOUR_MS
from tests.unit.core.test_surveys import airline
from tests.unit.runtime.intake_world import Firm, arrival, same_person


def flown() -> Firm:
    """Ana is known by two names that nobody has put together yet; asked by one, she answers."""
    firm = Firm()
    firm.library = airline()
    facts = {"booking": "B1", "flight": "UA1", "brand": "meridian", "minor": False}
    leg = Touchpoint(name="Leg Flown", properties={**facts, "gate_agent": "g1"})
    firm.intake.take([arrival(firm, leg, "leg")])
    firm.clock.advance(2 * HOUR_MS)
    firm.intake.advance([firm.customer("user:ana")], firm.clock.now_ms())
    body = Rated(survey="boarding", about="B1/UA1", score=4, brand="meridian")
    firm.intake.take([arrival(firm, body, "rated", who="email:ana@example.org")])
    return firm


def counts(firm: Firm) -> list[tuple[str, int, bool, int]]:
    with firm.store.reading() as reading:
        found: tuple[AnswerCount, ...] = reading.answer_counts(0)
    return [(one.touch, one.score, one.asked, one.n) for one in found]


def test_one_person_known_by_two_names_answered_once():
    firm = flown()
    assert counts(firm) == [("", 4, False, 1), ("Leg Flown", -1, True, 1)]
    firm.intake.take([same_person(firm, "same", "email:ana@example.org")])
    assert counts(firm) == [("Leg Flown", 4, True, 1)]


def test_what_was_answered_before_there_were_rows_is_filled_in_once():
    firm = flown()
    firm.intake.take([same_person(firm, "same", "email:ana@example.org")])
    before = counts(firm)
    profile = firm.intake.profile("user:ana")
    with firm.store.writing() as writing:
        writing.put_answers((), [answer_id(profile, "boarding", "B1/UA1", "")])
    assert counts(firm) == []
    for _ in range(2):
        assert fill_answers(firm.store) == 1
        assert counts(firm) == before
