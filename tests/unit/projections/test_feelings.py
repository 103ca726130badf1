"""The line: what ends a feeling, what does not, and what it says when nobody knows."""

from msgspec.structs import replace

from makegood.messages.events import OrderKey
from makegood.playbooks.feelings import Feeling
from makegood.projections import feeling_places
from makegood.projections.feeling_line_words import now_words
from makegood.projections.feelings import Evidence, Kind, line_of, page_of

HAPPY, NEITHER, UNHAPPY = Feeling.HAPPY, Feeling.NEITHER, Feeling.UNHAPPY


def at(ms: int, kind: Kind, feeling: Feeling | None = None) -> Evidence:
    return Evidence(order=(ms, 0, "s", f"{ms} {kind}"), kind=kind, feeling=feeling)


def told(*evidence: Evidence) -> str:
    return now_words(line_of(evidence, 100), read_all=True)


def test_a_remedy_ends_what_who_was_not_happy_said_and_no_happiness():
    unhappy = line_of([at(1, "not_yet", UNHAPPY), at(5, "remedy")], 9)
    assert unhappy.now is None
    assert [one.until_ms for one in unhappy.spans] == [5]
    happy = line_of([at(1, "good_again", HAPPY), at(5, "remedy")], 9)
    assert happy.now is HAPPY
    assert [one.until_ms for one in happy.spans] == [9]
    assert line_of([at(1, "answer", NEITHER), at(5, "remedy")], 9).now is None


def test_words_alone_and_calls_and_a_release_say_nothing_of_a_feeling():
    for kind in ("wrote", "public", "call", "released"):
        line = line_of([at(1, "answer", UNHAPPY), at(5, kind)], 9)
        assert (line.now, line.since) == (UNHAPPY, None)
        assert line_of([at(5, kind)], 9).last is None


def test_of_several_questions_about_one_thing_the_worst_answer_stands():
    first = Evidence(order=(1, 0, "s", "1"), kind="answer", feeling=HAPPY, name="boarding",
                     about="B1")  # fmt: skip
    treated = replace(first, order=(2, 0, "s", "2"), question="treated", feeling=UNHAPPY)
    easy = replace(first, order=(3, 0, "s", "3"), question="easy", feeling=NEITHER)
    assert line_of([first, treated, easy], 9).now is UNHAPPY
    assert line_of([first, treated, easy], 9).last == treated
    other = replace(easy, about="B2")
    assert line_of([first, treated, other], 9).now is NEITHER, "about something else"
    again = replace(treated, order=(4, 0, "s", "4"), feeling=HAPPY)
    assert line_of([replace(treated, feeling=None), again], 9).now is HAPPY
    down = at(4, "let_down")
    assert line_of([first, treated, down, replace(easy, order=(5, 0, "s", "5"))], 9).now is NEITHER


def test_what_is_said_now_in_words():
    assert told() == "Has never said how they feel."
    assert told(at(1, "let_down")) == "Has never said how they feel."
    assert told(at(1, "answer", NEITHER)) == "Last said: neither happy nor unhappy."
    down = (at(1, "answer", HAPPY), at(2, "let_down"), at(3, "remedy"))
    assert told(*down) == "Has not said since we let them down. Before that: happy."
    helped = (at(1, "not_yet", UNHAPPY), at(2, "remedy"))
    assert told(*helped) == "Has not said since a remedy came. Before that: unhappy."
    late = now_words(line_of([], 9), read_all=False)
    assert late == "Has not said how they feel lately."


def test_a_page_that_is_full_goes_on_after_its_last_and_else_where_reading_ended():
    found = [at(9, "call"), at(5, "call")]
    end: OrderKey = (1, 0, "", "")
    assert page_of(found, end, 1) == ((found[0],), found[0].order)
    assert page_of(found, end, 2) == (tuple(found), end)
    assert page_of(found, None, 2) == (tuple(found), None)


def test_a_place_is_read_as_it_was_written():
    for place in (
        (5, 6, "s", "m"),
        (-9, 0, "", "failure/é\u200b\n"),
        (1, 10**15 - 1, "a", "b" * 255),
    ):
        assert feeling_places.read(feeling_places.written(place)) == place
    assert feeling_places.read("") is None
