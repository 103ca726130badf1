"""The section `everyone`: what it says when it is there, and what holds without it."""

import pytest

from makegood.playbooks.load import load_book
from makegood.playbooks.standing import TierPart
from makegood.playbooks.terms import EveryoneTerms
from tests.unit.playbooks.small_book import SMALL, changed

TIER = TierPart(fact="tier", order=("basic", "gold"))
BEGINS, ENDS = SMALL.index("everyone:"), SMALL.index("requests:")


def terms(text: str) -> EveryoneTerms:
    return load_book(text, name="small.yaml").everyone


def test_the_section_is_read():
    found = terms(SMALL)
    assert (found.same, found.tier) == (("failure", "loss"), TIER)
    assert found.came_back_by == {"Promise Kept"}
    assert (found.within_days, found.judge_after_days, found.too_few) == (180, 20, 10)


def test_a_book_without_it_compares_by_failure_and_loss_over_a_year():
    assert terms(SMALL[:BEGINS] + SMALL[ENDS:]) == EveryoneTerms(tier=TIER)
    assert terms(changed("same: [failure, loss]", "same: [failure, loss]")).same == (
        EveryoneTerms().same
    )


def test_the_order_of_the_words_does_not_count():
    written = changed("same: [failure, loss]", "same: [severity, loss, brand]")
    assert terms(written).same == ("loss", "brand", "severity")


@pytest.mark.parametrize(
    ("customer", "level"),
    [
        ({"tier": "gold"}, "gold"),
        ({"tier": " Gold"}, "gold"),
        ({"tier": "platinum"}, ""),
        ({}, ""),
        ({"tier": 3}, ""),
    ],
)
def test_a_level_that_is_not_named_or_not_known_is_none(customer, level):
    assert terms(SMALL).level_of(customer) == level


def test_a_book_whose_standing_has_no_tier_compares_everybody():
    written = changed(
        "  tier: {from: customer.tier, order: [basic, gold]}",
        "  agreements: {from: customer.tier}",
    )
    assert terms(written).standing == ()
    assert terms(written).level_of({"tier": "gold"}) == ""
