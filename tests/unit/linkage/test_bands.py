"""What is linked without a person, and what no score may do alone."""

import pytest

from makegood.linkage import bands
from makegood.linkage.bands import AGAINST, AGREES, NEAR, UNKNOWN, Pair, band, of_the_person
from makegood.linkage.plan import Plan

PLAN = Plan(lists=(), linked_at=0.95, review_at=0.5, clear_by=20)
SAME = {"given": AGREES, "surname": AGREES, "birth": AGREES}
FAMILY = {"surname": AGREES, "mail": AGREES, "phone": AGREES, "address": AGREES}


def pair(left: str, right: str, bits: float = 12.0, chance: float = 0.999, **signs) -> Pair:
    a, b = left.split(":"), right.split(":")
    return Pair(
        left=(a[0], a[1]), right=(b[0], b[1]), probability=chance, bits=bits,
        signs=signs or SAME,
    )  # fmt: skip


@pytest.mark.parametrize("given", [UNKNOWN, NEAR, AGAINST])
def test_what_a_family_shares_never_links_two_people_by_itself(given):
    for shared in ({"mail"}, {"phone"}, {"mail", "phone"}, set(FAMILY)):
        signs = {"surname": AGREES, "given": given, **dict.fromkeys(shared, AGREES)}
        assert of_the_person(signs)


@pytest.mark.parametrize(
    ("signs", "why"),
    [
        (SAME, ""),
        ({**SAME, "birth": AGAINST}, bands.BIRTHS_DIFFER),
        ({**FAMILY, "given": AGREES, "birth": AGAINST}, bands.BIRTHS_DIFFER),
        ({**FAMILY, "given": AGREES}, ""),
        ({"given": AGREES, "surname": AGAINST, "birth": AGREES}, ""),
        ({"given": AGREES, "surname": AGREES}, bands.ONE_THING),
        ({"given": AGREES, "surname": AGREES, "address": AGREES}, ""),
        ({"given": AGREES, "surname": NEAR, "address": AGREES}, bands.ONE_THING),
        ({"given": NEAR, "surname": AGREES, "birth": NEAR, "mail": AGREES}, bands.NOT_THE_PERSON),
        ({"given": AGREES, "surname": NEAR, "slip": AGREES, "address": AGREES}, ""),
        ({"given": NEAR, "surname": AGREES, "birth": AGREES}, ""),
        ({"given": NEAR, "surname": AGREES, "mail": AGREES, "mailbox": AGREES}, ""),
        ({"given": AGAINST, "mail": AGREES, "mailbox": AGREES}, bands.NAMES_DIFFER),
        ({"given": NEAR, "number": AGREES}, ""),
        ({"given": AGAINST, "number": AGREES}, bands.NAMES_DIFFER),
    ],
)
def test_what_speaks_of_the_person(signs, why):
    assert of_the_person(signs) == why


def test_below_the_threshold_a_person_is_asked():
    linked, asked = band([pair("a:1", "b:1"), pair("a:2", "b:2", chance=0.9499)], PLAN)
    assert [it.left for it in linked] == [("a", "1")]
    assert [it.why for it in asked] == [bands.BELOW]


def test_exactly_at_the_threshold_is_linked():
    linked, asked = band([pair("a:1", "b:1", chance=0.95)], PLAN)
    assert (len(linked), len(asked)) == (1, 0)


def test_with_two_matches_that_are_nearly_as_likely_a_person_is_asked():
    near = [pair("a:1", "b:1", 12.0), pair("a:1", "b:2", 9.0)]
    linked, asked = band(near, PLAN)
    assert (len(linked), {it.why for it in asked}) == (0, {bands.NEXT_BEST})
    clear = [pair("a:1", "b:1", 12.0), pair("a:1", "b:2", 5.0)]
    linked, asked = band(clear, PLAN)
    assert [it.right for it in linked] == [("b", "1")]
    assert [it.why for it in asked] == [bands.NEXT_BEST]


@pytest.mark.parametrize("other", ["given", "birth"])
def test_who_is_surely_another_person_is_no_rival(other):
    brother = pair("a:1", "b:2", 14.0, **{**SAME, other: AGAINST})
    linked, asked = band([pair("a:1", "b:1", 12.0), brother], PLAN)
    assert [it.right for it in linked] == [("b", "1")]
    assert [it.right for it in asked] == [("b", "2")]


@pytest.mark.parametrize("other", ["given", "birth"])
def test_links_never_make_one_by_the_way_of_two_who_are_surely_two(other):
    apart = pair("a:1", "c:1", 11.0, **{**SAME, other: AGAINST})
    linked, asked = band([pair("a:1", "b:1", 14.0), pair("b:1", "c:1", 13.0), apart], PLAN)
    assert [it.right for it in linked] == [("b", "1")]
    assert bands.BY_THE_WAY in {it.why for it in asked}


def test_matches_in_two_lists_are_no_rivals():
    linked, _ = band([pair("a:1", "b:1"), pair("a:1", "c:1"), pair("b:1", "c:1")], PLAN)
    assert len(linked) == 3


def test_two_guests_of_one_list_never_become_one_customer_by_the_way():
    chain = [pair("a:1", "b:1", 14.0), pair("b:1", "c:1", 13.0), pair("a:2", "c:1", 12.0)]
    far = [it for it in chain if it.left != ("a", "2")]
    linked, asked = band([*far, pair("a:2", "c:1", 8.0)], PLAN)
    assert len(linked) == 2
    assert [it.why for it in asked] == [bands.SECOND]
