"""What is owed: in full, once, whatever the cause; topped up, never clawed back."""

from msgspec.structs import replace

from makegood.core.failures import NEWS_MS
from makegood.messages.commands import Fulfil
from makegood.messages.facts import Answered, Carried, Facts, FailureRaised, Granted
from makegood.messages.ids import CommandId, RepId
from makegood.messages.money import Money
from makegood.playbooks.book import Entitled, FailureFacts, Library
from makegood.testing.book import small_book
from tests.unit.core.day import Day

KATHY = RepId("kathy")
GONE = CommandId("m" + "1" * 32)


def paid(day: Day) -> list[int]:
    return [
        command.order.amount.cents
        for command in day.commands
        if isinstance(command.order, Fulfil) and command.order.owed
    ]


def test_what_is_owed_is_ordered_at_once_and_never_expires():
    day = Day()
    day.no_car()
    assert paid(day) == [21_000]
    assert day.commands[0].useful_until_ms == 0


def test_a_price_that_turns_out_higher_is_topped_up():
    day = Day()
    day.no_car(price_cents=21_000)
    day.no_car(price_cents=25_000)
    assert paid(day) == [21_000, 4_000]
    assert day.steps[-1] == "R1/owed/refund_all#1"


def test_a_price_that_turns_out_lower_is_not_clawed_back():
    day = Day()
    day.no_car(price_cents=21_000)
    day.no_car(price_cents=20_000)
    assert paid(day) == [21_000]
    assert day.case.failures[0].owed[0].short_cents == -1_000


def test_an_outcome_that_paid_less_is_topped_up_and_an_exact_one_is_not():
    day = Day()
    day.no_car()
    day.told(Carried(command=day.command("R1/owed/refund_all"), paid=Money(20_999)))
    assert paid(day) == [21_000, 1]
    day.told(Carried(command=day.command("R1/owed/refund_all#1"), paid=Money(1)))
    assert paid(day) == [21_000, 1]


def test_an_outcome_in_another_currency_is_taken_for_what_was_ordered():
    day = Day()
    day.no_car()
    day.told(Carried(command=day.command("R1/owed/refund_all"), paid=Money(19_000, "EUR")))
    assert paid(day) == [21_000]


def test_goodwill_is_not_netted_against_what_is_owed():
    day = Day()
    day.no_car(price_cents=None)
    day.told(Granted(case=day.id, remedy="snack", cost=Money(9_000), by=KATHY))
    day.no_car(price_cents=21_000)
    assert paid(day) == [21_000]


def test_a_missing_price_owes_nothing_yet_and_says_what_is_missing():
    day = Day()
    day.no_car(price_cents=None)
    owed = day.case.failures[0].owed[0]
    assert paid(day) == []
    assert owed.missing == "failure.price"


def test_a_price_that_a_person_finds_pays_by_the_whole_rule():
    day = Day()
    day.no_car(price_cents=None)
    day.told(FailureRaised(failure="no_car", about="R1", price=Money(5_000), by=KATHY))
    owed = day.case.failures[0].owed[0]
    assert paid(day) == [5_000]
    assert (owed.missing, owed.basis, owed.remedy) == ("", "contract", "refund")
    assert owed.due_ms > day.now_ms


def test_what_was_paid_for_the_same_thing_in_a_closed_case_is_not_paid_again():
    day = Day()
    day.no_car(price_cents=21_000)
    day.told(Answered(case=day.id, answer="good"))
    day.waits(NEWS_MS + 1)
    day.no_car(price_cents=25_000)
    assert len(day.state.cases) == 2
    assert paid(day) == [21_000, 4_000]
    assert day.steps[-1] != day.steps[0]
    assert "R1/owed/refund_all#1" in day.steps


def test_money_that_moved_under_another_cause_counts_for_the_same_step():
    day = Day()
    gone = Carried(command=GONE, step="R1/owed/refund_all#0", paid=Money(15_000))
    day.told(gone)
    assert day.state.strays[0].cents == 15_000
    day.no_car(price_cents=21_000)
    assert paid(day) == [6_000]
    assert day.state.strays == ()


def test_money_that_moved_for_something_else_is_shown_and_nets_nothing():
    day = Day()
    day.told(Carried(command=GONE, step="R2/owed/refund_all#0", paid=Money(15_000)))
    day.no_car()
    assert paid(day) == [21_000]
    assert len(day.state.strays) == 1


def outgrown() -> Day:
    """A day by a book that owes all for a car that is not there, and nothing below 10,000."""
    book = small_book()

    def owed(failure: FailureFacts, customer: Facts, /) -> tuple[Entitled, ...]:
        dear = failure.price is None or failure.price.cents >= 10_000
        return book.owed(failure, customer) if dear else ()

    changed = replace(book, owed=owed)
    return Day(Library(active=book.hash, books={book.hash: changed}))


def test_what_is_no_longer_owed_is_shown_as_overpaid_and_never_clawed_back():
    day = outgrown()
    day.no_car(price_cents=21_000)
    day.told(Carried(command=day.command("R1/owed/refund_all"), paid=Money(21_000)))
    day.no_car(price_cents=9_000)
    (owed,) = day.case.failures[0].owed
    assert (owed.amount, owed.paid_cents, owed.over_cents) == (Money(0), 21_000, 21_000)
    assert paid(day) == [21_000]


def test_what_is_owed_once_more_is_paid_by_what_was_paid_before():
    day = outgrown()
    for price_cents in (21_000, 9_000, 25_000):
        day.no_car(price_cents=price_cents)
    assert paid(day) == [21_000, 4_000]


def test_what_could_not_be_told_and_is_not_owed_waits_for_nobody():
    day = outgrown()
    day.no_car(price_cents=None)
    assert day.case.missing == (("R1", "failure.price"),)
    day.no_car(price_cents=9_000)
    assert day.case.failures[0].owed == ()
    assert day.case.missing == ()


def test_what_was_paid_in_a_closed_case_counts_as_paid():
    day = Day()
    day.no_car(price_cents=21_000)
    day.told(Answered(case=day.id, answer="good"))
    day.waits(NEWS_MS + 1)
    day.no_car(price_cents=25_000)
    day.told(Carried(command=day.command("R1/owed/refund_all#1"), paid=Money(4_000)))
    (owed,) = day.case.failures[0].owed
    assert owed.is_paid
    assert owed.over_cents == 0
