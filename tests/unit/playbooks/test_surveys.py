"""The section `surveys`: what it takes, and every mistake with what to do."""

import pytest

from makegood.playbooks.load import check_book
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
