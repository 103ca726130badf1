"""Who goes elsewhere: least harm first, and what nobody knows is no reason to harm somebody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from makegood.books.opening import read_book
from makegood.core.walks import NOTHING, OFFERED, Arriving, rank, suggested
from makegood.playbooks.load import load_book

TEXT, NAME = read_book("hotel-group")
RULE = load_book(TEXT, name=NAME).walks["overbooked"]
EASY = {
    "hour": 15, "nights": 1, "children": 0, "guests": 1, "local": True, "flexible": True,
    "medical": False, "needs_access": False, "walked_days_ago": 9_999,
}  # fmt: skip


def arriving(id_: str = "R1", *, volunteer: bool = False, **facts: object) -> Arriving:
    return Arriving(id=id_, facts={**EASY, **facts}, volunteer=volunteer)


def test_who_has_one_night_and_time_goes_before_a_family_that_comes_late():
    late = arriving("R1", hour=23, children=2)
    easy = arriving("R2")
    first, last = rank(RULE, [late, easy])
    assert (first.id, first.points, first.reasons) == ("R2", 0, (NOTHING,))
    assert (last.id, last.points) == ("R1", 12)
    assert last.reasons == ("they arrive late", "children travel with them")


@pytest.mark.parametrize(
    "why", [{"medical": True}, {"needs_access": True}, {"walked_days_ago": 364}]
)
def test_some_are_never_walked_whatever_else(why):
    ranked = rank(RULE, [arriving("R1", **why), arriving("R2", hour=23, nights=9, children=3)])
    assert [one.id for one in ranked] == ["R2", "R1"]
    assert ranked[-1].never
    assert suggested(ranked, 2) == ("R2",), "rather fewer than one of them"


def test_a_year_after_a_walk_it_counts_no_more():
    (one,) = rank(RULE, [arriving(walked_days_ago=365)])
    assert not one.never


def test_what_nobody_knows_counts_as_the_worse_and_says_so():
    unknown = arriving("R1")
    del unknown.facts["hour"]
    first, last = rank(RULE, [unknown, arriving("R2", nights=2)])
    assert (first.id, last.points) == ("R2", 6)
    assert last.reasons == ("nobody knows whether they arrive late",)


def test_whoever_might_have_to_stay_stands_behind_those_who_need_not():
    unsure = arriving("R1")
    del unsure.facts["medical"]
    ranked = rank(RULE, [unsure, arriving("R2", hour=23, children=2, nights=3)])
    assert [one.id for one in ranked] == ["R2", "R1"]
    assert ranked[1].unsure
    assert not ranked[1].never


def test_a_volunteer_is_asked_before_anybody_else():
    first, _ = rank(RULE, [arriving("R1"), arriving("R2", hour=23, volunteer=True)])
    assert first.id == "R2"
    assert first.reasons[0] == OFFERED


_FACTS = st.fixed_dictionaries(
    {},
    optional={
        "hour": st.integers(0, 23), "nights": st.integers(1, 9), "children": st.integers(0, 4),
        "medical": st.booleans(), "local": st.booleans(), "flexible": st.booleans(),
    },
)  # fmt: skip


@given(st.lists(_FACTS, min_size=1, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_the_list_changes_nothing_and_nobody_is_left_out(facts, random):
    arrivals = [arriving(f"R{n}", **one) for n, one in enumerate(facts)]
    shuffled = list(arrivals)
    random.shuffle(shuffled)
    ranked = rank(RULE, arrivals)
    assert ranked == rank(RULE, shuffled)
    assert {one.id for one in ranked} == {one.id for one in arrivals}
    never = [one.never for one in ranked]
    assert never == sorted(never), "who stays stands last"
