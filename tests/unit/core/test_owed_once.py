"""Several laws, several currencies: the same thing is made good once, and no two are one sum."""

import pytest
from msgspec.structs import replace

from makegood.core.failures import NEWS_MS
from makegood.core.owed import Owed, to_pay
from makegood.messages.commands import Fulfil, SendMessage
from makegood.messages.facts import Answered, Facts
from makegood.messages.money import Money
from makegood.playbooks.book import Entitled, FailureFacts, Library
from makegood.testing.book import small_book
from tests.unit.core.day import Day

EUR, USD = "EUR", "USD"
DOLLARS, MORE, EUROS = Money(100, USD), Money(150, USD), Money(120, EUR)


def law(name: str, amount: Money | None, once: str = "fare") -> Entitled:
    """What one rule says: a sum, or that it cannot tell."""
    if amount is None:
        return Entitled(
            entitlement=name, outcome="cannot", remedy="refund", once=once, missing="a fact"
        )
    return Entitled(entitlement=name, outcome="yes", remedy="refund", once=once, amount=amount)


def day_of(*turns: tuple[Entitled, ...]) -> Day:
    """Tell the same failure so many times, each time with these rules for it."""

    def owed(failure: FailureFacts, _customer: Facts, /) -> tuple[Entitled, ...]:
        return turns[failure.price.cents - 1] if failure.price is not None else ()

    book = replace(small_book(), owed=owed)
    day = Day(Library(active=book.hash, books={book.hash: book}))
    for turn in range(1, len(turns) + 1):
        day.no_car(price_cents=turn)
    return day


def ordered(day: Day) -> list[tuple[str, int, str]]:
    orders = [one.order for one in day.commands if isinstance(one.order, Fulfil)]
    return [(one.basis, one.amount.cents, one.amount.currency) for one in orders if one.owed]


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        ([(law("a", DOLLARS), law("b", DOLLARS))], [("a", 100, USD)]),
        ([(law("a", DOLLARS), law("b", DOLLARS, ""))], [("a", 100, USD), ("b", 100, USD)]),
        ([(law("a", DOLLARS, "x"), law("b", EUROS, "y"))], [("a", 100, USD), ("b", 120, EUR)]),
        ([(law("a", None), law("b", EUROS))], [("b", 120, EUR)]),
        ([(law("a", None), law("b", None))], []),
        # who was paid by one law stays with it, in whatever currency the other would pay
        ([(law("a", None), law("b", EUROS)), (law("a", DOLLARS), law("b", EUROS))],
         [("b", 120, EUR)]),
        # another law takes over: what was paid in its currency counts
        ([(law("b", DOLLARS),), (law("a", MORE),)], [("b", 100, USD), ("a", 50, USD)]),
        ([(law("b", MORE),), (law("a", DOLLARS),)], [("b", 150, USD)]),
        # and what was paid in another currency is no part of any sum
        ([(law("b", EUROS),), (law("a", DOLLARS),)], [("b", 120, EUR), ("a", 100, USD)]),
        # a rule that pays more than before tops up
        ([(law("a", DOLLARS), law("b", DOLLARS)), (law("a", MORE), law("b", MORE))],
         [("a", 100, USD), ("a", 50, USD)]),
    ],
)  # fmt: skip
def test_the_same_thing_is_made_good_once(turns, expected):
    assert ordered(day_of(*turns)) == expected


def test_what_another_law_paid_before_the_failure_came_back_is_not_paid_again():
    day = day_of((law("b", DOLLARS),), (law("a", MORE),))
    before = len(ordered(day))
    day.told(Answered(case=day.id, answer="good"))
    day.waits(NEWS_MS + 1)
    day.no_car(price_cents=2)
    assert len(day.state.cases) == 2
    assert ordered(day)[before:] == []


def test_of_two_that_cannot_tell_the_first_waits_for_its_fact():
    day = day_of((law("a", None), law("b", None)))
    assert [one.entitlement for one in day.case.failures[0].owed] == ["a"]
    assert day.case.missing


def test_a_message_names_what_is_owed_in_each_currency():
    day = day_of((law("a", DOLLARS, "x"), law("b", EUROS, "y"), law("c", MORE, "")))
    said = next(one.order for one in day.commands if isinstance(one.order, SendMessage))
    assert said.variables["owed"] == [
        {"cents": 250, "currency": USD}, {"cents": 120, "currency": EUR},
    ]  # fmt: skip
    assert (said.variables["owed_cents"], said.variables["currency"]) == (250, USD)


def test_one_currency_is_one_sum():
    day = day_of((law("a", EUROS, "x"), law("b", EUROS, "y")))
    said = next(one.order for one in day.commands if isinstance(one.order, SendMessage))
    assert "owed" not in said.variables
    assert (said.variables["owed_cents"], said.variables["currency"]) == (240, EUR)


def owing(amount: Money, elsewhere: int = 0) -> Owed:
    return Owed(
        entitlement="a", remedy="refund", amount=amount, due_ms=0, elsewhere_cents=elsewhere
    )


@pytest.mark.parametrize(
    ("owed", "sums"),
    [
        ([], ()),
        ([owing(Money(0, EUR))], ()),
        ([owing(DOLLARS), owing(EUROS), owing(MORE)], (Money(250, USD), Money(120, EUR))),
        ([owing(DOLLARS, 100), owing(EUROS)], (Money(120, EUR),)),
        ([owing(DOLLARS, 101), owing(DOLLARS)], (DOLLARS,)),
    ],
)
def test_sums_are_by_currency_and_less_what_was_ordered_before(owed, sums):
    assert to_pay(owed) == sums
