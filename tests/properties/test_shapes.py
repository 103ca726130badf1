"""Judging a shape once says of every customer who has it what judging each would say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from makegood.core.holds import GateRow, Hold, Question, iso
from makegood.gate.judging import answer_for
from makegood.gate.screening.shapes import Judge
from makegood.messages.commands import MessageClass
from tests.properties.moves import LIBRARY

BRANDS = ("cars", "vans", "another brand", "*")
HOLDS = st.builds(
    Hold,
    case=st.sampled_from(("k1", "k2", "k3", "0", "1")),
    scope=st.sampled_from(BRANDS),
    since_ms=st.integers(1, 2_000_000_000_000),
    lifts_ms=st.sampled_from((0, 1_800_000_000_000, 1_900_000_000_000)),
    unclear=st.booleans(),
    names=st.lists(st.sampled_from(("k1", "k4")), max_size=2).map(tuple),
)
ROWS = st.builds(
    GateRow,
    holds=st.lists(HOLDS, max_size=3).map(tuple),
    unsubscribed=st.lists(
        st.tuples(st.sampled_from(BRANDS), st.sampled_from(("mail", "sms", "*"))), max_size=2
    ).map(tuple),
    stuck=st.booleans(),
    persons=st.lists(
        st.tuples(st.sampled_from(("cars", "")), st.sampled_from(("kathy", "mario"))), max_size=1
    ).map(tuple),
)
QUESTIONS = st.builds(
    Question,
    brand=st.sampled_from(("cars", "vans", "another brand", "")),
    message_class=st.sampled_from(("promotional", "survey", "mixed")).map(MessageClass),
    channel=st.sampled_from(("mail", "sms")),
    case=st.sampled_from(("", "k1", "k4", "0")),
    by=st.sampled_from(("", "kathy")),
)


@pytest.mark.parametrize("by_chosen_rep", [False, True])
@given(rows=st.lists(ROWS, min_size=1, max_size=12), question=QUESTIONS)
def test_a_shape_is_judged_as_each_customer_is(by_chosen_rep, rows, question):
    book = LIBRARY.now(question.brand)
    book = replace(book, people=replace(book.people, offers_by_chosen_rep=by_chosen_rep))
    judge = Judge(question, book)
    for row in (*rows, *(moved(row) for row in rows)):  # the second has shapes that are known
        stop, answer = judge.stops(row), answer_for((row,), question, book)
        assert (stop is None) == answer.allowed
        if stop is not None:
            assert stop[1:] == (answer.reason, answer.since_ms, answer.until, answer.case)


def moved(row: GateRow) -> GateRow:
    """The same standing, by other cases and since other moments."""
    holds = (replace(it, case=f"m{it.case}", since_ms=it.since_ms + 1_000) for it in row.holds)
    return replace(row, holds=tuple(holds))


@pytest.mark.parametrize("many", [3, 25_000])
def test_ends_of_holds_may_be_as_many_as_customers(many):
    judge = Judge(
        Question(brand="cars", message_class=MessageClass.PROMOTIONAL), LIBRARY.now("cars")
    )
    for number in range(many):
        hold = Hold(case=f"k{number}", scope="*", since_ms=number, lifts_ms=10_000 * number + 1)
        stop = judge.stops(GateRow(holds=(hold,)))
        assert stop is not None
        assert (stop.case, stop.since_ms, stop.until) == (hold.case, number, iso(hold.lifts_ms))
