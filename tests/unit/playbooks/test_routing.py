"""The section `routing` as a book writes it: what it means, and what it may not say."""

import pytest

from makegood.playbooks.binding import bind
from makegood.playbooks.load import check_book
from makegood.playbooks.routing_terms import RELAXED, RoutingRules
from tests.unit.playbooks.small_book import SMALL
from tests.unit.playbooks.test_composing import HEAD, HOUSE

BOOK = SMALL.replace("tenure_years: int}", "tenure_years: int, age: int, language: string}", 1)


def routing(text: str, book: str = BOOK) -> tuple[RoutingRules | None, list[str], list[str]]:
    checked = check_book(f"{book}\nrouting: {text}\n", name="x")
    rules = checked.book.routing if checked.book is not None else None
    return rules, [str(one) for one in checked.errors], [str(one) for one in checked.warnings]


def test_a_book_without_it_leaves_nothing_to_chance_and_writes_nothing_down():
    checked = check_book(BOOK, name="x")
    assert checked.book is not None
    assert not checked.book.routing.logged
    assert checked.book.routing.slice == 0


def test_an_empty_section_writes_down_and_leaves_nothing_to_chance():
    rules, errors, _ = routing("{among: 3}")
    assert errors == []
    assert rules is not None
    assert (rules.logged, rules.slice, rules.among, rules.relaxes) == (True, 0, 3, RELAXED)


def test_every_line_is_read():
    rules, errors, warnings = routing(
        "{slice: 0.0512, order: [last, share], relaxes: [brand], chance_below: 3, "
        "chance_at_double: true, conversations: true, unless: customer.age < 18}"
    )
    assert errors == warnings == []
    assert rules is not None
    assert (rules.slice, rules.order, rules.relaxes) == (512, ("last", "share"), ("brand",))
    assert (rules.chance_below, rules.chance_at_double, rules.conversations) == (3, True, True)
    assert [rules.unless({"age": n}) for n in (17, 18)] == [True, False]
    assert rules.unless({})  # who cannot be judged is spared


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{slice: 0.3}", "a share from 0 to 0.2"), ("{slice: -0.1}", "a share from 0"),
        ("{slice: 0.00001}", "four digits"), ("{slice: much}", "a share from 0"),
        ("{slice: .nan}", "a share from 0"), ("{slice: .inf}", "a share from 0"),
        ("{order: [tier]}", "cannot name `tier`"), ("{order: [load, load]}", "twice"),
        ("{relaxes: [law]}", "cannot name `law`"), ("{among: 0}", "Nobody would be eligible"),
        ("{among: 99}", "from 0 to 40"), ("{chance_below: 9}", "from 0 to 6"),
        ("{order: [language]}", "Nothing says how a customer's language is known"),
        ("{unless: 1 + 1}", "should give a bool"), ("{slices: 1}", "slices"),
        ("{unless: customer.tier == 'gold'}", "who a customer gets, and reads customer.tier"),
        ("{language: customer.tier}", "who a customer gets, and reads customer.tier"),
        ("{unless: customer.followers > 9}", "value and public voice may set urgency alone"),
    ],
)  # fmt: skip
def test_what_it_may_not_say_is_told_with_the_line(text, why):
    rules, errors, _ = routing(text)
    assert rules is None
    assert any(why in one for one in errors), errors
    assert all(one.startswith(f"x:{len(BOOK.splitlines()) + 2}:") for one in errors), errors


FOLLOWS = BOOK.replace(
    "    severity: 3\n", "    severity: 'customer.tier == \"gold\" ? 5 : 1'\n", 1
)


def test_a_severity_that_follows_the_customer_may_not_say_whether_chance_is_asked():
    assert FOLLOWS != BOOK
    rules, errors, _ = routing("{slice: 0.05}", FOLLOWS)
    assert rules is None
    assert any("follows the customer, and `chance_below`" in one for one in errors)
    assert routing("{slice: 0}", FOLLOWS)[1] == []
    assert routing("{slice: 0.05, allow_because: Agreed.}", FOLLOWS)[1] == []


def test_a_language_that_nobody_told_is_none():
    rules, errors, _ = routing("{order: [language], language: customer.language}")
    assert errors == []
    assert rules is not None
    assert [rules.language(one) for one in ({"language": "DE"}, {}, {"language": 3})] == [
        "de", "", "",
    ]  # fmt: skip


def test_a_brands_book_changes_one_line_of_the_umbrellas():
    house = HOUSE + "routing: {slice: 0.05, among: 4, order: [last, load]}\n"
    brand = bind(f"{HEAD}routing: {{slice: 0, order: [share]}}\n", {}, {"house.yaml": house}.get)
    checked = check_book(brand, name="brand")
    assert checked.errors == ()
    assert checked.book is not None
    own = checked.book.routing
    assert (own.slice, own.among, own.order) == (0, 4, ("share",))


def test_a_reason_lets_it_read_who_the_customer_is_and_is_printed():
    rules, errors, warnings = routing(
        "{unless: customer.tier == 'gold', allow_because: The union agreed to it.}"
    )
    assert errors == []
    assert rules is not None
    assert "The union agreed to it." in warnings[-1]
