"""A file of the roster is taken whole or not at all, whatever is in it."""

import pytest

from makegood.messages.ids import RepId
from makegood.runtime.roster import MOST_ROWS, Firm, read_file

FIRM = Firm(brands=("cars",), roles=("rep",), reps=(RepId("kathy"),))


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("rep\n\x00\n", "rep"),
        ("rep\na\x07b\n", "rep"),
        ("rep\nkathy\nkathy\n", "rep"),
        ("rep,cover\ntom,nobody\n", "cover"),
        ("rep\n" + "a" * 200_000, "file"),
        ("rep\n" + "".join(f"r{n}\n" for n in range(MOST_ROWS + 1)), "rep"),
    ],
)
def test_what_cannot_be_is_told_and_nothing_is_taken(text: str, field: str):
    rows, wrong = read_file(text, {}, FIRM)
    assert {one.field for one in wrong} == {field}
    assert len(rows) < MOST_ROWS


def test_a_cover_may_stand_in_the_same_file():
    rows, wrong = read_file("rep,cover\ntom,uli\nuli,kathy\n", {}, FIRM)
    assert wrong == ()
    assert [(one.rep, one.cover) for one in rows] == [("tom", "uli"), ("uli", "kathy")]
