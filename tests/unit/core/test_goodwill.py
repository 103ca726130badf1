"""Goodwill has limits: a cap, a match, a fall-back, a dose, and sorry that is not said alone."""

from typing import Any

import pytest
from msgspec.structs import replace

from makegood.core.decide import Asker, decide
from makegood.core.goodwill import cost_for, room
from makegood.core.remedies import authority_used
from makegood.core.state import Gift, Withheld
from makegood.messages.commands import Fulfil, SendMessage
from makegood.messages.facts import (
    Called,
    Carried,
    Confirmed,
    Declined,
    Dropped,
    Granted,
    Requested,
    Settled,
)
from makegood.messages.ids import CommandId, RepId
from makegood.messages.money import Money
from makegood.playbooks.book import Library
from makegood.playbooks.giving import ApologyTerms, Besides, Goodwill
from makegood.playbooks.terms import Loss, Remedy
from makegood.testing.book import DAY_MS, HOUR_MS, small_book
from tests.unit.core.day import Day

AGENT = Asker(rep=RepId("kathy"), role="supervisor")
CREDIT = Remedy(
    id="credit", kind="credit", title={"en": "a credit"}, provider="pay", cost_cents=2_000
)
DOSE = Remedy(id="dose", kind="credit", title={"en": "a sum"}, provider="pay", dosed=True)
CURVES = {True: ((1, 0.1), (5, 0.3)), False: ((2, 1.0), (4, 1.2))}


def used(facts: dict[str, object]) -> bool | None:
    value = facts.get("branch")
    return None if value is None else value == "used"


def library(*, late: tuple[str, ...] = ("snack",), **limits: Any) -> Library:
    book = small_book()
    remedies = {**book.remedies, CREDIT.id: CREDIT, DOSE.id: DOSE}
    plans = {name: replace(plan, gives=late) for name, plan in book.plans.items()}
    goodwill = Goodwill(used=used, doses=CURVES, **limits)
    book = replace(book, remedies=remedies, plans=plans, goodwill=goodwill)
    return Library(active=book.hash, books={book.hash: book})


def asks(day: Day, remedy: str, **more: Any) -> Any:
    cost = more.pop("cost", Money(0))
    wanted = Granted(case=day.id, remedy=remedy, cost=cost, by=RepId(""), **more)
    return decide(day.state, wanted, AGENT, day.now_ms, day.library)


def gives(day: Day, remedy: str, **more: Any) -> None:
    decision = asks(day, remedy, **more)
    assert decision.body is not None, decision.refused
    day.told(decision.body)


def given(day: Day) -> list[tuple[str, int]]:
    return [(one.remedy, one.expected.cents) for one in day.case.gifts]


def messages(day: Day) -> list[str]:
    orders = [one.order for one in day.commands]
    return [one.message for one in orders if isinstance(one, SendMessage)]


def test_a_gift_of_a_fixed_sum_above_the_cap_is_withheld_and_one_at_the_cap_is_given():
    day = Day(library(most_ratio=1.5))
    day.no_car(price_cents=600)
    assert given(day) == [("snack", 900)]
    day = Day(library(most_ratio=1.5))
    day.no_car(price_cents=599)
    assert given(day) == []
    assert day.case.withheld == (Withheld("snack", "R1", "most"),)


def test_a_dose_is_cut_to_what_the_cap_leaves():
    day = Day(library(late=("dose", "dose", "snack"), most_ratio=1.1))
    day.no_car(price_cents=10_000)
    assert given(day) == [("dose", 11_000)]
    assert day.case.withheld == (Withheld("snack", "R1", "most"),)


def test_what_is_owed_is_never_counted_and_never_limited():
    day = Day(library(most_ratio=0.05, late=()))
    day.no_car(price_cents=20_000)
    orders = [one.order for one in day.commands if isinstance(one.order, Fulfil)]
    assert [(one.remedy, one.amount.cents, one.owed) for one in orders] == [
        ("refund", 20_000, True)
    ]
    book = day.library.book(day.library.active)
    assert room(book, day.state, day.case, "USD") == 1_000


def test_nobody_may_grant_more_than_the_cap_leaves_whatever_their_authority():
    day = Day(library(most_ratio=1.5, late=()))
    day.no_car(price_cents=4_000)
    gives(day, "something", off_script=True, reason="x", cost=Money(5_999))
    assert asks(day, "x", off_script=True, reason="x", cost=Money(1)).refused is None
    refused = asks(day, "x", off_script=True, reason="x", cost=Money(2)).refused
    assert (refused.code, refused.limit_cents) == ("over_cap", 1)


