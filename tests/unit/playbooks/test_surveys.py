"""The section `surveys`: what it takes, and every mistake with what to do."""

import pytest

from makegood.books.opening import shipped_laws
from makegood.playbooks.binding import bind
from makegood.playbooks.load import check_book
from makegood.playbooks.spots import spots_of
from tests.unit.playbooks.test_rule_book_page import BOOK


def mistakes(old: str, new: str) -> str:
    assert old in BOOK
    checked = check_book(BOOK.replace(old, new, 1), name="b")
    return "\n".join(str(one) for one in (*checked.errors, *checked.warnings))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    asks: how_was_the_stay", "    asks: how_was_the_sty", "how_was_the_stay"),
        ("    asks: how_was_the_stay", "    asks: come_back", "does not sell"),
        ("    asks: how_was_the_stay", "    asks: sorry", "does not sell"),
        ("    after: Stay Ended", "    after: Stay Endet", "Stay Ended"),
        ("    when: event.nights > 0", "    when: event.night > 0", "event.nights"),
        ("    when: event.nights > 0", "    when: '1 + 1'", "bool"),
        ("    met: event.host", "    met: event.hots", "event.host"),
        ("    kind: csat\n", "    kind: csta\n", "csat"),
        ("    bad_below: 3\n", "    bad_below: 6\n", "5"),
        ("    bad_below: 3\n", "    bad_below: 1\n", "2 to 5"),
        ("    bad_below: 3\n", "", "neither"),
        ("    fails_as: other\n", "", "neither"),
        ("    fails_as: other\n", "    fails_as: othr\n", "other"),
        ("    useful_within: 3d\n", "    useful_within: 0s\n", "longer than nothing"),
        ("was your stay with $brand? $link", "was your stay with $brnd? $link", "$brnd"),
        ("was your stay with $brand? $link", "was your stay, $offer? $link", "$offer"),
        ("    ask_after: 2h\n    every", "    ask_aftr: 2h\n    every", "ask_after"),
        ("after: Stay Ended\n    about: event.booking\n", "after: Stay Ended\n", "no `about`"),
        ("expect: {asked: [the_stay]}", "expect: {asked: [the_sty]}", "the_stay"),
    ],
)
def test_a_mistake_is_told_with_what_is_right(old: str, new: str, said: str):
    assert said in mistakes(old, new)


def test_a_message_without_a_link_cannot_be_answered():
    text = BOOK.replace("how was your stay with $brand? $link", "how was it?", 1)
    text = text.replace("$greeting como foi a sua estadia? $link", "como foi?", 1)
    assert any("no $link" in str(one) for one in check_book(text, name="b").errors)


def test_a_brand_puts_a_survey_in_the_place_of_the_umbrella_s():
    own = """makegood: 1
name: sea-view
builds_on: hotel
surveys:
  - id: the_stay
    replaces: true
    after: Stay Ended
    about: event.booking
    question: {en: "How was the sea?", pt: "Como estava o mar?"}
    asks: how_was_the_stay
    kind: thumbs
"""
    bound = bind(own, shipped_laws(), {"hotel.yaml": BOOK}.get)
    checked = check_book(bound, name="sea.yaml")
    assert checked.errors == ()
    assert checked.book is not None
    assert checked.book.surveys["the_stay"].question["en"] == "How was the sea?"
    assert [one.id for one in checked.book.asks_after["Stay Ended"]] == ["the_stay"]


def test_what_a_person_may_change_of_a_survey_is_offered_in_the_desk():
    spots = {spot.path: spot.kind for spot in spots_of(BOOK)}
    wanted = {"when": "condition", "ask_after": "span", "every": "span", "bad_below": "number"}
    assert {key: spots.get(f"surveys/the_stay/{key}") for key in wanted} == wanted


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("scale: 1 to 5, ", "", "needs its scale"),
        ("scale: 1 to 5, ", "scale: 5 to 1, ", "the least first"),
        ("scale: 1 to 5, ", "scale: 1 to 50, ", "the least first"),
        ("scale: 1 to 5, ", "scale: one to 5, ", "the least first"),
        ("{id: easy, kind: ces, ", "{id: easy, kind: ces, scale: 1 to 5, ", "by its definition"),
        ("{id: easy, kind: ces, ", "{id: treated, kind: ces, ", "treated"),
        ('"Were you treated well?"}, bad_below: 2}', '"Well?"}, bad_below: 1}', "2 to 5"),
        ("    outside: apology_first", "    outside: apology_frst", "apology_first"),
        ("asking:\n  every: 7d", "asking:\n  evry: 7d", "every"),
        ("  too_few: 30", "  too_few: 0", "at least 1"),
        ("  unreported: 90d", "  unreported: long", "not a span"),
        ("  too_few: 30", "  too_few: 30\n  weeks: 1", "at least 2"),
        ("  too_few: 30", "  too_few: 30\n  months: 25", "from 0 to 24"),
    ],
)
def test_every_mistake_of_further_questions_and_of_asking_is_found(old, new, said):
    assert said in mistakes(old, new)


def test_a_message_with_a_line_for_each_answer_needs_no_other_link():
    assert mistakes("was your stay with $brand? $link", "was your stay? $scores") == ""
