"""The section `owners`: one for all brands, whom a brand's book may add to."""

import pytest

from makegood.playbooks.binding import bind
from makegood.playbooks.book import RuleBook
from makegood.playbooks.load import CheckedBook, check_book
from tests.unit.playbooks.small_book import SMALL

SECOND = """  - id: bolt
    name: Bolt
    sender: care@bolt.example.com
    offers_sender: offers@news.bolt.example.com
    book: bolt
"""
GROUP = SMALL.replace("  - id: acme\n", "  - id: acme\n    book: acme\n", 1).replace(
    "authority:\n", f"{SECOND}authority:\n", 1
)
HEAD = "makegood: 1\nname: {}\nbuilds_on: group\n"


def checked(umbrella: str, *, acme: str = "", bolt: str = "") -> CheckedBook:
    own = {"acme.yaml": HEAD.format("acme") + acme, "bolt.yaml": HEAD.format("bolt") + bolt}
    group = GROUP.replace("name: small\n", "name: group\n", 1) + umbrella
    return check_book(bind(group, {}, {**own, "group.yaml": group}.get), name="group.yaml")


def good(umbrella: str, **own: str) -> RuleBook:
    found = checked(umbrella, **own)
    assert found.errors == ()
    assert found.book is not None
    return found.book


def test_what_a_brand_names_is_known_to_who_reads_the_umbrella_s_book():
    book = good(
        "owners: {rules: {parcel_late: mira}, otherwise: helen}\n",
        acme="owners: {rules: {promise_broken: omar}, places: {quay: joao}}\n",
        bolt="owners: {places: {quay: joao, mill: ines}}\n",
    )
    assert dict(book.owners.rules) == {"parcel_late": "mira", "promise_broken": "omar"}
    assert dict(book.owners.places) == {"quay": "joao", "mill": "ines"}
    assert book.owners.owner_of("place", "unknown") == "helen"


@pytest.mark.parametrize(
    "own",
    [
        {"acme": "owners: {rules: {parcel_late: omar}}\n"},
        {"acme": "owners: {otherwise: omar}\n"},
        {"acme": "owners: {answer_within: 9d}\n"},
        {"acme": "owners: {places: {quay: omar}}\n", "bolt": "owners: {places: {quay: ines}}\n"},
    ],
)
def test_nobody_is_named_otherwise_for_one_brand(own: dict[str, str]):
    (error,) = checked("owners: {rules: {parcel_late: mira}, otherwise: helen}\n", **own).errors
    assert "is one for all brands, and something else here" in error.message
    assert "umbrella's book alone" in error.hint


def test_a_rule_that_no_book_knows_is_warned_of_with_the_nearest():
    (warning,) = [
        one
        for one in checked("owners: {rules: {parcel_lte: mira}}\n").warnings
        if "parcel_lte" in one.message
    ]
    assert "parcel_late" in warning.hint


OWN_RULE = "waivers: {quay_closed: {en: A mooring fee}}\n"


def test_a_rule_that_only_a_brand_has_is_known_to_the_umbrella_s_book():
    owned = "owners: {rules: {quay_closed: mira, parcel_late: omar}}\n"
    found = checked(owned, acme=OWN_RULE)
    assert found.errors == ()
    assert not [one for one in found.warnings if "is called" in one.message]
    alone = checked(owned)
    assert [one.message for one in alone.warnings if "is called" in one.message] == [
        "No rule of this book is called `quay_closed`."
    ]


def test_a_rule_that_no_book_knows_is_warned_of_once_where_it_stands():
    found = checked(
        "owners: {rules: {parcel_lost: mira}}\n",
        acme="owners: {rules: {promise_brokn: omar}}\n",
    )
    assert [one.message for one in found.warnings if "is called" in one.message] == [
        "No rule of this book is called `parcel_lost`.",
        "No rule of this book is called `promise_brokn`.",
    ]