def test_an_offer_that_is_open_keeps_its_room():
    day = Day(library(most_ratio=1.5, late=()))
    day.no_car(price_cents=20_000)
    for offer in ("ride_home", "driver"):
        step = f"R1/no_car/confirm/{offer}"
        if any(one.step.startswith(step) for one in day.commands):
            day.told(Confirmed(command=day.command(step)))
    assert day.offers() == {
        "ride_home": "confirmed",
        "driver": "unavailable",
        "call_me": "confirmed",
    }
    assert [one.why for one in day.case.offers] == ["", "most", ""]
    refused = asks(day, "x", off_script=True, reason="x", cost=Money(20_501)).refused
    assert (refused.code, refused.limit_cents) == ("over_cap", 20_500)


def test_without_a_price_a_fixed_gift_goes_on_and_a_person_says_why():
    day = Day(library(most_ratio=1.5))
    day.late()
    assert given(day) == [("snack", 900)]
    assert asks(day, "snack").refused.code == "reason_needed"
    assert asks(day, "snack", reason="she waited in the rain").refused is None


def test_a_price_in_another_currency_is_no_price_of_this_one():
    day = Day(library(most_ratio=1.5, late=()))
    day.no_car(price_cents=100)
    case = day.case
    euros = replace(case.failures[0], price=Money(100, "EUR"))
    book = day.library.book(day.library.active)
    assert room(book, day.state, replace(case, failures=(euros,)), "USD") is None
    assert room(book, day.state, replace(case, failures=(euros,)), "EUR") == 150


def test_what_does_not_fit_the_loss_is_replaced_once():
    day = Day(
        library(
            late=("snack", "snack"), match={Loss.TIME: frozenset({"credit"})}, otherwise="credit"
        )
    )
    day.late()
    assert [(one.remedy, one.instead) for one in day.case.gifts] == [("credit", "snack")]


def test_what_does_not_fit_and_has_no_fall_back_is_withheld_and_a_loss_without_a_match_takes_any():
    day = Day(library(match={Loss.TIME: frozenset({"credit"})}))
    day.late()
    assert given(day) == []
    assert day.case.withheld == (Withheld("snack", "R1", "match"),)
    day = Day(library(match={Loss.TIME: frozenset({"credit"})}))
    day.no_car()
    assert given(day) == [("snack", 900)]


def test_an_offer_that_does_not_fit_is_not_made_and_a_call_always_fits():
    day = Day(library(late=(), match={Loss.SERVICE: frozenset({"driver"})}))
    day.no_car()
    assert day.offers() == {"ride_home": "unavailable", "driver": "asking", "call_me": "confirmed"}


def test_the_fall_back_is_offered_when_nothing_can_be_had():
    day = Day(library(late=(), otherwise="credit"))
    day.no_car()
    for offer in ("ride_home", "driver"):
        day.told(Declined(command=day.command(f"R1/no_car/confirm/{offer}")))
    assert day.offers()["credit"] == "confirmed"
    assert messages(day)[-1] == "offers"


def test_the_fall_back_comes_once_for_a_gift_that_nobody_could_carry_out():
    day = Day(library(otherwise="credit"))
    day.late()
    snack = day.command("R1/gives/snack")
    for _ in range(2):
        day.told(Dropped(command=snack, why="failed"))
    assert [(one.remedy, one.instead) for one in day.case.gifts] == [
        ("snack", ""),
        ("credit", "snack"),
    ]
    day.told(Dropped(command=day.command("R1/instead/credit"), why="failed"))
    assert len(day.case.gifts) == 2


def test_a_grant_that_does_not_fit_needs_a_reason():
    day = Day(library(match={Loss.TIME: frozenset({"credit"})}, otherwise="credit"))
    day.late()
    refused = asks(day, "snack").refused
    assert refused.code == "reason_needed"
    assert "`credit`" in refused.why
    assert asks(day, "snack", reason="she is hungry").refused is None
    assert asks(day, "credit").refused is None


@pytest.mark.parametrize(
    ("branch", "severity", "cents"),
    [
        ("used", 1, 1_000), ("used", 2, 1_500), ("used", 5, 3_000),
        ("unused", 1, 10_000), ("unused", 3, 11_000), ("unused", 5, 12_000),
        (None, 4, 12_000),
    ],
)  # fmt: skip
def test_a_dose_is_read_off_its_curve_and_the_kinder_one_where_nobody_knows(
    branch, severity, cents
):
    day = Day(library())
    day.no_car(price_cents=10_000, branch=branch)
    failure = replace(day.case.failures[0], severity=severity)
    book = day.library.book(day.library.active)
    assert cost_for(book, DOSE, failure) == Money(cents)


def test_a_dose_waits_for_a_price_that_nobody_told():
    day = Day(library(late=("dose",)))
    day.no_car(price_cents=None)
    assert [(one.remedy, one.missing) for one in day.case.gifts] == [
        ("dose", "failure.price_cents")
    ]
    day.no_car(price_cents=10_000)
    assert given(day) == [("dose", 12_000)]


