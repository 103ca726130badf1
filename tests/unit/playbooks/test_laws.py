"""Laws are texts of their own: bound to a book, checked and stored with it, tried alone."""

import re

import pytest
from msgspec.structs import replace

from makegood.messages.money import Money
from makegood.playbooks.binding import bind
from makegood.playbooks.book import FailureFacts
from makegood.playbooks.load import check_book, load_book
from makegood.playbooks.spans import day_ms
from makegood.playbooks.terms import Cause
from makegood.replay.examples import run_examples
from tests.unit.playbooks.law_book import LAWS, around, book_around
from tests.unit.playbooks.law_mistakes_table import MISTAKES, NAMED
from tests.unit.playbooks.small_book import SMALL

PARCELS = """\
law: parcels
title: A law about parcels
jurisdiction: XX
basis: law
source: Parcel Act
parameters: {fine_cents: 700, starts: 2025-01-01, ends: never}
needs:
  - for: parcel_lost
    facts: {minutes: "how late it came"}
may_have: {told_early: "somebody said so"}
values:
  late: failure.minutes >= 90
  twice: 'failure.minutes >= 180 ? 2 : 1'
entitlements:
  - id: parcel_fine
    for: parcel_lost
    from: params.starts
    before: params.ends
    given: detection
    when: values.late && !(has(failure.told_early) && failure.told_early)
    pays: {remedy: fine, cents: params.fine_cents * values.twice, currency: EUR}
    deadline: 7d
    boundary: ">= 90 minutes"
    form: cash
examples:
  - name: late
    failure: parcel_lost
    with: {minutes: 90}
    expect: {owed: {parcel_fine: 700}}
  - name: next year's fine
    on: 2025-12-31
    failure: parcel_lost
    parameters: {fine_cents: 900}
    with: {minutes: 180}
    expect: {owed: {parcel_fine: 1800}}
  - name: nobody said how late
    failure: parcel_lost
    expect: {owed: {}, unsure: [parcel_fine]}
"""
ENGLISH = {"parcels": PARCELS}


def with_law(
    laws: str = NAMED, law: str = PARCELS, book: str = SMALL, old: str = "", new: str = ""
) -> str:
    """Put the law into the small book, with one thing of the law changed."""
    assert old in law
    return bind(
        book.replace("authority:\n", f"{laws}authority:\n", 1), {"parcels": law.replace(old, new)}
    )


def late(minutes: int | None, day: str = "2026-05-01", **more: object) -> FailureFacts:
    details = {**({} if minutes is None else {"minutes": minutes}), **more}
    return FailureFacts(
        rule="parcel_late",
        at_ms=day_ms(day) or 0,
        declined=False,
        price=Money(1000),
        cause=Cause.FIRM,
        details=details,
    )


def owed(text: str, failure: FailureFacts) -> dict[str, object]:
    found = load_book(text, name="small.yaml").owed(failure, {})
    return {one.entitlement: one.missing or one.amount for one in found}


@pytest.mark.parametrize(
    ("minutes", "sum_owed"),
    [(89, None), (90, Money(700, "EUR")), (179, Money(700, "EUR")), (180, Money(1400, "EUR"))],
)
def test_a_book_owes_what_its_law_says_in_the_laws_currency(minutes, sum_owed):
    assert owed(with_law(), late(minutes)).get("parcel_fine") == sum_owed


MONEY_BACK = "{remedy: refund, ratio: 0.5}"


@pytest.mark.parametrize(
    ("pays", "price", "expected"),
    [
        ("{remedy: refund, cents: 500}", Money(1000), Money(500)),
        ("{remedy: refund, cents: 500}", Money(1000, "EUR"), Money(500)),
        ("{remedy: refund, cents: 500, currency: EUR}", Money(1000), Money(500, "EUR")),
        ("{remedy: refund, cents: 500, most_cents: 400, currency: EUR}", None, Money(400, "EUR")),
        (MONEY_BACK, Money(1000, "EUR"), Money(500, "EUR")),
        (MONEY_BACK, None, "failure.price_cents"),
        ("{remedy: refund, ratio: 0.5, most_cents: 400}", Money(1000, "EUR"), Money(400, "EUR")),
        ("{remedy: refund, ratio: 0.5, most_cents: 400, currency: USD}", Money(1000), Money(400)),
        ("{remedy: refund, ratio: 0.5, most_cents: 400, currency: USD}", Money(600), Money(300)),
        # no rate of exchange is ours to choose: a person looks
        ("{remedy: refund, ratio: 0.5, most_cents: 400, currency: USD}", Money(1, "EUR"),
         "the price in USD"),
        ("{remedy: refund, ratio: 'failure.minutes >= 90 ? 2.0 : 1.0'}", Money(300), Money(600)),
        ("{remedy: refund, ratio: 'failure.x ? 2.0 : 1.0'}", Money(300), "failure.x"),
        ("{remedy: refund, ratio: '11.0'}", Money(300), "ratio: 11.0 is no share of a price"),
        ("{remedy: refund, ratio: 2.0, most_cents: 'failure.minutes'}", Money(300), Money(90)),
    ],
)  # fmt: skip
def test_what_is_owed_has_the_currency_that_it_should(pays, price, expected):
    assert MONEY_BACK in SMALL
    book = SMALL.replace(MONEY_BACK, pays).replace(
        "    given: declined\n", "    given: detection\n"
    )
    book = book.replace("      order: 'has", "      x: event.order == 'x'\n      order: 'has", 1)
    failure = replace(late(90, "2024-05-01"), price=price)
    assert owed(book, failure) == {"money_back": expected}


