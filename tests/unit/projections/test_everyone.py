"""Shares with their intervals, and what is said of few."""

import pytest

from makegood.projections.everyone import Share, share
from makegood.projections.everyone_words import share_words


@pytest.mark.parametrize(
    ("back", "of", "low", "high"),
    [  # scipy.stats.binomtest(back, of).proportion_ci(method="wilson")
        (7, 12, 0.3195, 0.8067),
        (1, 20, 0.0089, 0.2361),
        (500, 1000, 0.4691, 0.5309),
        (0, 30, 0.0, 0.1135),
        (30, 30, 0.8865, 1.0),
    ],
)
def test_the_interval_is_the_one_of_wilson(back, of, low, high):
    found = share(back, of, too_few=12)
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_fewer_than_the_book_asks_for_have_no_interval():
    assert share(7, 11, too_few=12) == Share(back=7, of=11)
    assert share(7, 12, too_few=12).low is not None
    assert share(0, 0, too_few=0) == Share(back=0, of=0)


def test_few_are_said_to_be_too_few():
    assert share_words(share(7, 12, 12), 12) == "7 of 12 (32\u00a0% to 81\u00a0%)"
    assert share_words(share(1, 3, 12), 12) == "1 of 3, too few to tell (3)"
    assert share_words(share(0, 0, 12), 12) == "too few to tell (0)"
    assert share_words(share(0, 0, 0), 0) == "nobody to tell of"
