"""A brand may find a wait too long sooner than its umbrella does, and never later."""

import pytest

from makegood.playbooks.binding import bind
from makegood.playbooks.load import check_book
from tests.unit.playbooks.test_composing import HEAD
from tests.unit.playbooks.test_composing import HOUSE as PLAIN

WAITS = """\
waits:
  - id: letter_waits
    channels: [mail, form]
    at_most: 24h
    at_least: 1h
    norm: {share: 0.9, waits: 100}
    title: A letter was not answered
  - id: van_waits
    begins: Van Asked
    ends: Van Sent
    given_up: Van Declined
    about: event.order
    at_most: 20m
    title: A van did not come
"""
PLAN = "parcel_late, promise_broken, letter_waits, van_waits"
HOUSE = (
    PLAIN.replace("remedies:\n", f"{WAITS}remedies:\n", 1)
    .replace("for: [parcel_late, promise_broken]", f"for: [{PLAN}]", 1)
    .replace(
        "  Promise Kept:",
        "  Van Asked: {order: string}\n  Van Sent: {order: string}\n"
        "  Van Declined: {order: string}\n  Promise Kept:",
        1,
    )
)


def errors(brand: str, house: str = HOUSE) -> list[str]:
    bound = bind(HEAD + brand, {}, {"house.yaml": house}.get)
    return [str(one) for one in check_book(bound, name="acme.yaml").errors]


def brand(old: str = "", new: str = "") -> str:
    """Say the waits of the umbrella anew, with one change."""
    assert old in WAITS
    changed = WAITS.replace(old, new, 1) if old else WAITS
    return changed.replace("    title:", "    replaces: true\n    title:")


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("letter_waits", "at_most: 24h", "at_most: 25h"),
        ("letter_waits", "at_least: 1h", "at_least: 2h"),
        ("letter_waits", "[mail, form]", "[mail]"),
        ("letter_waits", "share: 0.9,", "share: 0.95,"),
        ("letter_waits", "waits: 100", "waits: 9000"),
        ("letter_waits", "    norm: {share: 0.9, waits: 100}\n", ""),
        ("van_waits", "    ends: Van Sent\n", "    ends: [Van Sent, Promise Kept]\n"),
        ("van_waits", "given_up: Van Declined", "given_up: [Van Declined, Promise Kept]"),
        ("van_waits", "    begins: Van Asked\n", "    begins: Promise Kept\n"),
        ("van_waits", "    at_most: 20m\n", "    at_most: 20m\n    at_least: 5m\n"),
    ],
)  # fmt: skip
def test_a_wait_of_the_umbrella_is_not_made_less_unless_it_says_so(
    name: str, old: str, new: str
) -> None:
    assert errors(brand()) == []
    found = errors(brand(old, new))
    assert [one for one in found if f"`{name}` is the umbrella's to lower" in one] == found
    assert len(found) == 1
    may = HOUSE.replace("makegood: 1", f"makegood: 1\nmay_change: [{name}]")
    assert errors(brand(old, new), may) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("at_most: 24h", "at_most: 12h"),
        ("at_least: 1h", "at_least: 30m"),
        ("    at_least: 1h\n", ""),
        ("[mail, form]", "[mail, form, chat]"),
        ("share: 0.9,", "share: 0.8,"),
        ("waits: 100", "waits: 50"),
        ("    at_most: 20m\n", "    at_most: 10m\n    norm: {share: 0.9}\n"),
    ],
)
def test_a_brand_may_find_it_too_long_sooner(old: str, new: str) -> None:
    assert errors(brand(old, new)) == []
