"""The section `goodwill`: what it may say, and every mistake in it with its place."""

import pytest

from makegood.playbooks.giving import Besides
from makegood.playbooks.load import check_book
from makegood.playbooks.terms import Loss
from tests.unit.playbooks.small_book import SMALL

# ruff: noqa: E501 - one mistake, one line

DOSE = """\
  - id: token
    kind: credit
    title: {en: A credit}
    cost: {dose: true}
    provider: pay
plans:"""
GOODWILL = """\
goodwill:
  most: {ratio: 1.5}
  match:
    time: [credit, refund, exchange]
  otherwise: token
  used: failure.minutes < 600
  doses:
    used: {1: 0.1, 5: 0.3}
    unused: {3: 1.1}
  apologies: {within: 30d, second_needs: person}
"""
BOOK = SMALL.replace("plans:", DOSE, 1) + GOODWILL


def check(old: str = "", new: str = ""):
    assert not old or BOOK.count(old) == 1, old
    return check_book(BOOK.replace(old, new) if old else BOOK, name="small.yaml")


def test_the_limits_are_read():
    checked = check()
    assert checked.errors == ()
    assert checked.book is not None
    goodwill = checked.book.goodwill
    assert goodwill.most_ratio == 1.5
    assert goodwill.match == {Loss.TIME: {"credit", "refund", "exchange"}}
    assert goodwill.otherwise == "token"
    assert goodwill.doses == {True: ((1, 0.1), (5, 0.3)), False: ((3, 1.1),)}
    assert goodwill.apologies is not None
    assert goodwill.apologies.needs == (Besides.PERSON,)
    assert goodwill.used is not None
    assert [goodwill.used({"minutes": n}) for n in (599, 600)] == [True, False]
    assert goodwill.used({}) is None


def test_a_book_without_the_section_has_no_limits():
    book = check_book(SMALL, name="small.yaml").book
    assert book is not None
    assert (book.goodwill.most_ratio, book.goodwill.otherwise, book.goodwill.apologies) == (
        0,
        "",
        None,
    )


@pytest.mark.parametrize(
    ("old", "new", "at", "message", "hint"),
    [
        ("most: {ratio: 1.5}", "most: {ratio: 0}", "most: {ratio: 0}", "lets nothing", "1.5"),
        ("most: {ratio: 1.5}", "most: {ratio: 1.5, except: rom}", "rom}", "no remedy and no kind", "Known are"),
        ("most: {ratio: 1.5}", "most: {ratio: 11}", "most: {ratio: 11}", "from 0 to 10", ""),
        ("most: {ratio: 1.5}", "moist: {ratio: 1.5}", "moist", "no field `moist`", "`most`"),
        ("    time: [credit", "    tyme: [credit", "tyme:", "not a loss", "`time`"),
        ("[credit, refund", "[credits, refund", "[credits", "no remedy and no kind", "`credit`"),
        ("otherwise: token", "otherwise: tokin", "tokin", "not a remedy", "`token`"),
        ("otherwise: token", "otherwise: new_parcel", "otherwise: new_parcel", "cannot always be had", "credit"),
        ("failure.minutes < 600", "failure.minuts < 600", "failure.minuts", "minuts", ""),
        ("failure.minutes < 600", "customer.tier == 'x'", "customer.tier ==", "customer", ""),
        ("  used: failure.minutes < 600\n", "", "doses:\n", "go together", "Add"),
        ("used: {1: 0.1, 5: 0.3}", "used: {0: 0.1}", "{0: 0.1}", "no severity", "1 to 5"),
        ("used: {1: 0.1, 5: 0.3}", "used: {1: lots}", "{1: lots}", "from 0 to 10", "whole price"),
        ("used: {1: 0.1, 5: 0.3}", "used: {1: 1.6}", "{1: 1.6}", "more than the 1.5", "raise"),
        ("    used: {1: 0.1, 5: 0.3}\n", "", "unused:", "no `used`", "Add"),
        ("within: 30d", "within: 0d", "within: 0d", "longer than nothing", "90d"),
        ("second_needs: person", "second_needs: persn", "persn", "goes with no apology", "`person`"),
        ("cost: {dose: true}", "cost: {dose: true, cents: 5}", "{dose: true, cents: 5}", "either", "Keep one"),
        ("    severity: 3\n", "    severity: 'customer.followers > 9 ? 4 : 3'\n", "- id: parcel_late", "dose follows severity", "allow_because"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_line_and_a_hint(old, new, at, message, hint):
    text = BOOK.replace(old, new)
    line = text.count("\n", 0, text.index(at)) + 1
    found = check(old, new).errors
    close = [one for one in found if message in one.message and hint in one.hint]
    assert [one for one in close if abs(one.line - line) <= 1], [str(one) for one in found]


def test_a_dose_without_curves_is_a_mistake_at_its_remedy():
    text = SMALL.replace("plans:", DOSE, 1)
    (error,) = check_book(text, name="small.yaml").errors
    assert "no `doses`" in error.message
    assert error.line == text.count("\n", 0, text.index("- id: token")) + 1


def test_curves_that_no_remedy_takes_are_warned_of():
    warnings = check("cost: {dose: true}", "cost: {cents: 5}").warnings
    assert any("No remedy costs a dose" in one.message for one in warnings)


def test_a_remedy_that_fits_no_loss_of_its_plan_is_warned_of():
    warnings = check("    time: [credit,", "    service: [credit]\n    time: [credit,").warnings
    fits = [one for one in warnings if "fits nothing that is lost here (service)" in one.message]
    assert fits
    assert all("token comes instead" in one.message for one in fits)


def test_a_plan_that_gives_nothing_after_a_second_failure_is_warned_of():
    text = BOOK.replace("offers: {least: [refund]}", "offers: {least: [apology: basic]}")
    (warning,) = check_book(text, name="small.yaml").warnings
    assert (
        check_book(text.replace(DOSE, "plans:").removesuffix(GOODWILL), name="small.yaml").warnings
        == ()
    )
    assert "apologises, calls and gives nothing" in warning.message
    at = text.rindex("on_double_deviation:")
    assert warning.line == text.count("\n", 0, at) + 1
