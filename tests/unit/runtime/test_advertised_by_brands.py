"""A brand whose own book says something else, or more, is measured by what it says itself."""

import pytest

from makegood.analytics.advertised import Counts, beside
from makegood.books import opening
from makegood.playbooks.binding import bind
from makegood.playbooks.load import check_book
from makegood.ports.advertised import FailureCount, TouchCount
from makegood.runtime.advertised import advertised_by, advertised_in

HOUSE = opening.read_book("car-rental")[0].replace("name: car-rental\n", "name: house\n", 1)
HOUSE = HOUSE.replace("  - id: northwind_vans\n", "  - id: northwind_vans\n    book: vans\n", 1)
HOUSE += """
advertised:
  - {id: ready, says: {en: Ready}, words: {en: [no car]}, failures: [no_car]}
  - {id: kind, says: {en: We are kind}, words: {en: [rude]}, failures: [no_car]}
"""
VANS = """\
makegood: 1
name: vans
builds_on: house
advertised:
  - {id: ready, replaces: true, says: {en: Soon}, words: {en: [no van]}, failures: [no_car]}
  - {id: clean, says: {en: Clean}, words: {en: [dirty]}, failures: [no_car]}
"""


@pytest.fixture(scope="module")
def book():
    bound = bind(HOUSE, {}, {"house.yaml": HOUSE, "vans.yaml": VANS}.get)
    found = check_book(bound, name="house.yaml")
    assert found.book is not None, found.errors
    return found.book


def test_each_version_is_there_with_the_brands_that_say_it(book):
    found = advertised_in(book)
    others = tuple(it for it in book.brands if it != "northwind_vans")
    assert {key: (one.says["en"], one.brands) for key, one in found.items()} == {
        "ready": ("Ready", others),
        "kind": ("We are kind", ()),
        "ready@northwind_vans": ("Soon", ("northwind_vans",)),
        "clean@northwind_vans": ("Clean", ("northwind_vans",)),
    }


def test_a_brand_that_is_chosen_says_it_in_its_own_way(book):
    assert advertised_by(book, "northwind_vans")["ready"].says == {"en": "Soon"}
    assert "clean" not in advertised_by(book, "northwind_cars")
    assert advertised_by(book, "northwind_cars")["ready"].says == {"en": "Ready"}


def test_what_is_of_one_brand_is_counted_once_and_for_it_alone(book):
    found = advertised_in(book)
    brands = ("northwind_vans", "northwind_cars", "")
    counts = Counts(
        touches=tuple(
            TouchCount(promise="ready", brand=it, from_ms=0, verdict="against", n=n)
            for n, it in enumerate(brands, 1)
        ),
        failures=tuple(
            FailureCount(rules=("no_car",), brand=it, from_ms=0, n=10 * n)
            for n, it in enumerate(brands, 1)
        ),
    )
    keys = ("ready", "ready@northwind_vans", "clean@northwind_vans")
    rows = beside([found[key] for key in keys], counts)
    assert [(one.said.against, one.failures) for one in rows] == [(5, 50), (1, 10), (0, 10)]
