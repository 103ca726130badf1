"""What a score says: by the book and the scale of its own question, and else nothing."""

import pytest

from makegood.playbooks.feelings import Feeling, feeling_of, feeling_of_stars
from makegood.playbooks.rulings import SurveyKind, SurveyQuestion

UNHAPPY, NEITHER, HAPPY = Feeling.UNHAPPY, Feeling.NEITHER, Feeling.HAPPY


def said(kind: SurveyKind, score: int, bad_below: int = 0) -> Feeling | None:
    asked = SurveyQuestion(id="", question={}, kind=kind, scale=kind.scale, bad_below=bad_below)
    return feeling_of(asked, score)


@pytest.mark.parametrize(
    ("kind", "bad_below", "unhappy", "happy"),
    [
        (SurveyKind.NPS, 0, range(7), range(9, 11)),
        (SurveyKind.NPS, 5, range(5), range(9, 11)),
        (SurveyKind.CSAT, 3, range(1, 3), range(4, 6)),
        (SurveyKind.CSAT, 5, range(1, 5), range(5, 6)),
        (SurveyKind.CES, 4, range(1, 4), range(7, 8)),
        (SurveyKind.THUMBS, 1, range(1), range(1, 2)),
    ],
)
def test_the_book_says_what_is_bad_and_the_definition_what_is_best(
    kind, bad_below, unhappy, happy
):
    least, most = kind.scale
    for score in range(least, most + 1):
        wanted = UNHAPPY if score in unhappy else HAPPY if score in happy else NEITHER
        assert said(kind, score, bad_below) is wanted


def test_where_no_book_says_what_is_bad_only_the_ends_of_a_scale_speak():
    assert [said(SurveyKind.CSAT, n) for n in (1, 2, 3, 4, 5)] == [
        UNHAPPY,
        None,
        None,
        HAPPY,
        HAPPY,
    ]
    assert [said(SurveyKind.CES, n) for n in (1, 4, 7)] == [UNHAPPY, None, HAPPY]
    assert [said(SurveyKind.THUMBS, n) for n in (0, 1)] == [UNHAPPY, HAPPY]


def test_a_score_outside_of_its_scale_says_nothing():
    assert said(SurveyKind.CSAT, 6, 3) is None
    assert said(SurveyKind.NPS, -1) is None


@pytest.mark.parametrize(
    ("rating", "wanted"),
    [
        ("5 of 5", HAPPY), ("4 of 5", HAPPY), ("3 of 5", None), ("2 of 5", None),
        ("1 of 5", UNHAPPY), ("10 of 10", HAPPY), ("1 of 10", UNHAPPY), ("6 of 5", None),
        ("", None), ("five", None), ("1 of 1", None), ("1 of 0", None), ("9" * 9 + " of 5", None),
    ],
)  # fmt: skip
def test_stars_are_read_by_their_ends_where_the_book_says_no_more(rating, wanted):
    assert feeling_of_stars(rating) is wanted


@pytest.mark.parametrize(
    ("rating", "bad_below", "wanted"),
    [
        ("1 of 5", 3, UNHAPPY), ("2 of 5", 3, UNHAPPY), ("3 of 5", 3, NEITHER),
        ("4 of 5", 3, HAPPY), ("4 of 5", 5, UNHAPPY), ("5 of 5", 5, HAPPY),
        ("5 of 10", 3, UNHAPPY), ("6 of 10", 3, NEITHER), ("10 of 10", 3, HAPPY),
        ("1 of 2", 3, UNHAPPY), ("2 of 2", 3, HAPPY), ("0 of 5", 3, None), ("", 3, None),
    ],
)  # fmt: skip
def test_the_book_says_from_where_on_stars_are_bad(rating, bad_below, wanted):
    assert feeling_of_stars(rating, bad_below) is wanted
