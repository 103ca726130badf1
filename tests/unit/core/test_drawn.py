"""What became of a lot: what a customer does and what they say, each the first time after it."""

from msgspec.structs import replace

from makegood.core.fold import step
from makegood.core.state import EMPTY, State
from makegood.messages.facts import Body, Rated
from makegood.messages.hello_facts import Assigned
from makegood.playbooks.book import Library
from makegood.playbooks.rulings import SurveyKind, SurveyRule
from makegood.testing.book import DAY_MS, small_book
from makegood.testing.history import NOON_MS, event


def survey(id_: str, kind: SurveyKind, bad_below: int = 0) -> SurveyRule:
    return SurveyRule(
        id=id_,
        kind=kind,
        bad_below=bad_below,
        fails_as="no_car" if bad_below else "",
        after=(),
        question={},
        message="x",
        read=lambda _event, _facts: None,
    )


SURVEYS = (
    survey("trip", SurveyKind.CSAT, 3),
    survey("met", SurveyKind.THUMBS),
    survey("idle", SurveyKind.NPS),
)


def _library() -> Library:
    book = replace(small_book(), surveys={one.id: one for one in SURVEYS})
    return Library(active=book.hash, books={book.hash: book})


LIBRARY = _library()


def told(*days: tuple[int, Body]) -> State:
    state = EMPTY
    for n, (day, body) in enumerate(days):
        at_ms = NOON_MS + day * DAY_MS + n
        one = event(body, at_ms=at_ms, name=f"e{n}", book=LIBRARY.active)
        state = step(state, one, LIBRARY).state
    return state


DREW = Assigned(experiment="hello", treated=True, propensity=0.9)


def test_answers_after_the_lot_are_kept_apart_by_good_and_bad():
    state = told(
        (0, Rated(survey="trip", about="R0", score=5)),
        (1, DREW),
        (2, Rated(survey="trip", about="R1", score=4)),
        (3, Rated(survey="trip", about="R2", score=1)),
        (4, Rated(survey="trip", about="R3", score=5)),
    )
    (lot,) = state.in_touch.lots
    assert (lot.good_ms - NOON_MS) // DAY_MS == 2
    assert (lot.bad_ms - NOON_MS) // DAY_MS == 3
    assert lot.back_ms == 0


def test_a_thumb_down_is_no_good_answer_and_a_score_without_a_limit_is_neither():
    state = told(
        (0, DREW),
        (1, Rated(survey="idle", about="R1", score=9)),
        (2, Rated(survey="met", about="R2", score=0)),
    )
    (lot,) = state.in_touch.lots
    assert (lot.good_ms, (lot.bad_ms - NOON_MS) // DAY_MS) == (0, 2)


def test_what_no_survey_of_the_book_asked_is_no_answer():
    state = told((0, DREW), (1, Rated(survey="other", about="R1", score=5)))
    assert state.in_touch.lots[0].good_ms == 0