def test_what_a_law_cannot_tell_is_named_by_the_fact_behind_it():
    assert owed(with_law(), late(None))["parcel_fine"] == "failure.minutes"


def test_the_reasons_of_a_law_are_the_facts_behind_its_values():
    (fine,) = load_book(with_law(), name="x").owed(late(200), {})
    assert dict(fine.seen) == {"failure.minutes": 200, "params.fine_cents": 700}
    assert fine.source == "XX: Parcel Act (>= 90 minutes; cash)"
    assert (fine.basis, fine.remedy) == ("law", "refund")


@pytest.mark.parametrize(
    ("day", "is_owed"), [("2024-12-31", False), ("2025-01-01", True), ("2026-05-01", True)]
)
def test_a_parameter_says_the_first_day_of_a_rule(day, is_owed):
    assert ("parcel_fine" in owed(with_law(), late(90, day))) is is_owed


@pytest.mark.parametrize(
    ("day", "is_owed"), [("2026-04-30", True), ("2026-05-01", False), ("2026-05-02", False)]
)
def test_a_parameter_says_the_first_day_without_a_rule(day, is_owed):
    book = SMALL.replace("  late_minutes: 10", "  late_minutes: 10\n  ends: 2026-05-01")
    assert ("parcel_fine" in owed(with_law(book=book), late(90, day))) is is_owed


def test_a_rule_that_never_begins_is_never_owed():
    book = SMALL.replace("  late_minutes: 10", "  late_minutes: 10\n  starts: never")
    assert owed(with_law(book=book), late(90)) == {}


def test_the_examples_of_a_law_are_tried_by_the_law_alone():
    book = SMALL.replace("  late_minutes: 10", "  late_minutes: 10\n  fine_cents: 5")
    checked = check_book(with_law(book=book), name="small.yaml")
    assert checked.errors == ()
    assert checked.book is not None
    assert [one.name for one in checked.examples][-3:] == [
        "law parcels: late", "law parcels: next year's fine", "law parcels: nobody said how late",
    ]  # fmt: skip
    assert run_examples(checked.book, checked.examples) == ()


def test_an_example_of_a_law_that_fails_says_where():
    text = with_law(old="expect: {owed: {parcel_fine: 700}}", new="expect: {owed: {}}")
    checked = check_book(text, name="small.yaml")
    assert checked.book is not None
    (one,) = run_examples(checked.book, checked.examples)
    line = PARCELS[: PARCELS.index("  - name: late")].count("\n") + 1
    assert (one.file, one.line, one.what) == ("law parcels", line, "owed")


def test_the_stored_text_is_the_whole_book_and_means_the_same():
    book = load_book(with_law(), name="small.yaml")
    again = load_book(book.text, name="stored")
    assert "Parcel Act" in book.text
    assert again.hash == book.hash
    assert again.owed(late(200), {}) == book.owed(late(200), {})  # with the lines they stand in


def test_a_bound_law_stays_as_it_was_when_the_law_changes():
    text = with_law()
    assert bind(text, {"parcels": PARCELS.replace("700", "800")}) == text


def test_a_law_is_part_of_the_hash():
    other = with_law(old="fine_cents: 700", new="fine_cents: 701")
    assert load_book(other, name="x").hash != load_book(with_law(), name="x").hash
    comment = with_law(old="title:", new="# a comment\ntitle:")
    assert load_book(comment, name="x").hash == load_book(with_law(), name="x").hash


@pytest.mark.parametrize(
    "text", ["", "laws: [", "laws:", "laws: 7\n", "a: b", "laws: {x: y}\n", "[]"]
)
def test_a_text_that_names_no_law_stays_as_it_is(text):
    assert bind(text, ENGLISH) == text