def test_authority_is_not_used_up_by_another_currency():
    day = Day(library())
    day.late()
    gift = Gift(
        remedy="x", command=CommandId("c"), at_ms=1, expected=Money(700, "EUR"), by=RepId("kathy")
    )
    case = replace(day.case, gifts=(gift, replace(gift, expected=Money(300))))
    assert [authority_used(day.state, case, money) for money in ("USD", "EUR")] == [300, 700]


def sorry(*needs: Besides) -> Any:
    return {"apologies": ApologyTerms(within_ms=90 * DAY_MS, needs=needs)}


def test_the_second_apology_is_never_said_alone():
    day = Day(library(late=(), **sorry(Besides.TANGIBLE, Besides.PROMISE_KEPT)))
    day.late("R1")
    assert messages(day) == ["sorry"]
    day.waits(HOUR_MS)
    day.late("R2")
    assert messages(day) == ["sorry"]
    assert day.case.call is not None


def test_a_first_apology_is_said_alone_and_one_long_after_is_a_first_one():
    day = Day(library(late=(), **sorry(Besides.TANGIBLE)))
    day.late("R1")
    day.waits(90 * DAY_MS + 1)
    day.late("R2")
    assert messages(day).count("sorry") == 2


def test_at_the_last_moment_of_the_window_it_is_the_second():
    day = Day(library(late=(), **sorry(Besides.TANGIBLE)))
    day.late("R1")
    day.waits(90 * DAY_MS)
    day.late("R2")
    assert messages(day).count("sorry") == 1


def test_something_tangible_goes_with_the_second_apology():
    day = Day(library(late=("snack",), **sorry(Besides.TANGIBLE)))
    day.late("R1")
    day.late("R2")
    assert messages(day) == ["sorry", "sorry"]


def test_a_promise_that_was_kept_lets_it_be_said_again():
    needs = sorry(Besides.PROMISE_KEPT)
    day = Day(library(late=("snack",), **needs))
    day.late("R1")
    day.told(Carried(command=day.command("R1/gives/snack"), paid=Money(900)))
    day.late("R2")
    assert messages(day) == ["sorry", "sorry"]
    other = Day(library(late=("snack",), **needs))
    other.late("R1")
    other.late("R2")
    assert messages(other) == ["sorry"]


def test_the_call_after_a_second_failure_is_the_person_that_goes_with_it():
    day = Day(library(late=(), **sorry(Besides.PERSON)))
    day.late("R1")
    day.late("R2")
    assert messages(day) == ["sorry", "sorry"]
    assert day.case.call is not None
    assert day.case.call.why == "second_failure"


def test_a_call_by_voice_needs_no_second_message_and_a_later_failure_is_judged_anew():
    day = Day(library(late=(), **sorry(Besides.TANGIBLE)))
    day.late("R1")
    day.late("R2")
    day.told(Called(case=day.id, by=RepId("kathy"), reached=True))
    day.late("R3")
    assert messages(day) == ["sorry"]
    assert day.case.call is not None
    assert not day.case.call.done_ms


def keep_longer(day: Day) -> Requested:
    wanted = Requested(request="keep_longer", about="R1", facts={"days": 1})
    body = decide(day.state, wanted, Asker(), day.now_ms, day.library).body
    assert isinstance(body, Requested)
    return body


def test_what_a_request_gave_about_the_same_thing_counts():
    day = Day(library(late=(), most_ratio=1.5))
    day.no_car(price_cents=600)
    allowed = keep_longer(day)
    assert allowed.answer == "allow"
    day.told(allowed)
    assert asks(day, "x", off_script=True, reason="x", cost=Money(1)).refused.code == "over_cap"


def test_a_table_gives_nothing_above_the_cap_and_neither_does_a_person():
    day = Day(library(late=(), most_ratio=1.5))
    day.no_car(price_cents=600)
    gives(day, "x", off_script=True, reason="x", cost=Money(1))
    waits = keep_longer(day)
    assert (waits.answer, waits.remedy) == ("person", "")
    assert "USD 8.99" in waits.missing
    asked = day.told(waits)
    wanted = Settled(asked=asked.id, answer="allow", remedy="snack")
    refused = decide(day.state, wanted, AGENT, day.now_ms, day.library).refused
    assert refused is not None
    assert refused.code == "over_cap"


def test_what_does_the_service_over_is_not_counted():
    day = Day(library(most_ratio=0.1, uncounted=frozenset({"driver"}), late=()))
    day.no_car(price_cents=10_000)
    day.told(Confirmed(command=day.command("R1/no_car/confirm/driver")))
    assert day.offers() == {
        "ride_home": "unavailable",
        "driver": "confirmed",
        "call_me": "confirmed",
    }
    gives(day, "driver")
    assert asks(day, "x", off_script=True, reason="x", cost=Money(1_000)).refused is None