def test_laws_may_be_named_in_every_form():
    for laws in ("laws: parcels\n", "laws: [parcels]\n", "laws:\n  - law: parcels\n", NAMED):
        assert "Parcel Act" in with_law(laws)


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_in_the_file_it_stands_in(name):
    where, old, new, file, message, hint = MISTAKES[name]
    book = SMALL.replace("authority:\n", f"{NAMED}authority:\n", 1)
    assert old in (book if where == "book" else PARCELS)
    text = bind(book, {"parcels": PARCELS.replace(old, new, 1) if where == "law" else PARCELS})
    if where == "book":
        text = text.replace(old, new, 1)
    checked = check_book(text, name="small.yaml", laws=("parcels",))
    fitting = [one for one in checked.errors if message in one.message]
    assert fitting, [str(one) for one in checked.errors]
    assert fitting[0].file == file
    assert hint in fitting[0].hint
    lines = text.splitlines() if where == "book" else PARCELS.replace(old, new, 1).splitlines()
    assert 1 <= fitting[0].line <= len(lines)


def test_a_law_for_more_than_the_book_has_warns():
    more = PARCELS.replace("  - for: parcel_lost\n", "  - for: [parcel_lost, parcel_wet]\n")
    checked = check_book(with_law(law=more), name="small.yaml")
    assert checked.errors == ()
    assert any("also for `parcel_wet`" in one.message for one in checked.warnings)


def test_a_law_by_itself_is_told_from_a_book():
    (one,) = check_book(PARCELS, name="parcels.yaml").errors
    assert "a law and no rule book" in one.message


def test_a_value_may_be_asked_for_before_it_is_known():
    law = PARCELS.replace("when: values.late &&", "when: has(values.late) && values.late &&")
    assert owed(with_law(law=law), late(90)) == {"parcel_fine": Money(700, "EUR")}
    assert owed(with_law(law=law), late(None)) == {}


def test_a_law_nobody_named_may_not_hide_in_the_text():
    checked = check_book(f"{SMALL}---\n{PARCELS}", name="small.yaml")
    assert [one.file for one in checked.errors] == ["law parcels"]
    assert "does not name the law" in checked.errors[0].message


@pytest.mark.parametrize(
    "law",
    [
        PARCELS,  # by a value
        PARCELS.replace("when: values.late", "when: failure.minutes >= 90"),
        PARCELS.replace("values:\n", "values:\n  first: failure.minutes > 1\n", 1).replace(
            "  late: failure.minutes >= 90", "  late: values.first"
        ),
    ],
)
def test_a_detail_made_of_who_the_customer_is_may_not_reach_a_law(law):
    book = SMALL.replace("minutes: event.minutes", "minutes: customer.tenure_years")
    errors = check_book(with_law(book=book, law=law), name="small.yaml").errors
    assert any("never the size" in one.message and one.file == "law parcels" for one in errors)


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ("when: values.late", "when: failure.cause == 'firm' && values.late", "when"),
        ("  late: failure.minutes >= 90", "  late: failure.cause == 'firm'", "when"),
        ("'failure.minutes >= 180 ? 2 : 1'", "'failure.cause == \"firm\" ? 2 : 0'", "pays"),
    ],
)
def test_an_inferred_cause_may_not_deny_by_a_law_either(old, new, key):
    assert old in PARCELS
    book = SMALL.replace("cause: firm", "cause: firm\n    inferred_cause: true")
    text = with_law(law=PARCELS.replace(old, new), book=book)
    errors = [one for one in check_book(text, name="small.yaml").errors if "deny" in one.message]
    assert [one.file for one in errors] == ["law parcels"]
    lines = PARCELS.replace(old, new).splitlines()
    assert lines[errors[0].line - 1].strip().startswith(f"{key}:")


@pytest.mark.parametrize("law", LAWS)
def test_every_law_that_ships_checks_and_its_examples_come_true(law):
    checked = check_book(bind(around(law), LAWS), name="around")
    assert checked.errors == ()
    assert checked.book is not None
    assert len(checked.examples) >= 5
    assert run_examples(checked.book, checked.examples) == ()


@pytest.mark.parametrize("law", LAWS)
def test_every_law_tells_its_source_and_its_day_on_both_sides(law):
    text = LAWS[law]
    for one in book_around(law).owed.__closure__ or ():  # the rules that were made of it
        for rule in one.cell_contents if isinstance(one.cell_contents, tuple) else ():
            assert rule.source
            assert rule.basis
    days = set(re.findall(r"    from: (\d{4}-\d\d-\d\d)", text))
    tried = set(re.findall(r"    on: (\d{4}-\d\d-\d\d)", text))
    for day in days:
        assert any(one < day for one in tried), f"no example before {day}"
        assert day in tried or day.startswith("1995"), f"no example on {day}"


@pytest.mark.parametrize("law", [name for name in LAWS if "facts:" in LAWS[name]])
def test_a_book_without_a_detail_is_told_which(law):
    facts = re.findall(r"^      (\w+): \"", LAWS[law], re.MULTILINE)
    for fact in facts:
        checked = check_book(bind(around(law, without=fact), LAWS), name="around")
        assert any(f"needs failure.{fact}," in one.message for one in checked.errors), fact
